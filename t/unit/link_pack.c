
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_link_pack.h"


static void
unit_targets(ngx_pool_t *pool)
{
    u_char                               longest[65535];
    ngx_int_t                            rc;
    ngx_str_t                            plain, part;
    ngx_uint_t                           n, good;
    ngx_http_owncloud_controlled_link_t  target, again;

    ngx_str_set(&target.issuer, "cloud");
    ngx_str_set(&target.owner, "alice");
    ngx_str_set(&target.account, "moodle-system");
    ngx_str_set(&target.path, "/Moodle a.b/17/20261129-x/a b.txt");
    target.context = 17;
    target.created = 1796126309;

    unit_ok(ngx_http_owncloud_controlled_link_pack(pool, &target,
                                                   &plain) == NGX_OK,
            "a target is packed");

    part = unit_copy(pool, &plain);
    rc = ngx_http_owncloud_controlled_link_unpack(&part, &again);

    unit_ok(rc == NGX_OK && unit_same(&again.issuer, &target.issuer)
            && unit_same(&again.owner, &target.owner)
            && unit_same(&again.account, &target.account)
            && unit_same(&again.path, &target.path)
            && again.context == 17 && again.created == 1796126309,
            "and unpacked");

    ngx_str_set(&part, "a b.txt");
    unit_ok(unit_same(&again.name, &part), "its name");

    /* what is cut off is none */

    for (good = 0, n = 0; n < plain.len; n++) {
        part.data = plain.data;
        part.len = n;
        part = unit_copy(pool, &part);

        good += (ngx_http_owncloud_controlled_link_unpack(&part,
                                                          &again) == NGX_OK);
    }

    unit_ok(good == 0, "a part of it");

    part = unit_copy(pool, &plain);
    part.data[0] = 2;
    unit_ok(ngx_http_owncloud_controlled_link_unpack(&part,
                                                     &again) == NGX_DECLINED,
            "another version");

    ngx_memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    target.path.data = longest;
    target.path.len = sizeof(longest);
    target.owner = target.path;
    target.account.len = 0;

    unit_ok(ngx_http_owncloud_controlled_link_pack(pool, &target,
                                                   &plain) == NGX_OK
            && ngx_http_owncloud_controlled_link_unpack(&plain,
                                                        &again) == NGX_OK
            && unit_same(&again.path, &target.path)
            && again.account.len == 0 && again.name.len == 65534,
            "as long as can be");

    target.path.len = 1;
    unit_ok(ngx_http_owncloud_controlled_link_pack(pool, &target,
                                                   &plain) == NGX_OK
            && ngx_http_owncloud_controlled_link_unpack(&plain, &again)
               == NGX_DECLINED, "no path");
}


static void
unit_tickets(ngx_pool_t *pool)
{
    u_char                       buf[NGX_HTTP_OWNCLOUD_TICKET_PACKED];
    ngx_str_t                    plain, part;
    ngx_uint_t                   n, good;
    ngx_http_owncloud_ticket_t   ticket, again;

    ticket.expires = 1796126309;
    ticket.context = 0x100000011ULL;
    ticket.download = 1;

    ngx_http_owncloud_ticket_pack(buf, &ticket);

    plain.data = buf;
    plain.len = sizeof(buf);

    unit_ok(ngx_http_owncloud_ticket_unpack(&plain, &again) == NGX_OK
            && again.expires == ticket.expires
            && again.context == ticket.context && again.download == 1,
            "a ticket");

    for (good = 0, n = 0; n < plain.len; n++) {
        part = plain;
        part.len = n;
        part = unit_copy(pool, &part);

        good += (ngx_http_owncloud_ticket_unpack(&part, &again) == NGX_OK);
    }

    unit_ok(good == 0, "a part of it");

    buf[0] = 0;
    unit_ok(ngx_http_owncloud_ticket_unpack(&plain, &again) == NGX_DECLINED,
            "another version");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_targets(pool);
    unit_tickets(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
