
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* of chunk extensions and trailers, which nobody looks at, in one answer */
#define NGX_HTTP_OWNCLOUD_FRAME_EXTRA   65536

/* of the size of a chunk: a sensible number, and some zeros before it */
#define NGX_HTTP_OWNCLOUD_FRAME_DIGITS  32


/* what tells where the body of an answer ends (RFC 9112, 6.3) */

typedef enum {
    NGX_HTTP_OWNCLOUD_FRAMING_NONE = 0,   /* there is none: 204, 304 */
    NGX_HTTP_OWNCLOUD_FRAMING_LENGTH,
    NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED,
    NGX_HTTP_OWNCLOUD_FRAMING_CLOSE       /* the end of the connection only */
} ngx_http_owncloud_framing_e;


typedef struct {
    ngx_uint_t                 framing;
    ngx_uint_t                 state;
    ngx_uint_t                 digits;    /* of the size of this chunk */
    off_t                      left;      /* of the body, or of the chunk */
    size_t                     extra;     /* bytes that are not the body's */
} ngx_http_owncloud_frame_t;


/* before a body; "length" in bytes is that of a Content-Length */
void ngx_http_owncloud_frame_init(ngx_http_owncloud_frame_t *frame,
    ngx_uint_t framing, off_t length);

/*
 * Takes the next piece of the body out of the bytes from "*pos" to "last",
 * and moves "*pos" behind it.  NGX_OK: "piece" points into them, and there may
 * be more; NGX_AGAIN: they are used up and the body goes on; NGX_DONE: it is
 * complete, what is left at "*pos" belongs to nothing; NGX_DECLINED: these are
 * no chunks (RFC 9112, 7.1), or more than ..._EXTRA bytes around them.  What
 * is told does not depend on where the bytes are split.
 */
ngx_int_t ngx_http_owncloud_frame_next(ngx_http_owncloud_frame_t *frame,
    u_char **pos, u_char *last, ngx_str_t *piece);


#endif /* _NGX_HTTP_OWNCLOUD_FRAME_H_INCLUDED_ */
