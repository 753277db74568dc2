
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_account_propfind.h"


static ngx_int_t ngx_http_owncloud_account_propfind_write(void *data,
    u_char *p, size_t len);


ngx_http_owncloud_call_t *
ngx_http_owncloud_account_propfind(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path,
    ngx_uint_t depth, ngx_http_owncloud_items_t *items)
{
    ngx_http_owncloud_call_t  *call;

    static ngx_str_t  depths[] = { ngx_string("0"), ngx_string("1") };
    static ngx_str_t  type = ngx_string("application/xml; charset=utf-8");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->webdav, "PROPFIND");
    if (call == NULL) {
        return NULL;
    }

    call->sink = ngx_http_owncloud_sink_reader(r->pool,
                                     ngx_http_owncloud_account_propfind_write,
                                     items, ctx->issuer->max_size);

    if (call->sink == NULL
        || ngx_http_owncloud_call_path(r, ctx, path, &call->uri) != NGX_OK
        || ngx_http_owncloud_account_authorize(r, ctx, call, as) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Depth", &depths[depth])
           != NGX_OK
        || ngx_http_owncloud_call_header(call, "Content-Type", &type)
           != NGX_OK)
    {
        return NULL;
    }

    call->sink_status = 207;
    call->body = ngx_http_owncloud_dav_propfind_item;
    call->replayable = 1;

    return call;
}


static ngx_int_t
ngx_http_owncloud_account_propfind_write(void *data, u_char *p, size_t len)
{
    return ngx_http_owncloud_items_feed(data, p, len);
}
