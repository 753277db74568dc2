
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_page.h"
#include "ngx_http_owncloud_send.h"


static ngx_int_t ngx_http_owncloud_page_said(ngx_pool_t *pool,
    ngx_str_t *detail, ngx_str_t *said);


/*
 * Cross-Origin-Opener-Policy is left out: it would separate the window from
 * the picker that opened it.
 */

static ngx_http_owncloud_header_t  ngx_http_owncloud_page_headers[] = {
    { "X-Frame-Options", "DENY" },
    { NULL, NULL }
};


static char  ngx_http_owncloud_page_signed_in[] =
    NGX_HTTP_OWNCLOUD_PAGE_HEAD
    "<p>You are signed in to %V as %V. You can close this window and press "
    "the refresh button of the file picker.</p>\n"
    "<script>" NGX_HTTP_OWNCLOUD_PAGE_SCRIPT "</script>\n"
    NGX_HTTP_OWNCLOUD_PAGE_END;


static char  ngx_http_owncloud_page_text[] =
    NGX_HTTP_OWNCLOUD_PAGE_HEAD
    "<p>%V</p>\n";


/* longest quote of a cloud, in bytes */
#define NGX_HTTP_OWNCLOUD_PAGE_SAID  500


static char  ngx_http_owncloud_page_detail[] =
    "<p class=\"said\">The response was: %V</p>\n";


static char  ngx_http_owncloud_page_advice[] =
    "<p>Close this window and try again. If the problem persists, show this "
    "page to your administrator.</p>\n"
    NGX_HTTP_OWNCLOUD_PAGE_END;


static ngx_str_t  ngx_http_owncloud_page_type = ngx_string("text/html");


ngx_int_t
ngx_http_owncloud_answer_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user)
{
    size_t       size;
    ngx_str_t    name, who, title, body;

    ngx_str_set(&title, "Signed in");

    if (ngx_http_owncloud_page_escape(r->pool, &ctx->issuer->name, &name)
        != NGX_OK
        || ngx_http_owncloud_page_escape(r->pool, user, &who) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    size = sizeof(ngx_http_owncloud_page_signed_in) + 2 * title.len + name.len
           + who.len;

    body.data = ngx_pnalloc(r->pool, size);
    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.len = ngx_snprintf(body.data, size,
                            ngx_http_owncloud_page_signed_in,
                            &title, &title, &name, &who)
               - body.data;

    return ngx_http_owncloud_page_send(r, NGX_HTTP_OK, "no-referrer",
                                       NGX_HTTP_OWNCLOUD_PAGE_POLICY
                                       NGX_HTTP_OWNCLOUD_PAGE_POLICY_SCRIPT,
                                       &body);
}


ngx_int_t
ngx_http_owncloud_answer_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *title,
    ngx_str_t *text, ngx_str_t *detail)
{
    size_t       size;
    u_char      *p, *end;
    ngx_str_t    head, what, said, body;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer page, status:%ui \"%s\"", status, title);

    head.data = (u_char *) title;
    head.len = ngx_strlen(title);

    if (ngx_http_owncloud_page_escape(r->pool, &head, &head) != NGX_OK
        || ngx_http_owncloud_page_escape(r->pool, text, &what) != NGX_OK
        || ngx_http_owncloud_page_said(r->pool, detail, &said) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    size = sizeof(ngx_http_owncloud_page_text)
           + sizeof(ngx_http_owncloud_page_detail)
           + sizeof(ngx_http_owncloud_page_advice)
           + 2 * head.len + what.len + said.len;

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.data = p;
    end = p + size;

    p = ngx_slprintf(p, end, ngx_http_owncloud_page_text, &head, &head, &what);

    if (said.len) {
        p = ngx_slprintf(p, end, ngx_http_owncloud_page_detail, &said);
    }

    p = ngx_slprintf(p, end, ngx_http_owncloud_page_advice);

    body.len = p - body.data;

    return ngx_http_owncloud_page_send(r, status, "no-referrer",
                                       NGX_HTTP_OWNCLOUD_PAGE_POLICY, &body);
}


ngx_int_t
ngx_http_owncloud_page_send(ngx_http_request_t *r, ngx_uint_t status,
    char *referrer, char *policy, ngx_str_t *body)
{
    ngx_http_owncloud_header_t  headers[3];

    ngx_memzero(headers, sizeof(headers));

    headers[0].name = "Referrer-Policy";
    headers[0].value = referrer;
    headers[1].name = "Content-Security-Policy";
    headers[1].value = policy;

    if (ngx_http_owncloud_send_headers(r, ngx_http_owncloud_page_headers)
        != NGX_OK
        || ngx_http_owncloud_send_headers(r, headers) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_text(r, status,
                                       &ngx_http_owncloud_page_type, body);
}


/* limits text from a cloud to one line of bounded size */

static ngx_int_t
ngx_http_owncloud_page_said(ngx_pool_t *pool, ngx_str_t *detail,
    ngx_str_t *said)
{
    u_char      *p, *last;
    ngx_str_t    line;
    ngx_uint_t   valid;

    if (detail->len == 0) {
        ngx_str_null(said);
        return NGX_OK;
    }

    line.len = ngx_min(detail->len, NGX_HTTP_OWNCLOUD_PAGE_SAID);

    /* do not split a character */

    while (line.len && line.len < detail->len
           && (detail->data[line.len] & 0xc0) == 0x80)
    {
        line.len--;
    }

    line.data = ngx_pnalloc(pool, line.len + 1);
    if (line.data == NULL) {
        return NGX_ERROR;
    }

    last = ngx_cpymem(line.data, detail->data, line.len);

    valid = ngx_http_owncloud_utf8_valid(line.data, line.len);

    for (p = line.data; p < last; p++) {

        if (*p < 0x20 || *p == 0x7f) {
            *p = ' ';

        } else if (*p >= 0x80 && !valid) {
            *p = '?';
        }
    }

    return ngx_http_owncloud_page_escape(pool, &line, said);
}


ngx_int_t
ngx_http_owncloud_page_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped)
{
    size_t   n;
    u_char  *p;

    n = ngx_escape_html(NULL, text->data, text->len);

    p = ngx_pnalloc(pool, text->len + n);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_escape_html(p, text->data, text->len);

    escaped->len = text->len + n;
    escaped->data = p;

    return NGX_OK;
}
