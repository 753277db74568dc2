
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"


/*
 * Entries of a listing in few bytes: how shared memory keeps them.  The form
 * is ours alone and is good for one machine and one version of the module.
 */


/* the bytes that ngx_http_owncloud_dav_pack() writes for "n" entries */
size_t ngx_http_owncloud_dav_pack_size(ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n);

/*
 * Writes "n" entries to "p", which has room for them, and returns the end.
 * Names have 1 to 16384 bytes; sizes and dates are -1 if they are unknown.
 */
u_char *ngx_http_owncloud_dav_pack(u_char *p,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n);

/*
 * Reads what was written: "*entries" are "*n" pointers from "pool", names
 * stay where they are in "text".
 * NGX_DECLINED: these are no such entries; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_dav_unpack(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_ */
