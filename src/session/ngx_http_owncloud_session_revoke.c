
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_session_token.h"


/* a user who logs out does not wait longer for each of the two calls, ms */
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


ngx_int_t
ngx_http_owncloud_revoke(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *session, ngx_http_owncloud_step_pt next)
{
    ngx_http_owncloud_token_t  *token;

    if (ctx->issuer->revocation.upstream == NULL) {
        return next(r, ctx);
    }

    token = ngx_http_owncloud_token_create(r, ctx);
    if (token == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    token->unused = session;
    token->revoked = next;

    if (session->expires > ngx_time()) {
        return ngx_http_owncloud_revoke_ask(r, ctx);
    }

    if (session->refresh.len == 0) {
        return next(r, ctx);
    }

    return ngx_http_owncloud_revoke_renew(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_revoke_renew(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_call_t   *call;
    ngx_http_owncloud_token_t  *token;

    token = ctx->token;

    rc = ngx_http_owncloud_refresh_lock(r, ctx, token->unused);

    /* whoever is about it finds that the session has ended, and revokes */

    if (rc == NGX_BUSY) {
        return token->revoked(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call = ngx_http_owncloud_refresh_call(r, ctx, token->unused);
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
    ngx_str_t                          body;
    ngx_uint_t                         result;
    ngx_http_owncloud_call_t          *call;
    ngx_http_owncloud_token_t         *token;
    ngx_http_owncloud_oauth_tokens_t   tokens;

    call = ctx->call;
    token = ctx->token;

    ngx_http_owncloud_refresh_unlock(token);

    if (call->failure) {
        return ngx_http_owncloud_revoke_done(r, ctx);
    }

    ngx_http_owncloud_sink_text(call->sink, &body);

    if (ngx_http_owncloud_oauth_answer(r->pool, call->status, &body, &tokens,
                                       &result)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        return ngx_http_owncloud_revoke_done(r, ctx);
    }

    token->unused->access = tokens.access;

    return ngx_http_owncloud_revoke_ask(r, ctx);
}


/* Nextcloud only: the one way to end a token there (core/apppassword) */

static ngx_int_t
ngx_http_owncloud_revoke_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  yes = ngx_string("true");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->revocation,
                                         "DELETE");
    if (call == NULL
        || ngx_http_owncloud_call_bearer(r, call, &ctx->token->unused->access)
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

    /* with no type configured, ownCloud is asked as well and knows nothing */

    if (call->failure || call->status != NGX_HTTP_OK) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "the token was not revoked at \"%V\": status %ui, "
                      "failure %ui", &ctx->issuer->id, call->status,
                      call->failure);
    }

    return ctx->token->revoked(r, ctx);
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
