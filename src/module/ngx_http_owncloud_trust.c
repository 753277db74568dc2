
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_TRUST_MAX  (4 * 1024 * 1024)


static ngx_int_t ngx_http_owncloud_trust_read(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_fd_t fd);


/*
 * libcurl, which makes background calls, gets the certificates from memory,
 * since workers may not be able to read the file.
 */

ngx_int_t
ngx_http_owncloud_trust(ngx_conf_t *cf, ngx_http_owncloud_issuer_t *issuer)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    if (issuer->account != NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH
        || issuer->ssl == NULL || !issuer->verify)
    {
        return NGX_OK;
    }

    fd = ngx_open_file(issuer->trusted_certificate.data, NGX_FILE_RDONLY,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "cannot read \"trusted_certificate\" "
                                   "\"%V\" of issuer \"%V\" (%d)",
                                   &issuer->trusted_certificate, &issuer->id,
                                   ngx_errno);
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_trust_read(cf, issuer, fd);

    (void) ngx_close_file(fd);

    if (rc != NGX_OK) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "\"trusted_certificate\" \"%V\" of issuer "
                                   "\"%V\" is not a file of up to 4 MB",
                                   &issuer->trusted_certificate, &issuer->id);
    }

    return rc;
}


static ngx_int_t
ngx_http_owncloud_trust_read(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_fd_t fd)
{
    ssize_t          n;
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR || !ngx_is_file(&fi)
        || ngx_file_size(&fi) > NGX_HTTP_OWNCLOUD_TRUST_MAX)
    {
        return NGX_ERROR;
    }

    issuer->trusted.len = (size_t) ngx_file_size(&fi);

    issuer->trusted.data = ngx_pnalloc(cf->pool, issuer->trusted.len + 1);
    if (issuer->trusted.data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, issuer->trusted.data, issuer->trusted.len);

    return (n == (ssize_t) issuer->trusted.len) ? NGX_OK : NGX_ERROR;
}
