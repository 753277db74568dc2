
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"

#include <curl/curl.h>


static ngx_int_t ngx_http_owncloud_url_check(ngx_str_t *text,
    ngx_http_owncloud_url_t *url, char **reason);
static ngx_int_t ngx_http_owncloud_url_take(ngx_pool_t *pool, CURLU *u,
    ngx_http_owncloud_url_t *url, char **reason);
static ngx_int_t ngx_http_owncloud_url_host(ngx_pool_t *pool, CURLU *u,
    ngx_http_owncloud_url_t *url, char **reason);
static ngx_int_t ngx_http_owncloud_url_part(ngx_pool_t *pool, CURLU *u,
    CURLUPart part, unsigned flags, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_url_authority(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url);
static char *ngx_http_owncloud_url_reason(CURLUcode code);


ngx_int_t
ngx_http_owncloud_url_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_url_t *url, char **reason)
{
    char       *z;
    CURLU      *u;
    ngx_int_t   rc;
    CURLUcode   code;

    ngx_memzero(url, sizeof(ngx_http_owncloud_url_t));

    if (ngx_http_owncloud_url_check(text, url, reason) != NGX_OK) {
        return NGX_DECLINED;
    }

    z = ngx_pnalloc(pool, text->len + 1);
    if (z == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn((u_char *) z, text->data, text->len + 1);

    u = curl_url();
    if (u == NULL) {
        return NGX_ERROR;
    }

    code = curl_url_set(u, CURLUPART_URL, z,
                        CURLU_DISALLOW_USER|CURLU_URLENCODE);

    if (code == CURLUE_OK) {
        rc = ngx_http_owncloud_url_take(pool, u, url, reason);

    } else if (code == CURLUE_OUT_OF_MEMORY) {
        rc = NGX_ERROR;

    } else {
        *reason = ngx_http_owncloud_url_reason(code);
        rc = NGX_DECLINED;
    }

    curl_url_cleanup(u);

    return rc;
}


/* rejects what libcurl accepts, above all a percent-encoded host */

static ngx_int_t
ngx_http_owncloud_url_check(ngx_str_t *text, ngx_http_owncloud_url_t *url,
    char **reason)
{
    u_char     *p, *last, *host;
    CURLUcode   code;

    p = text->data;
    last = p + text->len;
    code = CURLUE_OK;

    if (text->len >= 8 && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0) {
        url->tls = 1;
        host = p + 8;

    } else if (text->len >= 7
               && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0)
    {
        host = p + 7;

    } else {
        *reason = ngx_http_owncloud_url_reason(CURLUE_BAD_SCHEME);
        return NGX_DECLINED;
    }

    for (p = host; p < last && *p != '/' && *p != '?'; p++) {
        if (*p == '%') {
            code = CURLUE_BAD_HOSTNAME;
        }
    }

    if (p == host) {
        code = CURLUE_NO_HOST;
    }

    for (p = host; p < last; p++) {
        if (*p <= ' ' || *p == 0x7f) {
            code = CURLUE_MALFORMED_INPUT;
            break;
        }

        if (*p == '#') {
            *reason = "it has a fragment";
            return NGX_DECLINED;
        }
    }

    if (code != CURLUE_OK) {
        *reason = ngx_http_owncloud_url_reason(code);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_url_take(ngx_pool_t *pool, CURLU *u,
    ngx_http_owncloud_url_t *url, char **reason)
{
    ngx_int_t  rc, port;
    ngx_str_t  value;

    rc = ngx_http_owncloud_url_host(pool, u, url, reason);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_url_part(pool, u, CURLUPART_PORT,
                                    CURLU_DEFAULT_PORT, &value);
    if (rc != NGX_OK) {
        return rc;
    }

    port = ngx_atoi(value.data, value.len);

    if (port < 1 || port > 65535) {
        *reason = ngx_http_owncloud_url_reason(CURLUE_BAD_PORT_NUMBER);
        return NGX_DECLINED;
    }

    url->port = (in_port_t) port;

    if (ngx_http_owncloud_url_part(pool, u, CURLUPART_PATH, 0, &url->path)
        != NGX_OK
        || ngx_http_owncloud_url_part(pool, u, CURLUPART_QUERY, 0,
                                      &url->query)
           != NGX_OK
        || ngx_http_owncloud_url_part(pool, u, CURLUPART_URL,
                                      CURLU_NO_DEFAULT_PORT, &url->text)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_url_authority(pool, url);
}


static ngx_int_t
ngx_http_owncloud_url_host(ngx_pool_t *pool, CURLU *u,
    ngx_http_owncloud_url_t *url, char **reason)
{
    u_char      ch;
    ngx_int_t   rc;
    ngx_uint_t  i;

    rc = ngx_http_owncloud_url_part(pool, u, CURLUPART_HOST, 0, &url->host);
    if (rc != NGX_OK) {
        return rc;
    }

    for (i = 0; i < url->host.len; i++) {
        ch = ngx_tolower(url->host.data[i]);

        if (ch & 0x80) {
            *reason = "the host name must be in ASCII form, \"xn--...\"";
            return NGX_DECLINED;
        }

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')
            && ngx_strchr("-._:[]", ch) == NULL)
        {
            *reason = ngx_http_owncloud_url_reason(CURLUE_BAD_HOSTNAME);
            return NGX_DECLINED;
        }

        url->host.data[i] = ch;
    }

    if (curl_url_set(u, CURLUPART_HOST, (char *) url->host.data, 0)
        != CURLUE_OK)
    {
        *reason = ngx_http_owncloud_url_reason(CURLUE_NO_HOST);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * A missing query is empty.  The copy ends with a NUL.
 */

static ngx_int_t
ngx_http_owncloud_url_part(ngx_pool_t *pool, CURLU *u, CURLUPart part,
    unsigned flags, ngx_str_t *value)
{
    char       *z;
    CURLUcode   code;

    ngx_str_null(value);

    code = curl_url_get(u, part, &z, flags);

    if (code == CURLUE_NO_QUERY) {
        return NGX_OK;
    }

    if (code != CURLUE_OK) {
        return NGX_ERROR;
    }

    value->len = ngx_strlen(z);

    value->data = ngx_pnalloc(pool, value->len + 1);
    if (value->data == NULL) {
        curl_free(z);
        return NGX_ERROR;
    }

    ngx_memcpy(value->data, z, value->len + 1);

    curl_free(z);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_url_authority(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *url)
{
    u_char  *p;

    if (url->port == (url->tls ? 443 : 80)) {
        url->authority = url->host;
        return NGX_OK;
    }

    p = ngx_pnalloc(pool, url->host.len + sizeof(":65535") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->authority.data = p;
    url->authority.len = ngx_sprintf(p, "%V:%ui", &url->host,
                                     (ngx_uint_t) url->port)
                         - p;

    return NGX_OK;
}


static char *
ngx_http_owncloud_url_reason(CURLUcode code)
{
    switch (code) {

    case CURLUE_BAD_SCHEME:
    case CURLUE_BAD_SLASHES:
    case CURLUE_NO_SCHEME:
    case CURLUE_UNSUPPORTED_SCHEME:
        return "it must start with \"https://\" or \"http://\"";

    case CURLUE_USER_NOT_ALLOWED:
    case CURLUE_BAD_LOGIN:
    case CURLUE_BAD_USER:
    case CURLUE_BAD_PASSWORD:
        return "it has a user name";

    case CURLUE_BAD_PORT_NUMBER:
        return "the port must be a number between 1 and 65535";

    case CURLUE_NO_HOST:
        return "it has no host name";

    case CURLUE_BAD_HOSTNAME:
        return "it has an invalid host name";

    case CURLUE_BAD_IPV6:
        return "it has an invalid IPv6 address";

    default:
        return "it contains spaces or other invalid characters";
    }
}


ngx_int_t
ngx_http_owncloud_url_join(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
    char *path, ngx_http_owncloud_url_t *url)
{
    char       *reason;
    u_char     *p;
    ngx_str_t   text;

    while (*path == '/') {
        path++;
    }

    text.len = sizeof("https://") + base->authority.len + base->path.len
               + ngx_strlen(path);

    text.data = ngx_pnalloc(pool, text.len);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(text.data, "http%s://%V%V", base->tls ? "s" : "",
                    &base->authority, &base->path);

    if (p[-1] != '/') {
        *p++ = '/';
    }

    p = ngx_cpymem(p, path, ngx_strlen(path));

    text.len = p - text.data;

    return ngx_http_owncloud_url_parse(pool, &text, url, &reason);
}
