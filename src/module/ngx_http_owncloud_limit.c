
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cache.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_CALLS_MAX     65535
#define NGX_HTTP_OWNCLOUD_REMEMBER_MIN  3600                /* 1h */
#define NGX_HTTP_OWNCLOUD_REMEMBER_MAX  (365 * 86400)       /* 1y */


static ngx_int_t ngx_http_owncloud_max_calls_parameter(
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *value);
static ngx_uint_t ngx_http_owncloud_limit_same(
    ngx_http_owncloud_repository_t *a, ngx_http_owncloud_repository_t *b);


/* "name NUMBER", with its bounds in cmd->post */

char *
ngx_http_owncloud_number_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_int_t               n;
    ngx_str_t              *value;
    ngx_uint_t             *np;
    ngx_conf_num_bounds_t  *bounds;

    np = (ngx_uint_t *) (p + cmd->offset);

    if (*np != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    bounds = cmd->post;

    n = ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || n < bounds->low || n > bounds->high) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"%V\" \"%V\": write a number from %i to "
                           "%i", &cmd->name, &value[1], bounds->low,
                           bounds->high);
        return NGX_CONF_ERROR;
    }

    *np = n;

    return NGX_CONF_OK;
}


char *
ngx_http_owncloud_max_listing(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    ssize_t     size;
    ngx_int_t   n;
    ngx_str_t  *value;

    if (issuer->max_entries) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || n == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of entries \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    issuer->max_entries = n;

    if (cf->args->nelts == 3) {
        size = ngx_parse_size(&value[2]);

        if (size == NGX_ERROR || size == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid size \"%V\"", &value[2]);
            return NGX_CONF_ERROR;
        }

        issuer->max_size = size;
    }

    return NGX_CONF_OK;
}


/* max_calls NUMBER [queue=NUMBER] [timeout=TIME], max_calls off */

char *
ngx_http_owncloud_max_calls(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    ngx_int_t    n;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (issuer->max_calls != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {

        if (cf->args->nelts > 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\": nothing is queued "
                               "with \"max_calls off\", write it alone",
                               &value[2]);
            return NGX_CONF_ERROR;
        }

        issuer->max_calls = 0;

        return NGX_CONF_OK;
    }

    n = ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || n == 0 || n > NGX_HTTP_OWNCLOUD_CALLS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of calls \"%V\": write a number "
                           "from 1 to %d, or \"max_calls off;\"", &value[1],
                           NGX_HTTP_OWNCLOUD_CALLS_MAX);
        return NGX_CONF_ERROR;
    }

    issuer->max_calls = n;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_owncloud_max_calls_parameter(issuer, &value[i])
            != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\": write "
                               "\"queue=NUMBER\", up to %d, and "
                               "\"timeout=TIME\", once each", &value[i],
                               NGX_HTTP_OWNCLOUD_CALLS_MAX);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_owncloud_max_calls_parameter(ngx_http_owncloud_issuer_t *issuer,
    ngx_str_t *value)
{
    ngx_int_t  n;
    ngx_str_t  text;

    if (ngx_strncmp(value->data, "queue=", 6) == 0) {

        n = ngx_atoi(value->data + 6, value->len - 6);

        if (n == NGX_ERROR || n > NGX_HTTP_OWNCLOUD_CALLS_MAX
            || issuer->max_queue != NGX_CONF_UNSET_UINT)
        {
            return NGX_ERROR;
        }

        issuer->max_queue = n;

        return NGX_OK;
    }

    if (ngx_strncmp(value->data, "timeout=", 8) == 0) {

        text.data = value->data + 8;
        text.len = value->len - 8;

        n = ngx_parse_time(&text, 0);

        if (n == NGX_ERROR || n == 0
            || issuer->queue_timeout != NGX_CONF_UNSET_MSEC)
        {
            return NGX_ERROR;
        }

        issuer->queue_timeout = n;

        return NGX_OK;
    }

    return NGX_ERROR;
}


void
ngx_http_owncloud_issuer_limits(ngx_http_owncloud_issuer_t *issuer)
{
    if (issuer->max_entries == 0) {
        issuer->max_entries = 100000;
    }

    if (issuer->max_size == 0) {
        issuer->max_size = 64 * 1024 * 1024;
    }

    ngx_conf_init_uint_value(issuer->max_calls, 256);
    ngx_conf_init_uint_value(issuer->max_queue, 1024);
    ngx_conf_init_msec_value(issuer->queue_timeout, 30000);
    ngx_conf_init_value(issuer->share_expire, 0);
}


/* the cache keeps listings for a limited time */

char *
ngx_http_owncloud_cache_valid(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    ngx_int_t   msec;
    ngx_str_t  *value;

    if (repository->cache_valid != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    msec = ngx_parse_time(&value[1], 0);

    if (msec == NGX_ERROR || msec > NGX_HTTP_OWNCLOUD_CACHE_TIME * 1000) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"cache_valid\" \"%V\": write a time of "
                           "at most %d minutes, as in \"2s\"", &value[1],
                           NGX_HTTP_OWNCLOUD_CACHE_TIME / 60);
        return NGX_CONF_ERROR;
    }

    repository->cache_valid = msec;

    return NGX_CONF_OK;
}


char *
ngx_http_owncloud_remember(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_repository_t *repository = conf;

    time_t      sec;
    ngx_str_t  *value;

    if (repository->remember != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        repository->remember = 0;
        return NGX_CONF_OK;
    }

    sec = ngx_parse_time(&value[1], 1);

    if (sec < NGX_HTTP_OWNCLOUD_REMEMBER_MIN
        || sec > NGX_HTTP_OWNCLOUD_REMEMBER_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"remember\" \"%V\": write a time from "
                           "1h to 365d, as in \"remember 30d;\", or "
                           "\"remember off;\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    repository->remember = sec;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_owncloud_repository_limits(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_conf_init_uint_value(repository->page_size, 500);
    ngx_conf_init_uint_value(repository->max_results, 200);
    ngx_conf_init_value(repository->previews, 1);
    ngx_conf_init_value(repository->cache, 1);
    ngx_conf_init_msec_value(repository->cache_valid, 2000);
    ngx_conf_init_value(repository->remember, 0);

    if (repository->remember == 0 || repository->authorize) {
        return NGX_OK;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                               repository->line,
                               "\"remember\" and \"authorize off\" in "
                               "repository \"%i\": only Moodle knows who the "
                               "user is; write \"authorize on;\" or "
                               "\"remember off;\"", repository->id);

    return NGX_ERROR;
}


/*
 * Sessions bound to the user are invalid for a repository that binds them to
 * the Moodle session: each would replace the other's.
 */

ngx_int_t
ngx_http_owncloud_remember_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **p;

    p = mcf->repositories.elts;

    for (i = 0; p[i] != repository; i++) {

        if (p[i]->location == 0
            && p[i]->issuer == repository->issuer
            && ngx_http_owncloud_limit_same(p[i], repository)
            && p[i]->remember != repository->remember)
        {
            ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                       repository->line,
                                       "repositories \"%i\" and \"%i\" share "
                                       "the sign-ins of issuer \"%V\" but "
                                       "differ in \"remember\": write the "
                                       "same time into both", p[i]->id,
                                       repository->id, &repository->issuer_id);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * A line of the request header has to fit into one of
 * large_client_header_buffers. Over HTTP/1.1 all cookies are one line: a
 * quarter is left for Moodle's, the issuers that a browser can be signed in to
 * share the rest.
 */

void
ngx_http_owncloud_cookie_limit(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository)
{
    size_t                            size;
    ngx_uint_t                        i, j, n;
    ngx_http_owncloud_repository_t  **p;

    p = mcf->repositories.elts;
    n = 0;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (p[i]->issuer_id.len == 0
            || !ngx_http_owncloud_limit_same(p[i], repository))
        {
            continue;
        }

        /* counts each issuer once */

        for (j = 0; j < i; j++) {

            if (ngx_http_owncloud_limit_same(p[j], repository)
                && p[j]->issuer_id.len == p[i]->issuer_id.len
                && ngx_strncmp(p[j]->issuer_id.data, p[i]->issuer_id.data,
                               p[i]->issuer_id.len)
                   == 0)
            {
                break;
            }
        }

        if (j == i) {
            n++;
        }
    }

    /* not set where a server{} is that of "http" itself */

    size = repository->server->large_client_header_buffers.num
           ? repository->server->large_client_header_buffers.size : 8192;

    size = size / 4 * 3 / ngx_max(n, 1);
    size = ngx_max(size, NGX_HTTP_OWNCLOUD_COOKIE_LEAST);

    repository->cookie_size = ngx_min(size, NGX_HTTP_OWNCLOUD_COOKIE_TOTAL);
}


/* browsers send the cookies of both */

static ngx_uint_t
ngx_http_owncloud_limit_same(ngx_http_owncloud_repository_t *a,
    ngx_http_owncloud_repository_t *b)
{
    return a->server == b->server
           && a->moodle_root.len == b->moodle_root.len
           && ngx_strncmp(a->moodle_root.data, b->moodle_root.data,
                          a->moodle_root.len)
              == 0;
}
