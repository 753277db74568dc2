
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static ngx_uint_t ngx_http_owncloud_field_path(ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_moodle_url(ngx_conf_t *cf,
    ngx_command_t *cmd, ngx_str_t *value, ngx_str_t *origin, ngx_str_t *path);
static ngx_uint_t ngx_http_owncloud_root_path(ngx_str_t *path);
static char *ngx_http_owncloud_text(ngx_conf_t *cf, void *post, void *data);
static char *ngx_http_owncloud_logo(ngx_conf_t *cf, void *post, void *data);
static char *ngx_http_owncloud_folder(ngx_conf_t *cf, void *post, void *data);
static char *ngx_http_owncloud_cookie(ngx_conf_t *cf, void *post, void *data);


ngx_conf_post_t  ngx_http_owncloud_text_post = {
    ngx_http_owncloud_text
};


ngx_conf_post_t  ngx_http_owncloud_logo_post = {
    ngx_http_owncloud_logo
};


ngx_conf_post_t  ngx_http_owncloud_folder_post = {
    ngx_http_owncloud_folder
};


ngx_conf_post_t  ngx_http_owncloud_cookie_post = {
    ngx_http_owncloud_cookie
};


char *
ngx_http_owncloud_user_field(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    ngx_str_t  *value, *field;

    value = cf->args->elts;

    if (ngx_strcmp(value[2].data, "username") == 0) {
        field = &issuer->user_name;

    } else if (ngx_strcmp(value[2].data, "email") == 0) {
        field = &issuer->user_email;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid user field \"%V\": write \"user_field "
                           "PATH username;\" or \"user_field PATH email;\"",
                           &value[2]);
        return NGX_CONF_ERROR;
    }

    if (field->data) {
        return "is duplicate";
    }

    if (!ngx_http_owncloud_field_path(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid path \"%V\" in \"user_field\": write the "
                           "keys of the userinfo joined by \"-\", as in "
                           "\"ocs-data-id\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    *field = value[1];

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_owncloud_field_path(ngx_str_t *path)
{
    size_t  i;

    if (path->len == 0 || path->len > 255
        || path->data[0] == '-' || path->data[path->len - 1] == '-')
    {
        return 0;
    }

    for (i = 0; i < path->len; i++) {
        if (path->data[i] == '-' && path->data[i + 1] == '-') {
            return 0;
        }
    }

    return ngx_http_owncloud_printable(path);
}


/*
 * A path below the server's root, or a URL. The URL's origin is the one that
 * browsers see, whatever host and port a request has.
 */

char *
ngx_http_owncloud_moodle_root(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    ngx_str_t  *value, path;

    if (repository->moodle_root.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    path = value[1];

    if (path.len && path.data[0] != '/'
        && ngx_http_owncloud_moodle_url(cf, cmd, &value[1],
                                        &repository->origin, &path)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    while (path.len && path.data[path.len - 1] == '/') {
        path.len--;
    }

    if (value[1].len == 0 || !ngx_http_owncloud_root_path(&path)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"moodle_root\" \"%V\": write a path, as "
                           "in \"/lms\", or the address that users see, as in "
                           "\"https://moodle.example.com/lms\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    repository->moodle_root = path;

    return NGX_CONF_OK;
}


/* moved_from URL ...: where this Moodle was before */

char *
ngx_http_owncloud_moved_from(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_owncloud_site_t  *site;

    if (repository->moved_from) {
        return "is duplicate";
    }

    value = cf->args->elts;

    repository->moved_from = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                            sizeof(ngx_http_owncloud_site_t));
    if (repository->moved_from == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        site = ngx_array_push(repository->moved_from);
        if (site == NULL) {
            return NGX_CONF_ERROR;
        }

        if (ngx_http_owncloud_moodle_url(cf, cmd, &value[i], &site->origin,
                                         &site->root)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        while (site->root.len && site->root.data[site->root.len - 1] == '/') {
            site->root.len--;
        }

        if (!ngx_http_owncloud_root_path(&site->root)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid \"moved_from\" \"%V\": write the "
                               "former address that users saw, as in "
                               "\"https://old.example.com/lms\"", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_owncloud_moodle_url(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_str_t *value, ngx_str_t *origin, ngx_str_t *path)
{
    char                     *reason;
    ngx_int_t                 rc;
    ngx_http_owncloud_url_t   url;

    rc = ngx_http_owncloud_url_parse(cf->pool, value, &url, &reason);

    if (rc == NGX_OK && url.query.len) {
        reason = "it has a query";
        rc = NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL \"%V\" in \"%V\": %s", value,
                           &cmd->name, reason);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_origin_set(cf, origin, &url) != NGX_OK) {
        return NGX_ERROR;
    }

    *path = url.path;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_origin_set(ngx_conf_t *cf, ngx_str_t *origin,
    ngx_http_owncloud_url_t *url)
{
    u_char  *p;

    p = ngx_pnalloc(cf->pool, sizeof("https://") - 1 + url->authority.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    origin->data = p;

    p = ngx_sprintf(p, "http%s://%V", url->tls ? "s" : "", &url->authority);

    origin->len = p - origin->data;

    return NGX_OK;
}


/* compared with decoded paths, and put into URLs as it is */

static ngx_uint_t
ngx_http_owncloud_root_path(ngx_str_t *path)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < path->len; i++) {
        ch = path->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'
            || ch == '~')
        {
            continue;
        }

        if ((ch == '/' || ch == '.') && i + 1 < path->len
            && path->data[i + 1] != '/' && path->data[i + 1] != '.')
        {
            continue;
        }

        return 0;
    }

    return 1;
}


ngx_uint_t
ngx_http_owncloud_cookie_name(ngx_str_t *name)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if (ch <= 0x20 || ch >= 0x7f || ch == '=' || ch == ';' || ch == ','
            || ch == '"')
        {
            return 0;
        }
    }

    return name->len > 0;
}


static char *
ngx_http_owncloud_text(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *text = data;

    if (text->len == 0) {
        return "must not be empty";
    }

    if (!ngx_http_owncloud_printable(text)) {
        return "must be UTF-8 text without control characters";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_owncloud_logo(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *logo = data;

    if ((ngx_strncmp(logo->data, "https://", 8) == 0
         || ngx_strncmp(logo->data, "http://", 7) == 0
         || (logo->len && logo->data[0] == '/'))
        && ngx_http_owncloud_printable(logo))
    {
        return NGX_CONF_OK;
    }

    return "must be a URL or a path that starts with \"/\"";
}


static char *
ngx_http_owncloud_folder(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *folder = data;

    if (folder->len == 0 || folder->len > 250
        || !ngx_http_owncloud_printable(folder)
        || ngx_strlchr(folder->data, folder->data + folder->len, '/')
        || ngx_strlchr(folder->data, folder->data + folder->len, '\\')
        || ngx_strcmp(folder->data, ".") == 0
        || ngx_strcmp(folder->data, "..") == 0)
    {
        return "must be the name of one folder, without slashes";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_owncloud_cookie(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *name = data;

    if (!ngx_http_owncloud_cookie_name(name)) {
        return "must be a valid cookie name";
    }

    return NGX_CONF_OK;
}
