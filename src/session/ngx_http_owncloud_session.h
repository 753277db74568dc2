
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_


#include "ngx_http_owncloud_session_credential.h"


/*
 * A user's session: a credential that is sealed in a cookie, which is bound to
 * the issuer, to where its tokens are sent, to the host and to Moodle's
 * session, or, where sessions are remembered, to Moodle's user.
 */


/*
 * Reads the cookie and the zone.  NGX_OK: ctx->session, allocated from
 * r->pool, is the newest generation of this browser's session, though its
 * access token may have expired; NGX_DECLINED: there is none; NGX_ERROR.
 * A browser whose cookie is older gets it with the answer.
 */
ngx_int_t ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A new session: gives "session", which stays valid as long as the request, a
 * new id, and puts it into the zone and the answer's cookie; it becomes
 * ctx->session.  NGX_OK; NGX_DECLINED: the tokens are too large for it; any
 * other: an error.
 */
ngx_int_t ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Ends ctx->session, if any, for good, and removes the cookie.  NGX_OK;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* what the holder of a session does: see ngx_http_owncloud_holder_t */

/*
 * Looks into the zone once more.  NGX_OK: "session" is a newer generation now,
 * and the browser will get it; NGX_DECLINED: there is none; NGX_DONE: the
 * session was ended; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Puts a new generation into the zone, and into the answer's cookie in place
 * of what that has already.  A cookie that would be larger than
 * repository->cookie_size goes without the access token, and if need be
 * without the refresh token: the zone has both.  NGX_OK; NGX_DECLINED: the
 * zone has no room for it, and a cookie has not either; NGX_DONE: the session
 * was ended meanwhile, or the zone has a later generation; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * Ends the generations up to that of "session", whose tokens are no good.
 * The cookie stays as it is: another server that shares the key may have got
 * newer tokens, and the browser their cookie.  NGX_OK; NGX_DECLINED: the zone
 * has a later generation; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_session_expire(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_ */
