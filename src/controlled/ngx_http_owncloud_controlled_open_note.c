
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_entry.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_zone.h"


/* how long a file that could not be moved stays where it is, seconds */
#define NGX_HTTP_OWNCLOUD_OPEN_LEFT   86400

/* how long a video may take, or a document that is leafed through, seconds */
#define NGX_HTTP_OWNCLOUD_OPEN_RANGE  10800


static ngx_int_t ngx_http_owncloud_open_note_edit_key(
    ngx_http_owncloud_ctx_t *ctx, uint64_t context, u_char *key);
static ngx_int_t ngx_http_owncloud_open_note_left_key(
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_open_note_limit_key(
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_open_note_range_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_open_note_get(ngx_http_request_t *r,
    u_char *key, ngx_str_t *value);
static void ngx_http_owncloud_open_note_put(ngx_http_request_t *r,
    u_char *key, ngx_str_t *value, time_t time);


ngx_int_t
ngx_http_owncloud_open_note_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_proof_e *proof)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t  rc;
    ngx_str_t  value;

    if (ngx_http_owncloud_open_note_edit_key(ctx, context, key) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_open_note_get(r, key, &value);

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
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t  value;

    if (ngx_http_owncloud_open_note_edit_key(ctx, context, key) != NGX_OK) {
        return;
    }

    if (proof == NGX_HTTP_OWNCLOUD_PROOF_YES) {
        ngx_str_set(&value, "1");

    } else {
        ngx_str_set(&value, "0");
    }

    ngx_http_owncloud_open_note_put(r, key, &value,
                                    NGX_HTTP_OWNCLOUD_PERMISSION_TIME);
}


static ngx_int_t
ngx_http_owncloud_open_note_edit_key(ngx_http_owncloud_ctx_t *ctx,
    uint64_t context, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "may edit", &ctx->origin,
                                &ctx->repository->moodle_root,
                                &ctx->repository->may_edit,
                                &ctx->moodle_session,
                                ngx_http_owncloud_part(&context,
                                                       sizeof(uint64_t)));
}


ngx_uint_t
ngx_http_owncloud_open_note_left(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t  value;

    /* if it is unclear, the file stays where it is */

    return ngx_http_owncloud_open_note_left_key(ctx, key) != NGX_OK
           || ngx_http_owncloud_open_note_get(r, key, &value) != NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_open_note_left_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t  value;

    if (ngx_http_owncloud_open_note_left_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&value, "1");

    ngx_http_owncloud_open_note_put(r, key, &value,
                                    NGX_HTTP_OWNCLOUD_OPEN_LEFT);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_open_note_left_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    return ngx_http_owncloud_digest_of(key, "left", &ctx->issuer->id,
                                       &open->share);
}


ngx_uint_t
ngx_http_owncloud_open_note_limit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t  value;

    return ngx_http_owncloud_open_note_limit_key(ctx, key) == NGX_OK
           && ngx_http_owncloud_open_note_get(r, key, &value) == NGX_OK;
}


ngx_int_t
ngx_http_owncloud_open_note_limit_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t pause)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t  value;

    if (ngx_http_owncloud_open_note_limit_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&value, "1");

    ngx_http_owncloud_open_note_put(r, key, &value, pause);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_open_note_limit_key(ngx_http_owncloud_ctx_t *ctx,
    u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "shares limited",
                                       &ctx->issuer->id);
}


ngx_int_t
ngx_http_owncloud_open_note_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                  rc;
    ngx_str_t                  value;
    ngx_http_owncloud_open_t  *open;

    if (ngx_http_owncloud_open_note_range_key(r, ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_open_note_get(r, key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    open = ctx->flow;
    open->lookup.size = -1;

    return ngx_http_owncloud_controlled_opened_read(&value, &open->as,
                                                    &open->lookup.path,
                                                    &open->reader);
}


ngx_int_t
ngx_http_owncloud_open_note_range_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                  value;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (ngx_http_owncloud_open_note_range_key(r, ctx, key) != NGX_OK
        || ngx_http_owncloud_controlled_opened_write(r->pool, open->as,
                                                     &open->lookup.path,
                                                     &ctx->session->user,
                                                     &value)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_owncloud_open_note_put(r, key, &value,
                                    NGX_HTTP_OWNCLOUD_OPEN_RANGE);

    return NGX_OK;
}


/* by the link and the ticket that the file was opened with */

static ngx_int_t
ngx_http_owncloud_open_note_range_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    return ngx_http_owncloud_digest_of(key, "opened", &r->headers_in.server,
                                       &ctx->moodle_session, &open->link_text,
                                       &open->sealed);
}


static ngx_int_t
ngx_http_owncloud_open_note_get(ngx_http_request_t *r, u_char *key,
    ngx_str_t *value)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, value);
}


/* a note that does not fit costs a call, but is no error */

static void
ngx_http_owncloud_open_note_put(ngx_http_request_t *r, u_char *key,
    ngx_str_t *value, time_t time)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                                      NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                                      value, ngx_time() + time);
}
