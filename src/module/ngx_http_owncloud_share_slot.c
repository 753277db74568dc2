
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_SHARE_MIN  86400                /* seconds */
#define NGX_HTTP_OWNCLOUD_SHARE_MAX  (3650 * 86400)


/* share_expire TIME | off: servers count in days */

char *
ngx_http_owncloud_share_expire(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    time_t      sec;
    ngx_str_t  *value;

    if (issuer->share_expire != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        issuer->share_expire = 0;
        return NGX_CONF_OK;
    }

    sec = ngx_parse_time(&value[1], 1);

    if (sec == (time_t) NGX_ERROR || sec < NGX_HTTP_OWNCLOUD_SHARE_MIN
        || sec > NGX_HTTP_OWNCLOUD_SHARE_MAX || sec % 86400)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"share_expire\" \"%V\": write a number "
                           "of days from 1d to 3650d, as in \"share_expire "
                           "180d;\", or \"share_expire off;\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    issuer->share_expire = sec;

    return NGX_CONF_OK;
}


/* share_password FILE | off */

char *
ngx_http_owncloud_share_password(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") != 0) {
        return ngx_http_owncloud_secret_slot(cf, cmd, conf);
    }

    if (issuer->share_password.data) {
        return "is duplicate";
    }

    issuer->share_password.data = (u_char *) "";

    return NGX_CONF_OK;
}


/* alias public | off */

char *
ngx_http_owncloud_alias_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    ngx_str_t  *value;

    if (repository->alias != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "public") == 0) {
        repository->alias = 1;

    } else if (ngx_strcmp(value[1].data, "off") == 0) {
        repository->alias = 0;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"alias\" \"%V\": write \"alias public;\" "
                           "or \"alias off;\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* warn only if aliases were asked for */

void
ngx_http_owncloud_alias_default(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_uint_t  level;

    level = NGX_LOG_WARN;

    if (repository->alias == NGX_CONF_UNSET) {
        repository->alias = 1;
        level = NGX_LOG_NOTICE;
    }

    if (repository->location || !repository->alias
        || repository->secret_key.len
        || !(repository->supported_files & NGX_HTTP_OWNCLOUD_EXTERNAL))
    {
        return;
    }

    ngx_http_owncloud_conf_log(level, cf, repository->file,
                               repository->line,
                               "no \"secret_key\" in repository \"%i\": "
                               "aliases cannot be stored in Moodle; write "
                               "\"secret_key FILE;\", or \"alias off;\"",
                               repository->id);
}
