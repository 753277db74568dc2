
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cache.h"
#include "ngx_http_owncloud_dav_pack.h"
#include "ngx_http_owncloud_form.h"


#define NGX_HTTP_OWNCLOUD_CACHE_VERSION  1

/* one listing takes at most this fraction of the zone */
#define NGX_HTTP_OWNCLOUD_CACHE_PART     4


/* the format of a head, followed by the ETag */

typedef struct {
    u_char        version;
    u_char        more;
    u_char        stamp[NGX_HTTP_OWNCLOUD_CACHE_STAMP];
    u_char        readers[NGX_HTTP_OWNCLOUD_CACHE_READERS]
                         [NGX_HTTP_OWNCLOUD_CACHE_READER];
    ngx_uint_t    nreaders;
    ngx_uint_t    n;
    ngx_uint_t    page_size;
    ngx_msec_t    checked;
    time_t        expires;
} ngx_http_owncloud_cache_head_t;


static ngx_int_t ngx_http_owncloud_cache_page_key(
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page, u_char *key);
static ngx_int_t ngx_http_owncloud_cache_text_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, u_char *key);
static ngx_shm_zone_t *ngx_http_owncloud_cache_zone(ngx_http_request_t *r);


ngx_int_t
ngx_http_owncloud_cache_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *name,
    ngx_http_owncloud_cache_t *cache)
{
    static u_char  nobody[NGX_HTTP_OWNCLOUD_SUBJECT_LEN];

    if (ngx_memcmp(ctx->subject, nobody, sizeof(nobody)) == 0) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_digest_of(cache->key, kind, &ctx->issuer->id,
                                ngx_http_owncloud_part(ctx->subject,
                                                       sizeof(ctx->subject)),
                                name);
}


ngx_int_t
ngx_http_owncloud_cache_get(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache)
{
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_cache_head_t  head;

    rc = ngx_http_owncloud_zone_get(ngx_http_owncloud_cache_zone(r), r->pool,
                                    cache->key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    if (value.len < sizeof(ngx_http_owncloud_cache_head_t)
        || value.data[0] != NGX_HTTP_OWNCLOUD_CACHE_VERSION)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(&head, value.data, sizeof(ngx_http_owncloud_cache_head_t));

    if (head.page_size == 0 || head.expires <= ngx_time()
        || head.nreaders > NGX_HTTP_OWNCLOUD_CACHE_READERS)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(cache->stamp, head.stamp, sizeof(head.stamp));
    ngx_memcpy(cache->readers, head.readers, sizeof(head.readers));

    cache->nreaders = head.nreaders;
    cache->n = head.n;
    cache->page_size = head.page_size;
    cache->checked = head.checked;
    cache->expires = head.expires;
    cache->more = (head.more != 0);

    cache->etag.data = value.data + sizeof(ngx_http_owncloud_cache_head_t);
    cache->etag.len = value.len - sizeof(ngx_http_owncloud_cache_head_t);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_cache_begin(ngx_http_owncloud_cache_t *cache)
{
    cache->expires = ngx_time() + NGX_HTTP_OWNCLOUD_CACHE_TIME;

    return ngx_http_owncloud_random(cache->stamp, sizeof(cache->stamp));
}


ngx_int_t
ngx_http_owncloud_cache_put(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache)
{
    u_char                          *p;
    ngx_str_t                        value;
    ngx_http_owncloud_cache_head_t   head;

    u_char  buf[sizeof(ngx_http_owncloud_cache_head_t)
                + NGX_HTTP_OWNCLOUD_CACHE_ETAG];

    ngx_memzero(&head, sizeof(ngx_http_owncloud_cache_head_t));

    head.version = NGX_HTTP_OWNCLOUD_CACHE_VERSION;
    head.more = cache->more;
    head.nreaders = cache->nreaders;
    head.n = cache->n;
    head.page_size = cache->page_size;
    head.checked = cache->checked;
    head.expires = cache->expires;

    ngx_memcpy(head.stamp, cache->stamp, sizeof(head.stamp));
    ngx_memcpy(head.readers, cache->readers, sizeof(head.readers));

    p = ngx_cpymem(buf, &head, sizeof(ngx_http_owncloud_cache_head_t));

    if (cache->etag.len && cache->etag.len <= NGX_HTTP_OWNCLOUD_CACHE_ETAG) {
        p = ngx_cpymem(p, cache->etag.data, cache->etag.len);
    }

    value.data = buf;
    value.len = p - buf;

    return ngx_http_owncloud_zone_put(ngx_http_owncloud_cache_zone(r),
                                      NGX_HTTP_OWNCLOUD_ZONE_LISTING,
                                      cache->key, &value, cache->expires)
           == NGX_OK ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_cache_get_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t  rc;
    ngx_str_t  value;

    if (ngx_http_owncloud_cache_page_key(cache, page, key) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_zone_get(ngx_http_owncloud_cache_zone(r), r->pool,
                                    key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_owncloud_dav_unpack(r->pool, &value, entries, n);
}


ngx_int_t
ngx_http_owncloud_cache_put_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n)
{
    u_char     *p, key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t   rc;
    ngx_str_t   value;

    if (ngx_http_owncloud_cache_page_key(cache, page, key) != NGX_OK) {
        return NGX_ERROR;
    }

    value.len = ngx_http_owncloud_dav_pack_size(entries, n);
    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_owncloud_dav_pack(value.data, entries, n);

    value.len = p - value.data;

    rc = ngx_http_owncloud_zone_put(ngx_http_owncloud_cache_zone(r),
                                    NGX_HTTP_OWNCLOUD_ZONE_LISTING, key,
                                    &value, cache->expires);

    (void) ngx_pfree(r->pool, value.data);

    return (rc == NGX_OK) ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_cache_get_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_str_t *text)
{
    u_char  key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];

    if (ngx_http_owncloud_cache_text_key(r, ctx, cache, page, key) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_zone_get(ngx_http_owncloud_cache_zone(r),
                                      r->pool, key, text);
}


ngx_int_t
ngx_http_owncloud_cache_put_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_chain_t *text, off_t size)
{
    u_char       *p, key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t     rc;
    ngx_str_t     value;
    ngx_chain_t  *cl;

    if (!ngx_http_owncloud_cache_fits(r, size)) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_cache_text_key(r, ctx, cache, page, key) != NGX_OK) {
        return NGX_ERROR;
    }

    value.len = (size_t) size;
    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = value.data;

    for (cl = text; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    rc = ngx_http_owncloud_zone_put(ngx_http_owncloud_cache_zone(r),
                                    NGX_HTTP_OWNCLOUD_ZONE_TEXT, key, &value,
                                    cache->expires);

    (void) ngx_pfree(r->pool, value.data);

    return (rc == NGX_OK) ? NGX_OK : NGX_DECLINED;
}


ngx_uint_t
ngx_http_owncloud_cache_fits(ngx_http_request_t *r, off_t size)
{
    ngx_shm_zone_t  *zone;

    zone = ngx_http_owncloud_cache_zone(r);

    return size <= (off_t) (zone->shm.size / NGX_HTTP_OWNCLOUD_CACHE_PART);
}


void
ngx_http_owncloud_cache_forget(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache)
{
    ngx_http_owncloud_zone_drop(ngx_http_owncloud_cache_zone(r), cache->key);
}


ngx_int_t
ngx_http_owncloud_cache_drop(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_cache_t  cache;

    rc = ngx_http_owncloud_cache_key(r, ctx, "folder", folder, &cache);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    ngx_http_owncloud_cache_forget(r, &cache);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_cache_page_key(ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "page",
                            ngx_http_owncloud_part(cache->key,
                                                   sizeof(cache->key)),
                            ngx_http_owncloud_part(cache->stamp,
                                                   sizeof(cache->stamp)),
                            ngx_http_owncloud_part(&page, sizeof(page)));
}


static ngx_int_t
ngx_http_owncloud_cache_text_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, u_char *key)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_cache_page_key(cache, page, digest) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    /* locations have no id; their address is the same in all workers */

    return ngx_http_owncloud_digest_of(key, "text",
                            ngx_http_owncloud_part(digest, sizeof(digest)),
                            ngx_http_owncloud_part(omcf->stamp,
                                                   sizeof(omcf->stamp)),
                            ngx_http_owncloud_part(&ctx->repository,
                                                   sizeof(ctx->repository)),
                            &ctx->origin,
                            ngx_http_owncloud_form_get(ctx->fields,
                                                       "sesskey"));
}


static ngx_shm_zone_t *
ngx_http_owncloud_cache_zone(ngx_http_request_t *r)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return omcf->zone;
}
