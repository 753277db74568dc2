
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_backoff.h"
#include "ngx_http_owncloud_stream.h"
#include "ngx_http_owncloud_upstream.h"


static ngx_int_t ngx_http_owncloud_stream_write(void *data, u_char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_stream_header(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static void ngx_http_owncloud_stream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);


ngx_int_t
ngx_http_owncloud_stream_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_http_owncloud_stream_t *stream)
{
    if (ctx->aborted) {
        r->connection->error = 1;
        return NGX_ERROR;
    }

    call->sink = ngx_http_owncloud_stream_sink(r);
    if (call->sink == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->stream = stream;
    call->header = ngx_http_owncloud_stream_header;
    call->finalize = ngx_http_owncloud_stream_finalize_request;
    call->replayable = 1;
    call->started = ngx_current_msec;

    ctx->call = call;
    ctx->calls++;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud stream %V %V%V", &call->method,
                   &call->upstream->authority, &call->uri);

    r->main->count++;

    return ngx_http_owncloud_upstream_start(r, call);
}


ngx_http_owncloud_sink_t *
ngx_http_owncloud_stream_sink(ngx_http_request_t *r)
{
    ngx_http_owncloud_sink_t  *sink;

    sink = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_sink_t));
    if (sink == NULL) {
        return NULL;
    }

    sink->write = ngx_http_owncloud_stream_write;
    sink->data = r;
    sink->limit = NGX_MAX_OFF_T_VALUE;

    return sink;
}


/* the bytes stay in u->buffer until they are sent to the client */

static ngx_int_t
ngx_http_owncloud_stream_write(void *data, u_char *p, size_t len)
{
    ngx_http_request_t *r = data;

    ngx_buf_t                 *b;
    ngx_chain_t               *cl;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    if (len == 0) {
        return NGX_OK;
    }

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    cl = ngx_chain_get_free_buf(r->pool, &u->free_bufs);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    /*
     * nginx takes the whole chain at once: if out_bufs is set, call->out is
     * its last
     */

    if (u->out_bufs == NULL) {
        u->out_bufs = cl;

    } else {
        call->out->next = cl;
    }

    call->out = cl;

    b = cl->buf;

    b->flush = 1;
    b->memory = 1;
    b->tag = u->output.tag;
    b->pos = p;
    b->last = p + len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_stream_header(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_int_t  rc;

    rc = call->stream->header(r, call->ctx, call);

    /*
     * not NGX_HTTP_UPSTREAM_INVALID_HEADER, which would mark the server as
     * failed
     */

    return (rc == NGX_DECLINED) ? NGX_ERROR : rc;
}


/*
 * nginx would send its own error page, 502 for nearly everything.  The stream
 * sends its response instead and sets u->header_sent.
 */

static void
ngx_http_owncloud_stream_finalize_request(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    ngx_http_owncloud_upstream_finalize_request(r, rc);

    call->done = 1;

    if (call->header_done) {
        ngx_http_owncloud_backoff_note(r, call->ctx, call);
    }

    if (rc == NGX_OK && u->header_sent
        && call->stream->ended(r, call->ctx, call) != NGX_OK)
    {
        /* send neither a last chunk nor another response on this connection */

        r->connection->error = 1;
    }

    if (u->header_sent || rc < NGX_HTTP_SPECIAL_RESPONSE
        || rc == NGX_HTTP_CLIENT_CLOSED_REQUEST
        || rc == NGX_HTTP_REQUEST_TIME_OUT
        || r->connection->error)
    {
        return;
    }

    (void) call->stream->failed(r, call->ctx, call);

    u->header_sent = r->header_sent;
}
