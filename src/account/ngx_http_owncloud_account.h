
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_


#include "ngx_http_owncloud_session_refresh.h"


/*
 * The system account of an issuer, to which the copies behind controlled
 * links belong.  It signs in with a password of the configuration, or with
 * tokens that it got at "owncloud_connect": a credential like that of a user's
 * session, but for the cookie, in place of which there is a file.
 */

struct ngx_http_owncloud_account_s {
    ngx_http_owncloud_step_pt        next;
    ngx_http_owncloud_step_pt        failed;      /* or NULL */

    ngx_http_owncloud_credential_t  *credential;  /* NULL: a password */

    ngx_str_t                        id;          /* with a password: its id */

    char                            *code;        /* why there is none now */
    char                            *text;        /* with "%s" */
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


/* ngx_http_owncloud_account_id.c */

/* a step: asks the cloud for its id, if need be; then ctx->account->next */
ngx_int_t ngx_http_owncloud_account_identify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_account_user.c: when the account can be used */

/*
 * The name that it signs in with, or its id if it was connected; it is what
 * links have.  The text is the configuration's or the request's.
 */
ngx_str_t *ngx_http_owncloud_account_user(ngx_http_owncloud_ctx_t *ctx);

/* its id, as which others share with it; the text as above */
ngx_str_t *ngx_http_owncloud_account_id(ngx_http_owncloud_ctx_t *ctx);

/*
 * Adds the Authorization header of whoever makes a call, see
 * ngx_http_owncloud_as_e.  NGX_OK; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_account_authorize(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_uint_t as);


/* ngx_http_owncloud_account_holder.c */

/* the file, which is what holds ctx->account->credential */
extern const ngx_http_owncloud_holder_t  ngx_http_owncloud_account_holder;


/*
 * ngx_http_owncloud_account_failed.c: steps, when the account cannot be used:
 * ctx->account->failed, or the answer.  "code" and "text", with "%s" for the
 * cloud's name, are literals.
 */
ngx_int_t ngx_http_owncloud_account_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *text);

/* it is not connected, or not any more */
ngx_int_t ngx_http_owncloud_account_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the cloud does not accept its password */
ngx_int_t ngx_http_owncloud_account_password_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_account_file.c: without a request */

typedef struct {
    ngx_pool_t                     *pool;
    ngx_log_t                      *log;
    ngx_http_owncloud_main_conf_t  *omcf;
    ngx_http_owncloud_issuer_t     *issuer;
} ngx_http_owncloud_account_env_t;


/* what these functions need, of the request: pool, log, configuration */
void ngx_http_owncloud_account_env(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env);

/*
 * Reads the account's credential as it is in its file, and when it was
 * connected (a time, in seconds); strings are allocated from env->pool.
 * NGX_OK; NGX_DECLINED: there is no file; NGX_ABORT: it cannot be read, was
 * not sealed with a key of ours, or holds the tokens of another cloud, which
 * is logged; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_read(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected);

/*
 * Replaces the file as a whole: whoever reads it, and whenever the machine
 * stops, there is the old one or the new one.  NGX_OK; NGX_DECLINED: the
 * tokens are too large; NGX_ABORT: it could not be written, which is logged;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_write(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t connected);

/*
 * Removes the file: no file, no account.  NGX_OK; NGX_ABORT: it could not be
 * removed, which is logged.
 */
ngx_int_t ngx_http_owncloud_account_remove(
    ngx_http_owncloud_account_env_t *env);

/*
 * One process at a time, of this nginx or another, renews what is in the
 * file; whatever becomes of it, the lock goes with the descriptor.  NGX_OK:
 * "*fd" has it, or is NGX_INVALID_FILE where none can be had, which is logged;
 * NGX_BUSY: somebody else has it; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_lock(
    ngx_http_owncloud_account_env_t *env, ngx_fd_t *fd);

/* closes "*fd", if it is open */
void ngx_http_owncloud_account_unlock(ngx_fd_t *fd);


/* ngx_http_owncloud_account_store.c: the file and the zone, no request */

/*
 * The credential in the file, or a newer one of it in the zone, as
 * account_read(); NGX_DONE: the cloud has refused its tokens.
 */
ngx_int_t ngx_http_owncloud_account_load(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected);

/*
 * Loads it once more.  NGX_OK: "credential" is another one now, a newer
 * generation or that of another account; NGX_DECLINED: there is no other, or
 * the file cannot be read; NGX_DONE: its tokens were refused, or it was
 * disconnected; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_newest(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * A newer generation in place of the one in the file, and in the zone, which
 * has it should the file not be readable or writable; not if another account
 * was connected in the meantime.  NGX_OK; NGX_DECLINED: the tokens are too
 * large; NGX_DONE: they were ended, or there is a later generation; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_replace(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * Writes to the file, once a minute at most, what it could not take a while
 * ago, if "credential" is a later generation than the one in the file.
 */
void ngx_http_owncloud_account_write_again(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * The zone knows that this generation is no good.  NGX_OK; NGX_DECLINED: it
 * has a later one; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_expire(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * "key", of NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN bytes, of what the zone knows about
 * the account by a "name", which is a literal.  NGX_OK; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_key(ngx_http_owncloud_account_env_t *env,
    char *name, u_char *key);


/* ngx_http_owncloud_account_pack.c: what is sealed in the file */

/*
 * To bytes, allocated from "pool"; "audience" is where the tokens are sent to,
 * issuer->authorities, "connected" a time in seconds.  NGX_OK; NGX_DECLINED:
 * too large; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_account_pack(ngx_pool_t *pool,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *credential,
    time_t connected, ngx_str_t *plain);

/*
 * And back; strings stay in "plain".  NGX_OK; NGX_DECLINED: not an account.
 */
ngx_int_t ngx_http_owncloud_account_unpack(ngx_str_t *plain,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *credential,
    time_t *connected);

/* 1: it is a later generation of the same credential */
ngx_uint_t ngx_http_owncloud_account_newer_than(
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *old);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_ */
