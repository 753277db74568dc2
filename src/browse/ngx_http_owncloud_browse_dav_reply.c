
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_request_failure.h"


ngx_uint_t
ngx_http_owncloud_dav_reply_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    if (call->failure || call->status != NGX_HTTP_UNAUTHORIZED) {
        return 0;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%V\" no longer accepts the access token",
                  &ctx->issuer->id);

    return 1;
}


ngx_uint_t
ngx_http_owncloud_dav_reply_error(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_dav_t *dav)
{
    if (ctx->call->status != NGX_HTTP_OWNCLOUD_MULTI_STATUS) {
        return NGX_HTTP_OWNCLOUD_DAV_NOT_DAV;
    }

    return (ngx_http_owncloud_dav_finish(dav) == NGX_OK)
           ? NGX_HTTP_OWNCLOUD_DAV_GOOD : ngx_http_owncloud_dav_error(dav);
}


ngx_int_t
ngx_http_owncloud_dav_reply_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error)
{
    char  *format, *code;

    switch (error) {

    case NGX_HTTP_OWNCLOUD_DAV_TOO_MANY:
        code = "cloudtoobig";
        format = "This folder in %s contains more files than this Moodle can "
                 "show. Please move some of them to other folders.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER:
        code = "nofolder";
        format = "This is a file in %s, not a folder. Please go back and "
                 "reload the list.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_TRUNCATED:
        code = "cloudbroken";
        format = "The list of files from %s is incomplete. Please try again.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_MEMORY:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default: /* NGX_HTTP_OWNCLOUD_DAV_NOT_XML, NGX_HTTP_OWNCLOUD_DAV_NOT_DAV */
        code = "cloudinvalid";
        format = "%s did not send a list of files. Please try again. If the "
                 "problem persists, tell your administrator.";
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s: multistatus from \"%V\" for \"%V\" rejected: error %ui",
                  code, &ctx->issuer->id, &ctx->call->uri, error);

    return ngx_http_owncloud_failure_answer(r, ctx, format, code);
}


void
ngx_http_owncloud_dav_reply_left_out(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_dav_t *dav)
{
    ngx_uint_t  foreign, broken;

    foreign = ngx_http_owncloud_dav_foreign(dav);
    broken = ngx_http_owncloud_dav_broken(dav);

    if (foreign || broken) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"%V\": left out of the listing of \"%V\": %ui entries "
                      "of other folders, %ui invalid entries",
                      &ctx->issuer->id, &ctx->call->uri, foreign, broken);
    }
}
