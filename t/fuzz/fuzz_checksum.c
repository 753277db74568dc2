
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_checksum.h"


/*
 * The value of OC-Checksum, a line feed, and the bytes of the file: where
 * these are cut makes no difference, nor what was begun before.
 */


static ngx_int_t fuzz_sum(ngx_pool_t *pool,
    ngx_http_owncloud_checksum_t *checksum, ngx_str_t *value, ngx_str_t *file,
    size_t piece);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t                       *lf;
    ngx_int_t                      rc;
    ngx_str_t                      value, file;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_checksum_t   checksum;

    lf = size ? memchr(data, '\n', size) : NULL;

    if (lf == NULL) {
        return 0;
    }

    pool = fuzz_pool();

    value = fuzz_copy(pool, data, lf - data);
    file = fuzz_copy(pool, lf + 1, size - (lf - data) - 1);

    ngx_memzero(&checksum, sizeof(checksum));

    rc = fuzz_sum(pool, &checksum, &value, &file, 1);

    fuzz_assert(fuzz_sum(pool, &checksum, &value, &file, size) == rc);

    /* a digest that is named is one that is in the value */

    fuzz_assert(rc == NGX_OK || value.len >= sizeof("MD5:") - 1 + 2 * 16);

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_int_t
fuzz_sum(ngx_pool_t *pool, ngx_http_owncloud_checksum_t *checksum,
    ngx_str_t *value, ngx_str_t *file, size_t piece)
{
    size_t      n;
    ngx_int_t   rc;
    ngx_str_t   rest;
    ngx_uint_t  named;

    fuzz_assert(ngx_http_owncloud_checksum_start(pool, checksum, value)
                == NGX_OK);

    named = (checksum->md != NULL);

    fuzz_assert(!named || checksum->len == 16 || checksum->len == 20
                || checksum->len == 32);

    for (rest = *file; rest.len; rest.len -= n, rest.data += n) {
        n = ngx_min(rest.len, piece);

        fuzz_assert(ngx_http_owncloud_checksum_update(checksum, rest.data, n)
                    == NGX_OK);
    }

    rc = ngx_http_owncloud_checksum_end(checksum);

    fuzz_assert(rc == NGX_OK || (named && rc == NGX_DECLINED));

    return rc;
}
