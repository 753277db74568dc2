
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_type.h"


static ngx_int_t ngx_http_owncloud_type_nextcloud_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_http_owncloud_search_request_t *search,
    ngx_str_t *body);
static ngx_int_t ngx_http_owncloud_type_nextcloud_preview(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_str_t *user, ngx_str_t *path,
    ngx_str_t *uri);


ngx_http_owncloud_type_t  ngx_http_owncloud_type_nextcloud = {
    { ngx_string("nextcloud"), ngx_null_string, ngx_null_string },
    ngx_null_string,
    "index.php/apps/oauth2/authorize",
    "index.php/apps/oauth2/api/v1/token",
    "remote.php/webdav/",
    "ocs/v2.php/",
    "core/apppassword",
    "index.php/core/preview.png",
    "index.php/f/",
    NGX_HTTP_OWNCLOUD_AT_DAV, "SEARCH",
    ngx_http_owncloud_type_nextcloud_search,
    NGX_HTTP_OWNCLOUD_AT_PREVIEW, ngx_http_owncloud_type_nextcloud_preview,
    0, 1,
    ngx_http_owncloud_type_link_php
};


/* hits are below the user's folder in "files/" */

static ngx_int_t
ngx_http_owncloud_type_nextcloud_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_http_owncloud_search_request_t *search,
    ngx_str_t *body)
{
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t   user;

    if (search->user.len == 0) {
        return NGX_ABORT;
    }

    rc = ngx_http_owncloud_search_request_body(pool, search, body);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_owncloud_uri_escape(pool, &search->user, &user, 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(pool, url->path.len + sizeof("files//") - 1 + user.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    search->base = *url;
    search->base.path.data = p;
    search->base.path.len = ngx_sprintf(p, "%Vfiles/%V/", &url->path, &user)
                            - p;

    return NGX_OK;
}


/* forceIcon=0: an icon from the server is not a preview */

static ngx_int_t
ngx_http_owncloud_type_nextcloud_preview(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url, ngx_str_t *user, ngx_str_t *path,
    ngx_str_t *uri)
{
    ngx_str_t  file;

    if (ngx_http_owncloud_uri_escape(pool, path, &file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    uri->data = ngx_pnalloc(pool, url->path.len + file.len
                                  + sizeof("?file=&forceIcon=0"
                                           NGX_HTTP_OWNCLOUD_TYPE_PREVIEW));
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    uri->len = ngx_sprintf(uri->data, "%V?file=%V"
                           NGX_HTTP_OWNCLOUD_TYPE_PREVIEW "&forceIcon=0",
                           &url->path, &file)
               - uri->data;

    return NGX_OK;
}
