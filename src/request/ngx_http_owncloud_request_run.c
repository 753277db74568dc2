
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_action.h"
#include "ngx_http_owncloud_browse_preview.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_choose_progress.h"
#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_request_run.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_subrequest.h"


static ngx_int_t ngx_http_owncloud_begin(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_begin_other(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_without_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t methods,
    ngx_http_owncloud_step_pt step);
static ngx_int_t ngx_http_owncloud_begin_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_read_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step);
static void ngx_http_owncloud_body_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_owncloud_waiting(ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_run(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_decline(ngx_http_request_t *r);


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

    if (ngx_http_owncloud_request_route(r, ctx, olcf, &kind) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud handler k:%ui a:%ui", kind, ctx->action);

    switch (kind) {

    case NGX_HTTP_OWNCLOUD_ROUTE_AJAX:
        return ngx_http_owncloud_read_form(r, ctx, ngx_http_owncloud_ajax);

    case NGX_HTTP_OWNCLOUD_ROUTE_CALLBACK:
        return ngx_http_owncloud_without_form(r, ctx, NGX_HTTP_GET,
                                              ngx_http_owncloud_callback);

    case NGX_HTTP_OWNCLOUD_ROUTE_LINK:
        return ngx_http_owncloud_begin_link(r, ctx);

    case NGX_HTTP_OWNCLOUD_ROUTE_CONNECT:

        if (r->method == NGX_HTTP_POST) {
            return ngx_http_owncloud_begin_link(r, ctx);
        }

        return ngx_http_owncloud_without_form(r, ctx,
                                              NGX_HTTP_GET|NGX_HTTP_HEAD,
                                              ngx_http_owncloud_location);

    case NGX_HTTP_OWNCLOUD_ROUTE_LISTING:
        return ngx_http_owncloud_without_form(r, ctx,
                                   NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST,
                                   ngx_http_owncloud_location);

    case NGX_HTTP_OWNCLOUD_ROUTE_PROGRESS:
        return ngx_http_owncloud_without_form(r, ctx, NGX_HTTP_GET,
                                              ngx_http_owncloud_progress);

    default: /* NGX_HTTP_OWNCLOUD_ROUTE_NONE */
        return ngx_http_owncloud_begin_other(r, ctx, olcf);
    }
}


/* addresses of our own below Moodle's */

static ngx_int_t
ngx_http_owncloud_begin_other(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    if (ngx_http_owncloud_preview_match(r, ctx, olcf)) {
        return ngx_http_owncloud_without_form(r, ctx,
                                              NGX_HTTP_GET|NGX_HTTP_HEAD,
                                              ngx_http_owncloud_preview);
    }

    if (ngx_http_owncloud_open_match(r, ctx, olcf)) {
        return ngx_http_owncloud_without_form(r, ctx,
                                              NGX_HTTP_GET|NGX_HTTP_HEAD,
                                              ngx_http_owncloud_open);
    }

    return ngx_http_owncloud_decline(r);
}


static ngx_int_t
ngx_http_owncloud_without_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t methods,
    ngx_http_owncloud_step_pt step)
{
    ngx_int_t  rc;

    if (!(r->method & methods)) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    ctx->step = step;
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
           || (ctx->subrequest && !ctx->subrequest->done)
           || (ctx->sleep && !ctx->sleep->done);
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
