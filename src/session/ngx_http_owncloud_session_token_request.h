
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_


#include "ngx_http_owncloud_session_refresh.h"


/*
 * Creates a call to the token endpoint with client authentication (RFC 6749,
 * 2.3.1 and 3.2), whose response is kept in memory.  "*secret" is what the
 * body must contain, or NULL.  The call is never resent.  Returns NULL if
 * there is no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_token_request(
    ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_secret_t **secret);


/* a refresh request (RFC 6749, 6), in a request or in the background */

/*
 * Creates the body of a refresh request for "credential", including the client
 * secret if it is sent there, allocated from "pool".  NGX_OK; NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_owncloud_refresh_form(ngx_pool_t *pool,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *form);

/*
 * Parses the token endpoint's response to a refresh of "credential" (RFC 6749,
 * 5.1 and 5.2); returns one of ngx_http_owncloud_refresh_e.  RENEWED:
 * "*renewed" is the next generation, with strings in "body" or from "pool";
 * ENDED: the server has refused the refresh token; FAILED: any other result,
 * or no memory.
 */
ngx_uint_t ngx_http_owncloud_refresh_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_credential_t *renewed);

/*
 * Creates the call of a refresh, which goes on after the client aborts; the
 * caller starts it.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_refresh_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_credential_t *credential);

/* Returns the time limit of a refresh, ms. */
ngx_msec_t ngx_http_owncloud_refresh_duration(
    ngx_http_owncloud_issuer_t *issuer);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_ */
