
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_uri.h"


static void fuzz_read(ngx_pool_t *pool, ngx_str_t *text);
static void fuzz_write(ngx_pool_t *pool, ngx_str_t *text);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    text;
    ngx_pool_t  *pool;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    fuzz_read(pool, &text);
    fuzz_write(pool, &text);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_read(ngx_pool_t *pool, ngx_str_t *text)
{
    ngx_int_t                        rc;
    ngx_uint_t                       i;
    ngx_http_owncloud_json_field_t   fields[] = {
        { ngx_string("a"), { 0, NULL }, 0 },
        { ngx_string("ocs-data-id"), { 0, NULL }, 0 },
        { ngx_string("access_token"), { 0, NULL }, 0 },
        { ngx_string(""), { 0, NULL }, 0 }
    };

    rc = ngx_http_owncloud_json_read(pool, text, fields, 4);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    for (i = 0; i < 4; i++) {

        if (fields[i].type == NGX_HTTP_OWNCLOUD_JSON_ABSENT) {
            fuzz_assert(fields[i].value.data == NULL);
            continue;
        }

        fuzz_assert(rc == NGX_OK
                    && fields[i].value.data != NULL
                    && fields[i].value.len <= text->len
                    && ngx_http_owncloud_utf8_valid(fields[i].value.data,
                                                    fields[i].value.len));
    }
}


/* any UTF-8 goes out as a key and as a value, and comes back */

static void
fuzz_write(ngx_pool_t *pool, ngx_str_t *text)
{
    off_t                            size;
    u_char                          *p;
    ngx_int_t                        rc;
    ngx_str_t                        out;
    ngx_chain_t                     *cl;
    ngx_http_owncloud_json_t        *json;
    ngx_http_owncloud_json_field_t   field;

    json = ngx_http_owncloud_json_start(pool);
    fuzz_assert(json != NULL);

    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_string(json, text);
    ngx_http_owncloud_json_string(json, text);
    ngx_http_owncloud_json_map_end(json);

    rc = ngx_http_owncloud_json_end(json, &cl, &size);

    if (!ngx_http_owncloud_utf8_valid(text->data, text->len)) {
        fuzz_assert(rc == NGX_ERROR);
        return;
    }

    fuzz_assert(rc == NGX_OK);

    out.data = ngx_pnalloc(pool, (size_t) size);

    for (p = out.data; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    out.len = p - out.data;
    fuzz_assert((off_t) out.len == size);

    for (p = out.data; p < out.data + out.len; p++) {
        fuzz_assert(*p >= ' ' && (*p != '/' || p[-1] == '\\'));
    }

    field.path = *text;
    field.type = NGX_HTTP_OWNCLOUD_JSON_ABSENT;

    rc = ngx_http_owncloud_json_read(pool, &out, &field, 1);

    fuzz_assert(rc == NGX_OK
                && field.type == NGX_HTTP_OWNCLOUD_JSON_STRING
                && fuzz_same(&field.value, text));
}
