
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_


#include "ngx_http_owncloud_session.h"


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


/* what token.c and refresh.c have in common, nobody else needs it */

typedef enum {
    NGX_HTTP_OWNCLOUD_TOKEN_FAILED = 0, /* the session is as it was */
    NGX_HTTP_OWNCLOUD_TOKEN_RENEWED,
    NGX_HTTP_OWNCLOUD_TOKEN_ENDED
} ngx_http_owncloud_token_e;


struct ngx_http_owncloud_token_s {
    ngx_http_owncloud_step_pt    next;
    ngx_http_request_t          *request;

    u_char                       lock[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                     stamp;
    ngx_fd_t                     file;        /* locked, of the account */
    ngx_msec_t                   poll;

    ngx_http_owncloud_credential_t  *unused;      /* to be revoked */
    ngx_http_owncloud_step_pt        revoked;     /* what comes then */

    ngx_uint_t                   result;      /* of a refresh */
    ngx_uint_t                   tries;       /* after a 401 */

    unsigned                     locked:1;
    unsigned                     refused:1;   /* a 401 is why */
    unsigned                     refreshed:1; /* by this request */
};


/* ctx->token, made if need be; NULL: no memory */
ngx_http_owncloud_token_t *ngx_http_owncloud_token_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);

/* 1 if the access token is good for a while by what the cloud has promised */
ngx_uint_t ngx_http_owncloud_token_good(
    ngx_http_owncloud_credential_t *session);

/* the form to sign in, when a session that was there is none any more */
ngx_int_t ngx_http_owncloud_token_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A step: gets new tokens, or waits for whoever is about it, and goes on
 * with ctx->token->next.
 */
ngx_int_t ngx_http_owncloud_refresh(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Only one at a time asks for new tokens of a session: NGX_OK; NGX_BUSY:
 * somebody else does.  ctx->token is there.
 */
ngx_int_t ngx_http_owncloud_refresh_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);

/* the call that asks for them, not started yet; NULL: an error */
ngx_http_owncloud_call_t *ngx_http_owncloud_refresh_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *session);

/* lets others do it; a cleanup handler of the token */
void ngx_http_owncloud_refresh_unlock(void *data);


/*
 * ngx_http_owncloud_session_revoke.c: tells the cloud that tokens are not used
 * any more, where it can be told (Nextcloud), and goes on with "next",
 * whatever comes of it.  Tokens that have expired are renewed first: only a
 * valid one can be revoked, and with it goes the refresh token.
 */
ngx_int_t ngx_http_owncloud_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_http_owncloud_step_pt next);


/*
 * ngx_http_owncloud_session_refresh_failed.c: keeps in the zone what became of
 * ctx->call, so that fifty who have waited do not try it one after the other
 */
void ngx_http_owncloud_refresh_failed_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/* NGX_ABORT: ctx->call is what has become of it; NGX_OK: nothing is known */
ngx_int_t ngx_http_owncloud_refresh_failed_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the answer to a refresh that failed, by ctx->call */
ngx_int_t ngx_http_owncloud_refresh_failed_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_H_INCLUDED_ */
