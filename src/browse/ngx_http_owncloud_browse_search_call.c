
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_search_call.h"
#include "ngx_http_owncloud_session.h"


static ngx_int_t ngx_http_owncloud_search_call_nextcloud(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_request_t *search,
    ngx_http_owncloud_dav_t **dav, ngx_http_owncloud_call_t **call);
static ngx_int_t ngx_http_owncloud_search_call_files(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user,
    ngx_http_owncloud_url_t *url);
static ngx_int_t ngx_http_owncloud_search_call_owncloud(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_request_t *search,
    ngx_http_owncloud_dav_t **dav, ngx_http_owncloud_call_t **call);


ngx_int_t
ngx_http_owncloud_search_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_http_owncloud_search_request_t *search,
    ngx_http_owncloud_dav_t **dav, ngx_http_owncloud_call_t **call)
{
    ngx_int_t  rc;

    static ngx_str_t  content = ngx_string("text/xml; charset=utf-8");

    switch (type) {

    case NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD:
        rc = ngx_http_owncloud_search_call_nextcloud(r, ctx, search, dav,
                                                     call);
        break;

    case NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD:
        rc = ngx_http_owncloud_search_call_owncloud(r, ctx, search, dav, call);
        break;

    default: /* NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD */

        /*
         * OpenCloud answers with paths in spaces, not below "webdav_endpoint"
         */

        return NGX_ABORT;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (*dav == NULL || *call == NULL) {
        return NGX_ERROR;
    }

    (*call)->replayable = 1;

    (*call)->sink = ngx_http_owncloud_sink_dav(r->pool, *dav,
                                               ctx->issuer->max_size);
    (*call)->sink_status = NGX_HTTP_OWNCLOUD_MULTI_STATUS;

    if ((*call)->sink == NULL
        || ngx_http_owncloud_call_bearer(r, *call, &ctx->session->access)
           != NGX_OK
        || ngx_http_owncloud_call_header(*call, "Content-Type", &content)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_search_call_nextcloud(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_request_t *search,
    ngx_http_owncloud_dav_t **dav, ngx_http_owncloud_call_t **call)
{
    ngx_int_t                 rc;
    ngx_str_t                 body;
    ngx_http_owncloud_url_t  *base;

    if (ctx->issuer->dav.upstream == NULL || search->user.len == 0) {
        return NGX_ABORT;
    }

    rc = ngx_http_owncloud_search_request_body(r->pool, search, &body);

    if (rc != NGX_OK) {
        return rc;
    }

    base = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_url_t));

    if (base == NULL
        || ngx_http_owncloud_search_call_files(r, ctx, &search->user, base)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    *dav = ngx_http_owncloud_dav_search(r->pool, base, NULL, search->limit);
    *call = ngx_http_owncloud_call_create(r, &ctx->issuer->dav, "SEARCH");

    if (*call) {
        (*call)->body = body;
    }

    return NGX_OK;
}


/* Nextcloud answers with paths below the user's files */

static ngx_int_t
ngx_http_owncloud_search_call_files(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user,
    ngx_http_owncloud_url_t *url)
{
    u_char     *p;
    ngx_str_t   escaped, *path;

    *url = ctx->issuer->dav.url;
    path = &ctx->issuer->dav.url.path;

    if (ngx_http_owncloud_uri_escape(r->pool, user, &escaped, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, path->len + sizeof("files//") - 1 + escaped.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->path.data = p;
    url->path.len = ngx_sprintf(p, "%Vfiles/%V/", path, &escaped) - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_search_call_owncloud(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_request_t *search,
    ngx_http_owncloud_dav_t **dav, ngx_http_owncloud_call_t **call)
{
    ngx_int_t                    rc;
    ngx_str_t                    body;
    ngx_uint_t                   filter;
    ngx_http_owncloud_issuer_t  *issuer;

    issuer = ctx->issuer;

    rc = ngx_http_owncloud_search_request_report(r->pool, search, &body,
                                                 &filter);

    if (rc != NGX_OK) {
        return rc;
    }

    *dav = ngx_http_owncloud_dav_search(r->pool, &issuer->webdav.url,
                                        filter ? &search->text : NULL,
                                        search->limit);
    *call = ngx_http_owncloud_call_create(r, &issuer->webdav, "REPORT");

    if (*call) {
        (*call)->body = body;
    }

    return NGX_OK;
}
