
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_dav_item.h"


/*
 * WebDAV calls (RFC 4918) that look up files, copy, move and delete them in
 * the cloud, as NGX_HTTP_OWNCLOUD_AS_USER or ..._AS_ACCOUNT.  Paths are decoded
 * and begin with a slash.  The calls are not started.  They go on when the
 * client aborts, so that nothing is left half done.  NULL: no memory.
 */


/* what is looked up, and found */

typedef struct {
    ngx_str_t                   id;         /* oc:fileid; empty: any */
    ngx_http_owncloud_items_t  *items;
    ngx_pool_t                 *pool;

    ngx_str_t                   path;       /* without a slash at the end */
    ngx_str_t                   found_id;
    off_t                       size;       /* bytes; -1: not known */
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

/*
 * Looks up lookup->id at "path" or, with depth 1, also in that folder.
 * "lookup" lives as long as the request.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_lookup(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path, ngx_uint_t depth, ngx_http_owncloud_lookup_t *lookup);

/*
 * ctx->call has ended.  NGX_OK: the file was found, and the members from
 * lookup->path on are set; NGX_DECLINED: it does not exist; NGX_ABORT: the
 * cloud has not said, see ctx->call; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_file_lookup_done(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_lookup_t *lookup);

/*
 * Makes a folder.  Answers are 201; 405: it exists; 409: the folder that it is
 * to be in does not.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_mkcol(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path);

/* copies a file.  Answers are 201; 204: another file was overwritten. */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_copy(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *from, ngx_str_t *to);

/* moves a file.  Answers are 201; 412: there is another file. */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_move(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *from, ngx_str_t *to);

/* deletes a file or a folder.  Answers are 204; 404. */
ngx_http_owncloud_call_t *ngx_http_owncloud_file_delete(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_FILE_H_INCLUDED_ */
