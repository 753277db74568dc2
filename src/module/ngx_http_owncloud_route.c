
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_action.h"
#include "ngx_http_owncloud_browse_preview.h"
#include "ngx_http_owncloud_choose_progress.h"
#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_parameter.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_request_run.h"
#include "ngx_http_owncloud_session_signin.h"


/* requests that the module answers, and the first step of each */

typedef struct {
    /*
     * NGX_OK: it matches, and ctx is set for the step; NGX_DECLINED; NGX_ERROR
     */
    ngx_int_t                (*match)(ngx_http_request_t *r,
                                      ngx_http_owncloud_ctx_t *ctx,
                                      ngx_http_owncloud_loc_conf_t *olcf);

    ngx_uint_t                 methods;    /* other methods get 405 */
    ngx_uint_t                 form;       /* 1: read the form of a POST */
    ngx_http_owncloud_step_pt  step;
} ngx_http_owncloud_route_t;


static ngx_int_t ngx_http_owncloud_route_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_listing(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_callback(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_progress(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_route_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_route_t *route);


/* the first one that matches is taken */

static ngx_http_owncloud_route_t  ngx_http_owncloud_routes[] = {

    /* locations of this module */

    { ngx_http_owncloud_route_link,
      NGX_HTTP_POST, 1,
      ngx_http_owncloud_location },

    { ngx_http_owncloud_route_connect,
      NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST, 1,
      ngx_http_owncloud_location },

    { ngx_http_owncloud_route_listing,
      NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST, 0,
      ngx_http_owncloud_location },

    /* scripts of Moodle */

    { ngx_http_owncloud_route_ajax,
      NGX_HTTP_POST, 1,
      ngx_http_owncloud_ajax },

    { ngx_http_owncloud_route_callback,
      NGX_HTTP_GET, 0,
      ngx_http_owncloud_callback },

    /* our URIs below Moodle's */

    { ngx_http_owncloud_route_progress,
      NGX_HTTP_GET, 0,
      ngx_http_owncloud_progress },

    { ngx_http_owncloud_preview_match,
      NGX_HTTP_GET|NGX_HTTP_HEAD, 0,
      ngx_http_owncloud_preview },

    { ngx_http_owncloud_open_match,
      NGX_HTTP_GET|NGX_HTTP_HEAD, 0,
      ngx_http_owncloud_open },

    { NULL, 0, 0, NULL }
};


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
        return ngx_http_owncloud_request_resume(r, ctx);
    }

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    if (olcf->repositories == NULL
        && olcf->location == NGX_HTTP_OWNCLOUD_LOCATION_NONE)
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_route(r, olcf);
}


static ngx_int_t
ngx_http_owncloud_route(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_ctx_t    *ctx;
    ngx_http_owncloud_route_t  *route;

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_ctx_t));
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    for (route = ngx_http_owncloud_routes; route->match; route++) {

        rc = route->match(r, ctx, olcf);

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc == NGX_OK) {
            return ngx_http_owncloud_route_start(r, ctx, route);
        }
    }

    return ngx_http_owncloud_request_decline(r);
}


static ngx_int_t
ngx_http_owncloud_route_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_route_t *route)
{
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud route n:%i a:%ui",
                   (ngx_int_t) (route - ngx_http_owncloud_routes),
                   ctx->action);

    if (!(r->method & route->methods)) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    if (r->method != NGX_HTTP_POST || !route->form) {
        return ngx_http_owncloud_request_start(r, ctx, route->step);
    }

    if (!ngx_http_owncloud_request_urlencoded(r)) {
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    return ngx_http_owncloud_request_start_form(r, ctx, route->step);
}


static ngx_int_t
ngx_http_owncloud_route_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    if (olcf->location != NGX_HTTP_OWNCLOUD_LOCATION_LINK) {
        return NGX_DECLINED;
    }

    ctx->action = NGX_HTTP_OWNCLOUD_ACTION_LINK;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_route_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    if (olcf->location != NGX_HTTP_OWNCLOUD_LOCATION_CONNECT) {
        return NGX_DECLINED;
    }

    ctx->action = NGX_HTTP_OWNCLOUD_ACTION_CONNECT;

    return (r->method == NGX_HTTP_POST)
           ? NGX_OK : ngx_http_owncloud_request_query(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_route_listing(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    if (olcf->location != NGX_HTTP_OWNCLOUD_LOCATION_LISTING) {
        return NGX_DECLINED;
    }

    ctx->action = NGX_HTTP_OWNCLOUD_ACTION_LIST;

    return ngx_http_owncloud_request_query(r, ctx);
}


/* requests of the picker; its form, read later, names the repository */

static ngx_int_t
ngx_http_owncloud_route_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_uint_t  action;

    if (r->method != NGX_HTTP_POST
        || ngx_http_owncloud_request_script(r, olcf, NGX_HTTP_OWNCLOUD_AJAX)
           == NULL)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_request_query(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_parameter_query(ctx->fields, &action) != NGX_OK
        || !ngx_http_owncloud_request_urlencoded(r))
    {
        return NGX_DECLINED;
    }

    ctx->action = action;

    return ctx->action ? NGX_OK : NGX_DECLINED;
}


/* Moodle's own sign-ins also end here, with a state of their own */

static ngx_int_t
ngx_http_owncloud_route_callback(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_str_t   *value;
    ngx_uint_t   own;

    own = (olcf->location == NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK);

    if (r->method != NGX_HTTP_GET
        || (!own
            && ngx_http_owncloud_request_script(r, olcf,
                                                NGX_HTTP_OWNCLOUD_CALLBACK)
               == NULL))
    {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_request_query(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    value = ngx_http_owncloud_form_get(ctx->fields, "state");

    return (own || (value && ngx_http_owncloud_sealed_form(value)))
           ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_route_progress(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    ctx->repository = ngx_http_owncloud_request_script(r, olcf,
                                                  NGX_HTTP_OWNCLOUD_PROGRESS);

    return ctx->repository ? ngx_http_owncloud_request_query(r, ctx)
                           : NGX_DECLINED;
}
