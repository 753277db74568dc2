
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SEAL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SEAL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_HTTP_OWNCLOUD_DIGEST_LEN   32
#define NGX_HTTP_OWNCLOUD_KEY_MIN      32      /* bytes of a key file */
#define NGX_HTTP_OWNCLOUD_SEALED_MAX   65536   /* characters */


/* what a sealed text is for; each purpose has keys of its own */

#define NGX_HTTP_OWNCLOUD_SEAL_STATE    0
#define NGX_HTTP_OWNCLOUD_SEAL_SESSION  1
#define NGX_HTTP_OWNCLOUD_SEAL_ZONE     2
#define NGX_HTTP_OWNCLOUD_SEAL_LINK     3
#define NGX_HTTP_OWNCLOUD_SEAL_TICKET   4
#define NGX_HTTP_OWNCLOUD_SEAL_SOURCE   5      /* HMAC key of sources */
#define NGX_HTTP_OWNCLOUD_SEAL_ACCOUNT  6
#define NGX_HTTP_OWNCLOUD_SEAL_PURPOSES 7


/*
 * A secret is no ngx_str_t, so that "%V" cannot print it.
 */

typedef struct {
    u_char      *data;
    size_t       len;
} ngx_http_owncloud_secret_t;


typedef struct {
    u_char       id[4];
    u_char       purpose[NGX_HTTP_OWNCLOUD_SEAL_PURPOSES]
                        [NGX_HTTP_OWNCLOUD_DIGEST_LEN];
} ngx_http_owncloud_key_t;


typedef ngx_array_t  ngx_http_owncloud_keyring_t;  /* of ..._key_t */


/* holds no key itself, but points at keys that have to outlive it */

typedef struct {
    ngx_http_owncloud_secret_t   secret;
    u_char                      *key;
    ngx_str_t                    sesskey;
    size_t                       len;       /* of a signature */
    ngx_str_t                    head;
    u_char                       buf[NGX_SIZE_T_LEN + 1];
} ngx_http_owncloud_signer_t;


/*
 * Derives the keys of all purposes from the content of a key file (HKDF with
 * SHA-256, RFC 5869) and appends them: the first key of a ring seals, all
 * open.  The id is derived too and tells nothing about the key.
 * NGX_DECLINED: a file of less than NGX_HTTP_OWNCLOUD_KEY_MIN bytes, or one
 * that is in the ring already.
 */
ngx_int_t ngx_http_owncloud_keyring_add(ngx_http_owncloud_keyring_t *ring,
    ngx_http_owncloud_secret_t *file);

/*
 * AES-256-GCM with a random nonce: "v1.KID.BASE64URL(nonce, text, tag)".
 * Bound to the purpose and to "aad", of which nothing is in the result.
 */
ngx_int_t ngx_http_owncloud_seal(ngx_pool_t *pool,
    ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose, ngx_str_t *aad,
    ngx_str_t *plain, ngx_str_t *sealed);

/*
 * NGX_OK; NGX_DONE: good, but sealed with a key that is not the first, so
 * seal it anew; NGX_DECLINED: not sealed by us for this purpose and aad.
 */
ngx_int_t ngx_http_owncloud_unseal(ngx_pool_t *pool,
    ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose, ngx_str_t *aad,
    ngx_str_t *sealed, ngx_str_t *plain);

/* 1 if the text has the form of a sealed one: to tell ours from others' */
ngx_uint_t ngx_http_owncloud_sealed_form(ngx_str_t *text);

/*
 * SHA-256 of "n" strings, each preceded by its length, so that no two lists
 * of strings share a digest.
 */
ngx_int_t ngx_http_owncloud_digest(u_char *digest, ngx_str_t *strings,
    ngx_uint_t n);

/*
 * The same of a kind, which is a C string, and of the parts that tell one
 * thing of this kind from all others, each an ngx_str_t *; NULL is a part that
 * is empty.  This makes what shared memory finds a value by, and what a text
 * is sealed for.  One to 15 parts; NGX_ERROR: OpenSSL failed.
 */
#define ngx_http_owncloud_digest_of(digest, kind, ...)                        \
    ngx_http_owncloud_digest_parts(digest, kind,                              \
                                   (ngx_str_t *[]) { __VA_ARGS__ },           \
                                   sizeof((ngx_str_t *[]) { __VA_ARGS__ })    \
                                   / sizeof(ngx_str_t *))

/* bytes as such a part, for this call only */
#define ngx_http_owncloud_part(p, len)                                        \
    (&(ngx_str_t) { len, (u_char *) (p) })

/* for the macro above */
ngx_int_t ngx_http_owncloud_digest_parts(u_char *digest, char *kind,
    ngx_str_t **parts, ngx_uint_t n);

/* HMAC-SHA-256 with the first key of the ring; 64 hexadecimal digits */
ngx_int_t ngx_http_owncloud_mac(ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *text, u_char *hex);

/*
 * SHA-256 of the bytes as they are, base64url without padding (RFC 7636);
 * "encoded" has room for 43 characters.
 */
ngx_int_t ngx_http_owncloud_sha256_base64url(ngx_str_t *text,
    u_char *encoded);

/* SHA-1 of "n" strings in a row, 40 hexadecimal digits (Moodle's sourcekey) */
ngx_int_t ngx_http_owncloud_sha1_hex(u_char *hex, ngx_str_t *strings,
    ngx_uint_t n);

/*
 * Signs sources that one session key goes with: as Moodle does, by the SHA-1
 * of source, secret and session key or, without a secret, by an HMAC with
 * the first key of the ring.  "hex" gets signer->len characters, 40 or 64.
 */
void ngx_http_owncloud_signer(ngx_http_owncloud_signer_t *signer,
    ngx_http_owncloud_secret_t *secret, ngx_http_owncloud_keyring_t *ring,
    ngx_str_t *sesskey);
ngx_int_t ngx_http_owncloud_sign(ngx_http_owncloud_signer_t *signer,
    ngx_str_t *source, u_char *hex);

/* NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_owncloud_random(u_char *p, size_t len);

/* 1 if equal; time depends on the lengths only */
ngx_uint_t ngx_http_owncloud_equal(u_char *a, size_t a_len, u_char *b,
    size_t b_len);


#endif /* _NGX_HTTP_OWNCLOUD_SEAL_H_INCLUDED_ */
