
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_TLS_DEPTH  9
#define NGX_HTTP_OWNCLOUD_TLS_ERROR  128


static ngx_ssl_t *ngx_http_owncloud_tls_create(ngx_conf_t *cf);
static ngx_int_t ngx_http_owncloud_tls_trust(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_ssl_t *ssl);
static ngx_int_t ngx_http_owncloud_tls_bundle(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_err_t ngx_http_owncloud_tls_readable(u_char *name);


/* where operating systems have their trusted certificates */

static char  *ngx_http_owncloud_tls_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    NULL
};


ngx_ssl_t *
ngx_http_owncloud_tls(ngx_conf_t *cf, ngx_http_owncloud_issuer_t *issuer)
{
    ngx_ssl_t  *ssl;

    if (issuer->ssl) {
        return issuer->ssl;
    }

    ssl = ngx_http_owncloud_tls_create(cf);
    if (ssl == NULL) {
        return NULL;
    }

    if (issuer->verify) {
        if (ngx_http_owncloud_tls_trust(cf, issuer, ssl) != NGX_OK) {
            return NULL;
        }

    } else {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                   issuer->line,
                                   "\"verify off\" in issuer \"%V\": its "
                                   "certificates are not verified, anybody in "
                                   "between can pose as the cloud",
                                   &issuer->id);
    }

    issuer->ssl = ssl;

    return ssl;
}


static ngx_ssl_t *
ngx_http_owncloud_tls_create(ngx_conf_t *cf)
{
    ngx_str_t            ciphers;
    ngx_ssl_t           *ssl;
    ngx_pool_cleanup_t  *cln;

    ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (ssl == NULL) {
        return NULL;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL)
        != NGX_OK)
    {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(ssl);
        return NULL;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = ssl;

    /* a request fits, and thousands of connections may be open */

    ssl->buffer_size = 4096;

    ngx_str_set(&ciphers, "DEFAULT");

    if (ngx_ssl_ciphers(cf, ssl, &ciphers, 0) != NGX_OK) {
        return NULL;
    }

    if (ngx_ssl_client_session_cache(cf, ssl, 1) != NGX_OK) {
        return NULL;
    }

    return ssl;
}


static ngx_int_t
ngx_http_owncloud_tls_trust(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_ssl_t *ssl)
{
    u_char     *p, text[NGX_HTTP_OWNCLOUD_TLS_ERROR];
    ngx_err_t   err;
    ngx_str_t  *file;

    file = &issuer->trusted_certificate;

    if (file->len) {

        if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
            return NGX_ERROR;
        }

        err = ngx_http_owncloud_tls_readable(file->data);

        if (err) {
            p = ngx_strerror(err, text, NGX_HTTP_OWNCLOUD_TLS_ERROR);

            ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                       issuer->line,
                                       "cannot read \"trusted_certificate\" "
                                       "\"%V\" of issuer \"%V\" (%d: %*s)",
                                       file, &issuer->id, err,
                                       (size_t) (p - text), text);
            return NGX_ERROR;
        }

    } else if (ngx_http_owncloud_tls_bundle(cf, issuer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_ssl_trusted_certificate(cf, ssl, file,
                                    NGX_HTTP_OWNCLOUD_TLS_DEPTH)
        != NGX_OK)
    {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no certificates in \"%V\" for issuer "
                                   "\"%V\": write a file of certificates in "
                                   "PEM format", file, &issuer->id);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_tls_bundle(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    char        **bundle;
    const char   *openssl;
    ngx_str_t    *file;

    file = &issuer->trusted_certificate;

    for (bundle = ngx_http_owncloud_tls_bundles; *bundle; bundle++) {

        if (ngx_http_owncloud_tls_readable((u_char *) *bundle) == 0) {
            file->data = (u_char *) *bundle;
            file->len = ngx_strlen(*bundle);
            return NGX_OK;
        }
    }

    openssl = X509_get_default_cert_file();

    if (ngx_http_owncloud_tls_readable((u_char *) openssl) == 0) {
        file->data = (u_char *) openssl;
        file->len = ngx_strlen(openssl);
        return NGX_OK;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file, issuer->line,
                               "the system has no CA bundle to verify issuer "
                               "\"%V\" with: install \"ca-certificates\", or "
                               "write \"trusted_certificate FILE;\"",
                               &issuer->id);

    return NGX_ERROR;
}


static ngx_err_t
ngx_http_owncloud_tls_readable(u_char *name)
{
    ngx_fd_t   fd;
    ngx_err_t  err;

    fd = ngx_open_file(name, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        err = ngx_errno;
        return err ? err : NGX_ENOENT;
    }

    (void) ngx_close_file(fd);

    return 0;
}
