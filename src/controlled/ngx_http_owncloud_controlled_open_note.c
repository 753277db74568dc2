
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_zone.h"


/* how long a file that could not be moved stays where it is, seconds */
#define NGX_HTTP_OWNCLOUD_OPEN_LEFT   86400

/* how long a video may take, or a document that is leafed through, seconds */
#define NGX_HTTP_OWNCLOUD_OPEN_RANGE  10800


static ngx_int_t ngx_http_owncloud_open_note_get(ngx_http_request_t *r,
    ngx_str_t *part, ngx_uint_t n, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_open_note_put(ngx_http_request_t *r,
    ngx_str_t *part, ngx_uint_t n, ngx_str_t *value, time_t time);
static void ngx_http_owncloud_open_note_edit_parts(
    ngx_http_owncloud_ctx_t *ctx, uint64_t *context, ngx_str_t *part);
static void ngx_http_owncloud_open_note_left_parts(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *part);
static void ngx_http_owncloud_open_note_limit_parts(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *part);
static void ngx_http_owncloud_open_note_range_parts(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *part);
static ngx_int_t ngx_http_owncloud_open_note_range_read(
    ngx_http_owncloud_open_t *open, ngx_str_t *value);


ngx_int_t
ngx_http_owncloud_open_note_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_proof_e *proof)
{
    ngx_int_t  rc;
    ngx_str_t  part[6], value;

    ngx_http_owncloud_open_note_edit_parts(ctx, &context, part);

    rc = ngx_http_owncloud_open_note_get(r, part, 6, &value);

    if (rc == NGX_OK) {
        *proof = (value.len == 1 && value.data[0] == '1')
                 ? NGX_HTTP_OWNCLOUD_PROOF_YES : NGX_HTTP_OWNCLOUD_PROOF_NO;
    }

    return rc;
}


void
ngx_http_owncloud_open_note_edit_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_proof_e proof)
{
    ngx_str_t  part[6], value;

    ngx_http_owncloud_open_note_edit_parts(ctx, &context, part);

    if (proof == NGX_HTTP_OWNCLOUD_PROOF_YES) {
        ngx_str_set(&value, "1");

    } else {
        ngx_str_set(&value, "0");
    }

    (void) ngx_http_owncloud_open_note_put(r, part, 6, &value,
                                           NGX_HTTP_OWNCLOUD_PERMISSION_TIME);
}


static void
ngx_http_owncloud_open_note_edit_parts(ngx_http_owncloud_ctx_t *ctx,
    uint64_t *context, ngx_str_t *part)
{
    ngx_str_set(&part[0], "may edit");
    part[1] = ctx->origin;
    part[2] = ctx->repository->moodle_root;
    part[3] = ctx->repository->may_edit;
    part[4] = ctx->moodle_session;
    part[5].data = (u_char *) context;
    part[5].len = sizeof(uint64_t);
}


ngx_uint_t
ngx_http_owncloud_open_note_left(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  part[3], value;

    ngx_http_owncloud_open_note_left_parts(ctx, part);

    /* if it is unclear, the file stays where it is */

    return ngx_http_owncloud_open_note_get(r, part, 3, &value) != NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_open_note_left_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  part[3], value;

    ngx_http_owncloud_open_note_left_parts(ctx, part);

    ngx_str_set(&value, "1");

    return ngx_http_owncloud_open_note_put(r, part, 3, &value,
                                           NGX_HTTP_OWNCLOUD_OPEN_LEFT);
}


static void
ngx_http_owncloud_open_note_left_parts(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *part)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_str_set(&part[0], "left");
    part[1] = ctx->issuer->id;
    part[2] = open->share;
}


ngx_uint_t
ngx_http_owncloud_open_note_limit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  part[2], value;

    ngx_http_owncloud_open_note_limit_parts(ctx, part);

    return ngx_http_owncloud_open_note_get(r, part, 2, &value) == NGX_OK;
}


ngx_int_t
ngx_http_owncloud_open_note_limit_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t pause)
{
    ngx_str_t  part[2], value;

    ngx_http_owncloud_open_note_limit_parts(ctx, part);

    ngx_str_set(&value, "1");

    return ngx_http_owncloud_open_note_put(r, part, 2, &value, pause);
}


static void
ngx_http_owncloud_open_note_limit_parts(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *part)
{
    ngx_str_set(&part[0], "shares limited");
    part[1] = ctx->issuer->id;
}


ngx_int_t
ngx_http_owncloud_open_note_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  part[5], value;

    ngx_http_owncloud_open_note_range_parts(r, ctx, part);

    rc = ngx_http_owncloud_open_note_get(r, part, 5, &value);

    return (rc == NGX_OK)
           ? ngx_http_owncloud_open_note_range_read(ctx->flow, &value) : rc;
}


static ngx_int_t
ngx_http_owncloud_open_note_range_read(ngx_http_owncloud_open_t *open,
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


ngx_int_t
ngx_http_owncloud_open_note_range_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                    *p;
    ngx_str_t                  part[5], value;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_http_owncloud_open_note_range_parts(r, ctx, part);

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

    return ngx_http_owncloud_open_note_put(r, part, 5, &value,
                                           NGX_HTTP_OWNCLOUD_OPEN_RANGE);
}


/* by the link and the ticket that the file was opened with */

static void
ngx_http_owncloud_open_note_range_parts(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *part)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_str_set(&part[0], "opened");
    part[1] = r->headers_in.server;
    part[2] = ctx->moodle_session;
    part[3] = open->link_text;
    part[4] = open->sealed;
}


static ngx_int_t
ngx_http_owncloud_open_note_get(ngx_http_request_t *r, ngx_str_t *part,
    ngx_uint_t n, ngx_str_t *value)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_digest(key, part, n) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, value);
}


/* a note that does not fit costs a call, but is no error */

static ngx_int_t
ngx_http_owncloud_open_note_put(ngx_http_request_t *r, ngx_str_t *part,
    ngx_uint_t n, ngx_str_t *value, time_t time)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_digest(key, part, n) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                                      NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                                      value, ngx_time() + time);

    return NGX_OK;
}
