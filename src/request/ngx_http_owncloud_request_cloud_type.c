
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_zone.h"


static ngx_int_t ngx_http_owncloud_cloud_type_key(ngx_http_owncloud_ctx_t *ctx,
    u_char *key);
static ngx_uint_t ngx_http_owncloud_cloud_type_guess(
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_cloud_type_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type);


ngx_int_t
ngx_http_owncloud_cloud_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_main_conf_t  *omcf;

    *type = ctx->issuer->type;

    if (*type != NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN) {
        return NGX_OK;
    }

    if (ctx->issuer->status.upstream == NULL) {
        *type = ngx_http_owncloud_cloud_type_guess(ctx);
        return NGX_OK;
    }

    if (ngx_http_owncloud_cloud_type_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    if (value.len != 1 || value.data[0] == NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN
        || value.data[0] >= NGX_HTTP_OWNCLOUD_TYPES)
    {
        return NGX_DECLINED;
    }

    *type = value.data[0];

    return NGX_OK;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_cloud_type_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->status, "GET");
    if (call == NULL) {
        return NULL;
    }

    call->replayable = 1;

    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);
    call->sink_status = NGX_HTTP_OK;

    return call->sink ? call : NULL;
}


ngx_int_t
ngx_http_owncloud_cloud_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type)
{
    u_char                          ch, key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_main_conf_t  *omcf;

    rc = ngx_http_owncloud_cloud_type_read(r, ctx, type);

    if (rc == NGX_DECLINED) {

        *type = ngx_http_owncloud_cloud_type_guess(ctx);

        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "\"%V\" does not report its cloud type, write \"type\"",
                      &ctx->issuer->id);

        return NGX_OK;
    }

    if (rc != NGX_OK || ngx_http_owncloud_cloud_type_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    ch = (u_char) *type;
    value.data = &ch;
    value.len = 1;

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                                      NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                                      &value,
                                      ngx_time()
                                      + NGX_HTTP_OWNCLOUD_CLOUD_TYPE_TIME);

    return NGX_OK;
}


ngx_http_owncloud_endpoint_t *
ngx_http_owncloud_cloud_type_endpoint(ngx_http_owncloud_issuer_t *issuer,
    ngx_uint_t at)
{
    ngx_http_owncloud_endpoint_t  *endpoint;

    switch (at) {

    case NGX_HTTP_OWNCLOUD_AT_WEBDAV:
        endpoint = &issuer->webdav;
        break;

    case NGX_HTTP_OWNCLOUD_AT_DAV:
        endpoint = &issuer->dav;
        break;

    case NGX_HTTP_OWNCLOUD_AT_PREVIEW:
        endpoint = &issuer->preview;
        break;

    default: /* NGX_HTTP_OWNCLOUD_AT_NONE */
        return NULL;
    }

    return endpoint->upstream ? endpoint : NULL;
}


static ngx_int_t
ngx_http_owncloud_cloud_type_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "kind", &ctx->issuer->id,
                                       &ctx->issuer->status.url.text);
}


static ngx_uint_t
ngx_http_owncloud_cloud_type_guess(ngx_http_owncloud_ctx_t *ctx)
{
    return ctx->issuer->dav.upstream ? NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD
                                 : NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD;
}


static ngx_int_t
ngx_http_owncloud_cloud_type_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t *type)
{
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    if (call->failure || call->status != NGX_HTTP_OK) {
        return NGX_DECLINED;
    }

    ngx_http_owncloud_sink_text(call->sink, &text);

    return ngx_http_owncloud_info_type(r->pool, &text, type);
}
