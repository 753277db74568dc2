
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_upstream.h"


static ngx_int_t ngx_http_owncloud_upstream_create_request(
    ngx_http_request_t *r);
static size_t ngx_http_owncloud_upstream_request_size(
    ngx_http_owncloud_call_t *call);
static u_char *ngx_http_owncloud_upstream_request_text(
    ngx_http_owncloud_call_t *call, u_char *p);
static ngx_int_t ngx_http_owncloud_upstream_reinit_request(
    ngx_http_request_t *r);
static void ngx_http_owncloud_upstream_abort_request(ngx_http_request_t *r);
static ngx_uint_t ngx_http_owncloud_upstream_failure(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_int_t rc);


ngx_int_t
ngx_http_owncloud_upstream_start(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t       *u;
    ngx_http_upstream_conf_t  *conf;

    if (ngx_http_upstream_create(r) != NGX_OK) {
        return NGX_ERROR;
    }

    u = r->upstream;

    conf = &call->upstream->conf;

    if (call->persistent) {
        conf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
        if (conf == NULL) {
            return NGX_ERROR;
        }

        *conf = call->upstream->conf;
        conf->ignore_client_abort = 1;

        if (call->duration == 0) {
            call->duration = ngx_http_owncloud_upstream_span(call);
        }
    }

    call->span = call->started;

    u->conf = conf;
    u->ssl = call->upstream->tls;
    u->buffering = 0;

    if (call->upstream->tls) {
        ngx_str_set(&u->schema, "https://");

    } else {
        ngx_str_set(&u->schema, "http://");
    }

    u->output.tag = (ngx_buf_tag_t) &ngx_http_owncloud_module;

    u->create_request = ngx_http_owncloud_upstream_create_request;
    u->reinit_request = ngx_http_owncloud_upstream_reinit_request;
    u->process_header = ngx_http_owncloud_upstream_process_header;
    u->abort_request = ngx_http_owncloud_upstream_abort_request;
    u->finalize_request = call->finalize
                          ? call->finalize
                          : ngx_http_owncloud_upstream_finalize_request;

    u->input_filter_init = ngx_http_owncloud_upstream_filter_init;
    u->input_filter = ngx_http_owncloud_upstream_filter;
    u->input_filter_ctx = r;

    ngx_http_upstream_init(r);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_owncloud_upstream_create_request(ngx_http_request_t *r)
{
    ngx_buf_t                 *b;
    ngx_chain_t               *cl;
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_upstream_call(r);

    b = ngx_create_temp_buf(r->pool,
                            ngx_http_owncloud_upstream_request_size(call));
    if (b == NULL) {
        return NGX_ERROR;
    }

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    b->last = ngx_http_owncloud_upstream_request_text(call, b->last);
    b->flush = 1;

    r->upstream->uri = call->uri;
    r->upstream->request_bufs = cl;

    return NGX_OK;
}


static size_t
ngx_http_owncloud_upstream_request_size(ngx_http_owncloud_call_t *call)
{
    size_t         len;
    ngx_uint_t     i;
    ngx_keyval_t  *h;

    len = call->method.len + 1 + call->uri.len + sizeof(" HTTP/1.1" CRLF) - 1
          + sizeof("Host: " CRLF) - 1 + call->upstream->authority.len
          + sizeof("User-Agent: " NGX_HTTP_OWNCLOUD_USER_AGENT CRLF) - 1
          + sizeof("Connection: keep-alive" CRLF) - 1
          + sizeof("Content-Length: " CRLF) - 1 + NGX_OFF_T_LEN
          + sizeof(CRLF) - 1 + call->body.len;

    for (i = 0; i < call->nheaders; i++) {
        h = &call->headers[i];
        len += h->key.len + sizeof(": " CRLF) - 1 + h->value.len;
    }

    return len;
}


static u_char *
ngx_http_owncloud_upstream_request_text(ngx_http_owncloud_call_t *call,
    u_char *p)
{
    ngx_uint_t     i;
    ngx_keyval_t  *h;

    p = ngx_sprintf(p, "%V %V HTTP/1.1" CRLF
                    "Host: %V" CRLF
                    "User-Agent: " NGX_HTTP_OWNCLOUD_USER_AGENT CRLF
                    "Connection: keep-alive" CRLF,
                    &call->method, &call->uri, &call->upstream->authority);

    for (i = 0; i < call->nheaders; i++) {
        h = &call->headers[i];
        p = ngx_sprintf(p, "%V: %V" CRLF, &h->key, &h->value);
    }

    if (call->body.len) {
        p = ngx_sprintf(p, "Content-Length: %uz" CRLF CRLF, call->body.len);

        return ngx_cpymem(p, call->body.data, call->body.len);
    }

    /* methods that expect a body get an empty one */

    if (call->method.data[0] == 'P' && call->method.data[1] != 'R') {
        p = ngx_sprintf(p, "Content-Length: 0" CRLF);
    }

    *p++ = CR; *p++ = LF;

    return p;
}


static ngx_int_t
ngx_http_owncloud_upstream_reinit_request(ngx_http_request_t *r)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_upstream_call(r);

    ngx_http_owncloud_upstream_header_reset(r, call);

    if (call->sink) {
        ngx_http_owncloud_sink_reset(call->sink);
    }

    /* bytes of the last attempt do not count, but its time does */

    call->discarded = 0;
    call->span_size = 0;

    return ngx_http_owncloud_upstream_overdue(r, call) ? NGX_ERROR : NGX_OK;
}


static void
ngx_http_owncloud_upstream_abort_request(ngx_http_request_t *r)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "abort owncloud call");
}


void
ngx_http_owncloud_upstream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_upstream_call(r);

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
 * The connection is still open, and its state says more than the 502 that
 * nginx returns for nearly everything.
 */

static ngx_uint_t
ngx_http_owncloud_upstream_failure(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_int_t rc)
{
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = r->upstream;
    c = u->peer.connection;

    if (rc == NGX_HTTP_CLIENT_CLOSED_REQUEST || rc == NGX_DONE) {
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

        /* the header did not fit into the buffer */

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
