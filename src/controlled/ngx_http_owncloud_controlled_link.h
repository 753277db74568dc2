
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_


#include "ngx_http_owncloud_link_pack.h"
#include "ngx_http_owncloud_request.h"


/*
 * What an access controlled link is about.  All of it is sealed in the link,
 * MOODLE/repository/owncloud/link/SEALED/NAME, which Moodle keeps; whoever
 * knows a link can do nothing with it without a ticket.
 */

/* the link */
ngx_int_t ngx_http_owncloud_controlled_link_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_controlled_link_t *target,
    ngx_str_t *url);

/*
 * The sealed part of the path of a link to the Moodle at "root"; it points
 * into "path".  NGX_DECLINED: it is not the path of a link.
 */
ngx_int_t ngx_http_owncloud_controlled_link_sealed(ngx_str_t *root,
                                                   ngx_str_t *path,
    ngx_str_t *sealed);

/* what it says; NGX_DECLINED: it was not sealed here */
ngx_int_t ngx_http_owncloud_controlled_link_open(ngx_http_request_t *r,
    ngx_str_t *sealed, ngx_http_owncloud_controlled_link_t *target);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_H_INCLUDED_ */
