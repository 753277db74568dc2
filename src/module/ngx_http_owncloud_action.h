
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* the first steps of requests by the picker and other front ends */

/*
 * A step: handles a request of the picker once its form was read.  Declines it
 * if it is for another repository.
 */
ngx_int_t ngx_http_owncloud_ajax(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* A step: handles a request to a location of this module. */
ngx_int_t ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_ACTION_H_INCLUDED_ */
