
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_pack.h"


static void
unit_numbers(ngx_pool_t *pool)
{
    u_char      *p, *last;
    uint64_t     number;
    ngx_str_t    bytes, want;
    ngx_uint_t   i;
    u_char       buf[8];

    static uint64_t  numbers[] = { 0, 1, 255, 256, 0x0102030405060708,
                                   UINT64_MAX, (uint64_t) -1 };

    for (i = 0; i < unit_n(numbers); i++) {
        bytes.data = buf;
        bytes.len = ngx_http_owncloud_pack_number(buf, numbers[i]) - buf;
        bytes = unit_copy(pool, &bytes);

        p = bytes.data;
        last = p + bytes.len;

        unit_ok(bytes.len == 8
                && ngx_http_owncloud_unpack_number(&p, last, &number) == NGX_OK
                && number == numbers[i] && p == last,
                "number %u comes back", (unsigned) i);

        for (p = bytes.data + 1; p <= last; p++) {
            if (ngx_http_owncloud_unpack_number(&p, last, &number) == NGX_OK) {
                break;
            }
        }

        unit_ok(p == last + 1, "number %u, not from less", (unsigned) i);
    }

    /* links are kept for years, and go from machine to machine */

    ngx_str_set(&want, "\1\2\3\4\5\6\7\10");
    bytes.data = buf;
    bytes.len = ngx_http_owncloud_pack_number(buf, numbers[4]) - buf;

    unit_ok(unit_same(&bytes, &want), "the highest byte comes first");
}


static void
unit_texts(ngx_pool_t *pool)
{
    u_char      *p, *last;
    ngx_str_t    bytes, text, got;
    ngx_uint_t   i;

    static size_t  lengths[] = { 0, 1, 255, 256, 65535 };

    for (i = 0; i < unit_n(lengths); i++) {
        text.len = lengths[i];
        text.data = ngx_pnalloc(pool, text.len + 1);
        ngx_memset(text.data, 'x', text.len);

        bytes.data = ngx_pnalloc(pool, ngx_http_owncloud_pack_size(text.len));
        bytes.len = ngx_http_owncloud_pack_text(bytes.data, text.data,
                                                text.len)
                    - bytes.data;

        p = bytes.data;
        last = p + bytes.len;

        unit_ok(bytes.len == ngx_http_owncloud_pack_size(text.len)
                && ngx_http_owncloud_unpack_text(&p, last, &got.data, &got.len)
                   == NGX_OK
                && unit_same(&got, &text) && p == last,
                "text %u comes back", (unsigned) i);

        p = bytes.data;

        unit_ok(ngx_http_owncloud_unpack_text(&p, last - 1, &got.data,
                                              &got.len)
                == NGX_DECLINED, "text %u, not from less", (unsigned) i);
    }

    p = bytes.data;

    unit_ok(ngx_http_owncloud_unpack_text(&p, p, &got.data, &got.len)
            == NGX_DECLINED, "nothing");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_numbers(pool);
    unit_texts(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
