
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_listing_call.h"
#include "ngx_http_owncloud_browse_preview_list.h"
#include "ngx_http_owncloud_session.h"


ngx_http_owncloud_call_t *
ngx_http_owncloud_listing_call(ngx_http_request_t *r,
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

    /*
     * nginx tries another peer only before it has read anything of an answer
     */

    call->replayable = 1;

    call->sink = ngx_http_owncloud_sink_dav(r->pool, *dav,
                                            depth
                                            ? issuer->max_size
                                            : NGX_HTTP_OWNCLOUD_ANSWER_SIZE);
    call->sink_status = NGX_HTTP_OWNCLOUD_MULTI_STATUS;
    call->body = ngx_http_owncloud_dav_propfind_etag;

    if (depth) {
        call->body = (ngx_http_owncloud_preview_source(r, ctx)
                      == NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED)
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
