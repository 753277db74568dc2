
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_upstream.h"


static ngx_int_t ngx_http_owncloud_upstream_pause(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ssize_t bytes);
static ngx_int_t ngx_http_owncloud_upstream_write(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len);
static ngx_int_t ngx_http_owncloud_upstream_excerpt(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len);


/*
 * Sets u->length, which ngx_http_upstream_process_non_buffered_request()
 * reads: 0 ends the response, -1 ends it with the connection, and any other
 * value makes the end of the connection a truncated response.
 */

ngx_int_t
ngx_http_owncloud_upstream_filter_init(void *data)
{
    ngx_http_request_t  *r = data;

    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (call->framing == NGX_HTTP_OWNCLOUD_FRAMING_CLOSE) {
        u->length = -1;

    } else if (call->framing == NGX_HTTP_OWNCLOUD_FRAMING_NONE
               || call->length == 0)
    {
        u->length = 0;

        /* an unexpected body would be taken for the next response */

        u->keepalive = (!u->headers_in.connection_close
                        && !u->headers_in.chunked && call->length <= 0
                        && u->buffer.pos == u->buffer.last);

    } else {
        u->length = 1;
    }

    return NGX_OK;
}


/*
 * u->buffer.last is not advanced, so that the next bytes reuse the buffer,
 * unless these are on their way to the client.
 */

ngx_int_t
ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t  *r = data;

    u_char                    *pos, *last;
    ngx_int_t                  rc;
    ngx_str_t                  piece;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (u->length == 0) {
        u->keepalive = 0;
        return NGX_OK;
    }

    pos = u->buffer.last;
    last = pos + bytes;

    for ( ;; ) {

        rc = ngx_http_owncloud_frame_next(&call->frame, &pos, last, &piece);

        if (rc != NGX_OK) {
            break;
        }

        if (ngx_http_owncloud_upstream_write(r, call, piece.data, piece.len)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_upstream_invalid(r, call, "chunked body");
    }

    if (call->stream) {
        u->buffer.last = last;

        if (last == u->buffer.end) {
            call->ahead = 1;
        }
    }

    if (rc == NGX_DONE) {
        u->length = 0;
        u->keepalive = (!u->headers_in.connection_close && pos == last);

        return NGX_OK;
    }

    return ngx_http_owncloud_upstream_pause(r, call, bytes);
}


/*
 * nginx reads as long as the socket is readable, so a fast server would block
 * all other events of the worker.  From time to time, the socket is marked as
 * not ready and read again after the other events, as in ngx_ssl_recv().
 */

static ngx_int_t
ngx_http_owncloud_upstream_pause(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ssize_t bytes)
{
    ngx_event_t  *rev;

    if (ngx_http_owncloud_upstream_overdue(r, call)) {
        return NGX_ERROR;
    }

    call->burst += bytes;

    if (call->burst < NGX_HTTP_OWNCLOUD_BURST_SIZE) {
        return NGX_OK;
    }

    call->burst = 0;

    rev = r->upstream->peer.connection->read;

    if (!rev->ready) {
        return NGX_OK;
    }

    rev->ready = 0;

    if (rev->posted) {
        ngx_delete_posted_event(rev);
    }

    ngx_post_event(rev, &ngx_posted_next_events);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_write(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len)
{
    ngx_http_owncloud_sink_t  *sink;

    sink = call->sink;

    if (call->status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_owncloud_upstream_excerpt(r, call, p, len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (sink == NULL
        || (call->sink_status && call->sink_status != call->status))
    {
        call->discarded += len;

        /* the status is enough, and closing is cheaper than reading on */

        return call->discarded > NGX_HTTP_OWNCLOUD_DISCARD_SIZE ? NGX_ERROR
                                                                : NGX_OK;
    }

    sink->size += len;

    if (sink->size > sink->limit) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_TOO_BIG;
        return NGX_ERROR;
    }

    if (sink->write(sink->data, p, len) != NGX_OK) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_STOPPED;
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* a maintenance mode may be visible in the body only */

static ngx_int_t
ngx_http_owncloud_upstream_excerpt(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len)
{
    ngx_str_t  *excerpt;

    excerpt = &call->excerpt;

    if (excerpt->data == NULL) {
        excerpt->data = ngx_pnalloc(r->pool, NGX_HTTP_OWNCLOUD_EXCERPT_SIZE);
        if (excerpt->data == NULL) {
            return NGX_ERROR;
        }
    }

    len = ngx_min(len, NGX_HTTP_OWNCLOUD_EXCERPT_SIZE - excerpt->len);

    if (len == 0) {
        return NGX_OK;
    }

    ngx_memcpy(excerpt->data + excerpt->len, p, len);
    excerpt->len += len;

    if (ngx_http_owncloud_head_down(excerpt)) {
        call->maintenance = 1;
    }

    return NGX_OK;
}
