
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_ocs_share.h"
#include "ngx_http_owncloud_xml.h"


/* element ids: ngx_http_owncloud_ocs_value_e plus this for values */

#define NGX_HTTP_OWNCLOUD_OCS_XML_VALUE   16

#define NGX_HTTP_OWNCLOUD_OCS_XML_ROOT    1
#define NGX_HTTP_OWNCLOUD_OCS_XML_META    2
#define NGX_HTTP_OWNCLOUD_OCS_XML_CODE    3
#define NGX_HTTP_OWNCLOUD_OCS_XML_TEXT    4
#define NGX_HTTP_OWNCLOUD_OCS_XML_DATA    5
#define NGX_HTTP_OWNCLOUD_OCS_XML_ITEM    6


#define ngx_http_owncloud_ocs_xml_value(name, value)                          \
    { "", name, NGX_HTTP_OWNCLOUD_OCS_XML_VALUE                               \
                + NGX_HTTP_OWNCLOUD_OCS_ ## value }


struct ngx_http_owncloud_ocs_xml_s {
    ngx_pool_t               *pool;
    ngx_http_owncloud_xml_t  *xml;
    ngx_http_owncloud_ocs_t  *ocs;
    ngx_str_t                *code;

    ngx_str_t                 values[NGX_HTTP_OWNCLOUD_OCS_VALUES];
    ngx_uint_t                object;    /* depth of a share, or 0 */

    unsigned                  meta:1;
    unsigned                  data:1;
    unsigned                  cut:1;
    unsigned                  enough:1;
    unsigned                  nomem:1;
};


static ngx_int_t ngx_http_owncloud_ocs_xml_result(
    ngx_http_owncloud_ocs_xml_t *reader, ngx_int_t rc);
static ngx_int_t ngx_http_owncloud_ocs_xml_start(void *data, ngx_uint_t id,
    ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_ocs_xml_end(void *data, ngx_uint_t id,
    ngx_uint_t depth, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_ocs_xml_share_end(
    ngx_http_owncloud_ocs_xml_t *reader, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text);
static void ngx_http_owncloud_ocs_xml_object(
    ngx_http_owncloud_ocs_xml_t *reader, ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_ocs_xml_copy(
    ngx_http_owncloud_ocs_xml_t *reader, ngx_str_t *text, ngx_str_t *copy);


static ngx_http_owncloud_xml_element_t  ngx_http_owncloud_ocs_elements[] = {
    ngx_http_owncloud_ocs_xml_value("id", ID),
    ngx_http_owncloud_ocs_xml_value("share_type", TYPE),
    ngx_http_owncloud_ocs_xml_value("permissions", PERMISSIONS),
    ngx_http_owncloud_ocs_xml_value("token", TOKEN),
    ngx_http_owncloud_ocs_xml_value("url", URL),
    ngx_http_owncloud_ocs_xml_value("expiration", EXPIRATION),
    ngx_http_owncloud_ocs_xml_value("path", PATH),
    ngx_http_owncloud_ocs_xml_value("item_type", ITEM_TYPE),
    ngx_http_owncloud_ocs_xml_value("file_target", FILE_TARGET),
    ngx_http_owncloud_ocs_xml_value("file_source", FILE_SOURCE),
    ngx_http_owncloud_ocs_xml_value("share_with", SHARE_WITH),
    ngx_http_owncloud_ocs_xml_value("password", PASSWORD),
    ngx_http_owncloud_ocs_xml_value("uid_file_owner", FILE_OWNER),
    ngx_http_owncloud_ocs_xml_value("uid_owner", OWNER),
    { "", "element", NGX_HTTP_OWNCLOUD_OCS_XML_ITEM },
    { "", "ocs", NGX_HTTP_OWNCLOUD_OCS_XML_ROOT },
    { "", "meta", NGX_HTTP_OWNCLOUD_OCS_XML_META },
    { "", "statuscode", NGX_HTTP_OWNCLOUD_OCS_XML_CODE },
    { "", "message", NGX_HTTP_OWNCLOUD_OCS_XML_TEXT },
    { "", "data", NGX_HTTP_OWNCLOUD_OCS_XML_DATA },
    { NULL, NULL, 0 }
};


static ngx_http_owncloud_xml_handler_t  ngx_http_owncloud_ocs_handler = {
    ngx_http_owncloud_ocs_xml_start,
    ngx_http_owncloud_ocs_xml_end
};


static ngx_http_owncloud_xml_limits_t  ngx_http_owncloud_ocs_limits = {
    16, NGX_HTTP_OWNCLOUD_OCS_TEXT
};


ngx_http_owncloud_ocs_xml_t *
ngx_http_owncloud_ocs_xml_create(ngx_pool_t *pool,
    ngx_http_owncloud_ocs_t *ocs, ngx_str_t *code)
{
    ngx_http_owncloud_ocs_xml_t  *reader;

    reader = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_ocs_xml_t));
    if (reader == NULL) {
        return NULL;
    }

    reader->pool = pool;
    reader->ocs = ocs;
    reader->code = code;

    reader->xml = ngx_http_owncloud_xml_create(pool,
                                               ngx_http_owncloud_ocs_elements,
                                               &ngx_http_owncloud_ocs_handler,
                                               reader,
                                               &ngx_http_owncloud_ocs_limits);

    return reader->xml ? reader : NULL;
}


ngx_int_t
ngx_http_owncloud_ocs_xml_feed(ngx_http_owncloud_ocs_xml_t *reader,
    u_char *p, size_t len)
{
    return ngx_http_owncloud_ocs_xml_result(reader,
                               ngx_http_owncloud_xml_feed(reader->xml, p, len));
}


ngx_int_t
ngx_http_owncloud_ocs_xml_finish(ngx_http_owncloud_ocs_xml_t *reader)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_ocs_xml_result(reader,
                                  ngx_http_owncloud_xml_finish(reader->xml));

    ngx_http_owncloud_xml_free(reader->xml);

    return rc;
}


static ngx_int_t
ngx_http_owncloud_ocs_xml_result(ngx_http_owncloud_ocs_xml_t *reader,
    ngx_int_t rc)
{
    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_xml_error(reader->xml)
        == NGX_HTTP_OWNCLOUD_XML_MEMORY)
    {
        reader->nomem = 1;
    }

    return reader->nomem ? NGX_ERROR : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_ocs_xml_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    ngx_http_owncloud_ocs_xml_t *reader = data;

    if (depth == 0) {
        return (id == NGX_HTTP_OWNCLOUD_OCS_XML_ROOT) ? NGX_OK : NGX_ERROR;
    }

    if (depth == 1) {
        reader->meta = (id == NGX_HTTP_OWNCLOUD_OCS_XML_META);
        reader->data = (id == NGX_HTTP_OWNCLOUD_OCS_XML_DATA);

        /*
         * a share just created is "data" itself, without an element around it
         */

        if (reader->data) {
            ngx_http_owncloud_ocs_xml_object(reader, 1);
        }

        return NGX_OK;
    }

    if (depth == 2 && reader->data && id == NGX_HTTP_OWNCLOUD_OCS_XML_ITEM) {
        ngx_http_owncloud_ocs_xml_object(reader, 2);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_ocs_xml_end(void *data, ngx_uint_t id, ngx_uint_t depth,
    ngx_str_t *text)
{
    ngx_http_owncloud_ocs_xml_t *reader = data;

    if (reader->data) {
        return ngx_http_owncloud_ocs_xml_share_end(reader, id, depth, text);
    }

    if (!reader->meta || depth != 2) {
        return NGX_OK;
    }

    if (id == NGX_HTTP_OWNCLOUD_OCS_XML_CODE) {
        return ngx_http_owncloud_ocs_xml_copy(reader, text, reader->code);
    }

    if (id == NGX_HTTP_OWNCLOUD_OCS_XML_TEXT) {
        return ngx_http_owncloud_ocs_xml_copy(reader, text,
                                              &reader->ocs->message);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_ocs_xml_share_end(ngx_http_owncloud_ocs_xml_t *reader,
    ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    if (depth == 1) {
        reader->data = 0;
    }

    if (reader->object && depth == reader->object) {

        reader->object = 0;

        rc = ngx_http_owncloud_ocs_share(reader->ocs, reader->values,
                                         reader->cut);

        reader->enough = (rc == NGX_DONE);
        reader->nomem = (rc == NGX_ERROR);

        return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
    }

    if (reader->object == 0 || depth != reader->object + 1
        || id < NGX_HTTP_OWNCLOUD_OCS_XML_VALUE)
    {
        return NGX_OK;
    }

    if (ngx_http_owncloud_xml_cut(reader->xml)) {
        reader->cut = 1;
        return NGX_OK;
    }

    i = id - NGX_HTTP_OWNCLOUD_OCS_XML_VALUE;

    return ngx_http_owncloud_ocs_xml_copy(reader, text, &reader->values[i]);
}


static void
ngx_http_owncloud_ocs_xml_object(ngx_http_owncloud_ocs_xml_t *reader,
    ngx_uint_t depth)
{
    if (reader->enough) {
        return;
    }

    reader->object = depth;
    reader->cut = 0;

    ngx_memzero(reader->values, sizeof(reader->values));
}


static ngx_int_t
ngx_http_owncloud_ocs_xml_copy(ngx_http_owncloud_ocs_xml_t *reader,
    ngx_str_t *text, ngx_str_t *copy)
{
    copy->len = text->len;
    copy->data = ngx_pnalloc(reader->pool, text->len + 1);

    if (copy->data == NULL) {
        reader->nomem = 1;
        return NGX_ERROR;
    }

    ngx_memcpy(copy->data, text->data, text->len);

    return NGX_OK;
}
