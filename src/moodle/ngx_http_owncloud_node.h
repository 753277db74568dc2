
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_text.h"


#define NGX_HTTP_OWNCLOUD_NODE_TEXT  1024    /* bytes of literals in a node */

/* bytes of an image that ownCloud makes a preview of (its default) */
#define NGX_HTTP_OWNCLOUD_NODE_IMAGE (50 * 1024 * 1024)


/*
 * A listing on its way.  There may be a hundred thousand nodes, so they are
 * not written value by value, but each in one piece out of parts that are
 * escaped already.
 */

typedef struct {
    ngx_http_request_t              *request;
    ngx_http_owncloud_ctx_t         *ctx;
    ngx_http_owncloud_repository_t  *repository;
    ngx_http_owncloud_json_t        *json;

    ngx_str_t                        folder;
    ngx_http_owncloud_signer_t       signer;
    ngx_str_t                        folder_icon;

    ngx_str_t                        source;     /* the folder and a name */
    ngx_str_t                        path;       /* escaped: the folder, */
    ngx_str_t                        icon;       /* and where icons are */
    ngx_str_t                        preview;    /* URL, escaped, of previews */
    ngx_str_t                        preview_folder;     /* and in its query */
    ngx_str_t                        title;      /* of the node, within it */
    u_char                          *node;       /* room for any node */

    unsigned                         previews:2;
    unsigned                         search:1;
} ngx_http_owncloud_nodes_t;


/* write the JSON of an entry to nodes->node; return its end, or NULL */

/* write the JSON of an entry to nodes->node; return its end, or NULL */
u_char *ngx_http_owncloud_node_folder(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);
u_char *ngx_http_owncloud_node_file(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);


#endif /* _NGX_HTTP_OWNCLOUD_NODE_H_INCLUDED_ */
