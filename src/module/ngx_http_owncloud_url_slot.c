
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static char *ngx_http_owncloud_url_folder(ngx_conf_t *cf, void *post,
    void *data);
static char *ngx_http_owncloud_url_ocs(ngx_conf_t *cf, void *post,
    void *data);
static char *ngx_http_owncloud_url_userinfo(ngx_conf_t *cf, void *post,
    void *data);
static char *ngx_http_owncloud_url_root(ngx_conf_t *cf,
    ngx_http_owncloud_url_t *url, size_t len, char *path);


ngx_conf_post_t  ngx_http_owncloud_url_post_folder = {
    ngx_http_owncloud_url_folder
};


ngx_conf_post_t  ngx_http_owncloud_url_post_ocs = {
    ngx_http_owncloud_url_ocs
};


ngx_conf_post_t  ngx_http_owncloud_url_post_userinfo = {
    ngx_http_owncloud_url_userinfo
};


char *
ngx_http_owncloud_url_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    char                     *reason;
    ngx_int_t                 rc;
    ngx_str_t                *value;
    ngx_conf_post_t          *post;
    ngx_http_owncloud_url_t  *url;

    url = (ngx_http_owncloud_url_t *) (p + cmd->offset);

    if (url->text.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    rc = ngx_http_owncloud_url_parse(cf->pool, &value[1], url, &reason);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL \"%V\" in \"%V\": %s", &value[1],
                           &cmd->name, reason);
        return NGX_CONF_ERROR;
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (cmd->post) {
        post = cmd->post;
        return post->post_handler(cf, post, url);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_owncloud_endpoint_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    char                          *rv;
    ngx_str_t                     *value;
    ngx_http_owncloud_endpoint_t  *endpoint;

    /* the URL is the first member of an endpoint */

    rv = ngx_http_owncloud_url_slot(cf, cmd, conf);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    endpoint = (ngx_http_owncloud_endpoint_t *) (p + cmd->offset);

    value = cf->args->elts;
    endpoint->written = value[1];

    return NGX_CONF_OK;
}


/* a folder: its path ends with a slash */

static char *
ngx_http_owncloud_url_folder(ngx_conf_t *cf, void *post, void *data)
{
    ngx_http_owncloud_url_t  *url = data;

    if (url->query.len) {
        return "must not have a query (\"?...\")";
    }

    if (url->path.data[url->path.len - 1] == '/') {
        return NGX_CONF_OK;
    }

    return ngx_http_owncloud_url_root(cf, url, url->path.len, "");
}


/*
 * The root of the OCS API. Administrators know the URL that Moodle asks for:
 * ".../ocs/v1.php/apps/files_sharing/api/v1/shares?format=xml".
 */

static char *
ngx_http_owncloud_url_ocs(ngx_conf_t *cf, void *post, void *data)
{
    ngx_http_owncloud_url_t  *url = data;

    u_char  *p, *last;

    last = url->path.data + url->path.len;

    p = ngx_strlcasestrn(url->path.data, last, (u_char *) "/ocs/v",
                         sizeof("/ocs/v") - 1 - 1);

    if (p) {
        p += sizeof("/ocs/v") - 1;

        if (last - p >= 5 && (*p == '1' || *p == '2')
            && ngx_strncmp(p + 1, ".php", 4) == 0
            && (last - p == 5 || p[5] == '/'))
        {
            p += sizeof("1.php") - 1;

            return ngx_http_owncloud_url_root(cf, url, p - url->path.data,
                                              "");
        }
    }

    if (last[-1] == '/') {
        last--;
    }

    if (last - url->path.data >= 4 && ngx_strncmp(last - 4, "/ocs", 4) == 0) {
        return ngx_http_owncloud_url_root(cf, url, last - url->path.data,
                                          "v2.php/");
    }

    return "must have \"/ocs/v2.php\" (or v1.php) in its path";
}


/* without "format=json" the OCS API answers XML */

static char *
ngx_http_owncloud_url_userinfo(ngx_conf_t *cf, void *post, void *data)
{
    ngx_http_owncloud_url_t  *url = data;

    char       *reason;
    ngx_str_t   text;

    if (ngx_strlcasestrn(url->path.data, url->path.data + url->path.len,
                         (u_char *) "/ocs/v", sizeof("/ocs/v") - 1 - 1)
        == NULL)
    {
        return NGX_CONF_OK;
    }

    if (url->query.len
        && ngx_strlcasestrn(url->query.data, url->query.data + url->query.len,
                            (u_char *) "format=", sizeof("format=") - 1 - 1)
           != NULL)
    {
        return NGX_CONF_OK;
    }

    text.len = url->text.len + sizeof("?format=json") - 1;

    text.data = ngx_pnalloc(cf->pool, text.len);
    if (text.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_sprintf(text.data, "%V%sformat=json", &url->text,
                url->query.len ? "&" : "?");

    if (ngx_http_owncloud_url_parse(cf->pool, &text, url, &reason)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* keeps the first "len" bytes of the path and appends "path" */

static char *
ngx_http_owncloud_url_root(ngx_conf_t *cf, ngx_http_owncloud_url_t *url,
    size_t len, char *path)
{
    ngx_http_owncloud_url_t  base;

    base = *url;
    base.path.len = len;

    if (ngx_http_owncloud_url_join(cf->pool, &base, path, url) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
