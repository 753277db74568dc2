
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_SEND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_SEND_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* returns 1 if If-None-Match says that the browser has "version" */
ngx_uint_t ngx_http_owncloud_preview_cached(ngx_http_request_t *r,
    ngx_str_t *version);

/* answers 304 (RFC 9110, 15.4.5); returns what a step returns */
ngx_int_t ngx_http_owncloud_preview_unchanged(ngx_http_request_t *r,
    ngx_str_t *version);

/*
 * Answers with the picture "body", which lives as long as the request; "type"
 * is the Content-Type that it came with.  Returns what a step returns, or
 * NGX_DECLINED: it is not a picture, and nothing was sent.
 */
ngx_int_t ngx_http_owncloud_preview_send(ngx_http_request_t *r,
    ngx_str_t *version, ngx_str_t *type, ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_SEND_H_INCLUDED_ */
