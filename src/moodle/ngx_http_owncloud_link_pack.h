
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* the plaintext of access controlled links, and of their tickets */

typedef struct {
    ngx_str_t    issuer;
    ngx_str_t    owner;      /* of the chosen file */
    ngx_str_t    account;    /* owner of the copy */
    ngx_str_t    path;       /* of the copy, decoded */
    ngx_str_t    name;       /* last component of path */
    uint64_t     context;    /* Moodle's, where it was chosen */
    time_t       created;
} ngx_http_owncloud_controlled_link_t;


typedef struct {
    time_t       expires;
    uint64_t     context;     /* Moodle's, of the request */
    ngx_uint_t   download;    /* 1: save, do not display */
} ngx_http_owncloud_ticket_t;


#define NGX_HTTP_OWNCLOUD_TICKET_PACKED  (2 + 2 * sizeof(uint64_t))


/*
 * Serializes "target" into "plain", allocated from "pool".  Texts have at most
 * 65535 bytes; the name is not stored, since it is part of the path.  Returns
 * NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_controlled_link_pack(ngx_pool_t *pool,
    ngx_http_owncloud_controlled_link_t *target, ngx_str_t *plain);

/*
 * Parses "plain" into "target", whose texts point into "plain".  Returns
 * NGX_OK, or NGX_DECLINED if this is not a link.
 */
ngx_int_t ngx_http_owncloud_controlled_link_unpack(ngx_str_t *plain,
    ngx_http_owncloud_controlled_link_t *target);

/* sets target->name, which points into target->path */
void ngx_http_owncloud_controlled_link_name(
    ngx_http_owncloud_controlled_link_t *target);

/*
 * Serializes "ticket" to "buf", which has NGX_HTTP_OWNCLOUD_TICKET_PACKED
 * bytes; all of them are set.
 */
void ngx_http_owncloud_ticket_pack(u_char *buf,
    ngx_http_owncloud_ticket_t *ticket);

/*
 * Parses "plain" into "ticket".  Returns NGX_OK, even if the ticket has
 * expired, or NGX_DECLINED if this is not a ticket.
 */
ngx_int_t ngx_http_owncloud_ticket_unpack(ngx_str_t *plain,
    ngx_http_owncloud_ticket_t *ticket);


#endif /* _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_ */
