
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_zone.h"


/*
 * how long the zone keeps tokens that could not be written, and the end of
 * refused ones, seconds
 */
#define NGX_HTTP_OWNCLOUD_ACCOUNT_TIME         (365 * 86400)

/* how often a failed write is retried, seconds */
#define NGX_HTTP_OWNCLOUD_ACCOUNT_WRITE_AGAIN  60


ngx_int_t
ngx_http_owncloud_account_load(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_account_read(env, credential, connected);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_credential_newest(env->pool, env->omcf,
                                             env->issuer, credential);

    return (rc == NGX_DECLINED) ? NGX_DONE : rc;
}


ngx_int_t
ngx_http_owncloud_account_newest(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential)
{
    time_t                          connected;
    ngx_int_t                       rc;
    ngx_http_owncloud_credential_t  newer;

    rc = ngx_http_owncloud_account_load(env, &newer, &connected);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    /* the tokens were refused, or the file was removed */

    if (rc == NGX_DONE || rc == NGX_DECLINED) {
        return NGX_DONE;
    }

    if (rc != NGX_OK
        || (newer.generation == credential->generation
            && ngx_memcmp(newer.id, credential->id, sizeof(newer.id)) == 0))
    {
        return NGX_DECLINED;
    }

    *credential = newer;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_account_replace(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential)
{
    size_t                          size;
    time_t                          connected;
    ngx_int_t                       rc;
    ngx_http_owncloud_credential_t  old;

    /* the tokens must not be lost, whatever happens to the file */

    rc = ngx_http_owncloud_credential_store(env->pool, env->omcf,
                          env->issuer, credential,
                          ngx_time() + NGX_HTTP_OWNCLOUD_ACCOUNT_TIME, &size);

    if (rc != NGX_OK) {
        return rc;
    }

    connected = credential->issued;

    rc = ngx_http_owncloud_account_read(env, &old, &connected);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    /*
     * an account connected or disconnected meanwhile has priority, and the
     * content of an unreadable file is unknown
     */

    if (rc != NGX_OK
        || !ngx_http_owncloud_account_newer_than(credential, &old))
    {
        return NGX_OK;
    }

    rc = ngx_http_owncloud_account_write(env, credential, connected);

    return (rc == NGX_ABORT) ? NGX_OK : rc;
}


void
ngx_http_owncloud_account_write_again(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    time_t                          connected;
    ngx_fd_t                        fd;
    ngx_http_owncloud_credential_t  old;

    if (ngx_http_owncloud_account_read(env, &old, &connected) != NGX_OK
        || old.generation >= credential->generation
        || ngx_http_owncloud_account_key(env, "account again", key) != NGX_OK
        || ngx_http_owncloud_zone_take(env->omcf->zone,
                            NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                            ngx_time() + NGX_HTTP_OWNCLOUD_ACCOUNT_WRITE_AGAIN)
           != NGX_OK)
    {
        return;
    }

    /* another account may just be being connected */

    if (ngx_http_owncloud_account_lock(env, &fd) != NGX_OK) {
        return;
    }

    (void) ngx_http_owncloud_account_replace(env, credential);

    ngx_http_owncloud_account_unlock(&fd);
}


ngx_int_t
ngx_http_owncloud_account_expire(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential)
{
    return ngx_http_owncloud_credential_end(env->omcf, env->log, env->issuer,
                                 credential, credential->generation,
                                 ngx_time() + NGX_HTTP_OWNCLOUD_ACCOUNT_TIME);
}


ngx_int_t
ngx_http_owncloud_account_key(ngx_http_owncloud_account_env_t *env, char *name,
    u_char *key)
{
    return ngx_http_owncloud_digest_of(key, name, &env->issuer->id);
}
