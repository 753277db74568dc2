
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Goes on with "next" when ctx->moodle_user is known, the id of the user of
 * this Moodle session; it is asked only where sessions are remembered
 * ("remember"), and once per session of Moodle.  Nobody is logged in, or a
 * guest: it stays empty.
 */
ngx_int_t ngx_http_owncloud_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * The same for a request without a sesskey, that of a link with a ticket:
 * Moodle is asked each time, but not for parts of a file.  If it does not say
 * who it is, it stays empty, too.
 */
ngx_int_t ngx_http_owncloud_user_of_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_step_pt next);

/* ctx->moodle_user if Moodle has said before whose session it is */
ngx_int_t ngx_http_owncloud_user_cached(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_ */
