
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_evp.h"
#include "ngx_http_owncloud_seal.h"


/* what is sealed before opens afterwards, whatever became of the contexts */

static ngx_uint_t
unit_opens(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring,
    ngx_str_t *sealed)
{
    ngx_str_t  aad, plain, want;

    ngx_str_set(&aad, "aad");
    ngx_str_set(&want, "text");

    return ngx_http_owncloud_unseal(pool, ring,
                                    NGX_HTTP_OWNCLOUD_SEAL_SESSION, &aad,
                                    sealed, &plain)
           == NGX_OK
           && unit_same(&plain, &want);
}


static ngx_uint_t
unit_whole(ngx_http_owncloud_evp_t *evp)
{
    return evp && evp->sha1 && evp->sha256 && evp->gcm && evp->sha1_ctx
           && evp->sha256_ctx && evp->encrypt_ctx && evp->decrypt_ctx
           && evp->hmac_ctx;
}


int
main(void)
{
    u_char                        file[32], one[32], two[32];
    ngx_str_t                     aad, text, sealed;
    ngx_pool_t                   *pool;
    ngx_cycle_t                   cycle;
    ngx_http_owncloud_evp_t      *evp;
    ngx_http_owncloud_secret_t    secret;
    ngx_http_owncloud_keyring_t   ring;

    pool = unit_pool();

    ngx_memzero(&cycle, sizeof(ngx_cycle_t));
    cycle.pool = ngx_create_pool(1024, &unit_log);
    ngx_cycle = &cycle;

    evp = ngx_http_owncloud_evp();
    unit_ok(unit_whole(evp), "all there");
    unit_ok(ngx_http_owncloud_evp() == evp, "once");

    ngx_memset(file, 'k', sizeof(file));
    secret.data = file;
    secret.len = sizeof(file);

    (void) ngx_array_init(&ring, pool, 1, sizeof(ngx_http_owncloud_key_t));
    (void) ngx_http_owncloud_keyring_add(&ring, &secret);

    ngx_str_set(&aad, "aad");
    ngx_str_set(&text, "text");

    unit_ok(ngx_http_owncloud_seal(pool, &ring,
                                   NGX_HTTP_OWNCLOUD_SEAL_SESSION, &aad,
                                   &text, &sealed)
            == NGX_OK
            && ngx_http_owncloud_digest(one, &text, 1) == NGX_OK
            && unit_opens(pool, &ring, &sealed),
            "they are of use");

    /* the cycle ends, and with it what it has */

    ngx_destroy_pool(cycle.pool);

    unit_ok(evp->sha1 == NULL && evp->sha256 == NULL && evp->gcm == NULL
            && evp->sha1_ctx == NULL && evp->sha256_ctx == NULL
            && evp->encrypt_ctx == NULL && evp->decrypt_ctx == NULL
            && evp->hmac_ctx == NULL,
            "gone with the cycle");

    /* the next one makes them anew */

    cycle.pool = ngx_create_pool(1024, &unit_log);

    unit_ok(unit_opens(pool, &ring, &sealed)
            && ngx_http_owncloud_digest(two, &text, 1) == NGX_OK
            && ngx_memcmp(one, two, sizeof(one)) == 0
            && unit_whole(ngx_http_owncloud_evp()),
            "made anew");

    ngx_destroy_pool(cycle.pool);

    /* and a program that has none */

    ngx_cycle = NULL;

    unit_ok(unit_whole(ngx_http_owncloud_evp())
            && unit_opens(pool, &ring, &sealed),
            "without a cycle");

    ngx_destroy_pool(pool);

    return unit_done();
}
