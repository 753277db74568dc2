
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_LIST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_LIST_H_INCLUDED_


#include "ngx_http_owncloud_answer.h"


/* which files of a list have previews, and whose they are */

/*
 * Returns NGX_HTTP_OWNCLOUD_PREVIEWS_...: who knows which files have a
 * preview.  A cloud of a type that is not known yet is not asked for it.
 */
ngx_uint_t ngx_http_owncloud_preview_source(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Sets list->previews and, if there are any, list->tag.  NGX_ERROR: no digest.
 */
ngx_int_t ngx_http_owncloud_preview_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list);

/*
 * Writes NGX_HTTP_OWNCLOUD_PREVIEW_TAG bytes to "tag", which stand for the
 * user at the cloud.  NGX_ERROR: no digest.
 */
ngx_int_t ngx_http_owncloud_preview_tag(ngx_http_owncloud_ctx_t *ctx,
    u_char *tag);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_LIST_H_INCLUDED_ */
