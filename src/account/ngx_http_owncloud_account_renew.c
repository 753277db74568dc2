
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_job.h"
#include "ngx_http_owncloud_background.h"
#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_zone.h"


/*
 * Tokens that nobody uses are renewed when they have come to their end, but
 * not as often as those of a cloud may that gives them for five minutes.
 */
#define NGX_HTTP_OWNCLOUD_RENEW_AGE     3600   /* s */

#define NGX_HTTP_OWNCLOUD_RENEW_LATER   300    /* s, after a failure */
#define NGX_HTTP_OWNCLOUD_RENEW_AGAIN   60     /* s, to write a file */
#define NGX_HTTP_OWNCLOUD_RENEW_MARGIN  10     /* s, of the lock */
#define NGX_HTTP_OWNCLOUD_RENEW_OVER    (365 * 86400)


typedef struct {
    ngx_http_owncloud_account_env_t  env;
    ngx_http_owncloud_credential_t   session;
    ngx_fd_t                         fd;
    u_char                           lock[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    uint64_t                         stamp;
    ngx_http_owncloud_background_t  *bg;
    unsigned                         locked:1;
} ngx_http_owncloud_renew_t;


static ngx_uint_t ngx_http_owncloud_renew_needed(
    ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_file(ngx_http_owncloud_renew_t *renew);
static ngx_uint_t ngx_http_owncloud_renew_due(
    ngx_http_owncloud_credential_t *session);
static ngx_int_t ngx_http_owncloud_renew_lock(
    ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_unlock(ngx_http_owncloud_renew_t *renew);
static ngx_int_t ngx_http_owncloud_renew_ask(
    ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_done(ngx_http_owncloud_background_t *bg);
static void ngx_http_owncloud_renew_good(ngx_http_owncloud_renew_t *renew,
    ngx_http_owncloud_oauth_tokens_t *tokens);
static void ngx_http_owncloud_renew_lost(ngx_http_owncloud_renew_t *renew);
static void ngx_http_owncloud_renew_later(ngx_http_owncloud_renew_t *renew);
static ngx_int_t ngx_http_owncloud_renew_key(
    ngx_http_owncloud_renew_t *renew, char *name, u_char *key);


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
        renew->fd = NGX_INVALID_FILE;
        renew->bg = bg;

        if (ngx_http_owncloud_renew_needed(renew)
            && ngx_http_owncloud_renew_lock(renew) == NGX_OK)
        {
            /* somebody else may have done it just before */

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
    ngx_http_owncloud_credential_t   *session;

    env = &renew->env;
    session = &renew->session;

    if (ngx_http_owncloud_renew_key(renew, "account later", key) != NGX_OK
        || ngx_http_owncloud_zone_get(env->omcf->zone, env->pool, key,
                                      &value)
           == NGX_OK)
    {
        return 0;
    }

    rc = ngx_http_owncloud_account_read(env, session, &connected);

    if (rc == NGX_ABORT) {

        /* it is in the log, once in a while */

        ngx_http_owncloud_renew_later(renew);
    }

    if (rc != NGX_OK) {
        return 0;
    }

    generation = session->generation;

    if (ngx_http_owncloud_credential_newest(env->pool, env->omcf,
                                            env->issuer, session)
        != NGX_OK)
    {
        return 0;
    }

    if (session->generation > generation && !renew->locked) {
        ngx_http_owncloud_renew_file(renew);
    }

    return ngx_http_owncloud_renew_due(session);
}


/* what the file could not take a while ago it may take now */

static void
ngx_http_owncloud_renew_file(ngx_http_owncloud_renew_t *renew)
{
    u_char                            key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_fd_t                          fd;
    ngx_http_owncloud_account_env_t  *env;

    env = &renew->env;

    if (ngx_http_owncloud_renew_key(renew, "account again", key) != NGX_OK
        || ngx_http_owncloud_zone_take(env->omcf->zone,
                             NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                             ngx_time() + NGX_HTTP_OWNCLOUD_RENEW_AGAIN)
           != NGX_OK
        || ngx_http_owncloud_account_lock(env, &fd) != NGX_OK)
    {
        return;
    }

    (void) ngx_http_owncloud_account_replace(env, &renew->session);

    ngx_http_owncloud_account_unlock(&fd);
}


static ngx_uint_t
ngx_http_owncloud_renew_due(ngx_http_owncloud_credential_t *session)
{
    return session->refresh.len
           && !ngx_http_owncloud_token_good(session)
           && session->issued + NGX_HTTP_OWNCLOUD_RENEW_AGE <= ngx_time();
}


/* the two locks of ngx_http_owncloud_refresh() */

static ngx_int_t
ngx_http_owncloud_renew_lock(ngx_http_owncloud_renew_t *renew)
{
    time_t                            expires;
    ngx_int_t                         rc;
    ngx_http_owncloud_account_env_t  *env;
    ngx_http_owncloud_issuer_t       *issuer;

    env = &renew->env;
    issuer = env->issuer;

    if (ngx_http_owncloud_credential_key(issuer, "refresh", renew->session.id,
                                         renew->lock)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    expires = ngx_time() + NGX_HTTP_OWNCLOUD_RENEW_MARGIN
              + NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES
                * (issuer->connect_timeout + issuer->send_timeout
                   + issuer->read_timeout)
                / 1000;

    rc = ngx_http_owncloud_zone_lock(env->omcf->zone, renew->lock, expires,
                                     &renew->stamp);

    if (rc == NGX_BUSY) {
        return NGX_BUSY;
    }

    renew->locked = (rc == NGX_OK);

    rc = ngx_http_owncloud_account_lock(env, &renew->fd);

    if (rc != NGX_OK) {
        ngx_http_owncloud_renew_unlock(renew);
    }

    return rc;
}


static void
ngx_http_owncloud_renew_unlock(ngx_http_owncloud_renew_t *renew)
{
    ngx_http_owncloud_account_unlock(&renew->fd);

    if (renew->locked) {
        renew->locked = 0;

        ngx_http_owncloud_zone_unlock(renew->env.omcf->zone, renew->lock,
                                      renew->stamp);
    }
}


static ngx_int_t
ngx_http_owncloud_renew_ask(ngx_http_owncloud_renew_t *renew)
{
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_http_owncloud_secret_t      *secret;
    ngx_http_owncloud_background_t  *bg;

    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");
    static ngx_str_t  accept = ngx_string("application/json");

    bg = renew->bg;
    issuer = renew->env.issuer;

    secret = (issuer->token_auth == NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY)
             ? &issuer->client_secret : NULL;

    if (ngx_http_owncloud_oauth_refresh_form(bg->pool, &issuer->client_id,
                                             &renew->session.refresh, secret,
                                             &bg->body)
        != NGX_OK
        || (secret == NULL
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
    ngx_uint_t                         result;
    ngx_http_owncloud_renew_t         *renew;
    ngx_http_owncloud_oauth_tokens_t   tokens;

    renew = bg->data;

    if (bg->failure == NGX_HTTP_OWNCLOUD_CALL_ABORTED) {
        ngx_http_owncloud_renew_unlock(renew);
        return;
    }

    result = NGX_HTTP_OWNCLOUD_OAUTH_FAILED;

    if (!bg->failure
        && ngx_http_owncloud_oauth_answer(bg->pool, bg->status, &bg->answer,
                                          &tokens, &result)
           != NGX_OK)
    {
        result = NGX_HTTP_OWNCLOUD_OAUTH_FAILED;
    }

    if (result == NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        ngx_http_owncloud_renew_good(renew, &tokens);

    } else if (!bg->failure
               && (bg->status == 400 || bg->status == 401
                   || bg->status == 403))
    {
        ngx_http_owncloud_renew_lost(renew);

    } else {
        ngx_log_error(NGX_LOG_WARN, bg->log, 0,
                      "\"%V\" gave no new tokens to the system account, which "
                      "nobody waits for: status %ui, failure %ui",
                      &bg->issuer->id, bg->status, bg->failure);

        ngx_http_owncloud_renew_later(renew);
    }

    ngx_http_owncloud_renew_unlock(renew);
}


static void
ngx_http_owncloud_renew_good(ngx_http_owncloud_renew_t *renew,
    ngx_http_owncloud_oauth_tokens_t *tokens)
{
    ngx_http_owncloud_account_env_t  *env;
    ngx_http_owncloud_credential_t   *session;

    env = &renew->env;
    session = &renew->session;

    session->generation++;
    session->issued = ngx_time();
    session->expires = session->issued + tokens->expires_in;
    session->access = tokens->access;

    if (tokens->refresh.len) {
        session->refresh = tokens->refresh;
    }

    if (ngx_http_owncloud_account_replace(env, session) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, env->log, 0,
                      "new tokens of the system account of \"%V\" could not "
                      "be kept", &env->issuer->id);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, env->log, 0,
                  "\"%V\" gave new tokens to the system account, "
                  "generation %ui", &env->issuer->id, session->generation);
}


/* unless there are others by now, or no account any more */

static void
ngx_http_owncloud_renew_lost(ngx_http_owncloud_renew_t *renew)
{
    time_t                            connected;
    ngx_int_t                         rc;
    ngx_http_owncloud_account_env_t  *env;
    ngx_http_owncloud_credential_t   *session, newer;

    env = &renew->env;
    session = &renew->session;

    rc = ngx_http_owncloud_account_load(env, &newer, &connected);

    if (rc != NGX_OK && rc != NGX_ABORT) {
        return;
    }

    if (rc == NGX_OK
        && (newer.generation != session->generation
            || ngx_memcmp(newer.id, session->id, sizeof(newer.id)) != 0))
    {
        return;
    }

    ngx_log_error(NGX_LOG_ERR, env->log, 0,
                  "the system account of \"%V\" is lost: \"%V\" has to be "
                  "connected again", &env->issuer->id, &session->user);

    (void) ngx_http_owncloud_credential_end(env->omcf, env->log,
                              env->issuer, session, session->generation,
                              ngx_time() + NGX_HTTP_OWNCLOUD_RENEW_OVER);
}


/* for all workers */

static void
ngx_http_owncloud_renew_later(ngx_http_owncloud_renew_t *renew)
{
    u_char                            key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                         value;
    ngx_http_owncloud_account_env_t  *env;

    env = &renew->env;

    ngx_str_set(&value, "1");

    if (ngx_http_owncloud_renew_key(renew, "account later", key) == NGX_OK) {
        (void) ngx_http_owncloud_zone_put(env->omcf->zone,
                             NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                             ngx_time() + NGX_HTTP_OWNCLOUD_RENEW_LATER);
    }
}


static ngx_int_t
ngx_http_owncloud_renew_key(ngx_http_owncloud_renew_t *renew, char *name,
    u_char *key)
{
    return ngx_http_owncloud_digest_of(key, name, &renew->env.issuer->id);
}
