
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_refresh.h"
#include "ngx_http_owncloud_session_token_request.h"
#include "ngx_http_owncloud_sleep.h"


/*
 * A refresh token can be used once, and some servers count failed attempts
 * against the whole Moodle.  So one request of all workers refreshes, even
 * after its client aborts; the others wait, or use a token that is still
 * valid.
 */

#define NGX_HTTP_OWNCLOUD_REFRESH_POLL      20     /* ms, doubled each time */
#define NGX_HTTP_OWNCLOUD_REFRESH_POLL_MAX  160

#define NGX_HTTP_OWNCLOUD_REFRESH_TRIES     3      /* after a 401 */


static ngx_int_t ngx_http_owncloud_refresh_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_refresh_locked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_refresh_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_refresh_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static void ngx_http_owncloud_refresh_complete(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_uint_t ngx_http_owncloud_refresh_result(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_uint_t ngx_http_owncloud_refresh_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *renewed);
static ngx_int_t ngx_http_owncloud_refresh_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_refresh(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next)
{
    if (ngx_http_owncloud_credential_good(credential)) {
        return next(r, ctx);
    }

    if (ngx_http_owncloud_refresh_create(r, ctx, holder, credential, next)
        == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_refresh_begin(r, ctx);
}


ngx_int_t
ngx_http_owncloud_refresh_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_refresh_t  *refresh;

    refresh = ngx_http_owncloud_refresh_create(r, ctx, holder, credential,
                                               next);
    if (refresh == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    refresh->refused = 1;

    /* it may have been refreshed while the call was on its way */

    rc = holder->newest(r, ctx, credential);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DONE) {
        return holder->lost(r, ctx, NGX_HTTP_OWNCLOUD_LOST_ENDED);
    }

    if (++refresh->tries < NGX_HTTP_OWNCLOUD_REFRESH_TRIES) {

        if (rc == NGX_OK) {
            return next(r, ctx);
        }

        if (!refresh->refreshed) {
            return ngx_http_owncloud_refresh_begin(r, ctx);
        }
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%V\" does not accept an access token that it has just "
                  "issued", &ctx->issuer->id);

    return holder->lost(r, ctx, NGX_HTTP_OWNCLOUD_LOST_REFUSED);
}


/* a step: refreshes the token, or waits for the request that does */

static ngx_int_t
ngx_http_owncloud_refresh_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_refresh_t  *refresh;

    refresh = ctx->refresh;

    rc = ngx_http_owncloud_refresh_lock(r, ctx);

    if (rc == NGX_BUSY) {
        return ngx_http_owncloud_refresh_sleep(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_refresh_locked(r, ctx);

    /* requests that wait for this one check for themselves */

    if (rc != NGX_OK) {
        ngx_http_owncloud_refresh_unlock(refresh);
    }

    switch (rc) {

    case NGX_OK:
        return ngx_http_owncloud_refresh_ask(r, ctx);

    case NGX_DECLINED:
        return refresh->next(r, ctx);

    case NGX_DONE:
        return refresh->holder->lost(r, ctx, NGX_HTTP_OWNCLOUD_LOST_ENDED);

    case NGX_ABORT:
        return ngx_http_owncloud_refresh_done(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/*
 * Decides what to do once the credential is locked.  NGX_OK: refresh it;
 * NGX_DECLINED: it has valid tokens; NGX_DONE: it has ended; NGX_ABORT: a
 * refresh has just failed, and ctx->call has its result.
 */

static ngx_int_t
ngx_http_owncloud_refresh_locked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_refresh_t     *refresh;
    ngx_http_owncloud_credential_t  *credential;

    refresh = ctx->refresh;
    credential = refresh->credential;

    rc = refresh->holder->newest(r, ctx, credential);

    if (rc == NGX_ERROR || rc == NGX_DONE) {
        return rc;
    }

    if (rc == NGX_OK
        && (refresh->refused || ngx_http_owncloud_credential_good(credential)))
    {
        return NGX_DECLINED;
    }

    if (credential->refresh.len == 0) {

        if (!refresh->refused && credential->expires > ngx_time()) {
            return NGX_DECLINED;
        }

        return (refresh->holder->expire(r, ctx, credential) == NGX_ERROR)
               ? NGX_ERROR : NGX_DONE;
    }

    return ngx_http_owncloud_refresh_failed_get(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_refresh_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_refresh_t  *refresh;

    refresh = ctx->refresh;

    if (!refresh->refused && refresh->credential->expires > ngx_time()) {
        return refresh->next(r, ctx);
    }

    refresh->poll = refresh->poll
                    ? ngx_min(2 * refresh->poll,
                              NGX_HTTP_OWNCLOUD_REFRESH_POLL_MAX)
                    : NGX_HTTP_OWNCLOUD_REFRESH_POLL;

    ctx->step = ngx_http_owncloud_refresh_begin;

    return ngx_http_owncloud_sleep(r, ctx, refresh->poll);
}


static ngx_int_t
ngx_http_owncloud_refresh_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_refresh_call(r, ctx, ctx->refresh->credential);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->complete = ngx_http_owncloud_refresh_complete;

    ctx->refresh->refreshed = 1;
    ctx->step = ngx_http_owncloud_refresh_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


/* called even if the client has aborted: new tokens must not be lost */

static void
ngx_http_owncloud_refresh_complete(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_http_owncloud_refresh_t       *refresh;
    const ngx_http_owncloud_holder_t  *holder;

    refresh = ctx->refresh;
    holder = refresh->holder;

    refresh->result = ngx_http_owncloud_refresh_result(r, ctx, call);

    switch (refresh->result) {

    case NGX_HTTP_OWNCLOUD_REFRESH_FAILED:
        ngx_http_owncloud_refresh_failed_put(r, ctx, call);
        break;

    case NGX_HTTP_OWNCLOUD_REFRESH_ENDED:

        /* another server may just have obtained new tokens */

        if (holder->expire(r, ctx, refresh->credential) == NGX_DECLINED
            && holder->newest(r, ctx, refresh->credential) == NGX_OK)
        {
            refresh->result = NGX_HTTP_OWNCLOUD_REFRESH_RENEWED;
        }

        break;

    default: /* NGX_HTTP_OWNCLOUD_REFRESH_RENEWED */
        break;
    }

    ngx_http_owncloud_refresh_unlock(refresh);
}


static ngx_uint_t
ngx_http_owncloud_refresh_result(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_str_t                        body;
    ngx_uint_t                       result;
    ngx_http_owncloud_refresh_t     *refresh;
    ngx_http_owncloud_credential_t  *renewed;

    refresh = ctx->refresh;

    renewed = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_credential_t));

    if (call->failure || renewed == NULL) {
        return NGX_HTTP_OWNCLOUD_REFRESH_FAILED;
    }

    ngx_http_owncloud_sink_text(call->sink, &body);

    result = ngx_http_owncloud_refresh_read(r->pool, call->status, &body,
                                            refresh->credential, renewed);

    switch (result) {

    case NGX_HTTP_OWNCLOUD_REFRESH_RENEWED:
        return ngx_http_owncloud_refresh_renewed(r, ctx, renewed);

    case NGX_HTTP_OWNCLOUD_REFRESH_ENDED:

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"%V\" ended a session: status %ui on refresh",
                      &ctx->issuer->id, call->status);

        return (refresh->holder->newest(r, ctx, refresh->credential) == NGX_OK)
               ? NGX_HTTP_OWNCLOUD_REFRESH_RENEWED
               : NGX_HTTP_OWNCLOUD_REFRESH_ENDED;

    default: /* NGX_HTTP_OWNCLOUD_REFRESH_FAILED */
        return result;
    }
}


static ngx_uint_t
ngx_http_owncloud_refresh_renewed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *renewed)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_refresh_t  *refresh;

    refresh = ctx->refresh;

    rc = refresh->holder->keep(r, ctx, renewed);

    if (rc == NGX_DONE
        && refresh->holder->newest(r, ctx, refresh->credential) == NGX_OK)
    {
        return NGX_HTTP_OWNCLOUD_REFRESH_RENEWED;
    }

    if (rc != NGX_OK) {

        if (rc == NGX_DONE) {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "\"%V\" refreshed the tokens, but the session has "
                          "ended", &ctx->issuer->id);
        }

        refresh->unused = renewed;

        return NGX_HTTP_OWNCLOUD_REFRESH_ENDED;
    }

    *refresh->credential = *renewed;

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%V\" refreshed the tokens, generation %ui",
                  &ctx->issuer->id, renewed->generation);

    return NGX_HTTP_OWNCLOUD_REFRESH_RENEWED;
}


static ngx_int_t
ngx_http_owncloud_refresh_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_refresh_t  *refresh;

    refresh = ctx->refresh;

    switch (refresh->result) {

    case NGX_HTTP_OWNCLOUD_REFRESH_RENEWED:
        return refresh->next(r, ctx);

    case NGX_HTTP_OWNCLOUD_REFRESH_ENDED:
        return refresh->holder->lost(r, ctx, NGX_HTTP_OWNCLOUD_LOST_ENDED);

    default: /* NGX_HTTP_OWNCLOUD_REFRESH_FAILED */

        if (!refresh->refused && refresh->credential->expires > ngx_time()) {

            ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                          "\"%V\" did not refresh the tokens ahead of time: "
                          "status %ui, failure %ui", &ctx->issuer->id,
                          ctx->call->status, ctx->call->failure);

            return refresh->next(r, ctx);
        }

        return refresh->holder->lost(r, ctx, NGX_HTTP_OWNCLOUD_LOST_FAILED);
    }
}
