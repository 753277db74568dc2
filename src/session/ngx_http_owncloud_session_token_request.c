
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_session_token_request.h"


static ngx_http_owncloud_secret_t *ngx_http_owncloud_token_request_secret(
    ngx_http_owncloud_issuer_t *issuer);


ngx_http_owncloud_call_t *
ngx_http_owncloud_token_request(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_secret_t **secret)
{
    ngx_str_t                  value;
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");
    static ngx_str_t  accept = ngx_string("application/json");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->token, "POST");
    if (call == NULL) {
        return NULL;
    }

    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);

    *secret = ngx_http_owncloud_token_request_secret(ctx->issuer);

    value.data = ctx->issuer->basic.data;
    value.len = ctx->issuer->basic.len;

    if (call->sink == NULL
        || (*secret == NULL
            && ngx_http_owncloud_call_header(call, "Authorization", &value)
               != NGX_OK)
        || ngx_http_owncloud_call_header(call, "Content-Type", &type) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Accept", &accept) != NGX_OK)
    {
        return NULL;
    }

    return call;
}


/* HTTP Basic, unless the server expects the secret in the body */

static ngx_http_owncloud_secret_t *
ngx_http_owncloud_token_request_secret(ngx_http_owncloud_issuer_t *issuer)
{
    return (issuer->token_auth == NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY)
           ? &issuer->client_secret : NULL;
}


ngx_int_t
ngx_http_owncloud_refresh_form(ngx_pool_t *pool,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *form)
{
    return ngx_http_owncloud_oauth_refresh_form(pool, &issuer->client_id,
                           &credential->refresh,
                           ngx_http_owncloud_token_request_secret(issuer),
                           form);
}


ngx_uint_t
ngx_http_owncloud_refresh_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *renewed)
{
    ngx_uint_t                        result;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    if (ngx_http_owncloud_oauth_answer(pool, status, body, &tokens, &result)
        != NGX_OK)
    {
        return NGX_HTTP_OWNCLOUD_REFRESH_FAILED;
    }

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {

        /* servers differ in the error, but the refresh token is refused */

        return (status == 400 || status == 401 || status == 403)
               ? NGX_HTTP_OWNCLOUD_REFRESH_ENDED
               : NGX_HTTP_OWNCLOUD_REFRESH_FAILED;
    }

    *renewed = *credential;

    renewed->generation++;
    renewed->issued = ngx_time();
    renewed->expires = renewed->issued + tokens.expires_in;
    renewed->access = tokens.access;

    /* the server may keep the old refresh token valid (RFC 6749, 6) */

    if (tokens.refresh.len) {
        renewed->refresh = tokens.refresh;
    }

    return NGX_HTTP_OWNCLOUD_REFRESH_RENEWED;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_refresh_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *credential)
{
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_secret_t  *secret;

    call = ngx_http_owncloud_token_request(r, ctx, &secret);

    if (call == NULL
        || ngx_http_owncloud_refresh_form(r->pool, ctx->issuer, credential,
                                          &call->body)
           != NGX_OK)
    {
        return NULL;
    }

    call->persistent = 1;
    call->duration = ngx_http_owncloud_refresh_duration(ctx->issuer);

    return call;
}


ngx_msec_t
ngx_http_owncloud_refresh_duration(ngx_http_owncloud_issuer_t *issuer)
{
    return issuer->connect_timeout + issuer->send_timeout
           + issuer->read_timeout;
}
