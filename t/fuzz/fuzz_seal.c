
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_seal.h"


static void fuzz_ring(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring);
static ngx_str_t fuzz_sealed(ngx_pool_t *pool,
    ngx_http_owncloud_keyring_t *ring, ngx_str_t *rest);
static void fuzz_round(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *text);


static ngx_str_t  fuzz_aad = ngx_string("issuer");


/*
 * The first byte is the purpose, bit 7 tells whether a head of a sealed text
 * that names our key is put in front of the rest.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t                    text, rest, plain;
    ngx_uint_t                   purpose;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_keyring_t  ring;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();
    fuzz_ring(pool, &ring);

    purpose = (data[0] & 0x7f) % NGX_HTTP_OWNCLOUD_SEAL_PURPOSES;

    rest = fuzz_copy(pool, data + 1, size - 1);
    text = (data[0] & 0x80) ? fuzz_sealed(pool, &ring, &rest) : rest;

    if (ngx_http_owncloud_sealed_form(&text)) {
        fuzz_assert(text.len <= NGX_HTTP_OWNCLOUD_SEALED_MAX);
    }

    /* nobody guesses a tag */

    fuzz_assert(ngx_http_owncloud_unseal(pool, &ring, purpose, &fuzz_aad,
                                         &text, &plain)
                == NGX_DECLINED);

    fuzz_round(pool, &ring, purpose, &rest, &text);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_ring(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring)
{
    u_char                      file[32];
    ngx_http_owncloud_secret_t  secret;

    (void) ngx_array_init(ring, pool, 1, sizeof(ngx_http_owncloud_key_t));

    ngx_memset(file, 'k', sizeof(file));
    secret.data = file;
    secret.len = sizeof(file);

    fuzz_assert(ngx_http_owncloud_keyring_add(ring, &secret) == NGX_OK);
}


static ngx_str_t
fuzz_sealed(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_str_t *rest)
{
    u_char                   *p;
    ngx_str_t                 text;
    ngx_http_owncloud_key_t  *key;

    key = ring->elts;

    text.len = rest->len + 12;
    text.data = ngx_pnalloc(pool, text.len);

    p = ngx_cpymem(text.data, "v1.", 3);
    p = ngx_hex_dump(p, key->id, 4);
    *p++ = '.';
    ngx_memcpy(p, rest->data, rest->len);

    return text;
}


/* what we seal has the form, opens, and opens with this data only */

static void
fuzz_round(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_uint_t purpose, ngx_str_t *aad, ngx_str_t *text)
{
    ngx_int_t  rc;
    ngx_str_t  sealed, plain;

    rc = ngx_http_owncloud_seal(pool, ring, purpose, aad, text, &sealed);

    if (rc != NGX_OK) {
        fuzz_assert(text->len > NGX_HTTP_OWNCLOUD_SEALED_MAX / 4 * 3 - 40);
        return;
    }

    fuzz_assert(ngx_http_owncloud_sealed_form(&sealed));

    rc = ngx_http_owncloud_unseal(pool, ring, purpose, aad, &sealed, &plain);
    fuzz_assert(rc == NGX_OK && fuzz_same(&plain, text));

    rc = ngx_http_owncloud_unseal(pool, ring, purpose, &fuzz_aad, &sealed,
                                  &plain);
    fuzz_assert(rc == (fuzz_same(aad, &fuzz_aad) ? NGX_OK : NGX_DECLINED));
}
