
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_request_run.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_subrequest.h"


static void ngx_http_owncloud_body_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_owncloud_waiting(ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_run(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_request_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    ctx->step = step;
    ctx->body_read = 1;

    return ngx_http_owncloud_run(r, ctx);
}


/*
 * As the mirror module does it: the phases go on when the body has been read,
 * and whoever answers in the end finds it as if we had never been there.
 */

ngx_int_t
ngx_http_owncloud_request_start_form(ngx_http_request_t *r,
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


ngx_int_t
ngx_http_owncloud_request_resume(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    if (ctx->declined) {
        return NGX_DECLINED;
    }

    if (!ctx->body_read || ngx_http_owncloud_waiting(ctx)) {
        return NGX_AGAIN;
    }

    return ngx_http_owncloud_run(r, ctx);
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

        return ngx_http_owncloud_request_decline(r);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


/* the request is for Moodle, our cookies are not */

ngx_int_t
ngx_http_owncloud_request_decline(ngx_http_request_t *r)
{
    return (ngx_http_owncloud_cookie_strip_request(r) == NGX_OK)
           ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}
