
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_signin.h"


static ngx_int_t ngx_http_owncloud_signin_again(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_signin(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                       url, text;
    ngx_http_owncloud_attempt_t     attempt;
    ngx_http_owncloud_purpose_t    *purpose;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ctx->moodle_session.len == 0) {

        /* there is nothing to bind the attempt to */

        ngx_str_set(&text, "Your browser sends no session cookie, so you "
                           "cannot sign in. Please allow cookies and reload "
                           "the page.");

        return ngx_http_owncloud_answer_error(r, ctx, &text, "nosession");
    }

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD
        || ctx->action == NGX_HTTP_OWNCLOUD_ACTION_LINK)
    {
        return ngx_http_owncloud_signin_again(r, ctx);
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);
    purpose = &omcf->purposes[ctx->purpose];

    attempt.purpose = ctx->purpose;
    attempt.user = ctx->moodle_user;
    ngx_str_null(&attempt.target);

    if (purpose->target && purpose->target(r, ctx, &attempt.target) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (purpose->browser(r, ctx, attempt.browser) != NGX_OK
        || ngx_http_owncloud_signin_url(r, ctx, &attempt, &url) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_login(r, ctx, &url);
}


/*
 * When a file was chosen, the picker reads only "error" and takes any other
 * response for the file: it would close and put "undefined" into the form.
 */

static ngx_int_t
ngx_http_owncloud_signin_again(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char       *code;
    ngx_str_t   text;

    code = "notsignedin";

    if (ngx_http_owncloud_failure_text(r, ctx,
            "You are no longer signed in to %s. Nothing was done. Please "
            "reload the list of files, sign in and choose the file again.",
            &text)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, code);
}


ngx_int_t
ngx_http_owncloud_signin_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *url)
{
    ngx_http_owncloud_oauth_request_t  request;

    attempt->started = ngx_time();
    attempt->repository = ctx->repository->id;
    attempt->issuer = ctx->issuer->id;

    if (ngx_http_owncloud_random(attempt->id, sizeof(attempt->id)) != NGX_OK
        || ngx_http_owncloud_oauth_verifier(attempt->verifier) != NGX_OK
        || ngx_http_owncloud_signin_authorities(ctx->issuer,
                                                attempt->authorities)
           != NGX_OK
        || ngx_http_owncloud_attempt_seal(r, attempt, &request.state)
           != NGX_OK
        || ngx_http_owncloud_signin_redirect_uri(r, ctx,
                                                 &request.redirect_uri)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    request.client_id = ctx->issuer->client_id;
    request.scope = ctx->issuer->scope;
    request.verifier = attempt->verifier;

    return ngx_http_owncloud_oauth_authorize_url(r->pool,
                                          &ctx->issuer->authorization.url,
                                          &request, url);
}


ngx_int_t
ngx_http_owncloud_signin_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest)
{
    return ngx_http_owncloud_digest_of(digest, "browser",
                                       &ctx->moodle_session, &ctx->origin);
}


ngx_int_t
ngx_http_owncloud_signin_authorities(ngx_http_owncloud_issuer_t *issuer,
    u_char *digest)
{
    return ngx_http_owncloud_digest_of(digest, "authorities",
                                       &issuer->authorities);
}


ngx_int_t
ngx_http_owncloud_signin_redirect_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *uri)
{
    ngx_str_t  *path;

    path = &ctx->repository->callback;

    uri->len = ctx->origin.len + path->len;
    uri->data = ngx_pnalloc(r->pool, uri->len);
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ngx_cpymem(uri->data, ctx->origin.data, ctx->origin.len),
               path->data, path->len);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_signin_failed(ngx_http_request_t *r,
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
