
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_cookie_text.h"


#define NGX_HTTP_OWNCLOUD_COOKIE_TOTAL  7000   /* of both parts, characters */
#define NGX_HTTP_OWNCLOUD_COOKIE_LEAST  640    /* what a session may have */


/*
 * The value of the first cookie of that name, without quotes; points into
 * the request.  NGX_DECLINED: there is none.
 */
ngx_int_t ngx_http_owncloud_cookie_find(ngx_http_request_t *r,
    ngx_str_t *name, ngx_str_t *value);

/*
 * The same for a cookie of ours, joined from its parts (NAME, NAME~1),
 * whose names are built from "id" and from whether the client has https.
 */
ngx_int_t ngx_http_owncloud_cookie_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value);

/*
 * Sets a cookie of ours in parts and removes those parts of the former one
 * that are no longer used; an empty value removes all.  NGX_DECLINED: more
 * than NGX_HTTP_OWNCLOUD_COOKIE_TOTAL characters.  HttpOnly,
 * SameSite=Lax, on https Secure; gone after "age" seconds, or, with 0, with
 * the browser's session.  Takes the place of what was set before.
 */
ngx_int_t ngx_http_owncloud_cookie_set(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value,
    time_t age);

/*
 * Removes a second part by the name that it had before, NAME_1, which is
 * another issuer's first one as well: it is read no more, and takes room in
 * the browser's Cookie header.
 */
ngx_int_t ngx_http_owncloud_cookie_old(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id);

/* sets one that is short, and sent with what is below "path" only */
ngx_int_t ngx_http_owncloud_cookie_set_below(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value,
    ngx_str_t *path, time_t age);

/* takes ours out of all Cookie headers of a request that goes to Moodle */
ngx_int_t ngx_http_owncloud_cookie_strip_request(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_ */
