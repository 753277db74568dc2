
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"


/* of a body that nobody wants, so that its connection can be used again */
#define NGX_HTTP_OWNCLOUD_DISCARD_SIZE  65536


static ngx_int_t ngx_http_owncloud_upstream_create_request(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_upstream_reinit_request(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_upstream_process_status(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_upstream_process_header(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_upstream_header_line(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_upstream_content_length(
    ngx_http_upstream_t *u, ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_header_done(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_upstream_invalid(ngx_http_request_t *r,
    char *what);
static ngx_int_t ngx_http_owncloud_upstream_filter_init(void *data);
static ngx_int_t ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes);
static ngx_int_t ngx_http_owncloud_upstream_chunked_filter(void *data,
    ssize_t bytes);
static ngx_int_t ngx_http_owncloud_upstream_write(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len);
static void ngx_http_owncloud_upstream_abort_request(ngx_http_request_t *r);
static void ngx_http_owncloud_upstream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);
static ngx_uint_t ngx_http_owncloud_upstream_failure(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_int_t rc);


ngx_int_t
ngx_http_owncloud_upstream_start(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t  *u;

    if (ngx_http_upstream_create(r) != NGX_OK) {
        return NGX_ERROR;
    }

    u = r->upstream;

    u->conf = &call->peer->upstream;
    u->ssl = call->peer->tls;
    u->buffering = 0;

    if (call->peer->tls) {
        ngx_str_set(&u->schema, "https://");

    } else {
        ngx_str_set(&u->schema, "http://");
    }

    u->output.tag = (ngx_buf_tag_t) &ngx_http_owncloud_module;

    u->create_request = ngx_http_owncloud_upstream_create_request;
    u->reinit_request = ngx_http_owncloud_upstream_reinit_request;
    u->process_header = ngx_http_owncloud_upstream_process_status;
    u->abort_request = ngx_http_owncloud_upstream_abort_request;
    u->finalize_request = ngx_http_owncloud_upstream_finalize_request;

    u->input_filter_init = ngx_http_owncloud_upstream_filter_init;
    u->input_filter = ngx_http_owncloud_upstream_filter;
    u->input_filter_ctx = r;

    ngx_http_upstream_init(r);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_owncloud_upstream_create_request(ngx_http_request_t *r)
{
    size_t                     len;
    ngx_buf_t                 *b;
    ngx_uint_t                 i;
    ngx_chain_t               *cl;
    ngx_keyval_t              *h;
    ngx_http_owncloud_call_t  *call;

    call = r->post_subrequest->data;

    len = call->method.len + 1 + call->uri.len + sizeof(" HTTP/1.1" CRLF) - 1
          + sizeof("Host: " CRLF) - 1 + call->peer->authority.len
          + sizeof("User-Agent: " NGX_HTTP_OWNCLOUD_USER_AGENT CRLF) - 1
          + sizeof("Connection: keep-alive" CRLF) - 1
          + sizeof("Content-Length: " CRLF) - 1 + NGX_OFF_T_LEN
          + sizeof(CRLF) - 1 + call->body.len;

    for (i = 0; i < call->nheaders; i++) {
        h = &call->headers[i];
        len += h->key.len + sizeof(": " CRLF) - 1 + h->value.len;
    }

    b = ngx_create_temp_buf(r->pool, len);
    if (b == NULL) {
        return NGX_ERROR;
    }

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    b->last = ngx_sprintf(b->last, "%V %V HTTP/1.1" CRLF
                          "Host: %V" CRLF
                          "User-Agent: " NGX_HTTP_OWNCLOUD_USER_AGENT CRLF
                          "Connection: keep-alive" CRLF,
                          &call->method, &call->uri, &call->peer->authority);

    for (i = 0; i < call->nheaders; i++) {
        h = &call->headers[i];
        b->last = ngx_sprintf(b->last, "%V: %V" CRLF, &h->key, &h->value);
    }

    if (call->body.len) {
        b->last = ngx_sprintf(b->last, "Content-Length: %uz" CRLF CRLF,
                              call->body.len);
        b->last = ngx_cpymem(b->last, call->body.data, call->body.len);

    } else {
        *b->last++ = CR; *b->last++ = LF;
    }

    b->flush = 1;

    r->upstream->uri = call->uri;
    r->upstream->request_bufs = cl;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_reinit_request(ngx_http_request_t *r)
{
    ngx_http_owncloud_call_t  *call;

    call = r->post_subrequest->data;

    ngx_memzero(&call->parsed, sizeof(ngx_http_status_t));
    ngx_memzero(&call->chunked, sizeof(ngx_http_chunked_t));

    call->failure = NGX_HTTP_OWNCLOUD_CALL_GOOD;
    call->status = 0;
    call->has_length = 0;

    r->upstream->process_header = ngx_http_owncloud_upstream_process_status;
    r->upstream->input_filter = ngx_http_owncloud_upstream_filter;
    r->state = 0;

    if (call->sink) {
        ngx_http_owncloud_sink_reset(call->sink);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_process_status(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = r->post_subrequest->data;

    rc = ngx_http_parse_status_line(r, &u->buffer, &call->parsed);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_ERROR) {
        return ngx_http_owncloud_upstream_invalid(r, "status line");
    }

    if (call->parsed.code < 100 || call->parsed.code > 599) {
        return ngx_http_owncloud_upstream_invalid(r, "status");
    }

    call->status = call->parsed.code;

    u->headers_in.status_n = call->status;
    u->headers_in.connection_close =
                              (call->parsed.http_version < NGX_HTTP_VERSION_11);

    if (u->state && u->state->status == 0) {
        u->state->status = call->status;
    }

    u->process_header = ngx_http_owncloud_upstream_process_header;

    return ngx_http_owncloud_upstream_process_header(r);
}


static ngx_int_t
ngx_http_owncloud_upstream_process_header(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;

    call = r->post_subrequest->data;

    for ( ;; ) {

        rc = ngx_http_parse_header_line(r, &r->upstream->buffer, 1);

        if (rc == NGX_OK) {

            rc = ngx_http_owncloud_upstream_header_line(r, call);

            if (rc != NGX_OK) {
                return rc;
            }

            continue;
        }

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        if (rc == NGX_HTTP_PARSE_HEADER_DONE) {
            return ngx_http_owncloud_upstream_header_done(r, call);
        }

        return ngx_http_owncloud_upstream_invalid(r, "header line");
    }
}


/*
 * Only what is needed is looked at: nothing of it is put into u->headers_in,
 * so that X-Accel-Redirect and its like have no effect.
 */

static ngx_int_t
ngx_http_owncloud_upstream_header_line(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_int_t             n;
    ngx_str_t             name, value;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    name.data = r->header_name_start;
    name.len = r->header_name_end - r->header_name_start;

    value.data = r->header_start;
    value.len = r->header_end - r->header_start;

#define ngx_http_owncloud_is(literal)                                         \
    (name.len == sizeof(literal) - 1                                          \
     && ngx_strncasecmp(name.data, (u_char *) literal, name.len) == 0)

    if (ngx_http_owncloud_is("Content-Length")) {
        return ngx_http_owncloud_upstream_content_length(u, call, &value);
    }

    if (ngx_http_owncloud_is("Transfer-Encoding")) {

        if (u->headers_in.chunked
            || value.len != sizeof("chunked") - 1
            || ngx_strncasecmp(value.data, (u_char *) "chunked", value.len)
               != 0)
        {
            return ngx_http_owncloud_upstream_invalid(r, "Transfer-Encoding");
        }

        u->headers_in.chunked = 1;

    } else if (ngx_http_owncloud_is("Connection")) {

        if (ngx_strlcasestrn(value.data, value.data + value.len,
                             (u_char *) "close", 5 - 1)
            != NULL)
        {
            u->headers_in.connection_close = 1;
        }

    } else if (ngx_http_owncloud_is("Content-Encoding")) {

        /* we accept none, and would not unpack a bomb */

        if (value.len != sizeof("identity") - 1
            || ngx_strncasecmp(value.data, (u_char *) "identity", value.len)
               != 0)
        {
            return ngx_http_owncloud_upstream_invalid(r, "Content-Encoding");
        }

    } else if (ngx_http_owncloud_is("Content-Type")) {

        call->content_type.data = ngx_pstrdup(r->pool, &value);
        if (call->content_type.data == NULL) {
            return NGX_ERROR;
        }

        call->content_type.len = value.len;

    } else if (ngx_http_owncloud_is("Retry-After")) {

        n = ngx_atoi(value.data, value.len);
        call->retry_after = (n == NGX_ERROR) ? 0 : n;
    }

#undef ngx_http_owncloud_is

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_content_length(ngx_http_upstream_t *u,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    off_t  n;

    n = ngx_atoof(value->data, value->len);

    if (n == NGX_ERROR
        || (call->has_length && n != u->headers_in.content_length_n))
    {
        return ngx_http_owncloud_upstream_invalid(call->request,
                                                  "Content-Length");
    }

    call->has_length = 1;
    u->headers_in.content_length_n = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_header_done(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (call->status < 200) {

        if (call->status == NGX_HTTP_SWITCHING_PROTOCOLS) {
            return ngx_http_owncloud_upstream_invalid(r, "status");
        }

        /* an interim answer, the real one follows */

        (void) ngx_http_owncloud_upstream_reinit_request(r);

        u->headers_in.content_length_n = -1;
        u->headers_in.chunked = 0;

        return ngx_http_owncloud_upstream_process_status(r);
    }

    if (u->headers_in.chunked && call->has_length) {
        return ngx_http_owncloud_upstream_invalid(r,
                         "both \"Content-Length\" and \"Transfer-Encoding\"");
    }

    if (call->sink && call->has_length
        && u->headers_in.content_length_n > call->sink->limit
        && (call->sink_status == 0 || call->sink_status == call->status))
    {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_TOO_BIG;
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    call->header_done = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_invalid(ngx_http_request_t *r, char *what)
{
    ngx_http_owncloud_call_t  *call;

    call = r->post_subrequest->data;
    call->failure = NGX_HTTP_OWNCLOUD_CALL_INVALID;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloud sent invalid %s", what);

    return NGX_HTTP_UPSTREAM_INVALID_HEADER;
}


/*
 * u->length is what ngx_http_upstream_process_non_buffered_request() goes by:
 * 0 ends the answer, -1 lets the end of the connection end it, and anything
 * else makes that a truncated answer.
 */

static ngx_int_t
ngx_http_owncloud_upstream_filter_init(void *data)
{
    ngx_http_request_t  *r = data;

    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (u->headers_in.status_n == NGX_HTTP_NO_CONTENT
        || u->headers_in.status_n == NGX_HTTP_NOT_MODIFIED
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


static ngx_int_t
ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t  *r = data;

    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = r->post_subrequest->data;

    if (u->length == 0) {
        u->keepalive = 0;
        return NGX_OK;
    }

    if (u->length == -1) {
        return ngx_http_owncloud_upstream_write(r, call, u->buffer.last,
                                                bytes);
    }

    if (bytes > u->length) {
        bytes = u->length;
        u->headers_in.connection_close = 1;
    }

    /* u->buffer.last stays: the next bytes take the same place */

    if (ngx_http_owncloud_upstream_write(r, call, u->buffer.last, bytes)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    u->length -= bytes;

    if (u->length == 0) {
        u->keepalive = !u->headers_in.connection_close;
    }

    return NGX_OK;
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
    call = r->post_subrequest->data;

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

            if (ngx_http_owncloud_upstream_write(r, call, b.pos, size)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            b.pos += size;
            call->chunked.size -= size;

            continue;
        }

        if (rc == NGX_DONE) {
            u->length = 0;
            u->keepalive = (!u->headers_in.connection_close
                            && b.pos == b.last);
            return NGX_OK;
        }

        if (rc == NGX_AGAIN) {
            return NGX_OK;
        }

        (void) ngx_http_owncloud_upstream_invalid(r, "chunked body");

        return NGX_ERROR;
    }
}


static ngx_int_t
ngx_http_owncloud_upstream_write(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, u_char *p, size_t len)
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


static void
ngx_http_owncloud_upstream_abort_request(ngx_http_request_t *r)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "abort owncloud call");
}


static void
ngx_http_owncloud_upstream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc)
{
    ngx_http_owncloud_call_t  *call;

    call = r->post_subrequest->data;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "finalize owncloud call %i", rc);

    if (rc == NGX_OK || call->failure
        || call->discarded > NGX_HTTP_OWNCLOUD_DISCARD_SIZE)
    {
        return;
    }

    call->failure = ngx_http_owncloud_upstream_failure(r, call, rc);
}


/*
 * The connection is still there: what has become of it tells more than the
 * 502 that nginx makes of nearly everything.
 */

static ngx_uint_t
ngx_http_owncloud_upstream_failure(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_int_t rc)
{
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = r->upstream;
    c = u->peer.connection;

    if (rc == NGX_HTTP_CLIENT_CLOSED_REQUEST) {
        return NGX_HTTP_OWNCLOUD_CALL_ABORTED;
    }

    if (rc == NGX_HTTP_GATEWAY_TIME_OUT) {
        return NGX_HTTP_OWNCLOUD_CALL_TIMEOUT;
    }

    if (call->header_done) {
        return NGX_HTTP_OWNCLOUD_CALL_BROKEN;
    }

    if (rc != NGX_HTTP_BAD_GATEWAY) {
        return NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
    }

    if (u->request_sent) {

        /* the buffer ran full while the header was read */

        return (u->buffer.last && u->buffer.last == u->buffer.end)
               ? NGX_HTTP_OWNCLOUD_CALL_INVALID
               : NGX_HTTP_OWNCLOUD_CALL_BROKEN;
    }

    if (c && c->ssl) {
        return c->ssl->handshaked ? NGX_HTTP_OWNCLOUD_CALL_CERTIFICATE
                                  : NGX_HTTP_OWNCLOUD_CALL_TLS;
    }

    return NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE;
}
