
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
 * Lets "msec" milliseconds pass, or, with 0, whatever else the worker has to
 * do at the moment; the request goes on with ctx->step.  Returns NGX_AGAIN,
 * or NGX_HTTP_INTERNAL_SERVER_ERROR.  A client that goes away ends it.
 */
ngx_int_t ngx_http_owncloud_sleep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_msec_t msec);


/*
 * While a request waits for nothing that would tell: a client that goes away
 * ends it, which runs its cleanups; and the end of that.
 */
ngx_int_t ngx_http_owncloud_sleep_watch(ngx_http_request_t *r);
void ngx_http_owncloud_sleep_unwatch(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_SLEEP_H_INCLUDED_ */
