
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone_memory.h"


#define NGX_HTTP_OWNCLOUD_ZONE_SLOTS  32

/* lifetime of an unused counter, seconds */
#define NGX_HTTP_OWNCLOUD_ZONE_IDLE   86400

/*
 * A process that has been waiting this much longer than another goes first,
 * ms, if it has tried recently: it may have given up.
 */
#define NGX_HTTP_OWNCLOUD_ZONE_AHEAD  500
#define NGX_HTTP_OWNCLOUD_ZONE_LATELY 200


typedef struct {
    uint64_t      stamp;
    ngx_pid_t     pid;
} ngx_http_owncloud_zone_lock_t;


/* the uses of one process; a slot of pid 0 is free */

typedef struct {
    ngx_pid_t     pid;
    ngx_uint_t    count;
    ngx_uint_t    limit;     /* that was reached; 0: not waiting */
    ngx_msec_t    since;     /* ngx_current_msec, waiting */
    ngx_msec_t    asked;     /* last attempt */
} ngx_http_owncloud_zone_slot_t;


static ngx_int_t ngx_http_owncloud_zone_locked(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key, time_t expires,
    uint64_t *stamp);
static ngx_int_t ngx_http_owncloud_zone_count(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key, ngx_uint_t limit,
    ngx_msec_t since);
static ngx_uint_t ngx_http_owncloud_zone_full(
    ngx_http_owncloud_zone_node_t *zn, ngx_uint_t limit, ngx_msec_t since);
static void ngx_http_owncloud_zone_waits(ngx_http_owncloud_zone_node_t *zn,
    ngx_uint_t limit, ngx_msec_t since);
static ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_slots(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key);
static ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_counter(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key, size_t len,
    ngx_http_owncloud_zone_node_t *old);
static ngx_http_owncloud_zone_slot_t *ngx_http_owncloud_zone_slot(
    ngx_http_owncloud_zone_node_t *zn, ngx_pid_t pid);
static ngx_uint_t ngx_http_owncloud_zone_sum(
    ngx_http_owncloud_zone_node_t *zn);
static void ngx_http_owncloud_zone_bury(ngx_http_owncloud_zone_node_t *zn);
static ngx_uint_t ngx_http_owncloud_zone_alive(ngx_pid_t pid);


ngx_int_t
ngx_http_owncloud_zone_lock(ngx_shm_zone_t *zone, u_char *key, time_t expires,
    uint64_t *stamp)
{
    ngx_int_t                      rc;
    ngx_uint_t                     n;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = zone->data;
    n = 0;

    do {
        ngx_shmtx_lock(&ctx->shpool->mutex);

        rc = ngx_http_owncloud_zone_locked(ctx, key, expires, stamp);

        ngx_shmtx_unlock(&ctx->shpool->mutex);

    } while (ngx_http_owncloud_zone_again(ctx, rc, &n,
                              NGX_HTTP_OWNCLOUD_ZONE_LOCK,
                              sizeof(ngx_http_owncloud_zone_lock_t)));

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_locked(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key,
    time_t expires, uint64_t *stamp)
{
    ngx_http_owncloud_zone_lock_t  *lock;
    ngx_http_owncloud_zone_node_t  *zn;

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn) {
        lock = (ngx_http_owncloud_zone_lock_t *) zn->data;

        if (zn->len == sizeof(ngx_http_owncloud_zone_lock_t)
            && zn->expires > ngx_time()
            && ngx_http_owncloud_zone_alive(lock->pid))
        {
            return NGX_BUSY;
        }

        ngx_http_owncloud_zone_delete(ctx, zn);
    }

    zn = ngx_http_owncloud_zone_alloc(ctx, NGX_HTTP_OWNCLOUD_ZONE_LOCK, key,
                                      sizeof(ngx_http_owncloud_zone_lock_t),
                                      expires);
    if (zn == NULL) {
        return NGX_ERROR;
    }

    lock = (ngx_http_owncloud_zone_lock_t *) zn->data;

    lock->stamp = ++ctx->sh->stamp;
    lock->pid = ngx_pid;

    *stamp = lock->stamp;

    ngx_http_owncloud_zone_insert(ctx, zn);

    return NGX_OK;
}


void
ngx_http_owncloud_zone_unlock(ngx_shm_zone_t *zone, u_char *key,
    uint64_t stamp)
{
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_lock_t  *lock;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn && zn->len == sizeof(ngx_http_owncloud_zone_lock_t)) {
        lock = (ngx_http_owncloud_zone_lock_t *) zn->data;

        if (lock->stamp == stamp) {
            ngx_http_owncloud_zone_delete(ctx, zn);
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);
}


ngx_int_t
ngx_http_owncloud_zone_enter(ngx_shm_zone_t *zone, u_char *key,
    ngx_uint_t limit, ngx_msec_t since)
{
    ngx_int_t                      rc;
    ngx_uint_t                     n;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = zone->data;
    n = 0;

    do {
        ngx_shmtx_lock(&ctx->shpool->mutex);

        rc = ngx_http_owncloud_zone_count(ctx, key, limit, since);

        ngx_shmtx_unlock(&ctx->shpool->mutex);

    } while (ngx_http_owncloud_zone_again(ctx, rc, &n,
                              NGX_HTTP_OWNCLOUD_ZONE_LOCK,
                              NGX_HTTP_OWNCLOUD_ZONE_SLOTS
                              * sizeof(ngx_http_owncloud_zone_slot_t)));

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_count(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key,
    ngx_uint_t limit, ngx_msec_t since)
{
    size_t                          len;
    ngx_http_owncloud_zone_node_t  *zn;
    ngx_http_owncloud_zone_slot_t  *slot;

    zn = ngx_http_owncloud_zone_slots(ctx, key);

    if (zn == NULL) {
        len = NGX_HTTP_OWNCLOUD_ZONE_SLOTS
              * sizeof(ngx_http_owncloud_zone_slot_t);

        zn = ngx_http_owncloud_zone_counter(ctx, key, len, NULL);
        if (zn == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_owncloud_zone_full(zn, limit, since)) {
        ngx_http_owncloud_zone_waits(zn, limit, since);
        return NGX_BUSY;
    }

    slot = ngx_http_owncloud_zone_slot(zn, ngx_pid);

    if (slot == NULL) {
        ngx_http_owncloud_zone_bury(zn);
        slot = ngx_http_owncloud_zone_slot(zn, ngx_pid);
    }

    if (slot == NULL) {
        zn = ngx_http_owncloud_zone_counter(ctx, key, 2 * zn->len, zn);
        if (zn == NULL) {
            return NGX_ERROR;
        }

        slot = ngx_http_owncloud_zone_slot(zn, ngx_pid);
    }

    slot->pid = ngx_pid;
    slot->count++;
    slot->limit = 0;

    zn->expires = ngx_time() + NGX_HTTP_OWNCLOUD_ZONE_IDLE;
    ngx_http_owncloud_zone_touch(ctx, zn);

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_zone_full(ngx_http_owncloud_zone_node_t *zn,
    ngx_uint_t limit, ngx_msec_t since)
{
    ngx_msec_int_t                  ahead, lately;
    ngx_http_owncloud_zone_slot_t  *slot, *last;

    if (ngx_http_owncloud_zone_sum(zn) >= limit) {

        ngx_http_owncloud_zone_bury(zn);

        if (ngx_http_owncloud_zone_sum(zn) >= limit) {
            return 1;
        }
    }

    /* otherwise one process could retake what it returns again and again */

    slot = (ngx_http_owncloud_zone_slot_t *) zn->data;
    last = (ngx_http_owncloud_zone_slot_t *) (zn->data + zn->len);

    for ( /* void */ ; slot < last; slot++) {

        if (slot->pid == 0 || slot->pid == ngx_pid || slot->limit != limit) {
            continue;
        }

        ahead = (ngx_msec_int_t) (since - slot->since);
        lately = (ngx_msec_int_t) (ngx_current_msec - slot->asked);

        if (ahead > NGX_HTTP_OWNCLOUD_ZONE_AHEAD
            && lately < NGX_HTTP_OWNCLOUD_ZONE_LATELY)
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_owncloud_zone_waits(ngx_http_owncloud_zone_node_t *zn,
    ngx_uint_t limit, ngx_msec_t since)
{
    ngx_http_owncloud_zone_slot_t  *slot;

    slot = ngx_http_owncloud_zone_slot(zn, ngx_pid);

    if (slot) {
        slot->pid = ngx_pid;
        slot->limit = limit;
        slot->since = since;
        slot->asked = ngx_current_msec;
    }
}


void
ngx_http_owncloud_zone_leave(ngx_shm_zone_t *zone, u_char *key)
{
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;
    ngx_http_owncloud_zone_slot_t  *slot;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_slots(ctx, key);

    if (zn) {
        slot = ngx_http_owncloud_zone_slot(zn, ngx_pid);

        if (slot && slot->count) {
            slot->count--;
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);
}


/* finds a counter; deletes a value that is not one */

static ngx_http_owncloud_zone_node_t *
ngx_http_owncloud_zone_slots(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key)
{
    ngx_http_owncloud_zone_node_t  *zn;

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn && (zn->len == 0
               || zn->len % sizeof(ngx_http_owncloud_zone_slot_t)))
    {
        ngx_http_owncloud_zone_delete(ctx, zn);
        return NULL;
    }

    return zn;
}


/* creates a counter; it replaces "old" and takes over its slots */

static ngx_http_owncloud_zone_node_t *
ngx_http_owncloud_zone_counter(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key,
    size_t len, ngx_http_owncloud_zone_node_t *old)
{
    ngx_http_owncloud_zone_node_t  *zn;

    if (old) {

        /* keeps the allocation from evicting it */

        old->expires = ngx_time() + NGX_HTTP_OWNCLOUD_ZONE_IDLE;
    }

    zn = ngx_http_owncloud_zone_alloc(ctx, NGX_HTTP_OWNCLOUD_ZONE_LOCK, key,
                                      len, ngx_time()
                                           + NGX_HTTP_OWNCLOUD_ZONE_IDLE);
    if (zn == NULL) {
        return NULL;
    }

    ngx_memzero(zn->data, len);

    if (old) {
        ngx_memcpy(zn->data, old->data, old->len);
        ngx_http_owncloud_zone_delete(ctx, old);
    }

    ngx_http_owncloud_zone_insert(ctx, zn);

    return zn;
}


/* the slot of a process, or a free one, or NULL */

static ngx_http_owncloud_zone_slot_t *
ngx_http_owncloud_zone_slot(ngx_http_owncloud_zone_node_t *zn, ngx_pid_t pid)
{
    ngx_http_owncloud_zone_slot_t  *slot, *last, *empty;

    slot = (ngx_http_owncloud_zone_slot_t *) zn->data;
    last = (ngx_http_owncloud_zone_slot_t *) (zn->data + zn->len);

    for (empty = NULL; slot < last; slot++) {

        if (slot->pid == pid) {
            return slot;
        }

        if (slot->pid == 0 && empty == NULL) {
            empty = slot;
        }
    }

    return empty;
}


static ngx_uint_t
ngx_http_owncloud_zone_sum(ngx_http_owncloud_zone_node_t *zn)
{
    ngx_uint_t                      sum;
    ngx_http_owncloud_zone_slot_t  *slot, *last;

    slot = (ngx_http_owncloud_zone_slot_t *) zn->data;
    last = (ngx_http_owncloud_zone_slot_t *) (zn->data + zn->len);

    for (sum = 0; slot < last; slot++) {
        sum += slot->count;
    }

    return sum;
}


/* frees the slots of processes that no longer exist */

static void
ngx_http_owncloud_zone_bury(ngx_http_owncloud_zone_node_t *zn)
{
    ngx_http_owncloud_zone_slot_t  *slot, *last;

    slot = (ngx_http_owncloud_zone_slot_t *) zn->data;
    last = (ngx_http_owncloud_zone_slot_t *) (zn->data + zn->len);

    for ( /* void */ ; slot < last; slot++) {

        if (slot->pid && !ngx_http_owncloud_zone_alive(slot->pid)) {
            ngx_memzero(slot, sizeof(ngx_http_owncloud_zone_slot_t));
        }
    }
}


static ngx_uint_t
ngx_http_owncloud_zone_alive(ngx_pid_t pid)
{
    return !(kill(pid, 0) == -1 && ngx_errno == ESRCH);
}
