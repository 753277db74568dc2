
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
 * len) return 1 on success, like OpenSSL's own functions; final() writes 32
 * bytes and sets "len".  EVP_MAC was introduced in OpenSSL 3, which deprecates
 * HMAC_CTX.
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
 * OpenSSL's algorithms with one context each, per process.  In OpenSSL 3,
 * fetching an algorithm takes longer than digesting a path, and contexts are
 * expensive to create, so both are kept.  They can be shared because each use
 * starts with its own Init and ends before another one starts.
 */

typedef struct {
    const EVP_MD                  *sha1;   /* NULL: OpenSSL lacks it */
    const EVP_MD                  *sha256;
    const EVP_CIPHER              *gcm;    /* AES-256-GCM */

    EVP_MD_CTX                    *sha1_ctx;
    EVP_MD_CTX                    *sha256_ctx;
    EVP_CIPHER_CTX                *encrypt_ctx;
    EVP_CIPHER_CTX                *decrypt_ctx;
    ngx_http_owncloud_hmac_ctx_t  *hmac_ctx;

    u_char                         hmac_key[32];    /* the key in hmac_ctx */
    unsigned                       hmac_keyed:1;
    unsigned                       hmac_again:1;    /* can restart with it */
} ngx_http_owncloud_evp_t;


/*
 * Returns the algorithms and contexts of this process, which the first call
 * creates and the cycle's pool frees.  Call it only while handling requests:
 * during configuration it would attach to the previous cycle, which may
 * outlive the module.  Returns NULL if OpenSSL lacks SHA-256 or AES-256-GCM or
 * memory is exhausted.
 */
ngx_http_owncloud_evp_t *ngx_http_owncloud_evp(void);


#endif /* _NGX_HTTP_OWNCLOUD_EVP_H_INCLUDED_ */
