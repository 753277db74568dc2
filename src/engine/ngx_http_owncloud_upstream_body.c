
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
static ngx_int_t ngx_http_owncloud_upstream_said(ngx_http_request_t *r,
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

    if (call->framing == NGX_HTTP_OWNCLOUD_FRAMING_CLOSE) {
        u->length = -1;

    } else if (call->framing == NGX_HTTP_OWNCLOUD_FRAMING_NONE
               || call->length == 0)
    {
        u->length = 0;

        /* a body where there is none may yet come: it would be an answer */

        u->keepalive = (!u->headers_in.connection_close
                        && !u->headers_in.chunked && call->length <= 0
                        && u->buffer.pos == u->buffer.last);

    } else {
        u->length = 1;
    }

    return NGX_OK;
}


/*
 * u->buffer.last stays where it is: the next bytes take the same place, unless
 * these are on their way to the client.
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
ngx_http_owncloud_upstream_write(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len)
{
    ngx_http_owncloud_sink_t  *sink;

    sink = call->sink;

    if (call->status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_owncloud_upstream_said(r, call, p, len) != NGX_OK)
    {
        return NGX_ERROR;
    }

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


/* what a cloud says that is not there may be said in the body only */

static ngx_int_t
ngx_http_owncloud_upstream_said(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len)
{
    ngx_str_t  *said;

    said = &call->said;

    if (said->data == NULL) {
        said->data = ngx_pnalloc(r->pool, NGX_HTTP_OWNCLOUD_SAID_SIZE);
        if (said->data == NULL) {
            return NGX_ERROR;
        }
    }

    len = ngx_min(len, NGX_HTTP_OWNCLOUD_SAID_SIZE - said->len);

    if (len == 0) {
        return NGX_OK;
    }

    ngx_memcpy(said->data + said->len, p, len);
    said->len += len;

    if (ngx_http_owncloud_head_down(said)) {
        call->maintenance = 1;
    }

    return NGX_OK;
}
