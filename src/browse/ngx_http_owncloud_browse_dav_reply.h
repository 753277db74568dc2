
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


#define NGX_HTTP_OWNCLOUD_MULTI_STATUS  207


/*
 * A call for what is in a folder (depth 1), or for nothing but the folder's
 * ETag (depth 0), with a reader of its own.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_dav_reply_propfind(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder,
    ngx_uint_t depth, ngx_http_owncloud_dav_t **dav);

/* 1, and a line in the log, if the token is not accepted */
ngx_uint_t ngx_http_owncloud_dav_reply_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* answers why what ctx->call brought is not shown; "error" of ..._dav.h */
ngx_int_t ngx_http_owncloud_dav_reply_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error);

/* a line in the log if the reader left something out */
void ngx_http_owncloud_dav_reply_left_out(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_ */
