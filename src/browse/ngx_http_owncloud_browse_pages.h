
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_cache.h"


/*
 * Pages of folders and of searches: what was read is cut into them, kept and
 * answered, now or when the picker asks for the next one.
 */

typedef struct {
    ngx_http_owncloud_cache_t     cache;
    ngx_uint_t                    page;       /* that is asked for, from 1 */
    ngx_str_t                     folder;
    ngx_http_owncloud_entry_t   **entries;    /* of all pages, when read */
    ngx_uint_t                    n;
    ngx_uint_t                    stored;     /* pages kept so far */
    ngx_str_t                     text;       /* JSON of the page, if found */
    unsigned                      search:1;
    unsigned                      keyed:1;    /* it can be kept */
} ngx_http_owncloud_pages_t;


/* by "kind" and "name" as in ..._cache.h, and the form's "page" */
ngx_int_t ngx_http_owncloud_pages_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages,
    char *kind, ngx_str_t *name);

/*
 * NGX_OK: the head is known and so is the page, the last one if it is beyond
 * the end; "entries" are those of the page; NGX_DECLINED
 */
ngx_int_t ngx_http_owncloud_pages_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/* answers what was found */
ngx_int_t ngx_http_owncloud_pages_send(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/*
 * Keeps the "n" entries that were read.  NGX_OK, even if they could not be
 * kept; NGX_AGAIN: the worker has other things to do, call it again from
 * ctx->step; NGX_HTTP_INTERNAL_SERVER_ERROR.
 */
ngx_int_t ngx_http_owncloud_pages_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);

/* answers the page out of all that were read */
ngx_int_t ngx_http_owncloud_pages_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_pages_t *pages);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PAGES_H_INCLUDED_ */
