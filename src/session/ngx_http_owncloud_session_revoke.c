
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_refresh.h"
#include "ngx_http_owncloud_session_token_request.h"


/* limit of each of the two calls, since the user waits, ms */
#define NGX_HTTP_OWNCLOUD_REVOKE_TIME  10000


static ngx_int_t ngx_http_owncloud_revoke_renew(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_revoke_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_revoke_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_revoke_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static void ngx_http_owncloud_revoke_limit(ngx_http_owncloud_call_t *call);


/*
 * Refreshes expired tokens first: only a valid access token can be revoked,
 * and the refresh token is revoked with it.
 */

ngx_int_t
ngx_http_owncloud_revoke(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next)
{
    if (ctx->issuer->revocation.upstream == NULL) {
        return next(r, ctx);
    }

    if (ngx_http_owncloud_refresh_create(r, ctx, holder, credential, next)
        == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (credential->expires > ngx_time()) {
        return ngx_http_owncloud_revoke_ask(r, ctx);
    }

    if (credential->refresh.len == 0) {
        return next(r, ctx);
    }

    return ngx_http_owncloud_revoke_renew(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_revoke_renew(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;

    rc = ngx_http_owncloud_refresh_lock(r, ctx);

    /*
     * the request that refreshes finds that the session has ended, and revokes
     */

    if (rc == NGX_BUSY) {
        return ctx->refresh->next(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call = ngx_http_owncloud_refresh_call(r, ctx, ctx->refresh->credential);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_revoke_limit(call);

    ctx->step = ngx_http_owncloud_revoke_renewed;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_revoke_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                        body;
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_credential_t  *credential, renewed;

    call = ctx->call;
    credential = ctx->refresh->credential;

    ngx_http_owncloud_refresh_unlock(ctx->refresh);

    if (call->failure) {
        return ngx_http_owncloud_revoke_done(r, ctx);
    }

    ngx_http_owncloud_sink_text(call->sink, &body);

    if (ngx_http_owncloud_refresh_read(r->pool, call->status, &body,
                                       credential, &renewed)
        != NGX_HTTP_OWNCLOUD_REFRESH_RENEWED)
    {
        return ngx_http_owncloud_revoke_done(r, ctx);
    }

    *credential = renewed;

    return ngx_http_owncloud_revoke_ask(r, ctx);
}


/* the only way to revoke a token in Nextcloud (core/apppassword) */

static ngx_int_t
ngx_http_owncloud_revoke_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  yes = ngx_string("true");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->revocation,
                                         "DELETE");
    if (call == NULL
        || ngx_http_owncloud_call_bearer(r, call,
                                         &ctx->refresh->credential->access)
           != NGX_OK
        || ngx_http_owncloud_call_header(call, "OCS-APIRequest", &yes)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->persistent = 1;

    ngx_http_owncloud_revoke_limit(call);

    ctx->step = ngx_http_owncloud_revoke_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_revoke_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    /*
     * without a configured type, ownCloud is asked as well and does not know
     * this
     */

    if (call->failure || call->status != NGX_HTTP_OK) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "the token%s was not revoked at \"%V\": status %ui, "
                      "failure %ui", ctx->refresh->holder->of,
                      &ctx->issuer->id, call->status, call->failure);
    }

    return ctx->refresh->next(r, ctx);
}


static void
ngx_http_owncloud_revoke_limit(ngx_http_owncloud_call_t *call)
{
    if (call->duration == 0
        || call->duration > NGX_HTTP_OWNCLOUD_REVOKE_TIME)
    {
        call->duration = NGX_HTTP_OWNCLOUD_REVOKE_TIME;
    }
}
