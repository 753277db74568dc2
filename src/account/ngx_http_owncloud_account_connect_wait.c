
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_CONNECT_TIME  600     /* to decide, seconds */


static ngx_int_t ngx_http_owncloud_connect_wait_key(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, u_char *key);


ngx_int_t
ngx_http_owncloud_connect_wait(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                         *p;
    u_char                          id[NGX_HTTP_OWNCLOUD_CONNECT_ID];
    ngx_int_t                       rc;
    ngx_str_t                       aad, plain, sealed;
    ngx_http_owncloud_connect_t    *connect;
    ngx_http_owncloud_main_conf_t  *omcf;

    connect = ctx->flow;
    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    p = ngx_pnalloc(r->pool, NGX_HTTP_OWNCLOUD_CONNECT_HEX);

    if (p == NULL || ngx_http_owncloud_random(id, sizeof(id)) != NGX_OK) {
        return NGX_ERROR;
    }

    connect->confirm.data = p;
    connect->confirm.len = ngx_hex_dump(p, id, sizeof(id)) - p;

    rc = ngx_http_owncloud_credential_pack(r->pool, connect->session, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    aad.data = key;
    aad.len = sizeof(key);

    if (ngx_http_owncloud_connect_wait_key(ctx, &connect->confirm, key)
        != NGX_OK
        || ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &plain,
                                  &sealed)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return (ngx_http_owncloud_zone_put(omcf->zone,
                                 NGX_HTTP_OWNCLOUD_ZONE_SESSION, key, &sealed,
                                 ngx_time() + NGX_HTTP_OWNCLOUD_CONNECT_TIME)
            == NGX_OK)
           ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_connect_waiting(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm)
{
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                        rc;
    ngx_str_t                        aad, value, plain;
    ngx_http_owncloud_credential_t  *session;
    ngx_http_owncloud_connect_t     *connect;
    ngx_http_owncloud_main_conf_t   *omcf;

    connect = ctx->flow;
    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    session = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_credential_t));

    if (session == NULL
        || ngx_http_owncloud_connect_wait_key(ctx, confirm, key) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    aad.data = key;
    aad.len = sizeof(key);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &value,
                                  &plain);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED
        || ngx_http_owncloud_credential_unpack(&plain, session) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    connect->session = session;
    connect->confirm = *confirm;

    return NGX_OK;
}


void
ngx_http_owncloud_connect_waited(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_connect_t    *connect;
    ngx_http_owncloud_main_conf_t  *omcf;

    connect = ctx->flow;

    if (connect->confirm.len
        && ngx_http_owncloud_connect_wait_key(ctx, &connect->confirm, key)
           == NGX_OK)
    {
        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        ngx_http_owncloud_zone_drop(omcf->zone, key);
    }
}


static ngx_int_t
ngx_http_owncloud_connect_wait_key(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *id, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "pending account",
                                       &ctx->issuer->id,
                                       &ctx->issuer->authorities, id);
}


/* as on logout, but expired tokens are not refreshed for it */

ngx_int_t
ngx_http_owncloud_connect_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    if (connect->session == NULL || connect->session->expires <= ngx_time()) {
        return next(r, ctx);
    }

    return ngx_http_owncloud_revoke(r, ctx, &ngx_http_owncloud_account_holder,
                                    connect->session, next);
}
