
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_preview_call.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_session.h"


ngx_http_owncloud_endpoint_t *
ngx_http_owncloud_preview_endpoint(ngx_http_owncloud_ctx_t *ctx,
    ngx_uint_t type)
{
    ngx_http_owncloud_type_t  *server;

    server = ngx_http_owncloud_type(type);

    if (server->preview_user && ctx->session->user.len == 0) {
        return NULL;
    }

    return ngx_http_owncloud_cloud_type_endpoint(ctx->issuer,
                                                 server->preview_at);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_preview_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_endpoint_t *endpoint,
    ngx_uint_t type, ngx_str_t *path)
{
    ngx_str_t                  uri;
    ngx_http_owncloud_call_t  *call;

    if (ngx_http_owncloud_type(type)->preview(r->pool, &endpoint->url,
                                              &ctx->session->user, path, &uri)
        != NGX_OK)
    {
        return NULL;
    }

    call = ngx_http_owncloud_call_create(r, endpoint, "GET");
    if (call == NULL) {
        return NULL;
    }

    call->uri = uri;
    call->replayable = 1;
    call->sink_status = NGX_HTTP_OK;
    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_PREVIEW_MAX);

    if (call->sink == NULL
        || ngx_http_owncloud_call_bearer(r, call, &ctx->session->access)
           != NGX_OK)
    {
        return NULL;
    }

    return call;
}
