
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_pack.h"


#define NGX_HTTP_OWNCLOUD_ACCOUNT_VERSION  2

#define NGX_HTTP_OWNCLOUD_ACCOUNT_TEXT     65535   /* bytes; a packed text */


ngx_int_t
ngx_http_owncloud_account_pack(ngx_pool_t *pool, ngx_str_t *audience,
    ngx_http_owncloud_credential_t *credential, time_t connected,
    ngx_str_t *plain)
{
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t   packed;

    if (audience->len > NGX_HTTP_OWNCLOUD_ACCOUNT_TEXT) {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_credential_pack(pool, credential, &packed);

    if (rc != NGX_OK) {
        return rc;
    }

    plain->len = 1 + sizeof(uint64_t)
                 + ngx_http_owncloud_pack_size(audience->len) + packed.len;

    p = ngx_pnalloc(pool, plain->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_ACCOUNT_VERSION;

    p = ngx_http_owncloud_pack_number(p, connected);
    p = ngx_http_owncloud_pack_text(p, audience->data, audience->len);
    ngx_memcpy(p, packed.data, packed.len);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_account_unpack(ngx_str_t *plain, ngx_str_t *audience,
    ngx_http_owncloud_credential_t *credential, time_t *connected)
{
    u_char     *p, *last;
    uint64_t    time;
    ngx_str_t   rest;

    p = plain->data;
    last = p + plain->len;

    if (p == last || *p++ != NGX_HTTP_OWNCLOUD_ACCOUNT_VERSION) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_unpack_number(&p, last, &time) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &audience->data,
                                         &audience->len)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    rest.data = p;
    rest.len = last - p;

    if (ngx_http_owncloud_credential_unpack(&rest, credential) != NGX_OK) {
        return NGX_DECLINED;
    }

    *connected = (time_t) time;

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_account_newer_than(
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *old)
{
    return ngx_memcmp(credential->id, old->id, sizeof(old->id)) == 0
           && credential->generation > old->generation;
}
