
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * What is sealed, in bytes that are the same on all machines: numbers with
 * their highest byte first, texts with two bytes of length before them.
 * Readers return NGX_DECLINED where there is less than that; texts stay where
 * they are.
 */

#define ngx_http_owncloud_pack_size(len)  (2 + (len))


u_char *ngx_http_owncloud_pack_number(u_char *p, uint64_t number);
ngx_int_t ngx_http_owncloud_unpack_number(u_char **p, u_char *last,
    uint64_t *number);

/* no more than 65535 bytes */
u_char *ngx_http_owncloud_pack_text(u_char *p, u_char *data, size_t len);
ngx_int_t ngx_http_owncloud_unpack_text(u_char **p, u_char *last,
    u_char **data, size_t *len);


#endif /* _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_ */
