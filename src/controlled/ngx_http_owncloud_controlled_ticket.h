
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_link_pack.h"


/*
 * A ticket says that Moodle has just let this browser have what is behind a
 * link.  It is good for a minute, for this link, this host and this session of
 * Moodle.
 */

#define NGX_HTTP_OWNCLOUD_TICKET_TIME  60           /* seconds */
#define NGX_HTTP_OWNCLOUD_TICKET       "ticket"     /* name in the query */


/*
 * Seals "ticket" for "link", the sealed part of a link's path; "sealed" is
 * allocated from r->pool.  Needs ctx->moodle_session.  NGX_ERROR: no memory,
 * or sealing has failed.
 */
ngx_int_t ngx_http_owncloud_ticket_seal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *sealed);

/*
 * Unseals "sealed" into "ticket".  NGX_DECLINED: it is for something or
 * somebody else; NGX_DONE: it is the right one, but has expired; NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_owncloud_ticket_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *sealed,
    ngx_http_owncloud_ticket_t *ticket);

/*
 * Makes the URL of a link with a new ticket, allocated from r->pool: "link" is
 * the sealed part, "name" the decoded name after it.  NGX_ERROR as above.
 */
ngx_int_t ngx_http_owncloud_ticket_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *name,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *url);


/*
 * ngx_http_owncloud_controlled_ticket_filter.c: installs the header filter
 * that adds a ticket where one of Moodle's scripts that check access to files
 * redirects to a link
 */
ngx_int_t ngx_http_owncloud_ticket_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_TICKET_H_INCLUDED_ */
