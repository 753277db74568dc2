
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_preview_call.h"
#include "ngx_http_owncloud_browse_preview_list.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_session.h"


ngx_uint_t
ngx_http_owncloud_preview_source(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_uint_t  type;

    if (!ctx->repository->previews || ctx->repository->location
        || ngx_http_owncloud_cloud_type(r, ctx, &type) != NGX_OK
        || ngx_http_owncloud_preview_endpoint(ctx, type) == NULL)
    {
        return NGX_HTTP_OWNCLOUD_PREVIEWS_NONE;
    }

    return ngx_http_owncloud_type(type)->preview_listed
           ? NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED
           : NGX_HTTP_OWNCLOUD_PREVIEWS_IMAGES;
}


ngx_int_t
ngx_http_owncloud_preview_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list)
{
    list->previews = ngx_http_owncloud_preview_source(r, ctx);

    if (list->previews == NGX_HTTP_OWNCLOUD_PREVIEWS_NONE) {
        return NGX_OK;
    }

    return ngx_http_owncloud_preview_tag(ctx, list->tag);
}


/* by the user at the cloud or, if that is unknown, by the session */

ngx_int_t
ngx_http_owncloud_preview_tag(ngx_http_owncloud_ctx_t *ctx, u_char *tag)
{
    u_char     digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t  user;

    user = ctx->session->user;

    if (user.len == 0) {
        user.data = ctx->subject;
        user.len = sizeof(ctx->subject);
    }

    if (ngx_http_owncloud_digest_of(digest, "preview", &ctx->issuer->id, &user)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(tag, digest, NGX_HTTP_OWNCLOUD_PREVIEW_TAG / 2);

    return NGX_OK;
}
