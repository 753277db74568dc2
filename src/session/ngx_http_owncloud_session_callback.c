
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_session_signin.h"


static ngx_int_t ngx_http_owncloud_callback_attempt(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    char **refused);
static ngx_int_t ngx_http_owncloud_callback_here(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    char **refused);
static ngx_int_t ngx_http_owncloud_callback_find(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt);
static ngx_http_owncloud_issuer_t *ngx_http_owncloud_callback_issuer(
    ngx_http_request_t *r, ngx_str_t *id);


ngx_int_t
ngx_http_owncloud_callback(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    char                         *refused;
    ngx_str_t                    *code, *error, *detail;
    ngx_http_owncloud_attempt_t   attempt;

    code = ngx_http_owncloud_form_get(ctx->fields, "code");
    error = ngx_http_owncloud_form_get(ctx->fields, "error");
    detail = ngx_http_owncloud_form_get(ctx->fields, "error_description");

    if (ngx_http_owncloud_callback_attempt(r, ctx, &attempt, &refused)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (refused) {
        return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_FORBIDDEN,
                                               refused, NULL);
    }

    if (error) {
        return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_FORBIDDEN,
                   "%s did not grant Moodle access. If you did not deny it "
                   "yourself, please tell your administrator.",
                   detail ? detail : error);
    }

    if (code == NULL || code->len == 0) {
        return ngx_http_owncloud_signin_failed(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "%s sent you back without an authorization code. Please "
                   "close this window and start again in the file picker.",
                   NULL);
    }

    return ngx_http_owncloud_exchange(r, ctx, &attempt, code);
}


/* "*refused" is set if the state is not a current attempt of this browser */

static ngx_int_t
ngx_http_owncloud_callback_attempt(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    char **refused)
{
    ngx_int_t   rc;
    ngx_str_t  *state;

    *refused = NULL;

    state = ngx_http_owncloud_form_get(ctx->fields, "state");

    rc = state ? ngx_http_owncloud_attempt_open(r, state, attempt)
               : NGX_DECLINED;

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_callback_find(r, ctx, attempt);
    }

    if (rc == NGX_DECLINED) {
        *refused = "This sign-in is not valid. Please close this window and "
                   "start again in the file picker.";
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ctx->issuer->enabled) {
        *refused = "%s is disabled here by the administrator.";
        return NGX_OK;
    }

    return ngx_http_owncloud_callback_here(r, ctx, attempt, refused);
}


static ngx_int_t
ngx_http_owncloud_callback_here(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    char **refused)
{
    u_char                          browser[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                      *code;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (omcf->purposes[attempt->purpose].browser(r, ctx, browser) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ngx_http_owncloud_equal(browser, sizeof(browser), attempt->browser,
                                 sizeof(attempt->browser)))
    {
        *refused = "This sign-in was started in another browser, or before "
                   "you last logged in to Moodle. Please close this window "
                   "and start again in the file picker.";
        return NGX_OK;
    }

    if (attempt->started + NGX_HTTP_OWNCLOUD_STATE_TIME <= ngx_time()) {
        *refused = "This sign-in took too long and has expired. Please close "
                   "this window and start again in the file picker.";
        return NGX_OK;
    }

    /* the Moodle session is the same, so the user is, too */

    ctx->moodle_user = attempt->user;

    /* the code is tried next, unless the cloud has returned an error */

    code = ngx_http_owncloud_form_get(ctx->fields, "code");

    rc = ngx_http_owncloud_attempt_once(r, attempt,
                  code && code->len
                  && ngx_http_owncloud_form_get(ctx->fields, "error") == NULL);

    if (rc == NGX_DECLINED) {
        *refused = "This sign-in has already been used. Please close this "
                   "window and start again in the file picker.";
        return NGX_OK;
    }

    if (rc == NGX_BUSY) {
        *refused = "You have tried to sign in to %s too often. Please wait "
                   "half an hour, then start again in the file picker.";
        return NGX_OK;
    }

    return rc;
}


/* sets the attempt's repository and the client's data */

static ngx_int_t
ngx_http_owncloud_callback_find(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt)
{
    u_char                           authorities[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_http_owncloud_loc_conf_t    *olcf;
    ngx_http_owncloud_repository_t  *repository;

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->issuer = ngx_http_owncloud_callback_issuer(r, &attempt->issuer);

    if (ctx->issuer == NULL) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_signin_authorities(ctx->issuer, authorities)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* only the server that the browser was sent to may get the code */

    if (!ngx_http_owncloud_equal(authorities, sizeof(authorities),
                                 attempt->authorities,
                                 sizeof(attempt->authorities)))
    {
        return NGX_DECLINED;
    }

    if (attempt->repository) {

        repository = ngx_http_owncloud_request_repository(r, olcf,
                                                  NGX_HTTP_OWNCLOUD_CALLBACK,
                                                  attempt->repository);

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
