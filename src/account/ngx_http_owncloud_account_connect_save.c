
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_sleep.h"


/* while another process refreshes the tokens, ms */
#define NGX_HTTP_OWNCLOUD_CONNECT_POLL  50
#define NGX_HTTP_OWNCLOUD_CONNECT_PATIENCE  20000


static ngx_int_t ngx_http_owncloud_connect_confirmed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_int_t *rc);
static ngx_int_t ngx_http_owncloud_connect_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env,
    ngx_fd_t *fd, ngx_http_owncloud_step_pt step);
static ngx_int_t ngx_http_owncloud_connect_write(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_account_env_t *env);
static ngx_int_t ngx_http_owncloud_connect_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_connect_replace(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    if (ngx_http_owncloud_connect_confirmed(r, ctx, &rc) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_NOT_FOUND,
                   "This form has expired or has already been used. Nothing "
                   "was changed. Please connect the account again.");
    }

    connect->replace = 1;

    return ngx_http_owncloud_connect_save(r, ctx);
}


ngx_int_t
ngx_http_owncloud_connect_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ngx_http_owncloud_connect_confirmed(r, ctx, &rc) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return ngx_http_owncloud_connect_back(r, ctx);
    }

    ngx_http_owncloud_connect_waited(r, ctx);

    return ngx_http_owncloud_connect_revoke(r, ctx,
                                            ngx_http_owncloud_connect_back);
}


static ngx_int_t
ngx_http_owncloud_connect_confirmed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_int_t *rc)
{
    ngx_str_t  *confirm;

    confirm = ngx_http_owncloud_form_get(ctx->fields, "confirm");

    *rc = confirm ? ngx_http_owncloud_connect_waiting(r, ctx, confirm)
                  : NGX_DECLINED;

    return (*rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


/*
 * Locks the file for changes; it is unlocked before anything waits.  If the
 * result is not NGX_OK, the step returns it; NGX_AGAIN: "step" will be tried
 * again.
 */

static ngx_int_t
ngx_http_owncloud_connect_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env,
    ngx_fd_t *fd, ngx_http_owncloud_step_pt step)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    ngx_http_owncloud_account_env(r, ctx, env);

    rc = ngx_http_owncloud_account_lock(env, fd);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc != NGX_BUSY) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!connect->waiting) {
        connect->waiting = 1;
        connect->began = ngx_current_msec;
    }

    if (ngx_current_msec - connect->began
        >= NGX_HTTP_OWNCLOUD_CONNECT_PATIENCE)
    {
        return ngx_http_owncloud_connect_failed(r, ctx,
                   NGX_HTTP_SERVICE_UNAVAILABLE,
                   "The tokens of the account are being refreshed, and %s is "
                   "slow to respond. Nothing was changed. Please try again in "
                   "a minute.");
    }

    ctx->step = step;

    return ngx_http_owncloud_sleep(r, ctx, NGX_HTTP_OWNCLOUD_CONNECT_POLL);
}


ngx_int_t
ngx_http_owncloud_connect_save(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_fd_t                         fd;
    ngx_int_t                        rc;
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_connect_t     *connect;

    connect = ctx->flow;

    rc = ngx_http_owncloud_connect_lock(r, ctx, &env, &fd,
                                        ngx_http_owncloud_connect_save);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_connect_write(ctx, &env);

    ngx_http_owncloud_account_unlock(&fd);

    switch (rc) {

    case NGX_OK:
        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "the system account of \"%V\" is connected: \"%V\"",
                      &ctx->issuer->id, &connect->session->user);

        ngx_http_owncloud_connect_waited(r, ctx);

        return ngx_http_owncloud_connect_back(r, ctx);

    case NGX_BUSY:
        return ngx_http_owncloud_connect_ask(r, ctx);

    case NGX_DECLINED:
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_BAD_GATEWAY,
                   "The tokens of %s are too large to store. Nothing was "
                   "changed.");

    case NGX_ABORT:
        return ngx_http_owncloud_connect_failed(r, ctx,
                   NGX_HTTP_INTERNAL_SERVER_ERROR,
                   "The file of the system account could not be written. "
                   "Nothing was changed. The error log says why. Fix the "
                   "problem, then connect the account again.");

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/*
 * NGX_BUSY: another account is connected, or the file is unreadable:
 * confirmation is needed
 */

static ngx_int_t
ngx_http_owncloud_connect_write(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_account_env_t *env)
{
    time_t                          connected;
    ngx_int_t                       rc;
    ngx_http_owncloud_connect_t    *connect;
    ngx_http_owncloud_credential_t  old, *session;

    connect = ctx->flow;
    session = connect->session;

    rc = ngx_http_owncloud_account_read(env, &old, &connected);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (!connect->replace
        && (rc == NGX_ABORT
            || (rc == NGX_OK
                && (old.user.len != session->user.len
                    || ngx_strncmp(old.user.data, session->user.data,
                                   old.user.len)
                       != 0))))
    {
        return NGX_BUSY;
    }

    return ngx_http_owncloud_account_write(env, session, ngx_time());
}


static ngx_int_t
ngx_http_owncloud_connect_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                     url;
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    switch (ngx_http_owncloud_connect_wait(r, ctx)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return ngx_http_owncloud_connect_failed(r, ctx,
                   NGX_HTTP_SERVICE_UNAVAILABLE,
                   "There is already an account, or a file that cannot be "
                   "read, and \"owncloud_zone\" has no room for the tokens of "
                   "another account. Nothing was changed. Disconnect the old "
                   "account first.");

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_connect_url(r, ctx, &connect->confirm, &url)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_redirect(r, NGX_HTTP_SEE_OTHER, &url);
}


ngx_int_t
ngx_http_owncloud_connect_remove(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    time_t                           connected;
    ngx_fd_t                         fd;
    ngx_int_t                        rc;
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_connect_t     *connect;
    ngx_http_owncloud_credential_t  *session;

    connect = ctx->flow;

    rc = ngx_http_owncloud_connect_lock(r, ctx, &env, &fd,
                                        ngx_http_owncloud_connect_remove);

    if (rc != NGX_OK) {
        return rc;
    }

    session = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_credential_t));

    if (session
        && ngx_http_owncloud_account_load(&env, session, &connected)
           == NGX_OK)
    {
        connect->session = session;
    }

    rc = ngx_http_owncloud_account_remove(&env);

    ngx_http_owncloud_account_unlock(&fd);

    if (rc != NGX_OK) {
        return ngx_http_owncloud_connect_failed(r, ctx,
                   NGX_HTTP_INTERNAL_SERVER_ERROR,
                   "The file of the system account could not be deleted. "
                   "Nothing was changed. The error log says why.");
    }

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "the system account of \"%V\" is disconnected",
                  &ctx->issuer->id);

    return ngx_http_owncloud_connect_revoke(r, ctx,
                                            ngx_http_owncloud_connect_back);
}
