
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_search_request.h"


/*
 * The call that searches a cloud of "type": SEARCH (RFC 5323) for Nextcloud,
 * REPORT oc:search-files for ownCloud.  "*dav" is a new
 * reader of the answer, allocated from r->pool.  The call is not started.
 * NGX_DECLINED: no file can have such a name; NGX_ABORT: the cloud cannot be
 * searched; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_search_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_http_owncloud_search_request_t *search, ngx_http_owncloud_dav_t **dav,
    ngx_http_owncloud_call_t **call);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_SEARCH_CALL_H_INCLUDED_ */
