
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"


/*
 * A compact form of a listing for shared memory.  It is private: it is valid
 * on one machine and for one version of the module.
 */


/*
 * Returns how many bytes ngx_http_owncloud_dav_pack() writes for "n" entries.
 */
size_t ngx_http_owncloud_dav_pack_size(ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n);

/*
 * Writes "n" entries to "p", which has room for
 * ngx_http_owncloud_dav_pack_size() bytes, and returns the end.  Names have 1
 * to 16384 bytes; unknown sizes and dates are -1.
 */
u_char *ngx_http_owncloud_dav_pack(u_char *p,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n);

/*
 * Reads packed entries.  "*entries" are "*n" pointers allocated from "pool";
 * the names point into "text", which must outlive them.  Returns NGX_OK,
 * NGX_DECLINED if "text" is not a packed listing, or NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_dav_unpack(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_ */
