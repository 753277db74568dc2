
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
 * All differences between the cloud types, one row per type.
 *
 * To add a type, write ngx_http_owncloud_type_NAME.c with its row, name the
 * file in "config", and add the type to the enumeration and the declarations
 * below and to both tables of ngx_http_owncloud_type.c.  No other code depends
 * on the type of a cloud.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN = 0,
    NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD,
    NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD,
    NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD,
    NGX_HTTP_OWNCLOUD_TYPES
} ngx_http_owncloud_type_e;


/* the issuer's endpoints for requests that depend on the type */

typedef enum {
    NGX_HTTP_OWNCLOUD_AT_NONE = 0,
    NGX_HTTP_OWNCLOUD_AT_WEBDAV,        /* the user's files */
    NGX_HTTP_OWNCLOUD_AT_DAV,           /* "remote.php/dav/" */
    NGX_HTTP_OWNCLOUD_AT_PREVIEW        /* preview_path of the type */
} ngx_http_owncloud_at_e;


typedef struct {

    /* "productname" or "product" in status.php, in lower case */

    ngx_str_t    products[3];           /* ends with an empty one */

    /* default of "scope", may be empty */

    ngx_str_t    scope;

    /* endpoints below "base_url" */

    char        *authorization_path;
    char        *token_path;
    char        *webdav_path;
    char        *ocs_path;

    /* below the OCS endpoint, DELETE revokes a token; NULL: not supported */

    char        *revocation_path;

    /* below the directory of "remote.php", or NULL */

    char        *preview_path;

    /* below "base_url", precedes a file id in the URL shown to users */

    char        *file_path;

    /*
     * Search.  "url" is the URL of the endpoint "search_at"; it must outlive
     * "search", whose results this sets.  "*body", allocated from "pool", is
     * the body of a "search_method" request.  Returns NGX_OK; NGX_DECLINED if
     * no name can match; NGX_ABORT if search is not available; NGX_ERROR if
     * memory is exhausted.
     */

    ngx_uint_t   search_at;             /* NONE: no search */
    char        *search_method;
    ngx_int_t  (*search)(ngx_pool_t *pool, ngx_http_owncloud_url_t *url,
                         ngx_http_owncloud_search_request_t *search,
                         ngx_str_t *body);

    /*
     * Previews.  "*uri", allocated from "pool", is the URI for a GET at the
     * endpoint "preview_at", whose URL is "url", of the preview of a file of
     * "user".  "path" is decoded and starts with a slash.  Returns NGX_OK, or
     * NGX_ERROR if memory is exhausted.
     */

    ngx_uint_t   preview_at;            /* NONE: no previews */
    ngx_int_t  (*preview)(ngx_pool_t *pool, ngx_http_owncloud_url_t *url,
                          ngx_str_t *user, ngx_str_t *path, ngx_str_t *uri);
    unsigned     preview_user:1;        /* "user" is required */
    unsigned     preview_listed:1;      /* PROPFIND reports them */

    /*
     * Public links.  "*url", allocated from "pool", is where anybody can
     * download the file of the public link "share"; "base" is "base_url", and
     * "name" is the name of the file.  Returns NGX_OK, or NGX_ERROR if memory
     * is exhausted.
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
 * Returns the row of "type", NGX_HTTP_OWNCLOUD_TYPE_....  The row of UNKNOWN
 * is used until the type is known: it tries what any type supports, but has
 * neither search nor previews.
 */
ngx_http_owncloud_type_t *ngx_http_owncloud_type(ngx_uint_t type);

/* returns the type of the product "name", ignoring case, or UNKNOWN */
ngx_uint_t ngx_http_owncloud_type_product(ngx_str_t *name);

/* implements "link", see above, for the servers written in PHP */
ngx_int_t ngx_http_owncloud_type_link_php(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url);


/* query of a preview; pickers show 90 x 90 */
#define NGX_HTTP_OWNCLOUD_TYPE_PREVIEW  "&x=128&y=128"


#endif /* _NGX_HTTP_OWNCLOUD_TYPE_H_INCLUDED_ */
