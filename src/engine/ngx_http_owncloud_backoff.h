
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * Back-off after 429 or 503.  The client that got the response does not call
 * that service of the cloud (WebDAV, OCS, the token endpoint, ...) from any
 * worker until Retry-After has passed (seconds or a date, RFC 9110, 10.2.3),
 * but for NGX_HTTP_OWNCLOUD_BACKOFF_MAX seconds at most.  Other users are not
 * affected: limits are counted by user, a storage may belong to one user, and
 * Nextcloud answers wrong codes with 429.
 *
 * A 503 with Retry-After backs off all users from the service.  A cloud in
 * maintenance mode backs off all users from the whole cloud.
 */

#define NGX_HTTP_OWNCLOUD_BACKOFF_MAX       300   /* seconds */
#define NGX_HTTP_OWNCLOUD_BACKOFF_TOO_MANY  10    /* 429 without Retry-After */
#define NGX_HTTP_OWNCLOUD_BACKOFF_DOWN      5     /* 503 without Retry-After */


/*
 * Returns 429 or 503 if the call is backed off, with the remaining seconds in
 * "*left"; 0 if it may be sent.
 */
ngx_uint_t ngx_http_owncloud_backoff(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, time_t *left);

/* Starts a back-off if the response in "call" asks for one. */
void ngx_http_owncloud_backoff_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_ */
