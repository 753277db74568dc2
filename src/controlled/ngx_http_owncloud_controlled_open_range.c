
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_zone.h"


/* how long a film may take, or a document that is leafed through, seconds */
#define NGX_HTTP_OWNCLOUD_OPEN_RANGE  10800


static ngx_int_t ngx_http_owncloud_open_range_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_open_range_read(
    ngx_http_owncloud_open_t *open, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_open_range_signed_in(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_open_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                         *p;
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                       value;
    ngx_http_owncloud_open_t       *open;
    ngx_http_owncloud_main_conf_t  *omcf;

    open = ctx->flow;

    if (ngx_http_owncloud_open_range_key(r, ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, 1
                    + ngx_http_owncloud_pack_size(open->lookup.path.len)
                    + ngx_http_owncloud_pack_size(ctx->session->user.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    *p++ = (u_char) open->as;
    p = ngx_http_owncloud_pack_text(p, open->lookup.path.data,
                                    open->lookup.path.len);
    p = ngx_http_owncloud_pack_text(p, ctx->session->user.data,
                                    ctx->session->user.len);

    value.len = p - value.data;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                                NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                                &value,
                                ngx_time() + NGX_HTTP_OWNCLOUD_OPEN_RANGE);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_open_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_open_t       *open;
    ngx_http_owncloud_main_conf_t  *omcf;

    open = ctx->flow;

    if (r->headers_in.range == NULL || ctx->moodle_session.len == 0
        || ctx->repository->open)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_open_range_key(r, ctx, key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_DECLINED
                                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_open_range_read(open, &value) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* whoever is not signed in any more has to come from Moodle again */

    rc = ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_token(r, ctx,
                                   ngx_http_owncloud_open_range_signed_in);
}


static ngx_int_t
ngx_http_owncloud_open_range_read(ngx_http_owncloud_open_t *open,
    ngx_str_t *value)
{
    u_char  *p, *last;

    p = value->data;
    last = p + value->len;

    if (p == last) {
        return NGX_DECLINED;
    }

    open->as = *p++;
    open->lookup.size = -1;

    if (open->as > NGX_HTTP_OWNCLOUD_AS_ACCOUNT) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_unpack_text(&p, last, &open->lookup.path.data,
                                      &open->lookup.path.len)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_unpack_text(&p, last, &open->reader.data,
                                         &open->reader.len);
}


/* somebody else may have signed in in the meantime */

static ngx_int_t
ngx_http_owncloud_open_range_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->reader.len != ctx->session->user.len
        || ngx_strncmp(open->reader.data, ctx->session->user.data,
                       open->reader.len)
           != 0)
    {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This link was opened by somebody else. Please go to the "
                   "page of Moodle where the file is, and open it there.",
                   "noticket");
    }

    if (open->as == NGX_HTTP_OWNCLOUD_AS_ACCOUNT) {
        return ngx_http_owncloud_account(r, ctx, ngx_http_owncloud_open_serve,
                                         NULL);
    }

    return ngx_http_owncloud_open_serve(r, ctx);
}


/* the very link and the very ticket that it was opened with */

static ngx_int_t
ngx_http_owncloud_open_range_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    return ngx_http_owncloud_digest_of(key, "opened", &r->headers_in.server,
                                       &ctx->moodle_session, &open->link_text,
                                       &open->sealed);
}
