
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONNECT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONNECT_H_INCLUDED_


#include "ngx_http_owncloud_session.h"


/*
 * The page of "owncloud_connect", by which an administrator connects the
 * system account: who may see it is for the location to say.
 */


/* a step: the page, or what its buttons do; the form was read */
ngx_int_t ngx_http_owncloud_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * What ties a sign-in of the account to the browser that began it: the digest
 * of a cookie of its own and of the origin.
 */
ngx_int_t ngx_http_owncloud_connect_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest);

/*
 * A step, after the cloud has given tokens: keeps them, asks first if they
 * are another account's, or refuses them.  "target" is the attempt's.
 */
ngx_int_t ngx_http_owncloud_connect_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session,
    ngx_str_t *target);


#endif /* _NGX_HTTP_OWNCLOUD_CONNECT_H_INCLUDED_ */
