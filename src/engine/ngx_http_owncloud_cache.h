
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_zone.h"


/*
 * Listings cached in the zone: a head, and the entries page by page in a
 * compact form.  A page may be evicted before the others; the listing is then
 * treated as not cached.  Keys include the session (ctx->subject), so that no
 * other user finds a listing.
 *
 * All functions allocate from r->pool.
 */

#define NGX_HTTP_OWNCLOUD_CACHE_TIME   900     /* seconds, for later pages */
#define NGX_HTTP_OWNCLOUD_CACHE_ETAG   256 /* bytes; longer ETags are dropped */
#define NGX_HTTP_OWNCLOUD_CACHE_STAMP  16
#define NGX_HTTP_OWNCLOUD_CACHE_READER 8       /* bytes of a digest */
#define NGX_HTTP_OWNCLOUD_CACHE_READERS 8


typedef struct {
    u_char        key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char        stamp[NGX_HTTP_OWNCLOUD_CACHE_STAMP];
                                 /* random, identifies this reading */
    ngx_uint_t    n;             /* entries in all pages */
    ngx_uint_t    page_size;
    ngx_msec_t    checked;       /* ngx_current_msec when last valid */
    time_t        expires;       /* of the pages */
    ngx_str_t     etag;          /* of the folder, or empty */
    ngx_uint_t    nreaders;      /* digests of pickers that got it */
    u_char        readers[NGX_HTTP_OWNCLOUD_CACHE_READERS]
                         [NGX_HTTP_OWNCLOUD_CACHE_READER];
    unsigned      more:1;        /* a search: there are more matches */
} ngx_http_owncloud_cache_t;


/*
 * Sets cache->key; "kind" is a literal, "name" the folder or the search.
 * NGX_DECLINED: nobody is signed in, so nothing is cached.
 */
ngx_int_t ngx_http_owncloud_cache_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *name,
    ngx_http_owncloud_cache_t *cache);

/* Reads the head of the listing at cache->key.  NGX_DECLINED: not cached. */
ngx_int_t ngx_http_owncloud_cache_get(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/* Starts a new reading: sets its stamp and the expiry of its pages. */
ngx_int_t ngx_http_owncloud_cache_begin(ngx_http_owncloud_cache_t *cache);

/* Stores the head at cache->key.  NGX_DECLINED: it was not stored. */
ngx_int_t ngx_http_owncloud_cache_put(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/*
 * Reads page "page" (from 1) of the reading cache->stamp: "*n" entries.
 * NGX_DECLINED: not cached.
 */
ngx_int_t ngx_http_owncloud_cache_get_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);

/* Stores page "page".  NGX_DECLINED: it was not stored. */
ngx_int_t ngx_http_owncloud_cache_put_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n);

/*
 * Reads the JSON of a page as this picker gets it.  Its key also includes the
 * session key, the origin, the repository and the configuration.
 * NGX_DECLINED: not cached.
 */
ngx_int_t ngx_http_owncloud_cache_get_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_str_t *text);

/*
 * Stores the JSON of a page, "size" bytes in memory buffers.  NGX_DECLINED: it
 * was not stored.
 */
ngx_int_t ngx_http_owncloud_cache_put_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_chain_t *text, off_t size);

/* Returns 1 if "size" bytes are a small enough share of the zone. */
ngx_uint_t ngx_http_owncloud_cache_fits(ngx_http_request_t *r, off_t size);

/* Removes the head at cache->key; pages cannot be found without it. */
void ngx_http_owncloud_cache_forget(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/*
 * Removes the listing of a folder that has changed.  NGX_OK, also if nothing
 * was cached.
 */
ngx_int_t ngx_http_owncloud_cache_drop(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder);


#endif /* _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_ */
