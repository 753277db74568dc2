
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_oauth.h"


/*
 * A sign-in attempt.  All of it is in the "state" that goes through the
 * browser and the cloud, sealed, so that no memory is kept for those who
 * never come back.
 */

typedef struct {
    ngx_uint_t   purpose;
    u_char       id[16];
    time_t       started;
    ngx_int_t    repository;    /* 0: a location of its own */
    ngx_str_t    issuer;
    ngx_str_t    user;          /* of Moodle, if sessions are remembered */
    ngx_str_t    target;        /* what it goes on with afterwards */
    u_char       verifier[NGX_HTTP_OWNCLOUD_VERIFIER_LEN];
    u_char       browser[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    u_char       authorities[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
} ngx_http_owncloud_attempt_t;


/*
 * The state of an authorization request (RFC 6749, 4.1.1): all of "attempt"
 * sealed for the host of the request, allocated from r->pool.  NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_seal(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *state);

/*
 * And back: strings are allocated from r->pool.  NGX_DECLINED: the state was
 * not sealed here, or for another host; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_open(ngx_http_request_t *r,
    ngx_str_t *state, ngx_http_owncloud_attempt_t *attempt);

/*
 * Marks the attempt as used; "counted": a code of it is about to be tried.
 * NGX_DECLINED: it was used before; NGX_BUSY: this session of Moodle has sent
 * too many codes that the cloud refused, or may yet refuse: some clouds let
 * nobody of a Moodle in after a few; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_attempt_once(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_uint_t counted);

/* its code was not refused: it does not count as one that was */
void ngx_http_owncloud_attempt_good(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt);


/*
 * ngx_http_owncloud_session_attempt_pack.c: the bytes that are sealed, from
 * "pool"; NGX_ERROR: no memory
 */
ngx_int_t ngx_http_owncloud_attempt_pack(ngx_pool_t *pool,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *plain);

/* and back; strings stay where they are; NGX_DECLINED: not an attempt */
ngx_int_t ngx_http_owncloud_attempt_unpack(ngx_str_t *plain,
    ngx_http_owncloud_attempt_t *attempt);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_ATTEMPT_H_INCLUDED_ */
