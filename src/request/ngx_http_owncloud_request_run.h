
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The life of a request that the module answers, in the precontent phase: each
 * step starts a call, a Moodle subrequest or a sleep and names the next step
 * in ctx->step, until one of them answers.  All return what a phase handler
 * returns.
 */

/* the first step; a body of the request is discarded */
ngx_int_t ngx_http_owncloud_request_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step);

/* the same when the body, of any size, has been read: r->request_body */
ngx_int_t ngx_http_owncloud_request_start_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt step);

/*
 * The phases came back to a request that was started: runs ctx->step unless
 * what it waits for is still on its way.
 */
ngx_int_t ngx_http_owncloud_request_resume(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * The request is Moodle's: takes our cookies out of it and leaves it to the
 * location's own handler.
 */
ngx_int_t ngx_http_owncloud_request_decline(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_ */
