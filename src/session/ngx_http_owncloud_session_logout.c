
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_token.h"


ngx_int_t
ngx_http_owncloud_logout(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_credential_t  *session;

    rc = ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    session = ctx->session;

    /* end the session first: it is over even if the revocation fails */

    if (ngx_http_owncloud_session_end(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_owncloud_revoke(r, ctx,
                                        &ngx_http_owncloud_session_holder,
                                        session, ngx_http_owncloud_signin);
    }

    return ngx_http_owncloud_signin(r, ctx);
}
