
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_preview.h"
#include "ngx_http_owncloud_browse_preview_call.h"
#include "ngx_http_owncloud_browse_preview_list.h"
#include "ngx_http_owncloud_browse_preview_send.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_session_user.h"
#include "ngx_http_owncloud_site.h"


typedef struct {
    ngx_str_t   path;           /* decoded */
    ngx_str_t   version;
    ngx_uint_t  type;           /* of the cloud */
} ngx_http_owncloud_preview_t;


static ngx_int_t ngx_http_owncloud_preview_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_preview_version(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *version);
static ngx_int_t ngx_http_owncloud_preview_cloud_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_preview_cloud_type_received(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_preview_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_preview_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_preview_none(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_preview_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_str_t                         rest;
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **repository;

    if (olcf->repositories == NULL) {
        return NGX_DECLINED;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        if (ngx_http_owncloud_site_below(&repository[i]->moodle_root, &r->uri,
                                         NGX_HTTP_OWNCLOUD_PREVIEW, &rest)
            && ngx_atoi(rest.data, rest.len) == repository[i]->id)
        {
            ctx->repository = repository[i];
            ctx->issuer = repository[i]->issuer;
            ctx->action = NGX_HTTP_OWNCLOUD_ACTION_PREVIEW;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/*
 * Moodle is not asked for permission: the picture is of the user's own file,
 * is fetched with the user's own token, and is sent only to the browser that
 * holds the sealed cookie and the session cookie of Moodle that it is bound
 * to.
 */

ngx_int_t
ngx_http_owncloud_preview(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_preview_t  *preview;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    preview = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_preview_t));

    if (preview == NULL
        || ngx_http_owncloud_request_query(r, ctx) != NGX_OK
        || ngx_http_owncloud_request_client(r, ctx) != NGX_OK
        || ngx_http_owncloud_user_cached(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ctx->issuer->enabled || !ctx->repository->previews) {
        return ngx_http_owncloud_preview_none(r, ctx);
    }

    rc = NGX_DECLINED;

    if (ctx->moodle_session.len) {
        rc = ngx_http_owncloud_session_load(r, ctx);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_answer_no_preview(r, ctx, NGX_HTTP_FORBIDDEN);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_preview_path(r, ctx, &preview->path);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_preview_version(ctx, &preview->version);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_preview_none(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_preview_cached(r, &preview->version)) {
        return ngx_http_owncloud_preview_unchanged(r, &preview->version);
    }

    ctx->flow = preview;

    return ngx_http_owncloud_token(r, ctx,
                                   ngx_http_owncloud_preview_cloud_type);
}


static ngx_int_t
ngx_http_owncloud_preview_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    ngx_int_t   rc;
    ngx_str_t  *file;

    file = ngx_http_owncloud_form_get(ctx->fields, "file");

    if (file == NULL || file->len < 2
        || file->len > NGX_HTTP_OWNCLOUD_PATH_SIZE
        || file->data[0] != '/' || file->data[file->len - 1] == '/')
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_path_normalize(r->pool, file, path);

    if (rc != NGX_OK) {
        return rc;
    }

    /* a file has no slash at its end */

    path->len--;

    return path->len ? NGX_OK : NGX_DECLINED;
}


/* NGX_DECLINED: it was listed for somebody else, or never */

static ngx_int_t
ngx_http_owncloud_preview_version(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *version)
{
    u_char      tag[NGX_HTTP_OWNCLOUD_PREVIEW_TAG];
    size_t      i;
    ngx_str_t  *value;

    if (ngx_http_owncloud_preview_tag(ctx, tag) != NGX_OK) {
        return NGX_ERROR;
    }

    value = ngx_http_owncloud_form_get(ctx->fields, "v");

    if (value == NULL
        || value->len <= sizeof(tag)
        || value->len > sizeof(tag) + 2 + 2 * NGX_INT64_LEN
        || ngx_memcmp(value->data, tag, sizeof(tag)) != 0)
    {
        return NGX_DECLINED;
    }

    for (i = sizeof(tag); i < value->len; i++) {

        if (value->data[i] != '-'
            && (value->data[i] < '0' || value->data[i] > '9'))
        {
            return NGX_DECLINED;
        }
    }

    *version = *value;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_preview_cloud_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_preview_t  *preview;

    preview = ctx->flow;

    rc = ngx_http_owncloud_cloud_type(r, ctx, &preview->type);

    if (rc == NGX_OK) {
        return ngx_http_owncloud_preview_ask(r, ctx);
    }

    call = (rc == NGX_DECLINED) ? ngx_http_owncloud_cloud_type_call(r, ctx)
                                : NULL;

    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_preview_cloud_type_received;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_preview_cloud_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_preview_t  *preview;

    preview = ctx->flow;

    if (ctx->call->failure) {
        return ngx_http_owncloud_preview_none(r, ctx);
    }

    if (ngx_http_owncloud_cloud_type_received(r, ctx, &preview->type)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_preview_ask(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_preview_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t      *call;
    ngx_http_owncloud_preview_t   *preview;
    ngx_http_owncloud_endpoint_t  *endpoint;

    preview = ctx->flow;

    endpoint = ngx_http_owncloud_preview_endpoint(ctx, preview->type);
    if (endpoint == NULL) {
        return ngx_http_owncloud_preview_none(r, ctx);
    }

    call = ngx_http_owncloud_preview_call(r, ctx, endpoint, preview->type,
                                          &preview->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_preview_received;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_preview_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_str_t                     body;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_preview_t  *preview;

    call = ctx->call;
    preview = ctx->flow;

    if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_preview_ask);
    }

    /* if the connection's end ends the body, it may be incomplete */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && call->status == NGX_HTTP_OK
        && call->framing != NGX_HTTP_OWNCLOUD_FRAMING_CLOSE)
    {
        ngx_http_owncloud_sink_text(call->sink, &body);

        rc = ngx_http_owncloud_preview_send(r, &preview->version, &call->type,
                                            &body);
        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "no preview from \"%V\": status %ui, failure %ui, type "
                  "\"%V\"", &ctx->issuer->id, call->status, call->failure,
                  &call->type);

    return ngx_http_owncloud_preview_none(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_preview_none(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_answer_no_preview(r, ctx, NGX_HTTP_NOT_FOUND);
}
