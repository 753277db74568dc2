
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_credential.h"
#include "ngx_http_owncloud_zone.h"
#include "ngx_http_owncloud_zone_entry.h"


/*
 * Access tokens are refreshed before they expire, so that a call that takes a
 * while is not refused; short-lived ones are used for longer.
 */
#define NGX_HTTP_OWNCLOUD_TOKEN_AHEAD  60          /* seconds at most */
#define NGX_HTTP_OWNCLOUD_TOKEN_PART   10 /* fraction of the lifetime at most */

#define NGX_HTTP_OWNCLOUD_CREDENTIAL_MARGIN  10    /* of the lock, s */


ngx_uint_t
ngx_http_owncloud_credential_good(ngx_http_owncloud_credential_t *credential)
{
    time_t  ahead;

    ahead = (credential->expires - credential->issued)
            / NGX_HTTP_OWNCLOUD_TOKEN_PART;

    ahead = ngx_min(ahead, NGX_HTTP_OWNCLOUD_TOKEN_AHEAD);

    return credential->expires - ngx_max(ahead, 0) > ngx_time();
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


/* the zone has priority if it has newer tokens, or their end */

ngx_int_t
ngx_http_owncloud_credential_newest(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    uint64_t                        generation;
    ngx_int_t                       rc;
    ngx_str_t                       aad, value, sealed, plain;
    ngx_http_owncloud_credential_t  newer;

    if (ngx_http_owncloud_credential_key(issuer, "session", credential->id, key)
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
        return (credential->generation <= generation) ? NGX_DECLINED : NGX_OK;
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
        && newer.generation >= credential->generation)
    {
        if (newer.generation > credential->generation
            || credential->access.len == 0)
        {
            *credential = newer;
        }

        credential->kept = 1;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_credential_store(ngx_pool_t *pool,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, time_t expires, size_t *size)
{
    u_char     key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t  rc;
    ngx_str_t  aad, plain, sealed, value;

    rc = ngx_http_owncloud_credential_pack(pool, credential, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    aad.data = key;
    aad.len = sizeof(key);

    if (ngx_http_owncloud_credential_key(issuer, "session", credential->id, key)
        != NGX_OK
        || ngx_http_owncloud_seal(pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ZONE, &aad, &plain,
                                  &sealed)
           != NGX_OK
        || ngx_http_owncloud_entry_session_write(pool, credential->generation,
                                                 &sealed, &value)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    *size = sealed.len;

    /* if the zone is full, the cookie or the file suffices */

    rc = ngx_http_owncloud_zone_put_newer(omcf->zone,
                                          NGX_HTTP_OWNCLOUD_ZONE_SESSION, key,
                                          &value, expires);

    credential->kept = (rc == NGX_OK);

    return (rc == NGX_DECLINED) ? NGX_DONE : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_credential_end(ngx_http_owncloud_main_conf_t *omcf,
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, uint64_t generation,
    time_t expires)
{
    u_char     key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t  rc;
    ngx_str_t  value;

    if (ngx_http_owncloud_credential_key(issuer, "session", credential->id, key)
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
                      "the end of a session could not be stored");
        return NGX_OK;
    }

    return rc;
}


ngx_int_t
ngx_http_owncloud_credential_lock(ngx_http_owncloud_main_conf_t *omcf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_credential_t *credential, ngx_msec_t duration,
    ngx_http_owncloud_credential_lock_t *lock)
{
    time_t     expires;
    ngx_int_t  rc;

    if (ngx_http_owncloud_credential_key(issuer, "refresh", credential->id,
                                         lock->key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    expires = ngx_time() + NGX_HTTP_OWNCLOUD_CREDENTIAL_MARGIN
              + duration / 1000;

    rc = ngx_http_owncloud_zone_lock(omcf->zone, lock->key, expires,
                                     &lock->stamp);

    if (rc == NGX_BUSY) {
        return NGX_BUSY;
    }

    lock->locked = (rc == NGX_OK);

    return NGX_OK;
}


void
ngx_http_owncloud_credential_unlock(ngx_http_owncloud_main_conf_t *omcf,
    ngx_http_owncloud_credential_lock_t *lock)
{
    if (lock->file != NGX_INVALID_FILE) {
        (void) ngx_close_file(lock->file);
        lock->file = NGX_INVALID_FILE;
    }

    if (lock->locked) {
        lock->locked = 0;

        ngx_http_owncloud_zone_unlock(omcf->zone, lock->key, lock->stamp);
    }
}
