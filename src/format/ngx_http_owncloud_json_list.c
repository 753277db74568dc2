
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json_list.h"
#include "ngx_http_owncloud_uri.h"

#include <yajl/yajl_parse.h>


#define NGX_HTTP_OWNCLOUD_JSON_DEPTH  32


typedef struct {
    ngx_pool_t                     *pool;
    ngx_http_owncloud_json_list_t  *list;

    ngx_uint_t                      depth;     /* maps and arrays open */
    ngx_uint_t                      way;       /* maps of the path open */
    ngx_uint_t                      array;     /* depth of the list, or 0 */
    ngx_uint_t                      object;    /* depth of an object, or 0 */

    ngx_uint_t                      wanted;    /* index of the last key */
    ngx_str_t                      *values;

    ngx_int_t                       rc;

    unsigned                        on:1;      /* the last key is the path's */
    unsigned                        cut:1;
} ngx_http_owncloud_json_lister_t;


static int ngx_http_owncloud_json_list_null(void *data);
static int ngx_http_owncloud_json_list_boolean(void *data, int value);
static int ngx_http_owncloud_json_list_number(void *data, const char *p,
    size_t len);
static int ngx_http_owncloud_json_list_string(void *data,
    const unsigned char *p, size_t len);
static int ngx_http_owncloud_json_list_value(
    ngx_http_owncloud_json_lister_t *lister, u_char *p, size_t len);
static int ngx_http_owncloud_json_list_key(void *data,
    const unsigned char *p, size_t len);
static int ngx_http_owncloud_json_list_map(void *data);
static int ngx_http_owncloud_json_list_map_end(void *data);
static int ngx_http_owncloud_json_list_array(void *data);
static int ngx_http_owncloud_json_list_array_end(void *data);
static void ngx_http_owncloud_json_list_object(
    ngx_http_owncloud_json_lister_t *lister);


static yajl_callbacks  ngx_http_owncloud_json_list_callbacks = {
    ngx_http_owncloud_json_list_null,
    ngx_http_owncloud_json_list_boolean,
    NULL,                                  /* integer */
    NULL,                                  /* double */
    ngx_http_owncloud_json_list_number,
    ngx_http_owncloud_json_list_string,
    ngx_http_owncloud_json_list_map,
    ngx_http_owncloud_json_list_key,
    ngx_http_owncloud_json_list_map_end,
    ngx_http_owncloud_json_list_array,
    ngx_http_owncloud_json_list_array_end
};


ngx_int_t
ngx_http_owncloud_json_list(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_list_t *list)
{
    yajl_handle                      parser;
    ngx_http_owncloud_json_lister_t  lister;

    ngx_memzero(&lister, sizeof(ngx_http_owncloud_json_lister_t));

    lister.pool = pool;
    lister.list = list;
    lister.rc = NGX_DECLINED;

    lister.values = ngx_palloc(pool, list->nnames * sizeof(ngx_str_t));
    if (lister.values == NULL) {
        return NGX_ERROR;
    }

    parser = yajl_alloc(&ngx_http_owncloud_json_list_callbacks, NULL, &lister);
    if (parser == NULL) {
        return NGX_ERROR;
    }

    if (yajl_parse(parser, text->data, text->len) == yajl_status_ok
        && yajl_complete_parse(parser) == yajl_status_ok)
    {
        lister.rc = NGX_OK;
    }

    yajl_free(parser);

    return lister.rc;
}


static int
ngx_http_owncloud_json_list_null(void *data)
{
    return ngx_http_owncloud_json_list_value(data, NULL, 0);
}


static int
ngx_http_owncloud_json_list_boolean(void *data, int value)
{
    return ngx_http_owncloud_json_list_value(data,
                                       (u_char *) (value ? "true" : "false"),
                                       value ? 4 : 5);
}


static int
ngx_http_owncloud_json_list_number(void *data, const char *p, size_t len)
{
    return ngx_http_owncloud_json_list_value(data, (u_char *) p, len);
}


static int
ngx_http_owncloud_json_list_string(void *data, const unsigned char *p,
    size_t len)
{
    return ngx_http_owncloud_json_list_value(data, (u_char *) p, len);
}


static int
ngx_http_owncloud_json_list_value(ngx_http_owncloud_json_lister_t *lister,
    u_char *p, size_t len)
{
    ngx_str_t  *value;

    if (lister->depth == 0) {
        return 0;
    }

    if (lister->object == 0 || lister->depth != lister->object
        || lister->wanted == lister->list->nnames)
    {
        return 1;
    }

    /* of equal keys the last one counts */

    value = &lister->values[lister->wanted];
    ngx_str_null(value);

    if (p == NULL) {
        return 1;
    }

    if (len > lister->list->max) {
        lister->cut = 1;
        return 1;
    }

    /* yajl lets surrogates and overlong forms pass */

    if (!ngx_http_owncloud_utf8_valid(p, len)) {
        return 0;
    }

    value->data = ngx_pnalloc(lister->pool, len + 1);
    if (value->data == NULL) {
        lister->rc = NGX_ERROR;
        return 0;
    }

    ngx_memcpy(value->data, p, len);
    value->len = len;

    return 1;
}


static int
ngx_http_owncloud_json_list_key(void *data, const unsigned char *p,
    size_t len)
{
    ngx_http_owncloud_json_lister_t *lister = data;

    ngx_str_t                      *key;
    ngx_uint_t                      i;
    ngx_http_owncloud_json_list_t  *list;

    list = lister->list;

    if (lister->object && lister->depth == lister->object) {

        for (i = 0; i < list->nnames; i++) {
            key = &list->names[i];

            if (key->len == len && ngx_memcmp(key->data, p, len) == 0) {
                break;
            }
        }

        lister->wanted = i;

        return 1;
    }

    if (lister->depth == lister->way && lister->way <= list->npath) {
        key = &list->path[lister->way - 1];
        lister->on = (key->len == len && ngx_memcmp(key->data, p, len) == 0);
    }

    return 1;
}


static int
ngx_http_owncloud_json_list_map(void *data)
{
    ngx_http_owncloud_json_lister_t *lister = data;

    if (lister->depth == NGX_HTTP_OWNCLOUD_JSON_DEPTH) {
        return 0;
    }

    if (lister->object) {
        (void) ngx_http_owncloud_json_list_value(lister, NULL, 0);
        lister->depth++;
        return 1;
    }

    lister->depth++;

    if (lister->array) {

        if (lister->depth == lister->array + 1) {
            ngx_http_owncloud_json_list_object(lister);
        }

    } else if (lister->depth == 1
               || (lister->on && lister->depth == lister->way + 1))
    {
        if (lister->way == lister->list->npath) {
            ngx_http_owncloud_json_list_object(lister);

        } else {
            lister->way++;
        }

        lister->on = 0;
    }

    return 1;
}


static int
ngx_http_owncloud_json_list_map_end(void *data)
{
    ngx_http_owncloud_json_lister_t *lister = data;

    ngx_http_owncloud_json_list_t  *list;

    list = lister->list;

    if (lister->object && lister->depth == lister->object) {

        lister->object = 0;

        if (list->object(list->data, lister->values, lister->cut) != NGX_OK) {
            lister->rc = NGX_ERROR;
            return 0;
        }

    } else if (lister->depth == lister->way && lister->array == 0) {
        lister->way--;
    }

    lister->depth--;

    return 1;
}


static int
ngx_http_owncloud_json_list_array(void *data)
{
    ngx_http_owncloud_json_lister_t *lister = data;

    if (lister->depth == 0 || lister->depth == NGX_HTTP_OWNCLOUD_JSON_DEPTH) {
        return 0;
    }

    (void) ngx_http_owncloud_json_list_value(lister, NULL, 0);

    lister->depth++;

    if (lister->on && lister->depth == lister->way + 1
        && lister->way == lister->list->npath)
    {
        lister->array = lister->depth;
    }

    lister->on = 0;

    return 1;
}


static int
ngx_http_owncloud_json_list_array_end(void *data)
{
    ngx_http_owncloud_json_lister_t *lister = data;

    if (lister->depth == lister->array) {
        lister->array = 0;
    }

    lister->depth--;

    return 1;
}


static void
ngx_http_owncloud_json_list_object(ngx_http_owncloud_json_lister_t *lister)
{
    lister->object = lister->depth;
    lister->wanted = lister->list->nnames;
    lister->cut = 0;

    ngx_memzero(lister->values, lister->list->nnames * sizeof(ngx_str_t));
}
