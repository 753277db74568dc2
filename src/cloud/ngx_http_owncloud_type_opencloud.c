
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_type.h"


static ngx_int_t ngx_http_owncloud_type_opencloud_link(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url);


/*
 * OpenCloud and ownCloud Infinite Scale.  Tokens cannot be revoked.  A search
 * returns paths in spaces, not below the WebDAV endpoint.
 */

ngx_http_owncloud_type_t  ngx_http_owncloud_type_opencloud = {
    { ngx_string("opencloud"), ngx_string("infinite scale"),
      ngx_null_string },
    ngx_string("openid profile email offline_access"),
    "signin/v1/identifier/_/authorize",
    "konnect/v1/token",
    "remote.php/webdav/",
    "ocs/v2.php/",
    NULL,
    NULL,
    "f/",
    NGX_HTTP_OWNCLOUD_AT_NONE, NULL, NULL,
    NGX_HTTP_OWNCLOUD_AT_NONE, NULL, 0, 0,
    ngx_http_owncloud_type_opencloud_link
};


/* "/s/TOKEN/download" is an HTML page there */

static ngx_int_t
ngx_http_owncloud_type_opencloud_link(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url)
{
    ngx_str_t  file;

    if (ngx_http_owncloud_uri_escape(pool, name, &file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    url->data = ngx_pnalloc(pool, base->text.len + share->token.len + file.len
                                  + sizeof("remote.php/dav/public-files//"));
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    url->len = ngx_sprintf(url->data, "%Vremote.php/dav/public-files/%V/%V",
                           &base->text, &share->token, &file)
               - url->data;

    return NGX_OK;
}
