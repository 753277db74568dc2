
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
 * The one reader of a multistatus (RFC 4918, 13), response by response.  It
 * takes properties of propstats with status 200 only.  A response that has no
 * href, several of them, no such propstat or a status of its own that is not
 * 2xx is broken: it is counted and left out.
 */


#define NGX_HTTP_OWNCLOUD_DAV_DEPTH          16
#define NGX_HTTP_OWNCLOUD_DAV_TEXT           16384   /* an escaped path */
#define NGX_HTTP_OWNCLOUD_DAV_VALUE          256     /* longer: none */
#define NGX_HTTP_OWNCLOUD_DAV_DATE           29      /* RFC 9110, 5.6.7 */


/* what the href of a response is; the first two are worth a text */

typedef enum {
    NGX_HTTP_OWNCLOUD_HREF_NONE = 0,
    NGX_HTTP_OWNCLOUD_HREF_FOLDER,       /* what was asked for */
    NGX_HTTP_OWNCLOUD_HREF_CHILD,        /* or a hit of a search */
    NGX_HTTP_OWNCLOUD_HREF_FOREIGN,
    NGX_HTTP_OWNCLOUD_HREF_BROKEN
} ngx_http_owncloud_dav_href_e;


typedef struct {
    off_t                             size;         /* getcontentlength */
    off_t                             total;        /* oc:size */
    time_t                            modified;
    ngx_uint_t                        status;       /* 0: none, or not one */
    uint16_t                          etag;         /* its length */
    uint16_t                          id;           /* that of oc:fileid */
    unsigned                          type:1;       /* there was a type */
    unsigned                          collection:1;
    unsigned                          preview:1;
} ngx_http_owncloud_dav_prop_t;


/*
 * "href" sets response->href by the text, without white space around it, of
 * the first href; "end" gets a response that is good.  Both get "data"; what
 * is not NGX_OK stops the reader.
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

    /* the response that is being read; a propstat's status comes last */

    ngx_uint_t                        href;
    ngx_uint_t                        status;
    ngx_http_owncloud_dav_prop_t      good;
    ngx_http_owncloud_dav_prop_t      propstat;
    u_char                           *etags;        /* good, propstat */
    u_char                           *ids;          /* the same */

    u_char                            date[NGX_HTTP_OWNCLOUD_DAV_DATE];
    time_t                            modified;     /* the last date */

    ngx_uint_t                        error;        /* ..._DAV_MEMORY, ... */
    ngx_uint_t                        foreign;      /* responses left out */
    ngx_uint_t                        broken;

    unsigned                          dated:1;
    unsigned                          responded:1;  /* status in response */
    unsigned                          root:1;
    unsigned                          root_end:1;
} ngx_http_owncloud_dav_response_t;


/* sets up a reader that is all zeroes; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_dav_response_init(
    ngx_http_owncloud_dav_response_t *response, ngx_pool_t *pool,
    ngx_http_owncloud_dav_handler_t *handler, void *data);

/* ngx_http_owncloud_dav_value.c; they trim "text" itself */

#define NGX_HTTP_OWNCLOUD_DAV_OK             200

/* without white space at both ends */
void ngx_http_owncloud_dav_trim(ngx_str_t *text);

/* bytes of a file; -1: it is no number */
off_t ngx_http_owncloud_dav_size(ngx_str_t *text);

/* of "HTTP/1.1 200 OK"; 0: it is no status */
ngx_uint_t ngx_http_owncloud_dav_status(ngx_str_t *text);

/* an HTTP date; its zone is GMT, or "+0000" in answers of OpenCloud; or -1 */
time_t ngx_http_owncloud_dav_time(ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_RESPONSE_H_INCLUDED_ */
