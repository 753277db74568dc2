
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_signin.h"


#define NGX_HTTP_OWNCLOUD_STATE_VERSION  4

#define NGX_HTTP_OWNCLOUD_STATE_FIXED                                         \
    (2 + 16 + NGX_HTTP_OWNCLOUD_VERIFIER_LEN                                  \
     + 2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN + 2 * sizeof(uint64_t))


static ngx_int_t ngx_http_owncloud_signin_again(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_signin_state(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *state);


ngx_int_t
ngx_http_owncloud_signin(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                       url, text;
    ngx_http_owncloud_attempt_t     attempt;
    ngx_http_owncloud_purpose_t    *purpose;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ctx->moodle_session.len == 0) {

        /* nothing that the attempt could be tied to */

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
 * Of an answer to a file that was chosen the picker reads "error", and takes
 * everything else for the file: it would close, and put "undefined" into the
 * form.
 */

static ngx_int_t
ngx_http_owncloud_signin_again(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char       *code;
    ngx_str_t   text;

    code = "notsignedin";

    if (ngx_http_owncloud_failure_text(r, ctx,
            "You are not signed in to %s any more, so nothing was done. "
            "Please reload the list of files, sign in, and choose the file "
            "again.", &text)
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
        || ngx_http_owncloud_signin_state(r, ctx, attempt, &request.state)
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
    ngx_str_t  part[3];

    ngx_str_set(&part[0], "browser");
    part[1] = ctx->moodle_session;
    part[2] = ctx->origin;

    return ngx_http_owncloud_digest(digest, part, 3);
}


ngx_int_t
ngx_http_owncloud_signin_authorities(ngx_http_owncloud_issuer_t *issuer,
    u_char *digest)
{
    ngx_str_t  part[2];

    ngx_str_set(&part[0], "authorities");
    part[1] = issuer->authorities;

    return ngx_http_owncloud_digest(digest, part, 2);
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


static ngx_int_t
ngx_http_owncloud_signin_state(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *state)
{
    u_char                         *p;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    p = ngx_pnalloc(r->pool, NGX_HTTP_OWNCLOUD_STATE_FIXED
                      + ngx_http_owncloud_pack_size(attempt->user.len)
                      + ngx_http_owncloud_pack_size(attempt->issuer.len)
                      + ngx_http_owncloud_pack_size(attempt->target.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain.data = p;

    *p++ = NGX_HTTP_OWNCLOUD_STATE_VERSION;
    *p++ = (u_char) attempt->purpose;
    p = ngx_cpymem(p, attempt->id, sizeof(attempt->id));
    p = ngx_cpymem(p, attempt->verifier, sizeof(attempt->verifier));
    p = ngx_cpymem(p, attempt->browser, sizeof(attempt->browser));
    p = ngx_cpymem(p, attempt->authorities, sizeof(attempt->authorities));
    p = ngx_http_owncloud_pack_number(p, attempt->started);
    p = ngx_http_owncloud_pack_number(p, attempt->repository);
    p = ngx_http_owncloud_pack_text(p, attempt->user.data, attempt->user.len);
    p = ngx_http_owncloud_pack_text(p, attempt->issuer.data,
                                    attempt->issuer.len);
    p = ngx_http_owncloud_pack_text(p, attempt->target.data,
                                    attempt->target.len);

    plain.len = p - plain.data;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_STATE,
                                  &r->headers_in.server, &plain, state);
}


ngx_int_t
ngx_http_owncloud_signin_attempt(ngx_http_request_t *r, ngx_str_t *state,
    ngx_http_owncloud_attempt_t *attempt)
{
    u_char                         *p, *last;
    uint64_t                        started, repository;
    ngx_int_t                       rc;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_STATE,
                                  &r->headers_in.server, state, &plain);

    if (rc != NGX_OK && rc != NGX_DONE) {
        return rc;
    }

    p = plain.data;
    last = p + plain.len;

    if (plain.len < NGX_HTTP_OWNCLOUD_STATE_FIXED
        || p[0] != NGX_HTTP_OWNCLOUD_STATE_VERSION
        || p[1] >= NGX_HTTP_OWNCLOUD_PURPOSES)
    {
        return NGX_DECLINED;
    }

    attempt->purpose = p[1];
    p += 2;

    ngx_memcpy(attempt->id, p, sizeof(attempt->id));
    p += sizeof(attempt->id);

    ngx_memcpy(attempt->verifier, p, sizeof(attempt->verifier));
    p += sizeof(attempt->verifier);

    ngx_memcpy(attempt->browser, p, sizeof(attempt->browser));
    p += sizeof(attempt->browser);

    ngx_memcpy(attempt->authorities, p, sizeof(attempt->authorities));
    p += sizeof(attempt->authorities);

    if (ngx_http_owncloud_unpack_number(&p, last, &started) != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &repository) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->user.data,
                                         &attempt->user.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->issuer.data,
                                         &attempt->issuer.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &attempt->target.data,
                                         &attempt->target.len)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    attempt->started = (time_t) started;
    attempt->repository = (ngx_int_t) repository;

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
