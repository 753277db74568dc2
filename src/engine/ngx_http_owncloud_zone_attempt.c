
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone_attempt.h"
#include "ngx_http_owncloud_zone_memory.h"


static ngx_int_t ngx_http_owncloud_zone_attempt_add(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key, u_char *id,
    ngx_uint_t counted, time_t *left);


void
ngx_http_owncloud_attempts_read(ngx_http_owncloud_attempts_t *attempts,
    u_char *data, size_t len, time_t now)
{
    size_t                             n;
    uint64_t                           time;
    ngx_http_owncloud_attempt_slot_t  *slot;

    attempts->n = 0;
    time = (uint64_t) now;

    for (n = len / sizeof(ngx_http_owncloud_attempt_slot_t);
         n && attempts->n < NGX_HTTP_OWNCLOUD_ATTEMPT_MAX;
         n--)
    {
        slot = &attempts->slot[attempts->n];

        ngx_memcpy(slot, data, sizeof(ngx_http_owncloud_attempt_slot_t));
        data += sizeof(ngx_http_owncloud_attempt_slot_t);

        if (slot->expires > time
            && slot->expires - time <= NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT)
        {
            attempts->n++;
        }
    }
}


ngx_int_t
ngx_http_owncloud_attempts_add(ngx_http_owncloud_attempts_t *attempts,
    u_char *id, ngx_uint_t counted, time_t now, time_t *left)
{
    uint64_t                           first;
    ngx_uint_t                         i, n;
    ngx_http_owncloud_attempt_slot_t  *slot, *oldest;

    first = (uint64_t) -1;
    oldest = NULL;

    for (i = 0, n = 0; i < attempts->n; i++) {
        slot = &attempts->slot[i];

        if (ngx_memcmp(slot->id, id, NGX_HTTP_OWNCLOUD_ATTEMPT_ID) == 0) {
            return NGX_DECLINED;
        }

        if (slot->counted) {
            n++;
            first = ngx_min(first, slot->expires);

        } else if (oldest == NULL || slot->expires < oldest->expires) {
            oldest = slot;
        }
    }

    if (counted && n >= NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT) {
        *left = (time_t) (first - (uint64_t) now);
        return NGX_BUSY;
    }

    if (attempts->n == NGX_HTTP_OWNCLOUD_ATTEMPT_MAX) {

        /* there always is one, unless the value was not written by us */

        oldest = oldest ? oldest : attempts->slot;
        n = &attempts->slot[--attempts->n] - oldest;

        ngx_memmove(oldest, oldest + 1, n * sizeof(*oldest));
    }

    slot = &attempts->slot[attempts->n++];

    ngx_memcpy(slot->id, id, NGX_HTTP_OWNCLOUD_ATTEMPT_ID);

    slot->counted = counted;
    slot->expires = (uint64_t) now + (counted
                                      ? NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT
                                      : NGX_HTTP_OWNCLOUD_ATTEMPT_TIME);
    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_attempt(ngx_shm_zone_t *zone, u_char *key, u_char *id,
    ngx_uint_t counted, time_t *left)
{
    ngx_int_t                      rc;
    ngx_uint_t                     n;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = zone->data;
    n = 0;

    do {
        ngx_shmtx_lock(&ctx->shpool->mutex);

        rc = ngx_http_owncloud_zone_attempt_add(ctx, key, id, counted, left);

        ngx_shmtx_unlock(&ctx->shpool->mutex);

    } while (ngx_http_owncloud_zone_again(ctx, rc, &n,
                              NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT,
                              sizeof(ngx_http_owncloud_attempts_t)));

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_attempt_add(ngx_http_owncloud_zone_ctx_t *ctx,
    u_char *key, u_char *id, ngx_uint_t counted, time_t *left)
{
    size_t                          len;
    ngx_int_t                       rc;
    ngx_http_owncloud_attempts_t    attempts;
    ngx_http_owncloud_zone_node_t  *zn, *old;

    attempts.n = 0;

    old = ngx_http_owncloud_zone_lookup(ctx, key);

    if (old) {
        ngx_http_owncloud_attempts_read(&attempts, old->data, old->len,
                                        ngx_time());
    }

    rc = ngx_http_owncloud_attempts_add(&attempts, id, counted, ngx_time(),
                                        left);
    if (rc != NGX_OK) {
        return rc;
    }

    len = attempts.n * sizeof(ngx_http_owncloud_attempt_slot_t);

    zn = ngx_http_owncloud_zone_alloc(ctx, NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT,
                          key, len,
                          ngx_time() + NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT);
    if (zn == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(zn->data, attempts.slot, len);

    /* looked up after the allocation, which may have evicted it */

    old = ngx_http_owncloud_zone_lookup(ctx, key);

    if (old) {
        ngx_http_owncloud_zone_delete(ctx, old);
    }

    ngx_http_owncloud_zone_insert(ctx, zn);

    return NGX_OK;
}


void
ngx_http_owncloud_zone_attempt_good(ngx_shm_zone_t *zone, u_char *key,
    u_char *id)
{
    size_t                             n;
    u_char                            *p;
    ngx_http_owncloud_zone_ctx_t      *ctx;
    ngx_http_owncloud_zone_node_t     *zn;
    ngx_http_owncloud_attempt_slot_t   slot;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    n = zn ? zn->len / sizeof(slot) : 0;
    p = zn ? zn->data : NULL;

    for ( /* void */ ; n; n--, p += sizeof(slot)) {

        ngx_memcpy(&slot, p, sizeof(slot));

        if (ngx_memcmp(slot.id, id, NGX_HTTP_OWNCLOUD_ATTEMPT_ID) == 0) {

            slot.counted = 0;
            slot.expires = ngx_time() + NGX_HTTP_OWNCLOUD_ATTEMPT_TIME;

            ngx_memcpy(p, &slot, sizeof(slot));
            break;
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);
}
