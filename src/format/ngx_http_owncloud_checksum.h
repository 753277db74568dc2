
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/evp.h>


/*
 * What a cloud says a file's checksum is, and the digest of the bytes that
 * have come so far.
 */

typedef struct {
    EVP_MD_CTX          *ctx;      /* of this file alone, freed with a pool */
    const EVP_MD        *md;       /* NULL: nothing is to be compared */
    u_char               expected[EVP_MAX_MD_SIZE];
    size_t               len;
} ngx_http_owncloud_checksum_t;


/*
 * Begins, or begins again, with the value of OC-Checksum: "SHA1:HEX", or
 * several of this form.  The strongest that is known is taken; if there is
 * none, whatever comes is right.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_checksum_start(ngx_pool_t *pool,
    ngx_http_owncloud_checksum_t *checksum, ngx_str_t *value);

/* more of the file's bytes; NGX_ERROR: OpenSSL failed */
ngx_int_t ngx_http_owncloud_checksum_update(
    ngx_http_owncloud_checksum_t *checksum, u_char *p, size_t len);

/* NGX_DECLINED: these are not the bytes; once only */
ngx_int_t ngx_http_owncloud_checksum_end(
    ngx_http_owncloud_checksum_t *checksum);


#endif /* _NGX_HTTP_OWNCLOUD_CHECKSUM_H_INCLUDED_ */
