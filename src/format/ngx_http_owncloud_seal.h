
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


/* purposes of a sealed text; each has its own keys */

#define NGX_HTTP_OWNCLOUD_SEAL_STATE    0
#define NGX_HTTP_OWNCLOUD_SEAL_SESSION  1
#define NGX_HTTP_OWNCLOUD_SEAL_ZONE     2
#define NGX_HTTP_OWNCLOUD_SEAL_LINK     3
#define NGX_HTTP_OWNCLOUD_SEAL_TICKET   4
#define NGX_HTTP_OWNCLOUD_SEAL_SOURCE   5      /* HMAC key of sources */
#define NGX_HTTP_OWNCLOUD_SEAL_ACCOUNT  6
#define NGX_HTTP_OWNCLOUD_SEAL_PURPOSES 7


/* not an ngx_str_t, so that "%V" cannot print a secret */

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


/* holds no key: it points to secrets and keys, which must outlive it */

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
 * SHA-256, RFC 5869) and appends them to "ring".  The first key of a ring
 * seals, all of them unseal.  The id is also derived and reveals nothing about
 * the key.  Returns NGX_OK, NGX_DECLINED if the file has fewer than
 * NGX_HTTP_OWNCLOUD_KEY_MIN bytes or is already in the ring, or NGX_ERROR if
 * OpenSSL failed or memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_keyring_add(ngx_http_owncloud_keyring_t *ring,
    ngx_http_owncloud_secret_t *file);

/*
 * Encrypts "plain" with AES-256-GCM and a random nonce.  "sealed" becomes
 * "v1.KID.BASE64URL(nonce, text, tag)", allocated from "pool"; it is bound to
 * the purpose and to "aad", which may be empty and is not contained in it.
 * Returns NGX_OK, or NGX_ERROR if the ring is empty, the result exceeds
 * NGX_HTTP_OWNCLOUD_SEALED_MAX, OpenSSL failed or memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_seal(ngx_pool_t *pool,
    ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose, ngx_str_t *aad,
    ngx_str_t *plain, ngx_str_t *sealed);

/*
 * Decrypts "sealed" into "plain", allocated from "pool"; the two may be the
 * same variable.  Returns NGX_OK; NGX_DONE if it was sealed with a key other
 * than the first and should be sealed again; NGX_DECLINED if it was not sealed
 * by us for this purpose and "aad"; NGX_ERROR if OpenSSL failed or memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_unseal(ngx_pool_t *pool,
    ngx_http_owncloud_keyring_t *ring, ngx_uint_t purpose, ngx_str_t *aad,
    ngx_str_t *sealed, ngx_str_t *plain);

/*
 * Returns 1 if "text" has the form of a sealed text, which tells ours from
 * others'; nothing is decrypted.
 */
ngx_uint_t ngx_http_owncloud_sealed_form(ngx_str_t *text);

/*
 * Writes the SHA-256 of "n" strings to "digest", 32 bytes.  Each string is
 * preceded by its length, so that no two lists share a digest.  Returns
 * NGX_OK, or NGX_ERROR if OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_digest(u_char *digest, ngx_str_t *strings,
    ngx_uint_t n);

/*
 * The same for a kind, a C string, followed by the parts that identify one
 * thing of this kind: 1 to 15 arguments of type ngx_str_t *, NULL for an empty
 * part.  It makes the keys of shared memory and the "aad" of sealed texts.
 * Returns NGX_OK, or NGX_ERROR if OpenSSL failed.
 */
#define ngx_http_owncloud_digest_of(digest, kind, ...)                        \
    ngx_http_owncloud_digest_parts(digest, kind,                              \
                                   (ngx_str_t *[]) { __VA_ARGS__ },           \
                                   sizeof((ngx_str_t *[]) { __VA_ARGS__ })    \
                                   / sizeof(ngx_str_t *))

/* makes such a part of "len" bytes at "p", valid for this call only */
#define ngx_http_owncloud_part(p, len)                                        \
    (&(ngx_str_t) { len, (u_char *) (p) })

/* implements ngx_http_owncloud_digest_of() */
ngx_int_t ngx_http_owncloud_digest_parts(u_char *digest, char *kind,
    ngx_str_t **parts, ngx_uint_t n);

/*
 * Writes the HMAC-SHA-256 of "text" with the first key of "ring" for "purpose"
 * to "hex", 64 hexadecimal digits.  Returns NGX_OK, or NGX_ERROR if the ring
 * is empty or OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_mac(ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *text, u_char *hex);

/*
 * Writes the SHA-256 of "text" to "encoded" in base64url without padding, as
 * RFC 7636, 4.2 requires: 43 characters.  Returns NGX_OK, or NGX_ERROR if
 * OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_sha256_base64url(ngx_str_t *text,
    u_char *encoded);

/*
 * Writes the SHA-1 of "n" concatenated strings to "hex", 40 hexadecimal digits
 * (Moodle's sourcekey).  Returns NGX_OK, or NGX_ERROR if OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_sha1_hex(u_char *hex, ngx_str_t *strings,
    ngx_uint_t n);

/*
 * ngx_http_owncloud_signer() prepares "signer" for sources of one session;
 * "secret", the keys of "ring" and the bytes of "sesskey" must outlive it.
 * ngx_http_owncloud_sign() writes signer->len characters to "hex": as in
 * Moodle, the SHA-1 of source, secret and session key (40) or, if "secret" is
 * empty, an HMAC with the first key of the ring (64).  It returns NGX_OK, or
 * NGX_ERROR if there is no key or OpenSSL failed.
 */
void ngx_http_owncloud_signer(ngx_http_owncloud_signer_t *signer,
    ngx_http_owncloud_secret_t *secret, ngx_http_owncloud_keyring_t *ring,
    ngx_str_t *sesskey);
ngx_int_t ngx_http_owncloud_sign(ngx_http_owncloud_signer_t *signer,
    ngx_str_t *source, u_char *hex);

/*
 * Fills "p" with "len" random bytes.  Returns NGX_OK, or NGX_ERROR if OpenSSL
 * failed.
 */
ngx_int_t ngx_http_owncloud_random(u_char *p, size_t len);

/* returns 1 if the two are equal; the time depends on the lengths only */
ngx_uint_t ngx_http_owncloud_equal(u_char *a, size_t a_len, u_char *b,
    size_t b_len);


#endif /* _NGX_HTTP_OWNCLOUD_SEAL_H_INCLUDED_ */
