
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_search_request.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_xml.h"


/*
 * The requests of a search: whatever somebody types, they are well-formed XML
 * whose elements are always the same.  The first byte is the limit; a line
 * feed is between the user's id and the text.
 */


typedef struct {
    ngx_uint_t   elements;
    ngx_uint_t   literals;
    ngx_str_t    literal;
    ngx_pool_t  *pool;
} fuzz_told_t;


static void fuzz_body(ngx_pool_t *pool, ngx_str_t *body, ngx_str_t *text,
    ngx_uint_t elements);
static ngx_int_t fuzz_start(void *data, ngx_uint_t id, ngx_uint_t depth);
static ngx_int_t fuzz_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text);
static size_t fuzz_pattern(ngx_str_t *text);


static ngx_http_owncloud_xml_element_t  fuzz_elements[] = {
    { "DAV:", "literal", 1 },
    { "http://owncloud.org/ns", "pattern", 1 },
    { NULL, NULL, 0 }
};


static ngx_http_owncloud_xml_handler_t  fuzz_handler = {
    fuzz_start, fuzz_end
};


static ngx_http_owncloud_xml_limits_t  fuzz_limits = { 16, 8192 };


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t                            *lf;
    size_t                              len;
    ngx_int_t                           rc;
    ngx_str_t                           body;
    ngx_pool_t                         *pool;
    ngx_http_owncloud_search_request_t  search;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    ngx_http_owncloud_xml_init();

    search.limit = data[0] + 1;
    data++;
    size--;

    lf = memchr(data, '\n', size);
    len = lf ? (size_t) (lf - data) : size;

    search.user = fuzz_copy(pool, data, len);
    search.text = lf ? fuzz_copy(pool, lf + 1, size - len - 1) : search.user;

    rc = ngx_http_owncloud_search_request_body(pool, &search, &body);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        fuzz_assert(search.asked == search.limit + 1);
        fuzz_body(pool, &body, &search.text, 23);
    }

    rc = ngx_http_owncloud_search_request_report(pool, &search, &body);

    if (rc == NGX_OK) {
        fuzz_assert(search.asked > search.limit && search.asked <= 5000);
        fuzz_assert(memchr(search.text.data, '\\', search.text.len) == NULL);
        fuzz_body(pool, &body, &search.text, 8);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_body(ngx_pool_t *pool, ngx_str_t *body, ngx_str_t *text,
    ngx_uint_t elements)
{
    fuzz_told_t               told;
    ngx_http_owncloud_xml_t  *xml;

    ngx_memzero(&told, sizeof(fuzz_told_t));
    told.pool = pool;

    xml = ngx_http_owncloud_xml_create(pool, fuzz_elements, &fuzz_handler,
                                       &told, &fuzz_limits);
    fuzz_assert(xml != NULL);

    fuzz_assert(ngx_http_owncloud_xml_feed(xml, body->data, body->len)
                == NGX_OK
                && ngx_http_owncloud_xml_finish(xml) == NGX_OK);

    fuzz_assert(told.literals == 1);
    fuzz_assert(told.elements == elements);

    if (text) {

        /* what is between the wildcards is the text, and nothing else */

        fuzz_assert(told.literal.len == text->len
                    || told.literal.len == fuzz_pattern(text) + 2);
    }
}


static ngx_int_t
fuzz_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    fuzz_told_t *told = data;

    told->elements++;

    return NGX_OK;
}


static ngx_int_t
fuzz_end(void *data, ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    fuzz_told_t *told = data;

    if (id == 1) {
        told->literals++;
        told->literal = fuzz_copy(told->pool, text->data, text->len);
    }

    return NGX_OK;
}


static size_t
fuzz_pattern(ngx_str_t *text)
{
    size_t  i, len;

    for (len = text->len, i = 0; i < text->len; i++) {
        len += (text->data[i] == '\\' || text->data[i] == '%'
                || text->data[i] == '_');
    }

    return len;
}
