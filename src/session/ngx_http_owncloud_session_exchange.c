
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_token_request.h"


typedef struct {
    ngx_http_owncloud_attempt_t     attempt;
    ngx_http_owncloud_credential_t  session;
} ngx_http_owncloud_exchange_t;


static ngx_int_t ngx_http_owncloud_exchange_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_exchange_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t result,
    ngx_http_owncloud_oauth_tokens_t *tokens);
static ngx_int_t ngx_http_owncloud_exchange_ask_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_exchange_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_exchange_session(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);


ngx_int_t
ngx_http_owncloud_exchange(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *code)
{
    ngx_http_owncloud_call_t           *call;
    ngx_http_owncloud_secret_t         *secret;
    ngx_http_owncloud_exchange_t       *exchange;
    ngx_http_owncloud_oauth_request_t   request;

    exchange = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_exchange_t));
    if (exchange == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    exchange->attempt = *attempt;
    ctx->flow = exchange;

    call = ngx_http_owncloud_token_request(r, ctx, &secret);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&request, sizeof(ngx_http_owncloud_oauth_request_t));

    request.client_id = ctx->issuer->client_id;
    request.verifier = attempt->verifier;

    if (ngx_http_owncloud_signin_redirect_uri(r, ctx, &request.redirect_uri)
        != NGX_OK
        || ngx_http_owncloud_oauth_code_form(r->pool, &request, code, secret,
                                             &call->body)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_exchange_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_exchange_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                              *code;
    ngx_str_t                          body, text;
    ngx_uint_t                         result;
    ngx_http_owncloud_call_t          *call;
    ngx_http_owncloud_credential_t    *session;
    ngx_http_owncloud_exchange_t      *exchange;
    ngx_http_owncloud_oauth_tokens_t   tokens;

    call = ctx->call;
    exchange = ctx->flow;

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (call->failure) {
        ngx_http_owncloud_attempt_good(r, &exchange->attempt);

        ngx_str_null(&body);
        return ngx_http_owncloud_answer_page(r, ctx, NGX_HTTP_BAD_GATEWAY,
                                             "Sign-in failed", &text, &body);
    }

    ngx_http_owncloud_sink_text(call->sink, &body);

    if (ngx_http_owncloud_oauth_answer(r->pool, call->status, &body, &tokens,
                                       &result)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* count the attempt only if the code or the client was refused */

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GRANT
        && result != NGX_HTTP_OWNCLOUD_OAUTH_CLIENT)
    {
        ngx_http_owncloud_attempt_good(r, &exchange->attempt);
    }

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        return ngx_http_owncloud_exchange_refused(r, ctx, result, &tokens);
    }

    session = &exchange->session;

    session->access = tokens.access;
    session->refresh = tokens.refresh;
    session->issued = ngx_time();
    session->expires = session->issued + tokens.expires_in;
    session->generation = 1;

    if (tokens.user.len == 0) {
        return ngx_http_owncloud_exchange_ask_user(r, ctx);
    }

    session->user = tokens.user;

    return ngx_http_owncloud_exchange_session(r, ctx, session);
}


static ngx_int_t
ngx_http_owncloud_exchange_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t result,
    ngx_http_owncloud_oauth_tokens_t *tokens)
{
    char       *format;
    ngx_str_t  *detail;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%V\" refused the sign-in: status %ui, result %ui",
                  &ctx->issuer->id, ctx->call->status, result);

    detail = tokens->description.len ? &tokens->description : &tokens->error;

    switch (result) {

    case NGX_HTTP_OWNCLOUD_OAUTH_GRANT:
        format = "%s did not accept this sign-in. Please close this window "
                 "and start again in the file picker.";
        break;

    case NGX_HTTP_OWNCLOUD_OAUTH_CLIENT:
        format = "%s does not know this Moodle: the client id or its secret "
                 "is wrong. Please tell your administrator.";
        break;

    case NGX_HTTP_OWNCLOUD_OAUTH_BUSY:
        format = "%s is too busy or in maintenance at the moment. Please wait "
                 "a few minutes, then start again in the file picker.";
        break;

    default:
        format = "%s did not respond as Moodle expects. Please tell your "
                 "administrator.";
    }

    return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_BAD_GATEWAY,
                                           format, detail);
}


static ngx_int_t
ngx_http_owncloud_exchange_ask_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_credential_t  *session;

    static ngx_str_t  yes = ngx_string("true");

    session = &((ngx_http_owncloud_exchange_t *) ctx->flow)->session;

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->userinfo, "GET");
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->replayable = 1;
    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);

    if (call->sink == NULL
        || ngx_http_owncloud_call_bearer(r, call, &session->access) != NGX_OK
        || ngx_http_owncloud_call_header(call, "OCS-APIRequest", &yes)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_exchange_user;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_exchange_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                            *code;
    ngx_int_t                        rc;
    ngx_str_t                        body, text;
    ngx_http_owncloud_credential_t  *session;

    session = &((ngx_http_owncloud_exchange_t *) ctx->flow)->session;

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        ngx_str_null(&body);
        return ngx_http_owncloud_answer_page(r, ctx, NGX_HTTP_BAD_GATEWAY,
                                             "Sign-in failed", &text, &body);
    }

    ngx_http_owncloud_sink_text(ctx->call->sink, &body);

    rc = ngx_http_owncloud_info_user(r->pool, &body, &ctx->issuer->user_name,
                                     NGX_HTTP_OWNCLOUD_NAME_SIZE,
                                     &session->user);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "no \"%V\" in the userinfo of \"%V\"",
                      &ctx->issuer->user_name, &ctx->issuer->id);

        return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_BAD_GATEWAY,
                   "%s did not say who you are. Please tell your "
                   "administrator.", NULL);
    }

    return ngx_http_owncloud_exchange_session(r, ctx, session);
}


static ngx_int_t
ngx_http_owncloud_exchange_session(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t                       rc;
    ngx_str_t                      *target;
    ngx_http_owncloud_exchange_t   *exchange;
    ngx_http_owncloud_purpose_t    *purpose;
    ngx_http_owncloud_main_conf_t  *omcf;

    exchange = ctx->flow;
    target = &exchange->attempt.target;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);
    purpose = &omcf->purposes[exchange->attempt.purpose];

    if (purpose->exchanged) {
        return purpose->exchanged(r, ctx, session, target);
    }

    rc = ngx_http_owncloud_session_create(r, ctx, session);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_BAD_GATEWAY,
                   "The tokens of %s are too large for a browser's cookies. "
                   "Please tell your administrator.", NULL);
    }

    return (rc == NGX_OK) ? purpose->signed_in(r, ctx, target)
                          : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


ngx_int_t
ngx_http_owncloud_exchange_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target)
{
    return ngx_http_owncloud_answer_signed_in(r, ctx, &ctx->session->user);
}
