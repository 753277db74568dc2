
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_entry.h"


static ngx_int_t ngx_http_owncloud_dav_href_alike(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_dav_href_prefix(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *text);
static ngx_uint_t ngx_http_owncloud_dav_href_name(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *path);
static ngx_uint_t ngx_http_owncloud_dav_href_fault(
    ngx_http_owncloud_dav_t *dav, ngx_str_t *href);


/* printable ASCII characters that need no decoding in a path */

static uint32_t  ngx_http_owncloud_dav_plain[] = {
    0x00000000,

                /* ?>=< ;:98 7654 3210  /.-, +*)( '&%$ #"!  */
    0x7fff7fd6, /* 0111 1111 1111 1111  0111 1111 1101 0110 */

                /* _^]\ [ZYX WVUT SRQP  ONML KJIH GFED CBA@ */
    0xffffffff, /* 1111 1111 1111 1111  1111 1111 1111 1111 */

                /*  ~}| {zyx wvut srqp  onml kjih gfed cba` */
    0x7fffffff, /* 0111 1111 1111 1111  1111 1111 1111 1111 */

    0x00000000, 0x00000000, 0x00000000, 0x00000000
};


ngx_int_t
ngx_http_owncloud_dav_href(void *data, ngx_str_t *text)
{
    ngx_http_owncloud_dav_t *dav = data;

    ngx_str_t  path;

    if (dav->buf == NULL) {

        dav->buf = ngx_pnalloc(dav->pool, NGX_HTTP_OWNCLOUD_DAV_TEXT);
        if (dav->buf == NULL) {
            dav->response.error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
            return NGX_ERROR;
        }
    }

    if (dav->prefix.len
        && ngx_http_owncloud_dav_href_alike(dav, text) == NGX_OK)
    {
        dav->response.href = NGX_HTTP_OWNCLOUD_HREF_CHILD;
        return NGX_OK;
    }

    if (text->len <= NGX_HTTP_OWNCLOUD_DAV_TEXT
        && ngx_http_owncloud_href_path(dav->base, text, dav->buf, &path)
           == NGX_OK)
    {
        dav->response.href = ngx_http_owncloud_dav_href_name(dav, &path);

        return ngx_http_owncloud_dav_href_prefix(dav, text);
    }

    dav->response.href = ngx_http_owncloud_dav_href_fault(dav, text);

    return NGX_OK;
}


/*
 * All hrefs of a listing start with the path of the folder.  Once that has
 * been verified, only the name is examined, with the same checks as in
 * ngx_http_owncloud_href_path().
 */

static ngx_int_t
ngx_http_owncloud_dav_href_alike(ngx_http_owncloud_dav_t *dav, ngx_str_t *text)
{
    u_char     *p, *last, *dst;
    ngx_str_t   raw;

    if (text->len <= dav->prefix.len
        || text->len > dav->prefix.len + NGX_HTTP_OWNCLOUD_DAV_NAME
        || ngx_memcmp(text->data, dav->prefix.data, dav->prefix.len) != 0)
    {
        return NGX_DECLINED;
    }

    p = text->data + dav->prefix.len;
    last = text->data + text->len;

    dav->slash = (last[-1] == '/');
    last -= dav->slash;

    dst = dav->buf;

    while (p < last) {

        if (ngx_http_owncloud_dav_plain[*p >> 5] & (1U << (*p & 0x1f))) {
            *dst++ = *p++;
            continue;
        }

        if (*p != '%' || last - p < 3) {
            return NGX_DECLINED;
        }

        raw.data = p;
        raw.len = 3;

        if (ngx_http_owncloud_uri_unescape(dst, &raw, &raw) != NGX_OK
            || *dst == '/')
        {
            return NGX_DECLINED;
        }

        dst++;
        p += 3;
    }

    dav->name.data = dav->buf;
    dav->name.len = dst - dav->buf;
    dav->title = 0;

    /* the full check handles an empty name, "." and ".." */

    return (dav->name.len > 2
            && ngx_http_owncloud_utf8_valid(dav->name.data, dav->name.len))
           ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_dav_href_prefix(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *text)
{
    u_char  *p;

    if (dav->response.href != NGX_HTTP_OWNCLOUD_HREF_CHILD
        || dav->search || dav->prefix.len)
    {
        return NGX_OK;
    }

    for (p = text->data + text->len - dav->slash; p[-1] != '/'; p--) {
        /* void */
    }

    dav->prefix.data = ngx_pnalloc(dav->pool, p - text->data);
    if (dav->prefix.data == NULL) {
        dav->response.error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    dav->prefix.len = p - text->data;
    ngx_memcpy(dav->prefix.data, text->data, dav->prefix.len);

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
