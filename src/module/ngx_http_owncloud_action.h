
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* the first steps of what pickers and other front ends ask for */

/* the form of the picker was read; it may be about another repository */
ngx_int_t ngx_http_owncloud_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a location with a handler of ours */
ngx_int_t ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_ */
