
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>


static ngx_int_t ngx_http_owncloud_digest_strings(const EVP_MD *md,
    ngx_str_t *strings, ngx_uint_t n, ngx_uint_t lengths, u_char *digest);


ngx_int_t
ngx_http_owncloud_digest(u_char *digest, ngx_str_t *strings, ngx_uint_t n)
{
    return ngx_http_owncloud_digest_strings(EVP_sha256(), strings, n, 1,
                                            digest);
}


static ngx_int_t
ngx_http_owncloud_digest_strings(const EVP_MD *md, ngx_str_t *strings,
    ngx_uint_t n, ngx_uint_t lengths, u_char *digest)
{
    u_char       length[4];
    size_t       len;
    ngx_int_t    rc;
    ngx_uint_t   i;
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    rc = (EVP_DigestInit_ex(ctx, md, NULL) == 1) ? NGX_OK : NGX_ERROR;

    for (i = 0; rc == NGX_OK && i < n; i++) {
        len = strings[i].len;

        length[0] = (u_char) (len >> 24);
        length[1] = (u_char) (len >> 16);
        length[2] = (u_char) (len >> 8);
        length[3] = (u_char) len;

        if (lengths && EVP_DigestUpdate(ctx, length, sizeof(length)) != 1) {
            rc = NGX_ERROR;
        }

        if (len && EVP_DigestUpdate(ctx, strings[i].data, len) != 1) {
            rc = NGX_ERROR;
        }
    }

    if (rc == NGX_OK && EVP_DigestFinal_ex(ctx, digest, NULL) != 1) {
        rc = NGX_ERROR;
    }

    if (rc != NGX_OK) {
        ERR_clear_error();
    }

    EVP_MD_CTX_free(ctx);

    return rc;
}


ngx_int_t
ngx_http_owncloud_mac(ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose,
    ngx_str_t *text, u_char *hex)
{
    u_char                    mac[EVP_MAX_MD_SIZE];
    unsigned int              len;
    ngx_http_owncloud_key_t  *key;

    if (ring->nelts == 0 || purpose >= NGX_HTTP_OWNCLOUD_SEAL_PURPOSES) {
        return NGX_ERROR;
    }

    key = ring->elts;

    if (HMAC(EVP_sha256(), key->purpose[purpose],
             NGX_HTTP_OWNCLOUD_DIGEST_LEN, text->data, text->len, mac, &len)
        == NULL)
    {
        ERR_clear_error();
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(hex, mac, NGX_HTTP_OWNCLOUD_DIGEST_LEN);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_sha256_base64url(ngx_str_t *text, u_char *encoded)
{
    u_char     digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t  src, dst;

    if (ngx_http_owncloud_digest_strings(EVP_sha256(), text, 1, 0, digest)
        != NGX_OK)
    {
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
    u_char  digest[20];

    if (ngx_http_owncloud_digest_strings(EVP_sha1(), strings, n, 0, digest)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(hex, digest, sizeof(digest));

    return NGX_OK;
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
