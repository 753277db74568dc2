
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_checksum.h"

#include <openssl/err.h>


typedef struct {
    ngx_str_t      name;
    size_t         len;  /* of a digest */
    const EVP_MD  *(*md)(void);
} ngx_http_owncloud_algorithm_t;


static ngx_int_t ngx_http_owncloud_checksum_find(
    ngx_http_owncloud_checksum_t *checksum, ngx_str_t *value,
    ngx_http_owncloud_algorithm_t *algorithm);
static ngx_int_t ngx_http_owncloud_checksum_hex(u_char *dst, u_char *p,
    size_t len);
static void ngx_http_owncloud_checksum_cleanup(void *data);


/* the strongest first; weak ones such as ADLER32 are ignored */

static ngx_http_owncloud_algorithm_t  ngx_http_owncloud_algorithms[] = {
    { ngx_string("SHA256:"), 32, EVP_sha256 },
    { ngx_string("SHA1:"), 20, EVP_sha1 },
    { ngx_string("MD5:"), 16, EVP_md5 },
    { ngx_null_string, 0, NULL }
};


ngx_int_t
ngx_http_owncloud_checksum_start(ngx_pool_t *pool,
    ngx_http_owncloud_checksum_t *checksum, ngx_str_t *value)
{
    ngx_pool_cleanup_t             *cln;
    ngx_http_owncloud_algorithm_t  *algorithm;

    checksum->md = NULL;

    for (algorithm = ngx_http_owncloud_algorithms; algorithm->md; algorithm++)
    {
        if (ngx_http_owncloud_checksum_find(checksum, value, algorithm)
            != NGX_OK)
        {
            continue;
        }

        if (checksum->ctx == NULL) {
            cln = ngx_pool_cleanup_add(pool, 0);
            if (cln == NULL) {
                return NGX_ERROR;
            }

            checksum->ctx = EVP_MD_CTX_new();
            if (checksum->ctx == NULL) {
                ERR_clear_error();
                return NGX_ERROR;
            }

            cln->handler = ngx_http_owncloud_checksum_cleanup;
            cln->data = checksum->ctx;
        }

        /* OpenSSL may be built without MD5 or SHA-1 */

        if (EVP_DigestInit_ex(checksum->ctx, algorithm->md(), NULL) == 1) {
            checksum->md = algorithm->md();
            checksum->len = algorithm->len;
            return NGX_OK;
        }

        ERR_clear_error();
    }

    return NGX_OK;
}


/* items are separated by spaces or commas; malformed ones are skipped */

static ngx_int_t
ngx_http_owncloud_checksum_find(ngx_http_owncloud_checksum_t *checksum,
    ngx_str_t *value, ngx_http_owncloud_algorithm_t *algorithm)
{
    u_char  *p, *last, *word;
    size_t   len;

    p = value->data;
    last = value->data + value->len;

    for ( ;; ) {

        while (p < last && (*p == ' ' || *p == ',')) {
            p++;
        }

        if (p == last) {
            return NGX_DECLINED;
        }

        word = p;

        while (p < last && *p != ' ' && *p != ',') {
            p++;
        }

        len = p - word;

        if (len != algorithm->name.len + 2 * algorithm->len
            || ngx_strncasecmp(word, algorithm->name.data,
                               algorithm->name.len)
               != 0)
        {
            continue;
        }

        if (ngx_http_owncloud_checksum_hex(checksum->expected,
                                           word + algorithm->name.len,
                                           algorithm->len)
            == NGX_OK)
        {
            return NGX_OK;
        }
    }
}


static ngx_int_t
ngx_http_owncloud_checksum_hex(u_char *dst, u_char *p, size_t len)
{
    ngx_int_t  n;

    for ( /* void */ ; len; len--) {

        n = ngx_hextoi(p, 2);
        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        *dst++ = (u_char) n;
        p += 2;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_checksum_update(ngx_http_owncloud_checksum_t *checksum,
    u_char *p, size_t len)
{
    if (checksum->md == NULL || EVP_DigestUpdate(checksum->ctx, p, len) == 1) {
        return NGX_OK;
    }

    ERR_clear_error();

    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_checksum_end(ngx_http_owncloud_checksum_t *checksum)
{
    u_char  digest[EVP_MAX_MD_SIZE];

    if (checksum->md == NULL) {
        return NGX_OK;
    }

    checksum->md = NULL;

    if (EVP_DigestFinal_ex(checksum->ctx, digest, NULL) != 1) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    return ngx_memcmp(digest, checksum->expected, checksum->len) == 0
           ? NGX_OK : NGX_DECLINED;
}


static void
ngx_http_owncloud_checksum_cleanup(void *data)
{
    EVP_MD_CTX_free(data);
}
