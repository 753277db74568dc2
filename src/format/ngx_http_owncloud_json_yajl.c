
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json_yajl.h"
#include "ngx_http_owncloud_uri.h"


static int ngx_http_owncloud_json_read_null(void *data);
static int ngx_http_owncloud_json_read_boolean(void *data, int value);
static int ngx_http_owncloud_json_read_number(void *data, const char *p,
    size_t len);
static int ngx_http_owncloud_json_read_string(void *data,
    const unsigned char *p, size_t len);
static int ngx_http_owncloud_json_read_value(
    ngx_http_owncloud_json_reader_t *reader, ngx_uint_t type, u_char *p,
    size_t len);
static int ngx_http_owncloud_json_read_element(
    ngx_http_owncloud_json_reader_t *reader, u_char *p, size_t len);
static int ngx_http_owncloud_json_read_copy(
    ngx_http_owncloud_json_reader_t *reader, ngx_str_t *value, u_char *p,
    size_t len);
static int ngx_http_owncloud_json_read_key(void *data,
    const unsigned char *p, size_t len);
static void ngx_http_owncloud_json_path(
    ngx_http_owncloud_json_reader_t *reader, u_char *p, size_t len);
static ngx_uint_t ngx_http_owncloud_json_listed(
    ngx_http_owncloud_json_reader_t *reader);
static int ngx_http_owncloud_json_read_map(void *data);
static int ngx_http_owncloud_json_read_array(void *data);
static int ngx_http_owncloud_json_read_map_end(void *data);
static int ngx_http_owncloud_json_read_array_end(void *data);


yajl_callbacks  ngx_http_owncloud_json_callbacks = {
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
    ngx_uint_t                       i;
    ngx_http_owncloud_json_field_t  *field;

    reader->token = 0;

    if (reader->depth == 0) {
        return 0;
    }

    if (reader->object && reader->depth == reader->object
        && !ngx_http_owncloud_json_read_element(reader, p, len))
    {
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

        /* the last of several equal keys wins */

        field[i].type = type;

        if (!ngx_http_owncloud_json_read_copy(reader, &field[i].value, p, len))
        {
            return 0;
        }
    }

    return 1;
}


/* a value in an object of the list */

static int
ngx_http_owncloud_json_read_element(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len)
{
    if (reader->wanted == reader->list->nnames) {
        return 1;
    }

    if (len > reader->list->max) {
        reader->cut = 1;
        p = NULL;
    }

    return ngx_http_owncloud_json_read_copy(reader,
                                            &reader->values[reader->wanted],
                                            p, len);
}


/* "p" is NULL for a value without text */

static int
ngx_http_owncloud_json_read_copy(ngx_http_owncloud_json_reader_t *reader,
    ngx_str_t *value, u_char *p, size_t len)
{
    ngx_str_null(value);

    if (p == NULL) {
        return 1;
    }

    /* yajl accepts surrogates and overlong forms */

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

    return 1;
}


static int
ngx_http_owncloud_json_read_key(void *data, const unsigned char *p,
    size_t len)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    ngx_str_t   *name;
    ngx_uint_t   i;

    reader->token = 0;

    if (reader->object && reader->depth == reader->object) {

        for (i = 0; i < reader->list->nnames; i++) {
            name = &reader->list->names[i];

            if (name->len == len && ngx_memcmp(name->data, p, len) == 0) {
                break;
            }
        }

        reader->wanted = i;
    }

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


/* returns 1 if the value that starts here is at the path of the list */

static ngx_uint_t
ngx_http_owncloud_json_listed(ngx_http_owncloud_json_reader_t *reader)
{
    ngx_str_t  *path;

    if (reader->list == NULL || reader->enough || reader->object
        || reader->arrays || reader->depth == 0)
    {
        return 0;
    }

    path = &reader->list->path;

    return reader->len == path->len
           && ngx_memcmp(reader->path, path->data, path->len) == 0;
}


static int
ngx_http_owncloud_json_read_map(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    ngx_uint_t  listed;

    if (reader->depth == NGX_HTTP_OWNCLOUD_JSON_DEPTH) {
        return 0;
    }

    listed = reader->array ? reader->depth == reader->array && !reader->enough
                           : ngx_http_owncloud_json_listed(reader);

    if (reader->depth) {
        (void) ngx_http_owncloud_json_read_null(data);

        if (reader->arrays == 0) {
            ngx_http_owncloud_json_path(reader, (u_char *) "-", 1);
        }
    }

    reader->token = 0;
    reader->prefix[reader->depth++] = reader->len;

    if (listed) {
        reader->object = reader->depth;
        reader->wanted = reader->list->nnames;
        reader->cut = 0;

        ngx_memzero(reader->values,
                    reader->list->nnames * sizeof(ngx_str_t));
    }

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

    if (ngx_http_owncloud_json_listed(reader)) {
        reader->array = reader->depth + 1;
    }

    reader->prefix[reader->depth++] = reader->len;
    reader->arrays++;

    return 1;
}


static int
ngx_http_owncloud_json_read_map_end(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    ngx_int_t                       rc;
    ngx_http_owncloud_json_list_t  *list;

    reader->token = 0;

    if (reader->object && reader->depth == reader->object) {

        list = reader->list;
        reader->object = 0;

        rc = list->object(list->data, reader->values, reader->cut);

        if (rc == NGX_DONE) {
            reader->enough = 1;

        } else if (rc != NGX_OK) {
            reader->rc = NGX_ERROR;
            return 0;
        }
    }

    reader->depth--;

    return 1;
}


static int
ngx_http_owncloud_json_read_array_end(void *data)
{
    ngx_http_owncloud_json_reader_t *reader = data;

    reader->token = 0;

    if (reader->depth == reader->array) {
        reader->array = 0;
    }

    reader->depth--;
    reader->arrays--;

    return 1;
}
