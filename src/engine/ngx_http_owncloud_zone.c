
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone_memory.h"


#define NGX_HTTP_OWNCLOUD_ZONE_READS   3


/* NGX_OK, NGX_DONE: the value may replace "old", which may be NULL */

typedef ngx_int_t (*ngx_http_owncloud_zone_rule_pt)(
    ngx_http_owncloud_zone_node_t *old, ngx_uint_t class, ngx_str_t *value,
    time_t expires);


static ngx_int_t ngx_http_owncloud_zone_init(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_int_t ngx_http_owncloud_zone_store(ngx_shm_zone_t *zone,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires,
    ngx_http_owncloud_zone_rule_pt rule);
static ngx_int_t ngx_http_owncloud_zone_longer(
    ngx_http_owncloud_zone_node_t *old, ngx_uint_t class, ngx_str_t *value,
    time_t expires);
static ngx_int_t ngx_http_owncloud_zone_newer(
    ngx_http_owncloud_zone_node_t *old, ngx_uint_t class, ngx_str_t *value,
    time_t expires);
static ngx_int_t ngx_http_owncloud_zone_taken(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class, u_char *key,
    time_t expires);
static ngx_int_t ngx_http_owncloud_zone_first(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key, u_char *small,
    size_t *len, uint64_t *serial);


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
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = shm_zone->data;

    if (octx) {

        if (octx->sh->version != NGX_HTTP_OWNCLOUD_ZONE_VERSION) {
            ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                          "zone \"%V\" was created by another version of the "
                          "module, restart nginx instead of reloading it",
                          &shm_zone->shm.name);
            return NGX_ERROR;
        }

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

    ngx_http_owncloud_zone_tree_init(ctx->sh);

    len = sizeof(" in owncloud zone \"\"") + shm_zone->shm.name.len;

    ctx->shpool->log_ctx = ngx_slab_alloc(ctx->shpool, len);
    if (ctx->shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(ctx->shpool->log_ctx, " in owncloud zone \"%V\"%Z",
                &shm_zone->shm.name);

    /* a full zone is normal: the oldest entries are evicted */

    ctx->shpool->log_nomem = 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_put(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    return ngx_http_owncloud_zone_store(zone, class, key, value, expires,
                                        NULL);
}


ngx_int_t
ngx_http_owncloud_zone_prolong(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    return ngx_http_owncloud_zone_store(zone, class, key, value, expires,
                                        ngx_http_owncloud_zone_longer);
}


ngx_int_t
ngx_http_owncloud_zone_put_newer(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    return ngx_http_owncloud_zone_store(zone, class, key, value, expires,
                                        ngx_http_owncloud_zone_newer);
}


/*
 * Copies the value without the mutex: its node is not in the zone yet.  (A
 * worker that is killed then leaks the node, as it would with the mutex held.)
 * The rule is checked again before the node is inserted.
 */

static ngx_int_t
ngx_http_owncloud_zone_store(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires,
    ngx_http_owncloud_zone_rule_pt rule)
{
    ngx_int_t                       rc;
    ngx_uint_t                      n;
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn, *old;

    ctx = zone->data;

    for (zn = NULL, n = 0; n < NGX_HTTP_OWNCLOUD_ZONE_HOLDS; n++) {

        ngx_shmtx_lock(&ctx->shpool->mutex);

        /* checked first: the allocation may evict what forbids it */

        old = ngx_http_owncloud_zone_lookup(ctx, key);
        rc = rule ? rule(old, class, value, expires) : NGX_OK;

        if (rc != NGX_DECLINED) {
            zn = ngx_http_owncloud_zone_alloc(ctx, class, key, value->len,
                                              expires);
        }

        ngx_shmtx_unlock(&ctx->shpool->mutex);

        if (rc == NGX_DECLINED) {
            return NGX_DECLINED;
        }

        if (!ctx->more) {
            break;
        }
    }

    if (zn == NULL) {
        ngx_http_owncloud_zone_failed(ctx, class, value->len);
        return NGX_ERROR;
    }

    if (value->len) {
        ngx_memcpy(zn->data, value->data, value->len);
    }

    ngx_shmtx_lock(&ctx->shpool->mutex);

    old = ngx_http_owncloud_zone_lookup(ctx, key);
    rc = rule ? rule(old, class, value, expires) : NGX_OK;

    if (rc == NGX_DECLINED) {
        ngx_http_owncloud_zone_free(ctx, zn);

    } else {
        if (old) {
            ngx_http_owncloud_zone_delete(ctx, old);
        }

        ngx_http_owncloud_zone_insert(ctx, zn);
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_longer(ngx_http_owncloud_zone_node_t *old,
    ngx_uint_t class, ngx_str_t *value, time_t expires)
{
    if (old == NULL || old->expires <= ngx_time()) {
        return NGX_OK;
    }

    return (old->expires >= expires) ? NGX_DECLINED : NGX_DONE;
}


/* an end is final for its generation and earlier ones */

static ngx_int_t
ngx_http_owncloud_zone_newer(ngx_http_owncloud_zone_node_t *old,
    ngx_uint_t class, ngx_str_t *value, time_t expires)
{
    uint64_t  was, is;

    if (old == NULL || old->expires <= ngx_time()
        || old->len < sizeof(uint64_t))
    {
        return NGX_OK;
    }

    ngx_memcpy(&was, old->data, sizeof(uint64_t));
    ngx_memcpy(&is, value->data, sizeof(uint64_t));

    if (is != was) {
        return (is > was) ? NGX_OK : NGX_DECLINED;
    }

    return (old->class == NGX_HTTP_OWNCLOUD_ZONE_END
            && class != NGX_HTTP_OWNCLOUD_ZONE_END)
           ? NGX_DECLINED : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_take(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, time_t expires)
{
    ngx_int_t                      rc;
    ngx_uint_t                     n;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = zone->data;
    n = 0;

    do {
        ngx_shmtx_lock(&ctx->shpool->mutex);

        rc = ngx_http_owncloud_zone_taken(ctx, class, key, expires);

        ngx_shmtx_unlock(&ctx->shpool->mutex);

    } while (ngx_http_owncloud_zone_again(ctx, rc, &n, class, 0));

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_taken(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, u_char *key, time_t expires)
{
    ngx_http_owncloud_zone_node_t  *zn;

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn) {

        if (zn->expires > ngx_time()) {
            return NGX_DECLINED;
        }

        ngx_http_owncloud_zone_delete(ctx, zn);
    }

    zn = ngx_http_owncloud_zone_alloc(ctx, class, key, 0, expires);

    if (zn == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_zone_insert(ctx, zn);

    return NGX_OK;
}


/*
 * Never allocates from the pool with the mutex held: a short value is copied
 * twice, a long one in slices.  If a long value is replaced meanwhile, it is
 * read again.
 */

ngx_int_t
ngx_http_owncloud_zone_get(ngx_shm_zone_t *zone, ngx_pool_t *pool, u_char *key,
    ngx_str_t *value)
{
    size_t                         len;
    uint64_t                       serial;
    ngx_int_t                      rc;
    ngx_uint_t                     n;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    static u_char  small[NGX_HTTP_OWNCLOUD_ZONE_SMALL];

    ctx = zone->data;

    for (n = 0; n < NGX_HTTP_OWNCLOUD_ZONE_READS; n++) {

        rc = ngx_http_owncloud_zone_first(ctx, key, small, &len, &serial);

        if (rc != NGX_OK) {
            return rc;
        }

        value->len = len;
        value->data = ngx_pnalloc(pool, len + 1);
        if (value->data == NULL) {
            return NGX_ERROR;
        }

        if (len <= sizeof(small)) {
            ngx_memcpy(value->data, small, len);
            return NGX_OK;
        }

        rc = ngx_http_owncloud_zone_slices(ctx, key, serial, value);

        if (rc == NGX_OK) {
            return NGX_OK;
        }

        (void) ngx_pfree(pool, value->data);
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_zone_first(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key,
    u_char *small, size_t *len, uint64_t *serial)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_zone_node_t  *zn;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn == NULL || zn->expires <= ngx_time()) {
        rc = NGX_DECLINED;

    } else {
        rc = NGX_OK;

        ngx_http_owncloud_zone_touch(ctx, zn);

        *len = zn->len;
        *serial = zn->serial;

        if (zn->len <= NGX_HTTP_OWNCLOUD_ZONE_SMALL) {
            ngx_memcpy(small, zn->data, zn->len);
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_http_owncloud_zone_slices(ngx_http_owncloud_zone_ctx_t *ctx, u_char *key,
    uint64_t serial, ngx_str_t *value)
{
    size_t                          n, size;
    ngx_http_owncloud_zone_node_t  *zn;

    for (n = 0; n < value->len; n += size) {

        size = ngx_min(value->len - n, NGX_HTTP_OWNCLOUD_ZONE_SLICE);

        ngx_shmtx_lock(&ctx->shpool->mutex);

        zn = ngx_http_owncloud_zone_lookup(ctx, key);

        if (zn && zn->serial == serial) {
            ngx_memcpy(value->data + n, zn->data + n, size);

        } else {
            zn = NULL;
        }

        ngx_shmtx_unlock(&ctx->shpool->mutex);

        if (zn == NULL) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


void
ngx_http_owncloud_zone_drop(ngx_shm_zone_t *zone, u_char *key)
{
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn) {
        ngx_http_owncloud_zone_delete(ctx, zn);
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);
}
