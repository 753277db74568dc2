
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_uri.h"


#define FUZZ_MAX  16


/* what a list has told */

typedef struct {
    ngx_uint_t   objects;
    uint32_t     sum;
    ngx_uint_t   enough;
} fuzz_list_t;


static void fuzz_read(ngx_pool_t *pool, ngx_str_t *text);
static void fuzz_pieces(ngx_pool_t *pool, ngx_str_t *text);
static ngx_int_t fuzz_feed(ngx_pool_t *pool, ngx_str_t *text, size_t piece,
    ngx_http_owncloud_json_field_t *field, fuzz_list_t *told);
static ngx_int_t fuzz_object(void *data, ngx_str_t *values, ngx_uint_t cut);
static void fuzz_write(ngx_pool_t *pool, ngx_str_t *text);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    text;
    ngx_pool_t  *pool;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    fuzz_read(pool, &text);
    fuzz_pieces(pool, &text);
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


/* where the text is cut must not matter, nor that it has to be fed at all */

static void
fuzz_pieces(ngx_pool_t *pool, ngx_str_t *text)
{
    ngx_int_t                       rc;
    fuzz_list_t                     one, two;
    ngx_http_owncloud_json_field_t  a, b, c;

    ngx_str_set(&a.path, "ocs-data-id");
    b.path = a.path;
    c.path = a.path;

    rc = fuzz_feed(pool, text, text->len, &a, &one);

    fuzz_assert(fuzz_feed(pool, text, text->len % 7 + 1, &b, &two) == rc
                && a.type == b.type && fuzz_same(&a.value, &b.value)
                && one.objects == two.objects && one.sum == two.sum);

    /* a token may be too long for the one, but not for the other */

    if (text->len < 65536) {
        fuzz_assert(ngx_http_owncloud_json_read(pool, text, &c, 1) == rc
                    && a.type == c.type && fuzz_same(&a.value, &c.value));
    }
}


static ngx_int_t
fuzz_feed(ngx_pool_t *pool, ngx_str_t *text, size_t piece,
    ngx_http_owncloud_json_field_t *field, fuzz_list_t *told)
{
    size_t                            n;
    ngx_str_t                         rest, copy;
    ngx_http_owncloud_json_list_t     list;
    ngx_http_owncloud_json_reader_t  *reader;

    static ngx_str_t  names[] = { ngx_string("id"), ngx_string("a") };

    ngx_memzero(told, sizeof(fuzz_list_t));

    ngx_str_set(&list.path, "ocs-data");
    list.names = names;
    list.nnames = 2;
    list.max = FUZZ_MAX;
    list.object = fuzz_object;
    list.data = told;

    reader = ngx_http_owncloud_json_open(pool, field, 1, &list);
    fuzz_assert(reader != NULL);

    for (rest = *text; rest.len; rest.len -= n, rest.data += n) {
        n = ngx_min(rest.len, piece);
        copy = fuzz_copy(pool, rest.data, n);

        (void) ngx_http_owncloud_json_feed(reader, copy.data, n);

        ngx_memset(copy.data, 'x', n);
    }

    return ngx_http_owncloud_json_finish(reader);
}


static ngx_int_t
fuzz_object(void *data, ngx_str_t *values, ngx_uint_t cut)
{
    fuzz_list_t *told = data;

    size_t      i;
    ngx_uint_t  k;

    fuzz_assert(!told->enough);

    told->objects++;
    told->sum = told->sum * 31 + cut;

    for (k = 0; k < 2; k++) {
        fuzz_assert(values[k].len <= FUZZ_MAX);

        told->sum = told->sum * 31 + (values[k].data != NULL);

        for (i = 0; i < values[k].len; i++) {
            told->sum = told->sum * 31 + values[k].data[i];
        }
    }

    told->enough = (told->objects == 4);

    return told->enough ? NGX_DONE : NGX_OK;
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
