
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_PART_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_PART_H_INCLUDED_


#include "ngx_http_owncloud_controlled_open_flow.h"


/* the file as a whole, or the range of it that was asked for (RFC 9110, 14) */

/*
 * Adds Range and If-Range to "call" if the browser has asked for one range;
 * sets open->part, ->range and ->expected.  NGX_ERROR: a header's value is not
 * one that can be sent.
 */
ngx_int_t ngx_http_owncloud_open_part(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call);

/*
 * The header of "call" is there: returns 1 if it is not that of the file, or
 * of the range, that was asked for; sets open->expected and ->changed.
 */
ngx_uint_t ngx_http_owncloud_open_wrong(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call);

/* the body of "call" has ended.  NGX_ERROR: it is shorter than expected. */
ngx_int_t ngx_http_owncloud_open_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/*
 * The value of Content-Range for a 416, allocated from r->pool, or an empty
 * string if the cloud has not sent a valid one.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_open_no_part(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *range);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_PART_H_INCLUDED_ */
