
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_ZONEINFO     "/usr/share/zoneinfo/"
#define NGX_HTTP_OWNCLOUD_ZONE_NAME    64
#define NGX_HTTP_OWNCLOUD_ZONE_END     4102444800      /* 2100 */
#define NGX_HTTP_OWNCLOUD_ZONE_STEP    (7 * 86400)


static ngx_uint_t ngx_http_owncloud_timezone_valid(ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_timezone_probe(ngx_array_t *offsets);
static ngx_int_t ngx_http_owncloud_timezone_push(ngx_array_t *offsets,
    time_t from, ngx_int_t offset);
static ngx_int_t ngx_http_owncloud_timezone_offset(time_t t);


/*
 * The C library knows only the time zone of the process. So this changes it
 * for a moment, before there are workers, and fills a table that requests use.
 */

ngx_array_t *
ngx_http_owncloud_timezone(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    char         *env, *saved;
    ngx_int_t     rc;
    ngx_str_t    *name;
    ngx_array_t  *offsets;

    offsets = ngx_array_create(cf->pool, 256,
                               sizeof(ngx_http_owncloud_zone_offset_t));
    if (offsets == NULL) {
        return NULL;
    }

    name = &repository->timezone_name;

    if (name->len == 0) {
        return ngx_http_owncloud_timezone_probe(offsets) == NGX_OK ? offsets
                                                                   : NULL;
    }

    if (!ngx_http_owncloud_timezone_valid(name)) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                   repository->line,
                                   "unknown time zone \"%V\" in repository "
                                   "\"%i\": write one of those below "
                                   NGX_HTTP_OWNCLOUD_ZONEINFO
                                   ", as in \"timezone Europe/Berlin;\"",
                                   name, repository->id);
        return NULL;
    }

    saved = NULL;
    env = getenv("TZ");

    if (env) {
        saved = strdup(env);
        if (saved == NULL) {
            return NULL;
        }
    }

    rc = setenv("TZ", (char *) name->data, 1) == 0 ? NGX_OK : NGX_ERROR;

    if (rc == NGX_OK) {
        tzset();
        rc = ngx_http_owncloud_timezone_probe(offsets);
    }

    if (saved) {
        (void) setenv("TZ", saved, 1);
        free(saved);

    } else {
        (void) unsetenv("TZ");
    }

    tzset();

    return rc == NGX_OK ? offsets : NULL;
}


static ngx_uint_t
ngx_http_owncloud_timezone_valid(ngx_str_t *name)
{
    u_char    ch, magic[4], path[sizeof(NGX_HTTP_OWNCLOUD_ZONEINFO)
                                 + NGX_HTTP_OWNCLOUD_ZONE_NAME];
    size_t    i;
    ssize_t   n;
    ngx_fd_t  fd;

    if (name->len > NGX_HTTP_OWNCLOUD_ZONE_NAME) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9') || ch == '_' || ch == '-'
            || ch == '+' || (ch == '/' && i > 0))
        {
            continue;
        }

        return 0;
    }

    /* the C library knows it without a file */

    if (ngx_strcmp(name->data, "UTC") == 0) {
        return 1;
    }

    ngx_sprintf(path, NGX_HTTP_OWNCLOUD_ZONEINFO "%V%Z", name);

    fd = ngx_open_file(path, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK, NGX_FILE_OPEN,
                       0);
    if (fd == NGX_INVALID_FILE) {
        return 0;
    }

    n = ngx_read_fd(fd, magic, sizeof(magic));

    (void) ngx_close_file(fd);

    return n == sizeof(magic) && ngx_memcmp(magic, "TZif", 4) == 0;
}


static ngx_int_t
ngx_http_owncloud_timezone_probe(ngx_array_t *offsets)
{
    time_t     low, high, middle, t;
    ngx_int_t  offset, next;

    offset = ngx_http_owncloud_timezone_offset(0);

    if (ngx_http_owncloud_timezone_push(offsets, 0, offset) != NGX_OK) {
        return NGX_ERROR;
    }

    for (t = NGX_HTTP_OWNCLOUD_ZONE_STEP;
         t < NGX_HTTP_OWNCLOUD_ZONE_END;
         t += NGX_HTTP_OWNCLOUD_ZONE_STEP)
    {
        next = ngx_http_owncloud_timezone_offset(t);

        if (next == offset) {
            continue;
        }

        /* the old offset holds at "low", not at "high" */

        low = t - NGX_HTTP_OWNCLOUD_ZONE_STEP;
        high = t;

        while (high - low > 1) {
            middle = low + (high - low) / 2;

            if (ngx_http_owncloud_timezone_offset(middle) == offset) {
                low = middle;

            } else {
                high = middle;
            }
        }

        offset = next;

        if (ngx_http_owncloud_timezone_push(offsets, high, offset) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_timezone_push(ngx_array_t *offsets, time_t from,
    ngx_int_t offset)
{
    ngx_http_owncloud_zone_offset_t  *zone;

    zone = ngx_array_push(offsets);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->from = from;
    zone->offset = offset;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_timezone_offset(time_t t)
{
    struct tm  tm;

    ngx_libc_localtime(t, &tm);

    return tm.ngx_tm_gmtoff;
}
