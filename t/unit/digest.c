
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_evp.h"
#include "ngx_http_owncloud_seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>


static void
unit_hex(u_char *p, size_t len, char *want, char *name)
{
    u_char     hex[64];
    ngx_str_t  got, wanted;

    if (len == 32) {
        got.data = hex;
        got.len = ngx_hex_dump(hex, p, 32) - hex;

    } else {
        got.data = p;
        got.len = len;
    }

    wanted.data = (u_char *) want;
    wanted.len = ngx_strlen(want);

    unit_ok(unit_same(&got, &wanted), "%s", name);
}


static void
unit_digest(void)
{
    u_char       a[32], b[32];
    ngx_str_t    long_one;
    ngx_uint_t   i, j, good;

    static ngx_str_t  lists[][3] = {
        { unit_str(""), unit_str(""), unit_str("") },
        { unit_str("a"), unit_str("b"), unit_str("") },
        { unit_str("ab"), unit_str(""), unit_str("") },
        { unit_str(""), unit_str("ab"), unit_str("") },
        { unit_str(""), unit_str("a"), unit_str("b") },
        { unit_str("a"), unit_str(""), unit_str("b") },
        { unit_str("\0\0\0\1b"), unit_str("a"), unit_str("") }
    };

    good = 1;

    for (i = 0; i < unit_n(lists) * 3; i++) {
        for (j = 0; j < i; j++) {
            if (ngx_http_owncloud_digest(a, lists[i / 3], i % 3 + 1) != NGX_OK
                || ngx_http_owncloud_digest(b, lists[j / 3], j % 3 + 1)
                   != NGX_OK)
            {
                good = 0;
            }

            if (i % 3 != j % 3 && ngx_memcmp(a, b, 32) == 0) {
                good = 0;
            }

            if (i % 3 == 2 && j % 3 == 2 && ngx_memcmp(a, b, 32) == 0) {
                good = 0;
            }
        }
    }

    unit_ok(good, "no two lists share a digest");

    (void) ngx_http_owncloud_digest(a, lists[0], 0);
    unit_hex(a, 32, "e3b0c44298fc1c149afbf4c8996fb924"
                    "27ae41e4649b934ca495991b7852b855", "of no string");

    /* 00 00 00 01 61 00 00 00 01 62 */

    (void) ngx_http_owncloud_digest(a, lists[1], 2);
    unit_hex(a, 32, "16275ef0f5d0eb9dd9e0a53277549fda"
                    "5c886358a6872df23c797b13e11455bc", "of two strings");

    /* a length of three bytes */

    long_one.len = 70000;
    long_one.data = calloc(1, long_one.len);
    (void) ngx_http_owncloud_digest(a, &long_one, 1);
    unit_hex(a, 32, "2ae071bf84f52a03b52c205aff7bc69f"
                    "f7663bd77f36eb8383531909cadc2e4f", "of a long one");
    free(long_one.data);
}


/* a kind and parts are a list of strings, and NULL is one of no length */

static void
unit_parts(void)
{
    u_char      a[32], b[32];
    ngx_str_t   list[3], *many[16];
    ngx_uint_t  i;

    ngx_str_set(&list[0], "kind");
    ngx_str_null(&list[1]);
    ngx_str_set(&list[2], "part");

    unit_ok(ngx_http_owncloud_digest(a, list, 3) == NGX_OK
            && ngx_http_owncloud_digest_of(b, "kind", NULL, &list[2])
               == NGX_OK
            && ngx_memcmp(a, b, 32) == 0, "a kind and parts");

    unit_ok(ngx_http_owncloud_digest_of(b, "kind", NULL,
                                        ngx_http_owncloud_part("partner", 4))
            == NGX_OK
            && ngx_memcmp(a, b, 32) == 0, "bytes as a part");

    unit_ok(ngx_http_owncloud_digest_of(b, "kind", &list[2]) == NGX_OK
            && ngx_memcmp(a, b, 32) != 0, "a part is missing");

    for (i = 0; i < 16; i++) {
        many[i] = &list[2];
    }

    unit_ok(ngx_http_owncloud_digest_parts(a, "kind", many, 15) == NGX_OK
            && ngx_http_owncloud_digest_parts(b, "kind", many, 14) == NGX_OK
            && ngx_memcmp(a, b, 32) != 0, "as many as can be");
    unit_ok(ngx_http_owncloud_digest_parts(a, "kind", many, 16) == NGX_ERROR,
            "more than that");
}


static void
unit_mac(ngx_pool_t *pool)
{
    u_char                       hex[64], again[64];
    ngx_str_t                    text;
    ngx_http_owncloud_key_t     *key;
    ngx_http_owncloud_keyring_t  ring;

    (void) ngx_array_init(&ring, pool, 2, sizeof(ngx_http_owncloud_key_t));

    ngx_str_set(&text, "what do ya want for nothing?");

    unit_ok(ngx_http_owncloud_mac(&ring, 5, &text, hex) == NGX_ERROR,
            "no key");

    key = ngx_array_push_n(&ring, 2);
    ngx_memzero(key, 2 * sizeof(ngx_http_owncloud_key_t));

    /* RFC 4231, test case 2: a key is padded with zeros anyway */

    ngx_memcpy(key[0].purpose[5], "Jefe", 4);

    unit_ok(ngx_http_owncloud_mac(&ring, 5, &text, hex) == NGX_OK, "a key");
    unit_hex(hex, 64, "5bdcc146bf60754e6a042426089575c7"
                      "5a003f089d2739839dec58b964ec3843", "RFC 4231");

    /* the same key once more, and after another one */

    unit_ok(ngx_http_owncloud_mac(&ring, 5, &text, again) == NGX_OK
            && ngx_memcmp(hex, again, sizeof(again)) == 0,
            "the same key gives the same again");

    unit_ok(ngx_http_owncloud_mac(&ring, 4, &text, again) == NGX_OK
            && ngx_http_owncloud_mac(&ring, 5, &text, again) == NGX_OK
            && ngx_memcmp(hex, again, sizeof(again)) == 0,
            "and after another key");

    /* where a context does not restart, the key is set each time */

    ngx_http_owncloud_evp()->hmac_again = 0;

    unit_ok(ngx_http_owncloud_mac(&ring, 5, &text, again) == NGX_OK
            && ngx_memcmp(hex, again, sizeof(again)) == 0,
            "a context that does not restart");

    ngx_http_owncloud_evp()->hmac_again = 1;

    unit_ok(ngx_http_owncloud_mac(&ring, 4, &text, again) == NGX_OK
            && ngx_memcmp(hex, again, 64) != 0, "another purpose");

    unit_ok(ngx_http_owncloud_mac(&ring, NGX_HTTP_OWNCLOUD_SEAL_PURPOSES,
                                  &text, hex) == NGX_ERROR,
            "no such purpose");

    ngx_str_null(&text);
    unit_ok(ngx_http_owncloud_mac(&ring, 0, &text, hex) == NGX_OK, "nothing");
    unit_hex(hex, 64, "b613679a0814d9ec772f95d778c35fc5"
                      "ff1697c493715653c6c712144292c5ad", "of nothing");
}


/* sources of all lengths that matter, signed in both ways */

static void
unit_signer(ngx_pool_t *pool)
{
    u_char                       hex[64], want[64], mac[EVP_MAX_MD_SIZE];
    u_char                      *text;
    size_t                       len, n;
    ngx_str_t                    source, sesskey, strings[3];
    ngx_uint_t                   good, own;
    unsigned int                 size;
    ngx_http_owncloud_key_t     *key;
    ngx_http_owncloud_secret_t   secret, none;
    ngx_http_owncloud_signer_t   signer, other;
    ngx_http_owncloud_keyring_t  ring;

    (void) ngx_array_init(&ring, pool, 1, sizeof(ngx_http_owncloud_key_t));

    ngx_memzero(&none, sizeof(ngx_http_owncloud_secret_t));
    secret.data = (u_char *) "0123456789abcdef";
    secret.len = 16;

    text = malloc(NGX_SIZE_T_LEN + 16384);

    ngx_str_set(&source, "/notes.txt");
    ngx_str_set(&sesskey, "Tshp4mxoNk");

    ngx_http_owncloud_signer(&signer, &none, &ring, &sesskey);
    unit_ok(ngx_http_owncloud_sign(&signer, &source, hex) == NGX_ERROR,
            "neither a secret nor a key");

    key = ngx_array_push(&ring);
    ngx_memset(key, 0xa5, sizeof(ngx_http_owncloud_key_t));
    ngx_memcpy(key->purpose[NGX_HTTP_OWNCLOUD_SEAL_SOURCE],
               "abcdefghijklmnopqrstuvwxyz012345", 32);

    /* computed by another program */

    ngx_http_owncloud_signer(&signer, &secret, &ring, &sesskey);
    unit_ok(ngx_http_owncloud_sign(&signer, &source, hex) == NGX_OK
            && signer.len == 40, "a source, Moodle's way");
    unit_hex(hex, 40, "8045725c57115a0d893e6a34dc2bb0a4e48d19bf",
             "its SHA-1");

    ngx_http_owncloud_signer(&signer, &none, &ring, &sesskey);
    unit_ok(ngx_http_owncloud_sign(&signer, &source, hex) == NGX_OK
            && signer.len == 64, "a source, our way");
    unit_hex(hex, 64, "3d8a02ff6af6e7815086303acb3ae08a"
                      "f0559c92183df8d1e61b6d0de9d41343", "its HMAC");

    good = 1;

    for (len = 0; len <= 4096; len += (len < 200) ? 1 : 1299) {
        for (own = 0; own < 4; own++) {

            source.len = len;
            source.data = ngx_palloc(pool, len + 1);
            ngx_memset(source.data, (int) len, len);

            sesskey.len = (own & 2) ? 10 : 0;

            ngx_http_owncloud_signer(&signer, (own & 1) ? &none : &secret,
                                     &ring, &sesskey);

            /* nothing of one signer stays for another */

            ngx_http_owncloud_signer(&other, (own & 1) ? &secret : &none,
                                     &ring, &source);

            if (ngx_http_owncloud_sign(&other, &sesskey, hex) != NGX_OK
                || ngx_http_owncloud_sign(&signer, &source, hex) != NGX_OK
                || ngx_http_owncloud_sign(&signer, &source, hex) != NGX_OK)
            {
                good = 0;
            }

            if (own & 1) {
                n = ngx_sprintf(text, "%uz:%V%V", sesskey.len, &sesskey,
                                &source)
                    - text;
                (void) HMAC(EVP_sha256(), key->purpose[5], 32, text, n, mac,
                            &size);
                (void) ngx_hex_dump(want, mac, 32);

            } else {
                strings[0] = source;
                strings[1].data = secret.data;
                strings[1].len = secret.len;
                strings[2] = sesskey;
                (void) ngx_http_owncloud_sha1_hex(want, strings, 3);
            }

            if (ngx_memcmp(hex, want, signer.len) != 0) {
                printf("#   %u bytes, way %u\n", (unsigned) len,
                       (unsigned) own);
                good = 0;
            }
        }
    }

    unit_ok(good, "sources of any length");

    free(text);
}


static void
unit_equal(void)
{
    u_char  a[3] = "abc", b[3] = "abc", c[3] = "abd", d[3] = "xbc";

    unit_ok(ngx_http_owncloud_equal(a, 3, b, 3), "equal");
    unit_ok(!ngx_http_owncloud_equal(a, 3, c, 3), "the last byte differs");
    unit_ok(!ngx_http_owncloud_equal(a, 3, d, 3), "the first byte differs");
    unit_ok(!ngx_http_owncloud_equal(a, 3, b, 2), "shorter");
    unit_ok(!ngx_http_owncloud_equal(a, 2, b, 3), "longer");
    unit_ok(ngx_http_owncloud_equal(a, 0, c, 0), "both empty");
}


int
main(void)
{
    u_char       encoded[43], hex[40], p[64], q[64];
    ngx_str_t    text;
    ngx_pool_t  *pool;

    /* what Moodle makes of a source: sha1(source . secret . sesskey) */

    static ngx_str_t  source[] = {
        unit_str("/a b.txt"), unit_str("secret"), unit_str("0123456789")
    };

    pool = unit_pool();

    unit_digest();
    unit_parts();
    unit_mac(pool);
    unit_signer(pool);
    unit_equal();

    /* RFC 7636, appendix B */

    ngx_str_set(&text, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    unit_ok(ngx_http_owncloud_sha256_base64url(&text, encoded) == NGX_OK,
            "a verifier");
    unit_hex(encoded, 43, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
             "RFC 7636");

    ngx_str_null(&text);
    (void) ngx_http_owncloud_sha256_base64url(&text, encoded);
    unit_hex(encoded, 43, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
             "of nothing");

    unit_ok(ngx_http_owncloud_sha1_hex(hex, source, 3) == NGX_OK,
            "a source key");
    unit_hex(hex, 40, "97a3679fedb30ee09645d49b006beedd8fb7f59d",
             "a source key's digits");

    (void) ngx_http_owncloud_sha1_hex(hex, source, 0);
    unit_hex(hex, 40, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
             "SHA-1 of nothing");

    unit_ok(ngx_http_owncloud_random(p, 64) == NGX_OK
            && ngx_http_owncloud_random(q, 64) == NGX_OK
            && ngx_memcmp(p, q, 32) != 0
            && ngx_memcmp(p + 32, q + 32, 32) != 0,
            "random bytes");
    unit_ok(ngx_http_owncloud_random(p, 0) == NGX_OK, "none of them");

    ngx_destroy_pool(pool);

    return unit_done();
}
