
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_


#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_session_refresh.h"


/* the cookie, which is what holds ctx->session */
extern const ngx_http_owncloud_holder_t  ngx_http_owncloud_session_holder;


/*
 * Goes on with "next" when ctx->session has an access token that is good for
 * a while: the session is read, and refreshed if need be.  Without a session
 * the form to sign in is answered, and an error if the cloud could not be
 * asked for tokens; then "next" is not called.
 */
ngx_int_t ngx_http_owncloud_token(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * After a 401: goes on with "next", which makes the call again, when there
 * are other tokens, from the zone or by a refresh.  The second time in a row
 * that nothing helped ends the session, and the form to sign in is answered.
 */
ngx_int_t ngx_http_owncloud_token_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_ */
