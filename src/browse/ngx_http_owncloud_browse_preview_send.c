
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_browse_preview_send.h"
#include "ngx_http_owncloud_send.h"


static ngx_int_t ngx_http_owncloud_preview_header(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *version);
static ngx_str_t *ngx_http_owncloud_preview_type(ngx_str_t *type);


/* What a cloud sends is shown on Moodle's own origin: only as a picture */

static ngx_http_owncloud_header_t  ngx_http_owncloud_preview_headers[] = {
    { "Cache-Control", "private, max-age=86400" },
    { "Content-Disposition", "inline" },
    { "Content-Security-Policy", "sandbox; default-src 'none'" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "X-Content-Type-Options", "nosniff" },
    { NULL, NULL }
};


/* SVG is not among them: it can contain scripts */

static ngx_str_t  ngx_http_owncloud_preview_types[] = {
    ngx_string("image/png"),
    ngx_string("image/jpeg"),
    ngx_string("image/gif"),
    ngx_string("image/webp"),
    ngx_null_string
};


/*
 * The URL contains the version, so the browser's copy is current: the cloud is
 * not asked
 */

ngx_uint_t
ngx_http_owncloud_preview_cached(ngx_http_request_t *r, ngx_str_t *version)
{
    u_char           *p, *last;
    ngx_table_elt_t  *h;

    h = r->headers_in.if_none_match;

    if (h == NULL) {
        return 0;
    }

    p = h->value.data;
    last = p + h->value.len;

    for ( /* void */ ; p < last; p++) {

        if ((size_t) (last - p) < version->len + 2) {
            return 0;
        }

        if (p[0] == '"' && p[version->len + 1] == '"'
            && ngx_memcmp(p + 1, version->data, version->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_owncloud_preview_unchanged(ngx_http_request_t *r, ngx_str_t *version)
{
    return ngx_http_owncloud_preview_header(r, NGX_HTTP_NOT_MODIFIED, version);
}


ngx_int_t
ngx_http_owncloud_preview_send(ngx_http_request_t *r, ngx_str_t *version,
    ngx_str_t *type, ngx_str_t *body)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_chain_t  out;

    type = ngx_http_owncloud_preview_type(type);

    if (type == NULL || body->len == 0) {
        return NGX_DECLINED;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    r->headers_out.content_length_n = body->len;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_owncloud_preview_header(r, NGX_HTTP_OK, version);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_owncloud_preview_header(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *version)
{
    ngx_table_elt_t  *h;

    ngx_http_clear_last_modified(r);
    ngx_http_clear_accept_ranges(r);

    r->disable_not_modified = 1;

    if (ngx_http_owncloud_send_headers(r, ngx_http_owncloud_preview_headers)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
    ngx_http_owncloud_next_unset(h);
    ngx_str_set(&h->key, "ETag");
    h->lowcase_key = NULL;

    h->value.data = ngx_pnalloc(r->pool, version->len + 2);
    if (h->value.data == NULL) {
        h->hash = 0;
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->value.len = ngx_sprintf(h->value.data, "\"%V\"", version)
                   - h->value.data;

    r->headers_out.etag = h;
    r->headers_out.status = status;

    return ngx_http_send_header(r);
}


static ngx_str_t *
ngx_http_owncloud_preview_type(ngx_str_t *type)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *known;

    p = ngx_strlchr(type->data, type->data + type->len, ';');
    len = p ? (size_t) (p - type->data) : type->len;

    while (len && type->data[len - 1] == ' ') {
        len--;
    }

    for (known = ngx_http_owncloud_preview_types; known->len; known++) {

        if (known->len == len
            && ngx_strncasecmp(known->data, type->data, len) == 0)
        {
            return known;
        }
    }

    return NULL;
}
