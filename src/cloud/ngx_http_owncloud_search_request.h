
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Searching for files by their names, which every server does in its own way;
 * the text of the user is taken as it is, wildcards have no meaning.  Always
 * NGX_DECLINED, since no name holds it: no text or a very long one, control
 * characters, a slash, what is not UTF-8 or what XML cannot hold.
 */

typedef struct {
    ngx_str_t    user;      /* its id at the cloud */
    ngx_str_t    text;      /* what the name is to hold */
    ngx_uint_t   limit;     /* of the hits that are wanted */
    ngx_uint_t   asked;     /* result: the server sends no more than these */
} ngx_http_owncloud_search_request_t;


/*
 * Nextcloud: the body of a SEARCH (RFC 5323) at /remote.php/dav/, where "\\"
 * takes the meaning from wildcards, for one hit more than the limit.
 */
ngx_int_t ngx_http_owncloud_search_request_body(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body);

/*
 * ownCloud 10: the body of a REPORT oc:search-files at the WebDAV root.
 * "%" and "_" are wildcards there that nothing takes the meaning from, so
 * that more may be found than was asked for: "*filter" is then 1, the hits
 * are to be looked through, and more of them are asked for.  NGX_DECLINED for
 * a backslash, too.
 */
ngx_int_t ngx_http_owncloud_search_request_report(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body,
    ngx_uint_t *filter);

/*
 * OpenCloud: the same REPORT, but the pattern is KQL, whose wildcards cannot
 * be escaped, nor quotes: any character is searched there, "*filter" as above.
 */
ngx_int_t ngx_http_owncloud_search_request_kql(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body,
    ngx_uint_t *filter);


#endif /* _NGX_HTTP_OWNCLOUD_SEARCH_REQUEST_H_INCLUDED_ */
