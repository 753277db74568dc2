
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_relay.h"
#include "ngx_http_owncloud_upstream.h"


/* no cloud knows what will be after a day */
#define NGX_HTTP_OWNCLOUD_RETRY_MAX  86400


typedef struct {
    ngx_str_t    name;
    ngx_int_t  (*handler)(ngx_http_request_t *r,
                          ngx_http_owncloud_call_t *call, ngx_str_t *value);
    size_t       offset;    /* without a handler: where the call keeps it */
} ngx_http_owncloud_header_t;


static ngx_int_t ngx_http_owncloud_upstream_process_header(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_upstream_header_line(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_upstream_content_length(
    ngx_http_request_t *r, ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_transfer_encoding(
    ngx_http_request_t *r, ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_content_encoding(
    ngx_http_request_t *r, ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_connection(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_date(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_retry_after(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_maintenance(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_upstream_copy(ngx_http_request_t *r,
    ngx_str_t *to, ngx_str_t *value);
static ngx_uint_t ngx_http_owncloud_upstream_is(ngx_str_t *value,
    ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_upstream_header_done(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);


/*
 * Only what is needed is looked at: nothing of it is put into u->headers_in,
 * so that X-Accel-Redirect and its like have no effect.
 */

static ngx_http_owncloud_header_t  ngx_http_owncloud_headers[] = {

    { ngx_string("Content-Length"),
      ngx_http_owncloud_upstream_content_length, 0 },

    { ngx_string("Transfer-Encoding"),
      ngx_http_owncloud_upstream_transfer_encoding, 0 },

    { ngx_string("Content-Encoding"),
      ngx_http_owncloud_upstream_content_encoding, 0 },

    { ngx_string("Connection"),
      ngx_http_owncloud_upstream_connection, 0 },

    { ngx_string("Date"),
      ngx_http_owncloud_upstream_date, 0 },

    { ngx_string("Retry-After"),
      ngx_http_owncloud_upstream_retry_after, 0 },

    { ngx_string("X-Nextcloud-Maintenance-Mode"),
      ngx_http_owncloud_upstream_maintenance, 0 },

    { ngx_string("ETag"),
      NULL, offsetof(ngx_http_owncloud_call_t, etag) },

    { ngx_string("Content-Type"),
      NULL, offsetof(ngx_http_owncloud_call_t, type) },

    { ngx_string("OC-Checksum"),
      NULL, offsetof(ngx_http_owncloud_call_t, checksum) },

    { ngx_string("Content-Range"),
      NULL, offsetof(ngx_http_owncloud_call_t, range) },

    { ngx_null_string, NULL, 0 }
};


ngx_int_t
ngx_http_owncloud_upstream_process_status(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_upstream_t       *u;
    ngx_http_owncloud_call_t  *call;

    u = r->upstream;
    call = ngx_http_owncloud_upstream_call(r);

    if (ngx_http_owncloud_upstream_overdue(r, call)) {
        return NGX_ERROR;
    }

    rc = ngx_http_parse_status_line(r, &u->buffer, &call->parsed);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_ERROR) {
        return ngx_http_owncloud_upstream_invalid(r, call, "status line");
    }

    if (call->parsed.code < 100 || call->parsed.code > 599) {
        return ngx_http_owncloud_upstream_invalid(r, call, "status");
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


void
ngx_http_owncloud_upstream_header_reset(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t  *u;

    ngx_memzero(&call->parsed, sizeof(ngx_http_status_t));
    ngx_memzero(&call->chunked, sizeof(ngx_http_chunked_t));

    call->failure = NGX_HTTP_OWNCLOUD_CALL_GOOD;
    call->status = 0;
    call->date = 0;
    call->retry_at = 0;
    call->retry_after = 0;
    call->maintenance = 0;
    call->has_length = 0;
    call->length = -1;

    ngx_str_null(&call->etag);
    ngx_str_null(&call->type);
    ngx_str_null(&call->checksum);
    ngx_str_null(&call->range);

    r->state = 0;

    u = r->upstream;

    u->process_header = ngx_http_owncloud_upstream_process_status;
    u->input_filter = ngx_http_owncloud_upstream_filter;

    u->headers_in.content_length_n = -1;
    u->headers_in.chunked = 0;
}


static ngx_int_t
ngx_http_owncloud_upstream_process_header(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_upstream_call(r);

    if (ngx_http_owncloud_upstream_overdue(r, call)) {
        return NGX_ERROR;
    }

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

        return ngx_http_owncloud_upstream_invalid(r, call, "header line");
    }
}


static ngx_int_t
ngx_http_owncloud_upstream_header_line(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_str_t                    name, value, *to;
    ngx_http_owncloud_header_t  *header;

    name.data = r->header_name_start;
    name.len = r->header_name_end - r->header_name_start;

    value.data = r->header_start;
    value.len = r->header_end - r->header_start;

    for (header = ngx_http_owncloud_headers; header->name.len; header++) {

        if (!ngx_http_owncloud_upstream_is(&name, &header->name)) {
            continue;
        }

        if (header->handler) {
            return header->handler(r, call, &value);
        }

        to = (ngx_str_t *) ((u_char *) call + header->offset);

        return ngx_http_owncloud_upstream_copy(r, to, &value);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_upstream_is(ngx_str_t *value, ngx_str_t *name)
{
    return (value->len == name->len
            && ngx_strncasecmp(value->data, name->data, name->len) == 0);
}


static ngx_int_t
ngx_http_owncloud_upstream_content_length(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    off_t                 n;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    n = ngx_atoof(value->data, value->len);

    if (n == NGX_ERROR
        || (call->has_length && n != u->headers_in.content_length_n))
    {
        return ngx_http_owncloud_upstream_invalid(r, call, "Content-Length");
    }

    call->has_length = 1;
    u->headers_in.content_length_n = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_transfer_encoding(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    ngx_http_upstream_t  *u;

    static ngx_str_t  chunked = ngx_string("chunked");

    u = r->upstream;

    if (u->headers_in.chunked
        || !ngx_http_owncloud_upstream_is(value, &chunked))
    {
        return ngx_http_owncloud_upstream_invalid(r, call,
                                                  "Transfer-Encoding");
    }

    u->headers_in.chunked = 1;

    return NGX_OK;
}


/* we accept none, and would not unpack a bomb */

static ngx_int_t
ngx_http_owncloud_upstream_content_encoding(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    static ngx_str_t  identity = ngx_string("identity");

    if (!ngx_http_owncloud_upstream_is(value, &identity)) {
        return ngx_http_owncloud_upstream_invalid(r, call,
                                                  "Content-Encoding");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_connection(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    if (ngx_strlcasestrn(value->data, value->data + value->len,
                         (u_char *) "close", 5 - 1)
        != NULL)
    {
        r->upstream->headers_in.connection_close = 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_date(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    time_t  date;

    date = ngx_parse_http_time(value->data, value->len);

    if (date != NGX_ERROR) {
        call->date = date;
    }

    return NGX_OK;
}


/* seconds, or a date, which is one of the cloud's clock */

static ngx_int_t
ngx_http_owncloud_upstream_retry_after(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    size_t  i;
    time_t  date;

    call->retry_at = 0;
    call->retry_after = 0;

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < '0' || value->data[i] > '9') {

            call->retry_after = 0;

            date = ngx_parse_http_time(value->data, value->len);

            if (date != NGX_ERROR) {
                call->retry_at = date;
            }

            return NGX_OK;
        }

        call->retry_after = 10 * call->retry_after + value->data[i] - '0';

        if (call->retry_after > NGX_HTTP_OWNCLOUD_RETRY_MAX) {
            call->retry_after = NGX_HTTP_OWNCLOUD_RETRY_MAX;
        }
    }

    /* 0 would be that it was not said */

    if (value->len && call->retry_after == 0) {
        call->retry_after = 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_upstream_maintenance(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *value)
{
    call->maintenance = (value->len == 1 && value->data[0] == '1');

    return NGX_OK;
}


/* the buffer is used for the body next */

static ngx_int_t
ngx_http_owncloud_upstream_copy(ngx_http_request_t *r, ngx_str_t *to,
    ngx_str_t *value)
{
    to->len = value->len;
    to->data = ngx_pstrdup(r->pool, value);

    return to->data ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_upstream_header_done(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (call->status < 200) {

        if (call->status == NGX_HTTP_SWITCHING_PROTOCOLS) {
            return ngx_http_owncloud_upstream_invalid(r, call, "status");
        }

        /* an interim answer, the real one follows */

        ngx_http_owncloud_upstream_header_reset(r, call);

        return ngx_http_owncloud_upstream_process_status(r);
    }

    if (call->retry_at) {
        call->retry_after = call->retry_at
                            - (call->date ? call->date : ngx_time());

        call->retry_after = ngx_max(call->retry_after, 1);
        call->retry_after = ngx_min(call->retry_after,
                                    NGX_HTTP_OWNCLOUD_RETRY_MAX);
    }

    if (u->headers_in.chunked
        && call->parsed.http_version < NGX_HTTP_VERSION_11)
    {
        return ngx_http_owncloud_upstream_invalid(r, call,
                                       "\"Transfer-Encoding\" in HTTP/1.0");
    }

    if (u->headers_in.chunked && call->has_length) {
        return ngx_http_owncloud_upstream_invalid(r, call,
                         "both \"Content-Length\" and \"Transfer-Encoding\"");
    }

    if (!u->headers_in.chunked && !call->has_length
        && !u->headers_in.connection_close
        && call->status != NGX_HTTP_NO_CONTENT
        && call->status != NGX_HTTP_NOT_MODIFIED)
    {
        /* its end could not be told from a connection that broke */

        return ngx_http_owncloud_upstream_invalid(r, call, "framing");
    }

    if (call->sink && call->has_length
        && u->headers_in.content_length_n > call->sink->limit
        && (call->sink_status == 0 || call->sink_status == call->status))
    {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_TOO_BIG;
        return NGX_ERROR;
    }

    call->length = call->has_length ? u->headers_in.content_length_n : -1;
    call->header_done = 1;

    return call->relay ? ngx_http_owncloud_relay_header(r, call) : NGX_OK;
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
