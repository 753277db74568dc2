
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone_memory.h"


/*
 * fraction of the zone for one value, and for a class before others evict it
 */
#define NGX_HTTP_OWNCLOUD_ZONE_SHARE    4

/* sessions may use more, attempts, which anybody can cause, less */
#define NGX_HTTP_OWNCLOUD_ZONE_SESSIONS 2
#define NGX_HTTP_OWNCLOUD_ZONE_ATTEMPTS 8

/* entries that are evicted or checked in one hold of the mutex */
#define NGX_HTTP_OWNCLOUD_ZONE_STEP     64


static ngx_rbtree_key_t ngx_http_owncloud_zone_hash(u_char *key);
static void ngx_http_owncloud_zone_insert_value(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);
static void ngx_http_owncloud_zone_expire(ngx_http_owncloud_zone_ctx_t *ctx);
static void ngx_http_owncloud_zone_cap(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, size_t len);
static ngx_int_t ngx_http_owncloud_zone_evict(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class);
static size_t ngx_http_owncloud_zone_share(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class);
static void ngx_http_owncloud_zone_drop_oldest(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class);
static ngx_int_t ngx_http_owncloud_zone_evict_lock(
    ngx_http_owncloud_zone_ctx_t *ctx);


void
ngx_http_owncloud_zone_tree_init(ngx_http_owncloud_zone_sh_t *sh)
{
    ngx_uint_t  i;

    ngx_rbtree_init(&sh->rbtree, &sh->sentinel,
                    ngx_http_owncloud_zone_insert_value);

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ZONE_CLASSES; i++) {
        ngx_queue_init(&sh->queue[i]);
        sh->used[i] = 0;
    }

    sh->version = NGX_HTTP_OWNCLOUD_ZONE_VERSION;

    /* stamps differ from those of an earlier zone */

    sh->stamp = (uint64_t) ngx_time() << 24;
}


static ngx_rbtree_key_t
ngx_http_owncloud_zone_hash(u_char *key)
{
    ngx_rbtree_key_t  hash;

    /* a key is a digest: any of its bytes will do */

    ngx_memcpy(&hash, key, sizeof(ngx_rbtree_key_t));

    return hash;
}


static void
ngx_http_owncloud_zone_insert_value(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel)
{
    ngx_rbtree_node_t              **p;
    ngx_http_owncloud_zone_node_t   *zn, *znt;

    for ( ;; ) {

        if (node->key < temp->key) {
            p = &temp->left;

        } else if (node->key > temp->key) {
            p = &temp->right;

        } else {
            zn = (ngx_http_owncloud_zone_node_t *) node;
            znt = (ngx_http_owncloud_zone_node_t *) temp;

            p = (ngx_memcmp(zn->key, znt->key, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN)
                 < 0) ? &temp->left : &temp->right;
        }

        if (*p == sentinel) {
            break;
        }

        temp = *p;
    }

    *p = node;
    node->parent = temp;
    node->left = sentinel;
    node->right = sentinel;
    ngx_rbt_red(node);
}


ngx_http_owncloud_zone_node_t *
ngx_http_owncloud_zone_lookup(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key)
{
    ngx_int_t                       rc;
    ngx_rbtree_key_t                hash;
    ngx_rbtree_node_t              *node, *sentinel;
    ngx_http_owncloud_zone_node_t  *zn;

    hash = ngx_http_owncloud_zone_hash(key);

    node = ctx->sh->rbtree.root;
    sentinel = ctx->sh->rbtree.sentinel;

    while (node != sentinel) {

        if (hash != node->key) {
            node = (hash < node->key) ? node->left : node->right;
            continue;
        }

        zn = (ngx_http_owncloud_zone_node_t *) node;

        rc = ngx_memcmp(key, zn->key, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN);

        if (rc == 0) {
            return zn;
        }

        node = (rc < 0) ? node->left : node->right;
    }

    return NULL;
}


size_t
ngx_http_owncloud_zone_cost(size_t len)
{
    size_t  size, cost;

    size = ngx_http_owncloud_zone_size(len);

    if (size > ngx_pagesize / 2) {
        return ngx_align(size, ngx_pagesize);
    }

    for (cost = 8; cost < size; cost *= 2) { /* void */ }

    return cost;
}


ngx_http_owncloud_zone_node_t *
ngx_http_owncloud_zone_alloc(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, u_char *key, size_t len, time_t expires)
{
    size_t                          size, room;
    ngx_uint_t                      n;
    ngx_http_owncloud_zone_node_t  *zn;

    size = ngx_http_owncloud_zone_size(len);
    room = ctx->shpool->end - (u_char *) ctx->shpool;

    ctx->more = 0;

    ngx_http_owncloud_zone_expire(ctx);
    ngx_http_owncloud_zone_cap(ctx, class, len);

    for (n = 0; /* void */ ; n++) {
        zn = ngx_slab_alloc_locked(ctx->shpool, size);

        if (zn) {
            break;
        }

        if (n == NGX_HTTP_OWNCLOUD_ZONE_STEP) {
            ctx->more = 1;
            return NULL;
        }

        /* a single value must not evict all others */

        if (size > room / NGX_HTTP_OWNCLOUD_ZONE_SHARE
            || ngx_http_owncloud_zone_evict(ctx, class) != NGX_OK)
        {
            return NULL;
        }
    }

    zn->node.key = ngx_http_owncloud_zone_hash(key);
    zn->class = class;
    zn->expires = expires;
    zn->len = len;

    ngx_memcpy(zn->key, key, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN);

    return zn;
}


void
ngx_http_owncloud_zone_free(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    ngx_slab_free_locked(ctx->shpool, zn);
}


void
ngx_http_owncloud_zone_failed(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, size_t len)
{
    ngx_uint_t  level;

    level = (class < NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) ? NGX_LOG_INFO
                                                     : NGX_LOG_ERR;

    ngx_log_error(level, ngx_cycle->log, 0, "could not allocate %uz bytes%s",
                  ngx_http_owncloud_zone_size(len), ctx->shpool->log_ctx);
}


ngx_uint_t
ngx_http_owncloud_zone_again(ngx_http_owncloud_zone_ctx_t *ctx, ngx_int_t rc,
    ngx_uint_t *n, ngx_uint_t class, size_t len)
{
    if (rc != NGX_ERROR) {
        return 0;
    }

    if (ctx->more && ++*n < NGX_HTTP_OWNCLOUD_ZONE_HOLDS) {
        return 1;
    }

    ngx_http_owncloud_zone_failed(ctx, class, len);

    return 0;
}


void
ngx_http_owncloud_zone_insert(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    zn->serial = ++ctx->sh->stamp;

    ngx_rbtree_insert(&ctx->sh->rbtree, &zn->node);
    ngx_queue_insert_head(&ctx->sh->queue[zn->class], &zn->queue);

    ctx->sh->used[zn->class] += ngx_http_owncloud_zone_cost(zn->len);
}


void
ngx_http_owncloud_zone_delete(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    ctx->sh->used[zn->class] -= ngx_http_owncloud_zone_cost(zn->len);

    ngx_queue_remove(&zn->queue);
    ngx_rbtree_delete(&ctx->sh->rbtree, &zn->node);
    ngx_slab_free_locked(ctx->shpool, zn);
}


void
ngx_http_owncloud_zone_touch(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    ngx_queue_remove(&zn->queue);
    ngx_queue_insert_head(&ctx->sh->queue[zn->class], &zn->queue);
}


static void
ngx_http_owncloud_zone_expire(ngx_http_owncloud_zone_ctx_t *ctx)
{
    ngx_uint_t                      i, n;
    ngx_queue_t                    *q;
    ngx_http_owncloud_zone_node_t  *zn;

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ZONE_CLASSES; i++) {

        for (n = 0; n < 2; n++) {

            if (ngx_queue_empty(&ctx->sh->queue[i])) {
                break;
            }

            q = ngx_queue_last(&ctx->sh->queue[i]);

            zn = ngx_queue_data(q, ngx_http_owncloud_zone_node_t, queue);

            if (zn->expires > ngx_time()) {
                break;
            }

            ngx_http_owncloud_zone_delete(ctx, zn);
        }
    }
}


/* attempts evict attempts: anybody can cause any number of them */

static void
ngx_http_owncloud_zone_cap(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, size_t len)
{
    size_t      *used, cost;
    ngx_uint_t   n;

    if (class != NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) {
        return;
    }

    used = ctx->sh->used;
    cost = ngx_http_owncloud_zone_cost(len);

    for (n = 0; n < NGX_HTTP_OWNCLOUD_ZONE_STEP; n++) {

        if (used[class] == 0
            || used[class] + cost <= ngx_http_owncloud_zone_share(ctx, class))
        {
            return;
        }

        ngx_http_owncloud_zone_drop_oldest(ctx, class);
    }
}


/*
 * Evicts the least valuable entry: of an earlier class, of a later class that
 * exceeds its share while this one does not, or of the same class.
 * NGX_DECLINED: there is none.
 */

static ngx_int_t
ngx_http_owncloud_zone_evict(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class)
{
    size_t      *used;
    ngx_uint_t   i;

    used = ctx->sh->used;

    for (i = 0; i < class; i++) {
        if (used[i]) {
            ngx_http_owncloud_zone_drop_oldest(ctx, i);
            return NGX_OK;
        }
    }

    if (used[class] < ngx_http_owncloud_zone_share(ctx, class)) {

        for (i = class + 1; i < NGX_HTTP_OWNCLOUD_ZONE_LOCK; i++) {
            if (used[i] > ngx_http_owncloud_zone_share(ctx, i)) {
                ngx_http_owncloud_zone_drop_oldest(ctx, i);
                return NGX_OK;
            }
        }
    }

    if (class == NGX_HTTP_OWNCLOUD_ZONE_LOCK) {
        return ngx_http_owncloud_zone_evict_lock(ctx);
    }

    if (used[class] == 0) {
        return NGX_DECLINED;
    }

    ngx_http_owncloud_zone_drop_oldest(ctx, class);

    return NGX_OK;
}


/* bytes of the zone that a class may use before others evict it */

static size_t
ngx_http_owncloud_zone_share(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class)
{
    size_t  room;

    room = ctx->shpool->end - (u_char *) ctx->shpool;

    switch (class) {

    case NGX_HTTP_OWNCLOUD_ZONE_SESSION:
        return room / NGX_HTTP_OWNCLOUD_ZONE_SESSIONS;

    case NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT:
        return room / NGX_HTTP_OWNCLOUD_ZONE_ATTEMPTS;

    default:
        return room / NGX_HTTP_OWNCLOUD_ZONE_SHARE;
    }
}


static void
ngx_http_owncloud_zone_drop_oldest(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class)
{
    ngx_queue_t  *q;

    q = ngx_queue_last(&ctx->sh->queue[class]);

    ngx_http_owncloud_zone_delete(ctx,
                   ngx_queue_data(q, ngx_http_owncloud_zone_node_t, queue));
}


/*
 * A lock or counter in use is never evicted.  Entries that were checked move
 * to the front, so that the next call checks others.
 */

static ngx_int_t
ngx_http_owncloud_zone_evict_lock(ngx_http_owncloud_zone_ctx_t *ctx)
{
    ngx_uint_t                      n;
    ngx_queue_t                    *q, *queue;
    ngx_http_owncloud_zone_node_t  *zn;

    queue = &ctx->sh->queue[NGX_HTTP_OWNCLOUD_ZONE_LOCK];

    for (n = 0; n < NGX_HTTP_OWNCLOUD_ZONE_STEP; n++) {

        if (ngx_queue_empty(queue)) {
            return NGX_DECLINED;
        }

        q = ngx_queue_last(queue);
        zn = ngx_queue_data(q, ngx_http_owncloud_zone_node_t, queue);

        if (zn->expires <= ngx_time()) {
            ngx_http_owncloud_zone_delete(ctx, zn);
            return NGX_OK;
        }

        ngx_http_owncloud_zone_touch(ctx, zn);
    }

    return NGX_DECLINED;
}
