
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


#define NGX_HTTP_OWNCLOUD_ITEM_ID    256       /* bytes of a file id */


/*
 * One valid response of a multistatus.  "id" is oc:fileid, which is the same
 * for the owner of a file and for the users it is shared with: a number, or a
 * text in OpenCloud.
 */

typedef struct {
    ngx_str_t                path;       /* decoded, starts with "/" and */
                                         /* ends as the server sent it */
    ngx_str_t                id;         /* empty: unknown */
    off_t                    size;       /* of a folder: total; -1: unknown */
    unsigned                 folder:1;
} ngx_http_owncloud_item_t;


/*
 * Handles each valid response; "item" is valid during the call.  NGX_OK:
 * continue; NGX_DONE: no more items are needed; NGX_ERROR: stop.
 */
typedef ngx_int_t (*ngx_http_owncloud_item_pt)(void *data,
    ngx_http_owncloud_item_t *item);

typedef struct ngx_http_owncloud_items_s  ngx_http_owncloud_items_t;


/* body of a PROPFIND for exactly these properties */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_item;


/*
 * Creates a reader of the multistatus (RFC 4918, 13) for a PROPFIND at the
 * endpoint "base", which calls "handler" with "data" for each valid response.
 * "base" must outlive the reader, which is freed with "pool".  Returns NULL if
 * memory is exhausted.
 */
ngx_http_owncloud_items_t *ngx_http_owncloud_items_create(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_http_owncloud_item_pt handler,
    void *data);

/*
 * Parses the next "len" bytes.  Returns NGX_OK, or NGX_ERROR: feed no more,
 * ngx_http_owncloud_items_finish() tells why.
 */
ngx_int_t ngx_http_owncloud_items_feed(ngx_http_owncloud_items_t *items,
    u_char *p, size_t len);

/*
 * Ends the body.  Returns NGX_OK if it was a multistatus, or as much of one as
 * the handler needed; NGX_DECLINED if it was not; NGX_ERROR if memory is
 * exhausted or the handler failed.
 */
ngx_int_t ngx_http_owncloud_items_finish(ngx_http_owncloud_items_t *items);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_ITEM_H_INCLUDED_ */
