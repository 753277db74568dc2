
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_pages.h"
#include "ngx_http_owncloud_browse_preview_list.h"
#include "ngx_http_owncloud_dav_pack.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_sleep.h"


/* pages that are cached before other requests have their turn */
#define NGX_HTTP_OWNCLOUD_PAGES_SLICE    20

/* roughly what the zone needs for a page beside its entries, bytes */
#define NGX_HTTP_OWNCLOUD_PAGES_PAGE     256


static ngx_uint_t ngx_http_owncloud_pages_page(ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_pages_count(ngx_uint_t n,
    ngx_uint_t page_size);
static ngx_uint_t ngx_http_owncloud_pages_part(
    ngx_http_owncloud_pages_t *pages, ngx_uint_t page);
static ngx_int_t ngx_http_owncloud_pages_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);
static ngx_int_t ngx_http_owncloud_pages_render(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    ngx_http_owncloud_entry_t **entries, ngx_chain_t **out, off_t *size);
static ngx_int_t ngx_http_owncloud_pages_message(ngx_http_request_t *r,
    ngx_http_owncloud_pages_t *pages, char **message);


ngx_int_t
ngx_http_owncloud_pages_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    char *kind, ngx_str_t *name)
{
    ngx_int_t  rc;

    pages->page = ngx_http_owncloud_pages_page(ctx);

    rc = ngx_http_owncloud_cache_key(r, ctx, kind, name, &pages->cache);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    pages->keyed = (rc == NGX_OK);

    return NGX_OK;
}


/* an invalid number stands for the first page */

static ngx_uint_t
ngx_http_owncloud_pages_page(ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t   page;
    ngx_str_t  *value;

    value = ngx_http_owncloud_form_get(ctx->fields, "page");

    if (value == NULL) {
        return 1;
    }

    page = ngx_atoi(value->data, value->len);

    return (page > 0) ? (ngx_uint_t) page : 1;
}


static ngx_uint_t
ngx_http_owncloud_pages_count(ngx_uint_t n, ngx_uint_t page_size)
{
    return n ? (n - 1) / page_size + 1 : 1;
}


/* the number of entries of a page */

static ngx_uint_t
ngx_http_owncloud_pages_part(ngx_http_owncloud_pages_t *pages,
    ngx_uint_t page)
{
    ngx_uint_t  page_size;

    page_size = pages->cache.page_size;

    return ngx_min(page_size, pages->cache.n - (page - 1) * page_size);
}


ngx_int_t
ngx_http_owncloud_pages_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages)
{
    ngx_int_t                   rc;
    ngx_uint_t                  page;
    ngx_http_owncloud_cache_t  *cache;

    if (!pages->keyed) {
        return NGX_DECLINED;
    }

    cache = &pages->cache;

    rc = ngx_http_owncloud_cache_get(r, cache);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the configuration may have changed meanwhile */

    if (cache->page_size != ctx->repository->page_size
        || cache->n > ctx->issuer->max_entries)
    {
        return NGX_DECLINED;
    }

    page = ngx_http_owncloud_pages_count(cache->n, cache->page_size);
    page = ngx_min(page, pages->page);

    rc = ctx->repository->cache
         ? ngx_http_owncloud_cache_get_text(r, ctx, cache, page, &pages->text)
         : NGX_DECLINED;

    if (rc == NGX_DECLINED) {
        ngx_str_null(&pages->text);

        rc = ngx_http_owncloud_cache_get_page(r, cache, page, &pages->entries,
                                              &pages->n);

        if (rc == NGX_OK
            && pages->n != ngx_http_owncloud_pages_part(pages, page))
        {
            rc = NGX_DECLINED;
        }
    }

    if (rc == NGX_OK) {
        pages->page = page;
    }

    return rc;
}


ngx_int_t
ngx_http_owncloud_pages_send(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages)
{
    off_t         size;
    ngx_int_t     rc;
    ngx_chain_t  *out;

    if (pages->text.len) {
        return ngx_http_owncloud_answer_text(r, ctx, &pages->text);
    }

    rc = ngx_http_owncloud_pages_render(r, ctx, pages, pages->entries, &out,
                                        &size);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_dav_reply_refused(r, ctx,
                                              NGX_HTTP_OWNCLOUD_DAV_TOO_MANY);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* a page that is requested again is cached as text, too */

    if (ctx->repository->cache) {
        (void) ngx_http_owncloud_cache_put_text(r, ctx, &pages->cache,
                                                pages->page, out, size);
    }

    return ngx_http_owncloud_answer_chain(r, ctx, out, size);
}


ngx_int_t
ngx_http_owncloud_pages_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    ngx_http_owncloud_dav_t *dav)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_dav_sort(dav, &pages->entries, &pages->n);

    if (rc == NGX_AGAIN) {
        return ngx_http_owncloud_sleep(r, ctx, 0);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_dav_reply_left_out(r, ctx, dav);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_pages_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages)
{
    ngx_int_t                   rc;
    ngx_uint_t                  i, npages;
    ngx_http_owncloud_cache_t  *cache;

    cache = &pages->cache;

    if (pages->stored == 0) {
        rc = ngx_http_owncloud_pages_begin(r, ctx, pages);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED) ? NGX_OK
                                        : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    npages = ngx_http_owncloud_pages_count(cache->n, cache->page_size);

    for (i = 0; i < NGX_HTTP_OWNCLOUD_PAGES_SLICE; i++) {

        rc = ngx_http_owncloud_cache_put_page(r, cache, pages->stored + 1,
                     pages->entries + pages->stored * cache->page_size,
                     ngx_http_owncloud_pages_part(pages, pages->stored + 1));

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc != NGX_OK) {
            ngx_http_owncloud_cache_forget(r, cache);
            return NGX_OK;
        }

        /* the head comes last: where there is a head, there were all pages */

        if (++pages->stored == npages) {

            if (ngx_http_owncloud_cache_put(r, cache) != NGX_OK) {
                ngx_http_owncloud_cache_forget(r, cache);
            }

            return NGX_OK;
        }
    }

    return ngx_http_owncloud_sleep(r, ctx, 0);
}


/* NGX_DECLINED: nothing is cached, and what was cached is dropped */

static ngx_int_t
ngx_http_owncloud_pages_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages)
{
    off_t       size;
    ngx_uint_t  npages;

    pages->cache.n = pages->n;
    pages->cache.page_size = ctx->repository->page_size;

    npages = ngx_http_owncloud_pages_count(pages->n, pages->cache.page_size);

    if (!pages->keyed) {
        return NGX_DECLINED;
    }

    if (npages == 1 && (pages->search || !ctx->repository->cache)) {
        ngx_http_owncloud_cache_forget(r, &pages->cache);
        return NGX_DECLINED;
    }

    size = ngx_http_owncloud_dav_pack_size(pages->entries, pages->n)
           + npages * NGX_HTTP_OWNCLOUD_PAGES_PAGE;

    if (!ngx_http_owncloud_cache_fits(r, size)) {

        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "%ui entries from \"%V\" are not cached: they need %O "
                      "bytes, more than a quarter of \"owncloud_zone\"",
                      pages->n, &ctx->issuer->id, size);

        ngx_http_owncloud_cache_forget(r, &pages->cache);
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_cache_begin(&pages->cache);
}


ngx_int_t
ngx_http_owncloud_pages_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages)
{
    off_t                       size;
    ngx_int_t                   rc;
    ngx_uint_t                  npages;
    ngx_chain_t                *out;
    ngx_http_owncloud_cache_t  *cache;

    cache = &pages->cache;

    npages = ngx_http_owncloud_pages_count(cache->n, cache->page_size);

    pages->page = ngx_min(pages->page, npages);

    rc = ngx_http_owncloud_pages_render(r, ctx, pages,
               pages->entries + (pages->page - 1) * cache->page_size,
               &out, &size);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_dav_reply_refused(r, ctx,
                                              NGX_HTTP_OWNCLOUD_DAV_TOO_MANY);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_chain(r, ctx, out, size);
}


static ngx_int_t
ngx_http_owncloud_pages_render(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    ngx_http_owncloud_entry_t **entries, ngx_chain_t **out, off_t *size)
{
    ngx_str_t                 *sesskey;
    ngx_uint_t                 npages;
    ngx_http_owncloud_list_t   list;

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));

    npages = ngx_http_owncloud_pages_count(pages->cache.n,
                                          pages->cache.page_size);

    list.folder = pages->folder;
    list.entries = entries;
    list.n = ngx_http_owncloud_pages_part(pages, pages->page);
    list.search = pages->search;

    if (npages > 1) {
        list.page = pages->page;
        list.pages = npages;
    }

    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");

    if (sesskey) {
        list.sesskey = *sesskey;
    }

    if (ngx_http_owncloud_preview_list(r, ctx, &list) != NGX_OK) {
        return NGX_ERROR;
    }

    if (pages->cache.more
        && ngx_http_owncloud_pages_message(r, pages, &list.message) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_answer_list(r, ctx, &list, out, size);
}


static ngx_int_t
ngx_http_owncloud_pages_message(ngx_http_request_t *r,
    ngx_http_owncloud_pages_t *pages, char **message)
{
    u_char  *p;

    static char  text[] =
        "Only the first %ui results are shown. Please enter more of the "
        "name.%Z";
    static char  none[] =
        "There may be more results than were checked. Please enter more of "
        "the name.";

    if (pages->cache.n == 0) {
        *message = none;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, sizeof(text) + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(p, text, pages->cache.n);

    *message = (char *) p;

    return NGX_OK;
}
