
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_search_request.h"


/*
 * The call that searches, in the way of the server that "type" is, and a
 * reader of its answer, both from r->pool; "search" has to outlive them.
 * NGX_DECLINED: there can be no such name; NGX_ABORT: the server cannot be
 * searched; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_search_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_http_owncloud_search_request_t *search, ngx_http_owncloud_dav_t **dav,
    ngx_http_owncloud_call_t **call);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_ */
