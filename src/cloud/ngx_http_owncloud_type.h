
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_TYPE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_TYPE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_ocs.h"
#include "ngx_http_owncloud_search_request.h"
#include "ngx_http_owncloud_uri.h"


/*
 * All in which the types of clouds differ: each has a row.
 *
 * To add a type, write ngx_http_owncloud_type_NAME.c with its row, name the
 * file in "config", and put the type into the enumeration and the declarations
 * below and into both tables of ngx_http_owncloud_type.c.  Nothing else asks
 * which type a cloud is.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN = 0,
    NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD,
    NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD,
    NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD,
    NGX_HTTP_OWNCLOUD_TYPES
} ngx_http_owncloud_type_e;


/* endpoints of an issuer that requests of a type may go to */

typedef enum {
    NGX_HTTP_OWNCLOUD_AT_NONE = 0,
    NGX_HTTP_OWNCLOUD_AT_WEBDAV,        /* the user's files */
    NGX_HTTP_OWNCLOUD_AT_DAV,           /* "remote.php/dav/" */
    NGX_HTTP_OWNCLOUD_AT_PREVIEW        /* preview_path of the type */
} ngx_http_owncloud_at_e;


typedef struct {

    /* in status.php, as "productname" or "product", in small letters */

    ngx_str_t    products[3];           /* up to an empty one */

    /* what "scope" is if it is not configured, or empty */

    ngx_str_t    scope;

    /* endpoints below "base_url" */

    char        *authorization_path;
    char        *token_path;
    char        *webdav_path;
    char        *ocs_path;

    /* below the OCS endpoint: DELETE ends a token; NULL: nothing does */

    char        *revocation_path;

    /* below the directory of "remote.php", or NULL */

    char        *preview_path;

    /* below "base_url", before the id of a file: it is shown to users */

    char        *file_path;

    /*
     * Search.  "url" is that of the endpoint "search_at"; search->base, asked
     * and filter are results, and "*body" from "pool" is what "search_method"
     * sends.  NGX_DECLINED: no name is such; NGX_ABORT: cannot be searched;
     * NGX_ERROR: no memory.
     */

    ngx_uint_t   search_at;             /* NONE: cannot be searched */
    char        *search_method;
    ngx_int_t  (*search)(ngx_pool_t *pool, ngx_http_owncloud_url_t *url,
                         ngx_http_owncloud_search_request_t *search,
                         ngx_str_t *body);

    /*
     * Small pictures.  "*uri" from "pool" is what a GET asks the endpoint
     * "preview_at", whose URL is "url", for the one of a file of "user" at
     * "path", which is decoded and begins with a slash.  NGX_OK, or NGX_ERROR:
     * no memory.
     */

    ngx_uint_t   preview_at;            /* NONE: there are none */
    ngx_int_t  (*preview)(ngx_pool_t *pool, ngx_http_owncloud_url_t *url,
                          ngx_str_t *user, ngx_str_t *path, ngx_str_t *uri);
    unsigned     preview_user:1;        /* "user" has to be known */
    unsigned     preview_listed:1;      /* a PROPFIND says which files have */

    /*
     * "*url" from "pool" is where anybody downloads what the public link
     * "share" is of; "base" is "base_url", and "name" the file's.  NGX_OK, or
     * NGX_ERROR: no memory.
     */

    ngx_int_t  (*link)(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
                       ngx_http_owncloud_share_t *share, ngx_str_t *name,
                       ngx_str_t *url);

} ngx_http_owncloud_type_t;


extern ngx_http_owncloud_type_t  ngx_http_owncloud_type_owncloud;
extern ngx_http_owncloud_type_t  ngx_http_owncloud_type_nextcloud;
extern ngx_http_owncloud_type_t  ngx_http_owncloud_type_opencloud;

/* values of the directive "type" */
extern ngx_conf_enum_t  ngx_http_owncloud_type_names[];


/*
 * The row of one of NGX_HTTP_OWNCLOUD_TYPE_...; that of UNKNOWN has what is
 * tried if nobody has said which type it is, and neither search nor previews.
 */
ngx_http_owncloud_type_t *ngx_http_owncloud_type(ngx_uint_t type);

/* the type that has the product "name", in any case of letters, or UNKNOWN */
ngx_uint_t ngx_http_owncloud_type_product(ngx_str_t *name);

/* "link" of servers that are written in PHP */
ngx_int_t ngx_http_owncloud_type_link_php(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url);


/* the query of a preview: pickers show 90 x 90 */
#define NGX_HTTP_OWNCLOUD_TYPE_PREVIEW  "&x=128&y=128"


#endif /* _NGX_HTTP_OWNCLOUD_TYPE_H_INCLUDED_ */
