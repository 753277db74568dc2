
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_uri.h"

#include <yajl/yajl_gen.h>


#define NGX_HTTP_OWNCLOUD_JSON_FIRST  4096
#define NGX_HTTP_OWNCLOUD_JSON_NEXT   32768


struct ngx_http_owncloud_json_s {
    ngx_pool_t    *pool;
    yajl_gen       gen;
    ngx_chain_t   *out;
    ngx_chain_t  **last_out;
    ngx_buf_t     *buf;
    off_t          size;
    off_t          limit;     /* 0: none */
    unsigned       failed:1;
    unsigned       too_big:1;
};


static void ngx_http_owncloud_json_print(void *data, const char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_json_buf(ngx_http_owncloud_json_t *json);
static void ngx_http_owncloud_json_check(ngx_http_owncloud_json_t *json,
    yajl_gen_status status);
static void ngx_http_owncloud_json_cleanup(void *data);


ngx_http_owncloud_json_t *
ngx_http_owncloud_json_start(ngx_pool_t *pool)
{
    ngx_pool_cleanup_t        *cln;
    ngx_http_owncloud_json_t  *json;

    json = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_json_t));
    if (json == NULL) {
        return NULL;
    }

    json->pool = pool;
    json->last_out = &json->out;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    json->gen = yajl_gen_alloc(NULL);
    if (json->gen == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_json_cleanup;
    cln->data = json;

    /* escaping "/" makes "</script>" impossible */

    yajl_gen_config(json->gen, yajl_gen_escape_solidus, 1);
    yajl_gen_config(json->gen, yajl_gen_print_callback,
                    ngx_http_owncloud_json_print, json);

    return json;
}


void
ngx_http_owncloud_json_map(ngx_http_owncloud_json_t *json)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json, yajl_gen_map_open(json->gen));
    }
}


void
ngx_http_owncloud_json_map_end(ngx_http_owncloud_json_t *json)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json, yajl_gen_map_close(json->gen));
    }
}


void
ngx_http_owncloud_json_array(ngx_http_owncloud_json_t *json)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json, yajl_gen_array_open(json->gen));
    }
}


void
ngx_http_owncloud_json_array_end(ngx_http_owncloud_json_t *json)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json, yajl_gen_array_close(json->gen));
    }
}


void
ngx_http_owncloud_json_key(ngx_http_owncloud_json_t *json, char *name)
{
    ngx_http_owncloud_json_text(json, name);
}


void
ngx_http_owncloud_json_string(ngx_http_owncloud_json_t *json,
    ngx_str_t *value)
{
    if (json->failed) {
        return;
    }

    if (!ngx_http_owncloud_utf8_valid(value->data, value->len)) {
        json->failed = 1;
        return;
    }

    ngx_http_owncloud_json_check(json,
                                 yajl_gen_string(json->gen, value->data,
                                                 value->len));
}


void
ngx_http_owncloud_json_text(ngx_http_owncloud_json_t *json, char *value)
{
    ngx_str_t  text;

    text.data = (u_char *) value;
    text.len = ngx_strlen(value);

    ngx_http_owncloud_json_string(json, &text);
}


void
ngx_http_owncloud_json_integer(ngx_http_owncloud_json_t *json, int64_t value)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json,
                                     yajl_gen_integer(json->gen, value));
    }
}


void
ngx_http_owncloud_json_boolean(ngx_http_owncloud_json_t *json,
    ngx_uint_t value)
{
    if (!json->failed) {
        ngx_http_owncloud_json_check(json,
                                     yajl_gen_bool(json->gen, value ? 1 : 0));
    }
}


void
ngx_http_owncloud_json_raw(ngx_http_owncloud_json_t *json, ngx_str_t *value)
{
    if (json->failed) {
        return;
    }

    if (value->len == 0) {
        json->failed = 1;
        return;
    }

    /* yajl writes numbers verbatim */

    ngx_http_owncloud_json_check(json,
                                 yajl_gen_number(json->gen,
                                                 (char *) value->data,
                                                 value->len));
}


void
ngx_http_owncloud_json_limit(ngx_http_owncloud_json_t *json, off_t limit)
{
    json->limit = limit;
}


ngx_uint_t
ngx_http_owncloud_json_too_big(ngx_http_owncloud_json_t *json)
{
    return json->too_big;
}


ngx_int_t
ngx_http_owncloud_json_end(ngx_http_owncloud_json_t *json, ngx_chain_t **out,
    off_t *size)
{
    /* yajl reports a complete text when another value is written */

    if (!json->failed
        && yajl_gen_null(json->gen) != yajl_gen_generation_complete)
    {
        json->failed = 1;
    }

    ngx_http_owncloud_json_cleanup(json);

    if (json->failed) {
        return NGX_ERROR;
    }

    json->failed = 1;

    json->buf->last_buf = 1;
    json->buf->last_in_chain = 1;

    *out = json->out;
    *size = json->size;

    return NGX_OK;
}


static void
ngx_http_owncloud_json_print(void *data, const char *p, size_t len)
{
    ngx_http_owncloud_json_t *json = data;

    size_t  n;

    while (len && !json->failed) {

        n = json->buf ? (size_t) (json->buf->end - json->buf->last) : 0;

        if (n == 0) {

            if (ngx_http_owncloud_json_buf(json) != NGX_OK) {
                json->failed = 1;
            }

            continue;
        }

        n = ngx_min(n, len);

        if (json->limit && json->size + (off_t) n > json->limit) {
            json->too_big = 1;
            json->failed = 1;
            return;
        }

        json->buf->last = ngx_cpymem(json->buf->last, p, n);
        json->size += n;

        p += n;
        len -= n;
    }
}


static ngx_int_t
ngx_http_owncloud_json_buf(ngx_http_owncloud_json_t *json)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(json->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = ngx_create_temp_buf(json->pool,
                                  json->out ? NGX_HTTP_OWNCLOUD_JSON_NEXT
                                            : NGX_HTTP_OWNCLOUD_JSON_FIRST);
    if (cl->buf == NULL) {
        return NGX_ERROR;
    }

    cl->next = NULL;

    *json->last_out = cl;
    json->last_out = &cl->next;
    json->buf = cl->buf;

    return NGX_OK;
}


static void
ngx_http_owncloud_json_check(ngx_http_owncloud_json_t *json,
    yajl_gen_status status)
{
    if (status != yajl_gen_status_ok) {
        json->failed = 1;
    }
}


static void
ngx_http_owncloud_json_cleanup(void *data)
{
    ngx_http_owncloud_json_t *json = data;

    if (json->gen) {
        yajl_gen_free(json->gen);
        json->gen = NULL;
    }
}
