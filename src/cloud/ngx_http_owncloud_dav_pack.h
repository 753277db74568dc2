
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_


#include "ngx_http_owncloud_dav.h"


/* entries in as few bytes as will do: how they are kept */


/* the bytes that "n" entries take */
size_t ngx_http_owncloud_dav_pack_size(ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n);

/* writes them to "p", which has room for them */
u_char *ngx_http_owncloud_dav_pack(u_char *p,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n);

/*
 * Reads what was written; names stay where they are in "text".
 * NGX_DECLINED: these are no such entries; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_dav_unpack(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_PACK_H_INCLUDED_ */
