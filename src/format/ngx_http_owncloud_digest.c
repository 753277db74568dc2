
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_evp.h"
#include "ngx_http_owncloud_seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>


#define NGX_HTTP_OWNCLOUD_SHA1_LEN      20
#define NGX_HTTP_OWNCLOUD_DIGEST_PARTS  16


static ngx_int_t ngx_http_owncloud_digest_start(EVP_MD_CTX *ctx,
    const EVP_MD *md);
static ngx_int_t ngx_http_owncloud_digest_update(EVP_MD_CTX *ctx,
    ngx_str_t *strings, ngx_uint_t n, ngx_uint_t lengths);
static ngx_int_t ngx_http_owncloud_digest_end(EVP_MD_CTX *ctx, ngx_int_t rc,
    u_char *digest);
static ngx_int_t ngx_http_owncloud_digest_sha256(u_char *digest,
    ngx_str_t *strings, ngx_uint_t n, ngx_uint_t lengths);
static ngx_int_t ngx_http_owncloud_hmac_hex(u_char *hex, u_char *key,
    ngx_str_t *strings, ngx_uint_t n);


ngx_int_t
ngx_http_owncloud_digest(u_char *digest, ngx_str_t *strings, ngx_uint_t n)
{
    return ngx_http_owncloud_digest_sha256(digest, strings, n, 1);
}


ngx_int_t
ngx_http_owncloud_digest_parts(u_char *digest, char *kind, ngx_str_t **parts,
    ngx_uint_t n)
{
    ngx_str_t   strings[NGX_HTTP_OWNCLOUD_DIGEST_PARTS];
    ngx_uint_t  i;

    if (n >= NGX_HTTP_OWNCLOUD_DIGEST_PARTS) {
        return NGX_ERROR;
    }

    ngx_memzero(strings, sizeof(strings));

    strings[0].data = (u_char *) kind;
    strings[0].len = ngx_strlen(kind);

    for (i = 0; i < n; i++) {
        if (parts[i]) {
            strings[i + 1] = *parts[i];
        }
    }

    return ngx_http_owncloud_digest(digest, strings, n + 1);
}


static ngx_int_t
ngx_http_owncloud_digest_sha256(u_char *digest, ngx_str_t *strings,
    ngx_uint_t n, ngx_uint_t lengths)
{
    ngx_int_t                 rc;
    ngx_http_owncloud_evp_t  *evp;

    evp = ngx_http_owncloud_evp();
    if (evp == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_digest_start(evp->sha256_ctx, evp->sha256);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_digest_update(evp->sha256_ctx, strings, n,
                                             lengths);
    }

    return ngx_http_owncloud_digest_end(evp->sha256_ctx, rc, digest);
}


static ngx_int_t
ngx_http_owncloud_digest_start(EVP_MD_CTX *ctx, const EVP_MD *md)
{
    return (md && EVP_DigestInit_ex(ctx, md, NULL) == 1) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_digest_update(EVP_MD_CTX *ctx, ngx_str_t *strings,
    ngx_uint_t n, ngx_uint_t lengths)
{
    u_char      length[4];
    size_t      len;
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        len = strings[i].len;

        length[0] = (u_char) (len >> 24);
        length[1] = (u_char) (len >> 16);
        length[2] = (u_char) (len >> 8);
        length[3] = (u_char) len;

        if (lengths && EVP_DigestUpdate(ctx, length, sizeof(length)) != 1) {
            return NGX_ERROR;
        }

        if (len && EVP_DigestUpdate(ctx, strings[i].data, len) != 1) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_digest_end(EVP_MD_CTX *ctx, ngx_int_t rc, u_char *digest)
{
    if (rc == NGX_OK && EVP_DigestFinal_ex(ctx, digest, NULL) == 1) {
        return NGX_OK;
    }

    ERR_clear_error();

    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_mac(ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose,
    ngx_str_t *text, u_char *hex)
{
    ngx_http_owncloud_key_t  *key;

    if (ring->nelts == 0 || purpose >= NGX_HTTP_OWNCLOUD_SEAL_PURPOSES) {
        return NGX_ERROR;
    }

    key = ring->elts;

    return ngx_http_owncloud_hmac_hex(hex, key->purpose[purpose], text, 1);
}


/*
 * HMAC-SHA-256 (RFC 2104) with a key of NGX_HTTP_OWNCLOUD_DIGEST_LEN bytes.
 * Setting a key takes half of the time, and all entries of a listing use the
 * same one, so the context is restarted with its current key where possible.
 */

static ngx_int_t
ngx_http_owncloud_hmac_hex(u_char *hex, u_char *key, ngx_str_t *strings,
    ngx_uint_t n)
{
    u_char                         mac[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_uint_t                     i, good, same;
    ngx_http_owncloud_evp_t       *evp;
    ngx_http_owncloud_hmac_len_t   len;

    evp = ngx_http_owncloud_evp();
    if (evp == NULL) {
        return NGX_ERROR;
    }

    same = evp->hmac_again && evp->hmac_keyed
           && ngx_memcmp(evp->hmac_key, key, sizeof(evp->hmac_key)) == 0;

    good = ngx_http_owncloud_hmac_init(evp->hmac_ctx, same ? NULL : key,
                                       same ? 0 : sizeof(evp->hmac_key))
           == 1;

    evp->hmac_keyed = 0;

    for (i = 0; good && i < n; i++) {
        good = strings[i].len == 0
               || ngx_http_owncloud_hmac_update(evp->hmac_ctx,
                                                strings[i].data,
                                                strings[i].len)
                  == 1;
    }

    if (!good
        || ngx_http_owncloud_hmac_final(evp->hmac_ctx, mac, &len) != 1)
    {
        ERR_clear_error();
        return NGX_ERROR;
    }

    ngx_memcpy(evp->hmac_key, key, sizeof(evp->hmac_key));
    evp->hmac_keyed = 1;

    (void) ngx_hex_dump(hex, mac, sizeof(mac));

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_sha256_base64url(ngx_str_t *text, u_char *encoded)
{
    u_char     digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t  src, dst;

    if (ngx_http_owncloud_digest_sha256(digest, text, 1, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    src.data = digest;
    src.len = sizeof(digest);
    dst.data = encoded;

    ngx_encode_base64url(&dst, &src);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_sha1_hex(u_char *hex, ngx_str_t *strings, ngx_uint_t n)
{
    u_char                    digest[NGX_HTTP_OWNCLOUD_SHA1_LEN];
    ngx_int_t                 rc;
    ngx_http_owncloud_evp_t  *evp;

    evp = ngx_http_owncloud_evp();
    if (evp == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_digest_start(evp->sha1_ctx, evp->sha1);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_digest_update(evp->sha1_ctx, strings, n, 0);
    }

    if (ngx_http_owncloud_digest_end(evp->sha1_ctx, rc, digest) != NGX_OK) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(hex, digest, sizeof(digest));

    return NGX_OK;
}


void
ngx_http_owncloud_signer(ngx_http_owncloud_signer_t *signer,
    ngx_http_owncloud_secret_t *secret, ngx_http_owncloud_keyring_t *ring,
    ngx_str_t *sesskey)
{
    ngx_http_owncloud_key_t  *key;

    signer->secret = *secret;
    signer->sesskey = *sesskey;
    signer->key = NULL;
    signer->len = 2 * NGX_HTTP_OWNCLOUD_SHA1_LEN;

    if (secret->len) {
        return;
    }

    if (ring->nelts) {
        key = ring->elts;
        signer->key = key->purpose[NGX_HTTP_OWNCLOUD_SEAL_SOURCE];
    }

    signer->len = 2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN;

    /* the length separates session key and source */

    signer->head.data = signer->buf;
    signer->head.len = ngx_sprintf(signer->buf, "%uz:", sesskey->len)
                       - signer->buf;
}


ngx_int_t
ngx_http_owncloud_sign(ngx_http_owncloud_signer_t *signer, ngx_str_t *source,
    u_char *hex)
{
    ngx_str_t  strings[3];

    if (signer->secret.len) {
        strings[0] = *source;
        strings[1].data = signer->secret.data;
        strings[1].len = signer->secret.len;
        strings[2] = signer->sesskey;

        return ngx_http_owncloud_sha1_hex(hex, strings, 3);
    }

    if (signer->key == NULL) {
        return NGX_ERROR;
    }

    strings[0] = signer->head;
    strings[1] = signer->sesskey;
    strings[2] = *source;

    return ngx_http_owncloud_hmac_hex(hex, signer->key, strings, 3);
}


ngx_int_t
ngx_http_owncloud_random(u_char *p, size_t len)
{
    if (RAND_bytes(p, (int) len) != 1) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_equal(u_char *a, size_t a_len, u_char *b, size_t b_len)
{
    if (a_len != b_len) {
        return 0;
    }

    return CRYPTO_memcmp(a, b, a_len) == 0;
}
