
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Values in bytes that are the same on all machines: numbers are 8 bytes, the
 * highest first, texts have 2 bytes of length before them.  This is the form
 * of what is sealed into cookies, links and files: it must not change.
 *
 * A writer writes to "p", which has room, and returns the end.  A reader reads
 * from "*p", moves it behind what it read, and reads nothing from "last" on:
 * NGX_DECLINED: there is less than that.
 */

/* the bytes of a text of "len" bytes */
#define ngx_http_owncloud_pack_size(len)  (2 + (len))


/*
 * Writes 8 bytes, the highest first, to "p" and returns their end; reads them
 * and moves "*p", NGX_DECLINED: there are not as many before "last".
 */
u_char *ngx_http_owncloud_pack_number(u_char *p, uint64_t number);
ngx_int_t ngx_http_owncloud_unpack_number(u_char **p, u_char *last,
    uint64_t *number);

/* "len" is no more than 65535; "*data" stays where it was read */
u_char *ngx_http_owncloud_pack_text(u_char *p, u_char *data, size_t len);
ngx_int_t ngx_http_owncloud_unpack_text(u_char **p, u_char *last,
    u_char **data, size_t *len);


#endif /* _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_ */
