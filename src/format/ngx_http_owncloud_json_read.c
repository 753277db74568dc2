
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_uri.h"

#include <yajl/yajl_parse.h>


#define NGX_HTTP_OWNCLOUD_JSON_DEPTH  32


typedef struct {
    ngx_pool_t                      *pool;
    ngx_http_owncloud_json_field_t  *fields;
    ngx_uint_t                       n;

    ngx_uint_t                       depth;
    ngx_uint_t                       arrays;   /* of these levels, arrays */

    /*
     * the path of the current value: bytes beyond "room", that is, longer
     * than all paths wanted, are counted but not kept
     */
    u_char                          *path;
    size_t                           len;
    size_t                           room;
    size_t                           prefix[NGX_HTTP_OWNCLOUD_JSON_DEPTH];

    ngx_int_t                        rc;
} ngx_http_owncloud_json_reader_t;


static void ngx_http_owncloud_json_parse(
    ngx_http_owncloud_json_reader_t *reader, ngx_str_t *text);
static int ngx_http_owncloud_json_read_null(void *data);
static int ngx_http_owncloud_json_read_boolean(void *data, int value);
static int ngx_http_owncloud_json_read_number(void *data, const char *p,
    size_t len);
static int ngx_http_owncloud_json_read_string(void *data,
    const unsigned char *p, size_t len);
static int ngx_http_owncloud_json_read_value(
    ngx_http_owncloud_json_reader_t *reader, ngx_uint_t type, u_char *p,
    size_t len);
static int ngx_http_owncloud_json_read_key(void *data,
    const unsigned char *p, size_t len);
static void ngx_http_owncloud_json_path(
    ngx_http_owncloud_json_reader_t *reader, u_char *p, size_t len);
static int ngx_http_owncloud_json_read_map(void *data);
static int ngx_http_owncloud_json_read_array(void *data);
static int ngx_http_owncloud_json_read_map_end(void *data);
static int ngx_http_owncloud_json_read_array_end(void *data);


static yajl_callbacks  ngx_http_owncloud_json_callbacks = {
    ngx_http_owncloud_json_read_null,
    ngx_http_owncloud_json_read_boolean,
    NULL,                                  /* integer */
    NULL,                                  /* double */
    ngx_http_owncloud_json_read_number,
    ngx_http_owncloud_json_read_string,
    ngx_http_owncloud_json_read_map,
    ngx_http_owncloud_json_read_key,
    ngx_http_owncloud_json_read_map_end,
    ngx_http_owncloud_json_read_array,
    ngx_http_owncloud_json_read_array_end
};


ngx_int_t
ngx_http_owncloud_json_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n)
{
    ngx_uint_t                       i;
    ngx_http_owncloud_json_reader_t  reader;

    ngx_memzero(&reader, sizeof(ngx_http_owncloud_json_reader_t));

    reader.pool = pool;
    reader.fields = fields;
    reader.n = n;
    reader.rc = NGX_DECLINED;

    for (i = 0; i < n; i++) {
        fields[i].type = NGX_HTTP_OWNCLOUD_JSON_ABSENT;
        ngx_str_null(&fields[i].value);

        reader.room = ngx_max(reader.room, fields[i].path.len);
    }

    reader.path = ngx_pnalloc(pool, reader.room + 1);
    if (reader.path == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_json_parse(&reader, text);

    if (reader.rc != NGX_OK) {
        for (i = 0; i < n; i++) {
            fields[i].type = NGX_HTTP_OWNCLOUD_JSON_ABSENT;
            ngx_str_null(&fields[i].value);
        }
    }

    return reader.rc;
}


static void
ngx_http_owncloud_json_parse(ngx_http_owncloud_json_reader_t *reader,
    ngx_str_t *text)
{
    yajl_handle  parser;

    parser = yajl_alloc(&ngx_http_owncloud_json_callbacks, NULL, reader);
    if (parser == NULL) {
        reader->rc = NGX_ERROR;
        return;
    }

    if (yajl_parse(parser, text->data, text->len) == yajl_status_ok
        && yajl_complete_parse(parser) == yajl_status_ok)
    {
        reader->rc = NGX_OK;
    }

    yajl_free(parser);
}


static int
ngx_http_owncloud_json_read_null(void *data)
{
    return ngx_http_owncloud_json_read_value(data,
                                             NGX_HTTP_OWNCLOUD_JSON_ABSENT,
                                             NULL, 0);
}


static int
ngx_http_owncloud_json_read_boolean(void *data, int value)
{
    return ngx_http_owncloud_json_read_value(data,
                                       NGX_HTTP_OWNCLOUD_JSON_BOOLEAN,
                                       (u_char *) (value ? "true" : "false"),
                                       value ? 4 : 5);
}


static int
ngx_http_owncloud_json_read_number(void *data, const char *p, size_t len)
{
    return ngx_http_owncloud_json_read_value(data,
                                             NGX_HTTP_OWNCLOUD_JSON_NUMBER,
                                             (u_char *) p, len);
}


static int
ngx_http_owncloud_json_read_string(void *data, const unsigned char *p,
    size_t len)
{
    return ngx_http_owncloud_json_read_value(data,
                                             NGX_HTTP_OWNCLOUD_JSON_STRING,
                                             (u_char *) p, len);
}


static int
ngx_http_owncloud_json_read_value(ngx_http_owncloud_json_reader_t *reader,
    ngx_uint_t type, u_char *p, size_t len)
{
    ngx_str_t                       *value;
    ngx_uint_t                       i;
    ngx_http_owncloud_json_field_t  *field;

    if (reader->depth == 0) {
        return 0;
    }

    if (reader->arrays || reader->len > reader->room) {
        return 1;
    }

    field = reader->fields;

    for (i = 0; i < reader->n; i++) {

        if (field[i].path.len != reader->len
            || ngx_memcmp(field[i].path.data, reader->path, reader->len) != 0)
        {
            continue;
        }

        value = &field[i].value;

        /* of equal keys the last one counts */

        field[i].type = type;
        ngx_str_null(value);

        if (type == NGX_HTTP_OWNCLOUD_JSON_ABSENT) {
            continue;
        }

        /* yajl lets surrogates and overlong forms pass */

        if (!ngx_http_owncloud_utf8_valid(p, len)) {
            return 0;
        }

        value->data = ngx_pnalloc(reader->pool, len + 1);
        if (value->data == NULL) {
            reader->rc = NGX_ERROR;
            return 0;
        }

        ngx_memcpy(value->data, p, len);
        value->len = len;
    }

    return 1;
}


static int
ngx_http_owncloud_json_read_key(void *data, const unsigned char *p,
    size_t len)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    if (reader->arrays) {
        return 1;
    }

    reader->len = reader->prefix[reader->depth - 1];

    ngx_http_owncloud_json_path(reader, (u_char *) p, len);

    return 1;
}


static void
ngx_http_owncloud_json_path(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len)
{
    if (reader->len < reader->room) {
        ngx_memcpy(reader->path + reader->len, p,
                   ngx_min(len, reader->room - reader->len));
    }

    reader->len += len;
}


static int
ngx_http_owncloud_json_read_map(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    if (reader->depth == NGX_HTTP_OWNCLOUD_JSON_DEPTH) {
        return 0;
    }

    if (reader->depth && reader->arrays == 0) {
        (void) ngx_http_owncloud_json_read_null(data);
        ngx_http_owncloud_json_path(reader, (u_char *) "-", 1);
    }

    reader->prefix[reader->depth++] = reader->len;

    return 1;
}


static int
ngx_http_owncloud_json_read_array(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    if (reader->depth == 0 || reader->depth == NGX_HTTP_OWNCLOUD_JSON_DEPTH) {
        return 0;
    }

    (void) ngx_http_owncloud_json_read_null(data);

    reader->prefix[reader->depth++] = reader->len;
    reader->arrays++;

    return 1;
}


static int
ngx_http_owncloud_json_read_map_end(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    reader->depth--;

    return 1;
}


static int
ngx_http_owncloud_json_read_array_end(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    reader->depth--;
    reader->arrays--;

    return 1;
}
