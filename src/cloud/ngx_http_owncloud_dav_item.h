
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


#define NGX_HTTP_OWNCLOUD_ITEM_ID    256       /* bytes of a file's id */


/*
 * One response of a multistatus that ..._dav_response.h finds good.  "id" is
 * oc:fileid, which a file has in the trees of its owner and of those it is
 * shared with alike: a number, or a text with OpenCloud.
 */

typedef struct {
    ngx_str_t                path;       /* decoded, "/" at its start; at its */
                                         /* end if the server puts one there */
    ngx_str_t                id;         /* empty: not said */
    off_t                    size;       /* of a folder: of all of it; -1 */
    unsigned                 folder:1;
} ngx_http_owncloud_item_t;


/*
 * Gets each response that is good, valid during the call.  NGX_OK: go on;
 * NGX_DONE: this is enough; NGX_ERROR.
 */
typedef ngx_int_t (*ngx_http_owncloud_item_pt)(void *data,
    ngx_http_owncloud_item_t *item);

typedef struct ngx_http_owncloud_items_s  ngx_http_owncloud_items_t;


/* the body of a PROPFIND for just these */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_item;


/*
 * Reads the multistatus (RFC 4918, 13) that answers a PROPFIND at the endpoint
 * "base", and calls "handler" with "data" for each response.  NULL: no memory.
 */
ngx_http_owncloud_items_t *ngx_http_owncloud_items_create(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_item_pt handler,
    void *data);

/* NGX_OK, or NGX_ERROR: nothing more may be fed */
ngx_int_t ngx_http_owncloud_items_feed(ngx_http_owncloud_items_t *items,
    u_char *p, size_t len);

/*
 * The end of the body: NGX_OK: it was a multistatus, or as much of one as
 * the handler wanted; NGX_DECLINED: it was none; NGX_ERROR: no memory, or the
 * handler failed.
 */
ngx_int_t ngx_http_owncloud_items_finish(ngx_http_owncloud_items_t *items);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_ */
