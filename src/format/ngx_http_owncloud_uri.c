
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


/* not a byte: marks an invalid encoding */

#define NGX_HTTP_OWNCLOUD_URI_BROKEN  256


static u_char *ngx_http_owncloud_href_origin(ngx_http_owncloud_url_t *base,
    u_char *p, u_char *last);
static u_char *ngx_http_owncloud_href_base(ngx_http_owncloud_url_t *base,
    u_char *p, u_char *last);
static ngx_uint_t ngx_http_owncloud_uri_dots(u_char *p, size_t len);
static ngx_uint_t ngx_http_owncloud_uri_byte(u_char **pp, u_char *last);
static ngx_int_t ngx_http_owncloud_uri_hex(u_char ch);


/* ALPHA, DIGIT, "-", ".", "_", "~" */

static uint32_t  ngx_http_owncloud_uri_unreserved[] = {
    0x00000000,
    0x03ff6000,
    0x87fffffe,
    0x47fffffe,
    0x00000000,
    0x00000000,
    0x00000000,
    0x00000000
};


ngx_int_t
ngx_http_owncloud_uri_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped, ngx_uint_t slashes)
{
    u_char   ch, *p, *src, *last;
    size_t   n;

    static u_char  hex[] = "0123456789ABCDEF";

#define ngx_http_owncloud_uri_plain(ch)                                       \
    ((ngx_http_owncloud_uri_unreserved[(ch) >> 5] & (1U << ((ch) & 0x1f)))    \
     || ((ch) == '/' && !slashes))

    last = text->data + text->len;
    n = 0;

    for (src = text->data; src < last; src++) {
        if (!ngx_http_owncloud_uri_plain(*src)) {
            n++;
        }
    }

    p = ngx_pnalloc(pool, text->len + 2 * n + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    escaped->data = p;
    escaped->len = text->len + 2 * n;

    for (src = text->data; src < last; src++) {
        ch = *src;

        if (ngx_http_owncloud_uri_plain(ch)) {
            *p++ = ch;
            continue;
        }

        *p++ = '%';
        *p++ = hex[ch >> 4];
        *p++ = hex[ch & 0xf];
    }

#undef ngx_http_owncloud_uri_plain

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_uri_unescape(u_char *dst, ngx_str_t *src, ngx_str_t *plain)
{
    u_char      *p, *start, *last;
    ngx_uint_t   ch;

    p = src->data;
    last = p + src->len;
    start = dst;

    while (p < last) {
        ch = ngx_http_owncloud_uri_byte(&p, last);

        if (ch == '\0' || ch == NGX_HTTP_OWNCLOUD_URI_BROKEN) {
            return NGX_DECLINED;
        }

        *dst++ = (u_char) ch;
    }

    plain->data = start;
    plain->len = dst - start;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_path_normalize(ngx_pool_t *pool, ngx_str_t *path,
    ngx_str_t *folder)
{
    u_char  *p, *src, *last, *segment;

    if (!ngx_http_owncloud_utf8_valid(path->data, path->len)) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, path->len + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    folder->data = p;
    *p++ = '/';

    src = path->data;
    last = src + path->len;

    while (src < last) {

        for (segment = p; src < last && *src != '/'; src++) {
            if (*src == '\0') {
                return NGX_DECLINED;
            }

            *p++ = *src;
        }

        src++;

        if (p == segment) {
            continue;
        }

        if (ngx_http_owncloud_uri_dots(segment, p - segment)) {
            return NGX_DECLINED;
        }

        *p++ = '/';
    }

    folder->len = p - folder->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_href_path(ngx_http_owncloud_url_t *base, ngx_str_t *href,
    u_char *dst, ngx_str_t *path)
{
    u_char      *p, *raw, *last, *segment;
    ngx_uint_t   ch;

    last = href->data + href->len;

    p = ngx_http_owncloud_href_origin(base, href->data, last);

    if (p != NULL) {
        p = ngx_http_owncloud_href_base(base, p, last);
    }

    if (p == NULL) {
        return NGX_DECLINED;
    }

    path->data = dst;
    *dst++ = '/';
    segment = dst;

    for ( ;; ) {
        raw = p;
        ch = (p < last) ? ngx_http_owncloud_uri_byte(&p, last) : '/';

        if (ch != '/') {
            if (ch == '\0' || ch == NGX_HTTP_OWNCLOUD_URI_BROKEN
                || *raw == '?' || *raw == '#' || *raw < 0x20 || *raw == 0x7f)
            {
                return NGX_DECLINED;
            }

            *dst++ = (u_char) ch;
            continue;
        }

        if (ngx_http_owncloud_uri_dots(segment, dst - segment)) {
            return NGX_DECLINED;
        }

        if (raw == last) {
            break;
        }

        /* an encoded slash, or an empty segment */

        if (*raw != '/' || dst == segment) {
            return NGX_DECLINED;
        }

        *dst++ = '/';
        segment = dst;
    }

    path->len = dst - path->data;

    return ngx_http_owncloud_utf8_valid(path->data, path->len) ? NGX_OK
                                                               : NGX_DECLINED;
}


/*
 * Skips the origin.  Returns the start of the path, or NULL if the origin
 * differs.
 */

static u_char *
ngx_http_owncloud_href_origin(ngx_http_owncloud_url_t *base, u_char *p,
    u_char *last)
{
    size_t      len;
    u_char     *port;
    ngx_int_t   n;

    if (p < last && *p == '/') {
        return p;
    }

    len = base->tls ? sizeof("https://") - 1 : sizeof("http://") - 1;

    if ((size_t) (last - p) < len + base->host.len
        || ngx_strncasecmp(p, (u_char *) (base->tls ? "https://" : "http://"),
                           len)
           != 0
        || ngx_strncasecmp(p + len, base->host.data, base->host.len) != 0)
    {
        return NULL;
    }

    p += len + base->host.len;
    n = base->tls ? 443 : 80;

    if (p < last && *p == ':') {

        for (port = ++p; p < last && *p >= '0' && *p <= '9'; p++) {
            /* void */
        }

        if (p != port) {
            n = ngx_atoi(port, p - port);
        }
    }

    if (p == last || *p != '/' || n != base->port) {
        return NULL;
    }

    return p;
}


/*
 * Skips the path of "base".  Decoded paths are compared, since servers differ
 * in what they encode.  Returns the rest, or NULL if the paths differ.
 */

static u_char *
ngx_http_owncloud_href_base(ngx_http_owncloud_url_t *base, u_char *p,
    u_char *last)
{
    u_char      *b, *raw, *end;
    ngx_uint_t   ch;

    b = base->path.data;
    end = b + base->path.len;

    while (b < end) {

        if (p == last) {

            /* the endpoint itself, without a trailing slash */

            return (end - b == 1 && *b == '/') ? p : NULL;
        }

        raw = p;
        ch = ngx_http_owncloud_uri_byte(&p, last);

        if (ch == NGX_HTTP_OWNCLOUD_URI_BROKEN
            || ch != ngx_http_owncloud_uri_byte(&b, end)
            || (ch == '/' && *raw != '/')
            || (ch == '?' && *raw == '?')
            || (ch == '#' && *raw == '#'))
        {
            return NULL;
        }
    }

    return p;
}


static ngx_uint_t
ngx_http_owncloud_uri_dots(u_char *p, size_t len)
{
    return (len == 1 && p[0] == '.')
           || (len == 2 && p[0] == '.' && p[1] == '.');
}


static ngx_uint_t
ngx_http_owncloud_uri_byte(u_char **pp, u_char *last)
{
    u_char     *p;
    ngx_int_t   hi, lo;

    p = *pp;

    if (*p != '%') {
        *pp = p + 1;
        return *p;
    }

    if (last - p < 3) {
        *pp = last;
        return NGX_HTTP_OWNCLOUD_URI_BROKEN;
    }

    hi = ngx_http_owncloud_uri_hex(p[1]);
    lo = ngx_http_owncloud_uri_hex(p[2]);

    *pp = p + 3;

    if (hi == NGX_ERROR || lo == NGX_ERROR) {
        return NGX_HTTP_OWNCLOUD_URI_BROKEN;
    }

    return (ngx_uint_t) (hi << 4 | lo);
}


static ngx_int_t
ngx_http_owncloud_uri_hex(u_char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    ch |= 0x20;

    if (ch >= 'a' && ch <= 'f') {
        return ch - 'a' + 10;
    }

    return NGX_ERROR;
}


ngx_uint_t
ngx_http_owncloud_utf8_valid(u_char *p, size_t len)
{
    u_char      *last, min, max;
    uint64_t     word;
    ngx_uint_t   n;

    last = p + len;

    while (p < last) {

        if (last - p >= 8) {
            ngx_memcpy(&word, p, 8);

            if ((word & 0x8080808080808080ULL) == 0) {
                p += 8;
                continue;
            }
        }

        if (*p < 0x80) {
            p++;
            continue;
        }

        /* the second byte rules out overlong forms and surrogates */

        min = 0x80;
        max = 0xbf;

        if (*p >= 0xc2 && *p <= 0xdf) {
            n = 1;

        } else if (*p >= 0xe0 && *p <= 0xef) {
            n = 2;
            min = (*p == 0xe0) ? 0xa0 : min;
            max = (*p == 0xed) ? 0x9f : max;

        } else if (*p >= 0xf0 && *p <= 0xf4) {
            n = 3;
            min = (*p == 0xf0) ? 0x90 : min;
            max = (*p == 0xf4) ? 0x8f : max;

        } else {
            return 0;
        }

        if ((size_t) (last - p) <= n || p[1] < min || p[1] > max) {
            return 0;
        }

        for (p += 2; --n; p++) {
            if ((*p & 0xc0) != 0x80) {
                return 0;
            }
        }
    }

    return 1;
}
