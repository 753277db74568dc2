
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"


static ngx_int_t ngx_http_owncloud_account_holder_newest(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *credential);
static ngx_int_t ngx_http_owncloud_account_holder_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *credential);
static ngx_int_t ngx_http_owncloud_account_holder_expire(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *credential);
static ngx_int_t ngx_http_owncloud_account_holder_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_fd_t *fd);
static ngx_int_t ngx_http_owncloud_account_holder_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t why);


const ngx_http_owncloud_holder_t  ngx_http_owncloud_account_holder = {
    " of the system account",
    ngx_http_owncloud_account_holder_newest,
    ngx_http_owncloud_account_holder_keep,
    ngx_http_owncloud_account_holder_expire,
    ngx_http_owncloud_account_holder_lock,
    ngx_http_owncloud_account_holder_lost
};


static ngx_int_t
ngx_http_owncloud_account_holder_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *credential)
{
    ngx_http_owncloud_account_env_t  env;

    ngx_http_owncloud_account_env(r, ctx, &env);

    return ngx_http_owncloud_account_newest(&env, credential);
}


static ngx_int_t
ngx_http_owncloud_account_holder_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *credential)
{
    ngx_http_owncloud_account_env_t  env;

    ngx_http_owncloud_account_env(r, ctx, &env);

    return ngx_http_owncloud_account_replace(&env, credential);
}


static ngx_int_t
ngx_http_owncloud_account_holder_expire(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *credential)
{
    ngx_http_owncloud_account_env_t  env;

    ngx_http_owncloud_account_env(r, ctx, &env);

    return ngx_http_owncloud_account_expire(&env, credential);
}


/* another instance of nginx does not share the zone */

static ngx_int_t
ngx_http_owncloud_account_holder_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_fd_t *fd)
{
    ngx_http_owncloud_account_env_t  env;

    ngx_http_owncloud_account_env(r, ctx, &env);

    return ngx_http_owncloud_account_lock(&env, fd);
}


static ngx_int_t
ngx_http_owncloud_account_holder_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t why)
{
    switch (why) {

    case NGX_HTTP_OWNCLOUD_LOST_REFUSED:
        return ngx_http_owncloud_account_failed(r, ctx, "accountrefused",
                   "%s did not accept the sign-in of Moodle's system account. "
                   "Please tell your administrator.");

    case NGX_HTTP_OWNCLOUD_LOST_FAILED:
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" did not refresh the tokens of the system "
                      "account: status %ui, failure %ui", &ctx->issuer->id,
                      ctx->call->status, ctx->call->failure);

        return ngx_http_owncloud_account_failed(r, ctx, "accountunavailable",
                   "%s is not available to Moodle's system account at the "
                   "moment. Please try again in a few minutes.");

    default: /* NGX_HTTP_OWNCLOUD_LOST_ENDED */
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" no longer accepts the tokens of the system "
                      "account: connect \"%V\" again", &ctx->issuer->id,
                      &ctx->account->credential->user);

        return ngx_http_owncloud_account_lost(r, ctx);
    }
}
