
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_token_request.h"


static ngx_int_t ngx_http_owncloud_token_request_client(
    ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_secret_t **secret);


ngx_http_owncloud_call_t *
ngx_http_owncloud_token_request(ngx_http_request_t *r,
                                ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_secret_t **secret)
{
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");
    static ngx_str_t  accept = ngx_string("application/json");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->token, "POST");
    if (call == NULL) {
        return NULL;
    }

    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);

    if (call->sink == NULL
        || ngx_http_owncloud_token_request_client(ctx, call, secret) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Content-Type", &type) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Accept", &accept) != NGX_OK)
    {
        return NULL;
    }

    return call;
}


/* HTTP Basic, unless the server is to have the secret in the form */

static ngx_int_t
ngx_http_owncloud_token_request_client(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_secret_t **secret)
{
    ngx_str_t  value;

    if (ctx->issuer->token_auth == NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY) {
        *secret = &ctx->issuer->client_secret;
        return NGX_OK;
    }

    *secret = NULL;

    value.data = ctx->issuer->basic.data;
    value.len = ctx->issuer->basic.len;

    return ngx_http_owncloud_call_header(call, "Authorization", &value);
}
