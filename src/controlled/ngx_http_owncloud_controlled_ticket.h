
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_link_pack.h"


/*
 * Says that Moodle has just let this browser have what is behind a link: it
 * is good for a minute, for this link, this host and this Moodle session.
 */

#define NGX_HTTP_OWNCLOUD_TICKET_TIME  60      /* seconds */
#define NGX_HTTP_OWNCLOUD_TICKET       "ticket"     /* name in the query */


/* needs ctx->moodle_session; "link" is the sealed part of the link's path */
ngx_int_t ngx_http_owncloud_ticket_seal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *sealed);

/*
 * NGX_DECLINED: it is for something or somebody else; NGX_DONE: it is the
 * right one, and too old
 */
ngx_int_t ngx_http_owncloud_ticket_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *sealed,
    ngx_http_owncloud_ticket_t *ticket);

/*
 * The address of a link with a new ticket: "link" is the sealed part, "name"
 * the decoded name after it.
 */
ngx_int_t ngx_http_owncloud_ticket_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *name,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *url);


/*
 * ngx_http_owncloud_controlled_ticket_filter.c: installs the header filter
 * that adds tickets to what Moodle's scripts that check access to files
 * redirect to
 */
ngx_int_t ngx_http_owncloud_ticket_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_ */
