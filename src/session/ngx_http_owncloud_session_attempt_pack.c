
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_session_attempt.h"


#define NGX_HTTP_OWNCLOUD_STATE_VERSION  4

#define NGX_HTTP_OWNCLOUD_STATE_FIXED                                         \
    (2 + 16 + NGX_HTTP_OWNCLOUD_VERIFIER_LEN                                  \
     + 2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN + 2 * sizeof(uint64_t))


ngx_int_t
ngx_http_owncloud_attempt_pack(ngx_pool_t *pool,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *plain)
{
    u_char  *p;

    p = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_STATE_FIXED
                      + ngx_http_owncloud_pack_size(attempt->user.len)
                      + ngx_http_owncloud_pack_size(attempt->issuer.len)
                      + ngx_http_owncloud_pack_size(attempt->target.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_STATE_VERSION;
    *p++ = (u_char) attempt->purpose;
    p = ngx_cpymem(p, attempt->id, sizeof(attempt->id));
    p = ngx_cpymem(p, attempt->verifier, sizeof(attempt->verifier));
    p = ngx_cpymem(p, attempt->browser, sizeof(attempt->browser));
    p = ngx_cpymem(p, attempt->authorities, sizeof(attempt->authorities));
    p = ngx_http_owncloud_pack_number(p, attempt->started);
    p = ngx_http_owncloud_pack_number(p, attempt->repository);
    p = ngx_http_owncloud_pack_text(p, attempt->user.data, attempt->user.len);
    p = ngx_http_owncloud_pack_text(p, attempt->issuer.data,
                                    attempt->issuer.len);
    p = ngx_http_owncloud_pack_text(p, attempt->target.data,
                                    attempt->target.len);

    plain->len = p - plain->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_attempt_unpack(ngx_str_t *plain,
    ngx_http_owncloud_attempt_t *attempt)
{
    u_char    *p, *last;
    uint64_t   started, repository;

    p = plain->data;
    last = p + plain->len;

    if (plain->len < NGX_HTTP_OWNCLOUD_STATE_FIXED
        || p[0] != NGX_HTTP_OWNCLOUD_STATE_VERSION
        || p[1] >= NGX_HTTP_OWNCLOUD_PURPOSES)
    {
        return NGX_DECLINED;
    }

    attempt->purpose = p[1];
    p += 2;

    ngx_memcpy(attempt->id, p, sizeof(attempt->id));
    p += sizeof(attempt->id);

    ngx_memcpy(attempt->verifier, p, sizeof(attempt->verifier));
    p += sizeof(attempt->verifier);

    ngx_memcpy(attempt->browser, p, sizeof(attempt->browser));
    p += sizeof(attempt->browser);

    ngx_memcpy(attempt->authorities, p, sizeof(attempt->authorities));
    p += sizeof(attempt->authorities);

    if (ngx_http_owncloud_unpack_number(&p, last, &started) != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &repository) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->user.data,
                                         &attempt->user.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->issuer.data,
                                         &attempt->issuer.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->target.data,
                                         &attempt->target.len)
           != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    attempt->started = (time_t) started;
    attempt->repository = (ngx_int_t) repository;

    return NGX_OK;
}
