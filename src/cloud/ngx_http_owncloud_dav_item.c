
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_xml.h"


#define NGX_HTTP_OWNCLOUD_ITEM_MULTISTATUS   1
#define NGX_HTTP_OWNCLOUD_ITEM_RESPONSE      2
#define NGX_HTTP_OWNCLOUD_ITEM_HREF          3
#define NGX_HTTP_OWNCLOUD_ITEM_PROPSTAT      4
#define NGX_HTTP_OWNCLOUD_ITEM_PROP          5
#define NGX_HTTP_OWNCLOUD_ITEM_STATUS        6
#define NGX_HTTP_OWNCLOUD_ITEM_RESOURCETYPE  7
#define NGX_HTTP_OWNCLOUD_ITEM_COLLECTION    8
#define NGX_HTTP_OWNCLOUD_ITEM_LENGTH        9
#define NGX_HTTP_OWNCLOUD_ITEM_FILEID        10
#define NGX_HTTP_OWNCLOUD_ITEM_SIZE          11

#define NGX_HTTP_OWNCLOUD_ITEM_DEPTH         16
#define NGX_HTTP_OWNCLOUD_ITEM_TEXT          16384   /* an escaped path */


typedef struct {
    off_t                        size;
    ngx_str_t                    id;
    u_char                       buf[NGX_HTTP_OWNCLOUD_ITEM_ID];
    unsigned                     folder:1;
    unsigned                     good:1;
} ngx_http_owncloud_item_prop_t;


struct ngx_http_owncloud_items_s {
    ngx_http_owncloud_url_t       *base;
    ngx_http_owncloud_xml_t       *xml;
    ngx_http_owncloud_item_pt      handler;
    void                          *data;

    ngx_uint_t                     path[NGX_HTTP_OWNCLOUD_ITEM_DEPTH];
    ngx_str_t                      href;       /* decoded, or empty */
    u_char                        *buf;
    ngx_http_owncloud_item_prop_t  good;       /* of propstats with 200 */
    ngx_http_owncloud_item_prop_t  propstat;   /* its status comes last */

    unsigned                       root:1;
    unsigned                       enough:1;
    unsigned                       failed:1;
    unsigned                       refused:1;  /* the response as a whole */
};


static ngx_int_t ngx_http_owncloud_items_start(void *data, ngx_uint_t id,
    ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_items_end(void *data, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text);
static void ngx_http_owncloud_items_property(
    ngx_http_owncloud_items_t *items, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text);
static void ngx_http_owncloud_items_href(ngx_http_owncloud_items_t *items,
    ngx_str_t *text);
static void ngx_http_owncloud_items_propstat(
    ngx_http_owncloud_items_t *items);
static ngx_int_t ngx_http_owncloud_items_response(
    ngx_http_owncloud_items_t *items);
static void ngx_http_owncloud_items_reset(
    ngx_http_owncloud_item_prop_t *prop);
static ngx_uint_t ngx_http_owncloud_items_ok(ngx_str_t *text);


ngx_str_t  ngx_http_owncloud_dav_propfind_item = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"><d:prop>"
    "<d:resourcetype/><d:getcontentlength/><oc:fileid/><oc:size/>"
    "</d:prop></d:propfind>"
);


static ngx_http_owncloud_xml_element_t  ngx_http_owncloud_items_elements[] = {
    { "DAV:", "prop", NGX_HTTP_OWNCLOUD_ITEM_PROP },
    { "DAV:", "status", NGX_HTTP_OWNCLOUD_ITEM_STATUS },
    { "DAV:", "propstat", NGX_HTTP_OWNCLOUD_ITEM_PROPSTAT },
    { "DAV:", "href", NGX_HTTP_OWNCLOUD_ITEM_HREF },
    { "DAV:", "response", NGX_HTTP_OWNCLOUD_ITEM_RESPONSE },
    { "DAV:", "resourcetype", NGX_HTTP_OWNCLOUD_ITEM_RESOURCETYPE },
    { "DAV:", "getcontentlength", NGX_HTTP_OWNCLOUD_ITEM_LENGTH },
    { "DAV:", "collection", NGX_HTTP_OWNCLOUD_ITEM_COLLECTION },
    { "http://owncloud.org/ns", "fileid", NGX_HTTP_OWNCLOUD_ITEM_FILEID },
    { "http://owncloud.org/ns", "size", NGX_HTTP_OWNCLOUD_ITEM_SIZE },
    { "DAV:", "multistatus", NGX_HTTP_OWNCLOUD_ITEM_MULTISTATUS },
    { NULL, NULL, 0 }
};


static ngx_http_owncloud_xml_handler_t  ngx_http_owncloud_items_handler = {
    ngx_http_owncloud_items_start,
    ngx_http_owncloud_items_end
};


static ngx_http_owncloud_xml_limits_t  ngx_http_owncloud_items_limits = {
    NGX_HTTP_OWNCLOUD_ITEM_DEPTH,
    NGX_HTTP_OWNCLOUD_ITEM_TEXT
};


ngx_http_owncloud_items_t *
ngx_http_owncloud_items_create(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_item_pt handler,
    void *data)
{
    ngx_http_owncloud_items_t  *items;

    items = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_items_t));
    if (items == NULL) {
        return NULL;
    }

    items->buf = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_ITEM_TEXT);
    if (items->buf == NULL) {
        return NULL;
    }

    items->base = base;
    items->handler = handler;
    items->data = data;

    items->xml = ngx_http_owncloud_xml_create(pool,
                                              ngx_http_owncloud_items_elements,
                                              &ngx_http_owncloud_items_handler,
                                              items,
                                              &ngx_http_owncloud_items_limits);

    return items->xml ? items : NULL;
}


ngx_int_t
ngx_http_owncloud_items_feed(ngx_http_owncloud_items_t *items, u_char *p,
    size_t len)
{
    return ngx_http_owncloud_xml_feed(items->xml, p, len);
}


ngx_int_t
ngx_http_owncloud_items_finish(ngx_http_owncloud_items_t *items)
{
    ngx_int_t  rc;

    rc = NGX_OK;

    if (!items->enough) {
        rc = ngx_http_owncloud_xml_finish(items->xml);
    }

    if (items->failed
        || ngx_http_owncloud_xml_error(items->xml)
           == NGX_HTTP_OWNCLOUD_XML_MEMORY)
    {
        return NGX_ERROR;
    }

    return (rc == NGX_OK && items->root) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_items_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    ngx_http_owncloud_items_t *items = data;

    if (depth >= NGX_HTTP_OWNCLOUD_ITEM_DEPTH) {
        return NGX_ERROR;
    }

    items->path[depth] = id;

    if (depth == 0) {

        if (id != NGX_HTTP_OWNCLOUD_ITEM_MULTISTATUS) {
            return NGX_ERROR;
        }

        items->root = 1;
    }

    if (depth == 1) {
        items->href.len = 0;
        items->refused = 0;
        ngx_http_owncloud_items_reset(&items->good);
    }

    if (depth == 2) {
        ngx_http_owncloud_items_reset(&items->propstat);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_items_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text)
{
    ngx_http_owncloud_items_t *items = data;

    if (depth == 0 || items->path[1] != NGX_HTTP_OWNCLOUD_ITEM_RESPONSE) {
        return NGX_OK;
    }

    if (depth == 1) {
        return ngx_http_owncloud_items_response(items);
    }

    if (depth == 2) {

        switch (id) {

        case NGX_HTTP_OWNCLOUD_ITEM_HREF:
            ngx_http_owncloud_items_href(items, text);
            break;

        case NGX_HTTP_OWNCLOUD_ITEM_STATUS:
            items->refused = !ngx_http_owncloud_items_ok(text);
            break;

        case NGX_HTTP_OWNCLOUD_ITEM_PROPSTAT:
            ngx_http_owncloud_items_propstat(items);
            break;
        }

        return NGX_OK;
    }

    if (items->path[2] == NGX_HTTP_OWNCLOUD_ITEM_PROPSTAT) {
        ngx_http_owncloud_items_property(items, id, depth, text);
    }

    return NGX_OK;
}


static void
ngx_http_owncloud_items_property(ngx_http_owncloud_items_t *items,
    ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    off_t                           n;
    ngx_http_owncloud_item_prop_t  *prop;

    prop = &items->propstat;

    if (depth == 3 && id == NGX_HTTP_OWNCLOUD_ITEM_STATUS) {
        prop->good = ngx_http_owncloud_items_ok(text);
        return;
    }

    if (items->path[3] != NGX_HTTP_OWNCLOUD_ITEM_PROP) {
        return;
    }

    if (depth == 5 && id == NGX_HTTP_OWNCLOUD_ITEM_COLLECTION
        && items->path[4] == NGX_HTTP_OWNCLOUD_ITEM_RESOURCETYPE)
    {
        prop->folder = 1;
    }

    if (depth != 4) {
        return;
    }

    switch (id) {

    case NGX_HTTP_OWNCLOUD_ITEM_LENGTH:
    case NGX_HTTP_OWNCLOUD_ITEM_SIZE:
        n = ngx_atoof(text->data, text->len);

        if (n != NGX_ERROR) {
            prop->size = n;
        }

        break;

    case NGX_HTTP_OWNCLOUD_ITEM_FILEID:

        if (text->len <= sizeof(prop->buf)) {
            prop->id.len = text->len;
            ngx_memcpy(prop->buf, text->data, text->len);
        }

        break;
    }
}


/* of another place: as if it was not there */

static void
ngx_http_owncloud_items_href(ngx_http_owncloud_items_t *items,
    ngx_str_t *text)
{
    while (text->len && text->data[0] <= ' ') {
        text->data++;
        text->len--;
    }

    while (text->len && text->data[text->len - 1] <= ' ') {
        text->len--;
    }

    if (ngx_http_owncloud_xml_cut(items->xml)
        || ngx_http_owncloud_href_path(items->base, text, items->buf,
                                       &items->href)
           != NGX_OK)
    {
        items->href.len = 0;
    }
}


static void
ngx_http_owncloud_items_propstat(ngx_http_owncloud_items_t *items)
{
    ngx_http_owncloud_item_prop_t  *good, *prop;

    good = &items->good;
    prop = &items->propstat;

    if (!prop->good) {
        return;
    }

    good->good = 1;
    good->folder |= prop->folder;

    if (prop->size != -1) {
        good->size = prop->size;
    }

    if (prop->id.len) {
        good->id.len = prop->id.len;
        ngx_memcpy(good->buf, prop->buf, prop->id.len);
    }
}


static ngx_int_t
ngx_http_owncloud_items_response(ngx_http_owncloud_items_t *items)
{
    ngx_int_t                 rc;
    ngx_http_owncloud_item_t  item;

    if (items->href.len == 0 || items->refused || !items->good.good) {
        return NGX_OK;
    }

    item.path = items->href;
    item.id.data = items->good.buf;
    item.id.len = items->good.id.len;
    item.size = items->good.size;
    item.folder = items->good.folder;

    rc = items->handler(items->data, &item);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc == NGX_DONE) {
        items->enough = 1;

    } else {
        items->failed = 1;
    }

    return NGX_ERROR;
}


static void
ngx_http_owncloud_items_reset(ngx_http_owncloud_item_prop_t *prop)
{
    prop->size = -1;
    prop->id.len = 0;
    prop->folder = 0;
    prop->good = 0;
}


/* "HTTP/1.1 200 OK" */

static ngx_uint_t
ngx_http_owncloud_items_ok(ngx_str_t *text)
{
    u_char  *p, *last;

    last = text->data + text->len;
    p = ngx_strlchr(text->data, last, ' ');

    return p && last - p >= 4 && p[1] == '2';
}
