
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
 * NGX_OK: ctx->session is the newest generation of this browser's session,
 * though its access token may have expired; NGX_DECLINED: there is none.
 * A browser whose cookie is older gets it with the answer.
 */
ngx_int_t ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Looks once more: NGX_OK: ctx->session is a newer generation now, and the
 * browser will get it; NGX_DECLINED: there is none; NGX_DONE: the session was
 * ended.
 */
ngx_int_t ngx_http_owncloud_session_newer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A new session: a new id, in the zone and in the answer's cookie.
 * NGX_DECLINED: the tokens are too large for it.
 */
ngx_int_t ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * A new generation, for the zone only: there may be nobody left to get a
 * cookie.  NGX_DECLINED: too large; NGX_DONE: the session was ended
 * meanwhile, or the zone has a later generation.  A full zone is no error.
 */
ngx_int_t ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/*
 * ctx->session for the browser, in place of what the answer has already.  A
 * cookie that would be larger than repository->cookie_size goes without the
 * access token, and if need be without the refresh token: the zone has both.
 * NGX_DECLINED: the zone has no room for it, and a cookie has not either.
 */
ngx_int_t ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* ends ctx->session, if any, for good, and removes the cookie */
ngx_int_t ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Ends the generations up to that of ctx->session, whose tokens are no good.
 * The cookie stays as it is: another server that shares the key may have got
 * newer tokens, and the browser their cookie.  NGX_DECLINED: the zone has a
 * later generation.
 */
ngx_int_t ngx_http_owncloud_session_expire(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * The generations of ctx->session up to this one are no good any more.
 * NGX_DECLINED: the zone has a later one, or a later one was ended.
 */
ngx_int_t ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t generation);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_ */
