
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_cache.h"


/*
 * Pages of folders and of searches.  What was read is cut into pages, which
 * are cached; one is answered now, the others when the picker asks for them.
 */

typedef struct {
    ngx_http_owncloud_cache_t     cache;
    ngx_uint_t                    page;       /* that is asked for, from 1 */
    ngx_str_t                     folder;     /* slashes at both ends */
    ngx_http_owncloud_entry_t   **entries;    /* of all pages, when read */
    ngx_uint_t                    n;
    ngx_uint_t                    stored;     /* pages cached so far */
    ngx_str_t                     text;       /* JSON of the page, if cached */
    unsigned                      search:1;
    unsigned                      keyed:1;    /* it can be cached */
} ngx_http_owncloud_pages_t;


/*
 * Sets pages->page, by the form's "page", and the key of the cache, by "kind"
 * and "name" as in ngx_http_owncloud_cache_key().  "pages" is zeroed at
 * first, and lives as long as the request.  NGX_ERROR: no digest.
 */
ngx_int_t ngx_http_owncloud_pages_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    char *kind, ngx_str_t *name);

/*
 * Looks the page up in the cache; a page beyond the end is the last one.
 * NGX_OK: pages->text is its JSON, or pages->entries are its entries;
 * NGX_DECLINED: it is not cached; NGX_ERROR: no memory, or no digest.
 */
ngx_int_t ngx_http_owncloud_pages_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/* answers the page that was found; returns what a step returns */
ngx_int_t ngx_http_owncloud_pages_send(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/*
 * Sorts what "dav" has read into pages->entries.  NGX_OK, or what a step
 * returns; NGX_AGAIN: a hundred thousand names take a while, call it again
 * from ctx->step.
 */
ngx_int_t ngx_http_owncloud_pages_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    ngx_http_owncloud_dav_t *dav);

/*
 * Caches the pages->n entries that were read.  NGX_OK, even if they could not
 * be cached; NGX_AGAIN: the worker has other things to do, call it again from
 * ctx->step; NGX_HTTP_INTERNAL_SERVER_ERROR.
 */
ngx_int_t ngx_http_owncloud_pages_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/* answers the page out of all entries; returns what a step returns */
ngx_int_t ngx_http_owncloud_pages_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_ */
