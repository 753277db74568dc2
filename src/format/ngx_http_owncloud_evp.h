
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/evp.h>


/*
 * OpenSSL's algorithms and a context for each, that of this process.  To look
 * an algorithm up takes OpenSSL 3 longer than to digest a path, and contexts
 * are heavy, so both are kept: every use starts with an Init of its own and
 * ends before anything else can begin.
 */

typedef struct {
    const EVP_MD        *sha1;      /* NULL if OpenSSL does without it */
    const EVP_MD        *sha256;
    const EVP_CIPHER    *gcm;       /* AES-256-GCM */

    EVP_MD_CTX          *sha1_ctx;
    EVP_MD_CTX          *sha256_ctx;
    EVP_CIPHER_CTX      *encrypt_ctx;
    EVP_CIPHER_CTX      *decrypt_ctx;
} ngx_http_owncloud_evp_t;


/*
 * For requests only: what is made while a configuration is read would belong
 * to the cycle before, which may outlive the module.  NULL: OpenSSL does not
 * have them, or no memory.
 */
ngx_http_owncloud_evp_t *ngx_http_owncloud_evp(void);


#endif /* _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_ */
