
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"


ngx_str_t *
ngx_http_owncloud_account_user(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->account && ctx->account->credential)
           ? &ctx->account->credential->user : &ctx->issuer->account_user;
}


ngx_str_t *
ngx_http_owncloud_account_id(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->account && ctx->account->id.len)
           ? &ctx->account->id : ngx_http_owncloud_account_user(ctx);
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

    if (ctx->account->credential) {
        return ngx_http_owncloud_call_bearer(r, call,
                                             &ctx->account->credential->access);
    }

    value.data = ctx->issuer->account_basic.data;
    value.len = ctx->issuer->account_basic.len;

    return ngx_http_owncloud_call_header(call, "Authorization", &value);
}
