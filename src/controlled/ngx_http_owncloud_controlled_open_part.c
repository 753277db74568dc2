
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_part.h"


static ngx_uint_t ngx_http_owncloud_open_other_part(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call);


/*
 * If-Range is passed on, so that the cloud sends the whole file if it has
 * changed.  With a weak ETag or a date, which was never sent to a browser, the
 * whole file is served (RFC 9110, 13.1.5).
 */

ngx_int_t
ngx_http_owncloud_open_part(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call)
{
    ngx_table_elt_t  *condition;

    open->part = 0;
    open->expected = -1;

    condition = r->headers_in.if_range;

    if (r->method != NGX_HTTP_GET || r->headers_in.range == NULL
        || (condition && !ngx_http_owncloud_etag_strong(&condition->value))
        || ngx_http_owncloud_range_read(&r->headers_in.range->value,
                                        &open->range)
           != NGX_OK)
    {
        return NGX_OK;
    }

    open->part = 1;

    if (ngx_http_owncloud_call_header(call, "Range",
                                      &r->headers_in.range->value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return condition ? ngx_http_owncloud_call_header(call, "If-Range",
                                                     &condition->value)
                     : NGX_OK;
}


/*
 * An answer without an ETag is an error page, whatever its status.  If the
 * length is not that of the lookup, the file is being changed.  If the
 * connection's end ends the body, it may be incomplete.
 */

ngx_uint_t
ngx_http_owncloud_open_wrong(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call)
{
    if (call->etag.len == 0
        || (call->length == -1 && !r->upstream->headers_in.chunked
            && r->method != NGX_HTTP_HEAD))
    {
        return 1;
    }

    if (call->status == NGX_HTTP_PARTIAL_CONTENT) {
        return ngx_http_owncloud_open_other_part(r, open, call);
    }

    if (call->status != NGX_HTTP_OK) {
        return 1;
    }

    open->expected = (r->method == NGX_HTTP_HEAD) ? -1 : open->lookup.size;

    if (open->expected != -1 && call->length != -1
        && call->length != open->expected)
    {
        open->changed = 1;
        return 1;
    }

    return 0;
}


static ngx_uint_t
ngx_http_owncloud_open_other_part(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call)
{
    ngx_str_t                          *condition;
    ngx_http_owncloud_content_range_t   answer;

    if (!open->part
        || ngx_http_owncloud_content_range_read(&call->range, &answer)
           != NGX_OK
        || !ngx_http_owncloud_range_answers(&open->range, &answer))
    {
        return 1;
    }

    open->expected = answer.last - answer.first + 1;

    if (call->length != -1 && call->length != open->expected) {
        return 1;
    }

    /*
     * a range of another version than the one that the browser has ranges of
     */

    condition = r->headers_in.if_range ? &r->headers_in.if_range->value : NULL;

    if ((condition
         && (condition->len != call->etag.len
             || ngx_memcmp(condition->data, call->etag.data, call->etag.len)
                != 0))
        || (open->lookup.size != -1 && answer.total != -1
            && open->lookup.size != answer.total))
    {
        open->changed = 1;
        return 1;
    }

    return 0;
}


ngx_int_t
ngx_http_owncloud_open_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->expected == -1 || r->method == NGX_HTTP_HEAD
        || call->sink->size == open->expected)
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloudbroken from \"%V\" for GET \"%V\": a whole file of %O "
                  "bytes instead of %O",
                  &ctx->issuer->id, &call->uri, call->sink->size,
                  open->expected);

    ngx_str_set(&ctx->error, "cloudbroken");

    return NGX_ERROR;
}


/* the size comes from the cloud's Content-Range, if that is valid */

ngx_int_t
ngx_http_owncloud_open_no_part(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *range)
{
    ngx_http_owncloud_content_range_t  answer;

    ngx_str_null(range);

    if (ngx_http_owncloud_content_range_read(&call->range, &answer) != NGX_OK
        || answer.last != -1)
    {
        return NGX_OK;
    }

    range->data = ngx_pnalloc(r->pool, sizeof("bytes */") - 1 + NGX_OFF_T_LEN);
    if (range->data == NULL) {
        return NGX_ERROR;
    }

    range->len = ngx_sprintf(range->data, "bytes */%O", answer.total)
                 - range->data;

    return NGX_OK;
}
