
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_


#include "ngx_http_owncloud_session_refresh.h"


/*
 * A call to the token endpoint (RFC 6749, 3.2) in which the client says who
 * it is; its answer is kept in memory.  "*secret" is what the form of the
 * body has to hold, or NULL.  The call is never sent twice.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_token_request(
    ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_secret_t **secret);


/* a refresh (RFC 6749, 6): the same for requests and for the background */

/*
 * The form that asks for new tokens in place of those of "credential", with
 * the client's secret if that belongs there; allocated from "pool".  NGX_OK;
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_refresh_form(ngx_pool_t *pool,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *form);

/*
 * What the token endpoint's answer means for "credential", one of
 * ngx_http_owncloud_refresh_e (RFC 6749, 5.1 and 5.2).  RENEWED: "*renewed" is
 * its next generation, with strings in "body" or in "pool"; ENDED: the server
 * has refused the refresh token; FAILED: anything else, or no memory.
 */
ngx_uint_t ngx_http_owncloud_refresh_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *renewed);

/*
 * The call that asks for them, not started yet; it goes on when the client
 * goes away.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_refresh_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *credential);

/* how long it may take, in milliseconds */
ngx_msec_t ngx_http_owncloud_refresh_duration(
    ngx_http_owncloud_issuer_t *issuer);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_ */
