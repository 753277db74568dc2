
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_xml.h"


/* what a multistatus is read into, response by response */


#define NGX_HTTP_OWNCLOUD_DAV_DEPTH          16
#define NGX_HTTP_OWNCLOUD_DAV_TEXT           16384   /* an escaped path */
#define NGX_HTTP_OWNCLOUD_DAV_NAME           1024
#define NGX_HTTP_OWNCLOUD_DAV_PATH           4096    /* with both slashes */
#define NGX_HTTP_OWNCLOUD_DAV_ETAG           256     /* longer: none */
#define NGX_HTTP_OWNCLOUD_DAV_DATE           29      /* RFC 9110, 5.6.7 */
#define NGX_HTTP_OWNCLOUD_DAV_ENTRIES        128     /* entries in a part */
#define NGX_HTTP_OWNCLOUD_DAV_BLOCK          16384   /* bytes of names */


typedef enum {
    NGX_HTTP_OWNCLOUD_HREF_NONE = 0,
    NGX_HTTP_OWNCLOUD_HREF_FOLDER,       /* what was asked for */
    NGX_HTTP_OWNCLOUD_HREF_CHILD,        /* or a hit of a search */
    NGX_HTTP_OWNCLOUD_HREF_FOREIGN,
    NGX_HTTP_OWNCLOUD_HREF_BROKEN
} ngx_http_owncloud_dav_href_e;


typedef struct {
    off_t                             size;
    time_t                            modified;
    ngx_uint_t                        status;       /* 0: none, or not one */
    uint16_t                          etag;         /* its length */
    unsigned                          type:1;       /* there was a type */
    unsigned                          collection:1;
    unsigned                          preview:1;
} ngx_http_owncloud_dav_prop_t;


typedef struct ngx_http_owncloud_dav_sort_s  ngx_http_owncloud_dav_sort_t;


struct ngx_http_owncloud_dav_s {
    ngx_pool_t                       *pool;
    ngx_http_owncloud_url_t          *base;
    ngx_str_t                         folder;
    ngx_str_t                        *text;         /* of a search */
    ngx_uint_t                        max_entries;

    ngx_http_owncloud_xml_t          *xml;
    ngx_uint_t                        path[NGX_HTTP_OWNCLOUD_DAV_DEPTH];

    /* the response that is being read; a propstat's status comes last */

    ngx_uint_t                        href;
    ngx_str_t                         name;
    size_t                            title;
    ngx_uint_t                        status;
    ngx_http_owncloud_dav_prop_t      good;
    ngx_http_owncloud_dav_prop_t      propstat;
    u_char                           *buf;          /* of the decoded href */
    ngx_str_t                         prefix;       /* of hrefs of entries */
    u_char                           *etags;        /* good, propstat */

    u_char                            date[NGX_HTTP_OWNCLOUD_DAV_DATE];
    time_t                            modified;     /* the last date */

    ngx_list_t                        entries;
    ngx_uint_t                        n;
    u_char                           *free;         /* for names */
    u_char                           *end;
    ngx_str_t                         etag;

    ngx_http_owncloud_dav_sort_t     *sort;

    ngx_uint_t                        error;
    ngx_uint_t                        foreign;
    ngx_uint_t                        broken;
    ngx_uint_t                        hits;         /* also those left out */

    unsigned                          search:1;
    unsigned                          more:1;       /* hits than are kept */
    unsigned                          dated:1;
    unsigned                          slash:1;      /* the href ends so */
    unsigned                          responded:1;  /* status in response */
    unsigned                          root:1;
    unsigned                          root_end:1;
    unsigned                          seen:1;       /* the folder itself */
};


extern ngx_http_owncloud_xml_element_t  ngx_http_owncloud_dav_elements[];
extern ngx_http_owncloud_xml_handler_t  ngx_http_owncloud_dav_handler;


/* the path of a DAV:href: what it is, and the name of an entry */
ngx_int_t ngx_http_owncloud_dav_href(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *text);

/* 1 if a hit is one of what was searched */
ngx_uint_t ngx_http_owncloud_dav_hit(ngx_http_owncloud_dav_t *dav);

/* without white space at both ends */
void ngx_http_owncloud_dav_trim(ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_ */
