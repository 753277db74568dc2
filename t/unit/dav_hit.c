
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_dav_entry.h"


/* whether a name holds a text, beside the simplest way to find that out */


static ngx_uint_t
unit_alike(u_char a, u_char b)
{
    return ngx_tolower(a) == ngx_tolower(b) || (a >= 0x80 && b >= 0x80);
}


static ngx_uint_t
unit_simple(ngx_str_t *name, ngx_str_t *text)
{
    size_t  i, k;

    for (i = 0; i + text->len <= name->len; i++) {

        for (k = 0; k < text->len; k++) {
            if (!unit_alike(name->data[i + k], text->data[k])) {
                break;
            }
        }

        if (k == text->len) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
unit_hit(ngx_pool_t *pool, ngx_str_t *name, size_t title, ngx_str_t *text)
{
    ngx_http_owncloud_dav_t  dav;

    ngx_memzero(&dav, sizeof(dav));

    dav.pool = pool;
    dav.text = text;
    dav.name = *name;
    dav.title = title;

    if (ngx_http_owncloud_dav_hit_init(&dav) != NGX_OK) {
        return 2;
    }

    return ngx_http_owncloud_dav_hit(&dav);
}


static void
unit_names(ngx_pool_t *pool)
{
    ngx_uint_t  i;

    static struct {
        ngx_str_t    name;
        size_t       title;
        ngx_str_t    text;
        ngx_uint_t   hit;
    } names[] = {
        { unit_str("report.pdf"), 0, unit_str("port"), 1 },
        { unit_str("report.pdf"), 0, unit_str("PORT"), 1 },
        { unit_str("report.pdf"), 0, unit_str("report.pdf"), 1 },
        { unit_str("report.pdf"), 0, unit_str("report.pdfx"), 0 },
        { unit_str("report.pdf"), 0, unit_str("rep%"), 0 },
        { unit_str("a/report"), 2, unit_str("a"), 0 },
        { unit_str("a/report"), 2, unit_str("repo"), 1 },
        { unit_str("\xc3\x84pfel"), 0, unit_str("\xc3\xa4pfel"), 1 },
        { unit_str("\xc3\x84pfel"), 0, unit_str("apfel"), 0 },
        { unit_str("aab"), 0, unit_str("ab"), 1 },
        { unit_str("aaab"), 0, unit_str("aab"), 1 },
        { unit_str("abababc"), 0, unit_str("ababc"), 1 },
        { unit_str("abacababacabac"), 0, unit_str("abacabac"), 1 },
        { unit_str("abacabaabacab"), 0, unit_str("abacabac"), 0 },
        { unit_str("x"), 0, unit_str("x"), 1 },
        { unit_str(""), 0, unit_str("x"), 0 },
        { unit_str("x"), 0, unit_str(""), 1 },
    };

    for (i = 0; i < unit_n(names); i++) {
        unit_ok(unit_hit(pool, &names[i].name, names[i].title, &names[i].text)
                == names[i].hit,
                "%s in %s", names[i].text.data, names[i].name.data);
    }

    unit_ok(unit_hit(pool, &names[0].name, 0, NULL) == 1, "no text");
}


/* names and texts of few letters, so that parts of them are alike */

static void
unit_random(ngx_pool_t *pool)
{
    size_t      i;
    u_char      a[24], b[8];
    uint32_t    seed;
    ngx_str_t   name, text;
    ngx_uint_t  n, wrong, hits;

    static u_char  letters[] = { 'a', 'A', 'b', 0xc3, 0xa4 };

    seed = 1;
    wrong = 0;
    hits = 0;

#define unit_next(n)  (seed = seed * 1664525 + 1013904223, (seed >> 16) % (n))

    for (n = 0; n < 100000; n++) {

        name.data = a;
        name.len = unit_next(sizeof(a)) + 1;
        text.data = b;
        text.len = unit_next(sizeof(b)) + 1;

        for (i = 0; i < name.len; i++) {
            a[i] = letters[unit_next(1 + n % sizeof(letters))];
        }

        for (i = 0; i < text.len; i++) {
            b[i] = letters[unit_next(1 + n % sizeof(letters))];
        }

        hits += unit_simple(&name, &text);

        if (unit_hit(pool, &name, 0, &text) != unit_simple(&name, &text)) {
            wrong++;
        }

        if (n % 1000 == 0) {
            ngx_reset_pool(pool);
        }
    }

    unit_ok(wrong == 0 && hits > 10000 && hits < 90000,
            "%u of %u names are hits, %u wrong", (unsigned) hits, (unsigned) n,
            (unsigned) wrong);
}


static void
unit_borders(ngx_pool_t *pool)
{
    u_char                    letters[1024];
    ngx_str_t                 text;
    ngx_uint_t                i, good;
    ngx_http_owncloud_dav_t   dav;

    ngx_memset(letters, 'a', sizeof(letters));
    letters[1023] = 'b';

    text.data = letters;
    text.len = sizeof(letters);

    ngx_memzero(&dav, sizeof(dav));
    dav.pool = pool;
    dav.text = &text;

    good = (ngx_http_owncloud_dav_hit_init(&dav) == NGX_OK);

    for (i = 0; good && i < 1023; i++) {
        good = (dav.borders[i] == i);
    }

    unit_ok(good && dav.borders[1023] == 0,
            "nothing is compared twice of a text of equal letters");

    text.len = 65536;

    unit_ok(ngx_http_owncloud_dav_hit_init(&dav) == NGX_ERROR,
            "a text that no number holds");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_names(pool);
    unit_borders(pool);
    unit_random(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
