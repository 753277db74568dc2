
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_dav_item.h"


/*
 * WebDAV calls that look for files, copy, move and remove them inside of the
 * cloud, as the user or as the system account (NGX_HTTP_OWNCLOUD_AS_...).
 * Paths are decoded and begin with a slash.  They go on when the client goes
 * away, since what they are a part of must not be left half done.  None is
 * started yet; NULL: no memory.
 */


/* what is looked for, and found */

typedef struct {
    ngx_str_t                   id;         /* oc:fileid; empty: any */
    ngx_http_owncloud_items_t  *items;
    ngx_pool_t                 *pool;

    ngx_str_t                   path;       /* without a slash at the end */
    ngx_str_t                   found_id;
    off_t                       size;       /* -1: not said */
    unsigned                    found:1;
    unsigned                    folder:1;
} ngx_http_owncloud_lookup_t;


/*
 * The folder that "path" is in, with a slash at its end; "/" if "path" is not
 * a path.  It points into "path".
 */
void ngx_http_owncloud_file_folder(ngx_str_t *path, ngx_str_t *folder);

/* returns 1 if "path", which begins with a slash, is in no folder */
ngx_uint_t ngx_http_owncloud_file_in_root(ngx_str_t *path);

/* lookup->id among what is at "path" or, with depth 1, in that folder */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_lookup(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path, ngx_uint_t depth, ngx_http_owncloud_lookup_t *lookup);

/*
 * Afterwards: NGX_OK: it was found; NGX_DECLINED: it is not there; NGX_ABORT:
 * the cloud did not say, see ctx->call; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_file_lookup_done(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_lookup_t *lookup);

/* 201; 405: there is one; 409: nothing that it could be in */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_mkcol(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path);

/* 201, 204: in place of another file */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_copy(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *from, ngx_str_t *to);

/* 201; 412: there is another file */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_move(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *from, ngx_str_t *to);

/* 204; 404 */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_delete(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_ */
