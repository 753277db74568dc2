
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_


#include "ngx_http_owncloud_session_attempt.h"


/*
 * The purpose of a sign-in.  The state carries its number and a target that
 * only the purpose understands; module/ registers the purposes in
 * ngx_http_owncloud_main_conf_t.
 */

struct ngx_http_owncloud_purpose_s {
    /* sets the attempt's target, from r->pool; NULL: none */
    ngx_int_t  (*target)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_str_t *target);

    /* binds the attempt to the browser: NGX_HTTP_OWNCLOUD_DIGEST_LEN bytes */
    ngx_int_t  (*browser)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                          u_char *digest);

    /* a step: takes the tokens; NULL: they become the browser's session */
    ngx_int_t  (*exchanged)(ngx_http_request_t *r,
                            ngx_http_owncloud_ctx_t *ctx,
                            ngx_http_owncloud_credential_t *session,
                            ngx_str_t *target);

    /* a step: ctx->session is the browser's new session */
    ngx_int_t  (*signed_in)(ngx_http_request_t *r,
                            ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);
};


/*
 * A step: sends the sign-in form or, where the picker would not show a form,
 * an error that says how to get it.
 */
ngx_int_t ngx_http_owncloud_signin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Creates the URL of the authorization request (RFC 6749, 4.1.1), allocated
 * from r->pool.  The caller sets purpose, user, target and browser of the
 * attempt; the function sets the rest.  Returns NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_signin_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *url);

/*
 * Computes what binds an attempt to a browser and a Moodle: the digest of
 * Moodle's session cookie and the origin, NGX_HTTP_OWNCLOUD_DIGEST_LEN bytes.
 */
ngx_int_t ngx_http_owncloud_signin_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest);

/*
 * Computes the digest of the authorities of the issuer's endpoints, so that no
 * other server gets the code; NGX_HTTP_OWNCLOUD_DIGEST_LEN bytes.
 */
ngx_int_t ngx_http_owncloud_signin_authorities(
    ngx_http_owncloud_issuer_t *issuer, u_char *digest);

/*
 * Sets "uri" to the redirection endpoint (RFC 6749, 3.1.2), allocated from
 * r->pool; it is the same in the authorization request and the token request.
 */
ngx_int_t ngx_http_owncloud_signin_redirect_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *uri);


/*
 * Sends the page of a failed sign-in.  "format" may contain "%s" for the
 * issuer's name; "detail" is the cloud's message, or NULL.
 */
ngx_int_t ngx_http_owncloud_signin_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *format,
    ngx_str_t *detail);


/*
 * A step: handles the authorization response (RFC 6749, 4.1.2), in
 * ngx_http_owncloud_session_callback.c.
 */
ngx_int_t ngx_http_owncloud_callback(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Exchanges the code for tokens (RFC 6749, 4.1.3), creates the session and
 * goes on as the purpose says, in ngx_http_owncloud_session_exchange.c.  The
 * strings of "attempt" must outlive the request.
 */
ngx_int_t ngx_http_owncloud_exchange(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_attempt_t *attempt,
    ngx_str_t *code);

/* A step, signed_in() of the picker: sends the last page of the sign-in. */
ngx_int_t ngx_http_owncloud_exchange_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);

/*
 * A step: ends the session and revokes the tokens, in
 * ngx_http_owncloud_session_logout.c.
 */
ngx_int_t ngx_http_owncloud_logout(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_SIGNIN_H_INCLUDED_ */
