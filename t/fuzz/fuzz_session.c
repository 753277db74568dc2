
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_session_credential.h"


static ngx_uint_t fuzz_inside(ngx_str_t *plain, u_char *data, size_t len);


/* what a session's cookie holds; what was read is written as it was */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_int_t                       rc;
    ngx_str_t                       plain, again;
    ngx_pool_t                     *pool;
    ngx_http_owncloud_credential_t  session, other;

    pool = fuzz_pool();

    plain = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_credential_unpack(&plain, &session);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED);

        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(fuzz_inside(&plain, session.access.data, session.access.len)
                && fuzz_inside(&plain, session.refresh.data,
                               session.refresh.len)
                && fuzz_inside(&plain, session.user.data, session.user.len));
    fuzz_assert(session.access.len <= NGX_HTTP_OWNCLOUD_TOKEN_SIZE
                && session.refresh.len <= NGX_HTTP_OWNCLOUD_TOKEN_SIZE
                && session.user.len <= NGX_HTTP_OWNCLOUD_NAME_SIZE);
    fuzz_assert(session.access.len ? session.expires >= session.issued
                                   : session.expires == 0);

    rc = ngx_http_owncloud_credential_pack(pool, &session, &again);
    fuzz_assert(rc == NGX_OK && again.len == plain.len);

    if (session.access.len) {
        fuzz_assert(fuzz_same(&plain, &again));
    }

    rc = ngx_http_owncloud_credential_unpack(&again, &other);
    fuzz_assert(rc == NGX_OK
                && other.generation == session.generation
                && other.issued == session.issued
                && other.expires == session.expires);

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_uint_t
fuzz_inside(ngx_str_t *plain, u_char *data, size_t len)
{
    return data >= plain->data && data + len <= plain->data + plain->len;
}
