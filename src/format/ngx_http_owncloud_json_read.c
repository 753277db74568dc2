
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json_yajl.h"


/*
 * With every piece, yajl scans an incomplete token again from its start.  So
 * the text is parsed in pieces of fixed size, however it arrives, and the
 * length of a token is limited.
 */

#define NGX_HTTP_OWNCLOUD_JSON_PIECE  4096
#define NGX_HTTP_OWNCLOUD_JSON_TOKEN  65536


static ngx_int_t ngx_http_owncloud_json_start_parser(
    ngx_http_owncloud_json_reader_t *reader);
static ngx_int_t ngx_http_owncloud_json_keep(
    ngx_http_owncloud_json_reader_t *reader, u_char *p, size_t len);
static ngx_int_t ngx_http_owncloud_json_parse(
    ngx_http_owncloud_json_reader_t *reader, u_char *p, size_t len);
static void ngx_http_owncloud_json_free(void *data);


ngx_int_t
ngx_http_owncloud_json_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n)
{
    ngx_http_owncloud_json_reader_t  *reader;

    reader = ngx_http_owncloud_json_open(pool, fields, n, NULL);
    if (reader == NULL) {
        return NGX_ERROR;
    }

    /* in one piece, so that even a long token is scanned only once */

    if (text->len) {
        reader->rc = ngx_http_owncloud_json_start_parser(reader);

        if (reader->rc == NGX_OK) {
            reader->rc = ngx_http_owncloud_json_parse(reader, text->data,
                                                      text->len);
        }
    }

    return ngx_http_owncloud_json_finish(reader);
}


ngx_http_owncloud_json_reader_t *
ngx_http_owncloud_json_open(ngx_pool_t *pool,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n,
    ngx_http_owncloud_json_list_t *list)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_json_reader_t  *reader;

    reader = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_json_reader_t));
    if (reader == NULL) {
        return NULL;
    }

    reader->pool = pool;
    reader->fields = fields;
    reader->n = n;
    reader->list = list;

    if (list) {
        reader->room = list->path.len;
    }

    for (i = 0; i < n; i++) {
        fields[i].type = NGX_HTTP_OWNCLOUD_JSON_ABSENT;
        ngx_str_null(&fields[i].value);

        reader->room = ngx_max(reader->room, fields[i].path.len);
    }

    return reader;
}


/*
 * Called for the first byte: many readers only wait for a server and never
 * need a parser.
 */

static ngx_int_t
ngx_http_owncloud_json_start_parser(ngx_http_owncloud_json_reader_t *reader)
{
    ngx_uint_t           n;
    ngx_pool_cleanup_t  *cln;

    n = reader->list ? reader->list->nnames : 0;

    reader->path = ngx_pnalloc(reader->pool, reader->room + 1);
    reader->values = ngx_palloc(reader->pool, (n + 1) * sizeof(ngx_str_t));

    cln = ngx_pool_cleanup_add(reader->pool, 0);

    if (reader->path == NULL || reader->values == NULL || cln == NULL) {
        return NGX_ERROR;
    }

    reader->parser = yajl_alloc(&ngx_http_owncloud_json_callbacks, NULL,
                                reader);
    if (reader->parser == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_owncloud_json_free;
    cln->data = reader;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_json_feed(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len)
{
    size_t  n;

    if (reader->finished) {
        return NGX_DECLINED;
    }

    if (len && reader->rc == NGX_OK && reader->parser == NULL) {
        reader->rc = ngx_http_owncloud_json_start_parser(reader);
    }

    while (len && reader->rc == NGX_OK) {

        if (reader->rest == 0 && len >= NGX_HTTP_OWNCLOUD_JSON_PIECE) {
            n = NGX_HTTP_OWNCLOUD_JSON_PIECE;
            reader->rc = ngx_http_owncloud_json_parse(reader, p, n);

        } else {
            n = ngx_min(len, NGX_HTTP_OWNCLOUD_JSON_PIECE - reader->rest);
            reader->rc = ngx_http_owncloud_json_keep(reader, p, n);
        }

        p += n;
        len -= n;
    }

    return reader->rc;
}


static ngx_int_t
ngx_http_owncloud_json_keep(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len)
{
    if (reader->piece == NULL) {
        reader->piece = ngx_pnalloc(reader->pool,
                                    NGX_HTTP_OWNCLOUD_JSON_PIECE);
        if (reader->piece == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memcpy(reader->piece + reader->rest, p, len);
    reader->rest += len;

    if (reader->rest < NGX_HTTP_OWNCLOUD_JSON_PIECE) {
        return NGX_OK;
    }

    reader->rest = 0;

    return ngx_http_owncloud_json_parse(reader, reader->piece,
                                        NGX_HTTP_OWNCLOUD_JSON_PIECE);
}


ngx_int_t
ngx_http_owncloud_json_finish(ngx_http_owncloud_json_reader_t *reader)
{
    ngx_uint_t  i;

    if (reader->finished) {
        return reader->rc;
    }

    reader->finished = 1;

    if (reader->rc == NGX_OK) {

        if (reader->rest) {
            reader->rc = ngx_http_owncloud_json_parse(reader, reader->piece,
                                                      reader->rest);
        }

        if (reader->rc == NGX_OK
            && (reader->parser == NULL
                || yajl_complete_parse(reader->parser) != yajl_status_ok))
        {
            reader->rc = NGX_DECLINED;
        }
    }

    ngx_http_owncloud_json_free(reader);

    if (reader->rc != NGX_OK) {
        for (i = 0; i < reader->n; i++) {
            reader->fields[i].type = NGX_HTTP_OWNCLOUD_JSON_ABSENT;
            ngx_str_null(&reader->fields[i].value);
        }
    }

    return reader->rc;
}


static ngx_int_t
ngx_http_owncloud_json_parse(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len)
{
    /* the next token that ends resets it */

    reader->token += len;

    if (yajl_parse(reader->parser, p, len) != yajl_status_ok) {
        return (reader->rc == NGX_OK) ? NGX_DECLINED : reader->rc;
    }

    return (reader->token > NGX_HTTP_OWNCLOUD_JSON_TOKEN) ? NGX_DECLINED
                                                          : NGX_OK;
}


static void
ngx_http_owncloud_json_free(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    if (reader->parser) {
        yajl_free(reader->parser);
        reader->parser = NULL;
    }
}
