
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_session_credential.h"


/* why a credential cannot be used */

typedef enum {
    NGX_HTTP_OWNCLOUD_LOST_ENDED = 0,   /* there are no tokens */
    NGX_HTTP_OWNCLOUD_LOST_REFUSED,     /* new access tokens get 401 */
    NGX_HTTP_OWNCLOUD_LOST_FAILED       /* see ctx->call */
} ngx_http_owncloud_lost_e;


/*
 * Holds a credential besides the zone: the cookie of a user's session, or the
 * file of the system account.
 */

typedef struct {
    char  *of;          /* log suffix of "the token", or "" */

    /*
     * Updates "credential" to the newest generation.  NGX_OK: it is newer now;
     * NGX_DECLINED: there is none newer; NGX_DONE: it has ended; NGX_ERROR.
     */
    ngx_int_t  (*newest)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * Stores a new generation, even if the client has aborted.  NGX_OK;
     * NGX_DECLINED: the tokens are too large; NGX_DONE: the credential has
     * ended, or there is a later generation; NGX_ERROR.
     */
    ngx_int_t  (*keep)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * Ends the generations up to this one, whose tokens are invalid.  NGX_OK;
     * NGX_DECLINED: there is a later generation; NGX_ERROR.
     */
    ngx_int_t  (*expire)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * Takes a lock besides the zone's, released by closing "*fd"; or NULL.
     * NGX_OK; NGX_BUSY: another holds it; NGX_ERROR.
     */
    ngx_int_t  (*lock)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_fd_t *fd);

    /* a step: responds; "why" is one of ngx_http_owncloud_lost_e */
    ngx_int_t  (*lost)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_uint_t why);
} ngx_http_owncloud_holder_t;


/* the result of a refresh */

typedef enum {
    NGX_HTTP_OWNCLOUD_REFRESH_FAILED = 0, /* the tokens are unchanged */
    NGX_HTTP_OWNCLOUD_REFRESH_RENEWED,
    NGX_HTTP_OWNCLOUD_REFRESH_ENDED
} ngx_http_owncloud_refresh_e;


/* the refresh of one holder's credential in a request */

struct ngx_http_owncloud_refresh_s {
    ngx_http_owncloud_credential_t      *credential;
    const ngx_http_owncloud_holder_t    *holder;
    ngx_http_owncloud_refresh_t         *other;     /* of another holder */

    ngx_http_owncloud_step_pt            next;
    ngx_http_request_t                  *request;

    ngx_http_owncloud_credential_lock_t  lock;
    ngx_msec_t                           poll;

    ngx_http_owncloud_credential_t      *unused;    /* to be revoked */

    ngx_uint_t                           result;    /* ..._refresh_e */
    ngx_uint_t                           tries;     /* after a 401 */

    unsigned                             refused:1; /* after a 401 */
    unsigned                             refreshed:1; /* by this request */
};


/*
 * Goes on with "next" once the access token of "credential" is valid for some
 * more time; the credential, which belongs to the request, is refreshed in
 * place if necessary (RFC 6749, 6).  If no valid tokens can be obtained,
 * holder->lost() responds instead.  Returns what a step returns.
 */
ngx_int_t ngx_http_owncloud_refresh(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);

/*
 * Obtains other tokens after a 401 (RFC 6750, 3.1), from the holder or by a
 * refresh, and goes on with "next", which repeats the call.  If that fails
 * twice in a row, holder->lost() responds instead.  Returns what a step
 * returns.
 */
ngx_int_t ngx_http_owncloud_refresh_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);


/*
 * Revokes tokens at the cloud, where that is supported (Nextcloud), and goes
 * on with "next", whatever the result.  "credential" must stay valid until
 * then.  In ngx_http_owncloud_session_revoke.c.
 */
ngx_int_t ngx_http_owncloud_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);


/* ngx_http_owncloud_session_refresh_lock.c: used by the steps of a refresh */

/*
 * Sets ctx->refresh to that of "holder", which is created in r->pool if
 * necessary.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_refresh_t *ngx_http_owncloud_refresh_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);

/*
 * Locks ctx->refresh->credential, so that one request of all workers refreshes
 * it.  NGX_OK; NGX_BUSY: another request does; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_refresh_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* Unlocks the credential; "data" is the refresh, as for a cleanup handler. */
void ngx_http_owncloud_refresh_unlock(void *data);


/* ngx_http_owncloud_session_refresh_failed.c */

/*
 * Caches the result of "call", the failed refresh of ctx->refresh->credential,
 * so that requests that were waiting for it need not all try.  If the zone is
 * full, each of them tries.
 */
void ngx_http_owncloud_refresh_failed_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/*
 * Reads that result.  NGX_ABORT: a refresh of this generation has just failed,
 * and ctx->call has its result; NGX_OK: nothing is cached; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_refresh_failed_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_ */
