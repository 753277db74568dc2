
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


typedef struct {
    char      *name;
    size_t     offset;
    size_t     path;          /* of the type, below base_url, or 0 */
    unsigned   needed:1;      /* to sign in and to list */
    unsigned   called:1;      /* by nginx, not by the browser */
} ngx_http_owncloud_endpoint_info_t;


#define ngx_http_owncloud_endpoint(issuer, info)                              \
    ((ngx_http_owncloud_endpoint_t *) ((char *) (issuer) + (info)->offset))


static ngx_int_t ngx_http_owncloud_endpoint_base(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_endpoint_well_known(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_endpoint_below_ocs(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_endpoint_below_root(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_uint_t ngx_http_owncloud_endpoint_root(
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_url_t *root);
static ngx_int_t ngx_http_owncloud_endpoint_check_http(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_endpoint_upstreams(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_endpoint_authorities(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


static ngx_http_owncloud_endpoint_info_t
    ngx_http_owncloud_endpoint_infos[] = {

    { "authorization_endpoint",
      offsetof(ngx_http_owncloud_issuer_t, authorization),
      offsetof(ngx_http_owncloud_type_t, authorization_path),
      1, 0 },

    { "token_endpoint",
      offsetof(ngx_http_owncloud_issuer_t, token),
      offsetof(ngx_http_owncloud_type_t, token_path),
      1, 1 },

    { "webdav_endpoint",
      offsetof(ngx_http_owncloud_issuer_t, webdav),
      offsetof(ngx_http_owncloud_type_t, webdav_path),
      1, 1 },

    { "ocs_endpoint",
      offsetof(ngx_http_owncloud_issuer_t, ocs),
      offsetof(ngx_http_owncloud_type_t, ocs_path),
      0, 1 },

    { "userinfo_endpoint",
      offsetof(ngx_http_owncloud_issuer_t, userinfo),
      0,
      1, 1 },

    { "revocation",
      offsetof(ngx_http_owncloud_issuer_t, revocation),
      0,
      0, 1 },

    { "search",
      offsetof(ngx_http_owncloud_issuer_t, dav),
      0,
      0, 1 },

    { "status",
      offsetof(ngx_http_owncloud_issuer_t, status),
      0,
      0, 1 },

    { "previews",
      offsetof(ngx_http_owncloud_issuer_t, preview),
      0,
      0, 1 },

    { NULL, 0, 0, 0, 0 }
};


ngx_int_t
ngx_http_owncloud_endpoints(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    if (ngx_http_owncloud_endpoint_well_known(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_endpoint_below_ocs(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_endpoint_below_root(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_endpoint_check_http(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (issuer->base.text.len == 0
        && ngx_http_owncloud_endpoint_base(cf, issuer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_endpoint_upstreams(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_endpoint_authorities(cf, issuer);
}


static ngx_int_t
ngx_http_owncloud_endpoint_well_known(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char                               *path;
    ngx_uint_t                          written;
    ngx_http_owncloud_type_t           *type;
    ngx_http_owncloud_endpoint_t       *endpoint;
    ngx_http_owncloud_endpoint_info_t  *info;

    type = ngx_http_owncloud_type(issuer->type);
    written = 0;

    for (info = ngx_http_owncloud_endpoint_infos; info->name; info++) {

        endpoint = ngx_http_owncloud_endpoint(issuer, info);

        if (endpoint->written.len) {
            written = 1;
            continue;
        }

        if (info->path == 0 || issuer->base.text.len == 0) {
            continue;
        }

        path = *(char **) ((char *) type + info->path);

        if (ngx_http_owncloud_url_join(cf->pool, &issuer->base, path,
                                       &endpoint->url)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (issuer->base.text.len == 0 && !written) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no \"base_url\" in issuer \"%V\": write "
                                   "the cloud's address, as in \"base_url "
                                   "https://cloud.example.com/;\"",
                                   &issuer->id);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_endpoint_below_ocs(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char  *path;

    if (issuer->ocs.url.text.len == 0) {
        return NGX_OK;
    }

    if (issuer->userinfo.url.text.len == 0
        && ngx_http_owncloud_url_join(cf->pool, &issuer->ocs.url,
                                      "cloud/user?format=json",
                                      &issuer->userinfo.url)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    path = ngx_http_owncloud_type(issuer->type)->revocation_path;

    return path ? ngx_http_owncloud_url_join(cf->pool, &issuer->ocs.url, path,
                                             &issuer->revocation.url)
                : NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_endpoint_below_root(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char                     *path;
    ngx_http_owncloud_url_t   root;

    if (!ngx_http_owncloud_endpoint_root(issuer, &root)) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_url_join(cf->pool, &root, "remote.php/dav/",
                                   &issuer->dav.url)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_url_join(cf->pool, &root, "status.php",
                                   &issuer->status.url)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    path = ngx_http_owncloud_type(issuer->type)->preview_path;

    return path ? ngx_http_owncloud_url_join(cf->pool, &root, path,
                                             &issuer->preview.url)
                : NGX_OK;
}


/*
 * Where "remote.php" and "status.php" are: what users' tokens are sent to is
 * the server that has their files, and no other.
 */

static ngx_uint_t
ngx_http_owncloud_endpoint_root(ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_url_t *root)
{
    u_char                   *p;
    ngx_http_owncloud_url_t  *webdav;

    webdav = &issuer->webdav.url;

    if (webdav->text.len == 0) {
        return 0;
    }

    p = ngx_strlcasestrn(webdav->path.data,
                         webdav->path.data + webdav->path.len,
                         (u_char *) "/remote.php/",
                         sizeof("/remote.php/") - 1 - 1);

    if (p) {
        *root = *webdav;
        root->path.len = p - webdav->path.data + 1;
        return 1;
    }

    *root = issuer->base;

    return root->text.len
           && root->tls == webdav->tls
           && root->authority.len == webdav->authority.len
           && ngx_strncmp(root->authority.data, webdav->authority.data,
                          root->authority.len)
              == 0;
}


static ngx_int_t
ngx_http_owncloud_endpoint_check_http(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char                               *name;
    ngx_http_owncloud_endpoint_t       *endpoint;
    ngx_http_owncloud_endpoint_info_t  *info;

    name = NULL;

    if (issuer->base.text.len && !issuer->base.tls) {
        name = "base_url";
    }

    for (info = ngx_http_owncloud_endpoint_infos; info->name && !name; info++)
    {
        endpoint = ngx_http_owncloud_endpoint(issuer, info);

        if (endpoint->url.text.len && !endpoint->url.tls) {
            name = info->name;
        }
    }

    if (name == NULL) {
        return NGX_OK;
    }

    if (!issuer->insecure) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "\"%s\" of issuer \"%V\" is plain http, "
                                   "and anybody in between can read and "
                                   "change what is sent: write "
                                   "\"https://...\", or \"insecure on;\" to "
                                   "accept this",
                                   name, &issuer->id);
        return NGX_ERROR;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file, issuer->line,
                               "\"%s\" of issuer \"%V\" is plain http: tokens "
                               "and files are sent unencrypted",
                               name, &issuer->id);

    return NGX_OK;
}


/* the URL where users manage their files, if only endpoints are configured */

static ngx_int_t
ngx_http_owncloud_endpoint_base(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    u_char                   *p;
    ngx_uint_t                i;
    ngx_http_owncloud_url_t   url;

    static ngx_str_t  marks[] = {
        ngx_string("/remote.php/"),
        ngx_string("/webdav/"),
        ngx_string("/dav/"),
        ngx_null_string
    };

    url = issuer->webdav.url;

    if (url.text.len == 0) {
        return NGX_OK;
    }

    for (i = 0; marks[i].len; i++) {

        p = ngx_strlcasestrn(url.path.data, url.path.data + url.path.len,
                             marks[i].data, marks[i].len - 1);
        if (p) {
            url.path.len = p - url.path.data + 1;
            break;
        }
    }

    return ngx_http_owncloud_url_join(cf->pool, &url, "", &issuer->base);
}


static ngx_int_t
ngx_http_owncloud_endpoint_upstreams(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char                               *setting;
    ngx_str_t                          *value;
    ngx_http_owncloud_endpoint_t       *endpoint;
    ngx_http_owncloud_endpoint_info_t  *info;

    for (info = ngx_http_owncloud_endpoint_infos; info->name; info++) {

        endpoint = ngx_http_owncloud_endpoint(issuer, info);

        if (endpoint->url.text.len == 0 || !info->called) {
            continue;
        }

        if (endpoint->written.len) {
            setting = info->name;
            value = &endpoint->written;

        } else if (info->path == 0 && issuer->ocs.written.len) {
            setting = "ocs_endpoint";
            value = &issuer->ocs.written;

        } else {
            setting = "base_url";
            value = &issuer->base.text;
        }

        endpoint->upstream = ngx_http_owncloud_origin_upstream(cf, issuer,
                                                               &endpoint->url,
                                                               setting, value);
        if (endpoint->upstream == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Lists the authorities that tokens are sent to, each once, in the order of
 * the endpoints.  Data of an issuer is bound to them besides its id, so that
 * no other host gets its tokens under the same id.
 */

static ngx_int_t
ngx_http_owncloud_endpoint_authorities(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    u_char                         *p;
    size_t                          len;
    ngx_uint_t                      i;
    ngx_http_owncloud_upstream_t  **peer;

    peer = issuer->upstreams.elts;
    len = 0;

    for (i = 0; i < issuer->upstreams.nelts; i++) {
        len += sizeof("https:// ") - 1 + peer[i]->authority.len;
    }

    p = ngx_pnalloc(cf->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    issuer->authorities.data = p;

    for (i = 0; i < issuer->upstreams.nelts; i++) {
        p = ngx_sprintf(p, "http%s://%V ", peer[i]->tls ? "s" : "",
                        &peer[i]->authority);
    }

    issuer->authorities.len = p - issuer->authorities.data;

    return NGX_OK;
}


char *
ngx_http_owncloud_endpoint_missing(ngx_http_owncloud_issuer_t *issuer)
{
    ngx_http_owncloud_endpoint_t       *endpoint;
    ngx_http_owncloud_endpoint_info_t  *info;

    for (info = ngx_http_owncloud_endpoint_infos; info->name; info++) {

        endpoint = ngx_http_owncloud_endpoint(issuer, info);

        if (info->needed && endpoint->url.text.len == 0) {
            return info->name;
        }
    }

    return NULL;
}
