
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_download.h"
#include "ngx_http_owncloud_failure.h"
#include "ngx_http_owncloud_find.h"
#include "ngx_http_owncloud_flow.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_link.h"
#include "ngx_http_owncloud_listing.h"
#include "ngx_http_owncloud_local.h"
#include "ngx_http_owncloud_permission.h"
#include "ngx_http_owncloud_preview.h"
#include "ngx_http_owncloud_progress.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_signin.h"
#include "ngx_http_owncloud_user.h"
#include "ngx_http_owncloud_wait.h"


static ngx_int_t ngx_http_owncloud_begin(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_without_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_begin_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_read_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step);
static void ngx_http_owncloud_body_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_owncloud_waiting(ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_run(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_decline(ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_granted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_too_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_action(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_searchform(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_handler(ngx_http_request_t *r)
{
    ngx_http_owncloud_ctx_t       *ctx;
    ngx_http_owncloud_loc_conf_t  *olcf;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    if (ctx && ctx->step) {

        if (ctx->declined) {
            return NGX_DECLINED;
        }

        if (!ctx->body_read || ngx_http_owncloud_waiting(ctx)) {
            return NGX_AGAIN;
        }

        return ngx_http_owncloud_run(r, ctx);
    }

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    if (olcf->repositories == NULL
        && olcf->location == NGX_HTTP_OWNCLOUD_LOCATION_NONE)
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_begin(r, olcf);
}


static ngx_int_t
ngx_http_owncloud_begin(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_uint_t                kind;
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_ctx_t));
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (ngx_http_owncloud_request_kind(r, ctx, olcf, &kind) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud handler k:%ui a:%ui", kind, ctx->action);

    switch (kind) {

    case NGX_HTTP_OWNCLOUD_KIND_AJAX:
        return ngx_http_owncloud_read_form(r, ctx, ngx_http_owncloud_ajax);

    case NGX_HTTP_OWNCLOUD_KIND_CALLBACK:
        ctx->step = ngx_http_owncloud_callback;
        break;

    case NGX_HTTP_OWNCLOUD_KIND_LINK:
        return ngx_http_owncloud_begin_link(r, ctx);

    case NGX_HTTP_OWNCLOUD_KIND_LISTING:

        if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
            return NGX_HTTP_NOT_ALLOWED;
        }

        ctx->step = ngx_http_owncloud_location;
        break;

    case NGX_HTTP_OWNCLOUD_KIND_PROGRESS:

        if (r->method != NGX_HTTP_GET) {
            return NGX_HTTP_NOT_ALLOWED;
        }

        ctx->step = ngx_http_owncloud_progress;
        break;

    default: /* NGX_HTTP_OWNCLOUD_KIND_NONE */
        if (!ngx_http_owncloud_preview_wanted(r, ctx, olcf)) {
            return ngx_http_owncloud_decline(r);
        }

        ctx->step = ngx_http_owncloud_preview;
    }

    return ngx_http_owncloud_without_form(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_without_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    ctx->body_read = 1;

    return ngx_http_owncloud_run(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_begin_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    if (r->method != NGX_HTTP_POST) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    if (!ngx_http_owncloud_request_urlencoded(r)) {
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    return ngx_http_owncloud_read_form(r, ctx, ngx_http_owncloud_location);
}


/*
 * As the mirror module does it: the phases are gone on with when the body
 * has been read, and whoever answers in the end finds it as if we had never
 * been there.
 */

static ngx_int_t
ngx_http_owncloud_read_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step)
{
    ngx_int_t  rc;

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    ctx->step = step;

    rc = ngx_http_read_client_request_body(r, ngx_http_owncloud_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}


static void
ngx_http_owncloud_body_handler(ngx_http_request_t *r)
{
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    ctx->body_read = 1;

    r->preserve_body = 1;

    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


static ngx_uint_t
ngx_http_owncloud_waiting(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->call && !ctx->call->done)
           || (ctx->local && !ctx->local->done)
           || (ctx->wait && !ctx->wait->done);
}


static ngx_int_t
ngx_http_owncloud_run(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ctx->step(r, ctx);

    /* NGX_AGAIN of ngx_http_output_filter() is for the finalizer */

    if (rc == NGX_AGAIN && ngx_http_owncloud_waiting(ctx)) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {

        ctx->declined = 1;

        return ngx_http_owncloud_decline(r);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


/* the request is Moodle's, our cookies are not */

static ngx_int_t
ngx_http_owncloud_decline(ngx_http_request_t *r)
{
    return (ngx_http_owncloud_cookie_strip_request(r) == NGX_OK)
           ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* the form of the picker is there: is it about one of our repositories? */

static ngx_int_t
ngx_http_owncloud_ajax(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                     *id;
    ngx_http_owncloud_loc_conf_t  *olcf;

    rc = ngx_http_owncloud_request_form(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    id = ngx_http_owncloud_form_get(ctx->fields, "repo_id");

    if (id == NULL) {
        return NGX_DECLINED;
    }

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->repository = ngx_http_owncloud_request_repository(r, olcf,
                                                 NGX_HTTP_OWNCLOUD_AJAX,
                                                 ngx_atoi(id->data, id->len));

    if (ctx->repository == NULL) {
        return NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_too_large(r, ctx);
    }

    ctx->issuer = ctx->repository->issuer;

    if (ngx_http_owncloud_request_client(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_permission(r, ctx, ngx_http_owncloud_granted);
}


static ngx_int_t
ngx_http_owncloud_granted(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM) {
        return ngx_http_owncloud_action(r, ctx);
    }

    return ngx_http_owncloud_user(r, ctx, ngx_http_owncloud_action);
}


static ngx_int_t
ngx_http_owncloud_too_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  text;

    ngx_str_set(&text, "This request is too large. Please reload the page and "
                       "try again.");

    return ngx_http_owncloud_answer_error(r, ctx, &text, "requesttoolarge");
}


/* a location's handler: no Moodle to ask, the settings are the location's */

static ngx_int_t
ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                     *text;
    ngx_http_owncloud_loc_conf_t  *olcf;

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->repository = olcf->block;
    ctx->issuer = olcf->block->issuer;

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_LINK) {

        rc = ngx_http_owncloud_request_form(r, ctx);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED)
                   ? ngx_http_owncloud_too_large(r, ctx)
                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } else {
        text = ngx_http_owncloud_form_get(ctx->fields, "s");

        if (text && text->len) {
            ctx->action = NGX_HTTP_OWNCLOUD_ACTION_SEARCH;
        }
    }

    if (ngx_http_owncloud_request_client(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_action(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_action(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    char       *code;
    ngx_str_t   text;

    if (!ctx->issuer->enabled) {

        code = "clouddisabled";

        if (ngx_http_owncloud_failure_text(r, ctx,
                "%s is switched off here by the administrator.", &text)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    switch (ctx->action) {

    case NGX_HTTP_OWNCLOUD_ACTION_LIST:
        return ngx_http_owncloud_listing(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACTION_SEARCH:
        return ngx_http_owncloud_find(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM:
        return ngx_http_owncloud_searchform(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACTION_LOGIN:
        return ngx_http_owncloud_signin(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACTION_LOGOUT:
        return ngx_http_owncloud_logout(r, ctx);

    case NGX_HTTP_OWNCLOUD_ACTION_LINK:
        return ngx_http_owncloud_link_form(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD */
        return ngx_http_owncloud_download(r, ctx);
    }
}


/* what Moodle answered to the question for permission, in its language */

static ngx_int_t
ngx_http_owncloud_searchform(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   body, type;

    static char  form[] =
        "{\"repo_id\":%i,\"form\":\"<div class=\\\"fp-def-search\\\">"
        "<label class=\\\"visually-hidden\\\" for=\\\"reposearch\\\">"
        "Search repository<\\/label>"
        "<input type=\\\"search\\\" class=\\\"form-control\\\" "
        "id=\\\"reposearch\\\" name=\\\"s\\\" "
        "placeholder=\\\"Search\\\"\\/><\\/div>\","
        "\"allowcaching\":true}";

    ngx_str_set(&type, "application/json; charset=utf-8");

    body = ctx->searchform;

    if (body.len == 0) {

        /* authorize off */

        p = ngx_pnalloc(r->pool, sizeof(form) + NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        body.data = p;
        body.len = ngx_sprintf(p, form, ctx->repository->id) - p;
    }

    return ngx_http_owncloud_answer_moodle(r, ctx, NGX_HTTP_OK, &type, &body);
}
