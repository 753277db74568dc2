
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


#define NGX_HTTP_OWNCLOUD_PREVIEW_MAX   524288      /* bytes of a picture */


/* the endpoint at which a cloud of "type" has previews; NULL: it has none */
ngx_http_owncloud_endpoint_t *ngx_http_owncloud_preview_endpoint(
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type);

/*
 * The call that gets the preview of the file at "path", decoded, from the
 * endpoint of a cloud of "type".  The call is not started.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_preview_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_endpoint_t *endpoint, ngx_uint_t type, ngx_str_t *path);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_ */
