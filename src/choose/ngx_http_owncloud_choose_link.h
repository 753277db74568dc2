
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_


#include "ngx_http_owncloud_choose_download.h"


typedef ngx_int_t (*ngx_http_owncloud_link_pt)(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *url);

/*
 * Goes on with "next" when there is a public link to the file: one that the
 * user has made before, or a new one.  What stands in the way is answered.
 */
ngx_int_t ngx_http_owncloud_link_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_http_owncloud_link_pt next);

/*
 * ngx_http_owncloud_choose_link_form.c: the form of "owncloud_link" is there;
 * whose page has sent it is checked
 */
ngx_int_t ngx_http_owncloud_link_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_LINK_H_INCLUDED_ */
