
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/evp.h>


/*
 * The checksum that a cloud states for a file, and the digest of the bytes
 * received so far.
 */

typedef struct {
    EVP_MD_CTX          *ctx;      /* one per file; the pool frees it */
    const EVP_MD        *md;       /* NULL: there is nothing to compare */
    u_char               expected[EVP_MAX_MD_SIZE];
    size_t               len;
} ngx_http_owncloud_checksum_t;


/*
 * Starts or restarts the digest.  "value" is the value of OC-Checksum, one or
 * more items such as "SHA1:HEX"; the strongest known algorithm is used.
 * Without one, ..._end() accepts any bytes. checksum->ctx must be NULL before
 * the first call; it is freed with "pool".  Returns NGX_OK, or NGX_ERROR if
 * memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_checksum_start(ngx_pool_t *pool,
    ngx_http_owncloud_checksum_t *checksum, ngx_str_t *value);

/*
 * Adds the next "len" bytes of the file.  Returns NGX_OK, or NGX_ERROR if
 * OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_checksum_update(
    ngx_http_owncloud_checksum_t *checksum, u_char *p, size_t len);

/*
 * Compares the digest with the expected one; call it once.  Returns NGX_OK if
 * they match or there is nothing to compare, NGX_DECLINED if they differ,
 * NGX_ERROR if OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_checksum_end(
    ngx_http_owncloud_checksum_t *checksum);


#endif /* _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_ */
