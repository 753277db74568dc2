
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_SESSION_ID_LEN  NGX_HTTP_OWNCLOUD_SUBJECT_LEN


/*
 * A user's sign-in at an issuer: sealed in a cookie that is bound to the
 * issuer, the host and Moodle's session; the zone knows the newest
 * generation of it and whether it was ended.
 */

struct ngx_http_owncloud_session_s {
    u_char                      id[NGX_HTTP_OWNCLOUD_SESSION_ID_LEN];
    ngx_uint_t                  generation;
    time_t                      expires;      /* of the access token */
    ngx_http_owncloud_secret_t  access;
    ngx_http_owncloud_secret_t  refresh;      /* may be empty */
    ngx_str_t                   user;         /* its name at the cloud */
};


/*
 * NGX_OK: ctx->session is the session of this browser with a token that has
 * not expired; NGX_DECLINED: there is none, sign in.
 */
ngx_int_t ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A new session: a new id, in the zone and in the answer's cookie.
 * NGX_DECLINED: the tokens are too large for it.
 */
ngx_int_t ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);

/* ends ctx->session, if any, everywhere, and removes the cookie */
ngx_int_t ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_H_INCLUDED_ */
