
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_failure.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_signin.h"
#include "ngx_http_owncloud_zone.h"


static ngx_int_t ngx_http_owncloud_callback_find(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt);
static ngx_http_owncloud_issuer_t *ngx_http_owncloud_callback_issuer(
    ngx_http_request_t *r, ngx_str_t *id);
static ngx_int_t ngx_http_owncloud_callback_once(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt);
static ngx_int_t ngx_http_owncloud_callback_exchange(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *code);
static ngx_int_t ngx_http_owncloud_callback_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_callback_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t result,
    ngx_http_owncloud_oauth_tokens_t *tokens);
static ngx_int_t ngx_http_owncloud_callback_ask_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_callback_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_callback_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *format,
    ngx_str_t *detail);


ngx_int_t
ngx_http_owncloud_callback(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    u_char                        browser[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                     rc;
    ngx_str_t                    *state, *code, *error, *detail;
    ngx_http_owncloud_attempt_t   attempt;

    state = ngx_http_owncloud_form_get(ctx->fields, "state");
    code = ngx_http_owncloud_form_get(ctx->fields, "code");
    error = ngx_http_owncloud_form_get(ctx->fields, "error");
    detail = ngx_http_owncloud_form_get(ctx->fields, "error_description");

    /* what was read is a copy: from here on the log has no code to show */

    ngx_http_owncloud_request_redact(r, "code");

    rc = state ? ngx_http_owncloud_signin_attempt(r, state, &attempt)
               : NGX_DECLINED;

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_callback_find(r, ctx, &attempt);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "This sign-in is not known here. Please close this window "
                   "and begin again in the file picker.", NULL);
    }

    if (ngx_http_owncloud_signin_browser(ctx, browser) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ngx_http_owncloud_equal(browser, sizeof(browser), attempt.browser,
                                 sizeof(attempt.browser)))
    {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_FORBIDDEN,
                   "This sign-in was begun in another browser, or you have "
                   "signed in to Moodle anew since then. Please close this "
                   "window and begin again in the file picker.", NULL);
    }

    if (attempt.started + NGX_HTTP_OWNCLOUD_STATE_TIME <= ngx_time()) {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "This sign-in took too long and is no longer valid. Please "
                   "close this window and begin again in the file picker.",
                   NULL);
    }

    rc = ngx_http_owncloud_callback_once(r, &attempt);

    if (rc != NGX_OK) {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "This sign-in has been used already. Please close this "
                   "window and begin again in the file picker.", NULL);
    }

    if (error) {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_FORBIDDEN,
                   "%s did not let Moodle in. If you did not refuse it "
                   "yourself, please tell your administrator.",
                   detail ? detail : error);
    }

    if (code == NULL || code->len == 0) {
        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "%s sent you back without the code that Moodle needs. "
                   "Please close this window and begin again in the file "
                   "picker.", NULL);
    }

    return ngx_http_owncloud_callback_exchange(r, ctx, &attempt, code);
}


/* the repository that the attempt is for, and what we know of the client */

static ngx_int_t
ngx_http_owncloud_callback_find(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt)
{
    u_char                           buf[NGX_INT_T_LEN];
    ngx_str_t                        id;
    ngx_http_owncloud_loc_conf_t    *olcf;
    ngx_http_owncloud_repository_t  *repository;

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->issuer = ngx_http_owncloud_callback_issuer(r, &attempt->issuer);

    if (ctx->issuer == NULL) {
        return NGX_DECLINED;
    }

    if (attempt->repository) {

        id.data = buf;
        id.len = ngx_sprintf(buf, "%i", attempt->repository) - buf;

        repository = ngx_http_owncloud_request_repository(olcf, &id);

        if (repository == NULL || repository->issuer != ctx->issuer) {
            return NGX_DECLINED;
        }

        ctx->repository = repository;

    } else if (olcf->block) {

        ctx->repository = ngx_palloc(r->pool,
                                     sizeof(ngx_http_owncloud_repository_t));
        if (ctx->repository == NULL) {
            return NGX_ERROR;
        }

        *ctx->repository = *olcf->block;
        ctx->repository->issuer = ctx->issuer;

    } else {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_request_client(r, ctx);
}


static ngx_http_owncloud_issuer_t *
ngx_http_owncloud_callback_issuer(ngx_http_request_t *r, ngx_str_t *id)
{
    ngx_uint_t                       i;
    ngx_http_owncloud_issuer_t     **issuer;
    ngx_http_owncloud_main_conf_t   *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    issuer = omcf->issuers.elts;

    for (i = 0; i < omcf->issuers.nelts; i++) {

        if (issuer[i]->id.len == id->len
            && ngx_strncmp(issuer[i]->id.data, id->data, id->len) == 0)
        {
            return issuer[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_owncloud_callback_once(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                       part[2];
    ngx_http_owncloud_main_conf_t  *omcf;

    ngx_str_set(&part[0], "attempt");
    part[1].data = attempt->id;
    part[1].len = sizeof(attempt->id);

    if (ngx_http_owncloud_digest(key, part, 2) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_zone_take(omcf->zone, key,
                        attempt->started + NGX_HTTP_OWNCLOUD_STATE_TIME + 1);
}


static ngx_int_t
ngx_http_owncloud_callback_exchange(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *code)
{
    ngx_str_t                           value;
    ngx_http_owncloud_call_t           *call;
    ngx_http_owncloud_issuer_t         *issuer;
    ngx_http_owncloud_secret_t         *secret;
    ngx_http_owncloud_oauth_request_t   request;

    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");
    static ngx_str_t  accept = ngx_string("application/json");

    issuer = ctx->issuer;

    call = ngx_http_owncloud_call_create(r, &issuer->token, "POST");
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&request, sizeof(ngx_http_owncloud_oauth_request_t));

    request.client_id = issuer->client_id;
    request.verifier = attempt->verifier;

    secret = NULL;

    if (issuer->token_auth == NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY) {
        secret = &issuer->client_secret;

    } else {
        value.data = issuer->basic.data;
        value.len = issuer->basic.len;

        if (ngx_http_owncloud_call_header(call, "Authorization", &value)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);

    if (call->sink == NULL
        || ngx_http_owncloud_call_header(call, "Content-Type", &type) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Accept", &accept) != NGX_OK
        || ngx_http_owncloud_signin_redirect_uri(r, ctx,
                                                 &request.redirect_uri)
           != NGX_OK
        || ngx_http_owncloud_oauth_code_form(r->pool, &request, code, secret,
                                             &call->body)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_callback_exchanged;

    if (ngx_http_owncloud_call_start(r, ctx, call) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_owncloud_callback_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                              *code;
    ngx_str_t                          body, text;
    ngx_uint_t                         result;
    ngx_http_owncloud_call_t          *call;
    ngx_http_owncloud_session_t       *session;
    ngx_http_owncloud_oauth_tokens_t   tokens;

    call = ctx->call;

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (call->failure) {
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

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        return ngx_http_owncloud_callback_refused(r, ctx, result, &tokens);
    }

    session = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_session_t));
    if (session == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    session->access = tokens.access;
    session->refresh = tokens.refresh;
    session->expires = ngx_time() + tokens.expires_in;
    session->generation = 1;

    ctx->flow = session;

    if (tokens.user.len == 0) {
        return ngx_http_owncloud_callback_ask_user(r, ctx);
    }

    session->user = tokens.user;

    if (ngx_http_owncloud_session_create(r, ctx, session) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_signed_in(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_callback_refused(ngx_http_request_t *r,
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
        format = "%s does not accept this sign-in any more. Please close this "
                 "window and begin again in the file picker.";
        break;

    case NGX_HTTP_OWNCLOUD_OAUTH_CLIENT:
        format = "%s does not know this Moodle: the client id or its secret "
                 "is wrong. Please tell your administrator.";
        break;

    case NGX_HTTP_OWNCLOUD_OAUTH_BUSY:
        format = "%s is too busy or under maintenance at the moment. Please "
                 "wait a few minutes and begin again in the file picker.";
        break;

    default:
        format = "%s did not answer the way Moodle expects. Please tell your "
                 "administrator.";
    }

    return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_GATEWAY,
                                           format, detail);
}


static ngx_int_t
ngx_http_owncloud_callback_ask_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_session_t  *session;

    static ngx_str_t  yes = ngx_string("true");

    session = ctx->flow;

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

    ctx->step = ngx_http_owncloud_callback_user;

    if (ngx_http_owncloud_call_start(r, ctx, call) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_owncloud_callback_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                            *code;
    ngx_int_t                        rc;
    ngx_str_t                        body, text;
    ngx_http_owncloud_session_t     *session;
    ngx_http_owncloud_json_field_t   field;

    session = ctx->flow;

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        ngx_str_null(&body);
        return ngx_http_owncloud_answer_page(r, ctx, NGX_HTTP_BAD_GATEWAY,
                                             "Sign-in failed", &text, &body);
    }

    ngx_http_owncloud_sink_text(ctx->call->sink, &body);

    ngx_memzero(&field, sizeof(ngx_http_owncloud_json_field_t));
    field.path = ctx->issuer->user_name;

    rc = ngx_http_owncloud_json_read(r->pool, &body, &field, 1);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED || field.value.len == 0
        || field.value.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "no \"%V\" in the userinfo of \"%V\"",
                      &ctx->issuer->user_name, &ctx->issuer->id);

        return ngx_http_owncloud_callback_page(r, ctx, NGX_HTTP_BAD_GATEWAY,
                   "%s did not say who you are there. Please tell your "
                   "administrator.", NULL);
    }

    session->user = field.value;

    if (ngx_http_owncloud_session_create(r, ctx, session) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_signed_in(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_callback_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *format,
    ngx_str_t *detail)
{
    ngx_str_t  text, none;

    ngx_str_null(&none);

    if (ctx->issuer) {

        if (ngx_http_owncloud_failure_text(r, ctx, format, &text) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } else {
        text.data = (u_char *) format;
        text.len = ngx_strlen(format);
    }

    return ngx_http_owncloud_answer_page(r, ctx, status, "Sign-in failed",
                                         &text, detail ? detail : &none);
}
