
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_dav_item.h"


/*
 * A call, of NGX_HTTP_OWNCLOUD_AS_USER or ..._AS_ACCOUNT, for what is at
 * "path", decoded, and with depth 1 also for all that is in it (PROPFIND, RFC
 * 4918, 9.1).  "items" reads the answer; it lives as long as the request.  The
 * call is not started.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_account_propfind(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *path, ngx_uint_t depth, ngx_http_owncloud_items_t *items);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_PROPFIND_H_INCLUDED_ */
