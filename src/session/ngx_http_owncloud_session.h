
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_SESSION_ID_LEN  NGX_HTTP_OWNCLOUD_SUBJECT_LEN


/*
 * A user's sign-in at an issuer: sealed in a cookie that is bound to the
 * issuer, to where its tokens are sent, to the host and to Moodle's session,
 * or, where sessions are remembered, to Moodle's user.  Each refresh makes a
 * new generation of it; the zone knows the newest one, and whether the
 * session was ended.
 */

struct ngx_http_owncloud_session_s {
    u_char                      id[NGX_HTTP_OWNCLOUD_SESSION_ID_LEN];
    ngx_uint_t                  generation;
    time_t                      issued;       /* the access token was */
    time_t                      expires;      /* the access token does */
    ngx_http_owncloud_secret_t  access;       /* empty: only in the zone */
    ngx_http_owncloud_secret_t  refresh;      /* may be empty */
    ngx_str_t                   user;         /* its name at the cloud */
    unsigned                    account:1;    /* the system account's */
    unsigned                    kept:1;       /* the zone has this one */
};


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
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);

/*
 * A new generation, for the zone only: there may be nobody left to get a
 * cookie.  NGX_DECLINED: too large; NGX_DONE: the session was ended
 * meanwhile, or the zone has a later generation.  A full zone is no error.
 */
ngx_int_t ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);

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
 * A digest of the session's id, the issuer, where its tokens are sent to, and
 * what "name" is kept of it:
 * ngx_http_owncloud_session_zone.c
 */
ngx_int_t ngx_http_owncloud_session_key(ngx_http_owncloud_ctx_t *ctx,
    char *name, u_char *id, u_char *key);


/* ngx_http_owncloud_session_zone.c: what the zone keeps */

/*
 * "session" becomes the newest generation that is known of it, and gets the
 * tokens that its cookie did not hold.  NGX_DECLINED: it was ended.
 */
ngx_int_t ngx_http_owncloud_session_newest(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_session_t *session);

/*
 * Puts a generation of it into the zone, and session->kept says whether it is
 * there; "*size" is that of what was sealed.  NGX_DECLINED: too large;
 * NGX_DONE: this generation was ended, or there is a later one.  A full zone
 * is no error.
 */
ngx_int_t ngx_http_owncloud_session_keep(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_session_t *session, time_t expires, size_t *size);

/*
 * The generations of ctx->session up to this one are no good any more.
 * NGX_DECLINED: the zone has a later one, or a later one was ended.
 */
ngx_int_t ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t generation);

/* the same without a request, and as session_key() without one */
ngx_int_t ngx_http_owncloud_session_over(ngx_http_owncloud_main_conf_t *omcf,
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_session_t *session, uint64_t generation,
    time_t expires);
ngx_int_t ngx_http_owncloud_session_digest(ngx_http_owncloud_issuer_t *issuer,
    char *name, u_char *id, u_char *key);


/* ngx_http_owncloud_session_pack.c: to bytes; NGX_DECLINED: too large */
ngx_int_t ngx_http_owncloud_session_write(ngx_pool_t *pool,
    ngx_http_owncloud_session_t *session, ngx_str_t *plain);

/* and back; the strings stay where they are; NGX_DECLINED: not a session */
ngx_int_t ngx_http_owncloud_session_read(ngx_str_t *plain,
    ngx_http_owncloud_session_t *session);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_ */
