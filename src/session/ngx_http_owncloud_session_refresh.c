
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_session_token_request.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_zone.h"


/*
 * A refresh token is good for one use, and a failed attempt counts against
 * the whole Moodle at some servers.  So one request of all workers does it,
 * and goes on doing it when its client goes away; the others wait, or work
 * on with a token that is still good.
 */

#define NGX_HTTP_OWNCLOUD_REFRESH_POLL      20     /* ms, doubled up to */
#define NGX_HTTP_OWNCLOUD_REFRESH_POLL_MAX  160

#define NGX_HTTP_OWNCLOUD_REFRESH_MARGIN    10     /* s, of the lock */


static ngx_int_t ngx_http_owncloud_refresh_locked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_refresh_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_refresh_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_msec_t ngx_http_owncloud_refresh_duration(
    ngx_http_owncloud_issuer_t *issuer);
static void ngx_http_owncloud_refresh_complete(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_uint_t ngx_http_owncloud_refresh_result(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_uint_t ngx_http_owncloud_refresh_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_oauth_tokens_t *tokens);
static ngx_int_t ngx_http_owncloud_refresh_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_refresh(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_refresh_lock(r, ctx, ctx->session);

    if (rc == NGX_BUSY) {
        return ngx_http_owncloud_refresh_sleep(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_refresh_locked(r, ctx);

    /* whoever has waited for this one looks for himself */

    if (rc != NGX_OK) {
        ngx_http_owncloud_refresh_unlock(ctx->token);
    }

    switch (rc) {

    case NGX_OK:
        return ngx_http_owncloud_refresh_ask(r, ctx);

    case NGX_DECLINED:
        return ctx->token->next(r, ctx);

    case NGX_DONE:
        return ngx_http_owncloud_token_ended(r, ctx);

    case NGX_ABORT:
        return ngx_http_owncloud_refresh_done(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/*
 * What there is to do now that nobody else does it: NGX_OK: ask for tokens;
 * NGX_DECLINED: nothing, there are some; NGX_DONE: the session has ended;
 * NGX_ABORT: it was tried just now and failed, ctx->call says how.
 */

static ngx_int_t
ngx_http_owncloud_refresh_locked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_credential_t  *session;

    session = ctx->session;

    rc = ngx_http_owncloud_session_newer(r, ctx);

    if (rc == NGX_ERROR || rc == NGX_DONE) {
        return rc;
    }

    if (rc == NGX_OK
        && (ctx->token->refused || ngx_http_owncloud_token_good(session)))
    {
        return NGX_DECLINED;
    }

    if (session->refresh.len == 0) {

        if (!ctx->token->refused && session->expires > ngx_time()) {
            return NGX_DECLINED;
        }

        return (ngx_http_owncloud_session_expire(r, ctx) == NGX_ERROR)
               ? NGX_ERROR : NGX_DONE;
    }

    return ngx_http_owncloud_refresh_failed_get(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_refresh_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_token_t  *token;

    token = ctx->token;

    if (!token->refused && ctx->session->expires > ngx_time()) {
        return token->next(r, ctx);
    }

    token->poll = token->poll ? ngx_min(2 * token->poll,
                                        NGX_HTTP_OWNCLOUD_REFRESH_POLL_MAX)
                              : NGX_HTTP_OWNCLOUD_REFRESH_POLL;

    ctx->step = ngx_http_owncloud_refresh;

    return ngx_http_owncloud_sleep(r, ctx, token->poll);
}


ngx_int_t
ngx_http_owncloud_refresh_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    time_t                           expires;
    ngx_int_t                        rc;
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_token_t       *token;
    ngx_http_owncloud_main_conf_t   *omcf;

    token = ctx->token;
    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_credential_key(ctx->issuer, "refresh", session->id,
                                         token->lock)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* a server that drips has its last byte one read_timeout later */

    expires = ngx_time() + NGX_HTTP_OWNCLOUD_REFRESH_MARGIN
              + (ngx_http_owncloud_refresh_duration(ctx->issuer)
                 + ctx->issuer->read_timeout + ctx->issuer->queue_timeout)
                / 1000;

    rc = ngx_http_owncloud_zone_lock(omcf->zone, token->lock, expires,
                                     &token->stamp);

    if (rc == NGX_BUSY) {
        return NGX_BUSY;
    }

    /* with a zone that is full there is nobody to wait for */

    token->locked = (rc == NGX_OK);

    if (!session->account) {
        return NGX_OK;
    }

    /* there may be another nginx that knows nothing of this one's zone */

    ngx_http_owncloud_account_env(r, ctx, &env);

    rc = ngx_http_owncloud_account_lock(&env, &token->file);

    if (rc != NGX_OK) {
        ngx_http_owncloud_refresh_unlock(token);
    }

    return rc;
}


void
ngx_http_owncloud_refresh_unlock(void *data)
{
    ngx_http_owncloud_token_t *token = data;

    ngx_http_owncloud_main_conf_t  *omcf;

    ngx_http_owncloud_account_unlock(&token->file);

    if (!token->locked) {
        return;
    }

    token->locked = 0;

    omcf = ngx_http_get_module_main_conf(token->request,
                                         ngx_http_owncloud_module);

    ngx_http_owncloud_zone_unlock(omcf->zone, token->lock, token->stamp);
}


static ngx_int_t
ngx_http_owncloud_refresh_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_refresh_call(r, ctx, ctx->session);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->complete = ngx_http_owncloud_refresh_complete;

    ctx->token->refreshed = 1;
    ctx->step = ngx_http_owncloud_refresh_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_refresh_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_secret_t  *secret;

    call = ngx_http_owncloud_token_request(r, ctx, &secret);

    if (call == NULL
        || ngx_http_owncloud_oauth_refresh_form(r->pool,
                                                &ctx->issuer->client_id,
                                                &session->refresh, secret,
                                                &call->body)
           != NGX_OK)
    {
        return NULL;
    }

    call->persistent = 1;
    call->duration = ngx_http_owncloud_refresh_duration(ctx->issuer);

    return call;
}


static ngx_msec_t
ngx_http_owncloud_refresh_duration(ngx_http_owncloud_issuer_t *issuer)
{
    return issuer->connect_timeout + issuer->send_timeout
           + issuer->read_timeout;
}


/* the client may have gone: nothing of what is new may be lost */

static void
ngx_http_owncloud_refresh_complete(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_http_owncloud_token_t  *token;

    token = ctx->token;

    token->result = ngx_http_owncloud_refresh_result(r, ctx, call);

    switch (token->result) {

    case NGX_HTTP_OWNCLOUD_TOKEN_FAILED:
        ngx_http_owncloud_refresh_failed_put(r, ctx, call);
        break;

    case NGX_HTTP_OWNCLOUD_TOKEN_ENDED:

        /* somebody else may have got new tokens just now */

        if (ngx_http_owncloud_session_expire(r, ctx) == NGX_DECLINED
            && ngx_http_owncloud_session_newer(r, ctx) == NGX_OK)
        {
            token->result = NGX_HTTP_OWNCLOUD_TOKEN_RENEWED;
        }

        break;

    default: /* NGX_HTTP_OWNCLOUD_TOKEN_RENEWED */
        break;
    }

    ngx_http_owncloud_refresh_unlock(token);
}


static ngx_uint_t
ngx_http_owncloud_refresh_result(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_str_t                          body;
    ngx_uint_t                         result;
    ngx_http_owncloud_oauth_tokens_t   tokens;

    if (call->failure) {
        return NGX_HTTP_OWNCLOUD_TOKEN_FAILED;
    }

    ngx_http_owncloud_sink_text(call->sink, &body);

    if (ngx_http_owncloud_oauth_answer(r->pool, call->status, &body, &tokens,
                                       &result)
        != NGX_OK)
    {
        return NGX_HTTP_OWNCLOUD_TOKEN_FAILED;
    }

    if (result == NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        return ngx_http_owncloud_refresh_renewed(r, ctx, &tokens);
    }

    /* servers do not agree on what they say, but all mean that it is over */

    if (call->status == 400 || call->status == 401 || call->status == 403) {

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"%V\" ended a session: status %ui of a refresh",
                      &ctx->issuer->id, call->status);

        return (ngx_http_owncloud_session_newer(r, ctx) == NGX_OK)
               ? NGX_HTTP_OWNCLOUD_TOKEN_RENEWED
               : NGX_HTTP_OWNCLOUD_TOKEN_ENDED;
    }

    return NGX_HTTP_OWNCLOUD_TOKEN_FAILED;
}


static ngx_uint_t
ngx_http_owncloud_refresh_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_oauth_tokens_t *tokens)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_credential_t  *session;

    session = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_credential_t));
    if (session == NULL) {
        return NGX_HTTP_OWNCLOUD_TOKEN_FAILED;
    }

    *session = *ctx->session;

    session->generation++;
    session->issued = ngx_time();
    session->expires = session->issued + tokens->expires_in;
    session->access = tokens->access;

    /* a server may let the old one go on (RFC 6749, 6) */

    if (tokens->refresh.len) {
        session->refresh = tokens->refresh;
    }

    rc = ngx_http_owncloud_session_store(r, ctx, session);

    if (rc == NGX_DONE && ngx_http_owncloud_session_newer(r, ctx) == NGX_OK) {
        return NGX_HTTP_OWNCLOUD_TOKEN_RENEWED;
    }

    if (rc != NGX_OK) {

        if (rc == NGX_DONE) {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "\"%V\" gave new tokens, but the session was ended "
                          "meanwhile", &ctx->issuer->id);
        }

        ctx->token->unused = session;

        return NGX_HTTP_OWNCLOUD_TOKEN_ENDED;
    }

    ctx->session = session;

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%V\" gave new tokens, generation %ui", &ctx->issuer->id,
                  session->generation);

    return NGX_HTTP_OWNCLOUD_TOKEN_RENEWED;
}


static ngx_int_t
ngx_http_owncloud_refresh_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    switch (ctx->token->result) {

    case NGX_HTTP_OWNCLOUD_TOKEN_RENEWED:

        if (ngx_http_owncloud_session_cookie(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ctx->token->next(r, ctx);

    case NGX_HTTP_OWNCLOUD_TOKEN_ENDED:

        /* there was a logout: what was got after it is for nobody */

        if (ctx->token->unused && !ctx->session->account) {
            return ngx_http_owncloud_revoke(r, ctx, ctx->token->unused,
                                            ngx_http_owncloud_token_ended);
        }

        return ngx_http_owncloud_token_ended(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_TOKEN_FAILED */

        if (!ctx->token->refused && ctx->session->expires > ngx_time()) {

            ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                          "\"%V\" gave no new tokens ahead of time: "
                          "status %ui, failure %ui", &ctx->issuer->id,
                          ctx->call->status, ctx->call->failure);

            return ctx->token->next(r, ctx);
        }

        return ngx_http_owncloud_refresh_failed_answer(r, ctx);
    }
}
