
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_response.h"


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


off_t
ngx_http_owncloud_dav_size(ngx_str_t *text)
{
    ngx_http_owncloud_dav_trim(text);

    return ngx_atoof(text->data, text->len);
}


ngx_uint_t
ngx_http_owncloud_dav_status(ngx_str_t *text)
{
    u_char     *p, *last;
    ngx_int_t   status;

    static ngx_str_t  ok = ngx_string("HTTP/1.1 200 OK");

    if (text->len == ok.len
        && ngx_memcmp(text->data, ok.data, ok.len) == 0)
    {
        return NGX_HTTP_OWNCLOUD_DAV_OK;
    }

    ngx_http_owncloud_dav_trim(text);

    last = text->data + text->len;

    p = ngx_strlchr(text->data, last, ' ');

    if (p == NULL || last - p < 4 || (last - p > 4 && p[4] != ' ')) {
        return 0;
    }

    status = ngx_atoi(p + 1, 3);

    return (status == NGX_ERROR) ? 0 : status;
}


time_t
ngx_http_owncloud_dav_time(ngx_str_t *text)
{
    u_char     *zone;
    time_t      t;
    ngx_int_t   hours, minutes;

    t = ngx_parse_http_time(text->data, text->len);

    if (t < 0) {
        return -1;
    }

    zone = text->data + text->len - 5;

    if (*zone != '+' && *zone != '-') {
        return t;
    }

    hours = ngx_atoi(zone + 1, 2);
    minutes = ngx_atoi(zone + 3, 2);

    if (hours == NGX_ERROR || minutes == NGX_ERROR) {
        return -1;
    }

    minutes += hours * 60;
    t += (*zone == '+') ? -minutes * 60 : minutes * 60;

    return (t < 0) ? -1 : t;
}
