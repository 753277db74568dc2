
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_flow.h"
#include "ngx_http_owncloud_session_token.h"


static ngx_int_t ngx_http_owncloud_controlled_unshare_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_unshare_done(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_controlled_unshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    controlled->next = next;

    return ngx_http_owncloud_controlled_unshare_call(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_controlled_unshare_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (controlled->share.len == 0) {
        return controlled->next(r, ctx);
    }

    call = ngx_http_owncloud_share_take(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        &controlled->share);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_unshare_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_unshare_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_ocs_t          ocs;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK && ocs.result == NGX_HTTP_OWNCLOUD_OCS_REFUSED
        && !controlled->refused)
    {
        controlled->refused = 1;

        return ngx_http_owncloud_token_refused(r, ctx,
                                   ngx_http_owncloud_controlled_unshare_call);
    }

    if (rc == NGX_OK
        && (ocs.result == NGX_HTTP_OWNCLOUD_OCS_GOOD
            || ocs.result == NGX_HTTP_OWNCLOUD_OCS_MISSING))
    {
        controlled->share.len = 0;

    } else {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" did not delete a share with the system account: "
                      "status %ui, failure %ui", &ctx->issuer->id,
                      ctx->call->status, ctx->call->failure);
    }

    return controlled->next(r, ctx);
}
