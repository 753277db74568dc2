
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"


/* what is done with a public link; "url" is allocated from r->pool */

typedef ngx_int_t (*ngx_http_owncloud_link_pt)(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *url);


/*
 * A way: answers with a public link, for a URL resource or an editor.
 * "download" lives as long as the request.
 */
ngx_int_t ngx_http_owncloud_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/*
 * Finds a public link to the file that the user has made before, or makes
 * one, and goes on with "next".  Answers an error if there can be none.
 */
ngx_int_t ngx_http_owncloud_link_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_http_owncloud_link_pt next);

/*
 * ngx_http_owncloud_choose_link_form.c: a step, the first one of
 * "owncloud_link".  ctx->fields are set.  Answers an error unless a page of
 * this site has sent the form.
 */
ngx_int_t ngx_http_owncloud_link_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_ */
