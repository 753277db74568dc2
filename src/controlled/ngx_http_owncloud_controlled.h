
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"


/*
 * A way: has Moodle store a link to a copy of the file that belongs to the
 * system account.  Moodle decides who may open the link.  "download" lives as
 * long as the request.
 */
ngx_int_t ngx_http_owncloud_controlled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_ */
