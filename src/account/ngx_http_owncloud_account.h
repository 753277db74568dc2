
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_session.h"


/*
 * The system account of an issuer, to which the copies behind controlled
 * links belong.  It signs in with a password of the configuration, or with
 * tokens that it got at "owncloud_connect": these are a session like any
 * other, but for its cookie, in place of which there is a file.
 */

struct ngx_http_owncloud_account_s {
    ngx_http_owncloud_step_pt     next;
    ngx_http_owncloud_step_pt     failed;      /* or NULL */

    ngx_http_owncloud_credential_t  *session;     /* NULL: a password */
    ngx_http_owncloud_token_t       *token;

    ngx_str_t                     id;          /* with a password: its id */

    char                         *code;        /* why there is none now */
    char                         *text;        /* with "%s" */

    /* of the user, while the account's are in their place */
    ngx_http_owncloud_credential_t  *user_session;
    ngx_http_owncloud_token_t       *user_token;

    unsigned                      swapped:1;
};


/* who makes a call */

typedef enum {
    NGX_HTTP_OWNCLOUD_AS_USER = 0,
    NGX_HTTP_OWNCLOUD_AS_ACCOUNT
} ngx_http_owncloud_as_e;


/*
 * Goes on with "next" when calls can be made as the account; with "failed",
 * or, where that is NULL, by answering it, when it cannot be used, and
 * ctx->account->code and ->text say why.
 */
ngx_int_t ngx_http_owncloud_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);

/* the same after a 401: gets other tokens, once */
ngx_int_t ngx_http_owncloud_account_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);

/*
 * The name that it signs in with, or its id if it was connected; it is what
 * links have.  ngx_http_owncloud_account() has succeeded.
 */
ngx_str_t *ngx_http_owncloud_account_user(ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_account_id.c: its id, as which others share with it */
ngx_str_t *ngx_http_owncloud_account_id(ngx_http_owncloud_ctx_t *ctx);

/* a step: asks the cloud for it, if need be; then ctx->account->next */
ngx_int_t ngx_http_owncloud_account_identify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the Authorization header of a call */
ngx_int_t ngx_http_owncloud_account_authorize(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_uint_t as);


/* what the account does where other sessions have a cookie, or a sign-in */

ngx_int_t ngx_http_owncloud_account_newer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_account_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);
ngx_int_t ngx_http_owncloud_account_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_account_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *text);


/* ngx_http_owncloud_account_file.c: without a request */

typedef struct {
    ngx_pool_t                     *pool;
    ngx_log_t                      *log;
    ngx_http_owncloud_main_conf_t  *omcf;
    ngx_http_owncloud_issuer_t     *issuer;
} ngx_http_owncloud_account_env_t;


void ngx_http_owncloud_account_env(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env);

/*
 * The account's session as it is in its file, and when it was connected.
 * NGX_DECLINED: there is no file; NGX_ABORT: it cannot be read, was not
 * sealed with a key of ours, or holds the tokens of another cloud, which is
 * logged.
 */
ngx_int_t ngx_http_owncloud_account_read(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session, time_t *connected);

/*
 * Replaces the file as a whole: whoever reads it, and whenever the machine
 * stops, there is the old one or the new one.  NGX_ABORT: it could not be
 * written, which is logged.
 */
ngx_int_t ngx_http_owncloud_account_write(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session, time_t connected);

/*
 * A newer generation in place of the one in the file, and in the zone, which
 * has it should the file not be readable or writable; not if another account
 * was connected in the meantime.
 */
ngx_int_t ngx_http_owncloud_account_replace(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session);

/*
 * The session in the file, or a newer one of it in the zone.  NGX_DECLINED
 * and NGX_ABORT as above; NGX_DONE: the cloud has refused its tokens.
 */
ngx_int_t ngx_http_owncloud_account_load(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *session, time_t *connected);

/* no file, no account */
ngx_int_t ngx_http_owncloud_account_remove(
    ngx_http_owncloud_account_env_t *env);

/*
 * One process at a time, of this nginx or another, renews what is in the
 * file; whatever becomes of it, the lock goes with the descriptor.
 * NGX_BUSY: somebody else does; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_lock(
    ngx_http_owncloud_account_env_t *env, ngx_fd_t *fd);
void ngx_http_owncloud_account_unlock(ngx_fd_t *fd);


/* ngx_http_owncloud_account_pack.c: what is sealed in the file */

/*
 * To bytes, allocated from "pool"; "audience" is where the tokens are sent to,
 * issuer->authorities; NGX_DECLINED: too large
 */
ngx_int_t ngx_http_owncloud_account_pack(ngx_pool_t *pool,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *session,
    time_t connected, ngx_str_t *plain);

/* and back; strings stay where they are; NGX_DECLINED: not an account */
ngx_int_t ngx_http_owncloud_account_unpack(ngx_str_t *plain,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *session,
    time_t *connected);

/* is it a later generation of the same account's session? */
ngx_uint_t ngx_http_owncloud_account_newer_than(
    ngx_http_owncloud_credential_t *session,
    ngx_http_owncloud_credential_t *old);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_ */
