
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* what is sealed in access controlled links, and in their tickets */

typedef struct {
    ngx_str_t    issuer;
    ngx_str_t    owner;      /* of the file that was chosen */
    ngx_str_t    account;    /* to which the copy belongs */
    ngx_str_t    path;       /* of the copy, decoded */
    ngx_str_t    name;       /* the last component of it */
    uint64_t     context;    /* of Moodle, where it was chosen */
    time_t       created;
} ngx_http_owncloud_controlled_link_t;


typedef struct {
    time_t       expires;
    uint64_t     context;     /* of Moodle, in which it was asked for */
    ngx_uint_t   download;    /* 1: to be saved, not to be shown */
} ngx_http_owncloud_ticket_t;


#define NGX_HTTP_OWNCLOUD_TICKET_PACKED  (2 + 2 * sizeof(uint64_t))


/* "plain" is allocated from the pool; texts have up to 65535 bytes */
ngx_int_t ngx_http_owncloud_controlled_link_pack(ngx_pool_t *pool,
    ngx_http_owncloud_controlled_link_t *target, ngx_str_t *plain);

/* texts stay where they are; NGX_DECLINED: it is no such thing */
ngx_int_t ngx_http_owncloud_controlled_link_unpack(ngx_str_t *plain,
    ngx_http_owncloud_controlled_link_t *target);

/* sets target->name from target->path */
void ngx_http_owncloud_controlled_link_name(
    ngx_http_owncloud_controlled_link_t *target);

/* "buf" has NGX_HTTP_OWNCLOUD_TICKET_PACKED bytes, all of which are set */
void ngx_http_owncloud_ticket_pack(u_char *buf,
    ngx_http_owncloud_ticket_t *ticket);

/* NGX_DECLINED: it is no ticket; whether it has expired is not looked at */
ngx_int_t ngx_http_owncloud_ticket_unpack(ngx_str_t *plain,
    ngx_http_owncloud_ticket_t *ticket);


#endif /* _NGX_HTTP_OWNCLOUD_LINK_PACK_H_INCLUDED_ */
