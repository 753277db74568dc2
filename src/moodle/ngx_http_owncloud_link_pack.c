
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_link_pack.h"
#include "ngx_http_owncloud_pack.h"


#define NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_VERSION  1
#define NGX_HTTP_OWNCLOUD_TICKET_VERSION  1


ngx_int_t
ngx_http_owncloud_controlled_link_pack(ngx_pool_t *pool,
    ngx_http_owncloud_controlled_link_t *target, ngx_str_t *plain)
{
    u_char  *p;

    p = ngx_pnalloc(pool, 1 + 2 * sizeof(uint64_t)
                      + ngx_http_owncloud_pack_size(target->issuer.len)
                      + ngx_http_owncloud_pack_size(target->owner.len)
                      + ngx_http_owncloud_pack_size(target->account.len)
                      + ngx_http_owncloud_pack_size(target->path.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_VERSION;
    p = ngx_http_owncloud_pack_number(p, target->context);
    p = ngx_http_owncloud_pack_number(p, target->created);
    p = ngx_http_owncloud_pack_text(p, target->issuer.data,
                                    target->issuer.len);
    p = ngx_http_owncloud_pack_text(p, target->owner.data, target->owner.len);
    p = ngx_http_owncloud_pack_text(p, target->account.data,
                                    target->account.len);
    p = ngx_http_owncloud_pack_text(p, target->path.data, target->path.len);

    plain->len = p - plain->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_controlled_link_unpack(ngx_str_t *plain,
    ngx_http_owncloud_controlled_link_t *target)
{
    u_char    *p, *last;
    uint64_t   created;

    p = plain->data;
    last = p + plain->len;

    if (plain->len == 0 || *p++ != NGX_HTTP_OWNCLOUD_CONTROLLED_LINK_VERSION
        || ngx_http_owncloud_unpack_number(&p, last, &target->context)
           != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &created) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->issuer.data,
                                         &target->issuer.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->owner.data,
                                         &target->owner.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->account.data,
                                         &target->account.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->path.data,
                                         &target->path.len)
           != NGX_OK
        || target->path.len < 2)
    {
        return NGX_DECLINED;
    }

    target->created = (time_t) created;

    ngx_http_owncloud_controlled_link_name(target);

    return NGX_OK;
}


void
ngx_http_owncloud_controlled_link_name(
    ngx_http_owncloud_controlled_link_t *target)
{
    u_char  *p;

    p = target->path.data + target->path.len;

    while (p > target->path.data && p[-1] != '/') {
        p--;
    }

    target->name.data = p;
    target->name.len = target->path.data + target->path.len - p;
}


void
ngx_http_owncloud_ticket_pack(u_char *buf, ngx_http_owncloud_ticket_t *ticket)
{
    u_char  *p;

    p = buf;

    *p++ = NGX_HTTP_OWNCLOUD_TICKET_VERSION;
    *p++ = (u_char) ticket->download;
    p = ngx_http_owncloud_pack_number(p, ticket->expires);
    (void) ngx_http_owncloud_pack_number(p, ticket->context);
}


ngx_int_t
ngx_http_owncloud_ticket_unpack(ngx_str_t *plain,
    ngx_http_owncloud_ticket_t *ticket)
{
    u_char    *p, *last;
    uint64_t   expires;

    p = plain->data;
    last = p + plain->len;

    if (plain->len < 2 || *p++ != NGX_HTTP_OWNCLOUD_TICKET_VERSION) {
        return NGX_DECLINED;
    }

    ticket->download = *p++;

    if (ngx_http_owncloud_unpack_number(&p, last, &expires) != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &ticket->context)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ticket->expires = (time_t) expires;

    return NGX_OK;
}
