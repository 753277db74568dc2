
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_flow.h"
#include "ngx_http_owncloud_controlled_journal.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"


static ngx_int_t ngx_http_owncloud_controlled_signed_in(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_given(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_not_given(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_int_t rc);
static ngx_int_t ngx_http_owncloud_controlled_locate(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_found(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_accept(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_accepted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_controlled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download)
{
    ngx_http_owncloud_controlled_t  *controlled;

    if (!ctx->repository->controlled) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Access controlled links to files in %s are not set up "
                   "here. Please choose another option, or ask your "
                   "administrator.", "notsupported");
    }

    controlled = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_controlled_t));
    if (controlled == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    controlled->download = download;

    ctx->flow = controlled;

    return ngx_http_owncloud_token(r, ctx,
                                   ngx_http_owncloud_controlled_signed_in);
}


static ngx_int_t
ngx_http_owncloud_controlled_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_account(r, ctx,
                                     ngx_http_owncloud_controlled_begin, NULL);
}


static ngx_int_t
ngx_http_owncloud_controlled_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    rc = ngx_http_owncloud_lock(r, ctx, "controlled",
                                &controlled->download->path,
                                NGX_HTTP_OWNCLOUD_CONTROLLED_CALLS,
                                &controlled->lock,
                                ngx_http_owncloud_controlled_begin);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_owncloud_controlled_recall(r, ctx) == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    controlled->own = ngx_http_owncloud_share_same_user(
                                            ngx_http_owncloud_account_id(ctx),
                                            &ctx->session->user);

    if (!controlled->own) {
        return ngx_http_owncloud_controlled_list(r, ctx);
    }

    /* the account cannot share a file with itself */

    controlled->lookup.path = controlled->download->path;

    return controlled->copied ? ngx_http_owncloud_controlled_copied(r, ctx)
                              : ngx_http_owncloud_controlled_keep(r, ctx);
}


/* a former attempt may have left a share */

static ngx_int_t
ngx_http_owncloud_controlled_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    call = ngx_http_owncloud_share_all(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                       &controlled->download->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_listed;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_share_t       *share;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &controlled->reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK
        || controlled->reply.result != NGX_HTTP_OWNCLOUD_OCS_GOOD)
    {
        return ngx_http_owncloud_controlled_not_given(r, ctx, rc);
    }

    share = ngx_http_owncloud_share_of(&controlled->reply,
                                       ngx_http_owncloud_account_id(ctx));

    if (share) {
        return ngx_http_owncloud_controlled_shared(r, ctx, share);
    }

    return controlled->copied ? ngx_http_owncloud_controlled_copied(r, ctx)
                              : ngx_http_owncloud_controlled_give(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_controlled_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    call = ngx_http_owncloud_share_give(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        &controlled->download->path,
                                        ngx_http_owncloud_account_id(ctx),
                                        NGX_HTTP_OWNCLOUD_SHARE_READ);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_given;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_given(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_ocs_t         *reply;
    ngx_http_owncloud_share_t       *share;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    reply = &controlled->reply;

    rc = ngx_http_owncloud_share_received(r, ctx, reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK || reply->result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {

        if (rc == NGX_OK && reply->result == NGX_HTTP_OWNCLOUD_OCS_TOO_MANY) {
            return ngx_http_owncloud_share_too_many(r, ctx);
        }

        /* the answer is lost, or another request has made the share */

        controlled->unsure = (rc != NGX_OK
                       || reply->result == NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN
                       || reply->result == NGX_HTTP_OWNCLOUD_OCS_FAILED);

        return ngx_http_owncloud_controlled_not_given(r, ctx, rc);
    }

    share = ngx_http_owncloud_share_of(reply,
                                       ngx_http_owncloud_account_id(ctx));

    if (share) {
        return ngx_http_owncloud_controlled_shared(r, ctx, share);
    }

    if (reply->shares.nelts) {
        share = reply->shares.elts;
        controlled->share = share->id;      /* with whomever */
    }

    controlled->unsure = (reply->shares.nelts == 0);

    return ngx_http_owncloud_controlled_fail_text(r, ctx, "cloudinvalid",
                   "%s did not return the share that it created. Please try "
                   "again.", NULL);
}


/* neither a list nor a share; "rc" is that of ..._share_received() */

static ngx_int_t
ngx_http_owncloud_controlled_not_given(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_int_t rc)
{
    ngx_http_owncloud_ocs_t         *reply;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    reply = &controlled->reply;

    if (rc != NGX_OK) {
        return ngx_http_owncloud_controlled_fail(r, ctx);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%V\" refused to share a file with the system account: "
                  "status %ui, code %ui", &ctx->issuer->id, ctx->call->status,
                  reply->statuscode);

    switch (reply->result) {

    case NGX_HTTP_OWNCLOUD_OCS_REFUSED:

        if (!controlled->refused) {
            controlled->refused = 1;

            return ngx_http_owncloud_token_refused(r, ctx,
                                          ngx_http_owncloud_controlled_begin);
        }

        return ngx_http_owncloud_controlled_fail_text(r, ctx, "cloudsignin",
                   "%s did not accept your sign-in for sharing files. Please "
                   "log out, sign in again and try once more.",
                   &reply->message);

    case NGX_HTTP_OWNCLOUD_OCS_TOO_MANY:
        return ngx_http_owncloud_controlled_fail(r, ctx);

    case NGX_HTTP_OWNCLOUD_OCS_MISSING:
    case NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN:
    case NGX_HTTP_OWNCLOUD_OCS_INVALID:
        return ngx_http_owncloud_controlled_fail_text(r, ctx,
                   "cloudforbidden",
                   "%s did not let you share this file with Moodle's system "
                   "account. You may not have permission to share the file, "
                   "or it may no longer exist. If neither is the case, please "
                   "tell your administrator.", &reply->message);

    default:
        return ngx_http_owncloud_controlled_fail_text(r, ctx, "cloudinvalid",
                   "%s sent an invalid response. Please try again. If the "
                   "problem persists, tell your administrator.",
                   &reply->message);
    }
}


ngx_int_t
ngx_http_owncloud_controlled_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    controlled->share = share->id;
    controlled->target = share->file_target;
    controlled->lookup.id = share->file_source;

    if (controlled->copied) {
        return ngx_http_owncloud_controlled_copied(r, ctx);
    }

    if (share->folder) {
        return ngx_http_owncloud_controlled_fail_text(r, ctx, "isfolder",
                   "This is now a folder in %s. Only files can be linked.",
                   NULL);
    }

    if (share->type != NGX_HTTP_OWNCLOUD_SHARE_USER
        || share->file_source.len == 0)
    {
        return ngx_http_owncloud_controlled_fail_text(r, ctx, "cloudinvalid",
                   "%s did not return the share that it created. Please try "
                   "again.", NULL);
    }

    return ngx_http_owncloud_controlled_locate(r, ctx);
}


/*
 * The path in the answer is a suggestion: if the account has a file of that
 * name, the cloud chooses another one, and only once the account reads the
 * folder.  So the file is looked up by its id.
 */

static ngx_int_t
ngx_http_owncloud_controlled_locate(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                        folder;
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    ngx_http_owncloud_file_folder(&controlled->target, &folder);

    call = ngx_http_owncloud_file_lookup(r, ctx,
                                         NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                         &folder, 1, &controlled->lookup);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_found;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_found(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    switch (ngx_http_owncloud_file_lookup_done(ctx, &controlled->lookup)) {

    case NGX_OK:

        if (controlled->lookup.folder) {
            return ngx_http_owncloud_controlled_fail_text(r, ctx, "isfolder",
                       "This is now a folder in %s. Only files can be linked.",
                       NULL);
        }

        return ngx_http_owncloud_controlled_keep(r, ctx);

    case NGX_DECLINED:

        if (!controlled->accepted) {
            return ngx_http_owncloud_controlled_accept(r, ctx);
        }

        return ngx_http_owncloud_controlled_fail_text(r, ctx, "cloudnotfound",
                   "The file did not reach Moodle's system account at %s. "
                   "Please try again. If the problem persists, tell your "
                   "administrator.", NULL);

    case NGX_ABORT:

        if (ctx->call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
            && ctx->call->status == NGX_HTTP_UNAUTHORIZED)
        {
            return ngx_http_owncloud_account_refused(r, ctx,
                                    ngx_http_owncloud_controlled_locate,
                                    ngx_http_owncloud_controlled_no_account);
        }

        return ngx_http_owncloud_controlled_fail(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* shares are not accepted by themselves on this server or for this account */

static ngx_int_t
ngx_http_owncloud_controlled_accept(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    controlled->accepted = 1;

    call = ngx_http_owncloud_share_accept(r, ctx,
                                          NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                          &controlled->share);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_accepted;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_accepted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_ocs_t          ocs;
    ngx_http_owncloud_share_t       *share;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* an error is ignored: some servers have nothing to accept */

    if (rc == NGX_OK && ocs.result == NGX_HTTP_OWNCLOUD_OCS_GOOD
        && ocs.shares.nelts == 1)
    {
        share = ocs.shares.elts;

        if (share->file_target.len) {
            controlled->target = share->file_target;
        }
    }

    return ngx_http_owncloud_controlled_locate(r, ctx);
}
