
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_zone_memory.h"


static ngx_int_t ngx_http_owncloud_zone_init(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_int_t ngx_http_owncloud_zone_replace(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class, u_char *key,
    ngx_str_t *value, time_t expires);


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
                          "zone \"%V\" was made by another version of the "
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

    /* memory that has run out is made by letting go of the oldest */

    ctx->shpool->log_nomem = 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_put(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    ngx_int_t                      rc;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    rc = ngx_http_owncloud_zone_replace(ctx, class, key, value, expires);

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return rc;
}


static ngx_int_t
ngx_http_owncloud_zone_replace(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires)
{
    ngx_http_owncloud_zone_node_t  *zn, *old;

    zn = ngx_http_owncloud_zone_alloc(ctx, class, key, value->len, expires);

    if (zn == NULL) {
        return NGX_ERROR;
    }

    if (value->len) {
        ngx_memcpy(zn->data, value->data, value->len);
    }

    /* looked up after the allocation, which may have let go of it */

    old = ngx_http_owncloud_zone_lookup(ctx, key);

    if (old) {
        ngx_http_owncloud_zone_delete(ctx, old);
    }

    ngx_http_owncloud_zone_insert(ctx, zn);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_zone_prolong(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires)
{
    ngx_int_t                       rc, known;
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    known = (zn && zn->expires > ngx_time());

    if (known && zn->expires >= expires) {
        rc = NGX_DECLINED;

    } else {
        rc = ngx_http_owncloud_zone_replace(ctx, class, key, value, expires);

        if (rc == NGX_OK && known) {
            rc = NGX_DONE;
        }
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_http_owncloud_zone_take(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, time_t expires)
{
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    zn = ngx_http_owncloud_zone_lookup(ctx, key);

    if (zn) {

        if (zn->expires > ngx_time()) {
            ngx_shmtx_unlock(&ctx->shpool->mutex);
            return NGX_DECLINED;
        }

        ngx_http_owncloud_zone_delete(ctx, zn);
    }

    zn = ngx_http_owncloud_zone_alloc(ctx, class, key, 0, expires);

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

        ngx_http_owncloud_zone_touch(ctx, zn);

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
