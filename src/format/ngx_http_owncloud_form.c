
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_form.h"


static u_char *ngx_http_owncloud_form_decode(u_char *dst, u_char *p,
    u_char *last, ngx_str_t *value);


ngx_int_t
ngx_http_owncloud_form_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_uint_t max, ngx_array_t *fields)
{
    u_char        *p, *dst, *end, *last, *equal;
    ngx_uint_t     n;
    ngx_keyval_t  *field;

    if (ngx_array_init(fields, pool, 8, sizeof(ngx_keyval_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    if (text->len == 0) {
        return NGX_OK;
    }

    dst = ngx_pnalloc(pool, text->len);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    last = text->data + text->len;

    for (p = text->data, n = 0; p < last; p = end + 1, n++) {

        /* fields without a name count, too, as for PHP's max_input_vars */

        if (n == max) {
            return NGX_DECLINED;
        }

        end = ngx_strlchr(p, last, '&');
        if (end == NULL) {
            end = last;
        }

        equal = ngx_strlchr(p, end, '=');
        if (equal == NULL) {
            equal = end;
        }

        if (equal == p) {
            continue;
        }

        field = ngx_array_push(fields);
        if (field == NULL) {
            return NGX_ERROR;
        }

        dst = ngx_http_owncloud_form_decode(dst, p, equal, &field->key);

        if (equal < end) {
            equal++;
        }

        dst = ngx_http_owncloud_form_decode(dst, equal, end, &field->value);
    }

    return NGX_OK;
}


static u_char *
ngx_http_owncloud_form_decode(u_char *dst, u_char *p, u_char *last,
    ngx_str_t *value)
{
    ngx_int_t  n;

    value->data = dst;

    for ( /* void */ ; p < last; p++) {

        if (*p == '+') {
            *dst++ = ' ';
            continue;
        }

        if (*p == '%' && last - p > 2) {
            n = ngx_hextoi(p + 1, 2);

            if (n != NGX_ERROR) {
                *dst++ = (u_char) n;
                p += 2;
                continue;
            }
        }

        *dst++ = *p;
    }

    value->len = dst - value->data;

    return dst;
}


ngx_str_t *
ngx_http_owncloud_form_get(ngx_array_t *fields, char *name)
{
    size_t         len;
    ngx_uint_t     i;
    ngx_keyval_t  *field;

    len = ngx_strlen(name);
    field = fields->elts;

    for (i = fields->nelts; i > 0; i--) {

        if (field[i - 1].key.len == len
            && ngx_memcmp(field[i - 1].key.data, name, len) == 0)
        {
            return &field[i - 1].value;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_owncloud_form_encode(ngx_pool_t *pool, ngx_keyval_t *fields,
    ngx_uint_t n, ngx_str_t *text)
{
    u_char      *p;
    size_t       len;
    ngx_str_t   *key, *value;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        key = &fields[i].key;
        value = &fields[i].value;

        if (value->data == NULL) {
            continue;
        }

        len += key->len + value->len + sizeof("=&") - 1
               + 2 * ngx_escape_uri(NULL, key->data, key->len,
                                    NGX_ESCAPE_URI_COMPONENT)
               + 2 * ngx_escape_uri(NULL, value->data, value->len,
                                    NGX_ESCAPE_URI_COMPONENT);
    }

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < n; i++) {
        key = &fields[i].key;
        value = &fields[i].value;

        if (value->data == NULL) {
            continue;
        }

        if (p != text->data) {
            *p++ = '&';
        }

        p = (u_char *) ngx_escape_uri(p, key->data, key->len,
                                      NGX_ESCAPE_URI_COMPONENT);
        *p++ = '=';
        p = (u_char *) ngx_escape_uri(p, value->data, value->len,
                                      NGX_ESCAPE_URI_COMPONENT);
    }

    text->len = p - text->data;

    return NGX_OK;
}
