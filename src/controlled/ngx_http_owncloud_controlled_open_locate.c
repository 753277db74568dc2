
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_controlled_open_error.h"
#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"


static ngx_int_t ngx_http_owncloud_open_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_got(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_accept(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_accepted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_open_path(
    ngx_http_owncloud_open_t *open);
static ngx_int_t ngx_http_owncloud_open_settled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_verified(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_search(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * In the reader's root the file may have another name than the announced one,
 * or may still have to be moved.  Anywhere else it is where it was moved to,
 * by us or by the reader.
 */

ngx_int_t
ngx_http_owncloud_open_locate(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->received.len < 2 || open->received.data[0] != '/'
        || open->lookup.id.len == 0)
    {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s did not say where this file is among your files. "
                   "Please try again. If the problem persists, tell your "
                   "administrator.", "cloudinvalid");
    }

    if (open->fresh
        || (ngx_http_owncloud_file_in_root(&open->received)
            && !ngx_http_owncloud_open_note_left(r, ctx)))
    {
        return ngx_http_owncloud_open_get(r, ctx);
    }

    return ngx_http_owncloud_open_verify(r, ctx);
}


/* asked by the reader, the server settles the name and answers it */

static ngx_int_t
ngx_http_owncloud_open_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    call = ngx_http_owncloud_share_get(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                       &open->share);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_got;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_got(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &open->reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return ngx_http_owncloud_open_failed(r, ctx);
    }

    switch (open->reply.result) {

    case NGX_HTTP_OWNCLOUD_OCS_GOOD:
        (void) ngx_http_owncloud_open_path(open);

        return ngx_http_owncloud_open_settled(r, ctx);

    case NGX_HTTP_OWNCLOUD_OCS_REFUSED:
        return ngx_http_owncloud_open_unauthorized(r, ctx);

    case NGX_HTTP_OWNCLOUD_OCS_MISSING:

        /* not accepted yet, or removed by the reader */

        return (open->located == NGX_HTTP_OWNCLOUD_OPEN_ACCEPTED)
               ? ngx_http_owncloud_open_reshare(r, ctx)
               : ngx_http_owncloud_open_accept(r, ctx);

    default:
        return ngx_http_owncloud_open_failed(r, ctx);
    }
}


static ngx_int_t
ngx_http_owncloud_open_accept(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->located = NGX_HTTP_OWNCLOUD_OPEN_ACCEPTED;

    call = ngx_http_owncloud_share_accept(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                          &open->share);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_accepted;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_accepted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &open->reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK || open->reply.result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        return ngx_http_owncloud_open_reshare(r, ctx);
    }

    return ngx_http_owncloud_open_path(open)
           ? ngx_http_owncloud_open_settled(r, ctx)
           : ngx_http_owncloud_open_get(r, ctx);
}


/* 1 if the answer says where the reader has it; sets open->received */

static ngx_uint_t
ngx_http_owncloud_open_path(ngx_http_owncloud_open_t *open)
{
    ngx_http_owncloud_share_t  *share;

    share = open->reply.shares.elts;

    if (open->reply.shares.nelts != 1 || share->file_target.len <= 1
        || share->file_target.data[0] != '/')
    {
        return 0;
    }

    open->received = share->file_target;

    return 1;
}


static ngx_int_t
ngx_http_owncloud_open_settled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->located = NGX_HTTP_OWNCLOUD_OPEN_SETTLED;

    return ngx_http_owncloud_open_verify(r, ctx);
}


/* another file may have this name: verify the id */

ngx_int_t
ngx_http_owncloud_open_verify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    call = ngx_http_owncloud_file_lookup(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                         &open->received, 0, &open->lookup);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_verified;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_verified(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    switch (ngx_http_owncloud_file_lookup_done(ctx, &open->lookup)) {

    case NGX_OK:

        if (open->lookup.folder) {
            return ngx_http_owncloud_failure_answer(r, ctx,
                       "This is now a folder in %s and cannot be shown.",
                       "isfolder");
        }

        open->received = open->lookup.path;

        return ngx_http_owncloud_open_move(r, ctx);

    case NGX_DECLINED:

        if (open->located < NGX_HTTP_OWNCLOUD_OPEN_SETTLED) {
            return ngx_http_owncloud_open_get(r, ctx);
        }

        return (open->located == NGX_HTTP_OWNCLOUD_OPEN_SETTLED)
               ? ngx_http_owncloud_open_search(r, ctx)
               : ngx_http_owncloud_open_reshare(r, ctx);

    case NGX_ABORT:

        if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
            return ngx_http_owncloud_open_unauthorized(r, ctx);
        }

        return ngx_http_owncloud_open_failed(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* OpenCloud does not always answer the right name */

static ngx_int_t
ngx_http_owncloud_open_search(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                  folder;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->located = NGX_HTTP_OWNCLOUD_OPEN_SEARCHED;

    ngx_http_owncloud_file_folder(&open->received, &folder);

    call = ngx_http_owncloud_file_lookup(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                         &folder, 1, &open->lookup);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_verified;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


/* all begins anew: the new token may be another user's */

static ngx_int_t
ngx_http_owncloud_open_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (!open->refused) {
        open->refused = 1;

        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_open_share);
    }

    return ngx_http_owncloud_failure_answer(r, ctx,
               "%s did not accept your sign-in. Please log out in the file "
               "picker, then open the file again.", "cloudsignin");
}
