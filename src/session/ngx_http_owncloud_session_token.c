
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_token.h"


static ngx_int_t ngx_http_owncloud_token_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t why);
static ngx_int_t ngx_http_owncloud_token_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_token_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


const ngx_http_owncloud_holder_t  ngx_http_owncloud_session_holder = {
    "",
    ngx_http_owncloud_session_newest,
    ngx_http_owncloud_session_keep,
    ngx_http_owncloud_session_expire,
    NULL,                                  /* the zone's lock is enough */
    ngx_http_owncloud_token_lost
};


ngx_int_t
ngx_http_owncloud_token(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t  rc;

    rc = ctx->session ? NGX_OK : ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_signin(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_refresh(r, ctx, &ngx_http_owncloud_session_holder,
                                     ctx->session, next);
}


ngx_int_t
ngx_http_owncloud_token_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    return ngx_http_owncloud_refresh_refused(r, ctx,
                                             &ngx_http_owncloud_session_holder,
                                             ctx->session, next);
}


static ngx_int_t
ngx_http_owncloud_token_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t why)
{
    switch (why) {

    case NGX_HTTP_OWNCLOUD_LOST_FAILED:
        return ngx_http_owncloud_token_failed(r, ctx);

    case NGX_HTTP_OWNCLOUD_LOST_REFUSED:

        if (ngx_http_owncloud_session_expire(r, ctx, ctx->session)
            == NGX_ERROR)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        /* fall through */

    default: /* NGX_HTTP_OWNCLOUD_LOST_ENDED */
        return ngx_http_owncloud_token_ended(r, ctx);
    }
}


/*
 * The zone has the end of the session.  The cookie is not removed: meanwhile
 * the browser may have that of newer tokens, obtained by another server, or of
 * a new sign-in.
 */

static ngx_int_t
ngx_http_owncloud_token_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_credential_t  *unused;

    ctx->session = NULL;

    unused = ctx->refresh->unused;

    /* tokens obtained after a logout */

    if (unused) {
        return ngx_http_owncloud_revoke(r, ctx,
                                        &ngx_http_owncloud_session_holder,
                                        unused, ngx_http_owncloud_signin);
    }

    return ngx_http_owncloud_signin(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_token_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    if (call->failure || call->status == 429 || call->status >= 500) {

        if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloudunexpected from \"%V\" for a refresh: status %ui",
                  &ctx->issuer->id, call->status);

    if (ngx_http_owncloud_failure_text(r, ctx,
            "%s sent an unexpected response when your sign-in was refreshed. "
            "Please try again in a minute. If the problem persists, tell your "
            "administrator.", &text)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, "cloudunexpected");
}
