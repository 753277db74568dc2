
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_session_credential.h"


/* why a credential is of no use */

typedef enum {
    NGX_HTTP_OWNCLOUD_LOST_ENDED = 0,   /* there are no tokens any more */
    NGX_HTTP_OWNCLOUD_LOST_REFUSED,     /* new access tokens get a 401 */
    NGX_HTTP_OWNCLOUD_LOST_FAILED       /* a refresh failed, see ctx->call */
} ngx_http_owncloud_lost_e;


/*
 * What holds a credential besides the zone: the cookie of a user's session,
 * or the file of the system account.
 */

typedef struct {
    char  *of;          /* in a log line, after "the token"; may be "" */

    /*
     * Makes "credential" the newest generation that is known.  NGX_OK: it is
     * a newer one now; NGX_DECLINED: there is none; NGX_DONE: the credential
     * has ended; NGX_ERROR.
     */
    ngx_int_t  (*newest)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * Keeps a new generation; the client may have gone.  NGX_OK;
     * NGX_DECLINED: the tokens are too large; NGX_DONE: the credential has
     * ended, or there is a later generation; NGX_ERROR.
     */
    ngx_int_t  (*keep)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * Ends the generations up to this one, whose tokens are no good.  NGX_OK;
     * NGX_DECLINED: there is a later generation; NGX_ERROR.
     */
    ngx_int_t  (*expire)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_http_owncloud_credential_t *credential);

    /*
     * A lock beside the zone's, or NULL: "*fd" is closed to let go.  NGX_OK;
     * NGX_BUSY: somebody else has it; NGX_ERROR.
     */
    ngx_int_t  (*lock)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_fd_t *fd);

    /* a step: the answer, for one of ngx_http_owncloud_lost_e */
    ngx_int_t  (*lost)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                   ngx_uint_t why);
} ngx_http_owncloud_holder_t;


/* what became of a refresh */

typedef enum {
    NGX_HTTP_OWNCLOUD_REFRESH_FAILED = 0, /* the tokens are as they were */
    NGX_HTTP_OWNCLOUD_REFRESH_RENEWED,
    NGX_HTTP_OWNCLOUD_REFRESH_ENDED
} ngx_http_owncloud_refresh_e;


/* what is done about one holder's credential in a request */

struct ngx_http_owncloud_refresh_s {
    ngx_http_owncloud_credential_t      *credential;
    const ngx_http_owncloud_holder_t    *holder;
    ngx_http_owncloud_refresh_t         *other;     /* another holder's */

    ngx_http_owncloud_step_pt            next;
    ngx_http_request_t                  *request;

    ngx_http_owncloud_credential_lock_t  lock;
    ngx_msec_t                           poll;

    ngx_http_owncloud_credential_t      *unused;    /* to be revoked */

    ngx_uint_t                           result;    /* ..._refresh_e */
    ngx_uint_t                           tries;     /* after a 401 */

    unsigned                             refused:1; /* a 401 is why */
    unsigned                             refreshed:1; /* by this request */
};


/*
 * Goes on with "next" when the access token of "credential", which is the
 * request's own, is good for a while: it is refreshed in place if need be
 * (RFC 6749, 6).  If there are no new tokens, holder->lost() answers, and
 * "next" is not called.
 */
ngx_int_t ngx_http_owncloud_refresh(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);

/*
 * The same after a 401 (RFC 6750, 3.1): goes on with "next", which makes the
 * call again, when there are other tokens, from the holder or by a refresh.
 * The second time in a row that nothing helped, holder->lost() answers.
 */
ngx_int_t ngx_http_owncloud_refresh_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);


/*
 * ngx_http_owncloud_session_revoke.c: tells the cloud that tokens are not used
 * any more, where it can be told (Nextcloud), and goes on with "next",
 * whatever comes of it.  "credential" stays valid until then.
 */
ngx_int_t ngx_http_owncloud_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);


/* ngx_http_owncloud_session_refresh_lock.c: for the steps of a refresh */

/*
 * ctx->refresh becomes the one of "holder", which is made if need be and
 * lives as long as the request.  NULL: no memory.
 */
ngx_http_owncloud_refresh_t *ngx_http_owncloud_refresh_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next);

/*
 * Only one request of all workers at a time asks for new tokens of
 * ctx->refresh->credential.  NGX_OK; NGX_BUSY: somebody else does; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_refresh_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* lets others do it; also the cleanup handler of a refresh, which is "data" */
void ngx_http_owncloud_refresh_unlock(void *data);


/* ngx_http_owncloud_session_refresh_failed.c */

/*
 * Keeps in the zone what became of "call", the refresh of
 * ctx->refresh->credential: of fifty who have waited for it not each has to
 * try it.  If there is no room, each tries.
 */
void ngx_http_owncloud_refresh_failed_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/*
 * NGX_ABORT: a refresh of this generation has failed just now, and ctx->call
 * is what became of it; NGX_OK: nothing is known; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_refresh_failed_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_REFRESH_H_INCLUDED_ */
