
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Small pictures of files, at MOODLE/repository/owncloud/preview/REPOSITORY
 * ?v=TAG-MODIFIED-SIZE&file=PATH.  The version lets browsers keep them.  The
 * tag is that of the user at the cloud: whoever signs in with the same browser
 * gets no picture of somebody else's file of that name.
 */

/*
 * NGX_OK: the request is for a picture of a repository of "olcf", and
 * ctx->repository, ->issuer and ->action are set; NGX_DECLINED.
 */
ngx_int_t ngx_http_owncloud_preview_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);

/* a step: gets the picture from the cloud; needs ctx->repository */
ngx_int_t ngx_http_owncloud_preview(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_ */
