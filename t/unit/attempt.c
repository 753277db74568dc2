
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_session_attempt.h"


static void
unit_fill(ngx_http_owncloud_attempt_t *attempt)
{
    ngx_memzero(attempt, sizeof(ngx_http_owncloud_attempt_t));

    attempt->purpose = NGX_HTTP_OWNCLOUD_PURPOSE_LINK;
    attempt->started = 1800000000;
    attempt->repository = 4294967296;
    ngx_str_set(&attempt->issuer, "cloud");
    ngx_str_set(&attempt->user, "42");
    ngx_str_set(&attempt->target, "sealed");
    ngx_memset(attempt->id, 1, sizeof(attempt->id));
    ngx_memset(attempt->verifier, 'v', sizeof(attempt->verifier));
    ngx_memset(attempt->browser, 3, sizeof(attempt->browser));
    ngx_memset(attempt->authorities, 4, sizeof(attempt->authorities));
}


static void
unit_there_and_back(ngx_pool_t *pool)
{
    ngx_str_t                    plain;
    ngx_http_owncloud_attempt_t  attempt, read;

    unit_fill(&attempt);

    unit_ok(ngx_http_owncloud_attempt_pack(pool, &attempt, &plain) == NGX_OK
            && ngx_http_owncloud_attempt_unpack(&plain, &read) == NGX_OK,
            "an attempt is packed and unpacked");

    unit_ok(read.purpose == attempt.purpose
            && read.started == attempt.started
            && read.repository == attempt.repository
            && unit_same(&read.issuer, &attempt.issuer)
            && unit_same(&read.user, &attempt.user)
            && unit_same(&read.target, &attempt.target)
            && ngx_memcmp(read.id, attempt.id, sizeof(read.id)) == 0
            && ngx_memcmp(read.verifier, attempt.verifier,
                          sizeof(read.verifier)) == 0
            && ngx_memcmp(read.browser, attempt.browser,
                          sizeof(read.browser)) == 0
            && ngx_memcmp(read.authorities, attempt.authorities,
                          sizeof(read.authorities)) == 0,
            "all of it is the same");
}


static void
unit_refused(ngx_pool_t *pool)
{
    size_t                       len;
    ngx_str_t                    plain, longer;
    ngx_uint_t                   refused;
    ngx_http_owncloud_attempt_t  attempt;

    unit_fill(&attempt);
    (void) ngx_http_owncloud_attempt_pack(pool, &attempt, &plain);

    len = plain.len;
    refused = 0;

    for (plain.len = 0; plain.len < len; plain.len++) {
        refused += ngx_http_owncloud_attempt_unpack(&plain, &attempt)
                   == NGX_DECLINED;
    }

    unit_ok(refused == len, "one that is cut off is refused");

    longer.len = len + 1;
    longer.data = ngx_pcalloc(pool, longer.len);
    ngx_memcpy(longer.data, plain.data, len);

    unit_ok(ngx_http_owncloud_attempt_unpack(&longer, &attempt)
            == NGX_DECLINED, "and one with a byte behind it");

    plain.data[1] = NGX_HTTP_OWNCLOUD_PURPOSES;
    unit_ok(ngx_http_owncloud_attempt_unpack(&plain, &attempt)
            == NGX_DECLINED, "and one for a purpose that there is not");

    plain.data[1] = 0;
    plain.data[0]++;
    unit_ok(ngx_http_owncloud_attempt_unpack(&plain, &attempt)
            == NGX_DECLINED, "and one of another version");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_there_and_back(pool);
    unit_refused(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
