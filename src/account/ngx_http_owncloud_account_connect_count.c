
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_account_propfind.h"
#include "ngx_http_owncloud_request_failure.h"


/*
 * Copies are at /Moodle SITE/CONTEXT/YYYYMMDD-RANDOM/NAME.  The account's
 * folders are listed one after the other, down to the contexts, whose listings
 * have the size of each link's folder.
 */

#define NGX_HTTP_OWNCLOUD_COUNT_CONTEXTS  100
#define NGX_HTTP_OWNCLOUD_COUNT_SITES     20
#define NGX_HTTP_OWNCLOUD_COUNT_TIME      10000     /* ms */

#define NGX_HTTP_OWNCLOUD_COUNT_ROOT      0
#define NGX_HTTP_OWNCLOUD_COUNT_SITE      1
#define NGX_HTTP_OWNCLOUD_COUNT_CONTEXT   2


typedef struct {
    ngx_str_t    path;
    ngx_uint_t   level;
} ngx_http_owncloud_count_t;


static ngx_int_t ngx_http_owncloud_count_next(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_http_owncloud_call_t *ngx_http_owncloud_count_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_count_item(void *data,
    ngx_http_owncloud_item_t *item);
static ngx_int_t ngx_http_owncloud_count_folder(
    ngx_http_owncloud_connect_t *connect, ngx_str_t *path, ngx_uint_t level);
static void ngx_http_owncloud_count_link(
    ngx_http_owncloud_page_connect_t *page, ngx_str_t *name, off_t size);
static ngx_int_t ngx_http_owncloud_count_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_count_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_connect_count(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_http_owncloud_connect_t  *connect;

    static ngx_str_t  root = ngx_string("/");

    connect = ctx->flow;

    connect->next = next;
    connect->began = ngx_current_msec;

    if (ngx_array_init(&connect->folders, r->pool, 8,
                       sizeof(ngx_http_owncloud_count_t))
        != NGX_OK
        || ngx_http_owncloud_count_folder(connect, &root,
                                          NGX_HTTP_OWNCLOUD_COUNT_ROOT)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_account(r, ctx, ngx_http_owncloud_count_next,
                                     ngx_http_owncloud_count_refused);
}


static ngx_int_t
ngx_http_owncloud_count_next(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_count_t    *folder;
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    if (connect->folder < connect->folders.nelts
        && ngx_current_msec - connect->began > NGX_HTTP_OWNCLOUD_COUNT_TIME)
    {
        connect->page.more = 1;
        connect->folder = connect->folders.nelts;
    }

    if (connect->folder == connect->folders.nelts) {
        connect->page.counted = 1;
        return connect->next(r, ctx);
    }

    folder = connect->folders.elts;
    folder += connect->folder;

    call = ngx_http_owncloud_count_call(r, ctx, &folder->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_count_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_http_owncloud_call_t *
ngx_http_owncloud_count_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    connect->items = ngx_http_owncloud_items_create(r->pool,
                                               &ctx->issuer->webdav.url,
                                               ngx_http_owncloud_count_item,
                                               connect);
    if (connect->items == NULL) {
        return NULL;
    }

    return ngx_http_owncloud_account_propfind(r, ctx,
                                              NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                              path, 1, connect->items);
}


static ngx_int_t
ngx_http_owncloud_count_item(void *data, ngx_http_owncloud_item_t *item)
{
    ngx_http_owncloud_connect_t *connect = data;

    u_char                     *p, *last;
    ngx_str_t                   path, name;
    ngx_http_owncloud_count_t  *folder;

    folder = connect->folders.elts;
    folder += connect->folder;

    path = item->path;

    while (path.len > 1 && path.data[path.len - 1] == '/') {
        path.len--;
    }

    /* the folder itself */

    if (!item->folder || path.len <= folder->path.len) {
        return NGX_OK;
    }

    last = path.data + path.len;

    for (p = last; p > path.data && p[-1] != '/'; p--) { /* void */ }

    name.data = p;
    name.len = last - p;

    switch (folder->level) {

    case NGX_HTTP_OWNCLOUD_COUNT_ROOT:

        if (name.len > sizeof("Moodle ") - 1
            && ngx_strncmp(name.data, "Moodle ", sizeof("Moodle ") - 1) == 0)
        {
            return ngx_http_owncloud_count_folder(connect, &path,
                                              NGX_HTTP_OWNCLOUD_COUNT_SITE);
        }

        break;

    case NGX_HTTP_OWNCLOUD_COUNT_SITE:

        if (ngx_atoi(name.data, name.len) != NGX_ERROR) {
            return ngx_http_owncloud_count_folder(connect, &path,
                                            NGX_HTTP_OWNCLOUD_COUNT_CONTEXT);
        }

        break;

    default: /* NGX_HTTP_OWNCLOUD_COUNT_CONTEXT */
        ngx_http_owncloud_count_link(&connect->page, &name, item->size);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_count_folder(ngx_http_owncloud_connect_t *connect,
    ngx_str_t *path, ngx_uint_t level)
{
    ngx_http_owncloud_count_t  *folder;

    if (connect->contexts == NGX_HTTP_OWNCLOUD_COUNT_CONTEXTS
        || connect->folders.nelts - connect->contexts
           > NGX_HTTP_OWNCLOUD_COUNT_SITES)
    {
        connect->page.more = 1;
        return NGX_OK;
    }

    folder = ngx_array_push(&connect->folders);
    if (folder == NULL) {
        return NGX_ERROR;
    }

    folder->level = level;
    folder->path.len = path->len;

    folder->path.data = ngx_pstrdup(connect->folders.pool, path);
    if (folder->path.data == NULL) {
        return NGX_ERROR;
    }

    if (level == NGX_HTTP_OWNCLOUD_COUNT_CONTEXT) {
        connect->contexts++;
    }

    return NGX_OK;
}


/* "20261129-" and hexadecimal digits; names are never reused */

static void
ngx_http_owncloud_count_link(ngx_http_owncloud_page_connect_t *page,
    ngx_str_t *name, off_t size)
{
    if (name->len < sizeof("20261129-") || name->data[8] != '-'
        || ngx_atoi(name->data, 8) == NGX_ERROR)
    {
        return;
    }

    if (page->links++ == 0 || ngx_memcmp(name->data, page->oldest, 8) < 0) {
        ngx_memcpy(page->oldest, name->data, 8);
    }

    if (size > 0) {
        page->bytes += size;
    }
}


static ngx_int_t
ngx_http_owncloud_count_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_connect_t  *connect;

    call = ctx->call;
    connect = ctx->flow;

    if (!call->failure && call->status == NGX_HTTP_UNAUTHORIZED) {
        return ngx_http_owncloud_account_refused(r, ctx,
                                             ngx_http_owncloud_count_next,
                                             ngx_http_owncloud_count_refused);
    }

    if (!call->failure && call->status == 207) {

        rc = ngx_http_owncloud_items_finish(connect->items);

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc == NGX_OK) {
            connect->folder++;
            return ngx_http_owncloud_count_next(r, ctx);
        }
    }

    /* it was removed after its name was read */

    if (!call->failure && call->status == NGX_HTTP_NOT_FOUND
        && connect->folder)
    {
        connect->folder++;
        return ngx_http_owncloud_count_next(r, ctx);
    }

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "\"%V\" did not list the files of the system account: "
                  "status %ui, failure %ui", &ctx->issuer->id, call->status,
                  call->failure);

    connect->page.trouble = "%s could not be reached, or sent an invalid "
                            "response. The error log has the details.";

    return connect->next(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_count_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    connect->page.trouble = ctx->account->text;

    return connect->next(r, ctx);
}
