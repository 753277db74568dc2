
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_checksum.h"


#define MD5     "MD5:900150983cd24fb0d6963f7d28e17f72"
#define SHA1    "SHA1:a9993e364706816aba3e25717850c26c9cd0d89d"
#define SHA256  "SHA256:ba7816bf8f01cfea414140de5dae2223"                     \
                "b00361a396177a9cb410ff61f20015ad"
#define WRONG   "SHA1:a9993e364706816aba3e25717850c26c9cd0d89e"


/* of the bytes "abc" */

static struct {
    ngx_str_t  value;
    ngx_int_t  rc;
} unit_values[] = {
    { unit_str(MD5), NGX_OK },
    { unit_str(SHA1), NGX_OK },
    { unit_str(SHA256), NGX_OK },
    { unit_str("sha1:A9993E364706816ABA3E25717850C26C9CD0D89D"), NGX_OK },
    { unit_str(WRONG), NGX_DECLINED },
    { unit_str("MD5:900150983cd24fb0d6963f7d28e17f73"), NGX_DECLINED },

    /* several: the strongest counts */

    { unit_str(SHA1 " " MD5 " ADLER32:024d0127"), NGX_OK },
    { unit_str(" ," SHA1 "," SHA256), NGX_OK },
    { unit_str(WRONG " " SHA256), NGX_OK },
    { unit_str(WRONG " " MD5), NGX_DECLINED },

    /* none that is known, or none at all: whatever comes is right */

    { unit_str(""), NGX_OK },
    { unit_str(" , "), NGX_OK },
    { unit_str("ADLER32:024d0127"), NGX_OK },
    { unit_str("SHA1:"), NGX_OK },
    { unit_str("SHA1:a9993e364706816aba3e25717850c26c9cd0d89"), NGX_OK },
    { unit_str("SHA1:a9993e364706816aba3e25717850c26c9cd0d89g"), NGX_OK },
    { unit_str("SHA1:a9993e364706816aba3e25717850c26c9cd0d89d0"), NGX_OK },
    { unit_str("SHA3:a9993e364706816aba3e25717850c26c9cd0d89e"), NGX_OK },

    /* one that is no digest does not hide one that is */

    { unit_str("SHA1:xyz " MD5), NGX_OK },
    { unit_str("SHA1:a9993e364706816aba3e25717850c26c9cd0d89g "
               "MD5:900150983cd24fb0d6963f7d28e17f73"), NGX_DECLINED }
};


static ngx_int_t
unit_run(ngx_pool_t *pool, ngx_http_owncloud_checksum_t *checksum,
    ngx_str_t *value, char *one, char *two)
{
    if (ngx_http_owncloud_checksum_start(pool, checksum, value) != NGX_OK
        || ngx_http_owncloud_checksum_update(checksum, (u_char *) one,
                                             ngx_strlen(one))
           != NGX_OK
        || ngx_http_owncloud_checksum_update(checksum, (u_char *) two,
                                             ngx_strlen(two))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_checksum_end(checksum);
}


int
main(void)
{
    ngx_str_t                      value;
    ngx_uint_t                     i;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_checksum_t   checksum;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_values); i++) {
        ngx_memzero(&checksum, sizeof(ngx_http_owncloud_checksum_t));
        value = unit_copy(pool, &unit_values[i].value);

        unit_ok(unit_run(pool, &checksum, &value, "a", "bc")
                == unit_values[i].rc, "%s", unit_values[i].value.data);
    }

    /* begun again, with the same context */

    ngx_memzero(&checksum, sizeof(ngx_http_owncloud_checksum_t));
    ngx_str_set(&value, SHA256);

    (void) ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "x", 1);

    unit_ok(unit_run(pool, &checksum, &value, "abc", "") == NGX_OK,
            "what came before it was begun again does not count");

    ngx_str_set(&value, SHA1);
    unit_ok(unit_run(pool, &checksum, &value, "ab", "c") == NGX_OK,
            "with another algorithm");
    unit_ok(unit_run(pool, &checksum, &value, "ab", "") == NGX_DECLINED,
            "cut");
    unit_ok(unit_run(pool, &checksum, &value, "abc", "c") == NGX_DECLINED,
            "longer");

    ngx_str_set(&value, "");
    unit_ok(unit_run(pool, &checksum, &value, "x", "y") == NGX_OK,
            "and without a checksum at last");

    ngx_destroy_pool(pool);

    return unit_done();
}
