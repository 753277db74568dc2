
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_zone.h"


/* how long the zone remembers what became of a session, seconds */
#define NGX_HTTP_OWNCLOUD_SESSION_TIME  (30 * 86400)

#define NGX_HTTP_OWNCLOUD_SESSION_ALL   ((uint64_t) -1)    /* generations */


static ngx_int_t ngx_http_owncloud_session_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_session_t **opened);
static ngx_int_t ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t remembered, u_char *digest,
    ngx_str_t *aad);
static ngx_uint_t ngx_http_owncloud_session_remembered(
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);
static ngx_int_t ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t generation);
static time_t ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc, anew;
    ngx_str_t                     sealed;
    ngx_uint_t                    generation;
    ngx_http_owncloud_session_t  *session;

    rc = ngx_http_owncloud_cookie_get(r, ctx, &ctx->issuer->id, &sealed);

    if (rc != NGX_OK) {
        return rc;
    }

    anew = ngx_http_owncloud_session_open(r, ctx, &sealed, &session);

    if (anew != NGX_OK && anew != NGX_DONE) {
        return anew;
    }

    generation = session->generation;

    rc = ngx_http_owncloud_session_newest(r, ctx, session);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->session = session;
    ngx_memcpy(ctx->subject, session->id, sizeof(ctx->subject));

    /* the answer that brought the newer one may never have come through */

    if (anew == NGX_DONE || session->generation != generation) {
        return ngx_http_owncloud_session_cookie(r, ctx);
    }

    return NGX_OK;
}


/*
 * NGX_DONE: it has to be sealed anew, because of the key, or because it is
 * to be remembered from now on.
 */

static ngx_int_t
ngx_http_owncloud_session_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_session_t **opened)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       aad, plain;
    ngx_uint_t                      remembered;
    ngx_http_owncloud_session_t    *session;
    ngx_http_owncloud_main_conf_t  *omcf;

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

    session = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_session_t));
    if (session == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_session_read(&plain, session) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* the browser is not trusted to forget it in time */

    if (remembered
        && session->issued + ctx->repository->remember <= ngx_time())
    {
        return NGX_DECLINED;
    }

    *opened = session;

    return rc;
}


/* the zone wins when it knows more: tokens that are newer, or the end */

static ngx_int_t
ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                        ended;
    ngx_int_t                       rc;
    ngx_str_t                       aad, value, plain;
    ngx_http_owncloud_session_t     newer;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_session_key(ctx, "session", session->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    if (value.len == sizeof(uint64_t)) {
        ngx_memcpy(&ended, value.data, sizeof(uint64_t));

        return (session->generation <= ended) ? NGX_DECLINED : NGX_OK;
    }

    aad.data = key;
    aad.len = sizeof(key);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &value,
                                  &plain);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc != NGX_DECLINED
        && ngx_http_owncloud_session_read(&plain, &newer) == NGX_OK
        && newer.generation > session->generation)
    {
        *session = newer;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_session_newer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_uint_t                    generation;
    ngx_http_owncloud_session_t  *session;

    session = ctx->session;
    generation = session->generation;

    rc = ngx_http_owncloud_session_newest(r, ctx, session);

    if (rc == NGX_DECLINED) {
        return NGX_DONE;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (session->generation == generation) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_session_cookie(r, ctx);
}


ngx_int_t
ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    ngx_int_t  rc;

    if (ngx_http_owncloud_random(session->id, sizeof(session->id)) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_session_store(r, ctx, session);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->session = session;
    ngx_memcpy(ctx->subject, session->id, sizeof(ctx->subject));

    return ngx_http_owncloud_session_cookie(r, ctx);
}


ngx_int_t
ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       aad, plain, sealed;
    ngx_http_owncloud_main_conf_t  *omcf;

    rc = ngx_http_owncloud_session_write(r->pool, session, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    aad.data = key;
    aad.len = sizeof(key);

    if (ngx_http_owncloud_session_key(ctx, "session", session->id, key)
        != NGX_OK
        || ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &plain,
                                  &sealed)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* the cookie, which has to hold it as well, is of the same size */

    if (sealed.len > NGX_HTTP_OWNCLOUD_COOKIE_TOTAL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "a session of %uz bytes is too large for a cookie",
                      sealed.len);
        return NGX_DECLINED;
    }

    /* the cookie alone does as well, should the zone be full */

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                         NGX_HTTP_OWNCLOUD_ZONE_SESSION, key, &sealed,
                         ngx_time() + ngx_http_owncloud_session_time(ctx));

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    time_t                          age;
    ngx_str_t                       aad, plain, sealed;
    ngx_uint_t                      remembered;
    ngx_http_owncloud_main_conf_t  *omcf;

    remembered = ngx_http_owncloud_session_remembered(ctx);

    if (ngx_http_owncloud_session_write(r->pool, ctx->session, &plain)
        != NGX_OK
        || ngx_http_owncloud_session_aad(r, ctx, remembered, digest, &aad)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                               NGX_HTTP_OWNCLOUD_SEAL_SESSION, &aad, &plain,
                               &sealed)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    age = remembered ? ctx->session->issued + ctx->repository->remember
                       - ngx_time()
                     : 0;

    return ngx_http_owncloud_cookie_set(r, ctx, &ctx->issuer->id, &sealed,
                                        age);
}


ngx_int_t
ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  empty;

    ngx_str_null(&empty);

    if (ctx->session) {

        /* a copy of the cookie must not bring the session back */

        if (ngx_http_owncloud_session_ended(r, ctx,
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
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_session_ended(r, ctx, ctx->session->generation);
}


static ngx_int_t
ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t generation)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                       value;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_session_key(ctx, "session", ctx->session->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    value.data = (u_char *) &generation;
    value.len = sizeof(uint64_t);

    if (ngx_http_owncloud_zone_put(omcf->zone, NGX_HTTP_OWNCLOUD_ZONE_END,
                         key, &value,
                         ngx_time() + ngx_http_owncloud_session_time(ctx))
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the end of a session was not stored");
    }

    return NGX_OK;
}


/* what the cookie is bound to */

static ngx_int_t
ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t remembered, u_char *digest,
    ngx_str_t *aad)
{
    ngx_str_t  part[5];

    ngx_str_set(&part[0], "session");
    part[1] = ctx->issuer->id;
    part[2] = r->headers_in.server;
    part[3] = ctx->moodle_session;

    if (remembered) {
        ngx_str_set(&part[0], "remembered");
        part[3] = ctx->moodle_user;
        part[4] = ctx->repository->moodle_root;
    }

    aad->data = digest;
    aad->len = NGX_HTTP_OWNCLOUD_DIGEST_LEN;

    return ngx_http_owncloud_digest(digest, part, remembered ? 5 : 4);
}


static ngx_uint_t
ngx_http_owncloud_session_remembered(ngx_http_owncloud_ctx_t *ctx)
{
    return (ctx->repository->remember && ctx->moodle_user.len);
}


static time_t
ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_max(NGX_HTTP_OWNCLOUD_SESSION_TIME, ctx->repository->remember);
}


ngx_int_t
ngx_http_owncloud_session_key(ngx_http_owncloud_ctx_t *ctx, char *name,
    u_char *id, u_char *key)
{
    ngx_str_t  part[3];

    part[0].data = (u_char *) name;
    part[0].len = ngx_strlen(name);
    part[1] = ctx->issuer->id;
    part[2].data = id;
    part[2].len = NGX_HTTP_OWNCLOUD_SESSION_ID_LEN;

    return ngx_http_owncloud_digest(key, part, 3);
}
