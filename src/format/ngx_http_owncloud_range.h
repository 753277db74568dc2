
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* a requested byte range (RFC 9110, 14.1.2) */

typedef struct {
    off_t    first;         /* -1: the last "last" bytes */
    off_t    last;          /* -1: to the end */
} ngx_http_owncloud_range_t;


/* the range of a response (RFC 9110, 14.4) */

typedef struct {
    off_t    first;
    off_t    last;          /* -1: unsatisfied range */
    off_t    total;         /* of the file; -1: unknown */
} ngx_http_owncloud_content_range_t;


/*
 * Parses the value of Range into "range".  Returns NGX_OK, or NGX_DECLINED if
 * the header may be ignored: it uses another unit, has several ranges or is
 * invalid.
 */
ngx_int_t ngx_http_owncloud_range_read(ngx_str_t *value,
    ngx_http_owncloud_range_t *range);

/*
 * Parses the value of Content-Range into "answer".  Returns NGX_OK, or
 * NGX_DECLINED if it is invalid.
 */
ngx_int_t ngx_http_owncloud_content_range_read(ngx_str_t *value,
    ngx_http_owncloud_content_range_t *answer);

/*
 * Returns 1 if "answer" is the range that was requested, which may end early
 * at the end of the file.
 */
ngx_uint_t ngx_http_owncloud_range_answers(ngx_http_owncloud_range_t *range,
    ngx_http_owncloud_content_range_t *answer);

/*
 * Returns 1 if "etag" is a strong entity tag: quoted, without "W/".  Only a
 * strong tag guarantees that two files are identical byte for byte.
 */
ngx_uint_t ngx_http_owncloud_etag_strong(ngx_str_t *etag);


#endif /* _NGX_HTTP_OWNCLOUD_RANGE_H_INCLUDED_ */
