
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_seal.h"


/*
 * The first byte is the purpose, bit 7 tells whether a head of a sealed text
 * that names our key is put in front of the rest.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                      *p, file[32];
    ngx_int_t                    rc;
    ngx_str_t                    text, rest, aad, sealed, plain;
    ngx_uint_t                   purpose, form;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_key_t     *key;
    ngx_http_owncloud_secret_t   secret;
    ngx_http_owncloud_keyring_t  ring;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    (void) ngx_array_init(&ring, pool, 1, sizeof(ngx_http_owncloud_key_t));
    ngx_memset(file, 'k', sizeof(file));
    secret.data = file;
    secret.len = sizeof(file);
    fuzz_assert(ngx_http_owncloud_keyring_add(&ring, &secret) == NGX_OK);

    purpose = (data[0] & 0x7f) % NGX_HTTP_OWNCLOUD_SEAL_PURPOSES;

    rest = fuzz_copy(pool, data + 1, size - 1);
    text = rest;

    if (data[0] & 0x80) {
        key = ring.elts;

        text.len = rest.len + 12;
        text.data = ngx_pnalloc(pool, text.len);

        p = ngx_cpymem(text.data, "v1.", 3);
        p = ngx_hex_dump(p, key->id, 4);
        *p++ = '.';
        ngx_memcpy(p, rest.data, rest.len);
    }

    ngx_str_set(&aad, "issuer");

    /* nobody guesses a tag */

    form = ngx_http_owncloud_sealed_form(&text);
    rc = ngx_http_owncloud_unseal(pool, &ring, purpose, &aad, &text, &plain);
    fuzz_assert(rc == NGX_DECLINED);

    /* what we seal has the form, opens, and opens with this data only */

    if (ngx_http_owncloud_seal(pool, &ring, purpose, &rest, &text, &sealed)
        == NGX_OK)
    {
        fuzz_assert(ngx_http_owncloud_sealed_form(&sealed));

        rc = ngx_http_owncloud_unseal(pool, &ring, purpose, &rest, &sealed,
                                      &plain);
        fuzz_assert(rc == NGX_OK && fuzz_same(&plain, &text));

        if (!fuzz_same(&rest, &aad)) {
            rc = ngx_http_owncloud_unseal(pool, &ring, purpose, &aad, &sealed,
                                          &plain);
            fuzz_assert(rc == NGX_DECLINED);
        }

    } else {
        fuzz_assert(text.len > NGX_HTTP_OWNCLOUD_SEALED_MAX / 4 * 3 - 40);
    }

    fuzz_assert(form == 0 || text.len <= NGX_HTTP_OWNCLOUD_SEALED_MAX);

    ngx_destroy_pool(pool);

    return 0;
}
