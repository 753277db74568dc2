
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"


static void ngx_http_owncloud_call_run(ngx_http_request_t *sr);
static ngx_int_t ngx_http_owncloud_call_done(ngx_http_request_t *sr,
    void *data, ngx_int_t rc);


ngx_http_owncloud_call_t *
ngx_http_owncloud_call_create(ngx_http_request_t *r,
    ngx_http_owncloud_endpoint_t *endpoint, char *method)
{
    u_char                    *p;
    ngx_http_owncloud_url_t   *url;
    ngx_http_owncloud_call_t  *call;

    call = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_call_t));
    if (call == NULL) {
        return NULL;
    }

    call->peer = endpoint->peer;
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
    ngx_http_request_t          *sr;
    ngx_http_request_body_t     *rb;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    rb = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));

    if (ps == NULL || rb == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ps->handler = ngx_http_owncloud_call_done;
    ps->data = call;

    if (ngx_http_subrequest(r, &r->uri, NULL, &sr, ps,
                            NGX_HTTP_SUBREQUEST_WAITED
                            |NGX_HTTP_SUBREQUEST_CLONE)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* never the body of the client, see ngx_http_upstream_init_request() */

    sr->request_body = rb;

    /*
     * ngx_http_upstream_next() decides by this method whether a request that
     * has been sent may be sent again; what is on the wire is call->method
     */

    sr->method = call->replayable ? NGX_HTTP_GET : NGX_HTTP_POST;
    sr->header_only = 0;

    /* no phase of the location is run: try_files must not see this */

    sr->write_event_handler = ngx_http_owncloud_call_run;

    call->request = sr;
    ctx->call = call;
    ctx->calls++;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud call %V %V%V", &call->method,
                   &call->peer->authority, &call->uri);

    return NGX_AGAIN;
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
        call->done = 1;

        if (!call->header_done && call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD)
        {
            call->failure = NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
        }

        ngx_log_debug4(NGX_LOG_DEBUG_HTTP, c->log, 0,
                       "owncloud call done rc:%i s:%ui f:%ui c:%d", rc,
                       call->status, call->failure, sr->main->count);

        if (call->complete) {
            call->complete(sr->parent, ngx_http_get_module_ctx(sr->parent, ngx_http_owncloud_module), call);
        }

        sr->parent->write_event_handler = ngx_http_core_run_phases;

        /* of a body that is being discarded nobody has read in the meantime */

        if (sr->parent->discard_body && c->read->ready) {
            ngx_post_event(c->read, &ngx_posted_events);
        }
    }

    /* what went wrong is told by the flow, not by an error page */

    return c->error ? NGX_ERROR : NGX_OK;
}
