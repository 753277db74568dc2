
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_form.h"


#define FUZZ_MAX  16


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         len;
    ngx_int_t      rc;
    ngx_str_t      text, again;
    ngx_uint_t     i;
    ngx_pool_t    *pool;
    ngx_array_t    fields, parsed;
    ngx_keyval_t  *field, *other;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_form_parse(pool, &text, FUZZ_MAX, &fields);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && fields.nelts <= FUZZ_MAX);

        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(fields.nelts <= FUZZ_MAX);

    field = fields.elts;

    for (len = 0, i = 0; i < fields.nelts; i++) {
        fuzz_assert(field[i].key.len > 0 && field[i].value.data != NULL);
        len += field[i].key.len + field[i].value.len;
    }

    fuzz_assert(len <= size);

    (void) ngx_http_owncloud_form_get(&fields, "action");

    /* what was read is written and read again */

    rc = ngx_http_owncloud_form_encode(pool, field, fields.nelts, &again);
    fuzz_assert(rc == NGX_OK);

    text = fuzz_copy(pool, again.data, again.len);

    rc = ngx_http_owncloud_form_parse(pool, &text, FUZZ_MAX, &parsed);
    fuzz_assert(rc == NGX_OK && parsed.nelts == fields.nelts);

    other = parsed.elts;

    for (i = 0; i < fields.nelts; i++) {
        fuzz_assert(fuzz_same(&field[i].key, &other[i].key)
                    && fuzz_same(&field[i].value, &other[i].value));
    }

    ngx_destroy_pool(pool);

    return 0;
}
