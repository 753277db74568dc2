
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_upstream.h"


static void ngx_http_owncloud_upstream_header_copy(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);


/*
 * A server that has sent anything is alive: no response is reported to nginx
 * as an invalid header, which would mark the server as failed for all users.
 *
 * Nothing is put into u->headers_in, so that X-Accel-Redirect and similar
 * headers have no effect.
 */

ngx_int_t
ngx_http_owncloud_upstream_process_header(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (ngx_http_owncloud_upstream_overdue(r, call)) {
        return NGX_ERROR;
    }

    if (call->head.pool == NULL) {
        ngx_http_owncloud_head_init(&call->head, r->pool);
    }

    rc = ngx_http_owncloud_head_read(&call->head, &u->buffer);

    call->status = call->head.status;

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_upstream_invalid(r, call, call->head.invalid);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_owncloud_upstream_header_copy(r, call);

    if (call->sink && call->length > call->sink->limit
        && (call->sink_status == 0 || call->sink_status == call->status))
    {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_TOO_BIG;
        return NGX_ERROR;
    }

    call->header_done = 1;

    return call->header ? call->header(r, call) : NGX_OK;
}


static void
ngx_http_owncloud_upstream_header_copy(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_head_t  *head;

    u = r->upstream;
    head = &call->head;

    u->headers_in.status_n = head->status;
    u->headers_in.connection_close = head->close;
    u->headers_in.content_length_n = head->length;
    u->headers_in.chunked = head->chunked;

    if (u->state && u->state->status == 0) {
        u->state->status = head->status;
    }

    call->length = head->length;
    call->framing = head->framing;
    call->retry_after = head->retry_after;
    call->maintenance = head->maintenance;

    call->etag = head->etag;
    call->type = head->type;
    call->checksum = head->checksum;
    call->range = head->range;

    ngx_http_owncloud_frame_init(&call->frame, head->framing, head->length);
}


void
ngx_http_owncloud_upstream_header_reset(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t  *u;

    ngx_http_owncloud_head_init(&call->head, r->pool);

    call->failure = NGX_HTTP_OWNCLOUD_CALL_GOOD;
    call->status = 0;
    call->excerpt.len = 0;

    u = r->upstream;

    u->headers_in.content_length_n = -1;
}


ngx_int_t
ngx_http_owncloud_upstream_invalid(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, char *what)
{
    call->failure = NGX_HTTP_OWNCLOUD_CALL_INVALID;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloud sent invalid %s", what);

    return NGX_ERROR;
}
