
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_type.h"


static ngx_uint_t ngx_http_owncloud_type_link_index(
    ngx_http_owncloud_url_t *url, ngx_http_owncloud_share_t *share);
static ngx_int_t ngx_http_owncloud_type_link_unknown(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url);


ngx_conf_enum_t  ngx_http_owncloud_type_names[] = {
    { ngx_string("owncloud"), NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD },
    { ngx_string("nextcloud"), NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD },
    { ngx_string("opencloud"), NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD },
    { ngx_null_string, 0 }
};


/* tries what any type supports, with the most common paths */

static ngx_http_owncloud_type_t  ngx_http_owncloud_type_unknown = {
    { ngx_null_string, ngx_null_string, ngx_null_string },
    ngx_null_string,
    "index.php/apps/oauth2/authorize",
    "index.php/apps/oauth2/api/v1/token",
    "remote.php/webdav/",
    "ocs/v2.php/",
    "core/apppassword",
    "index.php/core/preview.png",
    "index.php/f/",
    NGX_HTTP_OWNCLOUD_AT_NONE, NULL, NULL,
    NGX_HTTP_OWNCLOUD_AT_NONE, NULL, 0, 0,
    ngx_http_owncloud_type_link_unknown
};


/* in the order of ngx_http_owncloud_type_e */

static ngx_http_owncloud_type_t  *ngx_http_owncloud_types[] = {
    &ngx_http_owncloud_type_unknown,
    &ngx_http_owncloud_type_owncloud,
    &ngx_http_owncloud_type_nextcloud,
    &ngx_http_owncloud_type_opencloud
};


ngx_http_owncloud_type_t *
ngx_http_owncloud_type(ngx_uint_t type)
{
    return ngx_http_owncloud_types[type];
}


ngx_uint_t
ngx_http_owncloud_type_product(ngx_str_t *name)
{
    ngx_str_t   *product;
    ngx_uint_t   type;

    for (type = 0; type < NGX_HTTP_OWNCLOUD_TYPES; type++) {

        product = ngx_http_owncloud_types[type]->products;

        for ( /* void */ ; product->len; product++) {

            if (name->len == product->len
                && ngx_strncasecmp(name->data, product->data, name->len) == 0)
            {
                return type;
            }
        }
    }

    return NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN;
}


ngx_int_t
ngx_http_owncloud_type_link_php(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url)
{
    url->data = ngx_pnalloc(pool, base->text.len + share->token.len
                                  + sizeof("index.php/s//download") - 1);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    url->len = ngx_sprintf(url->data, "%V%ss/%V/download", &base->text,
                           ngx_http_owncloud_type_link_index(base, share)
                           ? "index.php/" : "",
                           &share->token)
               - url->data;

    return NGX_OK;
}


/*
 * A server that needs "index.php" has it in the share's URL.  The host is not
 * compared: behind a proxy, the server may use another name for itself.
 */

static ngx_uint_t
ngx_http_owncloud_type_link_index(ngx_http_owncloud_url_t *url,
    ngx_http_owncloud_share_t *share)
{
    u_char     *p, *last;
    ngx_str_t  *base, *token;

    static ngx_str_t  middle = ngx_string("index.php/s/");

    base = &url->path;
    token = &share->token;

    if (share->url.len < sizeof("http://") - 1) {
        return 0;
    }

    last = share->url.data + share->url.len;

    p = ngx_strlcasestrn(share->url.data, last, (u_char *) "://", 3 - 1);

    if (p == NULL) {
        return 0;
    }

    p = ngx_strlchr(p + sizeof("://") - 1, last, '/');

    if (p == NULL
        || (size_t) (last - p) != base->len + middle.len + token->len
        || ngx_memcmp(p, base->data, base->len) != 0)
    {
        return 0;
    }

    p += base->len;

    return ngx_memcmp(p, middle.data, middle.len) == 0
           && ngx_memcmp(p + middle.len, token->data, token->len) == 0;
}


/* the id of a link is a number except on OpenCloud */

static ngx_int_t
ngx_http_owncloud_type_link_unknown(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url)
{
    size_t  i;

    for (i = 0; i < share->id.len; i++) {

        if (share->id.data[i] < '0' || share->id.data[i] > '9') {
            return ngx_http_owncloud_type_opencloud.link(pool, base, share,
                                                         name, url);
        }
    }

    return ngx_http_owncloud_type_link_php(pool, base, share, name, url);
}
