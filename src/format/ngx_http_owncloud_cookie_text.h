
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* prefix of our cookies, after "__Secure-" if the client uses https */
#define NGX_HTTP_OWNCLOUD_COOKIE        "owncloud_"

#define NGX_HTTP_OWNCLOUD_COOKIE_SIZE   3800   /* characters of one cookie */
#define NGX_HTTP_OWNCLOUD_COOKIE_PARTS  2
#define NGX_HTTP_OWNCLOUD_COOKIE_ID     72     /* bytes of an id */

/* size of our longest cookie name, with "~9" for a part */
#define NGX_HTTP_OWNCLOUD_COOKIE_NAME                                         \
    (sizeof("__Secure-" NGX_HTTP_OWNCLOUD_COOKIE) - 1                         \
     + NGX_HTTP_OWNCLOUD_COOKIE_ID + 2)


/*
 * Takes the next "name=value" pair off "*rest", the value of a Cookie header
 * (RFC 6265, 4.2.1).  As in PHP, white space and any number of semicolons may
 * separate the pairs.  A pair without "=" has an empty value; the name is
 * empty only if "=" comes first.  "name" and "value" point into "*rest".
 * Returns NGX_OK, or NGX_DONE at the end.
 */
ngx_int_t ngx_http_owncloud_cookie_next(ngx_str_t *rest, ngx_str_t *name,
    ngx_str_t *value);

/*
 * Finds the first cookie called "name" in the value of a Cookie header.
 * "value" points into "header" and excludes enclosing quotes.  Returns NGX_OK,
 * or NGX_DECLINED if there is no such cookie.
 */
ngx_int_t ngx_http_owncloud_cookie_in(ngx_str_t *header, ngx_str_t *name,
    ngx_str_t *value);

/*
 * Percent-decodes "*value" as PHP does, so that a session has the same value
 * however the client encodes it.  A malformed value is left as it is: PHP has
 * no such session.  A new value is allocated from "pool" and is never longer;
 * a value without "%" is not copied.  Returns NGX_OK, or NGX_ERROR if memory
 * is exhausted.
 */
ngx_int_t ngx_http_owncloud_cookie_decode(ngx_pool_t *pool, ngx_str_t *value);

/* returns 1 if "name" is the name of one of our cookies, of any issuer */
ngx_uint_t ngx_http_owncloud_cookie_ours(ngx_str_t *name);

/*
 * Removes our cookies from "*value", the value of a Cookie header; the other
 * cookies, their order and their separators are preserved.  A new value is
 * allocated from "pool", is never longer and ends with a NUL; a value without
 * our cookies may be left alone.  Returns NGX_OK, or NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_cookie_strip(ngx_pool_t *pool, ngx_str_t *value);

/*
 * Writes the name of part "part" of the cookie "id" to "buf", which has room
 * for NGX_HTTP_OWNCLOUD_COOKIE_NAME bytes; "name" points there.  "secure" adds
 * "__Secure-".  Part 0 is named by the id alone, the others "ID~1" and so on;
 * ids never contain "~", so all names are unique.  Returns NGX_OK, or
 * NGX_DECLINED if the id exceeds NGX_HTTP_OWNCLOUD_COOKIE_ID bytes or there is
 * no such part.
 */
ngx_int_t ngx_http_owncloud_cookie_part(u_char *buf, ngx_str_t *id,
    ngx_uint_t secure, ngx_uint_t part, ngx_str_t *name);

/*
 * Joins "n" parts in order into "value", allocated from "pool".  A missing
 * part has NULL data.  Only a part of full size is continued: whatever follows
 * a shorter one is a leftover.  Returns NGX_OK, NGX_DECLINED if there is
 * nothing to join, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_cookie_join(ngx_pool_t *pool, ngx_str_t *part,
    ngx_uint_t n, ngx_str_t *value);


#endif /* _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_ */
