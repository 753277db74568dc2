
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* the first steps of what the picker and other front ends ask for */

/* a step: the picker's form was read; it may be about another repository */
ngx_int_t ngx_http_owncloud_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a step: the request is for a location of the module's own */
ngx_int_t ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_ */
