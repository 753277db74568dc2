
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_oauth.h"


/*
 * A sign-in attempt.  All of it travels sealed in the "state" through the
 * browser and the cloud, so that abandoned attempts take no memory.
 */

typedef struct {
    ngx_uint_t   purpose;
    u_char       id[16];
    time_t       started;
    ngx_int_t    repository;    /* 0: no repository, a location */
    ngx_str_t    issuer;
    ngx_str_t    user;          /* of Moodle, if "remember" is on */
    ngx_str_t    target;        /* for the purpose */
    u_char       verifier[NGX_HTTP_OWNCLOUD_VERIFIER_LEN];
    u_char       browser[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    u_char       authorities[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
} ngx_http_owncloud_attempt_t;


/*
 * Creates the state of an authorization request (RFC 6749, 4.1.1): the
 * attempt, sealed for the request's host, allocated from r->pool.  Returns
 * NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_seal(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *state);

/*
 * Opens a state; strings are allocated from r->pool.  NGX_DECLINED: it was not
 * sealed with a known key, or for another host.  NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_open(ngx_http_request_t *r,
    ngx_str_t *state, ngx_http_owncloud_attempt_t *attempt);

/*
 * Marks the attempt as used.  "counted" is 1 if its code is about to be tried.
 * NGX_OK; NGX_DECLINED: it was used before; NGX_BUSY: this Moodle session has
 * sent too many codes that the cloud has refused or may yet refuse, and some
 * clouds would then reject everybody who uses this Moodle; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_once(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_uint_t counted);

/* Stops counting an attempt whose code was not refused. */
void ngx_http_owncloud_attempt_good(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt);


/*
 * Serializes an attempt for sealing, allocated from "pool"; in
 * ngx_http_owncloud_session_attempt_pack.c.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_attempt_pack(ngx_pool_t *pool,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *plain);

/* Parses it; strings point into "plain".  NGX_DECLINED: malformed. */
ngx_int_t ngx_http_owncloud_attempt_unpack(ngx_str_t *plain,
    ngx_http_owncloud_attempt_t *attempt);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_ */
