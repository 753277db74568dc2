
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * A step: answers how far the copy with the picker's client id "id" is, as
 * {"phase":..., "done":..., "total":...}; the phase is "fetch", "store",
 * "done" or "none", the numbers are bytes.
 */
ngx_int_t ngx_http_owncloud_progress(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_ */
