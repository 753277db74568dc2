
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_preview.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session.h"


ngx_http_owncloud_call_t *
ngx_http_owncloud_dav_reply_propfind(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder, ngx_uint_t depth,
    ngx_http_owncloud_dav_t **dav)
{
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_issuer_t  *issuer;

    static ngx_str_t  depths[] = { ngx_string("0"), ngx_string("1") };
    static ngx_str_t  type = ngx_string("application/xml; charset=utf-8");

    issuer = ctx->issuer;

    call = ngx_http_owncloud_call_create(r, &issuer->webdav, "PROPFIND");
    if (call == NULL) {
        return NULL;
    }

    *dav = ngx_http_owncloud_dav_create(r->pool, &issuer->webdav.url, folder,
                                        issuer->max_entries);
    if (*dav == NULL) {
        return NULL;
    }

    /* nothing of an answer has been read when nginx asks another peer */

    call->replayable = 1;

    call->sink = ngx_http_owncloud_sink_dav(r->pool, *dav,
                                            depth
                                            ? issuer->max_size
                                            : NGX_HTTP_OWNCLOUD_ANSWER_SIZE);
    call->sink_status = NGX_HTTP_OWNCLOUD_MULTI_STATUS;
    call->body = ngx_http_owncloud_dav_propfind_etag;

    if (depth) {
        call->body = (ngx_http_owncloud_preview_source(r, ctx)
                      == NGX_HTTP_OWNCLOUD_PREVIEWS_SAID)
                     ? ngx_http_owncloud_dav_propfind_previews
                     : ngx_http_owncloud_dav_propfind;
    }

    if (call->sink == NULL
        || ngx_http_owncloud_call_path(r, ctx, folder, &call->uri) != NGX_OK
        || ngx_http_owncloud_call_bearer(r, call, &ctx->session->access)
           != NGX_OK
        || ngx_http_owncloud_call_header(call, "Depth", &depths[depth])
           != NGX_OK
        || ngx_http_owncloud_call_header(call, "Content-Type", &type)
           != NGX_OK)
    {
        return NULL;
    }

    return call;
}


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
                  "\"%V\" does not accept the token any more",
                  &ctx->issuer->id);

    return 1;
}


ngx_int_t
ngx_http_owncloud_dav_reply_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error)
{
    char  *format, *code;

    switch (error) {

    case NGX_HTTP_OWNCLOUD_DAV_TOO_MANY:
        code = "cloudtoobig";
        format = "This folder of %s holds more files than this Moodle can "
                 "show. Please put them into smaller folders.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER:
        code = "nofolder";
        format = "This is a file in %s, not a folder. Please go back and "
                 "reload the list.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_TRUNCATED:
        code = "cloudbroken";
        format = "The list that %s sent breaks off in the middle. Please try "
                 "again.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_MEMORY:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default: /* NGX_HTTP_OWNCLOUD_DAV_NOT_XML, NGX_HTTP_OWNCLOUD_DAV_NOT_DAV */
        code = "cloudinvalid";
        format = "%s sent something that is not a list of files. Please try "
                 "again; if it happens again, tell your administrator.";
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s: multistatus of \"%V\" for \"%V\" refused: %ui", code,
                  &ctx->issuer->id, &ctx->call->uri, error);

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
                      "\"%V\" left out of the listing of \"%V\": "
                      "%ui entries of other places, %ui broken ones",
                      &ctx->issuer->id, &ctx->call->uri, foreign, broken);
    }
}
