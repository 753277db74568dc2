
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_ERROR_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_ERROR_H_INCLUDED_


#include "ngx_http_owncloud_controlled_open_flow.h"


/*
 * Errors of the opening.  All of these answer, and return what a step
 * returns.
 */

/* the error that ctx->call stands for */
ngx_int_t ngx_http_owncloud_open_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the ticket has expired, or is for another browser */
ngx_int_t ngx_http_owncloud_open_late(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the account cannot be used: ctx->account says why */
ngx_int_t ngx_http_owncloud_open_no_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the cloud does not share the copy with the reader: see open->reply */
ngx_int_t ngx_http_owncloud_open_not_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_ERROR_H_INCLUDED_ */
