
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_


#include "ngx_http_owncloud_session_credential.h"


/*
 * A user's session: a credential in a sealed cookie.  The cookie is bound to
 * the issuer, the authorities of its endpoints, the host, and the Moodle
 * session or, if sessions are remembered, the Moodle user.
 */


/*
 * Loads the session from the cookie and the zone.  NGX_OK: ctx->session,
 * allocated from r->pool, is the newest generation; its access token may have
 * expired.  NGX_DECLINED: there is none.  NGX_ERROR.  If the browser's cookie
 * is older, the response renews it.
 */
ngx_int_t ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Creates a session: sets a new id in "session", which must outlive the
 * request, and stores it in the zone and in the response's cookie.  It becomes
 * ctx->session.  NGX_OK; NGX_DECLINED: the tokens are too large; any other
 * value: an error.
 */
ngx_int_t ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Ends ctx->session, if any, for good and removes the cookie.  NGX_OK;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* the session's methods of ngx_http_owncloud_holder_t */

/*
 * Reads the zone again.  NGX_OK: "session" has become a newer generation,
 * which the response puts into the cookie; NGX_DECLINED: there is none;
 * NGX_DONE: the session has ended; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Stores a new generation in the zone and in the response's cookie, in place
 * of any cookie set before.  If the cookie would exceed
 * repository->cookie_size, it omits the access token and, if necessary, the
 * refresh token; the zone has both.  NGX_OK; NGX_DECLINED: neither the zone
 * nor a cookie has room; NGX_DONE: the session has ended, or the zone has a
 * later generation; NGX_ERROR: the tokens are lost.  What the zone has is not
 * lost without a cookie.
 */
ngx_int_t ngx_http_owncloud_session_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Ends the generations up to that of "session", whose tokens are invalid.  The
 * cookie remains: another server with the same key may have obtained newer
 * tokens, and the browser their cookie.  NGX_OK; NGX_DECLINED: the zone has a
 * later generation; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_expire(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_ */
