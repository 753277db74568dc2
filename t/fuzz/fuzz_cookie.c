
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_cookie_text.h"


static void fuzz_find(ngx_str_t *header);
static void fuzz_strip(ngx_pool_t *pool, ngx_str_t *was);


/* the value of a Cookie header */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    text;
    ngx_pool_t  *pool;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    fuzz_find(&text);
    fuzz_strip(pool, &text);

    ngx_destroy_pool(pool);

    return 0;
}


/* each is inside of the header, and the first of its name is found */

static void
fuzz_find(ngx_str_t *header)
{
    u_char     *p, *last;
    ngx_int_t   rc;
    ngx_str_t   rest, name, value, found;

    rest = *header;
    p = rest.data;
    last = p + rest.len;

    while (ngx_http_owncloud_cookie_next(&rest, &name, &value) == NGX_OK) {

        fuzz_assert(name.data >= p && name.data + name.len <= value.data
                    && value.data + value.len == rest.data
                    && rest.data + rest.len == last && rest.data > p);
        fuzz_assert(ngx_strlchr(name.data, name.data + name.len, '=') == NULL
                    && ngx_strlchr(value.data, value.data + value.len, ';')
                       == NULL);

        rc = ngx_http_owncloud_cookie_in(header, &name, &found);
        fuzz_assert(rc == NGX_OK && found.data <= value.data + 1
                    && found.data >= header->data
                    && found.data + found.len <= last);

        p = rest.data;
    }

    fuzz_assert(rest.len <= (size_t) (last - p));
}


/* none of ours is left, the others are as they were, nothing is longer */

static void
fuzz_strip(ngx_pool_t *pool, ngx_str_t *was)
{
    ngx_int_t  rc;
    ngx_str_t  is, before, after, name, value, other, same;

    is = *was;

    rc = ngx_http_owncloud_cookie_strip(pool, &is);
    fuzz_assert(rc == NGX_OK && is.len <= was->len);

    before = *was;
    after = is;

    while (ngx_http_owncloud_cookie_next(&before, &name, &value) == NGX_OK) {

        if (ngx_http_owncloud_cookie_ours(&name)) {
            continue;
        }

        rc = ngx_http_owncloud_cookie_next(&after, &other, &same);
        fuzz_assert(rc == NGX_OK && !ngx_http_owncloud_cookie_ours(&other)
                    && fuzz_same(&name, &other)
                    && fuzz_same(&value, &same));
    }

    rc = ngx_http_owncloud_cookie_next(&after, &other, &same);
    fuzz_assert(rc == NGX_DONE);

    /* done again, it finds nothing */

    other = is;

    rc = ngx_http_owncloud_cookie_strip(pool, &other);
    fuzz_assert(rc == NGX_OK && other.len <= is.len);
}
