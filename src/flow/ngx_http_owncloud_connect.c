
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_connect.h"
#include "ngx_http_owncloud_signin.h"


ngx_int_t
ngx_http_owncloud_connect(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return NGX_HTTP_NOT_IMPLEMENTED;
}


ngx_int_t
ngx_http_owncloud_connect_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest)
{
    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_connect_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session,
    ngx_str_t *target)
{
    return NGX_HTTP_NOT_IMPLEMENTED;
}
