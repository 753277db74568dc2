
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_choose_store.h"
#include "ngx_http_owncloud_controlled_flow.h"
#include "ngx_http_owncloud_controlled_journal.h"
#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_zone.h"


/* how long a folder is assumed to exist, seconds */
#define NGX_HTTP_OWNCLOUD_CONTROLLED_THERE  86400


static ngx_uint_t ngx_http_owncloud_controlled_there(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t level, ngx_uint_t put);
static ngx_int_t ngx_http_owncloud_controlled_mkcol(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_mkcol_done(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_copy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_copy_done(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_full(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_unshared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_controlled_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_controlled_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    /* noted before the folder is made: the next attempt finds it */

    if (ngx_http_owncloud_controlled_names(r, ctx) != NGX_OK
        || ngx_http_owncloud_controlled_note(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    controlled->level = 0;

    while (controlled->level < 2
           && ngx_http_owncloud_controlled_there(r, ctx, controlled->level, 0))
    {
        controlled->level++;
    }

    return ngx_http_owncloud_controlled_mkcol(r, ctx);
}


/* 1 if the folder is known to exist; with "put" it is recorded */

static ngx_uint_t
ngx_http_owncloud_controlled_there(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t level, ngx_uint_t put)
{
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                        value;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;
    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_digest_of(key, "folder", &ctx->issuer->id,
                                    ngx_http_owncloud_account_user(ctx),
                                    &controlled->folder[level])
        != NGX_OK)
    {
        return 0;
    }

    if (!put) {
        return !controlled->again
               && ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value)
                  == NGX_OK;
    }

    ngx_str_set(&value, "1");

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                            NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                            ngx_time() + NGX_HTTP_OWNCLOUD_CONTROLLED_THERE);

    return 1;
}


static ngx_int_t
ngx_http_owncloud_controlled_mkcol(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (controlled->level == 2) {
        controlled->made = 1;
    }

    call = ngx_http_owncloud_file_mkcol(r, ctx,
                                      NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                      &controlled->folder[controlled->level]);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_mkcol_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_mkcol_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    call = ctx->call;
    controlled = ctx->flow;

    if (call->failure) {
        return ngx_http_owncloud_controlled_fail(r, ctx);
    }

    switch (call->status) {

    case NGX_HTTP_CREATED:
    case NGX_HTTP_NOT_ALLOWED:  /* it is there */

        if (controlled->level == 2) {
            return ngx_http_owncloud_controlled_copy(r, ctx);
        }

        (void) ngx_http_owncloud_controlled_there(r, ctx, controlled->level,
                                                  1);
        controlled->level++;

        return ngx_http_owncloud_controlled_mkcol(r, ctx);

    case NGX_HTTP_CONFLICT:

        if (!controlled->again) {

            /* somebody has removed a folder that was recorded */

            controlled->again = 1;
            controlled->level = 0;

            return ngx_http_owncloud_controlled_mkcol(r, ctx);
        }

        return ngx_http_owncloud_controlled_fail(r, ctx);

    case NGX_HTTP_UNAUTHORIZED:
        return ngx_http_owncloud_account_refused(r, ctx,
                                    ngx_http_owncloud_controlled_mkcol,
                                    ngx_http_owncloud_controlled_no_account);

    case NGX_HTTP_INSUFFICIENT_STORAGE:
        return ngx_http_owncloud_controlled_full(r, ctx);

    default:
        return ngx_http_owncloud_controlled_fail(r, ctx);
    }
}


static ngx_int_t
ngx_http_owncloud_controlled_copy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    call = ngx_http_owncloud_file_copy(r, ctx, NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                       &controlled->lookup.path,
                                       &controlled->copy);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_copy_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_copy_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    call = ctx->call;
    controlled = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && (call->status == NGX_HTTP_CREATED
            || call->status == NGX_HTTP_NO_CONTENT))
    {
        controlled->copied = 1;

        if (ngx_http_owncloud_controlled_note(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_controlled_copied(r, ctx);
    }

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD) {

        switch (call->status) {

        case NGX_HTTP_UNAUTHORIZED:
            return ngx_http_owncloud_account_refused(r, ctx,
                                    ngx_http_owncloud_controlled_copy,
                                    ngx_http_owncloud_controlled_no_account);

        case NGX_HTTP_INSUFFICIENT_STORAGE:
            return ngx_http_owncloud_controlled_full(r, ctx);
        }
    }

    return ngx_http_owncloud_controlled_fail(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_controlled_full(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "the system account of \"%V\" has no space left",
                  &ctx->issuer->id);

    return ngx_http_owncloud_controlled_fail_text(r, ctx, "accountquota",
               "Moodle's system account at %s has no space left. Please tell "
               "your administrator.", NULL);
}


ngx_int_t
ngx_http_owncloud_controlled_copied(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_controlled_unshare(r, ctx,
                                       ngx_http_owncloud_controlled_unshared);
}


static ngx_int_t
ngx_http_owncloud_controlled_unshared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_uint_t                       left;
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    left = (controlled->share.len && controlled->lookup.path.len);

    controlled->share.len = 0;

    if (!left) {
        return ngx_http_owncloud_controlled_store(r, ctx);
    }

    /* the user's share is still there: the account gives it up */

    call = ngx_http_owncloud_file_delete(r, ctx,
                                         NGX_HTTP_OWNCLOUD_AS_ACCOUNT,
                                         &controlled->lookup.path);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_controlled_store;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_controlled_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                            rc;
    ngx_str_t                            url;
    ngx_http_owncloud_controlled_link_t  link;
    ngx_http_owncloud_controlled_t      *controlled;

    controlled = ctx->flow;

    link.issuer = ctx->issuer->id;
    link.owner = ctx->session->user;
    link.account = *ngx_http_owncloud_account_user(ctx);
    link.path = controlled->copy;
    link.context = ngx_http_owncloud_controlled_context(ctx);
    link.created = ngx_time();

    if (ngx_http_owncloud_controlled_link_url(r, ctx, &link, &url)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    controlled->stored = 1;

    /* from now on Moodle may have the link */

    if (ngx_http_owncloud_controlled_note(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_store(r, ctx, controlled->download, &url);

    if (rc == NGX_AGAIN) {
        ctx->step = ngx_http_owncloud_controlled_stored;
    }

    return rc;
}


static ngx_int_t
ngx_http_owncloud_controlled_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    switch (ngx_http_owncloud_store_outcome(r, ctx->subrequest)) {

    case NGX_HTTP_OWNCLOUD_STORE_STORED:
    case NGX_HTTP_OWNCLOUD_STORE_EXISTS:
        ngx_http_owncloud_controlled_forget(r, ctx);
        break;

    case NGX_HTTP_OWNCLOUD_STORE_REFUSED:

        /* nobody has this link */

        return ngx_http_owncloud_controlled_undo(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_STORE_UNCLEAR */

        /*
         * Moodle may have stored it: the copy stays, and the next attempt gets
         * the same link
         */

        if (ngx_http_owncloud_controlled_note(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (controlled->lock) {
        ngx_http_owncloud_lock_end(controlled->lock);
    }

    return ngx_http_owncloud_stored(r, ctx);
}
