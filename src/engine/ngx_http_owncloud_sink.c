
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_sink.h"


#define NGX_HTTP_OWNCLOUD_MEMORY_START  2048


static ngx_int_t ngx_http_owncloud_sink_memory_write(void *data, u_char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_sink_dav_write(void *data, u_char *p,
    size_t len);


ngx_http_owncloud_sink_t *
ngx_http_owncloud_sink_memory(ngx_pool_t *pool, size_t limit)
{
    ngx_http_owncloud_sink_t    *sink;
    ngx_http_owncloud_memory_t  *memory;

    sink = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_sink_t));
    if (sink == NULL) {
        return NULL;
    }

    memory = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_memory_t));
    if (memory == NULL) {
        return NULL;
    }

    memory->pool = pool;

    sink->write = ngx_http_owncloud_sink_memory_write;
    sink->data = memory;
    sink->limit = limit;

    return sink;
}


void
ngx_http_owncloud_sink_text(ngx_http_owncloud_sink_t *sink, ngx_str_t *text)
{
    ngx_http_owncloud_memory_t  *memory;

    memory = sink->data;

    text->data = memory->data;
    text->len = memory->len;
}


void
ngx_http_owncloud_sink_reset(ngx_http_owncloud_sink_t *sink)
{
    ngx_http_owncloud_memory_t  *memory;

    sink->size = 0;

    if (sink->write == ngx_http_owncloud_sink_memory_write) {
        memory = sink->data;
        memory->len = 0;
    }
}


static ngx_int_t
ngx_http_owncloud_sink_memory_write(void *data, u_char *p, size_t len)
{
    return ngx_http_owncloud_memory_append(data, p, len);
}


ngx_int_t
ngx_http_owncloud_memory_append(ngx_http_owncloud_memory_t *memory, u_char *p,
    size_t len)
{
    u_char  *grown;
    size_t   size;

    if (memory->size - memory->len < len) {

        size = memory->size ? memory->size : NGX_HTTP_OWNCLOUD_MEMORY_START;

        while (size - memory->len < len) {
            size *= 2;
        }

        grown = ngx_pnalloc(memory->pool, size);
        if (grown == NULL) {
            return NGX_ERROR;
        }

        if (memory->data) {
            ngx_memcpy(grown, memory->data, memory->len);
            (void) ngx_pfree(memory->pool, memory->data);
        }

        memory->data = grown;
        memory->size = size;
    }

    ngx_memcpy(memory->data + memory->len, p, len);
    memory->len += len;

    return NGX_OK;
}


ngx_http_owncloud_sink_t *
ngx_http_owncloud_sink_dav(ngx_pool_t *pool, ngx_http_owncloud_dav_t *dav,
    size_t limit)
{
    return ngx_http_owncloud_sink_reader(pool,
                                         ngx_http_owncloud_sink_dav_write,
                                         dav, limit);
}


static ngx_int_t
ngx_http_owncloud_sink_dav_write(void *data, u_char *p, size_t len)
{
    return ngx_http_owncloud_dav_feed(data, p, len);
}


ngx_http_owncloud_sink_t *
ngx_http_owncloud_sink_reader(ngx_pool_t *pool,
    ngx_http_owncloud_sink_write_pt write, void *data, off_t limit)
{
    ngx_http_owncloud_sink_t  *sink;

    sink = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_sink_t));
    if (sink == NULL) {
        return NULL;
    }

    sink->write = write;
    sink->data = data;
    sink->limit = limit;

    return sink;
}
