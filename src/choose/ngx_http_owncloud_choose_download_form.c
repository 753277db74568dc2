
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_text.h"


static ngx_uint_t ngx_http_owncloud_download_extension(ngx_str_t *title,
    ngx_str_t *type);


ngx_int_t
ngx_http_owncloud_download_path(ngx_pool_t *pool, ngx_str_t *source,
    ngx_http_owncloud_download_t *download)
{
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t  *path;

    if (source == NULL || source->len < 2
        || source->len > NGX_HTTP_OWNCLOUD_PATH_SIZE
        || source->data[0] != '/' || source->data[source->len - 1] == '/')
    {
        return NGX_DECLINED;
    }

    path = &download->path;

    rc = ngx_http_owncloud_path_normalize(pool, source, path);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the path of a file has no slash at its end */

    path->len--;

    for (p = path->data + path->len; p[-1] != '/'; p--) { /* void */ }

    download->name.data = p;
    download->name.len = path->data + path->len - p;

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_download_title(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download)
{
    size_t      i;
    ngx_str_t  *title;

    title = ngx_http_owncloud_form_get(fields, "title");

    download->title = (title && title->len) ? *title : download->name;

    title = &download->title;

    if (title->len > NGX_HTTP_OWNCLOUD_NAME_SIZE
        || !ngx_http_owncloud_utf8_valid(title->data, title->len))
    {
        return 0;
    }

    for (i = 0; i < title->len; i++) {

        if (title->data[i] < 0x20 || title->data[i] == 0x7f
            || title->data[i] == '/')
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Moodle decides when the file is stored, but what it is sure to refuse is not
 * fetched.  It compares types: ".jpg" and ".jpeg" are one type.  Names of
 * groups do not begin with a dot.
 */

ngx_uint_t
ngx_http_owncloud_download_accepted(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download)
{
    ngx_uint_t     i, listed;
    ngx_keyval_t  *field;

    static char  name[] = "accepted_types[";

    field = fields->elts;
    listed = 0;

    for (i = 0; i < fields->nelts; i++) {

        if (field[i].key.len < sizeof(name) - 1
            || ngx_strncmp(field[i].key.data, name, sizeof(name) - 1) != 0)
        {
            continue;
        }

        if (field[i].value.len == 0 || field[i].value.data[0] != '.'
            || ngx_http_owncloud_download_extension(&download->title,
                                                    &field[i].value))
        {
            return 1;
        }

        listed = 1;
    }

    return !listed;
}


static ngx_uint_t
ngx_http_owncloud_download_extension(ngx_str_t *title, ngx_str_t *type)
{
    char  *a, *b;

    if (title->len > type->len
        && ngx_strncasecmp(title->data + title->len - type->len, type->data,
                           type->len)
           == 0)
    {
        return 1;
    }

    a = ngx_http_owncloud_filetype(title->data, title->len)->type;
    b = ngx_http_owncloud_filetype(type->data, type->len)->type;

    return ngx_strcmp(a, b) == 0;
}


/* 0 or -1 means the limit of the site, which only Moodle knows */

void
ngx_http_owncloud_download_max(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download)
{
    off_t        n;
    ngx_str_t   *value;
    ngx_uint_t   i;

    static char  *names[] = { "maxbytes", "areamaxbytes" };

    download->max = -1;

    for (i = 0; i < 2; i++) {

        value = ngx_http_owncloud_form_get(fields, names[i]);

        if (value == NULL) {
            continue;
        }

        n = ngx_atoof(value->data, value->len);

        if (n > 0 && (download->max == -1 || n < download->max)) {
            download->max = n;
        }
    }
}


/* as PHP converts a string to bool */

ngx_uint_t
ngx_http_owncloud_download_flag(ngx_array_t *fields, char *name)
{
    ngx_str_t  *value;

    value = ngx_http_owncloud_form_get(fields, name);

    return value && value->len
           && !(value->len == 1 && value->data[0] == '0');
}
