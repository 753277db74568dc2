
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_site.h"


ngx_int_t
ngx_http_owncloud_site_folder(ngx_pool_t *pool,
    ngx_http_owncloud_site_t *site, ngx_str_t *folder)
{
    u_char      *p;
    size_t       i;
    ngx_str_t   *root, *origin;

    static char  prefix[] = "/Moodle ";

    origin = &site->origin;
    root = &site->root;

    /* each byte of both yields one byte at most */

    p = ngx_pnalloc(pool, sizeof(prefix) + origin->len + root->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    folder->data = p;

    p = ngx_cpymem(p, prefix, sizeof(prefix) - 1);

    /* the last slash of "https://" remains and is dropped like others */

    for (i = sizeof("http://") - 1; i < origin->len; i++) {

        if (origin->data[i] != '/') {
            *p++ = (origin->data[i] == ':') ? '_' : origin->data[i];
        }
    }

    for (i = 0; i < root->len; i++) {
        *p++ = (root->data[i] == '/') ? '_' : root->data[i];
    }

    folder->len = ngx_min((size_t) (p - folder->data),
                          NGX_HTTP_OWNCLOUD_SITE_NAME);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_site_has(ngx_pool_t *pool, ngx_http_owncloud_site_t *site,
    ngx_str_t *path)
{
    ngx_str_t  folder;

    if (ngx_http_owncloud_site_folder(pool, site, &folder) != NGX_OK) {
        return NGX_ERROR;
    }

    return (path->len > folder.len && path->data[folder.len] == '/'
            && ngx_memcmp(path->data, folder.data, folder.len) == 0)
           ? NGX_OK : NGX_DECLINED;
}


ngx_uint_t
ngx_http_owncloud_site_below(ngx_str_t *root, ngx_str_t *path, char *prefix,
    ngx_str_t *rest)
{
    size_t  len;

    len = ngx_strlen(prefix);

    if (path->len <= root->len + len
        || ngx_memcmp(path->data, root->data, root->len) != 0
        || ngx_memcmp(path->data + root->len, prefix, len) != 0)
    {
        return 0;
    }

    rest->data = path->data + root->len + len;
    rest->len = path->len - root->len - len;

    return 1;
}
