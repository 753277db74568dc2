
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_


#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_session_refresh.h"


/* the holder of ctx->session: the cookie */
extern const ngx_http_owncloud_holder_t  ngx_http_owncloud_session_holder;


/*
 * Goes on with "next" once ctx->session has a valid access token; the session
 * is loaded, and refreshed if necessary.  Without a session, the sign-in form
 * is the response; if the refresh fails, an error is.  Returns what a step
 * returns.
 */
ngx_int_t ngx_http_owncloud_token(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * Obtains other tokens after a 401, from the zone or by a refresh, and goes on
 * with "next", which repeats the call.  If that fails twice in a row, the
 * session ends and the sign-in form is the response.
 */
ngx_int_t ngx_http_owncloud_token_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_ */
