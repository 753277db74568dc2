
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone.h"


typedef struct {
    ngx_rbtree_t                    rbtree;
    ngx_rbtree_node_t               sentinel;
    ngx_queue_t                     queue[NGX_HTTP_OWNCLOUD_ZONE_CLASSES];
                                                /* the newest first */
} ngx_http_owncloud_zone_sh_t;


typedef struct {
    ngx_http_owncloud_zone_sh_t    *sh;
    ngx_slab_pool_t                *shpool;
} ngx_http_owncloud_zone_ctx_t;


typedef struct {
    ngx_rbtree_node_t               node;
    ngx_queue_t                     queue;
    time_t                          expires;
    ngx_uint_t                      class;
    size_t                          len;
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                          data[1];
} ngx_http_owncloud_zone_node_t;


static ngx_int_t ngx_http_owncloud_zone_init(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_http_owncloud_zone_insert_value(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);
static ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_lookup(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key);
static ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_alloc(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class, u_char *key,
    ngx_str_t *value, time_t expires);
static void ngx_http_owncloud_zone_insert(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);
static void ngx_http_owncloud_zone_delete(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);
static void ngx_http_owncloud_zone_expire(ngx_http_owncloud_zone_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_zone_evict(
    ngx_http_owncloud_zone_ctx_t *ctx);
static ngx_rbtree_key_t ngx_http_owncloud_zone_hash(u_char *key);


char *
ngx_http_owncloud_zone_add(ngx_conf_t *cf, ngx_shm_zone_t **zone,
    ngx_str_t *value)
{
    u_char                        *p;
    ssize_t                        size;
    ngx_str_t                      name, s;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    p = ngx_strlchr(value->data, value->data + value->len, ':');

    if (p == NULL || p == value->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\", write \"name:size\", as in "
                           "\"owncloud_zone owncloud:10m;\"", value);
        return NGX_CONF_ERROR;
    }

    name.data = value->data;
    name.len = p - value->data;

    s.data = p + 1;
    s.len = value->data + value->len - s.data;

    size = ngx_parse_size(&s);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone size \"%V\", write a size such as "
                           "\"10m\"", &s);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) (8 * ngx_pagesize)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small, write at least \"%uzk\"",
                           &name, 8 * ngx_pagesize / 1024);
        return NGX_CONF_ERROR;
    }

    ctx = ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_zone_ctx_t));
    if (ctx == NULL) {
        return NGX_CONF_ERROR;
    }

    *zone = ngx_shared_memory_add(cf, &name, size, &ngx_http_owncloud_module);
    if (*zone == NULL) {
        return NGX_CONF_ERROR;
    }

    (*zone)->init = ngx_http_owncloud_zone_init;
    (*zone)->data = ctx;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_owncloud_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_owncloud_zone_ctx_t  *octx = data;

    size_t                         len;
    ngx_uint_t                     i;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = shm_zone->data;

    if (octx) {
        ctx->sh = octx->sh;
        ctx->shpool = octx->shpool;

        return NGX_OK;
    }

    ctx->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (shm_zone->shm.exists) {
        ctx->sh = ctx->shpool->data;

        return NGX_OK;
    }

    ctx->sh = ngx_slab_alloc(ctx->shpool, sizeof(ngx_http_owncloud_zone_sh_t));
    if (ctx->sh == NULL) {
        return NGX_ERROR;
    }

    ctx->shpool->data = ctx->sh;

    ngx_rbtree_init(&ctx->sh->rbtree, &ctx->sh->sentinel,
                    ngx_http_owncloud_zone_insert_value);

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ZONE_CLASSES; i++) {
        ngx_queue_init(&ctx->sh->queue[i]);
    }

    len = sizeof(" in owncloud zone \"\"") + shm_zone->shm.name.len;

    ctx->shpool->log_ctx = ngx_slab_alloc(ctx->shpool, len);
    if (ctx->shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(ctx->shpool->log_ctx, " in owncloud zone \"%V\"%Z",
                &shm_zone->shm.name);

    /* memory that has run out is made by letting go of the oldest */

    ctx->shpool->log_nomem = 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_put(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn, *old;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_alloc(ctx, class, key, value, expires);

    if (zn == NULL) {
        ngx_shmtx_unlock(&ctx->shpool->mutex);
        return NGX_ERROR;
    }

    /* looked up after the allocation, which may have let go of it */

    old = ngx_http_owncloud_zone_lookup(ctx, key);

    if (old) {
        ngx_http_owncloud_zone_delete(ctx, old);
    }

    ngx_http_owncloud_zone_insert(ctx, zn);

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_take(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, time_t expires)
{
    ngx_str_t                       empty;
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_str_null(&empty);

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn) {

        if (zn->expires > ngx_time()) {
            ngx_shmtx_unlock(&ctx->shpool->mutex);
            return NGX_DECLINED;
        }

        ngx_http_owncloud_zone_delete(ctx, zn);
    }

    zn = ngx_http_owncloud_zone_alloc(ctx, class, key, &empty, expires);

    if (zn) {
        ngx_http_owncloud_zone_insert(ctx, zn);
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return zn ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_zone_get(ngx_shm_zone_t *zone, ngx_pool_t *pool, u_char *key,
    ngx_str_t *value)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn == NULL || zn->expires <= ngx_time()) {
        rc = NGX_DECLINED;

    } else {
        rc = NGX_OK;

        ngx_queue_remove(&zn->queue);
        ngx_queue_insert_head(&ctx->sh->queue[zn->class], &zn->queue);

        value->len = zn->len;
        value->data = ngx_pnalloc(pool, zn->len + 1);

        if (value->data == NULL) {
            rc = NGX_ERROR;

        } else {
            ngx_memcpy(value->data, zn->data, zn->len);
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return rc;
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


static ngx_http_owncloud_zone_node_t *
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


static ngx_http_owncloud_zone_node_t *
ngx_http_owncloud_zone_alloc(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires)
{
    size_t                          size;
    ngx_http_owncloud_zone_node_t  *zn;

    size = offsetof(ngx_http_owncloud_zone_node_t, data) + value->len;

    ngx_http_owncloud_zone_expire(ctx);

    for ( ;; ) {
        zn = ngx_slab_alloc_locked(ctx->shpool, size);

        if (zn) {
            break;
        }

        if (ngx_http_owncloud_zone_evict(ctx) != NGX_OK) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "could not allocate %uz bytes%s", size,
                          ctx->shpool->log_ctx);
            return NULL;
        }
    }

    zn->node.key = ngx_http_owncloud_zone_hash(key);
    zn->class = class;
    zn->expires = expires;
    zn->len = value->len;

    ngx_memcpy(zn->key, key, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN);

    if (value->len) {
        ngx_memcpy(zn->data, value->data, value->len);
    }

    return zn;
}


static void
ngx_http_owncloud_zone_insert(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    ngx_rbtree_insert(&ctx->sh->rbtree, &zn->node);
    ngx_queue_insert_head(&ctx->sh->queue[zn->class], &zn->queue);
}


static void
ngx_http_owncloud_zone_delete(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn)
{
    ngx_queue_remove(&zn->queue);
    ngx_rbtree_delete(&ctx->sh->rbtree, &zn->node);
    ngx_slab_free_locked(ctx->shpool, zn);
}


/*
 * A few of those that have expired.  Entries of one class live equally long,
 * so that those at the end of its queue, unless used since, expire first.
 */

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


/* one that can best be done without; NGX_DECLINED: the zone is empty */

static ngx_int_t
ngx_http_owncloud_zone_evict(ngx_http_owncloud_zone_ctx_t *ctx)
{
    ngx_uint_t    i;
    ngx_queue_t  *q;

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ZONE_CLASSES; i++) {

        if (ngx_queue_empty(&ctx->sh->queue[i])) {
            continue;
        }

        q = ngx_queue_last(&ctx->sh->queue[i]);

        ngx_http_owncloud_zone_delete(ctx,
                  ngx_queue_data(q, ngx_http_owncloud_zone_node_t, queue));

        return NGX_OK;
    }

    return NGX_DECLINED;
}
