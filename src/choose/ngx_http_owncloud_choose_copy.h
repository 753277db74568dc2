
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_COPY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_COPY_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"


/*
 * A way: fetches the file into a temporary file and uploads it to Moodle's
 * draft area, as a browser does with action=upload.  "download" lives as long
 * as the request.
 */
ngx_int_t ngx_http_owncloud_copy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_COPY_H_INCLUDED_ */
