
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static char *ngx_http_owncloud_location(ngx_conf_t *cf,
    ngx_http_owncloud_loc_conf_t *lcf, ngx_uint_t location);
static ngx_http_owncloud_repository_t *ngx_http_owncloud_location_create(
    ngx_conf_t *cf, ngx_http_owncloud_loc_conf_t *lcf, ngx_uint_t location);
static char *ngx_http_owncloud_location_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block);
static char *ngx_http_owncloud_listing_parameter(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_listing_argument(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_location_origin(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *text);


/* settings of a repository that a listing has, too */

static ngx_str_t  ngx_http_owncloud_listing_settings[] = {
    ngx_string("page_size"),
    ngx_string("max_results"),
    ngx_string("cache"),
    ngx_string("cache_valid"),
    ngx_null_string
};


/*
 * owncloud_listing ISSUER [cookie=NAME] [callback=URI] [origin=URL]
 *                  [SETTING=VALUE] ...
 */

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

        if (ngx_http_owncloud_listing_parameter(cf, block, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_owncloud_location_defaults(cf, block);
}


/* owncloud_link ISSUER [cookie=NAME] [callback=URI] [origin=URL] */

char *
ngx_http_owncloud_link_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    return ngx_http_owncloud_location(cf, conf,
                                      NGX_HTTP_OWNCLOUD_LOCATION_LINK);
}


/* owncloud_connect ISSUER [cookie=NAME] [authorize=off] */

char *
ngx_http_owncloud_connect_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    return ngx_http_owncloud_location(cf, conf,
                                      NGX_HTTP_OWNCLOUD_LOCATION_CONNECT);
}


static char *
ngx_http_owncloud_location(ngx_conf_t *cf, ngx_http_owncloud_loc_conf_t *lcf,
    ngx_uint_t location)
{
    ngx_str_t                       *value;
    ngx_uint_t                       i;
    ngx_http_core_loc_conf_t        *clcf;
    ngx_http_owncloud_repository_t  *block;

    if (lcf->location) {
        return "is duplicate";
    }

    block = ngx_http_owncloud_location_create(cf, lcf, location);
    if (block == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    block->issuer_id = value[1];

    /* the page of a system account: Moodle says who is an administrator */

    block->authorize = (location == NGX_HTTP_OWNCLOUD_LOCATION_CONNECT);

    for (i = 2; i < cf->args->nelts; i++) {

        if (block->authorize
            && ngx_strcmp(value[i].data, "authorize=off") == 0)
        {
            block->authorize = 0;
            continue;
        }

        if (ngx_http_owncloud_listing_argument(cf, block, &value[i]) != NGX_OK
            || (location == NGX_HTTP_OWNCLOUD_LOCATION_CONNECT
                && (block->callback.len || block->origin.len)))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\": write "
                               "\"cookie=NAME\" or \"%s\", once each",
                               &value[i],
                               (location == NGX_HTTP_OWNCLOUD_LOCATION_LINK)
                               ? "callback=/PATH" : "authorize=off");
            return NGX_CONF_ERROR;
        }
    }

    if (location == NGX_HTTP_OWNCLOUD_LOCATION_CONNECT) {
        clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

        block->location_name = clcf->name;
        block->loc_conf = ((ngx_http_conf_ctx_t *) cf->ctx)->loc_conf;

        return (ngx_http_owncloud_repository_defaults(cf, block) == NGX_OK)
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    return ngx_http_owncloud_location_defaults(cf, block);
}


static char *
ngx_http_owncloud_location_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block)
{
    if (block->moodle_cookie.len == 0) {
        ngx_str_set(&block->moodle_cookie, "MoodleSession");
    }

    if (ngx_http_owncloud_repository_defaults(cf, block) != NGX_OK) {
        return NGX_CONF_ERROR;
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

    if (ngx_http_owncloud_repository_defaults(cf, block) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* without a Moodle, there is no permission to ask for */

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

    lcf->location = location;
    lcf->block = block;

    return block;
}


static char *
ngx_http_owncloud_listing_parameter(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *value)
{
    ngx_str_t  *setting, text;

    for (setting = ngx_http_owncloud_listing_settings; setting->len;
         setting++)
    {
        if (value->len > setting->len
            && ngx_strncmp(value->data, setting->data, setting->len) == 0
            && value->data[setting->len] == '=')
        {
            text.data = value->data + setting->len + 1;
            text.len = value->len - setting->len - 1;

            return ngx_http_owncloud_repository_setting(cf, block, setting,
                                                        &text);
        }
    }

    if (ngx_strncmp(value->data, "remember=", 9) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"remember\" is not allowed in "
                           "\"owncloud_listing\": only Moodle knows who the "
                           "user is; write it into an "
                           "\"owncloud_repository\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_owncloud_listing_argument(cf, block, value) == NGX_OK) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\": write \"cookie=NAME\", "
                       "\"callback=/PATH\", \"origin=https://HOST\", "
                       "\"page_size=NUMBER\", "
                       "\"max_results=NUMBER\", \"cache=off\" or "
                       "\"cache_valid=TIME\", once each", value);

    return NGX_CONF_ERROR;
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

    if (ngx_strncmp(value->data, "origin=", 7) == 0
        && block->origin.len == 0)
    {
        text.data = value->data + 7;
        text.len = value->len - 7;

        return ngx_http_owncloud_location_origin(cf, block, &text);
    }

    if (ngx_strncmp(value->data, "callback=/", 10) == 0
        && block->callback.len == 0)
    {
        block->callback.data = value->data + 9;
        block->callback.len = value->len - 9;

        return NGX_OK;
    }

    return NGX_ERROR;
}


/* the address that browsers see, whatever host and port requests come with */

static ngx_int_t
ngx_http_owncloud_location_origin(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block, ngx_str_t *text)
{
    char                     *reason;
    ngx_http_owncloud_url_t   url;

    if (ngx_http_owncloud_url_parse(cf->pool, text, &url, &reason) != NGX_OK
        || url.query.len || url.path.len > 1)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_origin_set(cf, &block->origin, &url);
}


/* the callback recognizes the browser as the listing did */

ngx_int_t
ngx_http_owncloud_location_share(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block,
    ngx_http_owncloud_repository_t *callback)
{
    ngx_str_t  *one, *two;

    one = &callback->moodle_cookie;
    two = &block->moodle_cookie;

    if (one->len == 0) {
        callback->moodle_cookie = block->moodle_cookie;
        callback->origin = block->origin;
        return NGX_OK;
    }

    if (one->len != two->len || ngx_strncmp(one->data, two->data, two->len)) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file, block->line,
                                   "listings with the cookies \"%V\" and "
                                   "\"%V\" share \"%V\": write a location "
                                   "with \"owncloud_oauth_callback\" and "
                                   "\"callback=/PATH\" for each",
                                   one, two, &block->callback);
        return NGX_ERROR;
    }

    one = &callback->origin;
    two = &block->origin;

    if (one->len != two->len
        || (two->len && ngx_strncmp(one->data, two->data, two->len) != 0))
    {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file, block->line,
                                   "locations that share \"%V\" have "
                                   "different addresses: write the same "
                                   "\"origin=https://HOST\" into each",
                                   &block->callback);
        return NGX_ERROR;
    }

    return NGX_OK;
}
