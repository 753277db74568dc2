
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_listing.h"
#include "ngx_http_owncloud_browse_listing_call.h"
#include "ngx_http_owncloud_browse_pages.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"


/*
 * To read a smaller folder costs a cloud no more than to read its ETag: most
 * of the time goes into authentication.
 */

#define NGX_HTTP_OWNCLOUD_LISTING_LARGE  200


typedef struct {
    ngx_http_owncloud_pages_t   pages;
    ngx_http_owncloud_dav_t    *dav;
    ngx_msec_t                  asked;
    u_char                      reader[NGX_HTTP_OWNCLOUD_CACHE_READER];
    unsigned                    named:1;    /* "reader" is set */
} ngx_http_owncloud_listing_t;


static ngx_int_t ngx_http_owncloud_listing_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_folder(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder);
static ngx_int_t ngx_http_owncloud_listing_cached(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing);
static ngx_int_t ngx_http_owncloud_listing_reader(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing);
static ngx_uint_t ngx_http_owncloud_listing_retry(
    ngx_http_owncloud_listing_t *listing);
static void ngx_http_owncloud_listing_read_by(
    ngx_http_owncloud_listing_t *listing);
static ngx_int_t ngx_http_owncloud_listing_check(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_checked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_listing_same(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing);
static ngx_int_t ngx_http_owncloud_listing_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t depth);
static ngx_int_t ngx_http_owncloud_listing_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char *code);
static ngx_int_t ngx_http_owncloud_listing_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_listing(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_listing_begin);
}


static ngx_int_t
ngx_http_owncloud_listing_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_str_t                     text;
    ngx_http_owncloud_listing_t  *listing;

    listing = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_listing_t));
    if (listing == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_listing_folder(r, ctx, &listing->pages.folder);

    if (rc == NGX_DECLINED) {
        ngx_str_set(&text, "This is not a valid folder. Please go back to the "
                           "top folder and try again.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "invalidpath");
    }

    if (rc != NGX_OK
        || ngx_http_owncloud_pages_init(r, ctx, &listing->pages, "folder",
                                        &listing->pages.folder)
           != NGX_OK
        || ngx_http_owncloud_listing_reader(ctx, listing) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->flow = listing;

    /* without "cache", only later pages are served from the cache */

    if (listing->pages.page == 1 && !ctx->repository->cache) {
        return ngx_http_owncloud_listing_ask(r, ctx);
    }

    rc = ngx_http_owncloud_pages_get(r, ctx, &listing->pages);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return (rc == NGX_OK) ? ngx_http_owncloud_listing_cached(r, ctx, listing)
                          : ngx_http_owncloud_listing_ask(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_listing_folder(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder)
{
    ngx_str_t  *path, root;

    ngx_str_set(&root, "/");

    path = ngx_http_owncloud_form_get(ctx->fields, "p");

    if (path == NULL) {
        path = &root;
    }

    if (path->len > NGX_HTTP_OWNCLOUD_PATH_SIZE) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_path_normalize(r->pool, path, folder);
}


/*
 * The page is cached.  Later pages belong to the first one, however old it is.
 * The first one is valid for "cache_valid", but not for a picker that has
 * received it before: its reload button sends the same request as opening the
 * folder.
 */

static ngx_int_t
ngx_http_owncloud_listing_cached(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing)
{
    ngx_msec_int_t              age;
    ngx_http_owncloud_cache_t  *cache;

    cache = &listing->pages.cache;
    age = (ngx_msec_int_t) (ngx_current_msec - cache->checked);

    if (listing->pages.page > 1) {
        ngx_str_set(&ctx->cache, "HIT");
        return ngx_http_owncloud_pages_send(r, ctx, &listing->pages);
    }

    if (age < (ngx_msec_int_t) ctx->repository->cache_valid
        && !ngx_http_owncloud_listing_retry(listing))
    {
        if (listing->named) {
            ngx_http_owncloud_listing_read_by(listing);
            (void) ngx_http_owncloud_cache_put(r, cache);
        }

        ngx_str_set(&ctx->cache, "HIT");
        return ngx_http_owncloud_pages_send(r, ctx, &listing->pages);
    }

    if (cache->etag.len && cache->n >= NGX_HTTP_OWNCLOUD_LISTING_LARGE) {
        return ngx_http_owncloud_listing_check(r, ctx);
    }

    return ngx_http_owncloud_listing_ask(r, ctx);
}


/* identifies the picker; one without a client id is a new one each time */

static ngx_int_t
ngx_http_owncloud_listing_reader(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_listing_t *listing)
{
    u_char      digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t  *client;

    client = ngx_http_owncloud_form_get(ctx->fields, "client_id");

    if (client == NULL || client->len == 0) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_digest_of(digest, "reader", client,
                                    ngx_http_owncloud_form_get(ctx->fields,
                                                               "sesskey"))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memcpy(listing->reader, digest, sizeof(listing->reader));
    listing->named = 1;

    return NGX_OK;
}


/* 1 if this picker has received the page, or may have: not all are recorded */

static ngx_uint_t
ngx_http_owncloud_listing_retry(ngx_http_owncloud_listing_t *listing)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_cache_t  *cache;

    cache = &listing->pages.cache;

    if (!listing->named) {
        return 0;
    }

    for (i = 0; i < cache->nreaders; i++) {
        if (ngx_memcmp(cache->readers[i], listing->reader,
                       sizeof(listing->reader))
            == 0)
        {
            return 1;
        }
    }

    return cache->nreaders == NGX_HTTP_OWNCLOUD_CACHE_READERS;
}


static void
ngx_http_owncloud_listing_read_by(ngx_http_owncloud_listing_t *listing)
{
    ngx_http_owncloud_cache_t  *cache;

    cache = &listing->pages.cache;

    if (listing->named) {
        ngx_memcpy(cache->readers[cache->nreaders++], listing->reader,
                   sizeof(listing->reader));
    }
}


/* asks whether the folder has changed */

static ngx_int_t
ngx_http_owncloud_listing_check(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ctx->step = ngx_http_owncloud_listing_checked;

    return ngx_http_owncloud_listing_start(r, ctx, 0);
}


static ngx_int_t
ngx_http_owncloud_listing_checked(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                         *code;
    ngx_str_t                     text;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_listing_t  *listing;

    call = ctx->call;
    listing = ctx->flow;

    if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                              ngx_http_owncloud_listing_check);
    }

    if (call->failure != NGX_HTTP_OWNCLOUD_CALL_STOPPED
        && call->failure != NGX_HTTP_OWNCLOUD_CALL_TOO_BIG)
    {
        if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (code) {
            return ngx_http_owncloud_listing_failed(r, ctx, &text, code);
        }

        if (ngx_http_owncloud_listing_same(r, ctx, listing)) {

            listing->pages.cache.checked = listing->asked;
            listing->pages.cache.nreaders = 0;

            ngx_http_owncloud_listing_read_by(listing);

            (void) ngx_http_owncloud_cache_put(r, &listing->pages.cache);

            ngx_str_set(&ctx->cache, "REVALIDATED");
            return ngx_http_owncloud_pages_send(r, ctx, &listing->pages);
        }
    }

    return ngx_http_owncloud_listing_ask(r, ctx);
}


static ngx_uint_t
ngx_http_owncloud_listing_same(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing)
{
    ngx_str_t  etag, *etag_cached;

    if (ctx->call->status != NGX_HTTP_OWNCLOUD_MULTI_STATUS
        || ngx_http_owncloud_dav_finish(listing->dav) != NGX_OK)
    {
        return 0;
    }

    ngx_http_owncloud_dav_etag(listing->dav, &etag);

    etag_cached = &listing->pages.cache.etag;

    return etag.len == etag_cached->len
           && ngx_memcmp(etag.data, etag_cached->data, etag.len) == 0;
}


static ngx_int_t
ngx_http_owncloud_listing_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_set(&ctx->cache, "MISS");

    ctx->step = ngx_http_owncloud_listing_received;

    return ngx_http_owncloud_listing_start(r, ctx, 1);
}


static ngx_int_t
ngx_http_owncloud_listing_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t depth)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_listing_t  *listing;

    listing = ctx->flow;
    listing->asked = ngx_current_msec;

    call = ngx_http_owncloud_listing_call(r, ctx, &listing->pages.folder,
                                          depth, &listing->dav);

    return call ? ngx_http_owncloud_call_start(r, ctx, call)
                : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
ngx_http_owncloud_listing_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                         *code;
    ngx_str_t                     text;
    ngx_uint_t                    error;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_listing_t  *listing;

    call = ctx->call;
    listing = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return ngx_http_owncloud_dav_reply_refused(r, ctx,
                                    ngx_http_owncloud_dav_error(listing->dav));
    }

    if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_listing_ask);
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_listing_failed(r, ctx, &text, code);
    }

    error = ngx_http_owncloud_dav_reply_error(ctx, listing->dav);

    return error ? ngx_http_owncloud_dav_reply_refused(r, ctx, error)
                 : ngx_http_owncloud_listing_sort(r, ctx);
}


/* pages of a folder that does not exist any more are dropped */

static ngx_int_t
ngx_http_owncloud_listing_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char *code)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_listing_t  *listing;

    call = ctx->call;
    listing = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && (call->status == 403 || call->status == 404)
        && ngx_http_owncloud_cache_drop(r, ctx, &listing->pages.folder)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, text, code);
}


static ngx_int_t
ngx_http_owncloud_listing_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_pages_t    *pages;
    ngx_http_owncloud_listing_t  *listing;

    listing = ctx->flow;
    pages = &listing->pages;

    ctx->step = ngx_http_owncloud_listing_sort;

    rc = ngx_http_owncloud_pages_sort(r, ctx, pages, listing->dav);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_owncloud_dav_etag(listing->dav, &pages->cache.etag);

    pages->cache.checked = listing->asked;
    pages->cache.nreaders = 0;

    ngx_http_owncloud_listing_read_by(listing);

    return ngx_http_owncloud_listing_keep(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_listing_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_owncloud_listing_t  *listing;

    listing = ctx->flow;

    ctx->step = ngx_http_owncloud_listing_keep;

    rc = ngx_http_owncloud_pages_store(r, ctx, &listing->pages);

    return (rc == NGX_OK)
           ? ngx_http_owncloud_pages_answer(r, ctx, &listing->pages) : rc;
}
