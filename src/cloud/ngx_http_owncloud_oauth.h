
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OAUTH_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OAUTH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_seal.h"
#include "ngx_http_owncloud_uri.h"


#define NGX_HTTP_OWNCLOUD_VERIFIER_LEN  43


/*
 * OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), as implemented by the oauth2 apps
 * of ownCloud and Nextcloud and the identity provider of OpenCloud.
 */


typedef struct {
    ngx_str_t                   redirect_uri;
    ngx_str_t                   client_id;
    ngx_str_t                   scope;        /* may be empty */
    ngx_str_t                   state;
    u_char                     *verifier;     /* 43 characters */
} ngx_http_owncloud_oauth_request_t;


/*
 * Makes "url", the authorization request for the browser (RFC 6749, 4.1.1; RFC
 * 7636, 4.3), allocated from "pool".  Returns NGX_OK, or NGX_ERROR if memory
 * is exhausted or OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_oauth_authorize_url(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *endpoint,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *url);

/*
 * Writes a code verifier (RFC 7636, 4.1) of 43 random characters to
 * "verifier", the base64url form of 32 bytes.  Returns NGX_OK, or NGX_ERROR if
 * OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_oauth_verifier(u_char *verifier);

/*
 * Makes the form that exchanges "code" for tokens (RFC 6749, 4.1.3), allocated
 * from "pool".  "secret" is NULL unless the client authenticates in the body.
 * Returns NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_oauth_code_form(ngx_pool_t *pool,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *code,
    ngx_http_owncloud_secret_t *secret, ngx_str_t *form);

/* makes the form that refreshes "token" (RFC 6749, 6); the rest is as above */
ngx_int_t ngx_http_owncloud_oauth_refresh_form(ngx_pool_t *pool,
    ngx_str_t *client_id, ngx_http_owncloud_secret_t *token,
    ngx_http_owncloud_secret_t *secret, ngx_str_t *form);


typedef enum {
    NGX_HTTP_OWNCLOUD_OAUTH_GOOD = 0,
    NGX_HTTP_OWNCLOUD_OAUTH_GRANT,      /* code or token rejected */
    NGX_HTTP_OWNCLOUD_OAUTH_CLIENT,     /* client id or secret rejected */
    NGX_HTTP_OWNCLOUD_OAUTH_BUSY,       /* 429, 503: retry later */
    NGX_HTTP_OWNCLOUD_OAUTH_FAILED      /* any other response */
} ngx_http_owncloud_oauth_result_e;


typedef struct {
    ngx_http_owncloud_secret_t  access;
    ngx_http_owncloud_secret_t  refresh;      /* may be empty */
    ngx_uint_t                  expires_in;   /* seconds */
    ngx_str_t                   user;         /* user_id, may be empty */
    ngx_str_t                   error;        /* as received, unescaped */
    ngx_str_t                   description;
} ngx_http_owncloud_oauth_tokens_t;


/*
 * Interprets the token endpoint's response with HTTP status "status".  Sets
 * "*result"; "tokens" has the tokens if it is GOOD, otherwise the error and
 * its description as received.  All strings are allocated from "pool".
 * Returns NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_oauth_answer(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_oauth_tokens_t *tokens,
    ngx_uint_t *result);


#endif /* _NGX_HTTP_OWNCLOUD_OAUTH_H_INCLUDED_ */
