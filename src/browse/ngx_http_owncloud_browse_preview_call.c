
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_preview_call.h"
#include "ngx_http_owncloud_session.h"


/* pickers show 90 x 90 */
#define NGX_HTTP_OWNCLOUD_PREVIEW_SIZE  "&x=128&y=128"


static ngx_int_t ngx_http_owncloud_preview_files(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri);
static ngx_int_t ngx_http_owncloud_preview_core(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri);


ngx_http_owncloud_call_t *
ngx_http_owncloud_preview_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type, ngx_str_t *path)
{
    ngx_int_t                      rc;
    ngx_str_t                      uri;
    ngx_http_owncloud_call_t      *call;
    ngx_http_owncloud_endpoint_t  *endpoint;

    if (type == NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD) {
        endpoint = &ctx->issuer->dav;
        rc = ngx_http_owncloud_preview_files(r, ctx, path, &uri);

    } else {
        endpoint = &ctx->issuer->preview;
        rc = ngx_http_owncloud_preview_core(r, ctx, path, &uri);
    }

    if (rc != NGX_OK) {
        return NULL;
    }

    call = ngx_http_owncloud_call_create(r, endpoint, "GET");
    if (call == NULL) {
        return NULL;
    }

    call->uri = uri;
    call->replayable = 1;
    call->sink_status = NGX_HTTP_OK;
    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_PREVIEW_MAX);

    if (call->sink == NULL
        || ngx_http_owncloud_call_bearer(r, call, &ctx->session->access)
           != NGX_OK)
    {
        return NULL;
    }

    return call;
}


static ngx_int_t
ngx_http_owncloud_preview_files(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri)
{
    ngx_str_t  user, file, *base;

    base = &ctx->issuer->dav.url.path;

    if (ngx_http_owncloud_uri_escape(r->pool, &ctx->session->user, &user, 1)
        != NGX_OK
        || ngx_http_owncloud_uri_escape(r->pool, path, &file, 0) != NGX_OK)
    {
        return NGX_ERROR;
    }

    uri->data = ngx_pnalloc(r->pool, base->len + user.len + file.len
                                     + sizeof("files/?preview=1"
                                              NGX_HTTP_OWNCLOUD_PREVIEW_SIZE));
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    uri->len = ngx_sprintf(uri->data, "%Vfiles/%V%V?preview=1"
                           NGX_HTTP_OWNCLOUD_PREVIEW_SIZE,
                           base, &user, &file)
               - uri->data;

    return NGX_OK;
}


/* without forceIcon=0 the server sends an icon where it has no preview */

static ngx_int_t
ngx_http_owncloud_preview_core(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri)
{
    ngx_str_t  file, *base;

    base = &ctx->issuer->preview.url.path;

    if (ngx_http_owncloud_uri_escape(r->pool, path, &file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    uri->data = ngx_pnalloc(r->pool, base->len + file.len
                                     + sizeof("?file=&forceIcon=0"
                                              NGX_HTTP_OWNCLOUD_PREVIEW_SIZE));
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    uri->len = ngx_sprintf(uri->data, "%V?file=%V"
                           NGX_HTTP_OWNCLOUD_PREVIEW_SIZE "&forceIcon=0",
                           base, &file)
               - uri->data;

    return NGX_OK;
}
