
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_open.h"


ngx_uint_t
ngx_http_owncloud_open_wanted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    return 0;
}


ngx_int_t
ngx_http_owncloud_open(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return NGX_HTTP_NOT_FOUND;
}


ngx_int_t
ngx_http_owncloud_open_target(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target)
{
    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_open_return(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target)
{
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
}
