
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_


#include "ngx_http_owncloud_session_refresh.h"


/*
 * The system account of an issuer, which owns the copies behind controlled
 * links.  It signs in with a configured password, or with tokens obtained at
 * "owncloud_connect".  Those are a credential like that of a user's session,
 * but kept in a file instead of a cookie.
 */

struct ngx_http_owncloud_account_s {
    ngx_http_owncloud_step_pt        next;
    ngx_http_owncloud_step_pt        failed;      /* or NULL */

    ngx_http_owncloud_credential_t  *credential;  /* NULL: it has a password */

    ngx_str_t                        id;          /* with a password: user id */

    char                            *code;        /* error, if unusable */
    char                            *text;        /* may contain "%s" */
};


/* who makes a call */

typedef enum {
    NGX_HTTP_OWNCLOUD_AS_USER = 0,
    NGX_HTTP_OWNCLOUD_AS_ACCOUNT
} ngx_http_owncloud_as_e;


/*
 * Goes on with "next" once the account can make calls.  If it cannot,
 * ctx->account->code and ->text say why, and the request goes on with
 * "failed", or with an error response if that is NULL.
 */
ngx_int_t ngx_http_owncloud_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);

/* Obtains other tokens after a 401, once, and goes on likewise. */
ngx_int_t ngx_http_owncloud_account_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next,
    ngx_http_owncloud_step_pt failed);


/* ngx_http_owncloud_account_id.c */

/*
 * A step: asks the cloud for the account's id, unless it is known, and goes on
 * with ctx->account->next.
 */
ngx_int_t ngx_http_owncloud_account_identify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_account_user.c: once the account can be used */

/*
 * Returns the name that the account signs in with, or its id if it was
 * connected.  Links contain it.  The string belongs to the configuration or
 * the request.
 */
ngx_str_t *ngx_http_owncloud_account_user(ngx_http_owncloud_ctx_t *ctx);

/* Returns the account's id, with which others share; likewise. */
ngx_str_t *ngx_http_owncloud_account_id(ngx_http_owncloud_ctx_t *ctx);

/*
 * Adds the Authorization header of a call; "as" is one of
 * ngx_http_owncloud_as_e.  NGX_OK; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_account_authorize(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_uint_t as);


/* ngx_http_owncloud_account_holder.c */

/* the holder of ctx->account->credential: the file */
extern const ngx_http_owncloud_holder_t  ngx_http_owncloud_account_holder;


/*
 * ngx_http_owncloud_account_failed.c: steps for an unusable account; they go
 * on with ctx->account->failed, or send an error response
 */

/*
 * Sets "code" and "text", which are literals; "text" may contain "%s" for the
 * cloud's name.
 */
ngx_int_t ngx_http_owncloud_account_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *text);

/* The account is not connected, or no longer. */
ngx_int_t ngx_http_owncloud_account_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* The cloud does not accept the account's password. */
ngx_int_t ngx_http_owncloud_account_password_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_account_file.c: functions that need no request */

typedef struct {
    ngx_pool_t                     *pool;
    ngx_log_t                      *log;
    ngx_http_owncloud_main_conf_t  *omcf;
    ngx_http_owncloud_issuer_t     *issuer;
} ngx_http_owncloud_account_env_t;


/* Sets "env" to the request's pool, log and configuration. */
void ngx_http_owncloud_account_env(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env);

/*
 * Reads the credential in the account's file, and when it was connected (a
 * time in seconds); strings are allocated from env->pool.  NGX_OK;
 * NGX_DECLINED: there is no file; NGX_ABORT: the file is unreadable, was not
 * sealed with a known key, or holds tokens of another cloud, which is logged;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_read(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected);

/*
 * Replaces the file atomically: a reader, or a crash, finds either the old
 * file or the new one.  NGX_OK; NGX_DECLINED: the tokens are too large;
 * NGX_ABORT: the file could not be written, which is logged; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_write(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t connected);

/*
 * Removes the file, and with it the account.  NGX_OK; NGX_ABORT: it could not
 * be removed, which is logged.
 */
ngx_int_t ngx_http_owncloud_account_remove(
    ngx_http_owncloud_account_env_t *env);

/*
 * Locks the account for refreshing, among all processes of this and other
 * instances of nginx; the lock ends with the descriptor.  NGX_OK: "*fd" holds
 * it, or is NGX_INVALID_FILE if no lock is possible, which is logged;
 * NGX_BUSY: another process holds it; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_lock(
    ngx_http_owncloud_account_env_t *env, ngx_fd_t *fd);

/* Closes "*fd" if it is open. */
void ngx_http_owncloud_account_unlock(ngx_fd_t *fd);


/*
 * ngx_http_owncloud_account_store.c: the file and the zone, without a request
 */

/*
 * Loads the credential from the file, or its newer generation from the zone;
 * results are those of account_read(), or NGX_DONE: the cloud has refused its
 * tokens.
 */
ngx_int_t ngx_http_owncloud_account_load(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected);

/*
 * Loads the credential again.  NGX_OK: "credential" is now a newer generation,
 * or that of another account; NGX_DECLINED: there is no other, or the file is
 * unreadable; NGX_DONE: its tokens were refused, or it was disconnected;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_newest(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * Stores a newer generation in the zone and in the file, unless another
 * account was connected meanwhile; if the file cannot be read or written, the
 * zone alone has it.  NGX_OK; NGX_DECLINED: the tokens are too large;
 * NGX_DONE: they were ended, or there is a later generation; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_replace(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * Retries a failed write, at most once a minute, if "credential" is a later
 * generation than the file's.
 */
void ngx_http_owncloud_account_write_again(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * Ends this generation in the zone.  NGX_OK; NGX_DECLINED: the zone has a
 * later one; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_expire(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential);

/*
 * Computes a zone key of the account, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN bytes;
 * "name" is a literal that tells its entries apart.  NGX_OK; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_account_key(ngx_http_owncloud_account_env_t *env,
    char *name, u_char *key);


/* ngx_http_owncloud_account_pack.c: the format sealed in the file */

/*
 * Serializes an account, allocated from "pool".  "audience" is
 * issuer->authorities, "connected" a time in seconds.  NGX_OK; NGX_DECLINED:
 * too large; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_account_pack(ngx_pool_t *pool,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *credential,
    time_t connected, ngx_str_t *plain);

/*
 * Parses an account; strings point into "plain".  NGX_OK; NGX_DECLINED:
 * malformed.
 */
ngx_int_t ngx_http_owncloud_account_unpack(ngx_str_t *plain,
    ngx_str_t *audience, ngx_http_owncloud_credential_t *credential,
    time_t *connected);

/* Returns 1 if "credential" is a later generation of "old". */
ngx_uint_t ngx_http_owncloud_account_newer_than(
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *old);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_H_INCLUDED_ */
