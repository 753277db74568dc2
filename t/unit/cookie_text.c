
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
    { unit_str("a=b;\v\fowncloud_nc=x"), unit_str("a=b") },
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


static void
unit_name(void)
{
    u_char     buf[NGX_HTTP_OWNCLOUD_COOKIE_NAME];
    u_char     id[NGX_HTTP_OWNCLOUD_COOKIE_ID + 1];
    ngx_str_t  name, of, want;

    ngx_str_set(&of, "nc");

    ngx_str_set(&want, "owncloud_nc");
    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 0, 0, &name) == NGX_OK
            && unit_same(&name, &want),
            "name of the first part");

    ngx_str_set(&want, "owncloud_nc~1");
    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 0, 1, &name) == NGX_OK
            && unit_same(&name, &want) && ngx_http_owncloud_cookie_ours(&name),
            "name of the second part");

    ngx_str_set(&want, "__Secure-owncloud_nc~1");
    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 1, 1, &name) == NGX_OK
            && unit_same(&name, &want) && ngx_http_owncloud_cookie_ours(&name),
            "name on https");

    ngx_memset(id, 'a', sizeof(id));
    of.data = id;
    of.len = sizeof(id) - 1;

    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 1, 1, &name) == NGX_OK
            && name.len == sizeof(buf),
            "the longest name");

    of.len++;

    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 1, 1, &name)
            == NGX_DECLINED,
            "an id that is too long");

    of.len = 2;

    unit_ok(ngx_http_owncloud_cookie_part(buf, &of, 0,
                                          NGX_HTTP_OWNCLOUD_COOKIE_PARTS,
                                          &name)
            == NGX_DECLINED,
            "a part that there is not");
}


static void
unit_join(ngx_pool_t *pool)
{
    u_char      *text;
    ngx_int_t    rc;
    ngx_str_t    part[2], value, whole;
    ngx_uint_t   i;

    static struct {
        size_t       first;     /* 0: not there, 1: empty */
        size_t       second;
        size_t       whole;
        char        *name;
    } tries[] = {
        { 0, 0, 0, "nothing" },
        { 1, 0, 0, "an empty one" },
        { 1, 11, 0, "an empty one, and a rest" },
        { 0, 11, 0, "the second one alone" },
        { 11, 0, 10, "one" },
        { 11, 11, 10, "one, and a rest" },
        { NGX_HTTP_OWNCLOUD_COOKIE_SIZE, 11,
          NGX_HTTP_OWNCLOUD_COOKIE_SIZE - 1,
          "one that is not quite full, and a rest" },
        { NGX_HTTP_OWNCLOUD_COOKIE_SIZE + 1, 0,
          NGX_HTTP_OWNCLOUD_COOKIE_SIZE, "one that is full" },
        { NGX_HTTP_OWNCLOUD_COOKIE_SIZE + 1, 1,
          NGX_HTTP_OWNCLOUD_COOKIE_SIZE, "one that is full, and an empty one" },
        { NGX_HTTP_OWNCLOUD_COOKIE_SIZE + 1, 11,
          NGX_HTTP_OWNCLOUD_COOKIE_SIZE + 10, "two" }
    };

    text = ngx_pnalloc(pool, 2 * NGX_HTTP_OWNCLOUD_COOKIE_SIZE);

    for (i = 0; i < 2 * NGX_HTTP_OWNCLOUD_COOKIE_SIZE; i++) {
        text[i] = (u_char) ('a' + i % 23);
    }

    for (i = 0; i < unit_n(tries); i++) {

        ngx_str_null(&part[0]);
        ngx_str_null(&part[1]);

        if (tries[i].first) {
            part[0].data = text;
            part[0].len = tries[i].first - 1;
        }

        if (tries[i].second) {
            part[1].data = text + part[0].len;
            part[1].len = tries[i].second - 1;
        }

        whole.data = text;
        whole.len = tries[i].whole;

        rc = ngx_http_owncloud_cookie_join(pool, part, 2, &value);

        unit_ok(whole.len ? rc == NGX_OK && unit_same(&value, &whole)
                          : rc == NGX_DECLINED,
                "joined: %s", tries[i].name);
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


static void
unit_decode(ngx_pool_t *pool)
{
    ngx_int_t   rc;
    ngx_str_t   value;
    ngx_uint_t  i;

    static struct {
        ngx_str_t    spelled;
        ngx_str_t    value;
    } tries[] = {
        { unit_str(""), unit_str("") },
        { unit_str("abc,-1"), unit_str("abc,-1") },
        { unit_str("%61bc"), unit_str("abc") },
        { unit_str("a%62%63"), unit_str("abc") },
        { unit_str("%2C%2c"), unit_str(",,") },
        { unit_str("a+b"), unit_str("a+b") },
        { unit_str("%2561"), unit_str("%61") },
        { unit_str("%61%"), unit_str("%61%") },
        { unit_str("%6"), unit_str("%6") },
        { unit_str("%zz"), unit_str("%zz") },
        { unit_str("a%00"), unit_str("a%00") }
    };

    for (i = 0; i < unit_n(tries); i++) {

        value = unit_copy(pool, &tries[i].spelled);
        rc = ngx_http_owncloud_cookie_decode(pool, &value);

        unit_ok(rc == NGX_OK && unit_same(&value, &tries[i].value),
                "decoded: %s", tries[i].spelled.data);
    }
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_strip(pool);
    unit_longest(pool);
    unit_in(pool);
    unit_name();
    unit_join(pool);
    unit_decode(pool);
    unit_many();

    ngx_destroy_pool(pool);

    return unit_done();
}
