
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_token.h"


/*
 * Tokens are renewed some time before their end, so that a call that is on
 * its way for a while does not come too late; short ones are used longer.
 */
#define NGX_HTTP_OWNCLOUD_TOKEN_AHEAD  60          /* seconds, but no more */
#define NGX_HTTP_OWNCLOUD_TOKEN_PART   10          /* than this part of them */

#define NGX_HTTP_OWNCLOUD_TOKEN_TRIES  3


ngx_int_t
ngx_http_owncloud_token(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_token_t  *token;

    rc = ctx->session ? NGX_OK : ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_signin(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_token_good(ctx->session)) {
        return next(r, ctx);
    }

    token = ngx_http_owncloud_token_create(r, ctx);
    if (token == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    token->next = next;

    return ngx_http_owncloud_refresh(r, ctx);
}


ngx_int_t
ngx_http_owncloud_token_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_token_t  *token;

    token = ngx_http_owncloud_token_create(r, ctx);
    if (token == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    token->next = next;
    token->refused = 1;

    /* it may have been replaced while it was on its way */

    rc = ngx_http_owncloud_session_newer(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DONE) {
        return ngx_http_owncloud_token_ended(r, ctx);
    }

    if (++token->tries < NGX_HTTP_OWNCLOUD_TOKEN_TRIES) {

        if (rc == NGX_OK) {
            return next(r, ctx);
        }

        if (!token->refreshed) {
            return ngx_http_owncloud_refresh(r, ctx);
        }
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%V\" does not accept tokens that it has just given",
                  &ctx->issuer->id);

    if (ctx->session->account) {
        return ngx_http_owncloud_account_failed(r, ctx, "accountrefused",
                   "%s does not let the account that keeps such files do "
                   "this. Please tell your administrator.");
    }

    if (ngx_http_owncloud_session_expire(r, ctx) == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_token_ended(r, ctx);
}


ngx_http_owncloud_token_t *
ngx_http_owncloud_token_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_cleanup_t         *cln;
    ngx_http_owncloud_token_t  *token;

    if (ctx->token) {
        return ctx->token;
    }

    token = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_token_t));
    if (token == NULL) {
        return NULL;
    }

    token->request = r;
    token->file = NGX_INVALID_FILE;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_refresh_unlock;
    cln->data = token;

    ctx->token = token;

    return token;
}


ngx_uint_t
ngx_http_owncloud_token_good(ngx_http_owncloud_credential_t *session)
{
    time_t  ahead;

    ahead = (session->expires - session->issued)
            / NGX_HTTP_OWNCLOUD_TOKEN_PART;

    ahead = ngx_min(ahead, NGX_HTTP_OWNCLOUD_TOKEN_AHEAD);

    return session->expires - ngx_max(ahead, 0) > ngx_time();
}


ngx_int_t
ngx_http_owncloud_token_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    if (ctx->session->account) {
        return ngx_http_owncloud_account_lost(r, ctx);
    }

    /*
     * It has its end in the zone.  The cookie is not taken away: by now the
     * browser may have that of newer tokens, which another machine got, or of
     * a new sign-in.
     */

    ctx->session = NULL;

    return ngx_http_owncloud_signin(r, ctx);
}
