
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* what our cookies begin with, after "__Secure-" where the client has https */
#define NGX_HTTP_OWNCLOUD_COOKIE        "owncloud_"

#define NGX_HTTP_OWNCLOUD_COOKIE_SIZE   3800   /* characters of one cookie */
#define NGX_HTTP_OWNCLOUD_COOKIE_PARTS  2
#define NGX_HTTP_OWNCLOUD_COOKIE_ID     72     /* of the longest id */

/* room for the name of any of ours, with "~9" for a part */
#define NGX_HTTP_OWNCLOUD_COOKIE_NAME                                         \
    (sizeof("__Secure-" NGX_HTTP_OWNCLOUD_COOKIE) - 1                         \
     + NGX_HTTP_OWNCLOUD_COOKIE_ID + 2)


/*
 * Cuts the next "name=value" off "*rest", the value of a Cookie header
 * (RFC 6265, 4.2.1), whatever stands between them: white space, which PHP
 * leaves out, too, and any number of semicolons.  A name has at least one
 * character unless "=" is the first one; without "=" the value is empty.
 * Both point into "*rest".  NGX_DONE: there is no more.
 */
ngx_int_t ngx_http_owncloud_cookie_next(ngx_str_t *rest, ngx_str_t *name,
    ngx_str_t *value);

/*
 * The value of the first cookie of that name in the value of a Cookie header,
 * without quotes; points into "header".  NGX_DECLINED: there is none.
 */
ngx_int_t ngx_http_owncloud_cookie_in(ngx_str_t *header, ngx_str_t *name,
    ngx_str_t *value);

/*
 * The value as PHP reads it: percent-decoded, so that one session has one
 * value here however the client spells it.  What cannot be decoded stays, and
 * is no session of PHP's.  The new value is from "pool" and never longer; one
 * without "%" stays where it is.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_cookie_decode(ngx_pool_t *pool, ngx_str_t *value);

/* 1 if a cookie of that name is one of ours, whatever the issuer */
ngx_uint_t ngx_http_owncloud_cookie_ours(ngx_str_t *name);

/*
 * Takes our cookies out of the value of a Cookie header, and leaves the
 * others, their order and what stands between them as they are.  The new
 * value is from "pool", never longer than the old one, and has a zero behind
 * it; without a cookie of ours "*value" may stay where it is.  NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_owncloud_cookie_strip(ngx_pool_t *pool, ngx_str_t *value);

/*
 * The name of part "part" of the cookie "id", in "buf", which has room for
 * NGX_HTTP_OWNCLOUD_COOKIE_NAME bytes: the first part has the id alone, the
 * others "ID~1" and so on.  No id has a "~", so no two cookies have one name.
 * NGX_DECLINED: an id of more than NGX_HTTP_OWNCLOUD_COOKIE_ID bytes.
 */
ngx_int_t ngx_http_owncloud_cookie_part(u_char *buf, ngx_str_t *id,
    ngx_uint_t secure, ngx_uint_t part, ngx_str_t *name);

/*
 * Puts "n" parts, in order, together again; one that was not found has no
 * data.  Only a full part is continued: what is behind a shorter one has been
 * left over.  "value" is from "pool".  NGX_DECLINED: there is nothing.
 */
ngx_int_t ngx_http_owncloud_cookie_join(ngx_pool_t *pool, ngx_str_t *part,
    ngx_uint_t n, ngx_str_t *value);


#endif /* _NGX_HTTP_OWNCLOUD_COOKIE_TEXT_H_INCLUDED_ */
