
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/evp.h>


/*
 * HMAC-SHA-256: init(ctx, key, len), update(ctx, p, len) and final(ctx, mac,
 * len), which writes 32 bytes and sets "len", return 1, as OpenSSL's own.
 * EVP_MAC has come with OpenSSL 3, which calls HMAC_CTX deprecated.
 */

#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)

typedef EVP_MAC_CTX   ngx_http_owncloud_hmac_ctx_t;
typedef size_t        ngx_http_owncloud_hmac_len_t;

#define ngx_http_owncloud_hmac_init(ctx, key, len)                            \
    EVP_MAC_init(ctx, key, len, NULL)
#define ngx_http_owncloud_hmac_update  EVP_MAC_update
#define ngx_http_owncloud_hmac_final(ctx, mac, len)                           \
    EVP_MAC_final(ctx, mac, len, 32)

#else

#include <openssl/hmac.h>

typedef HMAC_CTX      ngx_http_owncloud_hmac_ctx_t;
typedef unsigned int  ngx_http_owncloud_hmac_len_t;

#define ngx_http_owncloud_hmac_init(ctx, key, len)                            \
    HMAC_Init_ex(ctx, key, len, EVP_sha256(), NULL)
#define ngx_http_owncloud_hmac_update  HMAC_Update
#define ngx_http_owncloud_hmac_final   HMAC_Final

#endif


/*
 * OpenSSL's algorithms and a context for each, that of this process.  To look
 * an algorithm up takes OpenSSL 3 longer than to digest a path, and contexts
 * are heavy, so both are kept: every use starts with an Init of its own and
 * ends before anything else can begin.
 */

typedef struct {
    const EVP_MD                  *sha1;   /* NULL: OpenSSL does without it */
    const EVP_MD                  *sha256;
    const EVP_CIPHER              *gcm;    /* AES-256-GCM */

    EVP_MD_CTX                    *sha1_ctx;
    EVP_MD_CTX                    *sha256_ctx;
    EVP_CIPHER_CTX                *encrypt_ctx;
    EVP_CIPHER_CTX                *decrypt_ctx;
    ngx_http_owncloud_hmac_ctx_t  *hmac_ctx;

    u_char                         hmac_key[32];    /* that the context has */
    unsigned                       hmac_keyed:1;
    unsigned                       hmac_again:1;    /* can begin with it */
} ngx_http_owncloud_evp_t;


/*
 * What this process has of OpenSSL, made by the first call; it goes with the
 * cycle.  For requests only: what is made while a configuration is read
 * would belong to the cycle before, which may outlive the module.  NULL:
 * OpenSSL does not have them, or no memory.
 */
ngx_http_owncloud_evp_t *ngx_http_owncloud_evp(void);


#endif /* _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_ */
