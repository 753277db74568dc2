
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_link.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_share.h"


typedef struct {
    ngx_http_owncloud_download_t     *download;
    ngx_http_owncloud_link_pt         next;
    ngx_http_owncloud_ocs_t           reply;     /* of the last call */
    ngx_array_t                       before;    /* links that were there */
    ngx_http_owncloud_share_fault_t  *fault;     /* why it is deleted */
    ngx_http_owncloud_lock_t         *lock;

    unsigned                          listed:1;
    unsigned                          refused:1; /* the token, once */
} ngx_http_owncloud_link_t;


static ngx_int_t ngx_http_owncloud_link_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_created(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_check(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);
static ngx_int_t ngx_http_owncloud_link_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);
static ngx_uint_t ngx_http_owncloud_link_before(
    ngx_http_owncloud_link_t *link, ngx_http_owncloud_share_t *share);
static ngx_int_t ngx_http_owncloud_link_undone(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_unknown(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_policy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_link_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *url);


ngx_int_t
ngx_http_owncloud_link(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    return ngx_http_owncloud_link_get(r, ctx, download,
                                      ngx_http_owncloud_link_answer);
}


static ngx_int_t
ngx_http_owncloud_link_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *url)
{
    return ngx_http_owncloud_answer_link(r, ctx, &download->title, url);
}


ngx_int_t
ngx_http_owncloud_link_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_http_owncloud_link_pt next)
{
    ngx_http_owncloud_link_t  *link;

    if (ctx->issuer->ocs.upstream == NULL) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Links to files in %s are not available here. Please "
                   "choose to copy the file instead.", "notsupported");
    }

    link = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_link_t));
    if (link == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    link->download = download;
    link->next = next;

    ctx->flow = link;

    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_link_list);
}


/* lists the file's links */

static ngx_int_t
ngx_http_owncloud_link_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;
    link->listed = 0;

    rc = ngx_http_owncloud_lock(r, ctx, "link", &link->download->path, 2,
                                &link->lock, ngx_http_owncloud_link_list);
    if (rc != NGX_OK) {
        return rc;
    }

    call = ngx_http_owncloud_share_list(r, ctx, &link->download->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_link_listed;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_link_listed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_link_t   *link;
    ngx_http_owncloud_share_t  *share;

    link = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &link->reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK || link->reply.result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        return ngx_http_owncloud_link_failed(r, ctx);
    }

    link->listed = 1;
    link->before = link->reply.shares;

    share = ngx_http_owncloud_share_find(ctx, &link->reply,
                                         &link->download->path);

    return share ? ngx_http_owncloud_link_done(r, ctx, share)
                 : ngx_http_owncloud_link_create(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_link_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    call = ngx_http_owncloud_share_create(r, ctx, &link->download->path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_link_created;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_link_created(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &link->reply);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK
        && link->reply.result == NGX_HTTP_OWNCLOUD_OCS_TOO_MANY)
    {
        return ngx_http_owncloud_share_too_many(r, ctx);
    }

    if (rc != NGX_OK || link->reply.result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        return ngx_http_owncloud_link_failed(r, ctx);
    }

    if (link->reply.shares.nelts != 1) {
        return ngx_http_owncloud_link_unknown(r, ctx);
    }

    return ngx_http_owncloud_link_check(r, ctx, link->reply.shares.elts);
}


/*
 * A server may have made a link as its own administrator wants links to be.
 * One that nobody could open, or that allows more than to read this file for
 * the configured time, is deleted.
 */

static ngx_int_t
ngx_http_owncloud_link_check(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;
    link->fault = ngx_http_owncloud_share_fault(ctx, share);

    if (link->fault == NULL) {
        return ngx_http_owncloud_link_done(r, ctx, share);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s: \"%V\" created an unexpected link: type %i, "
                  "permissions %i, password %ui, expiration \"%V\"",
                  link->fault->code, &ctx->issuer->id, share->type,
                  share->permissions, (ngx_uint_t) share->password,
                  &share->expiration);

    /* a link that was there before belongs to the user */

    if (ngx_http_owncloud_link_before(link, share)) {
        return ngx_http_owncloud_link_unknown(r, ctx);
    }

    call = ngx_http_owncloud_share_take(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        &share->id);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_link_undone;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_uint_t
ngx_http_owncloud_link_before(ngx_http_owncloud_link_t *link,
    ngx_http_owncloud_share_t *share)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_share_t  *before;

    before = link->before.elts;

    for (i = 0; i < link->before.nelts; i++) {

        if (before[i].id.len == share->id.len
            && ngx_memcmp(before[i].id.data, share->id.data, share->id.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_owncloud_link_undone(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_ocs_t    ocs;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    rc = ngx_http_owncloud_share_received(r, ctx, &ocs);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK || ocs.result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" did not delete a link: status %ui, failure %ui",
                      &ctx->issuer->id, ctx->call->status, ctx->call->failure);
    }

    return ngx_http_owncloud_failure_answer(r, ctx, link->fault->text,
                                            link->fault->code);
}


static ngx_int_t
ngx_http_owncloud_link_unknown(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_failure_answer(r, ctx,
               "%s did not return the link that it created. Please try again.",
               "cloudinvalid");
}


static ngx_int_t
ngx_http_owncloud_link_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share)
{
    ngx_str_t                  url;
    ngx_http_owncloud_link_t  *link;
    ngx_http_owncloud_type_t  *type;

    link = ctx->flow;

    /* the picker cannot show it */

    if (share->expiration.len && ctx->issuer->share_expire == 0) {
        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "the link to \"%V\" expires on \"%V\", as \"%V\" "
                      "requires", &link->download->path, &share->expiration,
                      &ctx->issuer->id);
    }

    type = ngx_http_owncloud_type(ctx->issuer->type);

    if (type->link(r->pool, &ctx->issuer->base, share, &link->download->name,
                   &url)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_lock_end(link->lock);

    return link->next(r, ctx, link->download, &url);
}


/* the cloud has answered with neither a list nor a link */

static ngx_int_t
ngx_http_owncloud_link_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    if (ctx->call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD) {

        switch (link->reply.result) {

        case NGX_HTTP_OWNCLOUD_OCS_REFUSED:
            return ngx_http_owncloud_link_unauthorized(r, ctx);

        case NGX_HTTP_OWNCLOUD_OCS_MISSING:
        case NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN:
        case NGX_HTTP_OWNCLOUD_OCS_INVALID:

            call = ngx_http_owncloud_share_policy(r, ctx);
            if (call == NULL) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            ctx->step = ngx_http_owncloud_link_policy;

            return ngx_http_owncloud_call_start(r, ctx, call);

        default: /* NGX_HTTP_OWNCLOUD_OCS_FAILED, ..._TOO_MANY */
            break;
        }
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "invalid response of the sharing API from \"%V\" for %V "
                  "\"%V\": status %ui, code %ui", &ctx->issuer->id,
                  &ctx->call->method, &ctx->call->uri, ctx->call->status,
                  link->reply.statuscode);

    return ngx_http_owncloud_share_answer_error(r, ctx,
                    "%s sent an invalid response. Please try again. If the "
                    "problem persists, tell your administrator.",
                    &link->reply.message, "cloudinvalid");
}


/*
 * The token may be refused, or the user.  With a new token, which may be
 * another user's, all begins anew; the second time it is the user.
 */

static ngx_int_t
ngx_http_owncloud_link_unauthorized(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    if (!link->refused) {
        link->refused = 1;

        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_link_list);
    }

    return ngx_http_owncloud_share_answer_error(r, ctx,
                    "%s did not accept your sign-in for sharing files. Please "
                    "log out, sign in again and try once more.",
                    &link->reply.message, "cloudsignin");
}


static ngx_int_t
ngx_http_owncloud_link_policy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_link_t  *link;

    link = ctx->flow;

    return ngx_http_owncloud_share_refused(r, ctx, &link->reply, link->listed);
}
