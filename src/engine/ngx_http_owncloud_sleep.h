
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SLEEP_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SLEEP_H_INCLUDED_


#include "ngx_http_owncloud.h"


struct ngx_http_owncloud_sleep_s {
    ngx_event_t                event;
    ngx_http_request_t        *request;
    unsigned                   done:1;
};


/*
 * Suspends the request for "msec" milliseconds; with 0, it yields to the
 * worker's other events.  The request goes on with ctx->step, or ends if the
 * client aborts.  Returns NGX_AGAIN, or NGX_HTTP_INTERNAL_SERVER_ERROR.
 */
ngx_int_t ngx_http_owncloud_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_msec_t msec);


/*
 * Watches the client while a request waits: if the client aborts, the request
 * ends and its cleanup handlers run.  Returns NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_sleep_watch(ngx_http_request_t *r);

/* Stops watching the client. */
void ngx_http_owncloud_sleep_unwatch(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_SLEEP_H_INCLUDED_ */
