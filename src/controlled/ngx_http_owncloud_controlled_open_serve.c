
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_error.h"
#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_controlled_open_part.h"
#include "ngx_http_owncloud_controlled_open_type.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_stream.h"


static ngx_int_t ngx_http_owncloud_open_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_stream(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_header(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_http_owncloud_header_t *ngx_http_owncloud_open_policy(
    ngx_str_t *type);
static ngx_int_t ngx_http_owncloud_open_disposition(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *how);
static ngx_int_t ngx_http_owncloud_open_line(ngx_http_request_t *r,
    char *name, ngx_str_t *value, ngx_table_elt_t **header);
static ngx_int_t ngx_http_owncloud_open_not_sent(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_open_no_range(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);


/*
 * The file is served from Moodle's own origin and may contain anything:
 * nothing in it may be run or fetched, and its type is not guessed.
 */

static ngx_http_owncloud_header_t  ngx_http_owncloud_open_headers[] = {
    { "Cache-Control", "private, no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { NULL, NULL }
};


static ngx_http_owncloud_header_t  ngx_http_owncloud_open_sandbox[] = {
    { "Content-Security-Policy",
      "default-src 'none'; img-src 'self'; media-src 'self'; "
      "style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox" },
    { NULL, NULL }
};


/* media players request ranges with the cookies of this origin */

static ngx_http_owncloud_header_t  ngx_http_owncloud_open_media[] = {
    { "Content-Security-Policy",
      "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; "
      "frame-ancestors 'self'; sandbox allow-same-origin" },
    { NULL, NULL }
};


/* browsers do not show a PDF in a sandbox; a PDF cannot reach the page */

static ngx_http_owncloud_header_t  ngx_http_owncloud_open_viewer[] = {
    { "Content-Security-Policy",
      "default-src 'none'; object-src 'self'; plugin-types application/pdf; "
      "style-src 'unsafe-inline'; frame-ancestors 'self'" },
    { NULL, NULL }
};


static ngx_http_owncloud_stream_t  ngx_http_owncloud_open_stream_handlers = {
    ngx_http_owncloud_open_header,
    ngx_http_owncloud_open_not_sent,
    ngx_http_owncloud_open_ended
};


ngx_int_t
ngx_http_owncloud_open_serve(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    /* the rest needs no lock */

    if (open->lock) {
        ngx_http_owncloud_lock_end(open->lock);
    }

    if (ctx->repository->open && open->as == NGX_HTTP_OWNCLOUD_AS_USER
        && ctx->issuer->base.text.len)
    {
        return ngx_http_owncloud_open_page(r, ctx);
    }

    /* what was found by a note does not make the note last longer */

    if (open->reader.len == 0
        && ngx_http_owncloud_open_note_range_put(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_open_stream(r, ctx);
}


/* the cloud's own page of the file, by its id */

static ngx_int_t
ngx_http_owncloud_open_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *path;
    u_char                    *p;
    ngx_str_t                  url, id, *base;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    base = &ctx->issuer->base.text;

    if (open->lookup.found_id.len == 0) {
        open->lookup.found_id = open->lookup.id;
    }

    if (ngx_http_owncloud_uri_escape(r->pool, &open->lookup.found_id, &id, 1)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    path = ngx_http_owncloud_type(ctx->issuer->type)->file_path;

    p = ngx_pnalloc(r->pool, base->len + 1 + ngx_strlen(path) + id.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    url.data = p;

    p = ngx_sprintf(p, "%V%s%s%V", base,
                    (base->data[base->len - 1] == '/') ? "" : "/", path, &id);

    url.len = p - url.data;

    return ngx_http_owncloud_send_redirect(r, NGX_HTTP_MOVED_TEMPORARILY,
                                           &url);
}


static ngx_int_t
ngx_http_owncloud_open_stream(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->webdav,
                                         (r->method == NGX_HTTP_HEAD)
                                         ? "HEAD" : "GET");

    if (call == NULL
        || ngx_http_owncloud_call_path(r, ctx, &open->lookup.path, &call->uri)
           != NGX_OK
        || ngx_http_owncloud_account_authorize(r, ctx, call, open->as)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_open_part(r, open, call) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    return ngx_http_owncloud_stream_start(r, ctx, call,
                                      &ngx_http_owncloud_open_stream_handlers);
}


static ngx_int_t
ngx_http_owncloud_open_header(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_str_t                 *type;
    ngx_http_owncloud_open_t  *open;

    static ngx_str_t  bytes = ngx_string("bytes");
    static ngx_str_t  binary = ngx_string("application/octet-stream");

    open = ctx->flow;

    if (ngx_http_owncloud_open_wrong(r, open, call)) {
        return NGX_DECLINED;
    }

    type = ngx_http_owncloud_open_type(&open->link.name);

    if (ngx_http_owncloud_send_headers(r, ngx_http_owncloud_open_headers)
        != NGX_OK
        || ngx_http_owncloud_send_headers(r,
                                          ngx_http_owncloud_open_policy(type))
           != NGX_OK
        || ngx_http_owncloud_open_disposition(r, ctx,
                                  (type && !open->ticket.download)
                                  ? "inline" : "attachment")
           != NGX_OK
        || ngx_http_owncloud_open_line(r, "ETag", &call->etag,
                                       &r->headers_out.etag)
           != NGX_OK
        || ngx_http_owncloud_open_line(r, "Accept-Ranges", &bytes,
                                       &r->headers_out.accept_ranges)
           != NGX_OK
        || (call->status == NGX_HTTP_PARTIAL_CONTENT
            && ngx_http_owncloud_open_line(r, "Content-Range", &call->range,
                                           &r->headers_out.content_range)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    r->headers_out.content_type = type ? *type : binary;
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    r->disable_not_modified = 1;

    return NGX_OK;
}


/* "type": the Content-Type for showing it; NULL: it is saved */

static ngx_http_owncloud_header_t *
ngx_http_owncloud_open_policy(ngx_str_t *type)
{
    if (type == NULL) {
        return ngx_http_owncloud_open_sandbox;
    }

    if (ngx_strncmp(type->data, "audio/", 6) == 0
        || ngx_strncmp(type->data, "video/", 6) == 0)
    {
        return ngx_http_owncloud_open_media;
    }

    return (ngx_strncmp(type->data, "application/pdf", type->len) == 0)
           ? ngx_http_owncloud_open_viewer : ngx_http_owncloud_open_sandbox;
}


/* RFC 6266; the plain name is for clients without "filename*" */

static ngx_int_t
ngx_http_owncloud_open_disposition(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *how)
{
    u_char                    *p, *src, *last;
    ngx_str_t                  escaped, value, *name;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    name = &open->link.name;

    if (ngx_http_owncloud_uri_escape(r->pool, name, &escaped, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, sizeof("attachment; filename=\"\"; "
                                    "filename*=UTF-8''")
                             + name->len + escaped.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_sprintf(p, "%s; filename=\"", how);

    last = name->data + name->len;

    for (src = name->data; src < last; src++) {
        *p++ = (*src < 0x20 || *src >= 0x7f || *src == '"' || *src == '\\'
                || *src == '%')
               ? '_' : *src;
    }

    p = ngx_sprintf(p, "\"; filename*=UTF-8''%V", &escaped);

    value.len = p - value.data;

    return ngx_http_owncloud_open_line(r, "Content-Disposition", &value,
                                       NULL);
}


/* "header": the member of headers_out for it, or NULL */

static ngx_int_t
ngx_http_owncloud_open_line(ngx_http_request_t *r, char *name,
    ngx_str_t *value, ngx_table_elt_t **header)
{
    ngx_table_elt_t  *h;

    if (value->len == 0) {
        return NGX_OK;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_http_owncloud_next_unset(h);

    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;
    h->lowcase_key = NULL;

    if (header) {
        *header = h;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_open_not_sent(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (call->header_done && open->part
        && call->status == NGX_HTTP_RANGE_NOT_SATISFIABLE)
    {
        return ngx_http_owncloud_open_no_range(r, call);
    }

    if (open->changed) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This file is being changed in %s, or was replaced. Please "
                   "open it again.", "cloudchanged");
    }

    /* an answer that is not a file */

    if (call->header_done
        && (call->status == NGX_HTTP_OK
            || call->status == NGX_HTTP_PARTIAL_CONTENT))
    {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_INVALID;

    } else if (call->header_done) {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_GOOD;
    }

    return ngx_http_owncloud_open_failed(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_no_range(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    ngx_str_t  type, body, range;

    ngx_str_set(&type, "text/plain");
    ngx_str_null(&body);

    if (ngx_http_owncloud_open_no_part(r, call, &range) != NGX_OK
        || ngx_http_owncloud_open_line(r, "Content-Range", &range, NULL)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_text(r, NGX_HTTP_RANGE_NOT_SATISFIABLE,
                                       &type, &body);
}
