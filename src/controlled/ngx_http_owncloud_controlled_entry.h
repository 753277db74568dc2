
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * What the zone keeps of a link that is being made, or was when a worker
 * ended: a state, and the name of the link's folder.
 */

#define NGX_HTTP_OWNCLOUD_CONTROLLED_NAME   32      /* bytes */

#define NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY                                    \
    (1 + NGX_HTTP_OWNCLOUD_CONTROLLED_NAME)


typedef enum {
    NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN = 0,
    NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED,
    NGX_HTTP_OWNCLOUD_CONTROLLED_MADE,      /* the copy */
    NGX_HTTP_OWNCLOUD_CONTROLLED_STORED     /* by Moodle, maybe */
} ngx_http_owncloud_controlled_state_e;


/* which link it is: a request that is repeated is for the same one */

typedef struct {
    ngx_str_t     issuer;
    ngx_str_t     origin;       /* and root: of the Moodle */
    ngx_str_t     root;
    ngx_str_t     user;         /* at the cloud */
    ngx_str_t     path;
    ngx_array_t  *fields;       /* of the form: ctx_id, itemid, ... */
} ngx_http_owncloud_controlled_entry_t;


/*
 * Writes the entry's key, NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN bytes, to "key".
 * NGX_ERROR: no digest.
 */
ngx_int_t ngx_http_owncloud_controlled_entry_key(
    ngx_http_owncloud_controlled_entry_t *link, u_char *key);

/*
 * Writes the entry, NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY bytes, to "p"; "name"
 * has NGX_HTTP_OWNCLOUD_CONTROLLED_NAME bytes.
 */
void ngx_http_owncloud_controlled_entry_write(u_char *p, ngx_uint_t state,
    u_char *name);

/*
 * Reads an entry: returns its state and sets "name", or returns UNKNOWN if
 * "value" is not an entry.
 */
ngx_uint_t ngx_http_owncloud_controlled_entry_read(ngx_str_t *value,
    u_char *name);

/*
 * Writes what the zone keeps of a link that was opened: who reads the file,
 * NGX_HTTP_OWNCLOUD_AS_..., its decoded path and the reader's id at the cloud.
 * "value" is allocated from "pool".  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_controlled_opened_write(ngx_pool_t *pool,
    ngx_uint_t as, ngx_str_t *path, ngx_str_t *reader, ngx_str_t *value);

/* Reads it; strings point into "value".  NGX_DECLINED: it is something else. */
ngx_int_t ngx_http_owncloud_controlled_opened_read(ngx_str_t *value,
    ngx_uint_t *as, ngx_str_t *path, ngx_str_t *reader);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY_H_INCLUDED_ */
