
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_


#include "ngx_http_owncloud_link_pack.h"
#include "ngx_http_owncloud_request.h"


/*
 * An access controlled link is MOODLE/repository/owncloud/link/SEALED/NAME.
 * Moodle stores it.  SEALED holds what the link leads to; without a ticket it
 * opens nothing.
 */


/*
 * Makes the URL of a link from all members of "link" but "name", which it
 * sets.  The URL is allocated from r->pool.  NGX_ERROR: no memory, or sealing
 * has failed.
 */
ngx_int_t ngx_http_owncloud_controlled_link_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_controlled_link_t *link,
    ngx_str_t *url);

/*
 * Finds the sealed part in "path", the path of a link to the Moodle at "root"
 * ("" or "/lms").  "sealed" points into "path".  NGX_DECLINED: "path" is not
 * the path of a link.
 */
ngx_int_t ngx_http_owncloud_controlled_link_sealed(ngx_str_t *root,
    ngx_str_t *path, ngx_str_t *sealed);

/*
 * Unseals "sealed" into "link", whose strings are allocated from r->pool.
 * NGX_DECLINED: it was not sealed here; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_controlled_link_open(ngx_http_request_t *r,
    ngx_str_t *sealed, ngx_http_owncloud_controlled_link_t *link);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_ */
