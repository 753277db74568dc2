
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_text.h"


static ngx_int_t ngx_http_owncloud_date_format(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository, char *setting,
    ngx_str_t *format);


ngx_int_t
ngx_http_owncloud_date_formats(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_int_t  rc;

    if (repository->date_format.len == 0) {
        ngx_str_set(&repository->date_format, "%-d %B %Y, %-I:%M %p");
    }

    if (repository->date_format_short.len == 0) {
        ngx_str_set(&repository->date_format_short, "%d/%m/%y, %H:%M");
    }

    rc = ngx_http_owncloud_date_format(cf, repository, "date_format",
                                       &repository->date_format);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_owncloud_date_format(cf, repository, "date_format_short",
                                         &repository->date_format_short);
}


/* finds the longest date among the months of one year */

static ngx_int_t
ngx_http_owncloud_date_format(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository, char *setting,
    ngx_str_t *format)
{
    char        buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    u_char     *p;
    time_t      t;
    struct tm   tm;

    for (p = format->data; *p; p++) {

        if (*p != '%') {
            continue;
        }

        for (p++; *p && ngx_strchr("_-0^#+123456789EO", *p); p++) {
            /* void */
        }

        if (*p == '\0') {
            break;
        }

        if (*p == 'Z' || *p == 's') {
            ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                       repository->line,
                                       "\"%%%c\" in \"%s\" of repository "
                                       "\"%i\" is not supported, write "
                                       "\"%%z\" for the offset from UTC", *p,
                                       setting, repository->id);
            return NGX_ERROR;
        }
    }

    for (t = 0; t < 365 * 86400; t += 86400) {

        ngx_libc_gmtime(t, &tm);

        if (strftime(buf, NGX_HTTP_OWNCLOUD_DATE_TEXT, (char *) format->data,
                     &tm)
            == 0)
        {
            ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                       repository->line,
                                       "\"%s\" of repository \"%i\" produces "
                                       "no text or more than %d bytes: see "
                                       "strftime(3)", setting, repository->id,
                                       NGX_HTTP_OWNCLOUD_DATE_TEXT - 1);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
