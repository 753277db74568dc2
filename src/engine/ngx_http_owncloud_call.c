
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_backoff.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_call_limit.h"


static ngx_uint_t ngx_http_owncloud_call_service(
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_endpoint_t *endpoint);
static ngx_uint_t ngx_http_owncloud_call_backed_off(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_call_refuse(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t failure);
static void ngx_http_owncloud_call_admitted(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_call_send(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static void ngx_http_owncloud_call_run(ngx_http_request_t *sr);
static ngx_int_t ngx_http_owncloud_call_done(ngx_http_request_t *sr,
    void *data, ngx_int_t rc);
static void ngx_http_owncloud_call_release(ngx_http_request_t *sr);
static void ngx_http_owncloud_call_finish(ngx_http_owncloud_call_t *call);
static void ngx_http_owncloud_call_cleanup(void *data);


ngx_http_owncloud_call_t *
ngx_http_owncloud_call_create(ngx_http_request_t *r,
    ngx_http_owncloud_endpoint_t *endpoint, char *method)
{
    u_char                    *p;
    ngx_http_owncloud_ctx_t   *ctx;
    ngx_http_owncloud_url_t   *url;
    ngx_http_owncloud_call_t  *call;

    call = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_call_t));
    if (call == NULL) {
        return NULL;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    call->parent = r;
    call->ctx = ctx;
    call->service = ngx_http_owncloud_call_service(ctx->issuer, endpoint);
    call->upstream = endpoint->upstream;
    call->method.data = (u_char *) method;
    call->method.len = ngx_strlen(method);

    url = &endpoint->url;

    if (url->query.len == 0) {
        call->uri = url->path;
        return call;
    }

    call->uri.len = url->path.len + 1 + url->query.len;
    call->uri.data = ngx_pnalloc(r->pool, call->uri.len);
    if (call->uri.data == NULL) {
        return NULL;
    }

    p = ngx_cpymem(call->uri.data, url->path.data, url->path.len);
    *p++ = '?';
    ngx_memcpy(p, url->query.data, url->query.len);

    return call;
}


static ngx_uint_t
ngx_http_owncloud_call_service(ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_endpoint_t *endpoint)
{
    if (endpoint == &issuer->webdav || endpoint == &issuer->dav) {
        return NGX_HTTP_OWNCLOUD_SERVICE_WEBDAV;
    }

    if (endpoint == &issuer->token || endpoint == &issuer->revocation) {
        return NGX_HTTP_OWNCLOUD_SERVICE_TOKEN;
    }

    if (endpoint == &issuer->ocs) {
        return NGX_HTTP_OWNCLOUD_SERVICE_OCS;
    }

    if (endpoint == &issuer->userinfo) {
        return NGX_HTTP_OWNCLOUD_SERVICE_USERINFO;
    }

    return (endpoint == &issuer->preview) ? NGX_HTTP_OWNCLOUD_SERVICE_PREVIEW
                                          : NGX_HTTP_OWNCLOUD_SERVICE_OTHER;
}


ngx_int_t
ngx_http_owncloud_call_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri)
{
    u_char     *p;
    ngx_str_t  *base, escaped;

    if (ngx_http_owncloud_uri_escape(r->pool, path, &escaped, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    base = &ctx->issuer->webdav.url.path;

    uri->len = base->len + escaped.len - 1;
    uri->data = ngx_pnalloc(r->pool, uri->len);
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    /* both contain the slash between them */

    p = ngx_cpymem(uri->data, base->data, base->len);
    ngx_memcpy(p, escaped.data + 1, escaped.len - 1);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_call_header(ngx_http_owncloud_call_t *call, char *name,
    ngx_str_t *value)
{
    size_t         i;
    ngx_keyval_t  *header;

    for (i = 0; i < value->len; i++) {
        if (value->data[i] < 0x20 || value->data[i] == 0x7f) {
            return NGX_ERROR;
        }
    }

    if (call->nheaders == NGX_HTTP_OWNCLOUD_CALL_HEADERS) {
        return NGX_ERROR;
    }

    header = &call->headers[call->nheaders++];

    header->key.data = (u_char *) name;
    header->key.len = ngx_strlen(name);
    header->value = *value;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_call_bearer(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_secret_t *token)
{
    u_char     *p;
    ngx_str_t   value;

    value.len = sizeof("Bearer ") - 1 + token->len;
    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(value.data, "Bearer ", sizeof("Bearer ") - 1);
    ngx_memcpy(p, token->data, token->len);

    return ngx_http_owncloud_call_header(call, "Authorization", &value);
}


ngx_int_t
ngx_http_owncloud_call_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_http_cleanup_t  *cln;

    ctx->call = call;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        goto failed;
    }

    cln->handler = ngx_http_owncloud_call_cleanup;
    cln->data = call;

    if (ngx_http_owncloud_call_backed_off(r, call)) {
        return ngx_http_owncloud_call_refuse(r, call,
                                            NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF);
    }

    switch (ngx_http_owncloud_call_limit_enter(r, ctx->issuer, call,
                                              ngx_http_owncloud_call_admitted))
    {

    case NGX_OK:
        call->limited = 1;
        break;

    case NGX_AGAIN:
        return NGX_AGAIN;

    case NGX_BUSY:
        return ngx_http_owncloud_call_refuse(r, call,
                                             NGX_HTTP_OWNCLOUD_CALL_CROWDED);

    default: /* NGX_ERROR */
        goto failed;
    }

    if (ngx_http_owncloud_call_send(r, call) == NGX_OK) {
        return NGX_AGAIN;
    }

failed:

    call->failure = NGX_HTTP_OWNCLOUD_CALL_INTERNAL;

    ngx_http_owncloud_call_finish(call);

    return NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_uint_t
ngx_http_owncloud_call_backed_off(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    time_t  left;

    if (call->unguarded) {
        return 0;
    }

    call->status = ngx_http_owncloud_backoff(r, call, &left);

    if (call->status == 0) {
        return 0;
    }

    call->retry_after = left;

    return 1;
}


/* a call that ends before it is sent: the flow goes on at once */

static ngx_int_t
ngx_http_owncloud_call_refuse(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_uint_t failure)
{
    call->failure = failure;

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud call refused f:%ui s:%ui %V %V", failure,
                   call->status, &call->method, &call->uri);

    ngx_http_owncloud_call_finish(call);

    return call->ctx->step(r, call->ctx);
}


/* called when a queued call may be sent, or has timed out */

static void
ngx_http_owncloud_call_admitted(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD) {
        call->limited = 1;

        /* the cloud may have asked for a back-off meanwhile */

        if (ngx_http_owncloud_call_backed_off(r, call)) {
            call->failure = NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF;

        } else if (ngx_http_owncloud_call_send(r, call) == NGX_OK) {
            return;

        } else {
            call->failure = NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
        }
    }

    ngx_http_owncloud_call_finish(call);

    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


static ngx_int_t
ngx_http_owncloud_call_send(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_request_t          *sr;
    ngx_http_request_body_t     *rb;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    rb = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));

    if (ps == NULL || rb == NULL) {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_owncloud_call_done;
    ps->data = call;

    if (ngx_http_subrequest(r, &r->uri, NULL, &sr, ps,
                            NGX_HTTP_SUBREQUEST_WAITED
                            |NGX_HTTP_SUBREQUEST_CLONE)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* never the client's body, see ngx_http_upstream_init_request() */

    sr->request_body = rb;

    /*
     * ngx_http_upstream_next() uses this method to decide whether a request
     * may be resent; call->method is the one that is sent
     */

    sr->method = call->replayable ? NGX_HTTP_GET : NGX_HTTP_POST;
    sr->header_only = 0;

    /* no phase of the location runs: try_files must not see this request */

    sr->write_event_handler = ngx_http_owncloud_call_run;

    call->request = sr;
    call->started = ngx_current_msec;
    call->ctx->calls++;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud call %V %V%V", &call->method,
                   &call->upstream->authority, &call->uri);

    return NGX_OK;
}


static void
ngx_http_owncloud_call_run(ngx_http_request_t *sr)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;

    call = sr->post_subrequest->data;

    sr->write_event_handler = ngx_http_request_empty_handler;

    rc = ngx_http_owncloud_upstream_start(sr, call);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(sr, rc);
    }
}


static ngx_int_t
ngx_http_owncloud_call_done(ngx_http_request_t *sr, void *data, ngx_int_t rc)
{
    ngx_http_owncloud_call_t  *call = data;

    ngx_connection_t  *c;

    c = sr->connection;

    if (!call->done) {

        if (!call->header_done && call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD)
        {
            call->failure = NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
        }

        ngx_log_debug4(NGX_LOG_DEBUG_HTTP, c->log, 0,
                       "owncloud call done rc:%i s:%ui f:%ui c:%d", rc,
                       call->status, call->failure, sr->main->count);

        ngx_http_owncloud_call_release(sr);
        ngx_http_owncloud_call_finish(call);

        sr->parent->write_event_handler = ngx_http_core_run_phases;

        /* a client body that is being discarded was not read meanwhile */

        if (sr->parent->discard_body && c->read->ready) {
            ngx_post_event(c->read, &ngx_posted_events);
        }
    }

    ngx_http_owncloud_call_persist(sr, call);

    /* the flow reports the failure, not an error page */

    return c->error ? NGX_ERROR : NGX_OK;
}


void
ngx_http_owncloud_call_persist(ngx_http_request_t *sr,
    ngx_http_owncloud_call_t *call)
{
    if (sr->connection->error && call->persistent) {
        call->ctx->aborted = 1;
        sr->connection->error = 0;
    }
}


/* frees the buffers, since many calls may follow */

static void
ngx_http_owncloud_call_release(ngx_http_request_t *sr)
{
    ngx_buf_t            *b;
    ngx_http_upstream_t  *u;

    u = sr->upstream;

    if (u == NULL) {
        return;
    }

    if (u->buffer.start) {
        (void) ngx_pfree(sr->pool, u->buffer.start);
        ngx_memzero(&u->buffer, sizeof(ngx_buf_t));
    }

    if (u->request_bufs) {
        b = u->request_bufs->buf;
        u->request_bufs = NULL;

        (void) ngx_pfree(sr->pool, b->start);
        ngx_memzero(b, sizeof(ngx_buf_t));
    }
}


ngx_uint_t
ngx_http_owncloud_call_own(ngx_http_request_t *r)
{
    return r != r->main && r->post_subrequest
           && r->post_subrequest->handler == ngx_http_owncloud_call_done;
}


static void
ngx_http_owncloud_call_finish(ngx_http_owncloud_call_t *call)
{
    ngx_http_request_t  *r;

    r = call->parent;

    call->done = 1;

    if (call->limited) {
        ngx_http_owncloud_call_limit_leave(r, call->ctx->issuer);
    }

    if (call->header_done && !call->unguarded) {
        ngx_http_owncloud_backoff_note(r, call->ctx, call);
    }

    if (call->complete) {
        call->complete(r, call->ctx, call);
    }
}


/* the request ends before its call */

static void
ngx_http_owncloud_call_cleanup(void *data)
{
    ngx_http_owncloud_call_t  *call = data;

    if (call->done) {
        return;
    }

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_ABORTED;
    }

    ngx_http_owncloud_call_finish(call);
}
