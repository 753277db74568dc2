
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_refresh.h"
#include "ngx_http_owncloud_zone.h"
#include "ngx_http_owncloud_zone_entry.h"


/* how long waiting requests use the result of a failed refresh, s */
#define NGX_HTTP_OWNCLOUD_REFRESH_FAILED_TIME  2


void
ngx_http_owncloud_refresh_failed_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    u_char                              key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                           value;
    ngx_http_owncloud_main_conf_t      *omcf;
    ngx_http_owncloud_entry_refresh_t   cached;

    /*
     * a call that was not sent says nothing about the cloud; but if the queue
     * was full for one request, the others would wait in vain one after the
     * other
     */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_ABORTED
        || call->failure == NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF)
    {
        return;
    }

    if (ngx_http_owncloud_credential_key(ctx->issuer, "refresh failed",
                                         ctx->refresh->credential->id, key)
        != NGX_OK)
    {
        return;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    cached.failure = call->failure;
    cached.status = call->status;
    cached.generation = ctx->refresh->credential->generation;

    value.data = (u_char *) &cached;
    value.len = sizeof(cached);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                           NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                           ngx_time() + NGX_HTTP_OWNCLOUD_REFRESH_FAILED_TIME);
}


ngx_int_t
ngx_http_owncloud_refresh_failed_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                              key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                           rc;
    ngx_str_t                           value;
    ngx_http_owncloud_call_t           *call;
    ngx_http_owncloud_main_conf_t      *omcf;
    ngx_http_owncloud_entry_refresh_t   cached;

    if (ngx_http_owncloud_credential_key(ctx->issuer, "refresh failed",
                                         ctx->refresh->credential->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    if (ngx_http_owncloud_entry_refresh_read(&value, &cached) != NGX_OK
        || cached.generation != ctx->refresh->credential->generation)
    {
        return NGX_OK;
    }

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->token, "POST");
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->failure = cached.failure;
    call->status = cached.status;
    call->done = 1;

    ctx->call = call;
    ctx->refresh->result = NGX_HTTP_OWNCLOUD_REFRESH_FAILED;

    return NGX_ABORT;
}
