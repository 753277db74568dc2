
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
#define NGX_HTTP_OWNCLOUD_DAV_FILEID         13
#define NGX_HTTP_OWNCLOUD_DAV_TOTAL          14


static ngx_int_t ngx_http_owncloud_dav_start(void *data, ngx_uint_t id,
    ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_dav_end(void *data, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_child_end(
    ngx_http_owncloud_dav_response_t *response, ngx_uint_t id,
    ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_first_href(
    ngx_http_owncloud_dav_response_t *response, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_property(
    ngx_http_owncloud_dav_response_t *response, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_getetag(
    ngx_http_owncloud_dav_response_t *response, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_value(
    ngx_http_owncloud_dav_response_t *response, u_char **values,
    uint16_t *len, ngx_str_t *text);
static void ngx_http_owncloud_dav_propstat(
    ngx_http_owncloud_dav_response_t *response);
static void ngx_http_owncloud_dav_take(u_char *values, uint16_t *good,
    uint16_t propstat);
static ngx_int_t ngx_http_owncloud_dav_response(
    ngx_http_owncloud_dav_response_t *response);
static time_t ngx_http_owncloud_dav_modified(
    ngx_http_owncloud_dav_response_t *response, ngx_str_t *text);


static ngx_http_owncloud_xml_element_t  ngx_http_owncloud_dav_elements[] = {
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
    { "http://owncloud.org/ns", "fileid", NGX_HTTP_OWNCLOUD_DAV_FILEID },
    { "http://owncloud.org/ns", "size", NGX_HTTP_OWNCLOUD_DAV_TOTAL },
    { "DAV:", "multistatus", NGX_HTTP_OWNCLOUD_DAV_MULTISTATUS },
    { NULL, NULL, 0 }
};


static ngx_http_owncloud_xml_handler_t  ngx_http_owncloud_dav_xml_handler = {
    ngx_http_owncloud_dav_start,
    ngx_http_owncloud_dav_end
};


static ngx_http_owncloud_xml_limits_t  ngx_http_owncloud_dav_limits = {
    NGX_HTTP_OWNCLOUD_DAV_DEPTH,
    NGX_HTTP_OWNCLOUD_DAV_TEXT
};


static ngx_http_owncloud_dav_prop_t  ngx_http_owncloud_dav_nothing = {
    -1, -1, -1, 0, 0, 0, 0, 0, 0
};


ngx_int_t
ngx_http_owncloud_dav_response_init(
    ngx_http_owncloud_dav_response_t *response, ngx_pool_t *pool,
    ngx_http_owncloud_dav_handler_t *handler, void *data)
{
    response->pool = pool;
    response->handler = handler;
    response->data = data;

    response->xml = ngx_http_owncloud_xml_create(pool,
                                           ngx_http_owncloud_dav_elements,
                                           &ngx_http_owncloud_dav_xml_handler,
                                           response,
                                           &ngx_http_owncloud_dav_limits);

    return response->xml ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_dav_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    ngx_http_owncloud_dav_response_t *response = data;

    if (depth >= NGX_HTTP_OWNCLOUD_DAV_DEPTH) {
        return NGX_ERROR;
    }

    response->path[depth] = id;

    if (depth == 0) {
        response->root = 1;

        if (id != NGX_HTTP_OWNCLOUD_DAV_MULTISTATUS) {
            response->error = NGX_HTTP_OWNCLOUD_DAV_NOT_DAV;
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    if (depth == 1 && id == NGX_HTTP_OWNCLOUD_DAV_RESPONSE) {
        response->href = NGX_HTTP_OWNCLOUD_HREF_NONE;
        response->responded = 0;
        response->good = ngx_http_owncloud_dav_nothing;
    }

    if (depth == 2 && id == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT) {
        response->propstat = ngx_http_owncloud_dav_nothing;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text)
{
    ngx_http_owncloud_dav_response_t *response = data;

    if (depth == 0) {
        response->root_end = 1;
        return NGX_OK;
    }

    if (id == NGX_HTTP_OWNCLOUD_XML_OTHER
        || response->path[1] != NGX_HTTP_OWNCLOUD_DAV_RESPONSE)
    {
        return NGX_OK;
    }

    switch (depth) {

    case 1:
        return ngx_http_owncloud_dav_response(response);

    case 2:
        return ngx_http_owncloud_dav_child_end(response, id, text);

    case 3:
        if (id == NGX_HTTP_OWNCLOUD_DAV_STATUS
            && response->path[2] == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT)
        {
            response->propstat.status = ngx_http_owncloud_dav_status(text);
        }

        break;

    default:
        if (response->path[2] == NGX_HTTP_OWNCLOUD_DAV_PROPSTAT
            && response->path[3] == NGX_HTTP_OWNCLOUD_DAV_PROP)
        {
            return ngx_http_owncloud_dav_property(response, id, depth, text);
        }

        break;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_child_end(ngx_http_owncloud_dav_response_t *response,
    ngx_uint_t id, ngx_str_t *text)
{
    switch (id) {

    case NGX_HTTP_OWNCLOUD_DAV_HREF:
        return ngx_http_owncloud_dav_first_href(response, text);

    case NGX_HTTP_OWNCLOUD_DAV_STATUS:
        response->status = ngx_http_owncloud_dav_status(text);
        response->responded = 1;
        break;

    case NGX_HTTP_OWNCLOUD_DAV_PROPSTAT:

        if (response->propstat.status == NGX_HTTP_OWNCLOUD_DAV_OK) {
            ngx_http_owncloud_dav_propstat(response);
        }

        break;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_first_href(ngx_http_owncloud_dav_response_t *response,
    ngx_str_t *text)
{
    if (response->href != NGX_HTTP_OWNCLOUD_HREF_NONE
        || ngx_http_owncloud_xml_cut(response->xml))
    {
        /* a response with several hrefs has a status but no properties */

        response->href = NGX_HTTP_OWNCLOUD_HREF_BROKEN;
        return NGX_OK;
    }

    ngx_http_owncloud_dav_trim(text);

    return response->handler->href(response->data, text);
}


static ngx_int_t
ngx_http_owncloud_dav_property(ngx_http_owncloud_dav_response_t *response,
    ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    if (depth == 5) {

        if (id == NGX_HTTP_OWNCLOUD_DAV_COLLECTION
            && response->path[4] == NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE)
        {
            response->propstat.collection = 1;
        }

        return NGX_OK;
    }

    if (depth != 4) {
        return NGX_OK;
    }

    switch (id) {

    case NGX_HTTP_OWNCLOUD_DAV_RESOURCETYPE:
        response->propstat.type = 1;
        break;

    case NGX_HTTP_OWNCLOUD_DAV_LENGTH:
        response->propstat.size = ngx_http_owncloud_dav_size(text);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_TOTAL:
        response->propstat.total = ngx_http_owncloud_dav_size(text);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_FILEID:
        return ngx_http_owncloud_dav_value(response, &response->ids,
                                           &response->propstat.id, text);

    case NGX_HTTP_OWNCLOUD_DAV_LASTMODIFIED:
        ngx_http_owncloud_dav_trim(text);
        response->propstat.modified = ngx_http_owncloud_dav_modified(response,
                                                                     text);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_HASPREVIEW:
        response->propstat.preview = (text->len == 4
                                 && ngx_memcmp(text->data, "true", 4) == 0);
        break;

    case NGX_HTTP_OWNCLOUD_DAV_GETETAG:
        return ngx_http_owncloud_dav_getetag(response, text);
    }

    return NGX_OK;
}


/*
 * Only the ETag of the folder itself is needed.  Its href may come last, so an
 * ETag is dropped only if the href is already known to be another one.
 */

static ngx_int_t
ngx_http_owncloud_dav_getetag(ngx_http_owncloud_dav_response_t *response,
    ngx_str_t *text)
{
    if (response->href > NGX_HTTP_OWNCLOUD_HREF_FOLDER) {
        return NGX_OK;
    }

    return ngx_http_owncloud_dav_value(response, &response->etags,
                                       &response->propstat.etag, text);
}


static ngx_int_t
ngx_http_owncloud_dav_value(ngx_http_owncloud_dav_response_t *response,
    u_char **values, uint16_t *len, ngx_str_t *text)
{
    if (*values == NULL) {

        *values = ngx_pnalloc(response->pool,
                              2 * NGX_HTTP_OWNCLOUD_DAV_VALUE);
        if (*values == NULL) {
            response->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
            return NGX_ERROR;
        }
    }

    ngx_http_owncloud_dav_trim(text);

    if (text->len > NGX_HTTP_OWNCLOUD_DAV_VALUE
        || ngx_http_owncloud_xml_cut(response->xml))
    {
        text->len = 0;
    }

    *len = (uint16_t) text->len;

    ngx_memcpy(*values + NGX_HTTP_OWNCLOUD_DAV_VALUE, text->data, text->len);

    return NGX_OK;
}


/* a response may have several propstats with status 200 */

static void
ngx_http_owncloud_dav_propstat(ngx_http_owncloud_dav_response_t *response)
{
    ngx_http_owncloud_dav_prop_t  *good, *prop;

    good = &response->good;
    prop = &response->propstat;

    good->status = NGX_HTTP_OWNCLOUD_DAV_OK;

    if (prop->size != -1) {
        good->size = prop->size;
    }

    if (prop->total != -1) {
        good->total = prop->total;
    }

    if (prop->modified != -1) {
        good->modified = prop->modified;
    }

    good->preview |= prop->preview;

    ngx_http_owncloud_dav_take(response->etags, &good->etag, prop->etag);
    ngx_http_owncloud_dav_take(response->ids, &good->id, prop->id);

    if (prop->type) {
        good->type = 1;
        good->collection = prop->collection;
    }
}


static void
ngx_http_owncloud_dav_take(u_char *values, uint16_t *good, uint16_t propstat)
{
    if (propstat) {
        *good = propstat;
        ngx_memcpy(values, values + NGX_HTTP_OWNCLOUD_DAV_VALUE, propstat);
    }
}


static ngx_int_t
ngx_http_owncloud_dav_response(ngx_http_owncloud_dav_response_t *response)
{
    if (response->href == NGX_HTTP_OWNCLOUD_HREF_FOREIGN) {
        response->foreign++;
        return NGX_OK;
    }

    if (response->href == NGX_HTTP_OWNCLOUD_HREF_NONE
        || response->href == NGX_HTTP_OWNCLOUD_HREF_BROKEN
        || response->good.status != NGX_HTTP_OWNCLOUD_DAV_OK
        || (response->responded && response->status / 100 != 2))
    {
        response->broken++;
        return NGX_OK;
    }

    return response->handler->end(response->data);
}


/* files in a folder often have the same date, so the last one is cached */

static time_t
ngx_http_owncloud_dav_modified(ngx_http_owncloud_dav_response_t *response,
    ngx_str_t *text)
{
    time_t  modified;

    if (text->len == NGX_HTTP_OWNCLOUD_DAV_DATE && response->dated
        && ngx_memcmp(text->data, response->date, text->len) == 0)
    {
        return response->modified;
    }

    modified = ngx_http_owncloud_dav_time(text);

    if (text->len == NGX_HTTP_OWNCLOUD_DAV_DATE) {
        ngx_memcpy(response->date, text->data, text->len);
        response->modified = modified;
        response->dated = 1;
    }

    return modified;
}
