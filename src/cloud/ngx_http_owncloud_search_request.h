
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


/*
 * Searching for files by name, for which each server has its own request.  The
 * user's text is taken literally: it has no wildcards.
 */

typedef struct {
    ngx_str_t                user;      /* user id at the cloud */
    ngx_str_t                text;      /* what names must contain */
    ngx_uint_t               limit;     /* hits wanted at most */

    /* results */

    ngx_http_owncloud_url_t  base;      /* of hits; set by the type */
    ngx_uint_t               asked;     /* most hits the server sends */
    ngx_uint_t               filter;    /* 1: hits must be filtered */
} ngx_http_owncloud_search_request_t;


/*
 * The two functions make "*body", allocated from "pool", and set search->asked
 * and search->filter.  They return NGX_OK; NGX_DECLINED if no file name can
 * contain the text, because it is empty or very long, has control characters
 * or a slash, is not UTF-8 or cannot be written in XML; NGX_ERROR if memory is
 * exhausted.
 */

/*
 * Makes the body of a SEARCH (RFC 5323) at /remote.php/dav/ of Nextcloud,
 * where "\" escapes wildcards.  It requests one hit more than the limit.
 */
ngx_int_t ngx_http_owncloud_search_request_body(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body);

/*
 * Makes the body of a REPORT oc:search-files at the WebDAV root of ownCloud
 * 10.  There, "%" and "_" are wildcards that cannot be escaped.  If the text
 * has one, more hits are requested and search->filter is 1, since some of them
 * may not match.  NGX_DECLINED also means a backslash in the text.
 */
ngx_int_t ngx_http_owncloud_search_request_report(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_ */
