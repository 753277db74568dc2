
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request_origin.h"
#include "ngx_http_owncloud_session_rights.h"


static ngx_int_t ngx_http_owncloud_connect_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_connect_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_connect_post(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_connect_is(ngx_http_owncloud_ctx_t *ctx,
    char *name, char *value);
static ngx_int_t ngx_http_owncloud_connect_counted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_connect_show(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_connect(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    if (ngx_http_owncloud_connect_create(r, ctx, &r->uri) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ctx->issuer->enabled) {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_FORBIDDEN,
                   "%s is disabled here by \"enabled off;\" in its "
                   "configuration.");
    }

    if (r->method == NGX_HTTP_POST
        && ngx_http_owncloud_origin(r, ctx) != NGX_OK)
    {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_FORBIDDEN,
                   "This form was not sent from a page of this site. Nothing "
                   "was changed.");
    }

    if (ctx->repository->authorize) {
        return ngx_http_owncloud_rights_admin(r, ctx,
                                             ngx_http_owncloud_connect_answer);
    }

    /* the configuration restricts access, see ..._protected.c */

    return (r->method == NGX_HTTP_POST)
           ? ngx_http_owncloud_connect_post(r, ctx)
           : ngx_http_owncloud_connect_get(r, ctx);
}


/* checks it for each request: a user may no longer be an administrator */

static ngx_int_t
ngx_http_owncloud_connect_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    switch (ngx_http_owncloud_rights_received(r, ctx)) {

    case NGX_HTTP_OWNCLOUD_PROOF_YES:
        return (r->method == NGX_HTTP_POST)
               ? ngx_http_owncloud_connect_post(r, ctx)
               : ngx_http_owncloud_connect_get(r, ctx);

    case NGX_HTTP_OWNCLOUD_PROOF_NO:
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_FORBIDDEN,
                   "This page is for Moodle site administrators only. Log in "
                   "to Moodle as a site administrator in this browser, then "
                   "open this page again.");

    default: /* NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR */
        return ngx_http_owncloud_connect_failed(r, ctx,
                   NGX_HTTP_SERVICE_UNAVAILABLE,
                   "Moodle did not say whether you are a site administrator. "
                   "Please try again in a moment. If the problem persists, "
                   "check the error log of nginx.");
    }
}


static ngx_int_t
ngx_http_owncloud_connect_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                          rc;
    ngx_str_t                         *confirm;
    ngx_http_owncloud_connect_t       *connect;
    ngx_http_owncloud_page_connect_t  *page;

    connect = ctx->flow;
    page = &connect->page;

    if (ngx_http_owncloud_connect_load(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    confirm = ngx_http_owncloud_form_get(ctx->fields, "confirm");

    if (confirm && page->state != NGX_HTTP_OWNCLOUD_PAGE_PASSWORD) {

        rc = ngx_http_owncloud_connect_waiting(r, ctx, confirm);

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc == NGX_OK
            && (page->user.len
                || page->state == NGX_HTTP_OWNCLOUD_PAGE_UNREADABLE))
        {
            page->kind = NGX_HTTP_OWNCLOUD_PAGE_REPLACE;
            page->other = connect->session->user;
            page->confirm = connect->confirm;

        } else {
            page->notice = "This form has expired or has already been used. "
                           "If the account shown here is not the right one, "
                           "connect the account again.";
        }
    }

    return (page->state == NGX_HTTP_OWNCLOUD_PAGE_CONNECTED
            || page->state == NGX_HTTP_OWNCLOUD_PAGE_PASSWORD)
           ? ngx_http_owncloud_connect_count(r, ctx,
                                             ngx_http_owncloud_connect_counted)
           : ngx_http_owncloud_connect_show(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_connect_post(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    if (ctx->issuer->account != NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH) {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "The account signs in with the password in the "
                   "configuration. There is nothing to connect.");
    }

    if (ngx_http_owncloud_connect_is(ctx, "action", "connect")) {
        return ngx_http_owncloud_connect_signin(r, ctx);
    }

    if (ngx_http_owncloud_connect_is(ctx, "action", "replace")) {
        return ngx_http_owncloud_connect_replace(r, ctx);
    }

    if (ngx_http_owncloud_connect_is(ctx, "action", "keep")) {
        return ngx_http_owncloud_connect_keep(r, ctx);
    }

    if (!ngx_http_owncloud_connect_is(ctx, "action", "disconnect")) {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_BAD_REQUEST,
                   "This form is not valid. Nothing was changed.");
    }

    if (ngx_http_owncloud_connect_is(ctx, "sure", "1")) {
        return ngx_http_owncloud_connect_remove(r, ctx);
    }

    connect->page.kind = NGX_HTTP_OWNCLOUD_PAGE_DISCONNECT;

    if (ngx_http_owncloud_connect_load(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return (connect->page.state == NGX_HTTP_OWNCLOUD_PAGE_CONNECTED)
           ? ngx_http_owncloud_connect_count(r, ctx,
                                             ngx_http_owncloud_connect_counted)
           : ngx_http_owncloud_connect_show(r, ctx);
}


static ngx_uint_t
ngx_http_owncloud_connect_is(ngx_http_owncloud_ctx_t *ctx, char *name,
    char *value)
{
    ngx_str_t  *field;

    field = ngx_http_owncloud_form_get(ctx->fields, name);

    return field && field->len == ngx_strlen(value)
           && ngx_strncmp(field->data, value, field->len) == 0;
}


/* its tokens may have been refreshed meanwhile, or refused */

static ngx_int_t
ngx_http_owncloud_connect_counted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    if (ngx_http_owncloud_connect_load(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_connect_show(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_connect_show(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_connect_t       *connect;
    ngx_http_owncloud_page_connect_t  *page;

    connect = ctx->flow;
    page = &connect->page;

    if (page->state == NGX_HTTP_OWNCLOUD_PAGE_LOST) {
        page->trouble = NULL;
    }

    return ngx_http_owncloud_page_connect(r, ctx, page);
}
