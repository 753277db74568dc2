
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_cookie_text.h"
#include "ngx_http_owncloud_uri.h"


ngx_int_t
ngx_http_owncloud_cookie_next(ngx_str_t *rest, ngx_str_t *name,
    ngx_str_t *value)
{
    u_char  *p, *last, *end, *eq;

    p = rest->data;
    last = p + rest->len;

    while (p < last && (*p == ' ' || *p == ';' || (*p >= '\t' && *p <= '\r')))
    {
        p++;
    }

    if (p == last) {
        return NGX_DONE;
    }

    /* memchr() is fast, and each request looks for several cookies */

    end = memchr(p, ';', last - p);
    if (end == NULL) {
        end = last;
    }

    eq = memchr(p, '=', end - p);

    name->data = p;
    name->len = (eq ? eq : end) - p;

    value->data = eq ? eq + 1 : end;
    value->len = end - value->data;

    rest->data = end;
    rest->len = last - end;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_cookie_in(ngx_str_t *header, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_str_t  rest, key;

    rest = *header;

    while (ngx_http_owncloud_cookie_next(&rest, &key, value) == NGX_OK) {

        if (key.len != name->len
            || ngx_strncmp(key.data, name->data, key.len) != 0)
        {
            continue;
        }

        if (value->len > 1 && value->data[0] == '"'
            && value->data[value->len - 1] == '"')
        {
            value->data++;
            value->len -= 2;
        }

        return NGX_OK;
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_cookie_decode(ngx_pool_t *pool, ngx_str_t *value)
{
    u_char     *p;
    ngx_str_t   decoded;

    if (ngx_strlchr(value->data, value->data + value->len, '%') == NULL) {
        return NGX_OK;
    }

    /* decoding never makes it longer */

    p = ngx_pnalloc(pool, value->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_uri_unescape(p, value, &decoded) == NGX_OK) {
        *value = decoded;
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_cookie_ours(ngx_str_t *name)
{
    u_char  *p;
    size_t   len;

    p = name->data;
    len = name->len;

    if (len > sizeof("__Secure-") - 1
        && ngx_strncmp(p, "__Secure-", sizeof("__Secure-") - 1) == 0)
    {
        p += sizeof("__Secure-") - 1;
        len -= sizeof("__Secure-") - 1;
    }

    return (len > sizeof(NGX_HTTP_OWNCLOUD_COOKIE) - 1
            && ngx_strncmp(p, NGX_HTTP_OWNCLOUD_COOKIE,
                           sizeof(NGX_HTTP_OWNCLOUD_COOKIE) - 1)
               == 0);
}


ngx_int_t
ngx_http_owncloud_cookie_strip(ngx_pool_t *pool, ngx_str_t *value)
{
    u_char     *p, *start, *from;
    ngx_str_t   rest, name, v;

    if (ngx_strlcasestrn(value->data, value->data + value->len,
                         (u_char *) NGX_HTTP_OWNCLOUD_COOKIE,
                         sizeof(NGX_HTTP_OWNCLOUD_COOKIE) - 2)
        == NULL)
    {
        return NGX_OK;
    }

    /*
     * Each remaining cookie is copied once, together with the separator before
     * it, so the result is at most as long as the original, plus the NUL.
     */

    start = ngx_pnalloc(pool, value->len + 1);
    if (start == NULL) {
        return NGX_ERROR;
    }

    p = start;
    rest = *value;

    for ( ;; ) {

        from = rest.data;

        if (ngx_http_owncloud_cookie_next(&rest, &name, &v) != NGX_OK) {
            break;
        }

        if (ngx_http_owncloud_cookie_ours(&name)) {
            continue;
        }

        if (p == start) {
            from = name.data;
        }

        p = ngx_cpymem(p, from, v.data + v.len - from);
    }

    *p = '\0';

    value->data = start;
    value->len = p - start;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_cookie_part(u_char *buf, ngx_str_t *id, ngx_uint_t secure,
    ngx_uint_t part, ngx_str_t *name)
{
    u_char  *p;

    if (id->len > NGX_HTTP_OWNCLOUD_COOKIE_ID
        || part >= NGX_HTTP_OWNCLOUD_COOKIE_PARTS)
    {
        return NGX_DECLINED;
    }

    p = buf;

    if (secure) {
        p = ngx_cpymem(p, "__Secure-", sizeof("__Secure-") - 1);
    }

    p = ngx_cpymem(p, NGX_HTTP_OWNCLOUD_COOKIE,
                   sizeof(NGX_HTTP_OWNCLOUD_COOKIE) - 1);
    p = ngx_cpymem(p, id->data, id->len);

    if (part) {
        *p++ = '~';
        *p++ = (u_char) ('0' + part);
    }

    name->data = buf;
    name->len = p - buf;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_cookie_join(ngx_pool_t *pool, ngx_str_t *part, ngx_uint_t n,
    ngx_str_t *value)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i, used;

    len = 0;
    used = 0;

    while (used < n && part[used].data) {

        len += part[used].len;

        if (part[used++].len < NGX_HTTP_OWNCLOUD_COOKIE_SIZE) {
            break;
        }
    }

    if (len == 0) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;
    value->len = len;

    for (i = 0; i < used; i++) {
        p = ngx_cpymem(p, part[i].data, part[i].len);
    }

    return NGX_OK;
}
