
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_upstream.h"


static ngx_int_t ngx_http_owncloud_upstream_chunked_filter(void *data,
    ssize_t bytes);
static void ngx_http_owncloud_upstream_keep(ngx_http_upstream_t *u,
    ngx_http_owncloud_call_t *call, ssize_t bytes);
static ngx_int_t ngx_http_owncloud_upstream_pause(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ssize_t bytes);
static ngx_int_t ngx_http_owncloud_upstream_write(
    ngx_http_owncloud_call_t *call, u_char *p, size_t len);


/*
 * u->length is what ngx_http_upstream_process_non_buffered_request() goes by:
 * 0 ends the answer, -1 lets the end of the connection end it, and anything
 * else makes that a truncated answer.
 */

ngx_int_t
ngx_http_owncloud_upstream_filter_init(void *data)
{
    ngx_http_request_t  *r = data;

    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (u->headers_in.status_n == NGX_HTTP_NO_CONTENT
        || u->headers_in.status_n == NGX_HTTP_NOT_MODIFIED)
    {
        call->framing = NGX_HTTP_OWNCLOUD_FRAMING_NONE;

    } else if (u->headers_in.chunked) {
        call->framing = NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED;

    } else {
        call->framing = call->has_length ? NGX_HTTP_OWNCLOUD_FRAMING_LENGTH
                                         : NGX_HTTP_OWNCLOUD_FRAMING_CLOSE;
    }

    if (call->framing == NGX_HTTP_OWNCLOUD_FRAMING_NONE
        || (!u->headers_in.chunked && u->headers_in.content_length_n == 0))
    {
        u->length = 0;
        u->keepalive = (!u->headers_in.connection_close
                        && u->buffer.pos == u->buffer.last);

        return NGX_OK;
    }

    if (u->headers_in.chunked) {
        u->input_filter = ngx_http_owncloud_upstream_chunked_filter;
        u->length = 1;

        return NGX_OK;
    }

    u->length = u->headers_in.content_length_n;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t  *r = data;

    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (u->length == 0) {
        u->keepalive = 0;
        return NGX_OK;
    }

    if (u->length != -1 && bytes > u->length) {
        bytes = u->length;
        u->headers_in.connection_close = 1;
    }

    if (ngx_http_owncloud_upstream_write(call, u->buffer.last, bytes)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_owncloud_upstream_keep(u, call, bytes);

    if (u->length != -1) {
        u->length -= bytes;

        if (u->length == 0) {
            u->keepalive = !u->headers_in.connection_close;
            return NGX_OK;
        }
    }

    return ngx_http_owncloud_upstream_pause(r, call, bytes);
}


static ngx_int_t
ngx_http_owncloud_upstream_chunked_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t  *r = data;

    size_t                     size;
    ngx_int_t                  rc;
    ngx_buf_t                  b;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (u->length == 0) {
        u->keepalive = 0;
        return NGX_OK;
    }

    ngx_memzero(&b, sizeof(ngx_buf_t));

    b.pos = u->buffer.last;
    b.last = u->buffer.last + bytes;

    for ( ;; ) {

        rc = ngx_http_owncloud_parse_chunked(r, &b, &call->chunked);

        if (rc == NGX_OK) {

            size = ngx_min(b.last - b.pos, call->chunked.size);

            if (ngx_http_owncloud_upstream_write(call, b.pos, size)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            b.pos += size;
            call->chunked.size -= size;

            continue;
        }

        ngx_http_owncloud_upstream_keep(u, call, bytes);

        if (rc == NGX_DONE) {
            u->length = 0;
            u->keepalive = (!u->headers_in.connection_close
                            && b.pos == b.last);
            return NGX_OK;
        }

        if (rc == NGX_AGAIN) {
            return ngx_http_owncloud_upstream_pause(r, call, bytes);
        }

        (void) ngx_http_owncloud_upstream_invalid(r, call, "chunked body");

        return NGX_ERROR;
    }
}


/*
 * u->buffer.last stays where it is: the next bytes take the same place, unless
 * these are on their way to the client.
 */

static void
ngx_http_owncloud_upstream_keep(ngx_http_upstream_t *u,
    ngx_http_owncloud_call_t *call, ssize_t bytes)
{
    if (call->relay) {
        u->buffer.last += bytes;
    }
}


/*
 * nginx reads as long as there is something to read.  What comes as fast as
 * it is read through would keep the worker from everything else: now and then
 * the connection is taken for one that has nothing at the moment, and is read
 * on with when the other events have had their turn, as ngx_ssl_recv() does.
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
ngx_http_owncloud_upstream_write(ngx_http_owncloud_call_t *call, u_char *p,
    size_t len)
{
    ngx_http_owncloud_sink_t  *sink;

    sink = call->sink;

    if (sink == NULL
        || (call->sink_status && call->sink_status != call->status))
    {
        call->discarded += len;

        /* the status has said it all, closing is cheaper than reading on */

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
