
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_shell.h"


static ngx_http_owncloud_repository_t *ngx_http_owncloud_location_create(
    ngx_conf_t *cf, ngx_http_owncloud_loc_conf_t *lcf, ngx_uint_t location);
static ngx_int_t ngx_http_owncloud_listing_argument(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *value);


/* owncloud_listing ISSUER [cookie=NAME] [callback=URI] */

char *
ngx_http_owncloud_listing_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_owncloud_loc_conf_t *lcf = conf;

    ngx_str_t                       *value;
    ngx_uint_t                       i;
    ngx_http_owncloud_repository_t  *block;

    if (lcf->location) {
        return "is duplicate";
    }

    block = ngx_http_owncloud_location_create(cf, lcf,
                                           NGX_HTTP_OWNCLOUD_LOCATION_LISTING);
    if (block == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    block->issuer_id = value[1];

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_owncloud_listing_argument(cf, block, &value[i])
            != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\": \"cookie=NAME\" and "
                               "\"callback=/PATH\" are known", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    if (block->moodle_cookie.len == 0) {
        ngx_str_set(&block->moodle_cookie, "MoodleSession");
    }

    return NGX_CONF_OK;
}


char *
ngx_http_owncloud_callback_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_owncloud_loc_conf_t *lcf = conf;

    ngx_http_core_loc_conf_t        *clcf;
    ngx_http_owncloud_repository_t  *block;

    if (lcf->location) {
        return "is duplicate";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->name.len == 0 || clcf->name.data[0] != '/') {
        return "needs a location with a path: write \"location = /PATH\"";
    }

#if (NGX_PCRE)
    if (clcf->regex) {
        return "needs a location with a path: write \"location = /PATH\"";
    }
#endif

    block = ngx_http_owncloud_location_create(cf, lcf,
                                          NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK);
    if (block == NULL) {
        return NGX_CONF_ERROR;
    }

    block->callback = clcf->name;

    return NGX_CONF_OK;
}


/* without Moodle there is nobody to ask for permission */

static ngx_http_owncloud_repository_t *
ngx_http_owncloud_location_create(ngx_conf_t *cf,
    ngx_http_owncloud_loc_conf_t *lcf, ngx_uint_t location)
{
    ngx_http_owncloud_repository_t  *block;

    block = ngx_http_owncloud_repository_create(cf);
    if (block == NULL) {
        return NULL;
    }

    block->location = location;
    block->authorize = 0;

    if (ngx_http_owncloud_repository_defaults(cf, block) != NGX_OK) {
        return NULL;
    }

    lcf->location = location;
    lcf->block = block;

    return block;
}


static ngx_int_t
ngx_http_owncloud_listing_argument(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *value)
{
    ngx_str_t  text;

    if (ngx_strncmp(value->data, "cookie=", 7) == 0) {
        text.data = value->data + 7;
        text.len = value->len - 7;

        if (block->moodle_cookie.len || !ngx_http_owncloud_cookie_name(&text))
        {
            return NGX_ERROR;
        }

        block->moodle_cookie = text;

        return NGX_OK;
    }

    if (ngx_strncmp(value->data, "callback=/", 10) == 0) {
        block->callback.data = value->data + 9;
        block->callback.len = value->len - 9;

        return NGX_OK;
    }

    return NGX_ERROR;
}
