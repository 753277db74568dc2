
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_session_attempt.h"


static ngx_uint_t fuzz_inside(ngx_str_t *plain, ngx_str_t *text);


/* what the state of a sign-in holds; what was read is written as it was */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_int_t                    rc;
    ngx_str_t                    plain, again;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_attempt_t  attempt;

    pool = fuzz_pool();

    plain = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_attempt_unpack(&plain, &attempt);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED);

        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(attempt.purpose < NGX_HTTP_OWNCLOUD_PURPOSES);
    fuzz_assert(fuzz_inside(&plain, &attempt.user)
                && fuzz_inside(&plain, &attempt.issuer)
                && fuzz_inside(&plain, &attempt.target));

    rc = ngx_http_owncloud_attempt_pack(pool, &attempt, &again);
    fuzz_assert(rc == NGX_OK && fuzz_same(&plain, &again));

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_uint_t
fuzz_inside(ngx_str_t *plain, ngx_str_t *text)
{
    return text->data >= plain->data
           && text->data + text->len <= plain->data + plain->len;
}
