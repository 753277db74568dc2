
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_zone.h"


/* how often a file that could not be written is tried again, seconds */
#define NGX_HTTP_OWNCLOUD_ACCOUNT_WRITE_AGAIN  60


static ngx_int_t ngx_http_owncloud_account_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);
static ngx_int_t ngx_http_owncloud_account_tokens(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static void ngx_http_owncloud_account_write_again(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session);
static void ngx_http_owncloud_account_swap(ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_account_ready(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_account(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_step_pt next, ngx_http_owncloud_step_pt failed)
{
    if (ngx_http_owncloud_account_begin(r, ctx, next, failed) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    switch (ctx->issuer->account) {

    case NGX_HTTP_OWNCLOUD_ACCOUNT_PASSWORD:
        return ngx_http_owncloud_account_identify(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH:
        return ngx_http_owncloud_account_tokens(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_ACCOUNT_NONE */
        return ngx_http_owncloud_account_failed(r, ctx, "accountmissing",
                   "There is no account at %s that could keep such files. "
                   "Please tell your administrator, or choose another way.");
    }
}


static ngx_int_t
ngx_http_owncloud_account_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed)
{
    if (ctx->account == NULL) {

        ctx->account = ngx_pcalloc(r->pool,
                                   sizeof(ngx_http_owncloud_account_t));
        if (ctx->account == NULL) {
            return NGX_ERROR;
        }
    }

    ctx->account->next = next;
    ctx->account->failed = failed;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_account_tokens(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    time_t                           connected;
    ngx_int_t                        rc;
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_account_t     *account;

    account = ctx->account;

    if (account->session == NULL) {

        account->session = ngx_pcalloc(r->pool,
                                       sizeof(ngx_http_owncloud_credential_t));
        if (account->session == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ngx_http_owncloud_account_env(r, ctx, &env);

        rc = ngx_http_owncloud_account_load(&env, account->session,
                                            &connected);

        switch (rc) {

        case NGX_OK:
            ngx_http_owncloud_account_write_again(&env, account->session);
            break;

        case NGX_DECLINED:
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "no system account of \"%V\" is connected: open the "
                          "location of \"owncloud_connect\"",
                          &ctx->issuer->id);

            /* fall through */

        case NGX_ABORT:
        case NGX_DONE:
            account->session = NULL;

            return ngx_http_owncloud_account_lost(r, ctx);

        default: /* NGX_ERROR */
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (ngx_http_owncloud_token_good(account->session)) {
        return account->next(r, ctx);
    }

    ngx_http_owncloud_account_swap(ctx);

    if (ngx_http_owncloud_token_create(r, ctx) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->token->next = ngx_http_owncloud_account_ready;

    return ngx_http_owncloud_refresh(r, ctx);
}


/* what the file could not take a while ago it may take now */

static void
ngx_http_owncloud_account_write_again(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    time_t                          connected;
    ngx_fd_t                        fd;
    ngx_http_owncloud_credential_t  old;

    if (ngx_http_owncloud_account_read(env, &old, &connected) != NGX_OK
        || old.generation >= session->generation)
    {
        return;
    }

    if (ngx_http_owncloud_digest_of(key, "account again", &env->issuer->id)
        != NGX_OK
        || ngx_http_owncloud_zone_take(env->omcf->zone,
                             NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                            ngx_time() + NGX_HTTP_OWNCLOUD_ACCOUNT_WRITE_AGAIN)
           != NGX_OK)
    {
        return;
    }

    /* somebody may be connecting another account */

    if (ngx_http_owncloud_account_lock(env, &fd) != NGX_OK) {
        return;
    }

    (void) ngx_http_owncloud_account_replace(env, session);

    ngx_http_owncloud_account_unlock(&fd);
}


ngx_int_t
ngx_http_owncloud_account_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed)
{
    if (ngx_http_owncloud_account_begin(r, ctx, next, failed) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->account->session == NULL) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" does not accept the password of the system "
                      "account \"%V\"", &ctx->issuer->id,
                      &ctx->issuer->account_user);

        return ngx_http_owncloud_account_failed(r, ctx, "accountrefused",
                   "%s does not let in the account that keeps such files. "
                   "The administrator has to set its password anew.");
    }

    ngx_http_owncloud_account_swap(ctx);

    return ngx_http_owncloud_token_refused(r, ctx,
                                           ngx_http_owncloud_account_ready);
}


/*
 * While its tokens are renewed, the account's session is the one in ctx: all
 * that is done for users then goes for it as well.
 */

static void
ngx_http_owncloud_account_swap(ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_account_t  *account;

    account = ctx->account;

    if (!account->swapped) {
        account->swapped = 1;

        account->user_session = ctx->session;
        account->user_token = ctx->token;

        ctx->session = account->session;
        ctx->token = account->token;

        return;
    }

    account->swapped = 0;

    account->session = ctx->session;
    account->token = ctx->token;

    ctx->session = account->user_session;
    ctx->token = account->user_token;
}


static ngx_int_t
ngx_http_owncloud_account_ready(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_account_swap(ctx);

    return ctx->account->next(r, ctx);
}


ngx_int_t
ngx_http_owncloud_account_newer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    time_t                           connected;
    ngx_int_t                        rc;
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_credential_t  *session, newer;

    session = ctx->session;

    ngx_http_owncloud_account_env(r, ctx, &env);

    rc = ngx_http_owncloud_account_load(&env, &newer, &connected);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    /* with a file that is not there any more it is over */

    if (rc == NGX_DONE || rc == NGX_DECLINED) {
        return NGX_DONE;
    }

    if (rc != NGX_OK
        || (newer.generation == session->generation
            && ngx_memcmp(newer.id, session->id, sizeof(newer.id)) == 0))
    {
        return NGX_DECLINED;
    }

    *session = newer;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_account_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_http_owncloud_account_env_t  env;

    ngx_http_owncloud_account_env(r, ctx, &env);

    return ngx_http_owncloud_account_replace(&env, session);
}


ngx_int_t
ngx_http_owncloud_account_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_account_t  *account;

    account = ctx->account;

    if (account->swapped) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "the system account of \"%V\" is lost: \"%V\" has to be "
                      "connected again", &ctx->issuer->id,
                      &ctx->session->user);
    }

    return ngx_http_owncloud_account_failed(r, ctx, "accountlost",
               "The account at %s that keeps such files is not connected any "
               "more. The administrator has to reconnect it.");
}


ngx_int_t
ngx_http_owncloud_account_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *text)
{
    ngx_str_t                     message;
    ngx_http_owncloud_account_t  *account;

    account = ctx->account;

    if (account->swapped) {
        ngx_http_owncloud_account_swap(ctx);
    }

    account->code = code;
    account->text = text;

    if (account->failed) {
        return account->failed(r, ctx);
    }

    if (ngx_http_owncloud_failure_text(r, ctx, text, &message) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &message, code);
}


ngx_str_t *
ngx_http_owncloud_account_user(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->account && ctx->account->session)
           ? &ctx->account->session->user : &ctx->issuer->account_user;
}


ngx_int_t
ngx_http_owncloud_account_authorize(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_uint_t as)
{
    ngx_str_t  value;

    if (as == NGX_HTTP_OWNCLOUD_AS_USER) {
        return ngx_http_owncloud_call_bearer(r, call, &ctx->session->access);
    }

    if (ctx->account->session) {
        return ngx_http_owncloud_call_bearer(r, call,
                                             &ctx->account->session->access);
    }

    value.data = ctx->issuer->account_basic.data;
    value.len = ctx->issuer->account_basic.len;

    return ngx_http_owncloud_call_header(call, "Authorization", &value);
}
