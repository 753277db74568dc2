
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_SESSION_ID_LEN  NGX_HTTP_OWNCLOUD_SUBJECT_LEN


/*
 * The tokens that an issuer gave to a user or to the system account.  Each
 * refresh makes a new generation.  The zone has the newest one, or records
 * that the credential has ended.
 */

struct ngx_http_owncloud_credential_s {
    u_char                      id[NGX_HTTP_OWNCLOUD_SESSION_ID_LEN];
    ngx_uint_t                  generation;   /* 1, 2, ... */
    time_t                      issued;   /* when the access token was issued */
    time_t                      expires;     /* when the access token expires */
    ngx_http_owncloud_secret_t  access;       /* empty: kept in the zone only */
    ngx_http_owncloud_secret_t  refresh;      /* or empty */
    ngx_str_t                   user;         /* user name in the cloud */
    unsigned                    kept:1;       /* the zone has this generation */
};


/* held while the tokens are refreshed */

typedef struct {
    u_char                      key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                    stamp;        /* of the lock in the zone */
    ngx_fd_t                    file;         /* lock of the holder, or none */
    unsigned                    locked:1;     /* in the zone */
} ngx_http_owncloud_credential_lock_t;


/*
 * Returns 1 if the access token is valid for some more time, by the lifetime
 * that came with it (expires_in, RFC 6749, 5.1).
 */
ngx_uint_t ngx_http_owncloud_credential_good(
    ngx_http_owncloud_credential_t *credential);

/*
 * Computes the zone key of a credential: a digest of "name", the id, the
 * issuer and the authorities of its endpoints.  "name" is a literal that tells
 * the entries of one credential apart; "id" has
 * NGX_HTTP_OWNCLOUD_SESSION_ID_LEN bytes, "key" has room for
 * NGX_HTTP_OWNCLOUD_DIGEST_LEN.  NGX_OK; NGX_ERROR: the digest failed.
 */
ngx_int_t ngx_http_owncloud_credential_key(ngx_http_owncloud_issuer_t *issuer,
    char *name, u_char *id, u_char *key);

/*
 * Updates "credential" from the zone to the newest generation, and adds tokens
 * that it lacks.  New strings are allocated from "pool".  NGX_OK, also if
 * there is no newer one; NGX_DECLINED: it has ended; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_newest(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential);

/*
 * Stores a generation, sealed, in the zone until "expires" (a time in
 * seconds).  credential->kept says whether it was stored: a full zone is not
 * an error.  "*size" is set to the sealed size in bytes.  NGX_OK;
 * NGX_DECLINED: the tokens are too large; NGX_DONE: this generation has ended,
 * or the zone has a later one; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_store(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, time_t expires, size_t *size);

/*
 * Ends the generations up to "generation" in the zone until "expires" (a time
 * in seconds).  NGX_OK, also if a full zone has no room, which is logged;
 * NGX_DECLINED: the zone has a later generation, or a later one has ended;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_end(ngx_http_owncloud_main_conf_t *omcf,
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, uint64_t generation,
    time_t expires);

/*
 * Locks a credential in the zone for refreshing, in all workers.  The lock
 * expires some seconds after "duration" (ms).  lock->file must be
 * NGX_INVALID_FILE before the first call.  NGX_OK: locked, or the zone is
 * full; NGX_BUSY; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_credential_lock(
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_msec_t duration,
    ngx_http_owncloud_credential_lock_t *lock);

/* Releases the locks: closes lock->file, then unlocks the credential. */
void ngx_http_owncloud_credential_unlock(ngx_http_owncloud_main_conf_t *omcf,
    ngx_http_owncloud_credential_lock_t *lock);


/* ngx_http_owncloud_session_pack.c: the format that is sealed */

/*
 * Serializes a credential, allocated from "pool".  NGX_OK; NGX_DECLINED: a
 * string is too large; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_credential_pack(ngx_pool_t *pool,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *plain);

/*
 * Parses a credential and sets all its fields; strings point into "plain".
 * NGX_OK; NGX_DECLINED: malformed.
 */
ngx_int_t ngx_http_owncloud_credential_unpack(ngx_str_t *plain,
    ngx_http_owncloud_credential_t *credential);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_CREDENTIAL_H_INCLUDED_ */
