
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_xml.h"


/*
 * The reader of a multistatus (RFC 4918, 13), response by response.  It uses
 * the properties of propstats with status 200 only.  A response without an
 * href, with several hrefs, without such a propstat or with a status of its
 * own that is not 2xx is invalid: it is counted and skipped.
 */


#define NGX_HTTP_OWNCLOUD_DAV_DEPTH          16
#define NGX_HTTP_OWNCLOUD_DAV_TEXT           16384   /* of an encoded path */
#define NGX_HTTP_OWNCLOUD_DAV_VALUE          256     /* longest value */
#define NGX_HTTP_OWNCLOUD_DAV_DATE           29      /* RFC 9110, 5.6.7 */


/* kinds of hrefs; an ETag is kept for the first two only */

typedef enum {
    NGX_HTTP_OWNCLOUD_HREF_NONE = 0,
    NGX_HTTP_OWNCLOUD_HREF_FOLDER,       /* the requested one */
    NGX_HTTP_OWNCLOUD_HREF_CHILD,        /* or a hit of a search */
    NGX_HTTP_OWNCLOUD_HREF_FOREIGN,
    NGX_HTTP_OWNCLOUD_HREF_BROKEN
} ngx_http_owncloud_dav_href_e;


typedef struct {
    off_t                             size;         /* getcontentlength */
    off_t                             total;        /* oc:size */
    time_t                            modified;
    ngx_uint_t                        status;       /* 0: none, or invalid */
    uint16_t                          etag;         /* length */
    uint16_t                          id;           /* length of oc:fileid */
    unsigned                          type:1;       /* has a resourcetype */
    unsigned                          collection:1;
    unsigned                          preview:1;
} ngx_http_owncloud_dav_prop_t;


/*
 * "href" classifies the first href of a response: it sets response->href.
 * "text" excludes surrounding white space.  "end" is called for each valid
 * response.  Both get "data"; any result but NGX_OK stops the reader.
 */

typedef struct {
    ngx_int_t                       (*href)(void *data, ngx_str_t *text);
    ngx_int_t                       (*end)(void *data);
} ngx_http_owncloud_dav_handler_t;


typedef struct {
    ngx_pool_t                       *pool;
    ngx_http_owncloud_xml_t          *xml;
    ngx_http_owncloud_dav_handler_t  *handler;
    void                             *data;
    ngx_uint_t                        path[NGX_HTTP_OWNCLOUD_DAV_DEPTH];

    /*
     * The response being read.  A propstat's status comes after its
     * properties, which are merged into "good" if the status is 200.
     */

    ngx_uint_t                        href;
    ngx_uint_t                        status;
    ngx_http_owncloud_dav_prop_t      good;
    ngx_http_owncloud_dav_prop_t      propstat;
    u_char                           *etags;        /* good, propstat */
    u_char                           *ids;          /* the same */

    u_char                            date[NGX_HTTP_OWNCLOUD_DAV_DATE];
    time_t                            modified;     /* of the last date */

    ngx_uint_t                        error;        /* ..._DAV_MEMORY, ... */
    ngx_uint_t                        foreign;      /* skipped responses */
    ngx_uint_t                        broken;

    unsigned                          dated:1;
    unsigned                          responded:1;  /* has its own status */
    unsigned                          root:1;
    unsigned                          root_end:1;
} ngx_http_owncloud_dav_response_t;


/*
 * Initializes a zeroed reader.  "handler" must outlive it; it is freed with
 * "pool".  Returns NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_dav_response_init(
    ngx_http_owncloud_dav_response_t *response, ngx_pool_t *pool,
    ngx_http_owncloud_dav_handler_t *handler, void *data);

/* ngx_http_owncloud_dav_value.c: all of these functions trim "text" */

#define NGX_HTTP_OWNCLOUD_DAV_OK             200

/* removes white space from both ends */
void ngx_http_owncloud_dav_trim(ngx_str_t *text);

/*
 * Parses a size in bytes.  Returns -1 if it is not a number.
 */
off_t ngx_http_owncloud_dav_size(ngx_str_t *text);

/*
 * Returns the status code of "HTTP/1.1 200 OK", or 0 if it is not a status
 * line.
 */
ngx_uint_t ngx_http_owncloud_dav_status(ngx_str_t *text);

/*
 * Parses an HTTP date; OpenCloud writes its zone as "+0000" instead of "GMT".
 * Returns -1 if it is invalid.
 */
time_t ngx_http_owncloud_dav_time(ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_ */
