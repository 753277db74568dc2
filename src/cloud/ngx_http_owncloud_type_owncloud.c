
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_type.h"


static ngx_int_t ngx_http_owncloud_type_owncloud_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_http_owncloud_search_request_t *search,
    ngx_str_t *body);
static ngx_int_t ngx_http_owncloud_type_owncloud_preview(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_str_t *user, ngx_str_t *path,
    ngx_str_t *uri);


/* ownCloud 10 and 11; tokens cannot be revoked */

ngx_http_owncloud_type_t  ngx_http_owncloud_type_owncloud = {
    { ngx_string("owncloud"), ngx_null_string, ngx_null_string },
    ngx_null_string,
    "index.php/apps/oauth2/authorize",
    "index.php/apps/oauth2/api/v1/token",
    "remote.php/webdav/",
    "ocs/v2.php/",
    NULL,
    NULL,
    "index.php/f/",
    NGX_HTTP_OWNCLOUD_AT_WEBDAV, "REPORT",
    ngx_http_owncloud_type_owncloud_search,
    NGX_HTTP_OWNCLOUD_AT_DAV, ngx_http_owncloud_type_owncloud_preview, 1, 0,
    ngx_http_owncloud_type_link_php
};


static ngx_int_t
ngx_http_owncloud_type_owncloud_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_http_owncloud_search_request_t *search,
    ngx_str_t *body)
{
    search->base = *url;

    return ngx_http_owncloud_search_request_report(pool, search, body);
}


/* previews have the URLs of the files */

static ngx_int_t
ngx_http_owncloud_type_owncloud_preview(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_str_t *user, ngx_str_t *path,
    ngx_str_t *uri)
{
    ngx_str_t  name, file;

    if (ngx_http_owncloud_uri_escape(pool, user, &name, 1) != NGX_OK
        || ngx_http_owncloud_uri_escape(pool, path, &file, 0) != NGX_OK)
    {
        return NGX_ERROR;
    }

    uri->data = ngx_pnalloc(pool, url->path.len + name.len + file.len
                                  + sizeof("files/?preview=1"
                                           NGX_HTTP_OWNCLOUD_TYPE_PREVIEW));
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    uri->len = ngx_sprintf(uri->data, "%Vfiles/%V%V?preview=1"
                           NGX_HTTP_OWNCLOUD_TYPE_PREVIEW,
                           &url->path, &name, &file)
               - uri->data;

    return NGX_OK;
}
