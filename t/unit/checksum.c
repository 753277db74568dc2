
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_checksum.h"


/* digests of "abc" (FIPS 180-4, RFC 1321) */

#define MD5     "900150983cd24fb0d6963f7d28e17f72"
#define SHA1    "a9993e364706816aba3e25717850c26c9cd0d89d"
#define SHA256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200" \
                "15ad"

/* the same with its last digit changed */

#define NOT_MD5     "900150983cd24fb0d6963f7d28e17f73"
#define NOT_SHA1    "a9993e364706816aba3e25717850c26c9cd0d89e"
#define NOT_SHA256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61" \
                    "f20015ae"


typedef struct {
    ngx_str_t   value;
    size_t      len;        /* of the digest that is compared; 0: none is */
    ngx_int_t   rc;         /* of the bytes "abc" */
} unit_header_t;


static unit_header_t  unit_headers[] = {

    { unit_str("MD5:" MD5), 16, NGX_OK },
    { unit_str("MD5:" NOT_MD5), 16, NGX_DECLINED },
    { unit_str("SHA1:" SHA1), 20, NGX_OK },
    { unit_str("SHA1:" NOT_SHA1), 20, NGX_DECLINED },
    { unit_str("SHA256:" SHA256), 32, NGX_OK },
    { unit_str("SHA256:" NOT_SHA256), 32, NGX_DECLINED },

    /* names and digits of either case */

    { unit_str("sha1:A9993E364706816ABA3E25717850C26C9CD0D89D"), 20, NGX_OK },

    /* the strongest of several counts, wherever it is */

    { unit_str("SHA1:" SHA1 " MD5:" MD5 " ADLER32:024d0127"), 20, NGX_OK },
    { unit_str("MD5:" NOT_MD5 " SHA1:" SHA1), 20, NGX_OK },
    { unit_str("MD5:" MD5 " SHA1:" NOT_SHA1), 20, NGX_DECLINED },
    { unit_str("SHA1:" SHA1 ",SHA256:" NOT_SHA256), 32, NGX_DECLINED },
    { unit_str("  ,, SHA256:" SHA256 " , SHA1:" NOT_SHA1), 32, NGX_OK },

    /* of several of one algorithm, the first */

    { unit_str("SHA1:" SHA1 " SHA1:" NOT_SHA1), 20, NGX_OK },

    /* what is no digest says nothing */

    { unit_str(""), 0, NGX_OK },
    { unit_str(" "), 0, NGX_OK },
    { unit_str("ADLER32:024d0127"), 0, NGX_OK },
    { unit_str("SHA1"), 0, NGX_OK },
    { unit_str("SHA1:"), 0, NGX_OK },
    { unit_str("SHA1:" SHA1 "0"), 0, NGX_OK },
    { unit_str("SHA1:a9993e364706816aba3e25717850c26c9cd0d89"), 0, NGX_OK },
    { unit_str("SHA1:g9993e364706816aba3e25717850c26c9cd0d89d"), 0, NGX_OK },
    { unit_str("SHA1=a9993e364706816aba3e25717850c26c9cd0d89d"), 0, NGX_OK },
    { unit_str("xSHA1:" SHA1), 0, NGX_OK },
    { unit_str("SHA256:" SHA1), 0, NGX_OK },
    { unit_str("SHA256:" SHA1 " SHA1:zz SHA1:" NOT_SHA1), 20, NGX_DECLINED },
};


static void unit_values(void);
static void unit_again(void);


int
main(void)
{
    unit_values();
    unit_again();

    return unit_done();
}


static void
unit_values(void)
{
    ngx_int_t                      rc;
    ngx_str_t                      value;
    ngx_uint_t                     i;
    ngx_pool_t                    *pool;
    unit_header_t                 *h;
    ngx_http_owncloud_checksum_t   checksum;

    for (i = 0; i < unit_n(unit_headers); i++) {
        h = &unit_headers[i];

        pool = unit_pool();
        value = unit_copy(pool, &h->value);

        ngx_memzero(&checksum, sizeof(checksum));

        rc = ngx_http_owncloud_checksum_start(pool, &checksum, &value);

        unit_ok(rc == NGX_OK && (checksum.md != NULL) == (h->len != 0)
                && (checksum.md == NULL || checksum.len == h->len),
                "%s: which one", h->value.data);

        (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "a", 1);
        (void) ngx_http_owncloud_checksum_update(&checksum, NULL, 0);
        (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "bc",
                                                 2);

        unit_ok(ngx_http_owncloud_checksum_end(&checksum) == h->rc,
                "%s: the bytes", h->value.data);

        ngx_destroy_pool(pool);
    }
}


/* another try begins anew, whatever the first one was */

static void
unit_again(void)
{
    ngx_str_t                      value;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_checksum_t   checksum;

    pool = unit_pool();

    ngx_memzero(&checksum, sizeof(checksum));

    ngx_str_set(&value, "SHA256:" NOT_SHA256);
    (void) ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "x", 1);

    ngx_str_set(&value, "SHA1:" SHA1);
    (void) ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "abc", 3);

    unit_ok(ngx_http_owncloud_checksum_end(&checksum) == NGX_OK,
            "begun again, with another algorithm");

    unit_ok(ngx_http_owncloud_checksum_end(&checksum) == NGX_OK,
            "compared once");

    (void) ngx_http_owncloud_checksum_start(pool, &checksum, &value);

    ngx_str_set(&value, "");
    (void) ngx_http_owncloud_checksum_start(pool, &checksum, &value);
    (void) ngx_http_owncloud_checksum_update(&checksum, (u_char *) "x", 1);

    unit_ok(checksum.md == NULL
            && ngx_http_owncloud_checksum_end(&checksum) == NGX_OK,
            "begun again, with none");

    ngx_destroy_pool(pool);
}
