
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"


static ngx_int_t ngx_http_owncloud_account_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);
static ngx_int_t ngx_http_owncloud_account_tokens(ngx_http_request_t *r,
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
                   "There is no system account at %s to store this file. "
                   "Please tell your administrator, or choose another "
                   "option.");
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

    if (account->credential == NULL) {

        account->credential = ngx_pcalloc(r->pool,
                                       sizeof(ngx_http_owncloud_credential_t));
        if (account->credential == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ngx_http_owncloud_account_env(r, ctx, &env);

        rc = ngx_http_owncloud_account_load(&env, account->credential,
                                            &connected);

        switch (rc) {

        case NGX_OK:
            ngx_http_owncloud_account_write_again(&env, account->credential);
            break;

        case NGX_DECLINED:
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "no system account of \"%V\" is connected: open the "
                          "page of \"owncloud_connect\"", &ctx->issuer->id);

            /* fall through */

        case NGX_ABORT:
        case NGX_DONE:
            account->credential = NULL;

            return ngx_http_owncloud_account_lost(r, ctx);

        default: /* NGX_ERROR */
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_owncloud_refresh(r, ctx, &ngx_http_owncloud_account_holder,
                                     account->credential, account->next);
}


ngx_int_t
ngx_http_owncloud_account_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed)
{
    if (ngx_http_owncloud_account_begin(r, ctx, next, failed) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->account->credential == NULL) {
        return ngx_http_owncloud_account_password_refused(r, ctx);
    }

    return ngx_http_owncloud_refresh_refused(r, ctx,
                                             &ngx_http_owncloud_account_holder,
                                             ctx->account->credential, next);
}
