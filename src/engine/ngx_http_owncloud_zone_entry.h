
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The bytes of some values of the zone.  They are read as if somebody else
 * had written them: NGX_DECLINED if they are not what they should be.
 */


/* a generation of a session, sealed; nothing sealed: all up to it are over */
ngx_int_t ngx_http_owncloud_entry_session_read(ngx_str_t *value,
    uint64_t *generation, ngx_str_t *sealed);
ngx_int_t ngx_http_owncloud_entry_session_write(ngx_pool_t *pool,
    uint64_t generation, ngx_str_t *sealed, ngx_str_t *value);


/* what became of the refresh of a generation */

typedef struct {
    uint64_t    failure;       /* of the call */
    uint64_t    status;
    uint64_t    generation;
} ngx_http_owncloud_entry_refresh_t;

/* reads an entry of a refresh that failed; NGX_DECLINED: it is none */
ngx_int_t ngx_http_owncloud_entry_refresh_read(ngx_str_t *value,
    ngx_http_owncloud_entry_refresh_t *refresh);


/* the id of a user of Moodle, or nothing at all */
ngx_int_t ngx_http_owncloud_entry_user_read(ngx_str_t *value);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_ENTRY_H_INCLUDED_ */
