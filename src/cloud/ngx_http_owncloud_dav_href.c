
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_response.h"


static ngx_uint_t ngx_http_owncloud_dav_href_name(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *path);
static ngx_uint_t ngx_http_owncloud_dav_href_fault(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *href);


ngx_int_t
ngx_http_owncloud_dav_href(ngx_http_owncloud_dav_t *dav, ngx_str_t *text)
{
    ngx_str_t  path;

    if (dav->href != NGX_HTTP_OWNCLOUD_HREF_NONE
        || ngx_http_owncloud_xml_cut(dav->xml))
    {
        /* several hrefs share a status, none of them has properties */

        dav->href = NGX_HTTP_OWNCLOUD_HREF_BROKEN;
        return NGX_OK;
    }

    if (dav->buf == NULL) {

        dav->buf = ngx_pnalloc(dav->pool, NGX_HTTP_OWNCLOUD_DAV_TEXT);
        if (dav->buf == NULL) {
            dav->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
            return NGX_ERROR;
        }
    }

    ngx_http_owncloud_dav_trim(text);

    if (text->len <= NGX_HTTP_OWNCLOUD_DAV_TEXT
        && ngx_http_owncloud_href_path(dav->base, text, dav->buf, &path)
           == NGX_OK)
    {
        dav->href = ngx_http_owncloud_dav_href_name(dav, &path);

    } else {
        dav->href = ngx_http_owncloud_dav_href_fault(dav, text);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_dav_href_name(ngx_http_owncloud_dav_t *dav, ngx_str_t *path)
{
    u_char  *p, *last;
    size_t   len;

    p = path->data;
    len = path->len;

    dav->slash = (len && p[len - 1] == '/');
    len -= dav->slash;

    if (len + 1 == dav->folder.len
        && ngx_memcmp(p, dav->folder.data, len) == 0)
    {
        return NGX_HTTP_OWNCLOUD_HREF_FOLDER;
    }

    if (len <= dav->folder.len
        || ngx_memcmp(p, dav->folder.data, dav->folder.len) != 0)
    {
        return NGX_HTTP_OWNCLOUD_HREF_FOREIGN;
    }

    last = p + len;
    p += dav->folder.len;

    dav->name.data = p;
    dav->name.len = last - p;
    dav->title = 0;

    if (dav->search) {

        if (len + 1 > NGX_HTTP_OWNCLOUD_DAV_PATH) {
            return NGX_HTTP_OWNCLOUD_HREF_BROKEN;
        }

        for (p = last; p > dav->name.data && p[-1] != '/'; p--) { /* void */ }

        dav->title = p - dav->name.data;

    } else if (ngx_strlchr(p, last, '/') != NULL) {
        return NGX_HTTP_OWNCLOUD_HREF_FOREIGN;
    }

    return (last - p > NGX_HTTP_OWNCLOUD_DAV_NAME)
           ? NGX_HTTP_OWNCLOUD_HREF_BROKEN : NGX_HTTP_OWNCLOUD_HREF_CHILD;
}


static ngx_uint_t
ngx_http_owncloud_dav_href_fault(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *href)
{
    ngx_str_t  plain;

    if (href->len == 0 || href->len > NGX_HTTP_OWNCLOUD_DAV_TEXT
        || ngx_http_owncloud_uri_unescape(dav->buf, href, &plain) != NGX_OK
        || !ngx_http_owncloud_utf8_valid(plain.data, plain.len))
    {
        return NGX_HTTP_OWNCLOUD_HREF_BROKEN;
    }

    return NGX_HTTP_OWNCLOUD_HREF_FOREIGN;
}


ngx_uint_t
ngx_http_owncloud_dav_hit(ngx_http_owncloud_dav_t *dav)
{
    u_char  *p, *last, *text;
    size_t   len;

    if (dav->text == NULL) {
        return 1;
    }

    text = dav->text->data;
    len = dav->text->len;

    p = dav->name.data + dav->title;
    last = dav->name.data + dav->name.len;

    for ( /* void */ ; (size_t) (last - p) >= len; p++) {
        if (ngx_strncasecmp(p, text, len) == 0) {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_owncloud_dav_trim(ngx_str_t *text)
{
    while (text->len && text->data[0] <= ' ') {
        text->data++;
        text->len--;
    }

    while (text->len && text->data[text->len - 1] <= ' ') {
        text->len--;
    }
}
