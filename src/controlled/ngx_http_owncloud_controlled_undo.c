
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_store.h"
#include "ngx_http_owncloud_controlled_flow.h"
#include "ngx_http_owncloud_controlled_journal.h"
#include "ngx_http_owncloud_request_failure.h"


static ngx_int_t ngx_http_owncloud_controlled_lookup(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_lookup_done(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_remove(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_removed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_controlled_fail(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (ngx_http_owncloud_failure(r, ctx, &controlled->text,
                                  &controlled->code)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (controlled->code == NULL) {
        return ngx_http_owncloud_controlled_fail_text(r, ctx,
                   "cloudunexpected",
                   "%s sent an unexpected response. Please tell your "
                   "administrator, who will find details in the server's log.",
                   NULL);
    }

    return ngx_http_owncloud_controlled_undo(r, ctx);
}


ngx_int_t
ngx_http_owncloud_controlled_fail_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *format,
    ngx_str_t *message)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    controlled->code = code;

    if (ngx_http_owncloud_share_text(r, ctx, format, message,
                                     &controlled->text)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_controlled_undo(r, ctx);
}


ngx_int_t
ngx_http_owncloud_controlled_no_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_controlled_fail_text(r, ctx, ctx->account->code,
                                                  ctx->account->text, NULL);
}


ngx_int_t
ngx_http_owncloud_controlled_undo(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (controlled->unsure) {
        return ngx_http_owncloud_controlled_lookup(r, ctx);
    }

    /* a copy that Moodle may have a link to is not removed */

    return ((controlled->made || controlled->copied) && !controlled->kept)
           ? ngx_http_owncloud_controlled_remove(r, ctx)
           : ngx_http_owncloud_controlled_unshare(r, ctx,
                                       ngx_http_owncloud_controlled_answer);
}


/*
 * looks for a share whose making was not confirmed; if there is one, it is
 * used
 */

static ngx_int_t
ngx_http_owncloud_controlled_lookup(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    controlled->unsure = 0;

    call = ngx_http_owncloud_share_all(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                       &controlled->download->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->unguarded = 1;
    ctx->step = ngx_http_owncloud_controlled_lookup_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_lookup_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_share_t  *share;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    share = (rc == NGX_OK)
            ? ngx_http_owncloud_share_of(&ocs,
                                         ngx_http_owncloud_account_id(ctx))
            : NULL;

    return share ? ngx_http_owncloud_controlled_shared(r, ctx, share)
                 : ngx_http_owncloud_controlled_undo(r, ctx);
}


/* the link's own folder, and the copy with it */

static ngx_int_t
ngx_http_owncloud_controlled_remove(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    call = ngx_http_owncloud_file_delete(r, ctx,
                                         NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                         &controlled->folder[2]);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_removed;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_removed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_uint_t                       stored;
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    call = ctx->call;
    controlled = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && (call->status == NGX_HTTP_NO_CONTENT
            || call->status == NGX_HTTP_OK))
    {
        ngx_http_owncloud_controlled_forget(r, ctx);

        return ngx_http_owncloud_controlled_unshare(r, ctx,
                                          ngx_http_owncloud_controlled_answer);
    }

    if (call->failure || call->status != NGX_HTTP_NOT_FOUND) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" of the system account of \"%V\" was not "
                      "deleted: status %ui, failure %ui",
                      &controlled->folder[2], &ctx->issuer->id, call->status,
                      call->failure);
    }

    /* the next attempt uses what is left, or appears late */

    stored = controlled->stored;

    controlled->copied = 0;
    controlled->stored = 0;

    rc = ngx_http_owncloud_controlled_note(r, ctx);

    controlled->stored = stored;

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_controlled_unshare(r, ctx,
                                          ngx_http_owncloud_controlled_answer);
}


static ngx_int_t
ngx_http_owncloud_controlled_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (controlled->lock) {
        ngx_http_owncloud_lock_end(controlled->lock);
    }

    if (controlled->stored) {
        return ngx_http_owncloud_stored(r, ctx);
    }

    return ngx_http_owncloud_answer_error(r, ctx, &controlled->text,
                                          controlled->code);
}
