
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_send.h"


ngx_http_owncloud_connect_t *
ngx_http_owncloud_connect_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    ngx_http_owncloud_connect_t  *connect;

    connect = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_connect_t));
    if (connect == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     connect->page.kind = NGX_HTTP_OWNCLOUD_PAGE_SHOW;
     *     connect->session = NULL;
     *     connect->confirm = { 0, NULL };
     */

    connect->path = *path;

    ctx->flow = connect;

    return connect;
}


ngx_int_t
ngx_http_owncloud_connect_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    time_t                             connected;
    ngx_int_t                          rc;
    ngx_http_owncloud_account_env_t    env;
    ngx_http_owncloud_credential_t     session;
    ngx_http_owncloud_connect_t       *connect;
    ngx_http_owncloud_page_connect_t  *page;

    connect = ctx->flow;
    page = &connect->page;

    if (ctx->issuer->account == NGX_HTTP_OWNCLOUD_ACCOUNT_PASSWORD) {
        page->state = NGX_HTTP_OWNCLOUD_PAGE_PASSWORD;
        page->user = ctx->issuer->account_user;
        return NGX_OK;
    }

    ngx_http_owncloud_account_env(r, ctx, &env);

    rc = ngx_http_owncloud_account_load(&env, &session, &connected);

    switch (rc) {

    case NGX_OK:
        page->state = NGX_HTTP_OWNCLOUD_PAGE_CONNECTED;
        break;

    case NGX_DONE:
        page->state = NGX_HTTP_OWNCLOUD_PAGE_LOST;
        break;

    case NGX_ABORT:
        page->state = NGX_HTTP_OWNCLOUD_PAGE_UNREADABLE;
        return NGX_OK;

    case NGX_DECLINED:
        page->state = NGX_HTTP_OWNCLOUD_PAGE_NONE;
        return NGX_OK;

    default: /* NGX_ERROR */
        return NGX_ERROR;
    }

    page->user = session.user;
    page->connected = connected;
    page->renewed = session.issued;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_connect_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm, ngx_str_t *url)
{
    u_char                       *p;
    ngx_str_t                     path;
    ngx_http_owncloud_connect_t  *connect;

    static char  query[] = "?confirm=";

    connect = ctx->flow;

    if (ngx_http_owncloud_uri_escape(r->pool, &connect->path, &path, 0)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, ctx->origin.len + path.len + sizeof(query)
                             + (confirm ? confirm->len : 0));
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = ngx_sprintf(p, "%V%V", &ctx->origin, &path);

    if (confirm) {
        p = ngx_sprintf(p, "%s%V", query, confirm);
    }

    url->len = p - url->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_connect_back(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  url;

    if (ngx_http_owncloud_connect_url(r, ctx, NULL, &url) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_redirect(r, NGX_HTTP_SEE_OTHER, &url);
}


ngx_int_t
ngx_http_owncloud_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text)
{
    ngx_str_t  url;

    if (ngx_http_owncloud_connect_url(r, ctx, NULL, &url) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_page_connect_failed(r, ctx, status, text, &url);
}
