
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_account.h"


/* what is in the account's file when its seal has been opened */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    time_t                          connected, again;
    ngx_int_t                       rc;
    ngx_str_t                       plain, audience, packed, other;
    ngx_pool_t                     *pool;
    ngx_http_owncloud_credential_t  session, back;

    pool = fuzz_pool();

    plain = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_account_unpack(&plain, &audience, &session,
                                          &connected);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        fuzz_assert(audience.len + session.access.len + session.refresh.len
                    + session.user.len < size);

        rc = ngx_http_owncloud_account_pack(pool, &audience, &session,
                                            connected, &packed);

        if (rc == NGX_OK) {
            fuzz_assert(packed.len == size);

            rc = ngx_http_owncloud_account_unpack(&packed, &other, &back,
                                                  &again);

            fuzz_assert(rc == NGX_OK && again == connected);
            fuzz_assert(fuzz_same(&other, &audience));
            fuzz_assert(fuzz_same(&back.user, &session.user));
            fuzz_assert(back.generation == session.generation);

        } else {
            fuzz_assert(session.access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
                        || session.refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
                        || session.user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE);
        }
    }

    ngx_destroy_pool(pool);

    return 0;
}
