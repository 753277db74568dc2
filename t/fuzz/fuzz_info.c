
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_type.h"
#include "ngx_http_owncloud_uri.h"


/* one text as a status.php, a userinfo and capabilities */


#define FUZZ_NAME  64


static void fuzz_policy(ngx_pool_t *pool, ngx_str_t *body, size_t piece,
    ngx_http_owncloud_policy_t *policy);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_int_t                    rc;
    ngx_str_t                    body, user;
    ngx_uint_t                   type;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_policy_t   whole, pieces;

    static ngx_str_t  path = ngx_string("ocs-data-id");

    pool = fuzz_pool();
    body = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_info_type(pool, &body, &type);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
    fuzz_assert((rc == NGX_OK) == (type != NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN));
    fuzz_assert(type < NGX_HTTP_OWNCLOUD_TYPES);

    rc = ngx_http_owncloud_info_user(pool, &body, &path, FUZZ_NAME, &user);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
    fuzz_assert((rc == NGX_OK) == (user.len != 0));
    fuzz_assert(user.len <= FUZZ_NAME
                && (user.len == 0
                    || ngx_http_owncloud_utf8_valid(user.data, user.len)));

    fuzz_policy(pool, &body, size, &whole);
    fuzz_policy(pool, &body, size % 5 + 1, &pieces);

    fuzz_assert(whole.sharing == pieces.sharing && whole.links == pieces.links
                && whole.password == pieces.password
                && whole.days == pieces.days && whole.days < 36500);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_policy(ngx_pool_t *pool, ngx_str_t *body, size_t piece,
    ngx_http_owncloud_policy_t *policy)
{
    size_t                              n;
    ngx_str_t                           rest, copy;
    ngx_http_owncloud_policy_reader_t  *reader;

    reader = ngx_http_owncloud_policy_create(pool);
    fuzz_assert(reader != NULL);

    for (rest = *body; rest.len; rest.len -= n, rest.data += n) {
        n = ngx_min(rest.len, piece);
        copy = fuzz_copy(pool, rest.data, n);

        fuzz_assert(ngx_http_owncloud_policy_feed(reader, copy.data, n)
                    == NGX_OK);
    }

    fuzz_assert(ngx_http_owncloud_policy_finish(reader, policy) == NGX_OK);
}
