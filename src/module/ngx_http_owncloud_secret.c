
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_SECRET_MAX  4096


static ngx_int_t ngx_http_owncloud_secret_file(ngx_conf_t *cf,
    ngx_str_t *path, ngx_fd_t fd, ngx_http_owncloud_secret_t *secret,
    size_t max);
static void ngx_http_owncloud_secret_cleanup(void *data);
static ngx_int_t ngx_http_owncloud_secret_line(ngx_conf_t *cf,
    ngx_str_t *path, ngx_http_owncloud_secret_t *secret);


char *
ngx_http_owncloud_secret_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t                   *value;
    ngx_http_owncloud_secret_t  *secret;

    secret = (ngx_http_owncloud_secret_t *) (p + cmd->offset);

    if (secret->data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_http_owncloud_secret_read(cf, &value[1], secret,
                                      NGX_HTTP_OWNCLOUD_SECRET_MAX, 1)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_owncloud_secret_wipe(ngx_conf_t *cf,
    ngx_http_owncloud_secret_t *secret)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_owncloud_secret_t  *bytes;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_owncloud_secret_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    bytes = cln->data;
    *bytes = *secret;

    cln->handler = ngx_http_owncloud_secret_cleanup;

    return NGX_OK;
}


static void
ngx_http_owncloud_secret_cleanup(void *data)
{
    ngx_http_owncloud_secret_t  *bytes = data;

    ngx_explicit_memzero(bytes->data, bytes->len);
}


ngx_int_t
ngx_http_owncloud_secret_read(ngx_conf_t *cf, ngx_str_t *path,
    ngx_http_owncloud_secret_t *secret, size_t max, ngx_uint_t text)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;
    ngx_str_t  name;

    name = *path;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(name.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot read the secret file \"%V\": "
                           ngx_open_file_n " failed", &name);
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_secret_file(cf, &name, fd, secret, max);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", &name);
    }

    if (rc == NGX_OK && text) {
        return ngx_http_owncloud_secret_line(cf, &name, secret);
    }

    return rc;
}


static ngx_int_t
ngx_http_owncloud_secret_file(ngx_conf_t *cf, ngx_str_t *path, ngx_fd_t fd,
    ngx_http_owncloud_secret_t *secret, size_t max)
{
    size_t           size;
    ssize_t          n;
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", path);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the secret file \"%V\" is not a regular file",
                           path);
        return NGX_ERROR;
    }

    if (ngx_file_size(&fi) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the secret file \"%V\" is empty", path);
        return NGX_ERROR;
    }

    if (ngx_file_size(&fi) > (off_t) max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the secret file \"%V\" is larger than %uz bytes",
                           path, max);
        return NGX_ERROR;
    }

    if (ngx_file_access(&fi) & 0077) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "the secret file \"%V\" is readable by others than "
                           "its owner: \"chmod 600\" it", path);
    }

    size = (size_t) ngx_file_size(&fi);

    secret->len = size;
    secret->data = ngx_pnalloc(cf->pool, size);

    if (secret->data == NULL
        || ngx_http_owncloud_secret_wipe(cf, secret) != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, secret->data, size);

    if (n == -1 || (size_t) n != size) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, n == -1 ? ngx_errno : 0,
                           "cannot read the secret file \"%V\": "
                           ngx_read_fd_n " returned %z bytes of %uz",
                           path, n, size);
        return NGX_ERROR;
    }

    secret->len = size;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_secret_line(ngx_conf_t *cf, ngx_str_t *path,
    ngx_http_owncloud_secret_t *secret)
{
    ngx_str_t  text;

    if (secret->data[secret->len - 1] == LF) {
        secret->len--;

        if (secret->len && secret->data[secret->len - 1] == CR) {
            secret->len--;
        }
    }

    if (secret->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the secret file \"%V\" is empty", path);
        return NGX_ERROR;
    }

    text.data = secret->data;
    text.len = secret->len;

    if (!ngx_http_owncloud_printable(&text)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the secret file \"%V\" must contain one line of "
                           "text and nothing else", path);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* RFC 6749, 2.3.1: both are form-encoded before they are joined */

ngx_int_t
ngx_http_owncloud_secret_basic(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    ngx_int_t                    rc;
    ngx_str_t                    id, secret, text;
    ngx_http_owncloud_secret_t   escaped;

    text.data = issuer->client_secret.data;
    text.len = issuer->client_secret.len;

    if (ngx_http_owncloud_uri_escape(cf->pool, &issuer->client_id, &id, 1)
        != NGX_OK
        || ngx_http_owncloud_uri_escape(cf->pool, &text, &secret, 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    escaped.data = secret.data;
    escaped.len = secret.len;

    rc = ngx_http_owncloud_secret_header(cf, &id, &escaped, &issuer->basic);

    ngx_explicit_memzero(secret.data, secret.len);

    return rc;
}


ngx_int_t
ngx_http_owncloud_secret_header(ngx_conf_t *cf, ngx_str_t *user,
    ngx_http_owncloud_secret_t *password, ngx_http_owncloud_secret_t *header)
{
    u_char     *p;
    ngx_str_t   pair, encoded;

    pair.len = user->len + 1 + password->len;

    pair.data = ngx_pnalloc(cf->pool, pair.len);
    if (pair.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(pair.data, user->data, user->len);
    *p++ = ':';
    ngx_memcpy(p, password->data, password->len);

    p = ngx_pnalloc(cf->pool, sizeof("Basic ") - 1
                              + ngx_base64_encoded_length(pair.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    header->data = p;

    encoded.data = ngx_cpymem(p, "Basic ", sizeof("Basic ") - 1);
    ngx_encode_base64(&encoded, &pair);

    header->len = sizeof("Basic ") - 1 + encoded.len;

    ngx_explicit_memzero(pair.data, pair.len);

    return ngx_http_owncloud_secret_wipe(cf, header);
}
