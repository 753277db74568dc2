
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static ngx_int_t ngx_http_owncloud_files_supported(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);
static void ngx_http_owncloud_files_upload(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


ngx_int_t
ngx_http_owncloud_files_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    if (ngx_http_owncloud_files_supported(cf, repository) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_files_upload(cf, repository);
    ngx_http_owncloud_alias_default(cf, repository);

    ngx_conf_init_uint_value(repository->open, 0);

    if (repository->may_edit.len == 0) {
        ngx_str_set(&repository->may_edit, "/filter/manage.php");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_files_supported(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_conf_init_uint_value(repository->supported_files,
                             NGX_HTTP_OWNCLOUD_BOTH);

    if (repository->default_file == NGX_CONF_UNSET_UINT) {
        repository->default_file =
                     repository->supported_files & NGX_HTTP_OWNCLOUD_INTERNAL
                     ? NGX_HTTP_OWNCLOUD_INTERNAL : NGX_HTTP_OWNCLOUD_EXTERNAL;
    }

    if (repository->supported_files & repository->default_file) {
        return NGX_OK;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                               repository->line,
                               "\"default_file\" of repository \"%i\" is not "
                               "among its \"supported_files\": write "
                               "\"supported_files both;\"", repository->id);

    return NGX_ERROR;
}


/* the picker proposes a copy first: warn if copies are not possible */

static void
ngx_http_owncloud_files_upload(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_conf_init_value(repository->upload_repository, 0);

    if (repository->location || repository->upload_repository
        || !(repository->supported_files & NGX_HTTP_OWNCLOUD_INTERNAL))
    {
        return;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, repository->file,
                               repository->line,
                               "no \"upload_repository\" in repository "
                               "\"%i\": nobody can copy files into Moodle; "
                               "write \"upload_repository ID;\", the id of "
                               "Moodle's \"Upload a file\", or "
                               "\"supported_files external;\"",
                               repository->id);
}


/* may_edit URI | never | always: below moodle_root, with ?contextid=N */

char *
ngx_http_owncloud_may_edit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    ngx_str_t  *value;

    if (repository->edit || repository->may_edit.len) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "never") == 0) {
        repository->edit = NGX_HTTP_OWNCLOUD_EDIT_NEVER;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "always") == 0) {
        repository->edit = NGX_HTTP_OWNCLOUD_EDIT_ALWAYS;
        return NGX_CONF_OK;
    }

    if (value[1].data[0] != '/'
        || !ngx_http_owncloud_printable(&value[1])
        || ngx_strlchr(value[1].data, value[1].data + value[1].len, '?'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"may_edit\" \"%V\": write \"never\", "
                           "\"always\" or the path of a Moodle page that only "
                           "those who may edit can see, as in "
                           "\"/filter/manage.php\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    repository->may_edit = value[1];

    return NGX_CONF_OK;
}
