
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_SESSION_ALL   ((uint64_t) -1)    /* generations */

/* how long the zone remembers a session or its end, seconds */
#define NGX_HTTP_OWNCLOUD_SESSION_TIME  (30 * 86400)


static ngx_int_t ngx_http_owncloud_session_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_credential_t **opened);
static ngx_int_t ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);
static ngx_int_t ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    uint64_t generation);
static time_t ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session);
static ngx_int_t ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t remembered, u_char *digest,
    ngx_str_t *aad);
static ngx_uint_t ngx_http_owncloud_session_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_str_t *sealed);
static ngx_int_t ngx_http_owncloud_session_seal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *newest,
    ngx_str_t *aad, ngx_str_t *sealed);
static ngx_uint_t ngx_http_owncloud_session_remembered(
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc, reseal;
    ngx_str_t                        sealed;
    ngx_uint_t                       generation;
    ngx_http_owncloud_credential_t  *session;

    if (ngx_http_owncloud_cookie_old(r, ctx, &ctx->issuer->id) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_cookie_get(r, ctx, &ctx->issuer->id, &sealed);

    if (rc != NGX_OK) {
        return rc;
    }

    reseal = ngx_http_owncloud_session_open(r, ctx, &sealed, &session);

    if (reseal != NGX_OK && reseal != NGX_DONE) {
        return reseal;
    }

    generation = session->generation;

    rc = ngx_http_owncloud_credential_newest(r->pool,
                  ngx_http_get_module_main_conf(r, ngx_http_owncloud_module),
                  ctx->issuer, session);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the tokens were in the zone only and are lost */

    if (session->access.len == 0 && session->refresh.len == 0) {
        return NGX_DECLINED;
    }

    ctx->session = session;
    ngx_memcpy(ctx->subject, session->id, sizeof(ctx->subject));
    ctx->user = session->user;

    /* the response with the newer cookie may not have reached the browser */

    if (reseal == NGX_DONE || session->generation != generation
        || ngx_http_owncloud_session_large(r, ctx, session, &sealed))
    {
        return ngx_http_owncloud_session_cookie(r, ctx, session);
    }

    return NGX_OK;
}


/*
 * NGX_DONE: the cookie must be sealed again, with the current key or because
 * the session is remembered from now on.
 */

static ngx_int_t
ngx_http_owncloud_session_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_credential_t **opened)
{
    u_char                           digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                        rc;
    ngx_str_t                        aad, plain;
    ngx_uint_t                       remembered;
    ngx_http_owncloud_credential_t  *session;
    ngx_http_owncloud_main_conf_t   *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    remembered = ngx_http_owncloud_session_remembered(ctx);

    for ( ;; ) {

        if (ngx_http_owncloud_session_aad(r, ctx, remembered, digest, &aad)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                      NGX_HTTP_OWNCLOUD_SEAL_SESSION, &aad,
                                      sealed, &plain);

        if (rc != NGX_DECLINED || !remembered) {
            break;
        }

        remembered = 0;
    }

    if (rc != NGX_OK && rc != NGX_DONE) {
        return rc;
    }

    if (remembered != ngx_http_owncloud_session_remembered(ctx)) {
        rc = NGX_DONE;
    }

    session = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_credential_t));
    if (session == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_credential_unpack(&plain, session) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* the browser may keep the cookie for longer */

    if (remembered
        && session->issued + ctx->repository->remember <= ngx_time())
    {
        return NGX_DECLINED;
    }

    *opened = session;

    return rc;
}


/* returns 1 if the cookie exceeds its limit and can be made smaller */

static ngx_uint_t
ngx_http_owncloud_session_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_str_t *sealed)
{
    if (sealed->len <= ctx->repository->cookie_size) {
        return 0;
    }

    if (!session->kept) {
        (void) ngx_http_owncloud_session_store(r, ctx, session);
    }

    return session->kept;
}


ngx_int_t
ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t   rc;
    ngx_uint_t  generation;

    generation = session->generation;

    rc = ngx_http_owncloud_credential_newest(r->pool,
                  ngx_http_get_module_main_conf(r, ngx_http_owncloud_module),
                  ctx->issuer, session);

    if (rc == NGX_DECLINED) {
        return NGX_DONE;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (session->generation == generation) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_session_cookie(r, ctx, session);
}


ngx_int_t
ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t  rc;

    if (ngx_http_owncloud_random(session->id, sizeof(session->id)) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_session_store(r, ctx, session);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_session_cookie(r, ctx, session);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->session = session;
    ngx_memcpy(ctx->subject, session->id, sizeof(ctx->subject));
    ctx->user = session->user;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_session_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_session_store(r, ctx, session);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_session_cookie(r, ctx, session);

    /* the browser gets its cookie with the next request, from the zone */

    return (rc != NGX_OK && session->kept) ? NGX_OK : rc;
}


/* a full zone is no error if a cookie can hold the session */

static ngx_int_t
ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t                       rc;
    size_t                          size;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_credential_store(r->pool, omcf, ctx->issuer,
                         session,
                         ngx_time() + ngx_http_owncloud_session_time(ctx),
                         &size);

    if (rc != NGX_OK) {
        return rc;
    }

    /* without the zone, the cookie must hold it, and is of the same size */

    if (!session->kept && size > NGX_HTTP_OWNCLOUD_COOKIE_TOTAL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "a session of %uz bytes is too large for a cookie",
                      size);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    u_char      digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    time_t      age;
    ngx_str_t   aad, sealed;
    ngx_uint_t  remembered;

    remembered = ngx_http_owncloud_session_remembered(ctx);

    if (ngx_http_owncloud_session_aad(r, ctx, remembered, digest, &aad)
        != NGX_OK
        || ngx_http_owncloud_session_seal(r, ctx, session, &aad, &sealed)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    age = remembered ? session->issued + ctx->repository->remember
                       - ngx_time()
                     : 0;

    return ngx_http_owncloud_cookie_set(r, ctx, &ctx->issuer->id, &sealed,
                                        age);
}


/*
 * Seals as much as fits.  Tokens in the zone may be omitted: first the access
 * token, which the refresh token can replace if the zone loses it, then both,
 * which leaves only the session's id.
 */

static ngx_int_t
ngx_http_owncloud_session_seal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *newest,
    ngx_str_t *aad, ngx_str_t *sealed)
{
    ngx_str_t                       plain;
    ngx_http_owncloud_credential_t  session;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    session = *newest;

    for ( ;; ) {

        if (ngx_http_owncloud_credential_pack(r->pool, &session, &plain)
            != NGX_OK
            || ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                      NGX_HTTP_OWNCLOUD_SEAL_SESSION, aad,
                                      &plain, sealed)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (sealed->len <= ctx->repository->cookie_size
            || !session.kept
            || (session.access.len == 0 && session.refresh.len == 0))
        {
            return NGX_OK;
        }

        if (session.access.len == 0 || session.refresh.len == 0) {
            session.refresh.len = 0;
            session.user.len = 0;
        }

        session.access.len = 0;
    }
}


ngx_int_t
ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  empty;

    ngx_str_null(&empty);

    if (ctx->session) {

        /* a copy of the cookie must not restore the session */

        if (ngx_http_owncloud_session_ended(r, ctx, ctx->session,
                                            NGX_HTTP_OWNCLOUD_SESSION_ALL)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        ctx->session = NULL;
    }

    return ngx_http_owncloud_cookie_set(r, ctx, &ctx->issuer->id, &empty, 0);
}


ngx_int_t
ngx_http_owncloud_session_expire(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    return ngx_http_owncloud_session_ended(r, ctx, session,
                                           session->generation);
}


static ngx_int_t
ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    uint64_t generation)
{
    return ngx_http_owncloud_credential_end(
                  ngx_http_get_module_main_conf(r, ngx_http_owncloud_module),
                  r->connection->log, ctx->issuer, session, generation,
                  ngx_time() + ngx_http_owncloud_session_time(ctx));
}


static time_t
ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_max(NGX_HTTP_OWNCLOUD_SESSION_TIME, ctx->repository->remember);
}


/* the data that the cookie is bound to */

static ngx_int_t
ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t remembered, u_char *digest,
    ngx_str_t *aad)
{
    aad->data = digest;
    aad->len = NGX_HTTP_OWNCLOUD_DIGEST_LEN;

    if (remembered) {
        return ngx_http_owncloud_digest_of(digest, "remembered",
                                           &ctx->issuer->id,
                                           &ctx->issuer->authorities,
                                           &r->headers_in.server,
                                           &ctx->moodle_user,
                                           &ctx->repository->moodle_root);
    }

    return ngx_http_owncloud_digest_of(digest, "session", &ctx->issuer->id,
                                       &ctx->issuer->authorities,
                                       &r->headers_in.server,
                                       &ctx->moodle_session);
}


static ngx_uint_t
ngx_http_owncloud_session_remembered(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->repository->remember && ctx->moodle_user.len);
}
