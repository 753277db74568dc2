
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_error.h"
#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_request_failure.h"


/* how long no shares are made after a server has refused more */
#define NGX_HTTP_OWNCLOUD_OPEN_PAUSE  60       /* seconds */


static ngx_int_t ngx_http_owncloud_open_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_given(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_limited(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t received);
static ngx_int_t ngx_http_owncloud_open_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);
static ngx_uint_t ngx_http_owncloud_open_rights(
    ngx_http_owncloud_open_t *open, ngx_int_t has);
static ngx_int_t ngx_http_owncloud_open_permitted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_taken(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_open_share(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->as = NGX_HTTP_OWNCLOUD_AS_USER;
    open->located = NGX_HTTP_OWNCLOUD_OPEN_ANNOUNCED;

    if (ngx_http_owncloud_share_same_user(ngx_http_owncloud_account_id(ctx),
                                          &ctx->session->user))
    {
        /* the account itself reads its own copy */

        open->received = open->link.path;
        open->located = NGX_HTTP_OWNCLOUD_OPEN_SEARCHED;
        open->reshared = 1;

        return ngx_http_owncloud_open_verify(r, ctx);
    }

    /* two openings at the same time make one share */

    rc = ngx_http_owncloud_lock(r, ctx, "open", &open->link.path,
                                NGX_HTTP_OWNCLOUD_OPEN_CALLS, &open->lock,
                                ngx_http_owncloud_open_share);

    return (rc == NGX_OK) ? ngx_http_owncloud_open_list(r, ctx) : rc;
}


static ngx_int_t
ngx_http_owncloud_open_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    call = ngx_http_owncloud_share_all(r, ctx, NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                       &open->link.path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_listed;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_open_t   *open;
    ngx_http_owncloud_share_t  *share;

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
        break;

    case NGX_HTTP_OWNCLOUD_OCS_REFUSED:
        return ngx_http_owncloud_account_refused(r, ctx,
                                          ngx_http_owncloud_open_list,
                                          ngx_http_owncloud_open_no_account);

    case NGX_HTTP_OWNCLOUD_OCS_MISSING:
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "linklost: \"%V\" of the system account of \"%V\" no "
                      "longer exists", &open->link.path, &ctx->issuer->id);

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This file is no longer in %s: it was removed from "
                   "Moodle's system account. Please tell the person who added "
                   "it here, or your administrator.", "linklost");

    default:
        return ngx_http_owncloud_open_not_shared(r, ctx);
    }

    share = ngx_http_owncloud_share_of(&open->reply, &ctx->session->user);

    return share ? ngx_http_owncloud_open_shared(r, ctx, share)
                 : ngx_http_owncloud_open_give(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (ngx_http_owncloud_open_limited(r, ctx, 0) == NGX_OK) {
        return ngx_http_owncloud_open_serve(r, ctx);
    }

    call = ngx_http_owncloud_share_give(r, ctx, NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                        &open->link.path,
                                        &ctx->session->user,
                                        ngx_http_owncloud_open_rights(open,
                                                                      0));
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_given;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_given(ngx_http_request_t *r,
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

        if (open->reply.shares.nelts != 1) {
            return ngx_http_owncloud_open_not_shared(r, ctx);
        }

        open->fresh = 1;

        return ngx_http_owncloud_open_shared(r, ctx,
                                             open->reply.shares.elts);

    case NGX_HTTP_OWNCLOUD_OCS_TOO_MANY:

        if (ngx_http_owncloud_open_limited(r, ctx, 1) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_open_serve(r, ctx);

    case NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN:

        /* there is one now: another nginx was faster */

        if (!open->listed) {
            open->listed = 1;
            return ngx_http_owncloud_open_list(r, ctx);
        }

        /* fall through */

    default:
        return ngx_http_owncloud_open_not_shared(r, ctx);
    }
}


/*
 * Servers limit how many shares a user makes in a while, and the account makes
 * one for each reader.  Readers beyond the limit get the file from the
 * account, read-only.  NGX_DECLINED: there is no limit at the moment.
 * "received": the server has just answered that there is.
 */

static ngx_int_t
ngx_http_owncloud_open_limited(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t received)
{
    time_t                     pause;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (received) {
        pause = ctx->call->retry_after;

        if (pause <= 0 || pause > NGX_HTTP_OWNCLOUD_OPEN_PAUSE) {
            pause = NGX_HTTP_OWNCLOUD_OPEN_PAUSE;
        }

        if (ngx_http_owncloud_open_note_limit_put(r, ctx, pause) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (!ngx_http_owncloud_open_note_limit(r, ctx)) {
        return NGX_DECLINED;
    }

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "\"%V\" lets the system account create no more shares for a "
                  "while: \"%V\" gets the file read-only",
                  &ctx->issuer->id, &ctx->session->user);

    open->as = NGX_HTTP_OWNCLOUD_AS_ACCOUNT;
    open->lookup.path = open->link.path;
    open->lookup.size = -1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_open_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    open->share = share->id;
    open->received = share->file_target;
    open->lookup.id = share->file_source;

    open->rights = ngx_http_owncloud_open_rights(open, share->permissions);

    if (share->permissions == (ngx_int_t) open->rights
        || (share->permissions == -1
            && open->edit == NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR))
    {
        return ngx_http_owncloud_open_locate(r, ctx);
    }

    open->less = (share->permissions & ~open->rights) != 0;

    call = ngx_http_owncloud_share_permit(r, ctx,
                                          NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                          &open->share, open->rights);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_permitted;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


/*
 * Permission to read, and to change the file if the reader may edit; never to
 * share it with others, and all other permissions are taken back.  If it is
 * unclear whether the reader may edit, the permission to change the file stays
 * as it is.  "has": the permissions now, 0 for a new share.
 */

static ngx_uint_t
ngx_http_owncloud_open_rights(ngx_http_owncloud_open_t *open, ngx_int_t has)
{
    if (open->edit == NGX_HTTP_OWNCLOUD_PROOF_YES
        || (open->edit == NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR
            && (has & NGX_HTTP_OWNCLOUD_SHARE_WRITE)))
    {
        return NGX_HTTP_OWNCLOUD_SHARE_READ|NGX_HTTP_OWNCLOUD_SHARE_WRITE;
    }

    return NGX_HTTP_OWNCLOUD_SHARE_READ;
}


static ngx_int_t
ngx_http_owncloud_open_permitted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_open_t   *open;
    ngx_http_owncloud_share_t  *share;

    open = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK && ocs.result == NGX_HTTP_OWNCLOUD_OCS_GOOD) {

        /* the permissions now, if the answer has them */

        share = ocs.shares.elts;

        if (ocs.shares.nelts != 1 || share->permissions == -1
            || (share->permissions & ~open->rights) == 0)
        {
            return ngx_http_owncloud_open_locate(r, ctx);
        }
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%V\" did not change the permissions of \"%V\" on a file "
                  "of the system account: status %ui, failure %ui",
                  &ctx->issuer->id, &ctx->session->user, ctx->call->status,
                  ctx->call->failure);

    /* who was to have fewer permissions is not shown the file */

    if (open->less) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s did not change your permissions on this file. Please "
                   "try again. If the problem persists, tell your "
                   "administrator.", "cloudforbidden");
    }

    return ngx_http_owncloud_open_locate(r, ctx);
}


ngx_int_t
ngx_http_owncloud_open_reshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->reshared) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" did not receive a file that the system account "
                      "of \"%V\" shared", &ctx->session->user,
                      &ctx->issuer->id);

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s has shared this file with you, but it is not among "
                   "your files. Please try again. If the problem persists, "
                   "tell your administrator.", "cloudnotfound");
    }

    open->reshared = 1;
    open->located = NGX_HTTP_OWNCLOUD_OPEN_ANNOUNCED;

    call = ngx_http_owncloud_share_take(r, ctx, NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                        &open->share);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_taken;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_taken(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_http_owncloud_ocs_t  ocs;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK
        && (ocs.result == NGX_HTTP_OWNCLOUD_OCS_GOOD
            || ocs.result == NGX_HTTP_OWNCLOUD_OCS_MISSING))
    {
        return ngx_http_owncloud_open_give(r, ctx);
    }

    return ngx_http_owncloud_open_failed(r, ctx);
}
