
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_link_pack.h"


/* what was unpacked is packed to the same bytes, as far as they were read */


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                               buf[NGX_HTTP_OWNCLOUD_TICKET_PACKED];
    ngx_str_t                            plain, again;
    ngx_pool_t                          *pool;
    ngx_http_owncloud_controlled_link_t  target;
    ngx_http_owncloud_ticket_t           ticket;

    pool = fuzz_pool();

    plain = fuzz_copy(pool, data, size);

    if (ngx_http_owncloud_controlled_link_unpack(&plain, &target) == NGX_OK) {

        fuzz_assert(target.path.len >= 2
                    && target.name.len <= target.path.len
                    && target.name.data + target.name.len
                       == target.path.data + target.path.len);
        fuzz_assert(ngx_strlchr(target.name.data,
                                target.name.data + target.name.len, '/')
                    == NULL);

        fuzz_assert(ngx_http_owncloud_controlled_link_pack(pool, &target,
                                                           &again)
                    == NGX_OK);
        fuzz_assert(again.len <= plain.len
                    && ngx_memcmp(again.data, plain.data, again.len) == 0);
    }

    if (ngx_http_owncloud_ticket_unpack(&plain, &ticket) == NGX_OK) {
        ngx_http_owncloud_ticket_pack(buf, &ticket);

        fuzz_assert(sizeof(buf) <= plain.len
                    && ngx_memcmp(buf, plain.data, sizeof(buf)) == 0);
    }

    ngx_destroy_pool(pool);

    return 0;
}
