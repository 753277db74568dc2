
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Serializes numbers as 8 bytes, most significant first, and texts with a
 * length of 2 bytes.  This format is sealed into cookies, links and files: it
 * must not change.
 */

/* returns the packed size of a text of "len" bytes */
#define ngx_http_owncloud_pack_size(len)  (2 + (len))


/*
 * pack() writes "number" to "p", which has room for 8 bytes, and returns the
 * end.  unpack() reads "*number" at "*p" and advances "*p"; it returns NGX_OK,
 * or NGX_DECLINED if fewer than 8 bytes are left before "last".
 */
u_char *ngx_http_owncloud_pack_number(u_char *p, uint64_t number);
ngx_int_t ngx_http_owncloud_unpack_number(u_char **p, u_char *last,
    uint64_t *number);

/*
 * The same for a text.  "len" is at most 65535, and "p" has room for
 * ngx_http_owncloud_pack_size(len) bytes.  The text read is not copied:
 * "*data" points into the input.
 */
u_char *ngx_http_owncloud_pack_text(u_char *p, u_char *data, size_t len);
ngx_int_t ngx_http_owncloud_unpack_text(u_char **p, u_char *last,
    u_char **data, size_t *len);


#endif /* _NGX_HTTP_OWNCLOUD_PACK_H_INCLUDED_ */
