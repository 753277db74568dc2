
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_evp.h"
#include "ngx_http_owncloud_seal.h"

#include <openssl/err.h>
#include <openssl/kdf.h>


#define NGX_HTTP_OWNCLOUD_SEAL_VERSION  "v1."
#define NGX_HTTP_OWNCLOUD_SEAL_NONCE    12
#define NGX_HTTP_OWNCLOUD_SEAL_TAG      16

#define NGX_HTTP_OWNCLOUD_SEAL_EXTRA                                          \
    (NGX_HTTP_OWNCLOUD_SEAL_NONCE + NGX_HTTP_OWNCLOUD_SEAL_TAG)

/* "v1.KID." */

#define NGX_HTTP_OWNCLOUD_SEAL_HEAD                                           \
    (sizeof(NGX_HTTP_OWNCLOUD_SEAL_VERSION) - 1 + 4 * 2 + 1)


static ngx_int_t ngx_http_owncloud_seal_derive(
    ngx_http_owncloud_secret_t *file, char *label, u_char *out, size_t len);
static ngx_int_t ngx_http_owncloud_seal_encrypt(ngx_http_owncloud_key_t *key,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *plain, u_char *raw);
static ngx_int_t ngx_http_owncloud_seal_decrypt(ngx_pool_t *pool,
    ngx_http_owncloud_key_t *key, ngx_uint_t purpose, ngx_str_t *aad,
    ngx_str_t *raw, ngx_str_t *plain);
static ngx_int_t ngx_http_owncloud_seal_bind(EVP_CIPHER_CTX *ctx,
    ngx_uint_t purpose, ngx_str_t *aad);
static ngx_int_t ngx_http_owncloud_seal_decode(ngx_pool_t *pool,
    ngx_str_t *sealed, ngx_str_t *raw);
static ngx_uint_t ngx_http_owncloud_seal_begins(ngx_str_t *text);


/* labels enter the key derivation: changing one changes its key */

static char  *ngx_http_owncloud_seal_labels[NGX_HTTP_OWNCLOUD_SEAL_PURPOSES]
    = { "state", "session", "zone", "link", "ticket", "source", "account" };


ngx_int_t
ngx_http_owncloud_keyring_add(ngx_http_owncloud_keyring_t *ring,
    ngx_http_owncloud_secret_t *file)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_http_owncloud_key_t   key, *known;

    if (file->len < NGX_HTTP_OWNCLOUD_KEY_MIN) {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_seal_derive(file, "id", key.id, sizeof(key.id));

    for (i = 0; rc == NGX_OK && i < NGX_HTTP_OWNCLOUD_SEAL_PURPOSES; i++) {
        rc = ngx_http_owncloud_seal_derive(file,
                                           ngx_http_owncloud_seal_labels[i],
                                           key.purpose[i],
                                           NGX_HTTP_OWNCLOUD_DIGEST_LEN);
    }

    if (rc != NGX_OK) {
        goto done;
    }

    known = ring->elts;

    for (i = 0; i < ring->nelts; i++) {
        if (ngx_http_owncloud_equal((u_char *) &known[i], sizeof(key),
                                    (u_char *) &key, sizeof(key)))
        {
            rc = NGX_DECLINED;
            goto done;
        }
    }

    known = ngx_array_push(ring);
    if (known == NULL) {
        rc = NGX_ERROR;
        goto done;
    }

    *known = key;

done:

    ngx_explicit_memzero(&key, sizeof(key));

    return rc;
}


static ngx_int_t
ngx_http_owncloud_seal_derive(ngx_http_owncloud_secret_t *file, char *label,
    u_char *out, size_t len)
{
    size_t         n;
    ngx_int_t      rc;
    EVP_PKEY_CTX  *ctx;

    static u_char  salt[] = "ngx_http_owncloud_module v1";

    ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    if (ctx == NULL) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    n = len;

    if (EVP_PKEY_derive_init(ctx) == 1
        && EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) == 1
        && EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt, sizeof(salt) - 1) == 1
        && EVP_PKEY_CTX_set1_hkdf_key(ctx, file->data, (int) file->len) == 1
        && EVP_PKEY_CTX_add1_hkdf_info(ctx, (u_char *) label,
                                       (int) ngx_strlen(label))
           == 1
        && EVP_PKEY_derive(ctx, out, &n) == 1
        && n == len)
    {
        rc = NGX_OK;

    } else {
        ERR_clear_error();
        rc = NGX_ERROR;
    }

    EVP_PKEY_CTX_free(ctx);

    return rc;
}


ngx_int_t
ngx_http_owncloud_seal(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *plain, ngx_str_t *sealed)
{
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_str_t                 raw, text;
    ngx_http_owncloud_key_t  *key;

    if (ring->nelts == 0
        || purpose >= NGX_HTTP_OWNCLOUD_SEAL_PURPOSES
        || plain->len > NGX_HTTP_OWNCLOUD_SEALED_MAX)
    {
        return NGX_ERROR;
    }

    key = ring->elts;

    raw.len = plain->len + NGX_HTTP_OWNCLOUD_SEAL_EXTRA;
    text.len = NGX_HTTP_OWNCLOUD_SEAL_HEAD + ngx_base64_encoded_length(raw.len);

    raw.data = ngx_pnalloc(pool, raw.len);
    text.data = ngx_pnalloc(pool, text.len);

    if (raw.data == NULL || text.data == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_seal_encrypt(key, purpose, aad, plain, raw.data);

    if (rc == NGX_OK) {
        p = ngx_cpymem(text.data, NGX_HTTP_OWNCLOUD_SEAL_VERSION,
                       sizeof(NGX_HTTP_OWNCLOUD_SEAL_VERSION) - 1);
        p = ngx_hex_dump(p, key->id, sizeof(key->id));
        *p++ = '.';

        sealed->data = p;
        ngx_encode_base64url(sealed, &raw);

        sealed->len += p - text.data;
        sealed->data = text.data;

        if (sealed->len > NGX_HTTP_OWNCLOUD_SEALED_MAX) {
            rc = NGX_ERROR;
        }
    }

    (void) ngx_pfree(pool, raw.data);

    return rc;
}


static ngx_int_t
ngx_http_owncloud_seal_encrypt(ngx_http_owncloud_key_t *key,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *plain, u_char *raw)
{
    int                       n, last;
    u_char                   *text;
    EVP_CIPHER_CTX           *ctx;
    ngx_http_owncloud_evp_t  *evp;

    if (ngx_http_owncloud_random(raw, NGX_HTTP_OWNCLOUD_SEAL_NONCE)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    evp = ngx_http_owncloud_evp();
    if (evp == NULL) {
        return NGX_ERROR;
    }

    ctx = evp->encrypt_ctx;
    text = raw + NGX_HTTP_OWNCLOUD_SEAL_NONCE;
    n = 0;

    if (EVP_EncryptInit_ex(ctx, evp->gcm, NULL, key->purpose[purpose],
                           raw)
        == 1
        && ngx_http_owncloud_seal_bind(ctx, purpose, aad) == NGX_OK
        && (plain->len == 0
            || EVP_EncryptUpdate(ctx, text, &n, plain->data,
                                 (int) plain->len)
               == 1)
        && EVP_EncryptFinal_ex(ctx, text + n, &last) == 1
        && (size_t) (n + last) == plain->len
        && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG,
                               NGX_HTTP_OWNCLOUD_SEAL_TAG, text + plain->len)
           == 1)
    {
        return NGX_OK;
    }

    ERR_clear_error();

    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_unseal(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *sealed, ngx_str_t *plain)
{
    u_char                    kid[8];
    ngx_int_t                 rc;
    ngx_str_t                 raw, text;
    ngx_uint_t                i;
    ngx_http_owncloud_key_t  *key;

    if (purpose >= NGX_HTTP_OWNCLOUD_SEAL_PURPOSES) {
        return NGX_ERROR;
    }

    /* "plain" and "sealed" may be the same */

    text = *sealed;
    ngx_str_null(plain);

    if (!ngx_http_owncloud_seal_begins(&text)) {
        return NGX_DECLINED;
    }

    key = ring->elts;
    raw.data = NULL;

    for (i = 0; i < ring->nelts; i++) {
        (void) ngx_hex_dump(kid, key[i].id, sizeof(key[i].id));

        if (ngx_memcmp(text.data + sizeof(NGX_HTTP_OWNCLOUD_SEAL_VERSION) - 1,
                       kid, sizeof(kid))
            != 0)
        {
            continue;
        }

        if (raw.data == NULL) {
            rc = ngx_http_owncloud_seal_decode(pool, &text, &raw);
            if (rc != NGX_OK) {
                return rc;
            }
        }

        rc = ngx_http_owncloud_seal_decrypt(pool, &key[i], purpose, aad, &raw,
                                            plain);

        if (rc != NGX_DECLINED) {
            return (rc == NGX_OK && i != 0) ? NGX_DONE : rc;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_seal_decrypt(ngx_pool_t *pool, ngx_http_owncloud_key_t *key,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *raw, ngx_str_t *plain)
{
    int                       n, last;
    u_char                   *p, *text;
    size_t                    len;
    ngx_int_t                 rc;
    EVP_CIPHER_CTX           *ctx;
    ngx_http_owncloud_evp_t  *evp;

    text = raw->data + NGX_HTTP_OWNCLOUD_SEAL_NONCE;
    len = raw->len - NGX_HTTP_OWNCLOUD_SEAL_EXTRA;

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    evp = ngx_http_owncloud_evp();
    if (evp == NULL) {
        return NGX_ERROR;
    }

    ctx = evp->decrypt_ctx;
    rc = NGX_ERROR;
    n = 0;

    if (EVP_DecryptInit_ex(ctx, evp->gcm, NULL, key->purpose[purpose],
                           raw->data)
        == 1
        && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG,
                               NGX_HTTP_OWNCLOUD_SEAL_TAG, text + len)
           == 1
        && ngx_http_owncloud_seal_bind(ctx, purpose, aad) == NGX_OK
        && (len == 0 || EVP_DecryptUpdate(ctx, p, &n, text, (int) len) == 1)
        && (size_t) n == len)
    {
        /* this is where the tag is verified */

        rc = (EVP_DecryptFinal_ex(ctx, p + n, &last) == 1) ? NGX_OK
                                                           : NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        plain->data = p;
        plain->len = len;

    } else {
        ngx_explicit_memzero(p, len);
        ERR_clear_error();
    }

    return rc;
}


static ngx_int_t
ngx_http_owncloud_seal_bind(EVP_CIPHER_CTX *ctx, ngx_uint_t purpose,
    ngx_str_t *aad)
{
    int     n;
    u_char  head;

    /* a fixed length, so that it cannot be confused with what follows */

    head = (u_char) purpose;

    if (EVP_CipherUpdate(ctx, NULL, &n, &head, 1) != 1) {
        return NGX_ERROR;
    }

    if (aad->len
        && EVP_CipherUpdate(ctx, NULL, &n, aad->data, (int) aad->len) != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * The prefix and the length have already been checked.  ngx_decode_base64url()
 * rejects all characters that are not base64url, except that it stops at a
 * "=".
 */

static ngx_int_t
ngx_http_owncloud_seal_decode(ngx_pool_t *pool, ngx_str_t *sealed,
    ngx_str_t *raw)
{
    u_char     buf[4];
    size_t     tail;
    ngx_str_t  text, end, again;

    text.data = sealed->data + NGX_HTTP_OWNCLOUD_SEAL_HEAD;
    text.len = sealed->len - NGX_HTTP_OWNCLOUD_SEAL_HEAD;

    raw->data = ngx_pnalloc(pool, ngx_base64_decoded_length(text.len));
    if (raw->data == NULL) {
        return NGX_ERROR;
    }

    if (memchr(text.data, '=', text.len)
        || ngx_decode_base64url(raw, &text) != NGX_OK
        || raw->len < NGX_HTTP_OWNCLOUD_SEAL_EXTRA)
    {
        return NGX_DECLINED;
    }

    /*
     * the encoding must be unique: unused bits of the last character are zero
     */

    tail = text.len % 4;

    if (tail) {
        end.data = raw->data + raw->len - (tail - 1);
        end.len = tail - 1;

        again.data = buf;
        ngx_encode_base64url(&again, &end);

        if (ngx_memcmp(buf, text.data + text.len - tail, tail) != 0) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_sealed_form(ngx_str_t *text)
{
    u_char  *p, *last;

    static uint32_t  base64url[] = {
        0x00000000, 0x03ff2000, 0x87fffffe, 0x07fffffe, 0, 0, 0, 0
    };

    if (!ngx_http_owncloud_seal_begins(text)) {
        return 0;
    }

    p = text->data + NGX_HTTP_OWNCLOUD_SEAL_HEAD;
    last = text->data + text->len;

    for ( /* void */ ; p < last; p++) {
        if (!(base64url[*p >> 5] & (1U << (*p & 0x1f)))) {
            return 0;
        }
    }

    return 1;
}


/* checks the prefix "v1.KID." and the length */

static ngx_uint_t
ngx_http_owncloud_seal_begins(ngx_str_t *text)
{
    u_char  *p, *last;

    if (text->len > NGX_HTTP_OWNCLOUD_SEALED_MAX
        || text->len < NGX_HTTP_OWNCLOUD_SEAL_HEAD
                       + (NGX_HTTP_OWNCLOUD_SEAL_EXTRA * 4 + 2) / 3
        || ngx_strncmp(text->data, NGX_HTTP_OWNCLOUD_SEAL_VERSION,
                       sizeof(NGX_HTTP_OWNCLOUD_SEAL_VERSION) - 1)
           != 0
        || text->data[NGX_HTTP_OWNCLOUD_SEAL_HEAD - 1] != '.')
    {
        return 0;
    }

    p = text->data + sizeof(NGX_HTTP_OWNCLOUD_SEAL_VERSION) - 1;
    last = text->data + NGX_HTTP_OWNCLOUD_SEAL_HEAD - 1;

    for ( /* void */ ; p < last; p++) {
        if ((*p < '0' || *p > '9') && (*p < 'a' || *p > 'f')) {
            return 0;
        }
    }

    return 1;
}
