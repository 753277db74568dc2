
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"

#include "ngx_http_owncloud_frame.h"


static ngx_pool_t  *unit_memory;
static u_char       unit_body[1024];
static size_t       unit_len;
static size_t       unit_left;


/* takes a body apart that comes in pieces of "step" bytes */

static ngx_int_t
unit_take(ngx_uint_t framing, off_t length, ngx_str_t *text, size_t step)
{
    size_t                      n, size;
    u_char                     *pos;
    ngx_int_t                   rc;
    ngx_str_t                   copy, piece;
    ngx_http_owncloud_frame_t   frame;

    ngx_http_owncloud_frame_init(&frame, framing, length);

    unit_len = 0;
    rc = NGX_AGAIN;

    for (n = 0; rc == NGX_AGAIN && n < text->len; n += size) {

        size = ngx_min(step, text->len - n);

        copy.data = text->data + n;
        copy.len = size;
        copy = unit_copy(unit_memory, &copy);

        pos = copy.data;

        do {
            rc = ngx_http_owncloud_frame_next(&frame, &pos, copy.data + size,
                                              &piece);
            if (rc == NGX_OK) {
                ngx_memcpy(unit_body + unit_len, piece.data, piece.len);
                unit_len += piece.len;
            }

        } while (rc == NGX_OK);

        unit_left = text->len - n - (pos - copy.data);
    }

    return rc;
}


static void
unit_framing(void)
{
    ngx_uint_t  i, step;

    static struct {
        ngx_uint_t   framing;
        off_t        length;
        ngx_str_t    text;
        ngx_int_t    rc;
        ngx_str_t    body;
        size_t       left;
    } cases[] = {

        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, unit_str("hello"),
          NGX_DONE, unit_str("hello"), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, unit_str("helloHTTP/1.1 403"),
          NGX_DONE, unit_str("hello"), 12 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 9, unit_str("hello"),
          NGX_AGAIN, unit_str("hello"), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_NONE, 5, unit_str("hello"),
          NGX_DONE, unit_str(""), 5 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, unit_str("hello"),
          NGX_AGAIN, unit_str("hello"), 0 },

        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5\r\nhello\r\n0\r\n\r\n"),
          NGX_DONE, unit_str("hello"), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("3\nhel\n002\nlo\n0\n\nHTTP/1.1 403"),
          NGX_DONE, unit_str("hello"), 12 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("0000000000A ;a=\"b\"\r\n0123456789\r\n"
                   "0;last\r\nX: 5\r\nY:\nContent-Length: 7\r\n\r\n!"),
          NGX_DONE, unit_str("0123456789"), 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5\t\r\nhello\r\n0\r\n"),
          NGX_AGAIN, unit_str("hello"), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("aB\r\n"), NGX_AGAIN, unit_str(""), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("7fffffffffffffff\r\nhello"),
          NGX_AGAIN, unit_str("hello"), 0 },

        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("\r\n"), NGX_DECLINED, unit_str(""), 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str(";x\r\n"), NGX_DECLINED, unit_str(""), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("-5\r\n"), NGX_DECLINED, unit_str(""), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("0x5\r\n"), NGX_DECLINED, unit_str(""), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5g\r\n"), NGX_DECLINED, unit_str(""), 2 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("8000000000000000\r\n"), NGX_DECLINED, unit_str(""), 2 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("000000000000000000000000000000001\r\n"),
          NGX_DECLINED, unit_str(""), 2 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5\rhello"), NGX_DECLINED, unit_str(""), 4 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5;a\rb\r\n"), NGX_DECLINED, unit_str(""), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5;a\0b\r\n"), NGX_DECLINED, unit_str(""), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5\r\nhelloX0\r\n"), NGX_DECLINED, unit_str("hello"), 3 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("5\r\nhello\rX0"), NGX_DECLINED, unit_str("hello"), 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("0\r\nX: y\rz\r\n\r\n"), NGX_DECLINED, unit_str(""), 5 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("0\r\n\rX"), NGX_DECLINED, unit_str(""), 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1,
          unit_str("0\r\nX: \0\r\n\r\n"), NGX_DECLINED, unit_str(""), 4 },
    };

    for (i = 0; i < unit_n(cases); i++) {
        for (step = 1; step <= cases[i].text.len; step++) {

            ngx_int_t  rc;
            ngx_str_t  body;

            rc = unit_take(cases[i].framing, cases[i].length, &cases[i].text,
                           step);

            body.data = unit_body;
            body.len = unit_len;

            unit_ok(rc == cases[i].rc && unit_same(&body, &cases[i].body)
                    && (rc != NGX_DONE || unit_left == cases[i].left),
                    "%u in pieces of %u: %d, %u left", (unsigned) i,
                    (unsigned) step, (int) rc, (unsigned) unit_left);
        }
    }
}


/* what is not the body's has an end */

static void
unit_extra(void)
{
    size_t      i, n;
    ngx_str_t   text;
    ngx_uint_t  kind;

    for (kind = 0; kind < 4; kind++) {
        for (n = 65535; n <= 65536; n++) {

            text.data = ngx_pnalloc(unit_memory, 4 * n + 64);
            text.len = 0;

            switch (kind) {

            case 0:     /* one extension, with its semicolon */
                text.len = ngx_sprintf(text.data, "1;") - text.data;
                ngx_memset(text.data + 2, 'x', n);
                text.len += n;
                break;

            case 1:     /* one trailer */
                text.len = ngx_sprintf(text.data, "0\r\nX") - text.data;
                ngx_memset(text.data + text.len, 'x', n);
                text.len += n;
                break;

            case 2:     /* trailers of one byte */
                text.len = ngx_sprintf(text.data, "0\r\n") - text.data;

                for (i = 0; i < n + 1; i++) {
                    ngx_memcpy(text.data + text.len, "x\r\n", 3);
                    text.len += 3;
                }

                break;

            default:    /* an extension in front of each byte, and a trailer */
                text.len = 0;

                for (i = 0; i < 100; i++) {
                    text.len = ngx_sprintf(text.data + text.len, "1;")
                               - text.data;
                    ngx_memset(text.data + text.len, 'x', 99);
                    text.len += 99;
                    ngx_memcpy(text.data + text.len, "\r\n!\r\n", 5);
                    text.len += 5;
                }

                text.len = ngx_sprintf(text.data + text.len, "0\r\nX")
                           - text.data;
                ngx_memset(text.data + text.len, 'x', n - 10000);
                text.len += n - 10000;
            }

            unit_ok(unit_take(NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, &text,
                              8192)
                    == (n == 65535 ? NGX_AGAIN : NGX_DECLINED),
                    "kind %u, %u bytes", (unsigned) kind, (unsigned) n + 1);
        }
    }
}


int
main(void)
{
    unit_memory = unit_pool();

    unit_framing();
    unit_extra();

    ngx_destroy_pool(unit_memory);

    return unit_done();
}
