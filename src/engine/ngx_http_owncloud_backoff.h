
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * Who gets a 429 or a 503 leaves that service of the cloud (WebDAV, OCS, the
 * token endpoint, ...) alone for a while, in all workers: as long as it asks
 * for (Retry-After, seconds or a date, RFC 9110, 10.2.3), but not more than
 * NGX_HTTP_OWNCLOUD_BACKOFF_MAX seconds.  What one user may bring about costs
 * nobody else: limits are counted by user, a storage may be one user's, and
 * Nextcloud answers wrong codes with 429.
 *
 * Everybody leaves it alone if a 503 says for how long, and everybody leaves
 * all of the cloud alone if it says that it is in maintenance.
 */

#define NGX_HTTP_OWNCLOUD_BACKOFF_MAX       300   /* seconds */
#define NGX_HTTP_OWNCLOUD_BACKOFF_TOO_MANY  10    /* 429 without a time */
#define NGX_HTTP_OWNCLOUD_BACKOFF_DOWN      5     /* 503 without a time */


/* 429 or 503 if a call is not to be made now, for "*left" seconds; else 0 */
ngx_uint_t ngx_http_owncloud_backoff(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, time_t *left);

/* what an answer of the cloud says about it */
void ngx_http_owncloud_backoff_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_BACKOFF_H_INCLUDED_ */
