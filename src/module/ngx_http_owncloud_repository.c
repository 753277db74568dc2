
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static ngx_int_t ngx_http_owncloud_repository_add(ngx_conf_t *cf,
    ngx_http_owncloud_loc_conf_t *lcf,
    ngx_http_owncloud_repository_t *repository);
static ngx_int_t ngx_http_owncloud_repository_join(ngx_conf_t *cf,
    ngx_str_t *text, ngx_str_t *root, char *path);


static ngx_conf_enum_t  ngx_http_owncloud_supported_files[] = {
    { ngx_string("internal"), NGX_HTTP_OWNCLOUD_INTERNAL },
    { ngx_string("external"), NGX_HTTP_OWNCLOUD_EXTERNAL },
    { ngx_string("both"), NGX_HTTP_OWNCLOUD_BOTH },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_owncloud_default_file[] = {
    { ngx_string("internal"), NGX_HTTP_OWNCLOUD_INTERNAL },
    { ngx_string("external"), NGX_HTTP_OWNCLOUD_EXTERNAL },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_owncloud_open_ways[] = {
    { ngx_string("serve"), 0 },
    { ngx_string("redirect"), 1 },
    { ngx_null_string, 0 }
};


static ngx_conf_num_bounds_t  ngx_http_owncloud_id_bounds = {
    ngx_conf_check_num_bounds, 1, -1
};


static ngx_conf_num_bounds_t  ngx_http_owncloud_page_bounds = {
    ngx_conf_check_num_bounds, 10, 10000
};


static ngx_conf_num_bounds_t  ngx_http_owncloud_results_bounds = {
    ngx_conf_check_num_bounds, 1, 5000
};


static ngx_command_t  ngx_http_owncloud_repository_commands[] = {

    { ngx_string("issuer"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, issuer_id),
      NULL },

    { ngx_string("supported_files"),
      NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, supported_files),
      ngx_http_owncloud_supported_files },

    { ngx_string("default_file"),
      NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, default_file),
      ngx_http_owncloud_default_file },

    { ngx_string("folder"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, folder),
      &ngx_http_owncloud_folder_post },

    { ngx_string("upload_repository"),
      NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, upload_repository),
      &ngx_http_owncloud_id_bounds },

    { ngx_string("alias"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_alias_slot,
      0,
      0,
      NULL },

    { ngx_string("controlled"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, controlled),
      NULL },

    { ngx_string("may_edit"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_may_edit,
      0,
      0,
      NULL },

    { ngx_string("open"),
      NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, open),
      ngx_http_owncloud_open_ways },

    { ngx_string("secret_key"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_secret_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, secret_key),
      NULL },

    { ngx_string("moodle_root"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_moodle_root,
      0,
      0,
      NULL },

    { ngx_string("moved_from"),
      NGX_CONF_1MORE,
      ngx_http_owncloud_moved_from,
      0,
      0,
      NULL },

    { ngx_string("moodle_cookie"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, moodle_cookie),
      &ngx_http_owncloud_cookie_post },

    { ngx_string("authorize"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, authorize),
      NULL },

    { ngx_string("previews"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, previews),
      NULL },

    { ngx_string("icons"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, icons),
      &ngx_http_owncloud_logo_post },

    { ngx_string("timezone"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, timezone_name),
      &ngx_http_owncloud_text_post },

    { ngx_string("date_format"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, date_format),
      &ngx_http_owncloud_text_post },

    { ngx_string("date_format_short"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, date_format_short),
      &ngx_http_owncloud_text_post },

    { ngx_string("page_size"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_number_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, page_size),
      &ngx_http_owncloud_page_bounds },

    { ngx_string("max_results"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_number_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, max_results),
      &ngx_http_owncloud_results_bounds },

    { ngx_string("cache"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_repository_t, cache),
      NULL },

    { ngx_string("cache_valid"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_cache_valid,
      0,
      0,
      NULL },

    { ngx_string("remember"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_remember,
      0,
      0,
      NULL },

      ngx_null_command
};


char *
ngx_http_owncloud_repository(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_loc_conf_t *lcf = conf;

    char                            *rv;
    ngx_str_t                       *value;
    ngx_http_owncloud_repository_t  *repository;

    value = cf->args->elts;

    repository = ngx_http_owncloud_repository_create(cf);
    if (repository == NULL) {
        return NGX_CONF_ERROR;
    }

    repository->id = ngx_atoi(value[1].data, value[1].len);

    if (repository->id == NGX_ERROR || repository->id == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid repository \"%V\": write the id of the "
                           "repository instance in Moodle, a number",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_owncloud_repository_add(cf, lcf, repository) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_http_owncloud_block(cf, ngx_http_owncloud_repository_commands,
                                 repository);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (repository->issuer_id.len == 0) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                   repository->line,
                                   "no \"issuer\" in repository \"%i\": write "
                                   "\"issuer NAME;\", the name of an "
                                   "\"owncloud_issuer\" block",
                                   repository->id);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_owncloud_repository_defaults(cf, repository) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_http_owncloud_repository_t *
ngx_http_owncloud_repository_create(ngx_conf_t *cf)
{
    ngx_http_owncloud_repository_t  *repository, **p;
    ngx_http_owncloud_main_conf_t   *mcf;

    repository = ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_repository_t));
    if (repository == NULL) {
        return NULL;
    }

    repository->supported_files = NGX_CONF_UNSET_UINT;
    repository->default_file = NGX_CONF_UNSET_UINT;
    repository->upload_repository = NGX_CONF_UNSET;
    repository->alias = NGX_CONF_UNSET;
    repository->controlled = NGX_CONF_UNSET;
    repository->open = NGX_CONF_UNSET_UINT;
    repository->authorize = NGX_CONF_UNSET;
    repository->page_size = NGX_CONF_UNSET_UINT;
    repository->max_results = NGX_CONF_UNSET_UINT;
    repository->previews = NGX_CONF_UNSET;
    repository->cache = NGX_CONF_UNSET;
    repository->cache_valid = NGX_CONF_UNSET_MSEC;
    repository->remember = NGX_CONF_UNSET;

    repository->server = ngx_http_conf_get_module_srv_conf(cf,
                                                        ngx_http_core_module);
    repository->file = cf->conf_file->file.name.data;
    repository->line = cf->conf_file->line;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_owncloud_module);

    p = ngx_array_push(&mcf->repositories);
    if (p == NULL) {
        return NULL;
    }

    *p = repository;

    mcf->in_use = 1;

    return repository;
}


static ngx_int_t
ngx_http_owncloud_repository_add(ngx_conf_t *cf,
    ngx_http_owncloud_loc_conf_t *lcf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **p;

    if (lcf->repositories == NULL) {
        lcf->repositories = ngx_array_create(cf->pool, 2,
                                    sizeof(ngx_http_owncloud_repository_t *));
        if (lcf->repositories == NULL) {
            return NGX_ERROR;
        }
    }

    p = lcf->repositories->elts;

    for (i = 0; i < lcf->repositories->nelts; i++) {
        if (p[i]->id == repository->id) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate repository \"%i\", the first is in "
                               "%s:%ui", repository->id, p[i]->file,
                               p[i]->line);
            return NGX_ERROR;
        }
    }

    p = ngx_array_push(lcf->repositories);
    if (p == NULL) {
        return NGX_ERROR;
    }

    *p = repository;

    return NGX_OK;
}


char *
ngx_http_owncloud_repository_setting(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository, ngx_str_t *name,
    ngx_str_t *value)
{
    return ngx_http_owncloud_block_setting(cf,
                                         ngx_http_owncloud_repository_commands,
                                         repository, name, value);
}


ngx_int_t
ngx_http_owncloud_repository_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    if (ngx_http_owncloud_files_defaults(cf, repository) != NGX_OK) {
        return NGX_ERROR;
    }

    if (repository->folder.len == 0) {
        ngx_str_set(&repository->folder, "Moodlefiles");
    }

    ngx_conf_init_value(repository->authorize, 1);

    if (ngx_http_owncloud_repository_limits(cf, repository) != NGX_OK) {
        return NGX_ERROR;
    }

    if (repository->moodle_cookie.len == 0 && repository->location == 0) {
        ngx_str_set(&repository->moodle_cookie, "MoodleSession");
    }

    /* never NULL, since it is compared and copied */

    if (repository->moodle_root.data == NULL) {
        ngx_str_set(&repository->moodle_root, "");
    }

    if (repository->icons.len == 0
        && ngx_http_owncloud_repository_join(cf, &repository->icons,
                                        &repository->moodle_root,
                                        "/theme/image.php/boost/core/1/f/")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (repository->location == 0
        && ngx_http_owncloud_repository_join(cf, &repository->callback,
                                             &repository->moodle_root,
                                             "/admin/oauth2callback.php")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_date_formats(cf, repository) != NGX_OK) {
        return NGX_ERROR;
    }

    repository->timezone = ngx_http_owncloud_timezone(cf, repository);

    return repository->timezone ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_repository_join(ngx_conf_t *cf, ngx_str_t *text,
    ngx_str_t *root, char *path)
{
    text->len = root->len + ngx_strlen(path);

    text->data = ngx_pnalloc(cf->pool, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(text->data, "%V%s", root, path);

    return NGX_OK;
}
