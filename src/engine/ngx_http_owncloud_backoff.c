
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_backoff.h"
#include "ngx_http_owncloud_zone.h"


/* who a back-off is for; which subject it was that got a 503 last */

typedef enum {
    NGX_HTTP_OWNCLOUD_BACKOFF_ISSUER = 0,
    NGX_HTTP_OWNCLOUD_BACKOFF_SUBJECT,
    NGX_HTTP_OWNCLOUD_BACKOFF_LAST
} ngx_http_owncloud_backoff_e;


typedef struct {
    time_t      until;
    ngx_uint_t  status;
} ngx_http_owncloud_backoff_t;


static ngx_uint_t ngx_http_owncloud_backoff_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t who, time_t *left);
static void ngx_http_owncloud_backoff_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t who, ngx_uint_t status,
    time_t seconds);
static ngx_uint_t ngx_http_owncloud_backoff_second(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t seconds);
static ngx_int_t ngx_http_owncloud_backoff_key(ngx_http_owncloud_ctx_t *ctx,
    ngx_uint_t who, u_char *key);
static ngx_shm_zone_t *ngx_http_owncloud_backoff_zone(ngx_http_request_t *r);


ngx_uint_t
ngx_http_owncloud_backoff(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    time_t *left)
{
    ngx_uint_t  status;

    status = ngx_http_owncloud_backoff_get(r, ctx,
                                           NGX_HTTP_OWNCLOUD_BACKOFF_ISSUER,
                                           left);
    if (status) {
        return status;
    }

    return ngx_http_owncloud_backoff_get(r, ctx,
                                         NGX_HTTP_OWNCLOUD_BACKOFF_SUBJECT,
                                         left);
}


static ngx_uint_t
ngx_http_owncloud_backoff_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t who, time_t *left)
{
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                    value;
    ngx_http_owncloud_backoff_t  backoff;

    if (ngx_http_owncloud_backoff_key(ctx, who, key) != NGX_OK
        || ngx_http_owncloud_zone_get(ngx_http_owncloud_backoff_zone(r),
                                      r->pool, key, &value)
           != NGX_OK
        || value.len != sizeof(ngx_http_owncloud_backoff_t))
    {
        return 0;
    }

    ngx_memcpy(&backoff, value.data, sizeof(ngx_http_owncloud_backoff_t));

    *left = backoff.until - ngx_time();

    /* more than ever was asked for: the clock has been set back */

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
    time_t      seconds;
    ngx_uint_t  who;

    who = NGX_HTTP_OWNCLOUD_BACKOFF_ISSUER;

    if (call->status == NGX_HTTP_TOO_MANY_REQUESTS) {
        seconds = NGX_HTTP_OWNCLOUD_BACKOFF_TOO_MANY;

    } else if (call->status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        seconds = NGX_HTTP_OWNCLOUD_BACKOFF_DOWN;

        if (call->webdav && !call->maintenance && call->retry_after == 0
            && !ngx_http_owncloud_backoff_second(r, ctx, seconds))
        {
            who = NGX_HTTP_OWNCLOUD_BACKOFF_SUBJECT;
        }

    } else {
        return;
    }

    if (call->retry_after) {
        seconds = ngx_min(call->retry_after, NGX_HTTP_OWNCLOUD_BACKOFF_MAX);
    }

    ngx_http_owncloud_backoff_begin(r, ctx, who, call->status, seconds);
}


static void
ngx_http_owncloud_backoff_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t who, ngx_uint_t status,
    time_t seconds)
{
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                    rc;
    ngx_str_t                    value;
    ngx_http_owncloud_backoff_t  backoff;

    if (ngx_http_owncloud_backoff_key(ctx, who, key) != NGX_OK) {
        return;
    }

    ngx_memzero(&backoff, sizeof(ngx_http_owncloud_backoff_t));

    backoff.until = ngx_time() + seconds;
    backoff.status = status;

    value.data = (u_char *) &backoff;
    value.len = sizeof(ngx_http_owncloud_backoff_t);

    rc = ngx_http_owncloud_zone_prolong(ngx_http_owncloud_backoff_zone(r),
                                        NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
                                        key, &value, backoff.until);

    /* the others that were on the way will be told the same */

    if (rc == NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"%V\" said %ui, left alone%s for %T s",
                      &ctx->issuer->id, status,
                      (who == NGX_HTTP_OWNCLOUD_BACKOFF_SUBJECT)
                      ? " by this user" : "", seconds);
    }
}


/* 1 if another subject has got it as well, a moment ago */

static ngx_uint_t
ngx_http_owncloud_backoff_second(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t seconds)
{
    u_char           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t        value;
    ngx_uint_t       second;
    ngx_shm_zone_t  *zone;

    zone = ngx_http_owncloud_backoff_zone(r);

    if (ngx_http_owncloud_backoff_key(ctx, NGX_HTTP_OWNCLOUD_BACKOFF_LAST, key)
        != NGX_OK)
    {
        return 0;
    }

    second = (ngx_http_owncloud_zone_get(zone, r->pool, key, &value) == NGX_OK
              && value.len == NGX_HTTP_OWNCLOUD_SUBJECT_LEN
              && ngx_memcmp(value.data, ctx->subject,
                            NGX_HTTP_OWNCLOUD_SUBJECT_LEN)
                 != 0);

    value.data = ctx->subject;
    value.len = NGX_HTTP_OWNCLOUD_SUBJECT_LEN;

    (void) ngx_http_owncloud_zone_put(zone, NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
                                      key, &value, ngx_time() + seconds);

    return second;
}


static ngx_int_t
ngx_http_owncloud_backoff_key(ngx_http_owncloud_ctx_t *ctx, ngx_uint_t who,
    u_char *key)
{
    ngx_str_t  strings[3];

    ngx_str_set(&strings[0], "backoff");
    strings[1] = ctx->issuer->id;

    switch (who) {

    case NGX_HTTP_OWNCLOUD_BACKOFF_ISSUER:
        return ngx_http_owncloud_digest(key, strings, 2);

    case NGX_HTTP_OWNCLOUD_BACKOFF_SUBJECT:
        strings[2].data = ctx->subject;
        strings[2].len = NGX_HTTP_OWNCLOUD_SUBJECT_LEN;
        break;

    default: /* NGX_HTTP_OWNCLOUD_BACKOFF_LAST */
        ngx_str_set(&strings[2], "last");
    }

    return ngx_http_owncloud_digest(key, strings, 3);
}


static ngx_shm_zone_t *
ngx_http_owncloud_backoff_zone(ngx_http_request_t *r)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return omcf->zone;
}
