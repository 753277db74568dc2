
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_range.h"


static ngx_int_t ngx_http_owncloud_range_number(u_char **p, u_char *last,
    off_t *number);


ngx_int_t
ngx_http_owncloud_range_read(ngx_str_t *value,
    ngx_http_owncloud_range_t *range)
{
    u_char  *p, *last;

    if (value->len < sizeof("bytes=") - 1
        || ngx_strncasecmp(value->data, (u_char *) "bytes=",
                           sizeof("bytes=") - 1)
           != 0)
    {
        return NGX_DECLINED;
    }

    p = value->data + sizeof("bytes=") - 1;
    last = value->data + value->len;

    range->first = -1;
    range->last = -1;

    if (p < last && *p != '-'
        && ngx_http_owncloud_range_number(&p, last, &range->first) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (p == last || *p++ != '-') {
        return NGX_DECLINED;
    }

    if (p == last) {
        return (range->first == -1) ? NGX_DECLINED : NGX_OK;
    }

    if (ngx_http_owncloud_range_number(&p, last, &range->last) != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    return (range->last < range->first) ? NGX_DECLINED : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_content_range_read(ngx_str_t *value,
    ngx_http_owncloud_content_range_t *answer)
{
    u_char  *p, *last;

    if (value->len < sizeof("bytes ") - 1
        || ngx_strncasecmp(value->data, (u_char *) "bytes ",
                           sizeof("bytes ") - 1)
           != 0)
    {
        return NGX_DECLINED;
    }

    p = value->data + sizeof("bytes ") - 1;
    last = value->data + value->len;

    answer->first = -1;
    answer->last = -1;
    answer->total = -1;

    if (p < last && *p == '*') {
        p++;

    } else if (ngx_http_owncloud_range_number(&p, last, &answer->first)
               != NGX_OK
               || p == last || *p++ != '-'
               || ngx_http_owncloud_range_number(&p, last, &answer->last)
                  != NGX_OK
               || answer->last < answer->first)
    {
        return NGX_DECLINED;
    }

    if (p == last || *p++ != '/') {
        return NGX_DECLINED;
    }

    if (p + 1 == last && *p == '*') {

        /* a wildcard for both would carry no information */

        return (answer->last == -1) ? NGX_DECLINED : NGX_OK;
    }

    if (ngx_http_owncloud_range_number(&p, last, &answer->total) != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    return (answer->last < answer->total) ? NGX_OK : NGX_DECLINED;
}


ngx_uint_t
ngx_http_owncloud_range_answers(ngx_http_owncloud_range_t *range,
    ngx_http_owncloud_content_range_t *answer)
{
    off_t  first;

    if (answer->last == -1) {
        return 0;
    }

    if (range->first == -1) {

        /* where the last bytes start depends on the total length */

        if (answer->total == -1) {
            return 0;
        }

        first = answer->total - ngx_min(range->last, answer->total);

        return answer->first == first && answer->last == answer->total - 1;
    }

    if (answer->first != range->first) {
        return 0;
    }

    if (range->last != -1 && answer->last >= range->last) {
        return answer->last == range->last;
    }

    /* a shorter range must end with the file */

    return answer->total == -1 || answer->last == answer->total - 1;
}


ngx_uint_t
ngx_http_owncloud_etag_strong(ngx_str_t *etag)
{
    size_t  i;

    if (etag->len < 2 || etag->data[0] != '"'
        || etag->data[etag->len - 1] != '"')
    {
        return 0;
    }

    for (i = 1; i < etag->len - 1; i++) {
        if (etag->data[i] < 0x21 || etag->data[i] == '"'
            || etag->data[i] == 0x7f)
        {
            return 0;
        }
    }

    return 1;
}


/* all digits that follow, at least one */

static ngx_int_t
ngx_http_owncloud_range_number(u_char **p, u_char *last, off_t *number)
{
    u_char  *start;

    start = *p;

    while (*p < last && **p >= '0' && **p <= '9') {
        (*p)++;
    }

    *number = ngx_atoof(start, *p - start);

    return (*number == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}
