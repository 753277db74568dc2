
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_CALL_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * The call that reads the folder "folder", decoded, with slashes at both ends
 * (RFC 4918, 9.1).  With depth 1 it asks for all that is in the folder, with
 * depth 0 for nothing but the folder's ETag.  "*dav" is a new reader of the
 * answer, allocated from r->pool.  The call is not started.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_listing_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder,
    ngx_uint_t depth, ngx_http_owncloud_dav_t **dav);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_LISTING_CALL_H_INCLUDED_ */
