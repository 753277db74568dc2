
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Goes on with "next" once ctx->moodle_user is the user id of this Moodle
 * session; it stays empty for guests and if nobody is logged in.  Moodle is
 * asked only if sessions are remembered ("remember"), and once per Moodle
 * session.  Returns what a step returns.
 */
ngx_int_t ngx_http_owncloud_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * Does the same for a request without a sesskey, that of a link with a ticket;
 * "sealed" is the ticket.  Moodle is asked each time, but not for parts of a
 * file.  If it does not name the user, ctx->moodle_user stays empty.
 */
ngx_int_t ngx_http_owncloud_user_of_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_step_pt next);

/*
 * Sets ctx->moodle_user if it is cached for this Moodle session.  NGX_OK, also
 * if it is not; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_user_cached(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_USER_H_INCLUDED_ */
