
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_dav_pack.h"


/*
 * Packed entries as they are read from shared memory, damaged or cut off:
 * names stay within what was read, and what is read is packed as it was.
 */


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                      *p;
    size_t                       len;
    ngx_int_t                    rc;
    ngx_str_t                    text, again;
    ngx_uint_t                   i, n;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_entry_t  **entries;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_dav_unpack(pool, &text, &entries, &n);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc != NGX_OK) {
        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(n <= size / 18);

    for (p = text.data, i = 0; i < n; i++) {

        fuzz_assert(entries[i]->len != 0 && entries[i]->name >= p
                    && entries[i]->name + entries[i]->len
                       <= text.data + text.len
                    && entries[i]->title < entries[i]->len
                    && entries[i]->size >= -1 && entries[i]->modified >= -1);

        p = entries[i]->name + entries[i]->len;
    }

    len = ngx_http_owncloud_dav_pack_size(entries, n);
    fuzz_assert(len == size);

    again.data = ngx_pnalloc(pool, len);
    again.len = ngx_http_owncloud_dav_pack(again.data, entries, n)
                - again.data;

    fuzz_assert(again.len == len && ngx_memcmp(again.data, data, len) == 0);

    ngx_destroy_pool(pool);

    return 0;
}
