
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_entry.h"


static ngx_int_t ngx_http_owncloud_dav_folder(ngx_http_owncloud_dav_t *dav);
static ngx_int_t ngx_http_owncloud_dav_child(ngx_http_owncloud_dav_t *dav);
static ngx_http_owncloud_entry_t *ngx_http_owncloud_dav_room(
    ngx_http_owncloud_dav_t *dav);


ngx_int_t
ngx_http_owncloud_dav_entry(void *data)
{
    ngx_http_owncloud_dav_t *dav = data;

    if (dav->response.href == NGX_HTTP_OWNCLOUD_HREF_CHILD) {
        return ngx_http_owncloud_dav_child(dav);
    }

    return dav->search ? NGX_OK : ngx_http_owncloud_dav_folder(dav);
}


static ngx_int_t
ngx_http_owncloud_dav_folder(ngx_http_owncloud_dav_t *dav)
{
    if (dav->response.good.type && !dav->response.good.collection) {
        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER;
        return NGX_ERROR;
    }

    dav->seen = 1;

    if (dav->etag.len || dav->response.good.etag == 0) {
        return NGX_OK;
    }

    dav->etag.data = ngx_pnalloc(dav->pool, dav->response.good.etag);
    if (dav->etag.data == NULL) {
        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    dav->etag.len = dav->response.good.etag;
    ngx_memcpy(dav->etag.data, dav->response.etags, dav->etag.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_child(ngx_http_owncloud_dav_t *dav)
{
    ngx_http_owncloud_entry_t  *entry;

    dav->hits++;

    if (dav->search && !ngx_http_owncloud_dav_hit(dav)) {
        return NGX_OK;
    }

    if (dav->n == dav->max_entries) {

        if (dav->search) {
            dav->more = 1;
            return NGX_OK;
        }

        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_TOO_MANY;
        return NGX_ERROR;
    }

    entry = ngx_http_owncloud_dav_room(dav);
    if (entry == NULL) {
        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    entry->name = dav->free;
    entry->len = (uint32_t) dav->name.len;
    entry->title = dav->title;
    entry->preview = dav->response.good.preview;
    entry->size = dav->response.good.size;
    entry->modified = dav->response.good.modified;
    entry->folder = dav->response.good.type ? dav->response.good.collection
                                            : dav->slash;

    dav->free = ngx_cpymem(dav->free, dav->name.data, dav->name.len);
    dav->n++;

    return NGX_OK;
}


/* allocates an entry and room for its name */

static ngx_http_owncloud_entry_t *
ngx_http_owncloud_dav_room(ngx_http_owncloud_dav_t *dav)
{
    if (dav->entries.size == 0
        && ngx_list_init(&dav->entries, dav->pool,
                         NGX_HTTP_OWNCLOUD_DAV_ENTRIES,
                         sizeof(ngx_http_owncloud_entry_t))
           != NGX_OK)
    {
        return NULL;
    }

    if ((size_t) (dav->end - dav->free) < dav->name.len) {

        dav->free = ngx_pnalloc(dav->pool, NGX_HTTP_OWNCLOUD_DAV_BLOCK);
        if (dav->free == NULL) {
            dav->end = NULL;
            return NULL;
        }

        dav->end = dav->free + NGX_HTTP_OWNCLOUD_DAV_BLOCK;
    }

    return ngx_list_push(&dav->entries);
}
