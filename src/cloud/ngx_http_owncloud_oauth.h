
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
 * OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), as the oauth2 apps of ownCloud
 * and Nextcloud and the provider of OpenCloud speak it.
 */


typedef struct {
    ngx_str_t                   redirect_uri;
    ngx_str_t                   client_id;
    ngx_str_t                   scope;        /* may be empty */
    ngx_str_t                   state;
    u_char                     *verifier;     /* 43 characters */
} ngx_http_owncloud_oauth_request_t;


/* the URL that the browser is sent to (RFC 6749, 4.1.1; RFC 7636, 4.3) */
ngx_int_t ngx_http_owncloud_oauth_authorize_url(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *endpoint,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *url);

/* 43 random characters, the base64url form of 32 bytes */
ngx_int_t ngx_http_owncloud_oauth_verifier(u_char *verifier);

/*
 * The form of the exchange of a code (RFC 6749, 4.1.3).  "secret" is given
 * only if the client authenticates in the body.
 */
ngx_int_t ngx_http_owncloud_oauth_code_form(ngx_pool_t *pool,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *code,
    ngx_http_owncloud_secret_t *secret, ngx_str_t *form);

/* the form of a refresh (RFC 6749, 6); "secret" as above */
ngx_int_t ngx_http_owncloud_oauth_refresh_form(ngx_pool_t *pool,
    ngx_str_t *client_id, ngx_http_owncloud_secret_t *token,
    ngx_http_owncloud_secret_t *secret, ngx_str_t *form);


typedef enum {
    NGX_HTTP_OWNCLOUD_OAUTH_GOOD = 0,
    NGX_HTTP_OWNCLOUD_OAUTH_GRANT,      /* the code or token is no good */
    NGX_HTTP_OWNCLOUD_OAUTH_CLIENT,     /* client id or secret refused */
    NGX_HTTP_OWNCLOUD_OAUTH_BUSY,       /* 429, 503: come back later */
    NGX_HTTP_OWNCLOUD_OAUTH_FAILED      /* anything that is not an answer */
} ngx_http_owncloud_oauth_result_e;


typedef struct {
    ngx_http_owncloud_secret_t  access;
    ngx_http_owncloud_secret_t  refresh;      /* may be empty */
    ngx_uint_t                  expires_in;   /* seconds */
    ngx_str_t                   user;         /* user_id, may be empty */
    ngx_str_t                   error;        /* as sent, not escaped */
    ngx_str_t                   description;
} ngx_http_owncloud_oauth_tokens_t;


/*
 * What an answer of the token endpoint means: "*result", and the tokens if
 * it is GOOD, or what the server said.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_oauth_answer(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_oauth_tokens_t *tokens,
    ngx_uint_t *result);


#endif /* _NGX_HTTP_OWNCLOUD_OAUTH_H_INCLUDED_ */
