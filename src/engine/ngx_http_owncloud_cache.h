
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_zone.h"


/*
 * Listings that the zone keeps: a head, and the entries page by page in a
 * compact form.  A page may be let go of before the others; then the listing
 * is as good as unknown.  Keys hold the sign-in (ctx->subject), so that
 * nothing is ever found by anybody else.
 */

#define NGX_HTTP_OWNCLOUD_CACHE_TIME   900     /* seconds, of later pages */
#define NGX_HTTP_OWNCLOUD_CACHE_ETAG   256     /* bytes, longer: none */
#define NGX_HTTP_OWNCLOUD_CACHE_STAMP  16
#define NGX_HTTP_OWNCLOUD_CACHE_READER 8       /* bytes of a digest */
#define NGX_HTTP_OWNCLOUD_CACHE_READERS 8


typedef struct {
    u_char        key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char        stamp[NGX_HTTP_OWNCLOUD_CACHE_STAMP];
                                 /* random: which reading of the folder */
    ngx_uint_t    n;             /* entries of all pages */
    ngx_uint_t    page_size;
    ngx_msec_t    checked;       /* ngx_current_msec: it was true then */
    time_t        expires;       /* of the pages */
    ngx_str_t     etag;          /* of the folder, or empty */
    ngx_uint_t    nreaders;      /* digests of the pickers that got it */
    u_char        readers[NGX_HTTP_OWNCLOUD_CACHE_READERS]
                         [NGX_HTTP_OWNCLOUD_CACHE_READER];
    unsigned      more:1;        /* of a search: there are more hits */
} ngx_http_owncloud_cache_t;


/*
 * What a listing is found by; "kind" is a literal, "name" the folder.
 * NGX_DECLINED: nobody is signed in, nothing is kept.
 */
ngx_int_t ngx_http_owncloud_cache_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *name,
    ngx_http_owncloud_cache_t *cache);

/* the head, by cache->key; NGX_DECLINED: not known */
ngx_int_t ngx_http_owncloud_cache_get(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/* a new reading: its stamp, and when its pages expire */
ngx_int_t ngx_http_owncloud_cache_begin(ngx_http_owncloud_cache_t *cache);

/* stores the head; NGX_DECLINED: it was not stored */
ngx_int_t ngx_http_owncloud_cache_put(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/* page "page" (from 1) of cache->stamp */
ngx_int_t ngx_http_owncloud_cache_get_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);
ngx_int_t ngx_http_owncloud_cache_put_page(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache, ngx_uint_t page,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n);

/*
 * The JSON of a page as this picker gets it: it depends on the session key,
 * the origin, the repository and the configuration, too.
 */
ngx_int_t ngx_http_owncloud_cache_get_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_str_t *text);
ngx_int_t ngx_http_owncloud_cache_put_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_cache_t *cache,
    ngx_uint_t page, ngx_chain_t *text, off_t size);

/* 1 if "size" bytes do not take so much of the zone that others lose theirs */
ngx_uint_t ngx_http_owncloud_cache_fits(ngx_http_request_t *r, off_t size);

/* forgets a listing, by cache->key: nothing leads to pages without a head */
void ngx_http_owncloud_cache_forget(ngx_http_request_t *r,
    ngx_http_owncloud_cache_t *cache);

/* forgets a folder that has changed */
ngx_int_t ngx_http_owncloud_cache_drop(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder);


#endif /* _NGX_HTTP_OWNCLOUD_CACHE_H_INCLUDED_ */
