
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_signin.h"


static ngx_int_t ngx_http_owncloud_logout_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);
static ngx_int_t ngx_http_owncloud_logout_revoked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_logout(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_session_t  *session;

    rc = ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    session = ctx->session;

    /* forgotten first: whatever comes of the revocation, it is over here */

    if (ngx_http_owncloud_session_end(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK && session->expires > ngx_time()
        && ctx->issuer->revocation.peer)
    {
        return ngx_http_owncloud_logout_revoke(r, ctx, session);
    }

    return ngx_http_owncloud_signin(r, ctx);
}


/* Nextcloud only: the one way to end a token there (core/apppassword) */

static ngx_int_t
ngx_http_owncloud_logout_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  yes = ngx_string("true");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->revocation,
                                         "DELETE");
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_call_bearer(r, call, &session->access) != NGX_OK
        || ngx_http_owncloud_call_header(call, "OCS-APIRequest", &yes)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_logout_revoked;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_logout_revoked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    /* with no type configured, ownCloud is asked as well and knows nothing */

    if (call->failure || call->status != NGX_HTTP_OK) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "the token was not revoked at \"%V\": status %ui, "
                      "failure %ui", &ctx->issuer->id, call->status,
                      call->failure);
    }

    return ngx_http_owncloud_signin(r, ctx);
}
