
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_text.h"

#include <langinfo.h>


#define NGX_HTTP_OWNCLOUD_LAST_TIME    253402300799    /* end of year 9999 */
#define NGX_HTTP_OWNCLOUD_NUMBER_TEXT  4               /* of a date */


static u_char *ngx_http_owncloud_date_quick(char *format, ngx_tm_t *tm,
    u_char *p, u_char *last);
static char *ngx_http_owncloud_date_name(char conversion, ngx_tm_t *tm);
static ngx_int_t ngx_http_owncloud_date_number(char conversion, ngx_tm_t *tm);
static ngx_int_t ngx_http_owncloud_offset(
    ngx_http_owncloud_repository_t *repository, time_t t);


static char  *ngx_http_owncloud_units[] = {
    "bytes", "KB", "MB", "GB", "TB", "PB"
};


u_char *
ngx_http_owncloud_number(u_char *p, int64_t number)
{
    u_char    *digit, buf[NGX_INT64_LEN];
    uint64_t   n;

    if (number < 0) {
        return ngx_sprintf(p, "%L", number);
    }

    n = number;
    digit = buf + NGX_INT64_LEN;

    do {
        *--digit = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    return ngx_cpymem(p, digit, buf + NGX_INT64_LEN - digit);
}


void
ngx_http_owncloud_size_text(off_t size, u_char *buf, ngx_str_t *text)
{
    off_t        unit, tenths;
    u_char      *p;
    ngx_uint_t   i;

    i = 0;

    if (size < 1024) {
        p = ngx_http_owncloud_number(buf, ngx_max(size, 0));

    } else {
        unit = 1024;

        for (i = 1; i < 5 && size / unit >= 1024; i++) {
            unit *= 1024;
        }

        /* Moodle rounds after the division: 1048575 bytes are 1024.0 KB */

        tenths = size / unit * 10 + (size % unit * 10 + unit / 2) / unit;

        p = ngx_http_owncloud_number(buf, tenths / 10);
        *p++ = '.';
        *p++ = (u_char) ('0' + tenths % 10);
    }

    *p++ = 0xc2;
    *p++ = 0xa0;

    p = ngx_cpymem(p, ngx_http_owncloud_units[i],
                   ngx_strlen(ngx_http_owncloud_units[i]));

    text->data = buf;
    text->len = p - buf;
}


void
ngx_http_owncloud_date(ngx_http_owncloud_repository_t *repository, time_t t,
    ngx_http_owncloud_date_t *date)
{
    date->offset = ngx_http_owncloud_offset(repository, t);

    date->none = (t < 0 || (date->offset > 0
                            && t > NGX_MAX_TIME_T_VALUE - date->offset));
    if (date->none) {
        return;
    }

    date->local = t + date->offset;

    ngx_gmtime(date->local, &date->tm);
}


void
ngx_http_owncloud_date_text(ngx_http_owncloud_date_t *date,
    ngx_str_t *format, u_char *buf, ngx_str_t *text)
{
    u_char     *p;
    struct tm   tm;

    text->len = 0;
    text->data = buf;

    if (date->none) {
        return;
    }

    if (date->local >= 0 && date->local <= NGX_HTTP_OWNCLOUD_LAST_TIME) {

        p = ngx_http_owncloud_date_quick((char *) format->data, &date->tm,
                                         buf,
                                         buf + NGX_HTTP_OWNCLOUD_DATE_TEXT);
        if (p) {
            text->len = p - buf;
            return;
        }
    }

    if (gmtime_r(&date->local, &tm) == NULL) {
        return;
    }

    tm.ngx_tm_gmtoff = date->offset;    /* "%z"; zone names are rejected */

    text->len = strftime((char *) buf, NGX_HTTP_OWNCLOUD_DATE_TEXT,
                         (char *) format->data, &tm);
}


/*
 * Does what strftime() does for common formats, in a fraction of the time.
 * Returns NULL if it does not know the format or may lack room.
 */

static u_char *
ngx_http_owncloud_date_quick(char *format, ngx_tm_t *tm, u_char *p,
    u_char *last)
{
    char       *name;
    size_t      len;
    ngx_int_t   n;
    ngx_uint_t  padded;

    for ( /* void */ ; *format; format++) {

        if (last - p <= NGX_HTTP_OWNCLOUD_NUMBER_TEXT) {
            return NULL;
        }

        if (*format != '%') {
            *p++ = *format;
            continue;
        }

        name = ngx_http_owncloud_date_name(*++format, tm);

        if (name) {
            len = ngx_strlen(name);

            if ((size_t) (last - p) <= len) {
                return NULL;
            }

            p = ngx_cpymem(p, name, len);
            continue;
        }

        padded = (*format != '-');

        if (!padded) {
            format++;
        }

        n = ngx_http_owncloud_date_number(*format, tm);

        if (n == NGX_DECLINED) {
            return NULL;
        }

        if (*format == 'Y') {
            *p++ = (u_char) ('0' + n / 1000);
            *p++ = (u_char) ('0' + n / 100 % 10);
            n %= 100;
            padded = 1;
        }

        if (padded || n > 9) {
            *p++ = (u_char) ('0' + n / 10);
        }

        *p++ = (u_char) ('0' + n % 10);
    }

    return p;
}


/* names in strftime()'s locale; nl_langinfo() numbers months consecutively */

static char *
ngx_http_owncloud_date_name(char conversion, ngx_tm_t *tm)
{
    switch (conversion) {

    case 'B':
        return nl_langinfo(MON_1 + tm->ngx_tm_mon - 1);

    case 'b':
        return nl_langinfo(ABMON_1 + tm->ngx_tm_mon - 1);

    case 'p':
        return nl_langinfo(tm->ngx_tm_hour < 12 ? AM_STR : PM_STR);
    }

    return NULL;
}


static ngx_int_t
ngx_http_owncloud_date_number(char conversion, ngx_tm_t *tm)
{
    switch (conversion) {

    case 'Y':
        return tm->ngx_tm_year;

    case 'y':
        return tm->ngx_tm_year % 100;

    case 'm':
        return tm->ngx_tm_mon;

    case 'd':
        return tm->ngx_tm_mday;

    case 'H':
        return tm->ngx_tm_hour;

    case 'I':
        return (tm->ngx_tm_hour + 11) % 12 + 1;

    case 'M':
        return tm->ngx_tm_min;

    case 'S':
        return tm->ngx_tm_sec;
    }

    return NGX_DECLINED;
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

    /* finds the last element not after "t", or the first one */

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
