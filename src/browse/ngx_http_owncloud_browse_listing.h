
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* a step: answers a page of a folder ("p"), or the form to sign in */
ngx_int_t ngx_http_owncloud_listing(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_H_INCLUDED_ */
