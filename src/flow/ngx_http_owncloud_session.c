
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_SESSION_VERSION  1

/* how long the zone remembers what became of a session, seconds */
#define NGX_HTTP_OWNCLOUD_SESSION_TIME     (30 * 86400)


static ngx_int_t ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest, ngx_str_t *aad);
static ngx_int_t ngx_http_owncloud_session_key(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_session_t *session, u_char *key);
static ngx_int_t ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);
static ngx_int_t ngx_http_owncloud_session_write(ngx_pool_t *pool,
    ngx_http_owncloud_session_t *session, ngx_str_t *plain);
static ngx_int_t ngx_http_owncloud_session_read(ngx_str_t *plain,
    ngx_http_owncloud_session_t *session);
static u_char *ngx_http_owncloud_session_put(u_char *p, u_char *data,
    size_t len);
static ngx_int_t ngx_http_owncloud_session_take(u_char **p, u_char *last,
    u_char **data, size_t *len);
static ngx_int_t ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session);


ngx_int_t
ngx_http_owncloud_session_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc, anew;
    ngx_str_t                       aad, sealed, plain;
    ngx_http_owncloud_session_t    *session;
    ngx_http_owncloud_main_conf_t  *omcf;

    rc = ngx_http_owncloud_cookie_get(r, ctx, &ctx->issuer->id, &sealed);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_owncloud_session_aad(r, ctx, digest, &aad) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    anew = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                    NGX_HTTP_OWNCLOUD_SEAL_SESSION, &aad,
                                    &sealed, &plain);

    if (anew != NGX_OK && anew != NGX_DONE) {
        return anew;
    }

    session = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_session_t));
    if (session == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_session_read(&plain, session) != NGX_OK) {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_session_newest(r, ctx, session);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->session = session;

    if (session->expires <= ngx_time()) {
        return NGX_DECLINED;
    }

    /* sealed with a key that is going out of use */

    if (anew == NGX_DONE) {
        return ngx_http_owncloud_session_cookie(r, ctx, session);
    }

    return NGX_OK;
}


/* the zone wins when it knows more: tokens that are newer, or the end */

static ngx_int_t
ngx_http_owncloud_session_newest(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       aad, sealed, plain;
    ngx_http_owncloud_session_t     newer;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_session_key(ctx, session, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &sealed);

    if (rc == NGX_DECLINED) {
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (sealed.len == 0) {
        return NGX_DECLINED;
    }

    aad.data = key;
    aad.len = sizeof(key);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &sealed,
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
ngx_http_owncloud_session_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       aad, plain, sealed;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_random(session->id, sizeof(session->id)) != NGX_OK
        || ngx_http_owncloud_session_key(ctx, session, key) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_session_write(r->pool, session, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    aad.data = key;
    aad.len = sizeof(key);

    if (ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                               NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &plain,
                               &sealed)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* the cookie alone does as well, should the zone be full */

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                                 NGX_HTTP_OWNCLOUD_ZONE_SESSION, key, &sealed,
                                 ngx_time() + NGX_HTTP_OWNCLOUD_SESSION_TIME);

    ctx->session = session;

    return ngx_http_owncloud_session_cookie(r, ctx, session);
}


static ngx_int_t
ngx_http_owncloud_session_cookie(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_session_t *session)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                       aad, plain, sealed;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_session_write(r->pool, session, &plain) != NGX_OK
        || ngx_http_owncloud_session_aad(r, ctx, digest, &aad) != NGX_OK)
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

    return ngx_http_owncloud_cookie_set(r, ctx, &ctx->issuer->id, &sealed);
}


ngx_int_t
ngx_http_owncloud_session_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                       empty;
    ngx_http_owncloud_main_conf_t  *omcf;

    ngx_str_null(&empty);

    if (ctx->session) {

        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        if (ngx_http_owncloud_session_key(ctx, ctx->session, key) != NGX_OK) {
            return NGX_ERROR;
        }

        /* a copy of the cookie must not bring the session back */

        if (ngx_http_owncloud_zone_put(omcf->zone,
                                 NGX_HTTP_OWNCLOUD_ZONE_END, key, &empty,
                                 ngx_time() + NGX_HTTP_OWNCLOUD_SESSION_TIME)
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                          "the end of a session was not stored");
        }

        ctx->session = NULL;
    }

    return ngx_http_owncloud_cookie_set(r, ctx, &ctx->issuer->id, &empty);
}


static ngx_int_t
ngx_http_owncloud_session_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest, ngx_str_t *aad)
{
    ngx_str_t  part[4];

    ngx_str_set(&part[0], "session");
    part[1] = ctx->issuer->id;
    part[2] = r->headers_in.server;
    part[3] = ctx->moodle_session;

    aad->data = digest;
    aad->len = NGX_HTTP_OWNCLOUD_DIGEST_LEN;

    return ngx_http_owncloud_digest(digest, part, 4);
}


static ngx_int_t
ngx_http_owncloud_session_key(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_session_t *session, u_char *key)
{
    ngx_str_t  part[3];

    ngx_str_set(&part[0], "session");
    part[1] = ctx->issuer->id;
    part[2].data = session->id;
    part[2].len = sizeof(session->id);

    return ngx_http_owncloud_digest(key, part, 3);
}


/* version, id, generation and expiry as 8 bytes each, three strings */

static ngx_int_t
ngx_http_owncloud_session_write(ngx_pool_t *pool,
    ngx_http_owncloud_session_t *session, ngx_str_t *plain)
{
    u_char    *p;
    uint64_t   n;

    plain->len = 1 + sizeof(session->id) + 2 * sizeof(uint64_t)
                 + 3 * sizeof(uint16_t)
                 + session->access.len + session->refresh.len
                 + session->user.len;

    if (session->access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, plain->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_SESSION_VERSION;
    p = ngx_cpymem(p, session->id, sizeof(session->id));

    n = session->generation;
    p = ngx_cpymem(p, &n, sizeof(uint64_t));

    n = session->expires;
    p = ngx_cpymem(p, &n, sizeof(uint64_t));

    p = ngx_http_owncloud_session_put(p, session->access.data,
                                      session->access.len);
    p = ngx_http_owncloud_session_put(p, session->refresh.data,
                                      session->refresh.len);
    (void) ngx_http_owncloud_session_put(p, session->user.data,
                                         session->user.len);

    return NGX_OK;
}


static u_char *
ngx_http_owncloud_session_put(u_char *p, u_char *data, size_t len)
{
    *p++ = (u_char) (len >> 8);
    *p++ = (u_char) (len & 0xff);

    return len ? ngx_cpymem(p, data, len) : p;
}


static ngx_int_t
ngx_http_owncloud_session_read(ngx_str_t *plain,
    ngx_http_owncloud_session_t *session)
{
    u_char    *p, *last;
    uint64_t   n;

    p = plain->data;
    last = p + plain->len;

    if (plain->len < 1 + sizeof(session->id) + 2 * sizeof(uint64_t)
        || *p++ != NGX_HTTP_OWNCLOUD_SESSION_VERSION)
    {
        return NGX_DECLINED;
    }

    ngx_memzero(session, sizeof(ngx_http_owncloud_session_t));

    ngx_memcpy(session->id, p, sizeof(session->id));
    p += sizeof(session->id);

    ngx_memcpy(&n, p, sizeof(uint64_t));
    session->generation = (ngx_uint_t) n;
    p += sizeof(uint64_t);

    ngx_memcpy(&n, p, sizeof(uint64_t));
    session->expires = (time_t) n;
    p += sizeof(uint64_t);

    if (ngx_http_owncloud_session_take(&p, last, &session->access.data,
                                       &session->access.len)
        != NGX_OK
        || ngx_http_owncloud_session_take(&p, last, &session->refresh.data,
                                          &session->refresh.len)
           != NGX_OK
        || ngx_http_owncloud_session_take(&p, last, &session->user.data,
                                          &session->user.len)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return (p == last) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_session_take(u_char **p, u_char *last, u_char **data,
    size_t *len)
{
    if (last - *p < 2) {
        return NGX_DECLINED;
    }

    *len = ((*p)[0] << 8) + (*p)[1];
    *p += 2;

    if ((size_t) (last - *p) < *len) {
        return NGX_DECLINED;
    }

    *data = *p;
    *p += *len;

    return NGX_OK;
}
