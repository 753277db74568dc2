
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"


static ngx_int_t ngx_http_owncloud_open_range_signed_in(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_open_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (r->headers_in.range == NULL || ctx->moodle_session.len == 0
        || ctx->repository->open)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_open_note_range(r, ctx);

    /* who is not signed in any more has to come from Moodle again */

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_session_load(r, ctx);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_token(r, ctx,
                                   ngx_http_owncloud_open_range_signed_in);
}


/* somebody else may have signed in meanwhile */

static ngx_int_t
ngx_http_owncloud_open_range_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->reader.len != ctx->session->user.len
        || ngx_strncmp(open->reader.data, ctx->session->user.data,
                       open->reader.len)
           != 0)
    {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This link was opened by somebody else. Please open the "
                   "file from its page in Moodle.", "noticket");
    }

    if (open->as == NGX_HTTP_OWNCLOUD_AS_ACCOUNT) {
        return ngx_http_owncloud_account(r, ctx, ngx_http_owncloud_open_serve,
                                         NULL);
    }

    return ngx_http_owncloud_open_serve(r, ctx);
}
