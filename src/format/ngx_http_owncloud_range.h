
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* a range of bytes that is asked for: RFC 9110, 14.1.2 */

typedef struct {
    off_t    first;         /* -1: the last "last" bytes */
    off_t    last;          /* -1: to the end */
} ngx_http_owncloud_range_t;


/* and one that is answered: 14.4 */

typedef struct {
    off_t    first;
    off_t    last;          /* -1: there is no such range ("bytes *" "/100") */
    off_t    total;         /* of the whole file; -1: not said */
} ngx_http_owncloud_content_range_t;


/*
 * The value of Range.  NGX_DECLINED: it is not one range of bytes, and may be
 * ignored: other units, several ranges, what cannot be.
 */
ngx_int_t ngx_http_owncloud_range_read(ngx_str_t *value,
    ngx_http_owncloud_range_t *range);

/* the value of Content-Range; NGX_DECLINED: it makes no sense */
ngx_int_t ngx_http_owncloud_content_range_read(ngx_str_t *value,
    ngx_http_owncloud_content_range_t *answer);

/* is what was answered what was asked for? */
ngx_uint_t ngx_http_owncloud_range_answers(ngx_http_owncloud_range_t *range,
    ngx_http_owncloud_content_range_t *answer);

/*
 * Is it a strong entity tag: in quotes, without "W/"?  Only such a one says
 * that two files are the same in every byte.
 */
ngx_uint_t ngx_http_owncloud_etag_strong(ngx_str_t *etag);


#endif /* _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_ */
