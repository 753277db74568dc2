
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_account_propfind.h"
#include "ngx_http_owncloud_controlled_file.h"


static ngx_int_t ngx_http_owncloud_file_item(void *data,
    ngx_http_owncloud_item_t *item);
static ngx_http_owncloud_call_t *ngx_http_owncloud_file_transfer(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    char *method, ngx_str_t *from, ngx_str_t *to, ngx_str_t *overwrite);
static ngx_http_owncloud_call_t *ngx_http_owncloud_file_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    char *method, ngx_str_t *path);


ngx_http_owncloud_call_t *
ngx_http_owncloud_file_lookup(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path,
    ngx_uint_t depth, ngx_http_owncloud_lookup_t *lookup)
{
    ngx_http_owncloud_call_t  *call;

    lookup->pool = r->pool;
    lookup->found = 0;

    lookup->items = ngx_http_owncloud_items_create(r->pool,
                                               &ctx->issuer->webdav.url,
                                               ngx_http_owncloud_file_item,
                                               lookup);
    if (lookup->items == NULL) {
        return NULL;
    }

    call = ngx_http_owncloud_account_propfind(r, ctx, as, path, depth,
                                              lookup->items);
    if (call == NULL) {
        return NULL;
    }

    call->persistent = 1;

    return call;
}


static ngx_int_t
ngx_http_owncloud_file_item(void *data, ngx_http_owncloud_item_t *item)
{
    ngx_http_owncloud_lookup_t *lookup = data;

    if (lookup->id.len
        && (lookup->id.len != item->id.len
            || ngx_memcmp(lookup->id.data, item->id.data, item->id.len) != 0))
    {
        return NGX_OK;
    }

    while (item->path.len > 1 && item->path.data[item->path.len - 1] == '/') {
        item->path.len--;
    }

    lookup->path.len = item->path.len;
    lookup->path.data = ngx_pstrdup(lookup->pool, &item->path);

    lookup->found_id.len = item->id.len;
    lookup->found_id.data = ngx_pstrdup(lookup->pool, &item->id);

    if (lookup->path.data == NULL || lookup->found_id.data == NULL) {
        return NGX_ERROR;
    }

    lookup->size = item->size;
    lookup->folder = item->folder;
    lookup->found = 1;

    return NGX_DONE;
}


ngx_int_t
ngx_http_owncloud_file_lookup_done(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_lookup_t *lookup)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    /* the reader stops when it has found the file */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED && lookup->found) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_GOOD;
    }

    if (call->failure) {
        return NGX_ABORT;
    }

    if (call->status == NGX_HTTP_NOT_FOUND) {
        return NGX_DECLINED;
    }

    if (call->status != 207) {
        return NGX_ABORT;
    }

    rc = ngx_http_owncloud_items_finish(lookup->items);

    if (rc == NGX_OK) {
        return lookup->found ? NGX_OK : NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_INVALID;
        return NGX_ABORT;
    }

    return NGX_ERROR;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_file_mkcol(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path)
{
    return ngx_http_owncloud_file_call(r, ctx, as, "MKCOL", path);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_file_copy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *from,
    ngx_str_t *to)
{
    static ngx_str_t  yes = ngx_string("T");

    return ngx_http_owncloud_file_transfer(r, ctx, as, "COPY", from, to,
                                           &yes);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_file_move(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *from,
    ngx_str_t *to)
{
    static ngx_str_t  no = ngx_string("F");

    return ngx_http_owncloud_file_transfer(r, ctx, as, "MOVE", from, to,
                                           &no);
}


static ngx_http_owncloud_call_t *
ngx_http_owncloud_file_transfer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method,
    ngx_str_t *from, ngx_str_t *to, ngx_str_t *overwrite)
{
    u_char                    *p;
    ngx_str_t                  uri, destination;
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_file_call(r, ctx, as, method, from);

    if (call == NULL
        || ngx_http_owncloud_call_path(r, ctx, to, &uri) != NGX_OK)
    {
        return NULL;
    }

    p = ngx_pnalloc(r->pool, sizeof("https://") - 1
                             + call->upstream->authority.len + uri.len);
    if (p == NULL) {
        return NULL;
    }

    destination.data = p;

    p = ngx_sprintf(p, "http%s://%V%V", call->upstream->tls ? "s" : "",
                    &call->upstream->authority, &uri);

    destination.len = p - destination.data;

    if (ngx_http_owncloud_call_header(call, "Destination", &destination)
        != NGX_OK
        || ngx_http_owncloud_call_header(call, "Overwrite", overwrite)
           != NGX_OK)
    {
        return NULL;
    }

    return call;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_file_delete(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path)
{
    return ngx_http_owncloud_file_call(r, ctx, as, "DELETE", path);
}


static ngx_http_owncloud_call_t *
ngx_http_owncloud_file_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method,
    ngx_str_t *path)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->webdav, method);

    if (call == NULL
        || ngx_http_owncloud_call_path(r, ctx, path, &call->uri) != NGX_OK
        || ngx_http_owncloud_account_authorize(r, ctx, call, as) != NGX_OK)
    {
        return NULL;
    }

    /* a file must not be copied or moved twice */

    call->replayable = (method[0] == 'D');
    call->persistent = 1;
    call->unguarded = (method[0] == 'D');

    return call;
}


void
ngx_http_owncloud_file_folder(ngx_str_t *path, ngx_str_t *folder)
{
    u_char  *p;

    ngx_str_set(folder, "/");

    if (path->len == 0 || path->data[0] != '/') {
        return;
    }

    for (p = path->data + path->len; p[-1] != '/'; p--) { /* void */ }

    folder->data = path->data;
    folder->len = p - path->data;
}


ngx_uint_t
ngx_http_owncloud_file_in_root(ngx_str_t *path)
{
    return ngx_strlchr(path->data + 1, path->data + path->len, '/') == NULL;
}
