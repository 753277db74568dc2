
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_entry.h"


static ngx_int_t ngx_http_owncloud_dav_failed(ngx_http_owncloud_dav_t *dav);


ngx_str_t  ngx_http_owncloud_dav_propfind = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\"><d:prop>"
    "<d:getlastmodified/><d:getcontentlength/><d:resourcetype/>"
    "<d:getetag/></d:prop></d:propfind>"
);


ngx_str_t  ngx_http_owncloud_dav_propfind_previews = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\" xmlns:nc=\"http://nextcloud.org/ns\"><d:prop>"
    "<d:getlastmodified/><d:getcontentlength/><d:resourcetype/>"
    "<d:getetag/><nc:has-preview/></d:prop></d:propfind>"
);


ngx_str_t  ngx_http_owncloud_dav_propfind_etag = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\"><d:prop>"
    "<d:getetag/></d:prop></d:propfind>"
);


static ngx_http_owncloud_dav_handler_t  ngx_http_owncloud_dav_handler = {
    ngx_http_owncloud_dav_href,
    ngx_http_owncloud_dav_entry
};


ngx_http_owncloud_dav_t *
ngx_http_owncloud_dav_create(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
    ngx_str_t *folder, ngx_uint_t max_entries)
{
    ngx_http_owncloud_dav_t  *dav;

    dav = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_dav_t));
    if (dav == NULL) {
        return NULL;
    }

    dav->pool = pool;
    dav->base = base;
    dav->folder = *folder;
    dav->max_entries = max_entries;

    return (ngx_http_owncloud_dav_response_init(&dav->response, pool,
                                            &ngx_http_owncloud_dav_handler,
                                            dav)
            == NGX_OK) ? dav : NULL;
}


ngx_http_owncloud_dav_t *
ngx_http_owncloud_dav_search(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
    ngx_str_t *text, ngx_uint_t max_results)
{
    ngx_http_owncloud_dav_t  *dav;

    static ngx_str_t  root = ngx_string("/");

    dav = ngx_http_owncloud_dav_create(pool, base, &root, max_results);
    if (dav == NULL) {
        return NULL;
    }

    dav->search = 1;
    dav->text = text;

    return (ngx_http_owncloud_dav_hit_init(dav) == NGX_OK) ? dav : NULL;
}


ngx_int_t
ngx_http_owncloud_dav_feed(ngx_http_owncloud_dav_t *dav, u_char *p,
    size_t len)
{
    if (dav->response.error) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_xml_feed(dav->response.xml, p, len) != NGX_OK) {
        return ngx_http_owncloud_dav_failed(dav);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_dav_finish(ngx_http_owncloud_dav_t *dav)
{
    ngx_uint_t  root;

    if (dav->response.error) {
        return NGX_ERROR;
    }

    root = dav->response.root;

    if (ngx_http_owncloud_xml_finish(dav->response.xml) != NGX_OK) {

        /* a root that appears only now is a partial tag taken for a name */

        if (!dav->response.root_end
            && dav->response.root
            && (!root || ngx_http_owncloud_xml_error(dav->response.xml)
                         == NGX_HTTP_OWNCLOUD_XML_BROKEN))
        {
            dav->response.error = NGX_HTTP_OWNCLOUD_DAV_TRUNCATED;
            return NGX_ERROR;
        }

        return ngx_http_owncloud_dav_failed(dav);
    }

    ngx_http_owncloud_xml_free(dav->response.xml);
    dav->response.xml = NULL;

    /* the folder itself has a response, too, so none at all is an error */

    if (dav->n == 0 && !dav->seen && !dav->search) {
        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_NOT_DAV;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_failed(ngx_http_owncloud_dav_t *dav)
{
    if (dav->response.error == NGX_HTTP_OWNCLOUD_DAV_GOOD) {

        dav->response.error = (ngx_http_owncloud_xml_error(dav->response.xml)
                      == NGX_HTTP_OWNCLOUD_XML_MEMORY)
                     ? NGX_HTTP_OWNCLOUD_DAV_MEMORY
                     : NGX_HTTP_OWNCLOUD_DAV_NOT_XML;
    }

    return NGX_ERROR;
}


ngx_uint_t
ngx_http_owncloud_dav_error(ngx_http_owncloud_dav_t *dav)
{
    return dav->response.error;
}


void
ngx_http_owncloud_dav_etag(ngx_http_owncloud_dav_t *dav, ngx_str_t *etag)
{
    *etag = dav->etag;
}


ngx_uint_t
ngx_http_owncloud_dav_more(ngx_http_owncloud_dav_t *dav, ngx_uint_t asked)
{
    return dav->more || dav->hits >= asked;
}


ngx_uint_t
ngx_http_owncloud_dav_foreign(ngx_http_owncloud_dav_t *dav)
{
    return dav->response.foreign;
}


ngx_uint_t
ngx_http_owncloud_dav_broken(ngx_http_owncloud_dav_t *dav)
{
    return dav->response.broken;
}
