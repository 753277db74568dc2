
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_frame.h"


typedef struct {
    ngx_int_t   rc;
    size_t      left;
    ngx_str_t   body;
} fuzz_body_t;


static void fuzz_take(ngx_pool_t *pool, const uint8_t *data, size_t size,
    ngx_uint_t framing, off_t length, size_t step, fuzz_body_t *body);


/*
 * The first byte is the framing, the second a length and how long the pieces
 * are that the rest comes in.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    off_t        length;
    size_t       step;
    ngx_uint_t   framing;
    ngx_pool_t  *pool;
    fuzz_body_t  whole, split;

    if (size < 2) {
        return 0;
    }

    framing = data[0] & 3;
    length = data[1];
    step = 1 + (data[1] & 15);

    data += 2;
    size -= 2;

    pool = fuzz_pool();

    fuzz_take(pool, data, size, framing, length, size ? size : 1, &whole);
    fuzz_take(pool, data, size, framing, length, step, &split);

    fuzz_assert(whole.rc == split.rc);
    fuzz_assert(whole.rc != NGX_DONE || whole.left == split.left);
    fuzz_assert(fuzz_same(&whole.body, &split.body));
    fuzz_assert(whole.body.len + whole.left <= size);

    switch (framing) {

    case NGX_HTTP_OWNCLOUD_FRAMING_NONE:
        fuzz_assert(whole.body.len == 0);
        break;

    case NGX_HTTP_OWNCLOUD_FRAMING_LENGTH:
        fuzz_assert(whole.body.len == ngx_min(size, (size_t) length));
        fuzz_assert((whole.rc == NGX_DONE) == (size >= (size_t) length));
        break;

    case NGX_HTTP_OWNCLOUD_FRAMING_CLOSE:
        fuzz_assert(whole.body.len == size && whole.rc == NGX_AGAIN);
        break;

    default: /* a last chunk, and its last line, are three bytes at least */
        fuzz_assert(whole.rc != NGX_DONE || whole.body.len + 3 <= size);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_take(ngx_pool_t *pool, const uint8_t *data, size_t size,
    ngx_uint_t framing, off_t length, size_t step, fuzz_body_t *body)
{
    size_t                      n, len;
    u_char                     *pos;
    ngx_str_t                   part, piece;
    ngx_http_owncloud_frame_t   frame;

    ngx_http_owncloud_frame_init(&frame, framing, length);

    body->body.data = ngx_pnalloc(pool, size + 1);
    fuzz_assert(body->body.data != NULL);

    body->body.len = 0;
    body->rc = NGX_AGAIN;
    body->left = 0;

    for (n = 0, len = 0; body->rc == NGX_AGAIN; n += len) {

        len = ngx_min(step, size - n);
        part = fuzz_copy(pool, data + n, len);
        pos = part.data;

        while ((body->rc = ngx_http_owncloud_frame_next(&frame, &pos,
                                                        part.data + len,
                                                        &piece))
               == NGX_OK)
        {
            fuzz_assert(piece.len > 0 && piece.data >= part.data
                        && piece.data + piece.len == pos
                        && pos <= part.data + len);

            ngx_memcpy(body->body.data + body->body.len, piece.data,
                       piece.len);
            body->body.len += piece.len;
        }

        body->left = size - n - (pos - part.data);

        if (n + len == size) {
            break;
        }
    }
}
