
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Lets Moodle decide, by its own search form, whether this user may use the
 * repository here and now, and goes on with "next" if so; what Moodle said
 * is remembered for NGX_HTTP_OWNCLOUD_PERMISSION_TIME seconds.  A refusal is
 * passed on as it came.  ctx->searchform holds the form.
 */
ngx_int_t ngx_http_owncloud_permission(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_PERMISSION_H_INCLUDED_ */
