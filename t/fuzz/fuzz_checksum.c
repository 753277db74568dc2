
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_checksum.h"


/* the value of OC-Checksum, a line feed, and the bytes of the file */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                         len, half;
    u_char                        *p;
    ngx_int_t                      rc, again;
    ngx_str_t                      value, body;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_checksum_t   checksum;

    pool = fuzz_pool();

    p = size ? memchr(data, LF, size) : NULL;
    len = p ? (size_t) (p - data) : size;

    value = fuzz_copy(pool, data, len);
    body = fuzz_copy(pool, data + (p ? len + 1 : len),
                     p ? size - len - 1 : 0);

    ngx_memzero(&checksum, sizeof(ngx_http_owncloud_checksum_t));

    rc = ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    fuzz_assert(rc == NGX_OK);
    fuzz_assert(checksum.md == NULL || checksum.len <= value.len / 2);

    rc = ngx_http_owncloud_checksum_update(&checksum, body.data, body.len);
    fuzz_assert(rc == NGX_OK);

    rc = ngx_http_owncloud_checksum_end(&checksum);
    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    /* in which pieces it came is all the same */

    half = body.len / 2;

    again = ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    fuzz_assert(again == NGX_OK);

    (void) ngx_http_owncloud_checksum_update(&checksum, body.data, half);
    (void) ngx_http_owncloud_checksum_update(&checksum, body.data + half,
                                             body.len - half);

    again = ngx_http_owncloud_checksum_end(&checksum);
    fuzz_assert(again == rc);

    ngx_destroy_pool(pool);

    return 0;
}
