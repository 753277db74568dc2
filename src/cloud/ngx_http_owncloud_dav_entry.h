
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_


#include "ngx_http_owncloud_dav_response.h"


/* shared by the source files of the listing and search reader */


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
    u_char                           *buf;          /* for the decoded href */
    ngx_str_t                         prefix;       /* common start of hrefs */

    ngx_list_t                        entries;
    ngx_uint_t                        n;
    u_char                           *free;         /* for names */
    u_char                           *end;
    ngx_str_t                         etag;

    ngx_http_owncloud_dav_sort_t     *sort;

    ngx_uint_t                        hits;         /* also skipped ones */

    unsigned                          search:1;
    unsigned                          more:1;       /* than are kept */
    unsigned                          slash:1;      /* href ends with it */
    unsigned                          seen:1;       /* the folder itself */
};


/*
 * Handles the end of a valid response: adds an entry, or notes the folder
 * itself.  "data" is the reader.  Returns NGX_OK, or NGX_ERROR with
 * response.error set.
 */
ngx_int_t ngx_http_owncloud_dav_entry(void *data);

/*
 * Handles a DAV:href: sets response.href and the name of the entry.  "data" is
 * the reader.  Returns NGX_OK, or NGX_ERROR with response.error set.
 */
ngx_int_t ngx_http_owncloud_dav_href(void *data, ngx_str_t *text);

/* ngx_http_owncloud_dav_hit.c */

/*
 * Prepares a search for dav->text, which may be NULL.  Returns NGX_OK, or
 * NGX_ERROR if memory is exhausted or the text is over 65535 bytes.
 */
ngx_int_t ngx_http_owncloud_dav_hit_init(ngx_http_owncloud_dav_t *dav);

/*
 * Returns 1 if the last path component contains the text; linear in its
 * length.
 */
ngx_uint_t ngx_http_owncloud_dav_hit(ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_ENTRY_H_INCLUDED_ */
