
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


/*
 * Searching for files by their names, which every server does in its own way;
 * the text of the user is taken as it is, wildcards have no meaning.
 */

typedef struct {
    ngx_str_t                user;      /* its id at the cloud */
    ngx_str_t                text;      /* what the name is to hold */
    ngx_uint_t               limit;     /* of the hits that are wanted */

    /* results */

    ngx_http_owncloud_url_t  base;      /* hits are below it; by the type */
    ngx_uint_t               asked;     /* the server sends no more hits */
    ngx_uint_t               filter;    /* 1: some may be none, look */
} ngx_http_owncloud_search_request_t;


/*
 * Both make "*body" from "pool" for "search" and set search->asked and filter.
 * NGX_DECLINED, since no name holds it: no text or a very long one, control
 * characters, a slash, what is not UTF-8 or what XML cannot hold.  NGX_ERROR:
 * no memory.
 */

/*
 * Nextcloud: the body of a SEARCH (RFC 5323) at /remote.php/dav/, where "\\"
 * takes the meaning from wildcards, for one hit more than the limit.
 */
ngx_int_t ngx_http_owncloud_search_request_body(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body);

/*
 * ownCloud 10: the body of a REPORT oc:search-files at the WebDAV root.
 * "%" and "_" are wildcards there that nothing takes the meaning from, so
 * that more may be found than was asked for: search->filter is then 1, and
 * more hits are asked for.  NGX_DECLINED for a backslash, too.
 */
ngx_int_t ngx_http_owncloud_search_request_report(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_ */
