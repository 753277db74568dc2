
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_cookie_text.h"


#define NGX_HTTP_OWNCLOUD_COOKIE_TOTAL  7000   /* both parts, characters */
#define NGX_HTTP_OWNCLOUD_COOKIE_LEAST  640    /* a session's minimum */


/*
 * Finds the value of the first cookie of that name, without quotes.  It points
 * into the request.  NGX_DECLINED: there is none.
 */
ngx_int_t ngx_http_owncloud_cookie_find(ngx_http_request_t *r,
    ngx_str_t *name, ngx_str_t *value);

/*
 * Reads a cookie of this module, joined from its parts (NAME, NAME~1).  The
 * names depend on "id" and on whether the client uses https.  NGX_DECLINED:
 * there is none.
 */
ngx_int_t ngx_http_owncloud_cookie_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value);

/*
 * Sets a cookie of this module in parts, in place of what this response has
 * set before, and removes former parts that are no longer used.  An empty
 * value removes all.  The cookie is HttpOnly, SameSite=Lax and, on https,
 * Secure (RFC 6265bis).  It expires after "age" seconds, or, with 0, with the
 * browser session.  NGX_DECLINED: more than NGX_HTTP_OWNCLOUD_COOKIE_TOTAL
 * characters.  NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_cookie_set(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value,
    time_t age);

/*
 * Removes a second part under its former name, NAME_1, which may be another
 * issuer's first part.  It is no longer read, but takes room in the browser's
 * Cookie header.
 */
ngx_int_t ngx_http_owncloud_cookie_old(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id);

/*
 * Sets a short cookie that is sent only for URIs below "path", for "age"
 * seconds.
 */
ngx_int_t ngx_http_owncloud_cookie_set_below(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value,
    ngx_str_t *path, time_t age);

/*
 * Removes this module's cookies from all Cookie headers of a request that goes
 * to Moodle.
 */
ngx_int_t ngx_http_owncloud_cookie_strip_request(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_COOKIE_H_INCLUDED_ */
