
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* chunk extensions and trailers of a response, in bytes; both are ignored */
#define NGX_HTTP_OWNCLOUD_FRAME_EXTRA   65536

/* digits of a chunk size, which may have leading zeros */
#define NGX_HTTP_OWNCLOUD_FRAME_DIGITS  32


/* how the end of a response body is found (RFC 9112, 6.3) */

typedef enum {
    NGX_HTTP_OWNCLOUD_FRAMING_NONE = 0,   /* no body: 204, 304 */
    NGX_HTTP_OWNCLOUD_FRAMING_LENGTH,
    NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED,
    NGX_HTTP_OWNCLOUD_FRAMING_CLOSE       /* at the end of the connection */
} ngx_http_owncloud_framing_e;


typedef struct {
    ngx_uint_t                 framing;
    ngx_uint_t                 state;
    ngx_uint_t                 digits;    /* in this chunk's size */
    off_t                      left;      /* of the body or the chunk */
    size_t                     extra;     /* bytes outside the body */
} ngx_http_owncloud_frame_t;


/* starts a body; "length" is the Content-Length in bytes */
void ngx_http_owncloud_frame_init(ngx_http_owncloud_frame_t *frame,
    ngx_uint_t framing, off_t length);

/*
 * Takes the next piece of the body from the bytes between "*pos" and "last"
 * and advances "*pos".  Returns NGX_OK if "piece" points to data, after which
 * there may be more; NGX_AGAIN if all bytes are used and the body continues;
 * NGX_DONE if the body is complete, so that anything left at "*pos" is
 * surplus; NGX_DECLINED if the chunked encoding (RFC 9112, 7.1) is invalid or
 * exceeds NGX_HTTP_OWNCLOUD_FRAME_EXTRA.  The results do not depend on where
 * the bytes are split.
 */
ngx_int_t ngx_http_owncloud_frame_next(ngx_http_owncloud_frame_t *frame,
    u_char **pos, u_char *last, ngx_str_t *piece);


#endif /* _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_ */
