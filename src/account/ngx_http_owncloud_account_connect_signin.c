
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_user.h"


/* issuer ids have no dot, so this is no session's cookie */
#define NGX_HTTP_OWNCLOUD_CONNECT_COOKIE  "connect."


static ngx_int_t ngx_http_owncloud_connect_personal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user);
static ngx_int_t ngx_http_owncloud_connect_pack(ngx_pool_t *pool,
    ngx_str_t *path, ngx_str_t *user, ngx_str_t *target);
static ngx_int_t ngx_http_owncloud_connect_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id);
static ngx_int_t ngx_http_owncloud_connect_own_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_connect_digest(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *value, u_char *digest);


ngx_int_t
ngx_http_owncloud_connect_signin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                        hex[NGX_HTTP_OWNCLOUD_CONNECT_HEX];
    u_char                        random[NGX_HTTP_OWNCLOUD_CONNECT_ID];
    ngx_str_t                     id, value, user, url;
    ngx_http_owncloud_attempt_t   attempt;
    ngx_http_owncloud_connect_t  *connect;

    connect = ctx->flow;

    attempt.purpose = NGX_HTTP_OWNCLOUD_PURPOSE_ACCOUNT;
    ngx_str_null(&attempt.user);

    if (ngx_http_owncloud_random(random, sizeof(random)) != NGX_OK
        || ngx_http_owncloud_connect_personal(r, ctx, &user) != NGX_OK
        || ngx_http_owncloud_connect_pack(r->pool, &connect->path, &user,
                                          &attempt.target)
           != NGX_OK
        || ngx_http_owncloud_connect_cookie(r, ctx, &id) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    value.data = hex;
    value.len = ngx_hex_dump(hex, random, sizeof(random)) - hex;

    if (ngx_http_owncloud_connect_digest(ctx, &value, attempt.browser)
        != NGX_OK
        || ngx_http_owncloud_cookie_set_below(r, ctx, &id, &value,
                                              &ctx->repository->callback,
                                              NGX_HTTP_OWNCLOUD_STATE_TIME)
           != NGX_OK
        || ngx_http_owncloud_signin_url(r, ctx, &attempt, &url) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_redirect(r, NGX_HTTP_SEE_OTHER, &url);
}


/* who is signed in to the picker in this browser, or an empty name */

static ngx_int_t
ngx_http_owncloud_connect_personal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user)
{
    ngx_int_t  rc;

    ngx_str_null(user);

    if (ngx_http_owncloud_user_cached(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_session_load(r, ctx);

    if (rc == NGX_OK) {
        *user = ctx->session->user;
    }

    ctx->session = NULL;

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_connect_pack(ngx_pool_t *pool, ngx_str_t *path,
    ngx_str_t *user, ngx_str_t *target)
{
    u_char  *p;
    size_t   len;

    len = ngx_min(path->len, NGX_HTTP_OWNCLOUD_PATH_SIZE);

    target->len = ngx_http_owncloud_pack_size(len)
                  + ngx_http_owncloud_pack_size(user->len);

    target->data = ngx_pnalloc(pool, target->len);
    if (target->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_owncloud_pack_text(target->data, path->data, len);
    (void) ngx_http_owncloud_pack_text(p, user->data, user->len);

    return NGX_OK;
}


/* sets the name of the cookie, without the common prefix */

static ngx_int_t
ngx_http_owncloud_connect_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id)
{
    u_char  *p;

    p = ngx_pnalloc(r->pool, sizeof(NGX_HTTP_OWNCLOUD_CONNECT_COOKIE)
                             + ctx->issuer->id.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    id->data = p;
    id->len = ngx_sprintf(p, NGX_HTTP_OWNCLOUD_CONNECT_COOKIE "%V",
                          &ctx->issuer->id)
              - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_connect_digest(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *value, u_char *digest)
{
    return ngx_http_owncloud_digest_of(digest, "connect", &ctx->issuer->id,
                                       value, &ctx->origin);
}


/* without the cookie, the digest is one that no attempt has */

ngx_int_t
ngx_http_owncloud_connect_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest)
{
    ngx_str_t  id, value;

    if (ngx_http_owncloud_connect_cookie(r, ctx, &id) != NGX_OK) {
        return NGX_ERROR;
    }

    switch (ngx_http_owncloud_cookie_get(r, ctx, &id, &value)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        ngx_str_null(&value);
        break;

    default: /* NGX_ERROR */
        return NGX_ERROR;
    }

    return ngx_http_owncloud_connect_digest(ctx, &value, digest);
}


ngx_int_t
ngx_http_owncloud_connect_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_str_t *target)
{
    u_char                       *p, *last;
    ngx_str_t                     id, path, user, none;
    ngx_http_owncloud_connect_t  *connect;

    p = target->data;
    last = p + target->len;

    ngx_str_null(&none);

    if (ngx_http_owncloud_unpack_text(&p, last, &path.data, &path.len)
        != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &user.data, &user.len)
           != NGX_OK
        || ngx_http_owncloud_random(session->id, sizeof(session->id))
           != NGX_OK
        || ngx_http_owncloud_connect_cookie(r, ctx, &id) != NGX_OK
        || ngx_http_owncloud_cookie_set_below(r, ctx, &id, &none,
                                              &ctx->repository->callback, -1)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    connect = ngx_http_owncloud_connect_create(r, ctx, &path);
    if (connect == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    session->generation = 1;

    connect->session = session;

    if (user.len && user.len == session->user.len
        && ngx_strncmp(user.data, session->user.data, user.len) == 0)
    {
        return ngx_http_owncloud_connect_revoke(r, ctx,
                                       ngx_http_owncloud_connect_own_refused);
    }

    if (session->refresh.len == 0) {
        return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_BAD_GATEWAY,
                   "%s issued an access token that expires soon, and no "
                   "refresh token. The account would soon be disconnected. "
                   "Nothing was changed.");
    }

    return ngx_http_owncloud_connect_save(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_connect_own_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_connect_failed(r, ctx, NGX_HTTP_FORBIDDEN,
               "This is your own account: you are signed in with it in the "
               "file picker of this browser. The system account must be a "
               "separate account. Nothing was changed. Sign out of %s, then "
               "connect again as the system account.");
}
