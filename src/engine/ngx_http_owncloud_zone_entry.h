
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The formats of some values in the zone.  They are not trusted: the readers
 * return NGX_DECLINED if a value is malformed.
 */


/*
 * Parses a generation of a session and its sealed part, which stays in
 * "value".  An empty sealed part ends all generations up to this one.
 */
ngx_int_t ngx_http_owncloud_entry_session_read(ngx_str_t *value,
    uint64_t *generation, ngx_str_t *sealed);

/* Writes such a value, allocated from "pool".  NGX_ERROR: no memory. */
ngx_int_t ngx_http_owncloud_entry_session_write(ngx_pool_t *pool,
    uint64_t generation, ngx_str_t *sealed, ngx_str_t *value);


/* the result of refreshing a generation */

typedef struct {
    uint64_t    failure;       /* of the call */
    uint64_t    status;
    uint64_t    generation;
} ngx_http_owncloud_entry_refresh_t;

/* Parses the result of a failed refresh. */
ngx_int_t ngx_http_owncloud_entry_refresh_read(ngx_str_t *value,
    ngx_http_owncloud_entry_refresh_t *refresh);


/* Checks a Moodle user id: digits, or empty. */
ngx_int_t ngx_http_owncloud_entry_user_read(ngx_str_t *value);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_ */
