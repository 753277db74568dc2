
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_session.h"
#include "ngx_http_owncloud_zone.h"
#include "ngx_http_owncloud_zone_entry.h"


/* how long the zone remembers what became of a session, seconds */
#define NGX_HTTP_OWNCLOUD_SESSION_TIME  (30 * 86400)


static time_t ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx);


/* the zone wins when it knows more: tokens that are newer, or the end */

ngx_int_t
ngx_http_owncloud_credential_newest(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *session)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                        generation;
    ngx_int_t                       rc;
    ngx_str_t                       aad, value, sealed, plain;
    ngx_http_owncloud_credential_t  newer;

    if (ngx_http_owncloud_credential_key(issuer, "session", session->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_zone_get(omcf->zone, pool, key, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    if (ngx_http_owncloud_entry_session_read(&value, &generation, &sealed)
        != NGX_OK)
    {
        return NGX_OK;
    }

    if (sealed.len == 0) {
        return (session->generation <= generation) ? NGX_DECLINED : NGX_OK;
    }

    aad.data = key;
    aad.len = sizeof(key);

    rc = ngx_http_owncloud_unseal(pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &sealed,
                                  &plain);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc != NGX_DECLINED
        && ngx_http_owncloud_credential_unpack(&plain, &newer) == NGX_OK
        && newer.generation >= session->generation)
    {
        if (newer.generation > session->generation
            || session->access.len == 0)
        {
            newer.account = session->account;
            *session = newer;
        }

        session->kept = 1;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_session_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session)
{
    ngx_int_t                       rc;
    size_t                          size;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (session->account) {
        return ngx_http_owncloud_account_store(r, ctx, session);
    }

    rc = ngx_http_owncloud_credential_store(r->pool, omcf, ctx->issuer,
                         session,
                         ngx_time() + ngx_http_owncloud_session_time(ctx),
                         &size);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the cookie, which has to hold it alone then, is of the same size */

    if (!session->kept && size > NGX_HTTP_OWNCLOUD_COOKIE_TOTAL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "a session of %uz bytes is too large for a cookie",
                      size);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_credential_store(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *session, time_t expires, size_t *size)
{
    u_char     key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t  rc;
    ngx_str_t  aad, plain, sealed, value;

    rc = ngx_http_owncloud_credential_pack(pool, session, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    aad.data = key;
    aad.len = sizeof(key);

    if (ngx_http_owncloud_credential_key(issuer, "session", session->id, key)
        != NGX_OK
        || ngx_http_owncloud_seal(pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &plain,
                                  &sealed)
           != NGX_OK
        || ngx_http_owncloud_entry_session_write(pool, session->generation,
                                                 &sealed, &value)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    *size = sealed.len;

    /* the cookie alone, or the file, does as well, should the zone be full */

    rc = ngx_http_owncloud_zone_put_newer(omcf->zone,
                                          NGX_HTTP_OWNCLOUD_ZONE_SESSION, key,
                                          &value, expires);

    session->kept = (rc == NGX_OK);

    return (rc == NGX_DECLINED) ? NGX_DONE : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_session_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t generation)
{
    return ngx_http_owncloud_credential_end(
                  ngx_http_get_module_main_conf(r, ngx_http_owncloud_module),
                  r->connection->log, ctx->issuer, ctx->session, generation,
                  ngx_time() + ngx_http_owncloud_session_time(ctx));
}


ngx_int_t
ngx_http_owncloud_credential_end(ngx_http_owncloud_main_conf_t *omcf,
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *session, uint64_t generation,
    time_t expires)
{
    u_char     key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t  rc;
    ngx_str_t  value;

    if (ngx_http_owncloud_credential_key(issuer, "session", session->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    value.data = (u_char *) &generation;
    value.len = sizeof(uint64_t);

    rc = ngx_http_owncloud_zone_put_newer(omcf->zone,
                                          NGX_HTTP_OWNCLOUD_ZONE_END, key,
                                          &value, expires);

    if (rc == NGX_ERROR) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "the end of a session was not stored");
        return NGX_OK;
    }

    return rc;
}


static time_t
ngx_http_owncloud_session_time(ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_max(NGX_HTTP_OWNCLOUD_SESSION_TIME, ctx->repository->remember);
}


ngx_int_t
ngx_http_owncloud_credential_key(ngx_http_owncloud_issuer_t *issuer,
    char *name, u_char *id, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, name, &issuer->id,
                                &issuer->authorities,
                                ngx_http_owncloud_part(id,
                                            NGX_HTTP_OWNCLOUD_SESSION_ID_LEN));
}
