
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


#define NGX_HTTP_OWNCLOUD_PREVIEW_MAX   524288      /* bytes of a picture */


/*
 * The call that gets the preview of the file at "path", decoded, from a cloud
 * of "type": ownCloud has it below dav/files/USER/ with ?preview=1, Nextcloud
 * at core/preview.png.  The call is not started.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_preview_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_str_t *path);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_CALL_H_INCLUDED_ */
