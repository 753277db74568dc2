
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_response.h"


#define NGX_HTTP_OWNCLOUD_DAV_MULTISTATUS    1
#define NGX_HTTP_OWNCLOUD_DAV_RESPONSE       2
#define NGX_HTTP_OWNCLOUD_DAV_HREF           3
#define NGX_HTTP_OWNCLOUD_DAV_PROPSTAT       4
#define NGX_HTTP_OWNCLOUD_DAV_PROP           5
#define NGX_HTTP_OWNCLOUD_DAV_STATUS         6
#define NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE   7
#define NGX_HTTP_OWNCLOUD_DAV_COLLECTION     8
#define NGX_HTTP_OWNCLOUD_DAV_LENGTH         9
#define NGX_HTTP_OWNCLOUD_DAV_LASTMODIFIED   10
#define NGX_HTTP_OWNCLOUD_DAV_GETETAG        11
#define NGX_HTTP_OWNCLOUD_DAV_HASPREVIEW     12

#define NGX_HTTP_OWNCLOUD_DAV_OK             200     /* a status */


static ngx_int_t ngx_http_owncloud_dav_start(void *data, ngx_uint_t id,
    ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_dav_end(void *data, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_property(ngx_http_owncloud_dav_t *dav,
    ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_getetag(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *text);
static void ngx_http_owncloud_dav_propstat(ngx_http_owncloud_dav_t *dav);
static ngx_int_t ngx_http_owncloud_dav_response(ngx_http_owncloud_dav_t *dav);
static ngx_int_t ngx_http_owncloud_dav_folder(ngx_http_owncloud_dav_t *dav);
static ngx_int_t ngx_http_owncloud_dav_entry(ngx_http_owncloud_dav_t *dav);
static ngx_http_owncloud_entry_t *ngx_http_owncloud_dav_room(
    ngx_http_owncloud_dav_t *dav);
static ngx_uint_t ngx_http_owncloud_dav_status(ngx_str_t *text);
static time_t ngx_http_owncloud_dav_modified(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *text);
static time_t ngx_http_owncloud_dav_time(ngx_str_t *text);


ngx_http_owncloud_xml_element_t  ngx_http_owncloud_dav_elements[] = {
    { "DAV:", "prop", NGX_HTTP_OWNCLOUD_DAV_PROP },
    { "DAV:", "status", NGX_HTTP_OWNCLOUD_DAV_STATUS },
    { "DAV:", "propstat", NGX_HTTP_OWNCLOUD_DAV_PROPSTAT },
    { "DAV:", "href", NGX_HTTP_OWNCLOUD_DAV_HREF },
    { "DAV:", "response", NGX_HTTP_OWNCLOUD_DAV_RESPONSE },
    { "DAV:", "resourcetype", NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE },
    { "DAV:", "getlastmodified", NGX_HTTP_OWNCLOUD_DAV_LASTMODIFIED },
    { "DAV:", "getetag", NGX_HTTP_OWNCLOUD_DAV_GETETAG },
    { "DAV:", "getcontentlength", NGX_HTTP_OWNCLOUD_DAV_LENGTH },
    { "DAV:", "collection", NGX_HTTP_OWNCLOUD_DAV_COLLECTION },
    { "http://nextcloud.org/ns", "has-preview",
      NGX_HTTP_OWNCLOUD_DAV_HASPREVIEW },
    { "DAV:", "multistatus", NGX_HTTP_OWNCLOUD_DAV_MULTISTATUS },
    { NULL, NULL, 0 }
};


ngx_http_owncloud_xml_handler_t  ngx_http_owncloud_dav_handler = {
    ngx_http_owncloud_dav_start,
    ngx_http_owncloud_dav_end
};


static ngx_http_owncloud_dav_prop_t  ngx_http_owncloud_dav_nothing = {
    -1, -1, 0, 0, 0, 0, 0
};


static ngx_int_t
ngx_http_owncloud_dav_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    ngx_http_owncloud_dav_t *dav = data;

    if (depth >= NGX_HTTP_OWNCLOUD_DAV_DEPTH) {
        return NGX_ERROR;
    }

    dav->path[depth] = id;

    if (depth == 0) {
        dav->root = 1;

        if (id != NGX_HTTP_OWNCLOUD_DAV_MULTISTATUS) {
            dav->error = NGX_HTTP_OWNCLOUD_DAV_NOT_DAV;
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    if (depth == 1 && id == NGX_HTTP_OWNCLOUD_DAV_RESPONSE) {
        dav->href = NGX_HTTP_OWNCLOUD_HREF_NONE;
        dav->responded = 0;
        dav->good = ngx_http_owncloud_dav_nothing;
    }

    if (depth == 2 && id == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT) {
        dav->propstat = ngx_http_owncloud_dav_nothing;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text)
{
    ngx_http_owncloud_dav_t *dav = data;

    if (depth == 0) {
        dav->root_end = 1;
        return NGX_OK;
    }

    if (id == NGX_HTTP_OWNCLOUD_XML_OTHER
        || dav->path[1] != NGX_HTTP_OWNCLOUD_DAV_RESPONSE)
    {
        return NGX_OK;
    }

    switch (depth) {

    case 1:
        return ngx_http_owncloud_dav_response(dav);

    case 2:
        if (id == NGX_HTTP_OWNCLOUD_DAV_HREF) {
            return ngx_http_owncloud_dav_href(dav, text);
        }

        if (id == NGX_HTTP_OWNCLOUD_DAV_STATUS) {
            dav->status = ngx_http_owncloud_dav_status(text);
            dav->responded = 1;

        } else if (id == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT
                   && dav->propstat.status == NGX_HTTP_OWNCLOUD_DAV_OK)
        {
            ngx_http_owncloud_dav_propstat(dav);
        }

        break;

    case 3:
        if (id == NGX_HTTP_OWNCLOUD_DAV_STATUS
            && dav->path[2] == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT)
        {
            dav->propstat.status = ngx_http_owncloud_dav_status(text);
        }

        break;

    default:
        if (dav->path[2] == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT
            && dav->path[3] == NGX_HTTP_OWNCLOUD_DAV_PROP)
        {
            return ngx_http_owncloud_dav_property(dav, id, depth, text);
        }

        break;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_property(ngx_http_owncloud_dav_t *dav, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text)
{
    if (depth == 5) {

        if (id == NGX_HTTP_OWNCLOUD_DAV_COLLECTION
            && dav->path[4] == NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE)
        {
            dav->propstat.collection = 1;
        }

        return NGX_OK;
    }

    if (depth != 4) {
        return NGX_OK;
    }

    switch (id) {

    case NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE:
        dav->propstat.type = 1;
        break;

    case NGX_HTTP_OWNCLOUD_DAV_LENGTH:
        ngx_http_owncloud_dav_trim(text);
        dav->propstat.size = ngx_atoof(text->data, text->len);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_LASTMODIFIED:
        ngx_http_owncloud_dav_trim(text);
        dav->propstat.modified = ngx_http_owncloud_dav_modified(dav, text);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_HASPREVIEW:
        dav->propstat.preview = (text->len == 4
                                 && ngx_memcmp(text->data, "true", 4) == 0);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_GETETAG:
        return ngx_http_owncloud_dav_getetag(dav, text);
    }

    return NGX_OK;
}


/* only the folder's own is kept, but its href may come last */

static ngx_int_t
ngx_http_owncloud_dav_getetag(ngx_http_owncloud_dav_t *dav, ngx_str_t *text)
{
    if (dav->href > NGX_HTTP_OWNCLOUD_HREF_FOLDER) {
        return NGX_OK;
    }

    if (dav->etags == NULL) {

        dav->etags = ngx_pnalloc(dav->pool, 2 * NGX_HTTP_OWNCLOUD_DAV_ETAG);
        if (dav->etags == NULL) {
            dav->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
            return NGX_ERROR;
        }
    }

    ngx_http_owncloud_dav_trim(text);

    if (text->len > NGX_HTTP_OWNCLOUD_DAV_ETAG
        || ngx_http_owncloud_xml_cut(dav->xml))
    {
        text->len = 0;
    }

    dav->propstat.etag = text->len;

    ngx_memcpy(dav->etags + NGX_HTTP_OWNCLOUD_DAV_ETAG, text->data, text->len);

    return NGX_OK;
}


/* a server may tell what is good in several of them */

static void
ngx_http_owncloud_dav_propstat(ngx_http_owncloud_dav_t *dav)
{
    dav->good.status = NGX_HTTP_OWNCLOUD_DAV_OK;

    if (dav->propstat.size != -1) {
        dav->good.size = dav->propstat.size;
    }

    if (dav->propstat.modified != -1) {
        dav->good.modified = dav->propstat.modified;
    }

    dav->good.preview |= dav->propstat.preview;

    if (dav->propstat.etag) {
        dav->good.etag = dav->propstat.etag;

        ngx_memcpy(dav->etags, dav->etags + NGX_HTTP_OWNCLOUD_DAV_ETAG,
                   dav->good.etag);
    }

    if (dav->propstat.type) {
        dav->good.type = 1;
        dav->good.collection = dav->propstat.collection;
    }
}


static ngx_int_t
ngx_http_owncloud_dav_response(ngx_http_owncloud_dav_t *dav)
{
    if (dav->href == NGX_HTTP_OWNCLOUD_HREF_FOREIGN) {
        dav->foreign++;
        return NGX_OK;
    }

    if (dav->href == NGX_HTTP_OWNCLOUD_HREF_NONE
        || dav->href == NGX_HTTP_OWNCLOUD_HREF_BROKEN
        || dav->good.status != NGX_HTTP_OWNCLOUD_DAV_OK
        || (dav->responded && dav->status / 100 != 2))
    {
        dav->broken++;
        return NGX_OK;
    }

    if (dav->href == NGX_HTTP_OWNCLOUD_HREF_CHILD) {
        return ngx_http_owncloud_dav_entry(dav);
    }

    return dav->search ? NGX_OK : ngx_http_owncloud_dav_folder(dav);
}


static ngx_int_t
ngx_http_owncloud_dav_folder(ngx_http_owncloud_dav_t *dav)
{
    if (dav->good.type && !dav->good.collection) {
        dav->error = NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER;
        return NGX_ERROR;
    }

    dav->seen = 1;

    if (dav->etag.len || dav->good.etag == 0) {
        return NGX_OK;
    }

    dav->etag.data = ngx_pnalloc(dav->pool, dav->good.etag);
    if (dav->etag.data == NULL) {
        dav->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    dav->etag.len = dav->good.etag;
    ngx_memcpy(dav->etag.data, dav->etags, dav->etag.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_entry(ngx_http_owncloud_dav_t *dav)
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

        dav->error = NGX_HTTP_OWNCLOUD_DAV_TOO_MANY;
        return NGX_ERROR;
    }

    entry = ngx_http_owncloud_dav_room(dav);
    if (entry == NULL) {
        dav->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    entry->name = dav->free;
    entry->len = (uint32_t) dav->name.len;
    entry->title = dav->title;
    entry->preview = dav->good.preview;
    entry->size = dav->good.size;
    entry->modified = dav->good.modified;
    entry->folder = dav->good.type ? dav->good.collection : dav->slash;

    dav->free = ngx_cpymem(dav->free, dav->name.data, dav->name.len);
    dav->n++;

    return NGX_OK;
}


/* an entry, and room for its name */

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


/* "HTTP/1.1 200 OK" */

static ngx_uint_t
ngx_http_owncloud_dav_status(ngx_str_t *text)
{
    u_char     *p, *last;
    ngx_int_t   status;

    static ngx_str_t  ok = ngx_string("HTTP/1.1 200 OK");

    if (text->len == ok.len
        && ngx_memcmp(text->data, ok.data, ok.len) == 0)
    {
        return NGX_HTTP_OWNCLOUD_DAV_OK;
    }

    ngx_http_owncloud_dav_trim(text);

    last = text->data + text->len;

    p = ngx_strlchr(text->data, last, ' ');

    if (p == NULL || last - p < 4 || (last - p > 4 && p[4] != ' ')) {
        return 0;
    }

    status = ngx_atoi(p + 1, 3);

    return (status == NGX_ERROR) ? 0 : status;
}


/* files of a folder were often changed in the same second */

static time_t
ngx_http_owncloud_dav_modified(ngx_http_owncloud_dav_t *dav, ngx_str_t *text)
{
    time_t  modified;

    if (text->len == NGX_HTTP_OWNCLOUD_DAV_DATE && dav->dated
        && ngx_memcmp(text->data, dav->date, text->len) == 0)
    {
        return dav->modified;
    }

    modified = ngx_http_owncloud_dav_time(text);

    if (text->len == NGX_HTTP_OWNCLOUD_DAV_DATE) {
        ngx_memcpy(dav->date, text->data, text->len);
        dav->modified = modified;
        dav->dated = 1;
    }

    return modified;
}


/* an HTTP date; its zone is GMT, or "+0000" in answers of OpenCloud */

static time_t
ngx_http_owncloud_dav_time(ngx_str_t *text)
{
    u_char     *zone;
    time_t      t;
    ngx_int_t   hours, minutes;

    t = ngx_parse_http_time(text->data, text->len);

    if (t < 0) {
        return -1;
    }

    zone = text->data + text->len - 5;

    if (*zone != '+' && *zone != '-') {
        return t;
    }

    hours = ngx_atoi(zone + 1, 2);
    minutes = ngx_atoi(zone + 3, 2);

    if (hours == NGX_ERROR || minutes == NGX_ERROR) {
        return -1;
    }

    minutes += hours * 60;
    t += (*zone == '+') ? -minutes * 60 : minutes * 60;

    return (t < 0) ? -1 : t;
}
