
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/* what a cloud has answered to a listing or a search; ctx->call has ended */

#define NGX_HTTP_OWNCLOUD_MULTI_STATUS  207     /* RFC 4918, 11.1 */


/* returns 1, and logs it, if the cloud does not accept the token (401) */
ngx_uint_t ngx_http_owncloud_dav_reply_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Ends the reader "dav" of a 2xx answer.  Returns NGX_HTTP_OWNCLOUD_DAV_GOOD,
 * or another value of ..._dav.h if it is not a complete multistatus.
 */
ngx_uint_t ngx_http_owncloud_dav_reply_error(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_dav_t *dav);

/*
 * Answers why there is no list: "error" is a value of ..._dav.h.  Returns what
 * a step returns.
 */
ngx_int_t ngx_http_owncloud_dav_reply_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error);

/* logs how many entries the reader has left out, if any */
void ngx_http_owncloud_dav_reply_left_out(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_DAV_REPLY_H_INCLUDED_ */
