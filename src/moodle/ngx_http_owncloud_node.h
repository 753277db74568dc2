
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_text.h"


#define NGX_HTTP_OWNCLOUD_NODE_TEXT  1024    /* bytes of literals in a node */

/* largest image that ownCloud makes a preview of (its default), in bytes */
#define NGX_HTTP_OWNCLOUD_NODE_IMAGE (50 * 1024 * 1024)


/*
 * The state of writing a listing.  There may be 100,000 nodes, so each is
 * written in one piece from parts that are already escaped, not value by
 * value.
 */

typedef struct {
    ngx_http_request_t              *request;
    ngx_http_owncloud_ctx_t         *ctx;
    ngx_http_owncloud_repository_t  *repository;
    ngx_http_owncloud_json_t        *json;

    ngx_str_t                        folder;
    ngx_http_owncloud_signer_t       signer;
    ngx_str_t                        folder_icon;

    ngx_str_t                        source;     /* folder and name */
    ngx_str_t                        path;       /* escaped: folder, */
    ngx_str_t                        icon;       /* and prefix of icons */
    ngx_str_t                        preview;    /* escaped URL of previews */
    ngx_str_t                        preview_folder;     /* folder in query */
    ngx_str_t                        title;      /* of the node, within it */
    u_char                          *node;       /* room for any node */

    unsigned                         previews:2;
    unsigned                         search:1;
} ngx_http_owncloud_nodes_t;


/*
 * Write the JSON of a folder or a file to nodes->node and return its end; NULL
 * if the source cannot be signed.
 */
u_char *ngx_http_owncloud_node_folder(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);
u_char *ngx_http_owncloud_node_file(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);


#endif /* _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_ */
