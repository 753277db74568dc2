
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_xml.h"


#define FUZZ_DEPTH  8
#define FUZZ_TEXT   64


/* what is told, the order included, is kept as a sum */

typedef struct {
    ngx_http_owncloud_xml_t  *xml;
    ngx_uint_t                depth;
    uint32_t                  sum;
    ngx_uint_t                stop;
} fuzz_told_t;


static ngx_int_t fuzz_start(void *data, ngx_uint_t id, ngx_uint_t depth);
static ngx_int_t fuzz_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text);
static ngx_uint_t fuzz_parse(const uint8_t *data, size_t size, size_t piece,
    ngx_uint_t stop, fuzz_told_t *told);


static ngx_http_owncloud_xml_element_t  fuzz_elements[] = {
    { "DAV:", "a", 1 },
    { "DAV:", "b", 2 },
    { "", "b", 3 },
    { "http://owncloud.org/ns", "b", 4 },
    { NULL, NULL, 0 }
};


static ngx_http_owncloud_xml_handler_t  fuzz_handler = {
    fuzz_start, fuzz_end
};


static ngx_http_owncloud_xml_limits_t  fuzz_limits = {
    FUZZ_DEPTH, FUZZ_TEXT
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_uint_t   whole, pieces;
    fuzz_told_t  a, b;

    ngx_http_owncloud_xml_init();

    whole = fuzz_parse(data, size, size, 0, &a);
    pieces = fuzz_parse(data, size, 3, 0, &b);

    /* where it is cut must not matter to a document that is good */

    fuzz_assert((whole == NGX_HTTP_OWNCLOUD_XML_GOOD)
                == (pieces == NGX_HTTP_OWNCLOUD_XML_GOOD));

    if (whole == NGX_HTTP_OWNCLOUD_XML_GOOD) {
        fuzz_assert(a.sum == b.sum && a.depth == 0 && b.depth == 0);
    }

    (void) fuzz_parse(data, size, 16, 2, &b);

    return 0;
}


static ngx_uint_t
fuzz_parse(const uint8_t *data, size_t size, size_t piece, ngx_uint_t stop,
    fuzz_told_t *told)
{
    size_t       n;
    ngx_int_t    rc;
    ngx_str_t    text;
    ngx_uint_t   error;
    ngx_pool_t  *pool;

    pool = fuzz_pool();

    told->xml = ngx_http_owncloud_xml_create(pool, fuzz_elements,
                                             &fuzz_handler, told,
                                             &fuzz_limits);
    fuzz_assert(told->xml != NULL);

    told->depth = 0;
    told->sum = 0;
    told->stop = stop;

    for (rc = NGX_OK; size && rc == NGX_OK; data += n, size -= n) {
        n = ngx_min(size, piece);
        text = fuzz_copy(pool, data, n);

        rc = ngx_http_owncloud_xml_feed(told->xml, text.data, n);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_xml_finish(told->xml);
    }

    error = ngx_http_owncloud_xml_error(told->xml);

    fuzz_assert((rc == NGX_OK) == (error == NGX_HTTP_OWNCLOUD_XML_GOOD));

    ngx_destroy_pool(pool);

    return error;
}


static ngx_int_t
fuzz_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    fuzz_told_t *told = data;

    fuzz_assert(depth == told->depth && depth < FUZZ_DEPTH);

    told->depth++;
    told->sum = told->sum * 31 + (uint32_t) id;

    return (id && id == told->stop) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
fuzz_end(void *data, ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    fuzz_told_t *told = data;

    ngx_uint_t  i;

    fuzz_assert(told->depth > 0 && depth == told->depth - 1
                && text->len <= FUZZ_TEXT
                && ngx_http_owncloud_utf8_valid(text->data, text->len));

    told->depth--;
    told->sum = told->sum * 31 + (uint32_t) id
                + (uint32_t) ngx_http_owncloud_xml_cut(told->xml);

    for (i = 0; i < text->len; i++) {
        told->sum = told->sum * 31 + text->data[i];
    }

    return NGX_OK;
}
