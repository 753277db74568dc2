
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_


#include "ngx_http_owncloud_dav_response.h"


/* what the files of a listing, or of a search, have in common */


#define NGX_HTTP_OWNCLOUD_DAV_NAME           1024
#define NGX_HTTP_OWNCLOUD_DAV_PATH           4096    /* with both slashes */
#define NGX_HTTP_OWNCLOUD_DAV_ENTRIES        128     /* entries in a part */
#define NGX_HTTP_OWNCLOUD_DAV_BLOCK          16384   /* bytes of names */


typedef struct ngx_http_owncloud_dav_sort_s  ngx_http_owncloud_dav_sort_t;


struct ngx_http_owncloud_dav_s {
    ngx_http_owncloud_dav_response_t  response;

    ngx_pool_t                       *pool;
    ngx_http_owncloud_url_t          *base;
    ngx_str_t                         folder;
    ngx_str_t                        *text;         /* of a search */
    uint16_t                         *borders;      /* of the text */
    ngx_uint_t                        max_entries;

    ngx_str_t                         name;         /* of the response */
    size_t                            title;
    u_char                           *buf;          /* of the decoded href */
    ngx_str_t                         prefix;       /* of hrefs of entries */

    ngx_list_t                        entries;
    ngx_uint_t                        n;
    u_char                           *free;         /* for names */
    u_char                           *end;
    ngx_str_t                         etag;

    ngx_http_owncloud_dav_sort_t     *sort;

    ngx_uint_t                        hits;         /* also those left out */

    unsigned                          search:1;
    unsigned                          more:1;       /* hits than are kept */
    unsigned                          slash:1;      /* the href ends so */
    unsigned                          seen:1;       /* the folder itself */
};


/* a response becomes an entry, or is that of the folder itself */
ngx_int_t ngx_http_owncloud_dav_entry(void *data);

/* the path of a DAV:href: what it is, and the name of an entry */
ngx_int_t ngx_http_owncloud_dav_href(void *data, ngx_str_t *text);

/* ngx_http_owncloud_dav_hit.c */

/* before the first hit of a search for a text; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_dav_hit_init(ngx_http_owncloud_dav_t *dav);

/* 1 if a hit is one of what was searched; linear in its name */
ngx_uint_t ngx_http_owncloud_dav_hit(ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_ */
