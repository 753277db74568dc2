
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_search_call.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_session.h"


ngx_int_t
ngx_http_owncloud_search_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_http_owncloud_search_request_t *search, ngx_http_owncloud_dav_t **dav,
    ngx_http_owncloud_call_t **call)
{
    ngx_int_t                      rc;
    ngx_str_t                      body;
    ngx_http_owncloud_type_t      *server;
    ngx_http_owncloud_endpoint_t  *endpoint;

    static ngx_str_t  content = ngx_string("text/xml; charset=utf-8");

    server = ngx_http_owncloud_type(type);

    endpoint = ngx_http_owncloud_cloud_type_endpoint(ctx->issuer,
                                                     server->search_at);
    if (endpoint == NULL) {
        return NGX_ABORT;
    }

    rc = server->search(r->pool, &endpoint->url, search, &body);

    if (rc != NGX_OK) {
        return rc;
    }

    *dav = ngx_http_owncloud_dav_search(r->pool, &search->base,
                                        search->filter ? &search->text : NULL,
                                        search->limit);
    *call = ngx_http_owncloud_call_create(r, endpoint, server->search_method);

    if (*dav == NULL || *call == NULL) {
        return NGX_ERROR;
    }

    (*call)->body = body;
    (*call)->replayable = 1;

    (*call)->sink = ngx_http_owncloud_sink_dav(r->pool, *dav,
                                               ctx->issuer->max_size);
    (*call)->sink_status = NGX_HTTP_OWNCLOUD_MULTI_STATUS;

    if ((*call)->sink == NULL
        || ngx_http_owncloud_call_bearer(r, *call, &ctx->session->access)
           != NGX_OK
        || ngx_http_owncloud_call_header(*call, "Content-Type", &content)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}
