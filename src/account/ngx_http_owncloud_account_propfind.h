
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_dav_item.h"


/*
 * Creates a PROPFIND call for the resource at "path", which is decoded, or,
 * with depth 1, also for its members (RFC 4918, 9.1).  "as" is one of
 * ngx_http_owncloud_as_e.  "items" parses the response and must outlive the
 * request.  The caller starts the call.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_account_propfind(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path, ngx_uint_t depth, ngx_http_owncloud_items_t *items);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_ */
