
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_evp.h"

#include <openssl/err.h>

#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)
#include <openssl/core_names.h>
#endif


static ngx_int_t ngx_http_owncloud_evp_create(void);
static ngx_http_owncloud_hmac_ctx_t *ngx_http_owncloud_evp_hmac(void);
static ngx_uint_t ngx_http_owncloud_evp_hmac_again(
    ngx_http_owncloud_hmac_ctx_t *ctx);
static void ngx_http_owncloud_evp_cleanup(void *data);


/* before OpenSSL 3, algorithms were not fetched */

#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)

#define ngx_http_owncloud_evp_md(name, static)                                \
    EVP_MD_fetch(NULL, name, NULL)
#define ngx_http_owncloud_evp_cipher(name, static)                            \
    EVP_CIPHER_fetch(NULL, name, NULL)
#define ngx_http_owncloud_evp_md_free(md)          EVP_MD_free((EVP_MD *) md)
#define ngx_http_owncloud_evp_cipher_free(cipher)                             \
    EVP_CIPHER_free((EVP_CIPHER *) cipher)
#define ngx_http_owncloud_evp_hmac_free            EVP_MAC_CTX_free

#else

#define ngx_http_owncloud_evp_md(name, static)      static
#define ngx_http_owncloud_evp_cipher(name, static)  static
#define ngx_http_owncloud_evp_md_free(md)
#define ngx_http_owncloud_evp_cipher_free(cipher)
#define ngx_http_owncloud_evp_hmac_free             HMAC_CTX_free

#endif


static ngx_uint_t               ngx_http_owncloud_evp_ready;
static ngx_http_owncloud_evp_t  ngx_http_owncloud_evp_state;


ngx_http_owncloud_evp_t *
ngx_http_owncloud_evp(void)
{
    if (!ngx_http_owncloud_evp_ready
        && ngx_http_owncloud_evp_create() != NGX_OK)
    {
        return NULL;
    }

    return &ngx_http_owncloud_evp_state;
}


static ngx_int_t
ngx_http_owncloud_evp_create(void)
{
    ngx_pool_cleanup_t       *cln;
    ngx_http_owncloud_evp_t  *evp;

    evp = &ngx_http_owncloud_evp_state;
    cln = NULL;

    /*
     * The module may be unloaded together with its cycle, so everything is
     * freed then and, if the module stays, created again.  Programs without
     * cycles keep it until they exit.
     */

    if (ngx_cycle) {
        cln = ngx_pool_cleanup_add(ngx_cycle->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }
    }

    evp->sha1 = ngx_http_owncloud_evp_md("SHA1", EVP_sha1());
    evp->sha256 = ngx_http_owncloud_evp_md("SHA256", EVP_sha256());
    evp->gcm = ngx_http_owncloud_evp_cipher("AES-256-GCM",
                                            EVP_aes_256_gcm());
    evp->sha1_ctx = EVP_MD_CTX_new();
    evp->sha256_ctx = EVP_MD_CTX_new();
    evp->encrypt_ctx = EVP_CIPHER_CTX_new();
    evp->decrypt_ctx = EVP_CIPHER_CTX_new();
    evp->hmac_ctx = ngx_http_owncloud_evp_hmac();

    evp->hmac_again = ngx_http_owncloud_evp_hmac_again(evp->hmac_ctx);

    ERR_clear_error();

    if (evp->sha256 == NULL || evp->gcm == NULL
        || evp->sha1_ctx == NULL || evp->sha256_ctx == NULL
        || evp->encrypt_ctx == NULL || evp->decrypt_ctx == NULL
        || evp->hmac_ctx == NULL)
    {
        ngx_http_owncloud_evp_cleanup(evp);
        return NGX_ERROR;
    }

    if (cln) {
        cln->handler = ngx_http_owncloud_evp_cleanup;
        cln->data = evp;
    }

    ngx_http_owncloud_evp_ready = 1;

    return NGX_OK;
}


/* the context keeps its algorithms, so each use only has to set a key */

static ngx_http_owncloud_hmac_ctx_t *
ngx_http_owncloud_evp_hmac(void)
{
#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)

    EVP_MAC      *mac;
    OSSL_PARAM    param[2];
    EVP_MAC_CTX  *ctx;

    mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

    EVP_MAC_free(mac);

    param[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                                "SHA256", 0);
    param[1] = OSSL_PARAM_construct_end();

    if (ctx && EVP_MAC_CTX_set_params(ctx, param) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }

    return ctx;

#else

    return HMAC_CTX_new();

#endif
}


/*
 * Returns 1 if a context restarts with its key when it is given none.  Those
 * of OpenSSL 3.0.0 to 3.0.2 do not, and a provider may be older than the
 * library, so this tries it.
 */

static ngx_uint_t
ngx_http_owncloud_evp_hmac_again(ngx_http_owncloud_hmac_ctx_t *ctx)
{
    u_char                        *key, mac[2][32];
    ngx_uint_t                     i;
    ngx_http_owncloud_hmac_len_t   len;

    static u_char  bytes[32];

    if (ctx == NULL) {
        return 0;
    }

    key = bytes;

    for (i = 0; i < 2; i++) {

        if (ngx_http_owncloud_hmac_init(ctx, key, key ? sizeof(bytes) : 0) != 1
            || ngx_http_owncloud_hmac_update(ctx, bytes, sizeof(bytes)) != 1
            || ngx_http_owncloud_hmac_final(ctx, mac[i], &len) != 1)
        {
            return 0;
        }

        key = NULL;
    }

    return ngx_memcmp(mac[0], mac[1], sizeof(mac[0])) == 0;
}


static void
ngx_http_owncloud_evp_cleanup(void *data)
{
    ngx_http_owncloud_evp_t *evp = data;

    /* contexts hold keys; freeing them wipes the keys */

    EVP_MD_CTX_free(evp->sha1_ctx);
    EVP_MD_CTX_free(evp->sha256_ctx);
    EVP_CIPHER_CTX_free(evp->encrypt_ctx);
    EVP_CIPHER_CTX_free(evp->decrypt_ctx);
    ngx_http_owncloud_evp_hmac_free(evp->hmac_ctx);

    ngx_http_owncloud_evp_md_free(evp->sha1);
    ngx_http_owncloud_evp_md_free(evp->sha256);
    ngx_http_owncloud_evp_cipher_free(evp->gcm);

    ngx_memzero(evp, sizeof(ngx_http_owncloud_evp_t));

    ngx_http_owncloud_evp_ready = 0;
}
