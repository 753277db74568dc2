
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_text.h"


static ngx_int_t ngx_http_owncloud_offset(
    ngx_http_owncloud_repository_t *repository, time_t t);


static char  *ngx_http_owncloud_units[] = {
    "bytes", "KB", "MB", "GB", "TB", "PB"
};


void
ngx_http_owncloud_size_text(off_t size, u_char *buf, ngx_str_t *text)
{
    off_t        unit, tenths;
    u_char      *p;
    ngx_uint_t   i;

    text->data = buf;

    if (size < 1024) {
        p = ngx_sprintf(buf, "%O\xc2\xa0%s", ngx_max(size, 0),
                        ngx_http_owncloud_units[0]);
        text->len = p - buf;
        return;
    }

    unit = 1024;

    for (i = 1; i < 5 && size / unit >= 1024; i++) {
        unit *= 1024;
    }

    /* rounding after the division: 1048575 bytes are 1024.0 KB in Moodle */

    tenths = size / unit * 10 + (size % unit * 10 + unit / 2) / unit;

    p = ngx_sprintf(buf, "%O.%O\xc2\xa0%s", tenths / 10, tenths % 10,
                    ngx_http_owncloud_units[i]);

    text->len = p - buf;
}


void
ngx_http_owncloud_date_text(ngx_http_owncloud_repository_t *repository,
    ngx_str_t *format, time_t t, u_char *buf, ngx_str_t *text)
{
    struct tm  tm;
    ngx_int_t  offset;

    text->len = 0;
    text->data = buf;

    offset = ngx_http_owncloud_offset(repository, t);

    if ((offset > 0 && t > NGX_MAX_TIME_T_VALUE - offset) || t < 0) {
        return;
    }

    t += offset;

    if (gmtime_r(&t, &tm) == NULL) {
        return;
    }

    tm.ngx_tm_gmtoff = offset;      /* "%z"; names of zones are refused */

    text->len = strftime((char *) buf, NGX_HTTP_OWNCLOUD_DATE_TEXT,
                         (char *) format->data, &tm);
}


static ngx_int_t
ngx_http_owncloud_offset(ngx_http_owncloud_repository_t *repository, time_t t)
{
    ngx_uint_t                        left, right, i;
    ngx_http_owncloud_zone_offset_t  *zone;

    if (repository->timezone == NULL || repository->timezone->nelts == 0) {
        return 0;
    }

    zone = repository->timezone->elts;

    /* the last element that is not after "t"; the first if all are */

    left = 0;
    right = repository->timezone->nelts;

    while (right - left > 1) {
        i = (left + right) / 2;

        if (zone[i].from <= t) {
            left = i;

        } else {
            right = i;
        }
    }

    return zone[left].offset;
}
