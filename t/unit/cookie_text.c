
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_cookie_text.h"


#define UNIT_HEADERS  300000
#define UNIT_LONGEST  400


static uint32_t  unit_seed = 1;


static struct {
    ngx_str_t    header;
    ngx_str_t    stripped;
} unit_strips[] = {
    { unit_str(""), unit_str("") },
    { unit_str("a=b"), unit_str("a=b") },
    { unit_str("owncloud_nc=x"), unit_str("") },
    { unit_str("__Secure-owncloud_nc=x"), unit_str("") },
    { unit_str("a=b; owncloud_nc=x"), unit_str("a=b") },
    { unit_str("owncloud_nc=x; a=b"), unit_str("a=b") },
    { unit_str("a=b; owncloud_nc=x; c=d"), unit_str("a=b; c=d") },
    { unit_str("a=b;owncloud_nc=x;c=d"), unit_str("a=b;c=d") },
    { unit_str("owncloud_nc=x; owncloud_nc_1=y; owncloud_oc=z"),
      unit_str("") },
    { unit_str("owncloud_nc; a; owncloud_oc"), unit_str("a") },

    /* others, whatever they look like */

    { unit_str("owncloud_=x"), unit_str("owncloud_=x") },
    { unit_str("owncloud=x; owncloud_nc=y"), unit_str("owncloud=x") },
    { unit_str("OwnCloud_nc=x"), unit_str("OwnCloud_nc=x") },
    { unit_str("__secure-owncloud_nc=x"),
      unit_str("__secure-owncloud_nc=x") },
    { unit_str("__Secure-owncloud_=x"), unit_str("__Secure-owncloud_=x") },
    { unit_str("__Secure-__Secure-owncloud_nc=x"),
      unit_str("__Secure-__Secure-owncloud_nc=x") },
    { unit_str("xowncloud_nc=x"), unit_str("xowncloud_nc=x") },
    { unit_str("a=owncloud_nc=x"), unit_str("a=owncloud_nc=x") },
    { unit_str("=owncloud_nc; a=b"), unit_str("=owncloud_nc; a=b") },

    /* what stands between them is written once, and never longer */

    { unit_str("x=owncloud_;A;A;A"), unit_str("x=owncloud_;A;A;A") },
    { unit_str("owncloud_nc=x;A;A;A"), unit_str("A;A;A") },
    { unit_str("A;owncloud_nc;B;owncloud_nc;C"), unit_str("A;B;C") },
    { unit_str(";;  a;\tb ; owncloud_nc=x;;c"), unit_str("a;\tb ;;c") },
    { unit_str("a=b; owncloud_nc=x; "), unit_str("a=b") },
    { unit_str("a=\"b; owncloud_nc=x\""), unit_str("a=\"b") }
};


static void
unit_strip(ngx_pool_t *pool)
{
    ngx_int_t   rc;
    ngx_str_t   value;
    ngx_uint_t  i;

    for (i = 0; i < unit_n(unit_strips); i++) {

        value = unit_copy(pool, &unit_strips[i].header);
        rc = ngx_http_owncloud_cookie_strip(pool, &value);

        unit_ok(rc == NGX_OK && unit_same(&value, &unit_strips[i].stripped),
                "stripped: %s", unit_strips[i].header.data);
    }
}


/* the most that can be between two cookies is written: an 8 KB line of them */

static void
unit_longest(ngx_pool_t *pool)
{
    u_char      *p;
    ngx_str_t    value, was;
    ngx_uint_t   i;

    was.len = sizeof("x=owncloud_") - 1 + 2 * 4000;
    was.data = ngx_pnalloc(pool, was.len);

    p = ngx_cpymem(was.data, "x=owncloud_", sizeof("x=owncloud_") - 1);

    for (i = 0; i < 4000; i++) {
        *p++ = ';'; *p++ = 'A';
    }

    value = unit_copy(pool, &was);

    unit_ok(ngx_http_owncloud_cookie_strip(pool, &value) == NGX_OK
            && unit_same(&value, &was),
            "4,000 cookies with nothing but semicolons between them");
}


static void
unit_in(ngx_pool_t *pool)
{
    ngx_int_t   rc;
    ngx_str_t   header, value;
    ngx_uint_t  i;

    static ngx_str_t  name = unit_str("nc");

    static struct {
        ngx_str_t    header;
        ngx_str_t    value;
        ngx_int_t    rc;
    } tries[] = {
        { unit_str("nc=x"), unit_str("x"), NGX_OK },
        { unit_str("a=b; nc=x; nc=y"), unit_str("x"), NGX_OK },
        { unit_str("a=b;\tnc=x=y "), unit_str("x=y "), NGX_OK },
        { unit_str("nc=\"x\""), unit_str("x"), NGX_OK },
        { unit_str("nc=\"\""), unit_str(""), NGX_OK },
        { unit_str("nc=\""), unit_str("\""), NGX_OK },
        { unit_str("nc=\"x"), unit_str("\"x"), NGX_OK },
        { unit_str("nc="), unit_str(""), NGX_OK },
        { unit_str("nc"), unit_str(""), NGX_OK },
        { unit_str(";;;nc;;;"), unit_str(""), NGX_OK },
        { unit_str(""), unit_str(""), NGX_DECLINED },
        { unit_str("; ;\t"), unit_str(""), NGX_DECLINED },
        { unit_str("n=x; ncc=x; xnc=x; NC=x"), unit_str(""), NGX_DECLINED },
        { unit_str("nc =x"), unit_str(""), NGX_DECLINED },
        { unit_str("a=nc=x"), unit_str(""), NGX_DECLINED },
        { unit_str("=nc"), unit_str(""), NGX_DECLINED }
    };

    for (i = 0; i < unit_n(tries); i++) {

        header = unit_copy(pool, &tries[i].header);
        rc = ngx_http_owncloud_cookie_in(&header, &name, &value);

        unit_ok(rc == tries[i].rc
                && (rc == NGX_DECLINED || unit_same(&value, &tries[i].value)),
                "found in: %s", tries[i].header.data);
    }
}


static ngx_uint_t
unit_random(ngx_uint_t n)
{
    unit_seed = unit_seed * 1103515245u + 12345u;

    return ((unit_seed >> 16) & 0x7fff) % n;
}


/* one of those in "text", told without the functions that are tested */

static ngx_uint_t
unit_own(u_char *p, size_t len)
{
    size_t  n;

    for (n = 0; n < len && p[n] != '='; n++) { /* void */ }

    if (n > 9 && memcmp(p, "__Secure-", 9) == 0) {
        p += 9;
        n -= 9;
    }

    return n > 9 && memcmp(p, "owncloud_", 9) == 0;
}


/* the next one from "*p" on that is not ours, or is any if "all" */

static size_t
unit_cookie(u_char **p, u_char *last, ngx_uint_t all)
{
    u_char  *q;

    for ( ;; ) {

        while (*p < last && memchr(" ;\t", **p, 3)) {
            (*p)++;
        }

        for (q = *p; q < last && *q != ';'; q++) { /* void */ }

        if (q == *p || all || !unit_own(*p, q - *p)) {
            return q - *p;
        }

        *p = q;
    }
}


/* nothing is longer, none of ours is left, the others are as they were */

static ngx_uint_t
unit_good(ngx_str_t *was, ngx_str_t *is)
{
    u_char  *p, *q;
    size_t   n, m;

    if (is->len > was->len) {
        return 0;
    }

    p = was->data;
    q = is->data;

    for ( ;; ) {
        n = unit_cookie(&p, was->data + was->len, 0);
        m = unit_cookie(&q, is->data + is->len, 1);

        if (n != m || memcmp(p, q, n) != 0) {
            return 0;
        }

        if (n == 0) {
            return 1;
        }

        p += n;
        q += n;
    }
}


static void
unit_many(void)
{
    u_char       buf[UNIT_LONGEST], *p;
    ngx_str_t    was, value;
    ngx_uint_t   i, n, word, bad;
    ngx_pool_t  *pool;

    static ngx_str_t  words[] = {
        unit_str("owncloud_nc"), unit_str("__Secure-owncloud_nc"),
        unit_str("owncloud_"), unit_str("_1"), unit_str("="), unit_str(";"),
        unit_str(" "), unit_str("\t"), unit_str("a"), unit_str("\""),
        unit_str("MoodleSession"), unit_str("x"), unit_str("owncloud_nc_1"),
        unit_str("; "), unit_str("OwnCloud_nc")
    };

    bad = 0;

    for (i = 0; i < UNIT_HEADERS; i++) {

        pool = ngx_create_pool(256, &unit_log);
        p = buf;

        for (n = unit_random(20); n; n--) {
            word = unit_random(unit_n(words));
            p = ngx_cpymem(p, words[word].data, words[word].len);
        }

        was.data = buf;
        was.len = p - buf;

        value = unit_copy(pool, &was);

        if (ngx_http_owncloud_cookie_strip(pool, &value) != NGX_OK
            || !unit_good(&was, &value))
        {
            if (bad++ < 10) {
                printf("#   \"%.*s\" gave \"%.*s\"\n", (int) was.len,
                       was.data, (int) value.len, value.data);
            }
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(bad == 0, "%u random headers", UNIT_HEADERS);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_strip(pool);
    unit_longest(pool);
    unit_in(pool);
    unit_many();

    ngx_destroy_pool(pool);

    return unit_done();
}
