
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_SESSION_ID_LEN  NGX_HTTP_OWNCLOUD_SUBJECT_LEN


/*
 * The tokens of a sign-in at an issuer, of a user or of the system account.
 * Each refresh makes a new generation of them.  The zone knows the newest one
 * and whether the sign-in has ended.
 */

struct ngx_http_owncloud_credential_s {
    u_char                      id[NGX_HTTP_OWNCLOUD_SESSION_ID_LEN];
    ngx_uint_t                  generation;   /* 1, 2, ... */
    time_t                      issued;       /* the access token was */
    time_t                      expires;      /* the access token does */
    ngx_http_owncloud_secret_t  access;       /* empty: only in the zone */
    ngx_http_owncloud_secret_t  refresh;      /* may be empty */
    ngx_str_t                   user;         /* its name at the cloud */
    unsigned                    kept:1;       /* the zone has this one */
};


/* who has it renews the tokens */

typedef struct {
    u_char                      key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                    stamp;        /* of the zone's lock */
    ngx_fd_t                    file;         /* the holder's, or none */
    unsigned                    locked:1;     /* in the zone */
} ngx_http_owncloud_credential_lock_t;


/*
 * Whether the access token is good for a while by the lifetime that the cloud
 * has given with it (expires_in, RFC 6749, 5.1): 1 or 0.
 */
ngx_uint_t ngx_http_owncloud_credential_good(
    ngx_http_owncloud_credential_t *credential);

/*
 * A digest of a credential's id, the issuer, where its tokens are sent to, and
 * what "name" is stored of it.  "name" is a literal, "id" has
 * NGX_HTTP_OWNCLOUD_SESSION_ID_LEN bytes, "key" gets
 * NGX_HTTP_OWNCLOUD_DIGEST_LEN.  NGX_OK; NGX_ERROR: the digest failed.
 */
ngx_int_t ngx_http_owncloud_credential_key(ngx_http_owncloud_issuer_t *issuer,
    char *name, u_char *id, u_char *key);

/*
 * Reads the zone: "credential" becomes the newest generation that is known,
 * and gets the tokens that it did not hold.  New strings are allocated from
 * "pool".  NGX_OK, whether or not there was a newer one; NGX_DECLINED: it was
 * ended; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_newest(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential);

/*
 * Writes a generation to the zone, sealed, until "expires" (a time, in
 * seconds).  credential->kept says whether it is there: a full zone is no
 * error.  "*size" is the size of what was sealed, in bytes.  NGX_OK;
 * NGX_DECLINED: the tokens are too large; NGX_DONE: this generation was
 * ended, or the zone has a later one; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_store(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, time_t expires, size_t *size);

/*
 * Writes to the zone, until "expires" (a time, in seconds), that the
 * generations up to "generation" are no good any more.  NGX_OK, though a full
 * zone has no room for it, which is logged; NGX_DECLINED: the zone has a later
 * generation, or a later one was ended; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_end(ngx_http_owncloud_main_conf_t *omcf,
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, uint64_t generation,
    time_t expires);

/*
 * Locks a credential in the zone for those who renew it, of all workers.  The
 * lock ends by itself some seconds after "duration" (in milliseconds).
 * lock->file is NGX_INVALID_FILE before the first call.  NGX_OK: it is ours,
 * or the zone is full, and there is nobody to wait for; NGX_BUSY; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_lock(
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_msec_t duration,
    ngx_http_owncloud_credential_lock_t *lock);

/* gives up what of it is held, lock->file first, which is closed */
void ngx_http_owncloud_credential_unlock(ngx_http_owncloud_main_conf_t *omcf,
    ngx_http_owncloud_credential_lock_t *lock);


/* ngx_http_owncloud_session_pack.c: what is sealed */

/*
 * To bytes, allocated from "pool".  NGX_OK; NGX_DECLINED: a text is too large;
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_credential_pack(ngx_pool_t *pool,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *plain);

/*
 * And back: all of "credential" is set, its strings stay in "plain".  NGX_OK;
 * NGX_DECLINED: not a credential.
 */
ngx_int_t ngx_http_owncloud_credential_unpack(ngx_str_t *plain,
    ngx_http_owncloud_credential_t *credential);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_ */
