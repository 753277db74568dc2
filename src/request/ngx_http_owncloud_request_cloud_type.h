
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


#define NGX_HTTP_OWNCLOUD_CLOUD_TYPE_TIME  3600    /* seconds,
an answer is good */


/*
 * Which server it is, one of NGX_HTTP_OWNCLOUD_TYPE_...: by "type", or by
 * what its status.php said a while ago.  NGX_DECLINED: it has to be asked.
 */
ngx_int_t ngx_http_owncloud_cloud_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type);

/* the call that asks it; NULL: no memory */
ngx_http_owncloud_call_t *ngx_http_owncloud_cloud_type_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);

/*
 * What ctx->call brought: a server that does not say which it is, is taken
 * for what its endpoints are like.
 */
ngx_int_t ngx_http_owncloud_cloud_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_ */
