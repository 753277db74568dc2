
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_LOCK_POLL      20     /* ms, doubled up to */
#define NGX_HTTP_OWNCLOUD_LOCK_POLL_MAX  160
#define NGX_HTTP_OWNCLOUD_LOCK_MARGIN    5      /* seconds */


struct ngx_http_owncloud_lock_s {
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    uint64_t                     stamp;
    ngx_shm_zone_t              *zone;
    ngx_msec_t                   poll;
    unsigned                     locked:1;
};


static ngx_http_owncloud_lock_t *ngx_http_owncloud_lock_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, char *kind,
    ngx_str_t *what);


/*
 * Without a lock, two requests that look at the same time find nothing and
 * create one each; the servers allow it.
 */

ngx_int_t
ngx_http_owncloud_lock(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    char *kind, ngx_str_t *what, ngx_uint_t calls,
    ngx_http_owncloud_lock_t **held, ngx_http_owncloud_step_pt again)
{
    time_t                          expires;
    ngx_int_t                       rc;
    ngx_http_owncloud_issuer_t     *issuer;
    ngx_http_owncloud_lock_t  *lock;

    lock = *held;

    if (lock == NULL) {
        lock = ngx_http_owncloud_lock_create(r, ctx, kind, what);
        if (lock == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        *held = lock;
    }

    if (lock->locked) {
        return NGX_OK;
    }

    /* each call may wait for the call limit */

    issuer = ctx->issuer;

    expires = ngx_time() + NGX_HTTP_OWNCLOUD_LOCK_MARGIN
              + calls * (issuer->read_timeout + issuer->queue_timeout) / 1000;

    rc = ngx_http_owncloud_zone_lock(lock->zone, lock->key, expires,
                                     &lock->stamp);

    if (rc != NGX_BUSY) {

        /* if the zone is full, nobody else can hold the lock */

        lock->locked = (rc == NGX_OK);

        return NGX_OK;
    }

    lock->poll = lock->poll ? ngx_min(2 * lock->poll,
                                      NGX_HTTP_OWNCLOUD_LOCK_POLL_MAX)
                            : NGX_HTTP_OWNCLOUD_LOCK_POLL;

    ctx->step = again;

    return ngx_http_owncloud_sleep(r, ctx, lock->poll);
}


static ngx_http_owncloud_lock_t *
ngx_http_owncloud_lock_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *what)
{
    ngx_str_t                       user;
    ngx_http_cleanup_t             *cln;
    ngx_http_owncloud_main_conf_t  *omcf;
    ngx_http_owncloud_lock_t  *lock;

    lock = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_lock_t));
    if (lock == NULL) {
        return NULL;
    }

    user = ctx->user;

    if (user.len == 0) {
        user.data = ctx->subject;
        user.len = sizeof(ctx->subject);
    }

    if (ngx_http_owncloud_digest_of(lock->key, kind, &ctx->issuer->id, &user,
                                    what)
        != NGX_OK)
    {
        return NULL;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    lock->zone = omcf->zone;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_lock_end;
    cln->data = lock;

    return lock;
}


void
ngx_http_owncloud_lock_end(void *data)
{
    ngx_http_owncloud_lock_t  *lock = data;

    if (lock->locked) {
        lock->locked = 0;

        ngx_http_owncloud_zone_unlock(lock->zone, lock->key, lock->stamp);
    }
}
