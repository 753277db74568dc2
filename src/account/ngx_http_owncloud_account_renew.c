
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_job.h"
#include "ngx_http_owncloud_background.h"
#include "ngx_http_owncloud_session_token_request.h"
#include "ngx_http_owncloud_zone.h"


/*
 * Unused tokens are refreshed when they expire, but not as often as those of a
 * cloud whose tokens last five minutes.
 */
#define NGX_HTTP_OWNCLOUD_RENEW_AGE     3600   /* s */

#define NGX_HTTP_OWNCLOUD_RENEW_LATER   300    /* s, after a failure */


typedef struct {
    ngx_http_owncloud_account_env_t      env;
    ngx_http_owncloud_credential_t       credential;
    ngx_http_owncloud_credential_lock_t  lock;
    ngx_http_owncloud_background_t      *bg;
} ngx_http_owncloud_renew_t;


static ngx_uint_t ngx_http_owncloud_renew_needed(
    ngx_http_owncloud_renew_t *renew);
static ngx_uint_t ngx_http_owncloud_renew_due(
    ngx_http_owncloud_credential_t *credential);
static ngx_int_t ngx_http_owncloud_renew_lock(
    ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_unlock(ngx_http_owncloud_renew_t *renew);
static ngx_int_t ngx_http_owncloud_renew_ask(
    ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_done(ngx_http_owncloud_background_t *bg);
static void ngx_http_owncloud_renew_good(ngx_http_owncloud_renew_t *renew,
    ngx_http_owncloud_credential_t *renewed);
static void ngx_http_owncloud_renew_lost(ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_later(ngx_http_owncloud_renew_t *renew);


void
ngx_http_owncloud_account_renew(ngx_log_t *log,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer)
{
    ngx_http_owncloud_renew_t       *renew;
    ngx_http_owncloud_background_t  *bg;

    bg = ngx_http_owncloud_background_create(log, issuer, &issuer->token);
    if (bg == NULL) {
        return;
    }

    renew = ngx_pcalloc(bg->pool, sizeof(ngx_http_owncloud_renew_t));

    if (renew) {
        renew->env.pool = bg->pool;
        renew->env.log = log;
        renew->env.omcf = omcf;
        renew->env.issuer = issuer;
        renew->lock.file = NGX_INVALID_FILE;
        renew->bg = bg;

        if (ngx_http_owncloud_renew_needed(renew)
            && ngx_http_owncloud_renew_lock(renew) == NGX_OK)
        {
            /* another process may just have done it */

            if (ngx_http_owncloud_renew_needed(renew)
                && ngx_http_owncloud_renew_ask(renew) == NGX_OK)
            {
                return;
            }

            ngx_http_owncloud_renew_unlock(renew);
        }
    }

    ngx_http_owncloud_background_destroy(bg);
}


static ngx_uint_t
ngx_http_owncloud_renew_needed(ngx_http_owncloud_renew_t *renew)
{
    u_char                            key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    time_t                            connected;
    ngx_int_t                         rc;
    ngx_str_t                         value;
    ngx_uint_t                        generation;
    ngx_http_owncloud_account_env_t  *env;
    ngx_http_owncloud_credential_t   *credential;

    env = &renew->env;
    credential = &renew->credential;

    if (ngx_http_owncloud_account_key(env, "account later", key) != NGX_OK
        || ngx_http_owncloud_zone_get(env->omcf->zone, env->pool, key,
                                      &value)
           == NGX_OK)
    {
        return 0;
    }

    rc = ngx_http_owncloud_account_read(env, credential, &connected);

    if (rc == NGX_ABORT) {

        /* logged from time to time */

        ngx_http_owncloud_renew_later(renew);
    }

    if (rc != NGX_OK) {
        return 0;
    }

    generation = credential->generation;

    if (ngx_http_owncloud_credential_newest(env->pool, env->omcf,
                                            env->issuer, credential)
        != NGX_OK)
    {
        return 0;
    }

    if (credential->generation > generation && !renew->lock.locked) {
        ngx_http_owncloud_account_write_again(env, credential);
    }

    return ngx_http_owncloud_renew_due(credential);
}


static ngx_uint_t
ngx_http_owncloud_renew_due(ngx_http_owncloud_credential_t *credential)
{
    return credential->refresh.len
           && !ngx_http_owncloud_credential_good(credential)
           && credential->issued + NGX_HTTP_OWNCLOUD_RENEW_AGE <= ngx_time();
}


/* takes both locks of ngx_http_owncloud_refresh_lock() */

static ngx_int_t
ngx_http_owncloud_renew_lock(ngx_http_owncloud_renew_t *renew)
{
    ngx_int_t                         rc;
    ngx_http_owncloud_account_env_t  *env;

    env = &renew->env;

    rc = ngx_http_owncloud_credential_lock(env->omcf, env->issuer,
                            &renew->credential,
                            NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES
                            * ngx_http_owncloud_refresh_duration(env->issuer),
                            &renew->lock);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_account_lock(env, &renew->lock.file);

    if (rc != NGX_OK) {
        ngx_http_owncloud_renew_unlock(renew);
    }

    return rc;
}


static void
ngx_http_owncloud_renew_unlock(ngx_http_owncloud_renew_t *renew)
{
    ngx_http_owncloud_credential_unlock(renew->env.omcf, &renew->lock);
}


static ngx_int_t
ngx_http_owncloud_renew_ask(ngx_http_owncloud_renew_t *renew)
{
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_http_owncloud_background_t  *bg;

    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");
    static ngx_str_t  accept = ngx_string("application/json");

    bg = renew->bg;
    issuer = renew->env.issuer;

    if (ngx_http_owncloud_refresh_form(bg->pool, issuer, &renew->credential,
                                       &bg->body)
        != NGX_OK
        || (issuer->token_auth != NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY
            && ngx_http_owncloud_background_header(bg, "Authorization",
                                                   issuer->basic.data,
                                                   issuer->basic.len)
               != NGX_OK)
        || ngx_http_owncloud_background_header(bg, "Content-Type", type.data,
                                               type.len)
           != NGX_OK
        || ngx_http_owncloud_background_header(bg, "Accept", accept.data,
                                               accept.len)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    bg->done = ngx_http_owncloud_renew_done;
    bg->data = renew;

    if (ngx_http_owncloud_background_start(bg) != NGX_OK) {
        ngx_http_owncloud_renew_later(renew);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_owncloud_renew_done(ngx_http_owncloud_background_t *bg)
{
    ngx_uint_t                       result;
    ngx_http_owncloud_renew_t       *renew;
    ngx_http_owncloud_credential_t   renewed;

    renew = bg->data;

    if (bg->failure == NGX_HTTP_OWNCLOUD_CALL_ABORTED) {
        ngx_http_owncloud_renew_unlock(renew);
        return;
    }

    result = bg->failure ? NGX_HTTP_OWNCLOUD_REFRESH_FAILED
                         : ngx_http_owncloud_refresh_read(bg->pool, bg->status,
                                                          &bg->answer,
                                                          &renew->credential,
                                                          &renewed);

    switch (result) {

    case NGX_HTTP_OWNCLOUD_REFRESH_RENEWED:
        ngx_http_owncloud_renew_good(renew, &renewed);
        break;

    case NGX_HTTP_OWNCLOUD_REFRESH_ENDED:
        ngx_http_owncloud_renew_lost(renew);
        break;

    default: /* NGX_HTTP_OWNCLOUD_REFRESH_FAILED */
        ngx_log_error(NGX_LOG_WARN, bg->log, 0,
                      "\"%V\" did not refresh the tokens of the system "
                      "account ahead of time: status %ui, failure %ui",
                      &bg->issuer->id, bg->status, bg->failure);

        ngx_http_owncloud_renew_later(renew);
    }

    ngx_http_owncloud_renew_unlock(renew);
}


static void
ngx_http_owncloud_renew_good(ngx_http_owncloud_renew_t *renew,
    ngx_http_owncloud_credential_t *renewed)
{
    ngx_http_owncloud_account_env_t  *env;

    env = &renew->env;

    if (ngx_http_owncloud_account_replace(env, renewed) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, env->log, 0,
                      "new tokens of the system account of \"%V\" could not "
                      "be stored", &env->issuer->id);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, env->log, 0,
                  "\"%V\" refreshed the tokens of the system account, "
                  "generation %ui", &env->issuer->id, renewed->generation);
}


/* unless there are newer tokens, or no account any more */

static void
ngx_http_owncloud_renew_lost(ngx_http_owncloud_renew_t *renew)
{
    ngx_http_owncloud_account_env_t  *env;
    ngx_http_owncloud_credential_t   *credential;

    env = &renew->env;
    credential = &renew->credential;

    if (ngx_http_owncloud_account_newest(env, credential) != NGX_DECLINED) {
        return;
    }

    ngx_log_error(NGX_LOG_ERR, env->log, 0,
                  "\"%V\" no longer accepts the tokens of the system account: "
                  "connect \"%V\" again", &env->issuer->id, &credential->user);

    (void) ngx_http_owncloud_account_expire(env, credential);
}


/* in all workers */

static void
ngx_http_owncloud_renew_later(ngx_http_owncloud_renew_t *renew)
{
    u_char                            key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                         value;
    ngx_http_owncloud_account_env_t  *env;

    env = &renew->env;

    ngx_str_set(&value, "1");

    if (ngx_http_owncloud_account_key(env, "account later", key) == NGX_OK) {
        (void) ngx_http_owncloud_zone_put(env->omcf->zone,
                             NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                             ngx_time() + NGX_HTTP_OWNCLOUD_RENEW_LATER);
    }
}
