
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_dav_response.h"


struct ngx_http_owncloud_items_s {
    ngx_http_owncloud_dav_response_t   response;

    ngx_http_owncloud_url_t           *base;
    ngx_http_owncloud_item_pt          handler;
    void                              *data;
    ngx_str_t                          path;       /* decoded */
    u_char                            *buf;

    unsigned                           enough:1;
    unsigned                           failed:1;
};


static ngx_int_t ngx_http_owncloud_items_href(void *data, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_items_end(void *data);


ngx_str_t  ngx_http_owncloud_dav_propfind_item = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"><d:prop>"
    "<d:resourcetype/><d:getcontentlength/><oc:fileid/><oc:size/>"
    "</d:prop></d:propfind>"
);


static ngx_http_owncloud_dav_handler_t  ngx_http_owncloud_items_handler = {
    ngx_http_owncloud_items_href,
    ngx_http_owncloud_items_end
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

    items->buf = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_DAV_TEXT);
    if (items->buf == NULL) {
        return NULL;
    }

    items->base = base;
    items->handler = handler;
    items->data = data;

    return (ngx_http_owncloud_dav_response_init(&items->response, pool,
                                            &ngx_http_owncloud_items_handler,
                                            items)
            == NGX_OK) ? items : NULL;
}


ngx_int_t
ngx_http_owncloud_items_feed(ngx_http_owncloud_items_t *items, u_char *p,
    size_t len)
{
    return ngx_http_owncloud_xml_feed(items->response.xml, p, len);
}


ngx_int_t
ngx_http_owncloud_items_finish(ngx_http_owncloud_items_t *items)
{
    ngx_int_t                          rc;
    ngx_http_owncloud_dav_response_t  *response;

    response = &items->response;

    rc = NGX_OK;

    if (!items->enough) {
        rc = ngx_http_owncloud_xml_finish(response->xml);
    }

    if (items->failed
        || response->error == NGX_HTTP_OWNCLOUD_DAV_MEMORY
        || ngx_http_owncloud_xml_error(response->xml)
           == NGX_HTTP_OWNCLOUD_XML_MEMORY)
    {
        return NGX_ERROR;
    }

    return (rc == NGX_OK) ? NGX_OK : NGX_DECLINED;
}


/* a response outside "base" is ignored */

static ngx_int_t
ngx_http_owncloud_items_href(void *data, ngx_str_t *text)
{
    ngx_http_owncloud_items_t *items = data;

    items->response.href = NGX_HTTP_OWNCLOUD_HREF_FOREIGN;

    if (ngx_http_owncloud_href_path(items->base, text, items->buf,
                                    &items->path)
        == NGX_OK)
    {
        items->response.href = NGX_HTTP_OWNCLOUD_HREF_CHILD;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_items_end(void *data)
{
    ngx_http_owncloud_items_t *items = data;

    ngx_int_t                      rc;
    ngx_http_owncloud_item_t       item;
    ngx_http_owncloud_dav_prop_t  *good;

    good = &items->response.good;

    ngx_str_set(&item.id, "");

    if (good->id) {
        item.id.data = items->response.ids;
        item.id.len = good->id;
    }

    item.path = items->path;
    item.size = (good->size != -1) ? good->size : good->total;
    item.folder = good->collection;

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
