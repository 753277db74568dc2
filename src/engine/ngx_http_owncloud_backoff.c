
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_backoff.h"
#include "ngx_http_owncloud_zone.h"


/* who is backed off, and from what */

typedef enum {
    NGX_HTTP_OWNCLOUD_BACKOFF_CLOUD = 0,    /* all users, from the cloud */
    NGX_HTTP_OWNCLOUD_BACKOFF_SERVICE,      /* all users, from a service */
    NGX_HTTP_OWNCLOUD_BACKOFF_ASKER,        /* one user, from a service */
    NGX_HTTP_OWNCLOUD_BACKOFF_WHO
} ngx_http_owncloud_backoff_e;


typedef struct {
    time_t      until;
    ngx_uint_t  status;
} ngx_http_owncloud_backoff_t;


static ngx_uint_t ngx_http_owncloud_backoff_get(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t who, time_t *left);
static ngx_uint_t ngx_http_owncloud_backoff_who(
    ngx_http_owncloud_call_t *call);
static void ngx_http_owncloud_backoff_begin(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t who, time_t seconds);
static ngx_int_t ngx_http_owncloud_backoff_key(
    ngx_http_owncloud_call_t *call, ngx_uint_t who, u_char *key);
static ngx_shm_zone_t *ngx_http_owncloud_backoff_zone(ngx_http_request_t *r);


ngx_uint_t
ngx_http_owncloud_backoff(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, time_t *left)
{
    ngx_uint_t  who, status;

    for (who = 0; who < NGX_HTTP_OWNCLOUD_BACKOFF_WHO; who++) {

        status = ngx_http_owncloud_backoff_get(r, call, who, left);

        if (status) {
            return status;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_owncloud_backoff_get(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t who, time_t *left)
{
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                    value;
    ngx_http_owncloud_backoff_t  backoff;

    if (ngx_http_owncloud_backoff_key(call, who, key) != NGX_OK
        || ngx_http_owncloud_zone_get(ngx_http_owncloud_backoff_zone(r),
                                      r->pool, key, &value)
           != NGX_OK
        || value.len != sizeof(ngx_http_owncloud_backoff_t))
    {
        return 0;
    }

    ngx_memcpy(&backoff, value.data, sizeof(ngx_http_owncloud_backoff_t));

    *left = backoff.until - ngx_time();

    /* longer than any back-off: the clock was set back */

    if (*left > NGX_HTTP_OWNCLOUD_BACKOFF_MAX) {
        ngx_http_owncloud_zone_drop(ngx_http_owncloud_backoff_zone(r), key);
        return 0;
    }

    return backoff.status;
}


void
ngx_http_owncloud_backoff_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    time_t  seconds;

    if (call->status == NGX_HTTP_TOO_MANY_REQUESTS) {
        seconds = NGX_HTTP_OWNCLOUD_BACKOFF_TOO_MANY;

    } else if (call->status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        seconds = NGX_HTTP_OWNCLOUD_BACKOFF_DOWN;

    } else {
        return;
    }

    if (call->retry_after) {
        seconds = ngx_min(call->retry_after, NGX_HTTP_OWNCLOUD_BACKOFF_MAX);
    }

    ngx_http_owncloud_backoff_begin(r, call,
                                    ngx_http_owncloud_backoff_who(call),
                                    seconds);
}


static ngx_uint_t
ngx_http_owncloud_backoff_who(ngx_http_owncloud_call_t *call)
{
    if (call->status != NGX_HTTP_SERVICE_UNAVAILABLE) {
        return NGX_HTTP_OWNCLOUD_BACKOFF_ASKER;
    }

    if (call->maintenance) {
        return NGX_HTTP_OWNCLOUD_BACKOFF_CLOUD;
    }

    return call->retry_after ? NGX_HTTP_OWNCLOUD_BACKOFF_SERVICE
                             : NGX_HTTP_OWNCLOUD_BACKOFF_ASKER;
}


static void
ngx_http_owncloud_backoff_begin(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t who, time_t seconds)
{
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                    rc;
    ngx_str_t                    value;
    ngx_http_owncloud_backoff_t  backoff;

    if (ngx_http_owncloud_backoff_key(call, who, key) != NGX_OK) {
        return;
    }

    ngx_memzero(&backoff, sizeof(ngx_http_owncloud_backoff_t));

    backoff.until = ngx_time() + seconds;
    backoff.status = call->status;

    value.data = (u_char *) &backoff;
    value.len = sizeof(ngx_http_owncloud_backoff_t);

    rc = ngx_http_owncloud_zone_prolong(ngx_http_owncloud_backoff_zone(r),
                                        NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
                                        key, &value, backoff.until);

    /* logged once: other calls on the way will get the same response */

    if (rc == NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"%V\" responded with %ui, calls%s backed off for %T s",
                      &call->ctx->issuer->id, call->status,
                      (who == NGX_HTTP_OWNCLOUD_BACKOFF_ASKER)
                      ? " of this user" : "", seconds);
    }
}


/*
 * a user is identified by the session or, before sign-in, by Moodle's session
 */

static ngx_int_t
ngx_http_owncloud_backoff_key(ngx_http_owncloud_call_t *call, ngx_uint_t who,
    u_char *key)
{
    u_char                    service[1];
    ngx_str_t                *issuer;
    ngx_http_owncloud_ctx_t  *ctx;

    static u_char  nobody[NGX_HTTP_OWNCLOUD_SUBJECT_LEN];

    ctx = call->ctx;

    issuer = &ctx->issuer->id;

    if (who == NGX_HTTP_OWNCLOUD_BACKOFF_CLOUD) {
        return ngx_http_owncloud_digest_of(key, "backoff", issuer);
    }

    service[0] = (u_char) call->service;

    if (who == NGX_HTTP_OWNCLOUD_BACKOFF_SERVICE) {
        return ngx_http_owncloud_digest_of(key, "backoff", issuer,
                                           ngx_http_owncloud_part(service, 1));
    }

    if (ngx_memcmp(ctx->subject, nobody, sizeof(nobody)) != 0) {
        return ngx_http_owncloud_digest_of(key, "backoff of sign-in", issuer,
                                ngx_http_owncloud_part(service, 1),
                                ngx_http_owncloud_part(ctx->subject,
                                               NGX_HTTP_OWNCLOUD_SUBJECT_LEN));
    }

    return ngx_http_owncloud_digest_of(key, "backoff of session", issuer,
                                       ngx_http_owncloud_part(service, 1),
                                       &ctx->moodle_session);
}


static ngx_shm_zone_t *
ngx_http_owncloud_backoff_zone(ngx_http_request_t *r)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return omcf->zone;
}
