
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_type.h"


/* seconds that an answer is good for */
#define NGX_HTTP_OWNCLOUD_CLOUD_TYPE_TIME  3600


/*
 * The cloud's type, NGX_HTTP_OWNCLOUD_TYPE_..., from "type" or from a cached
 * status.php. NGX_DECLINED: it has to be asked; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_cloud_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type);

/* the call for status.php, not started yet; NULL: no memory */
ngx_http_owncloud_call_t *ngx_http_owncloud_cloud_type_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);

/*
 * Reads and caches what ctx->call received. If the server does not say, the
 * endpoints decide. NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_cloud_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type);

/*
 * The endpoint that a type's requests go to, "at" is one of
 * NGX_HTTP_OWNCLOUD_AT_...; NULL: this issuer has none
 */
ngx_http_owncloud_endpoint_t *ngx_http_owncloud_cloud_type_endpoint(
    ngx_http_owncloud_issuer_t *issuer, ngx_uint_t at);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_CLOUD_TYPE_H_INCLUDED_ */
