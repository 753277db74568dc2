
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * A cloud that says 429 or 503 is left alone for a while by all workers: as
 * long as it asks for (Retry-After, seconds or a date, RFC 9110, 10.2.3), but
 * not more than NGX_HTTP_OWNCLOUD_BACKOFF_MAX seconds.
 *
 * A 503 of WebDAV that says nothing of maintenance and no time may be one
 * user's broken storage: it holds back that user alone, and everybody only
 * when a second user gets it in the meantime.
 */

#define NGX_HTTP_OWNCLOUD_BACKOFF_MAX       300   /* seconds */
#define NGX_HTTP_OWNCLOUD_BACKOFF_TOO_MANY  10    /* 429 without a time */
#define NGX_HTTP_OWNCLOUD_BACKOFF_DOWN      5     /* 503 without a time */


/* 429 or 503 if the cloud is left alone now, "*left" seconds more; else 0 */
ngx_uint_t ngx_http_owncloud_backoff(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t *left);

/* what an answer of the cloud says about it */
void ngx_http_owncloud_backoff_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_ */
