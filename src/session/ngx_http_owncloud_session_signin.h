
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_


#include "ngx_http_owncloud_session_attempt.h"


/*
 * What a sign-in is for.  The state carries the number of the purpose and a
 * target that only the purpose understands; module/ registers the purposes in
 * ngx_http_owncloud_main_conf_t.
 */

struct ngx_http_owncloud_purpose_s {
    /* sets what the attempt takes along, from r->pool; NULL: nothing */
    ngx_int_t  (*target)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_str_t *target);

    /* what ties the attempt to the browser: NGX_HTTP_OWNCLOUD_DIGEST_LEN */
    ngx_int_t  (*browser)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                          u_char *digest);

    /* a step: takes the tokens in "session"; NULL: they are the browser's */
    ngx_int_t  (*exchanged)(ngx_http_request_t *r,
                            ngx_http_owncloud_ctx_t *ctx,
                            ngx_http_owncloud_credential_t *session,
                            ngx_str_t *target);

    /* a step: ctx->session is the browser's new session */
    ngx_int_t  (*signed_in)(ngx_http_request_t *r,
                            ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);
};


/*
 * A step: answers the form with which a sign-in begins, or an error that says
 * where to get it, where the picker would not show a form
 */
ngx_int_t ngx_http_owncloud_signin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Where the browser goes to sign in: the attempt's purpose, user, target and
 * browser are set, the rest of it is set here.
 */
ngx_int_t ngx_http_owncloud_signin_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *url);

/*
 * What ties an attempt to a browser and to a Moodle: the digest of Moodle's
 * session cookie and of the origin.
 */
ngx_int_t ngx_http_owncloud_signin_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest);

/* a digest of where the issuer's tokens are sent to: no other gets the code */
ngx_int_t ngx_http_owncloud_signin_authorities(
    ngx_http_owncloud_issuer_t *issuer, u_char *digest);

/* where the cloud sends the browser back to; the same in both requests */
ngx_int_t ngx_http_owncloud_signin_redirect_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *uri);


/*
 * The page for a sign-in that came to nothing: "format" may name the issuer
 * by "%s", "detail", what the cloud said, may be NULL.
 */
ngx_int_t ngx_http_owncloud_signin_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *format,
    ngx_str_t *detail);


/*
 * ngx_http_owncloud_session_callback.c: the step that follows the browser's
 * return
 */
ngx_int_t ngx_http_owncloud_callback(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_session_exchange.c: the code for tokens, the tokens for a
 * session, and the page that ends the sign-in
 */
ngx_int_t ngx_http_owncloud_exchange(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *code);

/* "signed_in" of the picker's purpose: the page that ends the sign-in */
ngx_int_t ngx_http_owncloud_exchange_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);

/*
 * ngx_http_owncloud_session_logout.c: a step; forgets and revokes the tokens
 */
ngx_int_t ngx_http_owncloud_logout(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_ */
