
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Requests the repository's search form from Moodle, which decides whether
 * this user may use the repository in this context.  If so, the request goes
 * on with "next", and ctx->searchform is the form; the result is cached for
 * NGX_HTTP_OWNCLOUD_PERMISSION_TIME seconds.  If not, Moodle's refusal is the
 * response.  With "authorize off", Moodle is not asked.  Returns what a step
 * returns.
 */
ngx_int_t ngx_http_owncloud_permission(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_ */
