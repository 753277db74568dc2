
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_frame.h"


typedef enum {
    sw_size = 0,
    sw_extension,
    sw_size_lf,
    sw_data,
    sw_data_end,
    sw_data_lf,
    sw_trailer_start,
    sw_trailer,
    sw_trailer_lf,
    sw_end_lf,
    sw_end
} ngx_http_owncloud_frame_e;


static ngx_int_t ngx_http_owncloud_frame_chunked(
    ngx_http_owncloud_frame_t *frame, u_char **pos, u_char *last,
    ngx_str_t *piece);
static ngx_int_t ngx_http_owncloud_frame_piece(
    ngx_http_owncloud_frame_t *frame, u_char **pos, u_char *last,
    ngx_str_t *piece);
static ngx_int_t ngx_http_owncloud_frame_byte(
    ngx_http_owncloud_frame_t *frame, u_char ch);
static ngx_int_t ngx_http_owncloud_frame_size(
    ngx_http_owncloud_frame_t *frame, u_char ch);
static ngx_int_t ngx_http_owncloud_frame_size_end(
    ngx_http_owncloud_frame_t *frame, u_char ch);
static ngx_int_t ngx_http_owncloud_frame_trailer(
    ngx_http_owncloud_frame_t *frame, u_char ch);
static ngx_int_t ngx_http_owncloud_frame_extra(
    ngx_http_owncloud_frame_t *frame, u_char ch);


void
ngx_http_owncloud_frame_init(ngx_http_owncloud_frame_t *frame,
    ngx_uint_t framing, off_t length)
{
    ngx_memzero(frame, sizeof(ngx_http_owncloud_frame_t));

    frame->framing = framing;

    if (framing == NGX_HTTP_OWNCLOUD_FRAMING_LENGTH) {
        frame->left = length;
    }
}


ngx_int_t
ngx_http_owncloud_frame_next(ngx_http_owncloud_frame_t *frame, u_char **pos,
    u_char *last, ngx_str_t *piece)
{
    switch (frame->framing) {

    case NGX_HTTP_OWNCLOUD_FRAMING_NONE:
        return NGX_DONE;

    case NGX_HTTP_OWNCLOUD_FRAMING_LENGTH:

        if (frame->left == 0) {
            return NGX_DONE;
        }

        return ngx_http_owncloud_frame_piece(frame, pos, last, piece);

    case NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED:
        return ngx_http_owncloud_frame_chunked(frame, pos, last, piece);

    default: /* NGX_HTTP_OWNCLOUD_FRAMING_CLOSE */

        frame->left = last - *pos;

        return ngx_http_owncloud_frame_piece(frame, pos, last, piece);
    }
}


static ngx_int_t
ngx_http_owncloud_frame_piece(ngx_http_owncloud_frame_t *frame, u_char **pos,
    u_char *last, ngx_str_t *piece)
{
    if (*pos == last) {
        return NGX_AGAIN;
    }

    piece->data = *pos;
    piece->len = (size_t) ngx_min((off_t) (last - *pos), frame->left);

    *pos += piece->len;
    frame->left -= piece->len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_frame_chunked(ngx_http_owncloud_frame_t *frame,
    u_char **pos, u_char *last, ngx_str_t *piece)
{
    while (frame->state != sw_end) {

        if (frame->state == sw_data) {

            if (frame->left) {
                return ngx_http_owncloud_frame_piece(frame, pos, last, piece);
            }

            frame->state = sw_data_end;
        }

        if (*pos == last) {
            return NGX_AGAIN;
        }

        if (ngx_http_owncloud_frame_byte(frame, *(*pos)++) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_owncloud_frame_byte(ngx_http_owncloud_frame_t *frame, u_char ch)
{
    switch (frame->state) {

    case sw_size:
        return ngx_http_owncloud_frame_size(frame, ch);

    case sw_extension:

        if (ch == CR || ch == LF) {
            return ngx_http_owncloud_frame_size_end(frame, ch);
        }

        return ngx_http_owncloud_frame_extra(frame, ch);

    case sw_size_lf:
        return (ch == LF) ? ngx_http_owncloud_frame_size_end(frame, ch)
                          : NGX_DECLINED;

    case sw_data_end:

        if (ch == CR) {
            frame->state = sw_data_lf;
            return NGX_OK;
        }

        /* fall through */

    case sw_data_lf:

        if (ch != LF) {
            return NGX_DECLINED;
        }

        frame->state = sw_size;
        frame->digits = 0;

        return NGX_OK;

    default:
        return ngx_http_owncloud_frame_trailer(frame, ch);
    }
}


static ngx_int_t
ngx_http_owncloud_frame_size(ngx_http_owncloud_frame_t *frame, u_char ch)
{
    u_char      c;
    ngx_uint_t  n;

    c = (u_char) (ch | 0x20);

    if (ch >= '0' && ch <= '9') {
        n = ch - '0';

    } else if (c >= 'a' && c <= 'f') {
        n = c - 'a' + 10;

    } else {

        if (frame->digits == 0) {
            return NGX_DECLINED;
        }

        if (ch == CR || ch == LF) {
            return ngx_http_owncloud_frame_size_end(frame, ch);
        }

        if (ch != ';' && ch != ' ' && ch != '\t') {
            return NGX_DECLINED;
        }

        frame->state = sw_extension;

        return ngx_http_owncloud_frame_extra(frame, ch);
    }

    if (++frame->digits > NGX_HTTP_OWNCLOUD_FRAME_DIGITS
        || frame->left > (NGX_MAX_OFF_T_VALUE - (off_t) n) / 16)
    {
        return NGX_DECLINED;
    }

    frame->left = frame->left * 16 + n;

    return NGX_OK;
}


/* a CR, which an LF must follow, or that LF */

static ngx_int_t
ngx_http_owncloud_frame_size_end(ngx_http_owncloud_frame_t *frame, u_char ch)
{
    if (ch == CR) {
        frame->state = sw_size_lf;

    } else {
        frame->state = frame->left ? sw_data : sw_trailer_start;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_frame_trailer(ngx_http_owncloud_frame_t *frame, u_char ch)
{
    switch (frame->state) {

    case sw_trailer_start:

        if (ch == CR) {
            frame->state = sw_end_lf;
            return NGX_OK;
        }

        if (ch == LF) {
            frame->state = sw_end;
            return NGX_OK;
        }

        frame->state = sw_trailer;

        return ngx_http_owncloud_frame_extra(frame, ch);

    case sw_trailer:

        if (ch == CR) {
            frame->state = sw_trailer_lf;
            return NGX_OK;
        }

        if (ch == LF) {
            frame->state = sw_trailer_start;
            return NGX_OK;
        }

        return ngx_http_owncloud_frame_extra(frame, ch);

    case sw_trailer_lf:
        frame->state = sw_trailer_start;
        break;

    default: /* sw_end_lf */
        frame->state = sw_end;
    }

    return (ch == LF) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_frame_extra(ngx_http_owncloud_frame_t *frame, u_char ch)
{
    if (ch == '\0' || ++frame->extra > NGX_HTTP_OWNCLOUD_FRAME_EXTRA) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
