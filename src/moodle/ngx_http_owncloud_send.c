
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_send.h"


static ngx_http_owncloud_header_t  ngx_http_owncloud_send_common[] = {
    { "Cache-Control", "no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { NULL, NULL }
};


static ngx_str_t  ngx_http_owncloud_send_json_type =
    ngx_string("application/json");


ngx_int_t
ngx_http_owncloud_send_headers(ngx_http_request_t *r,
    ngx_http_owncloud_header_t *headers)
{
    ngx_table_elt_t  *h;

    for ( /* void */ ; headers->name; headers++) {

        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        h->hash = 1;
        ngx_http_owncloud_next_unset(h);

        h->key.data = (u_char *) headers->name;
        h->key.len = ngx_strlen(headers->name);
        h->value.data = (u_char *) headers->value;
        h->value.len = ngx_strlen(headers->value);
        h->lowcase_key = NULL;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_chain_t *out, off_t size)
{
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    if (ctx && ctx->aborted) {
        r->connection->error = 1;
        return NGX_ERROR;
    }

    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);
    ngx_http_clear_accept_ranges(r);

    /* ignore conditional requests */

    r->disable_not_modified = 1;

    if (ngx_http_owncloud_send_headers(r, ngx_http_owncloud_send_common)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = size;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;

    p = ngx_strlchr(type->data, type->data + type->len, ';');

    if (p) {
        r->headers_out.content_type_len = p - type->data;

    } else if (type->len < 6 || ngx_strncmp(type->data, "image/", 6) != 0) {
        ngx_str_set(&r->headers_out.charset, "utf-8");
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, out);
}


ngx_int_t
ngx_http_owncloud_send_text(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_str_t *body)
{
    ngx_buf_t    *b;
    ngx_chain_t  *out;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    out = ngx_alloc_chain_link(r->pool);
    if (out == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    out->buf = b;
    out->next = NULL;

    /* nginx rejects an empty buffer in memory */

    if (body->len) {
        b->pos = body->data;
        b->last = body->data + body->len;
        b->memory = 1;
    }

    b->last_buf = 1;
    b->last_in_chain = 1;

    return ngx_http_owncloud_send(r, status, type, out, body->len);
}


ngx_int_t
ngx_http_owncloud_send_redirect(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *url)
{
    ngx_str_t         type, body;
    ngx_table_elt_t  *h;

    static ngx_http_owncloud_header_t  headers[] = {
        { "Referrer-Policy", "no-referrer" },
        { NULL, NULL }
    };

    if (ngx_http_owncloud_send_headers(r, headers) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_clear_location(r);

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
    ngx_http_owncloud_next_unset(h);
    ngx_str_set(&h->key, "Location");
    h->value = *url;
    h->lowcase_key = NULL;

    r->headers_out.location = h;

    ngx_str_set(&type, "text/plain");
    ngx_str_null(&body);

    return ngx_http_owncloud_send_text(r, status, &type, &body);
}


ngx_int_t
ngx_http_owncloud_send_json(ngx_http_request_t *r,
    ngx_http_owncloud_json_t *json)
{
    off_t         size;
    ngx_chain_t  *out;

    if (ngx_http_owncloud_json_end(json, &out, &size) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send(r, NGX_HTTP_OK,
                                  &ngx_http_owncloud_send_json_type, out,
                                  size);
}
