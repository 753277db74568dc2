
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_head.h"


#define NGX_HTTP_OWNCLOUD_HEAD_VERSION  "HTTP/1."


static ngx_int_t ngx_http_owncloud_head_line(ngx_http_owncloud_head_t *head,
    ngx_buf_t *b, ngx_str_t *line);
static ngx_int_t ngx_http_owncloud_head_status(ngx_http_owncloud_head_t *head,
    ngx_str_t *line);
static ngx_int_t ngx_http_owncloud_head_field(ngx_http_owncloud_head_t *head,
    ngx_str_t *line);
static ngx_int_t ngx_http_owncloud_head_end(ngx_http_owncloud_head_t *head);
static ngx_int_t ngx_http_owncloud_head_framing(
    ngx_http_owncloud_head_t *head);


/* texts from users are escaped there, so they cannot contain these strings */

static ngx_str_t  ngx_http_owncloud_head_down_texts[] = {
    ngx_string("<s:exception>OCA\\DAV\\Exception\\ServerMaintenanceMode<"),
    ngx_string("<s:message>System in maintenance mode.<"),
    ngx_string("<s:message>System in single user mode.<"),
    ngx_null_string
};


void
ngx_http_owncloud_head_init(ngx_http_owncloud_head_t *head, ngx_pool_t *pool)
{
    ngx_memzero(head, sizeof(ngx_http_owncloud_head_t));

    head->pool = pool;
    head->length = -1;
}


ngx_int_t
ngx_http_owncloud_head_read(ngx_http_owncloud_head_t *head, ngx_buf_t *b)
{
    ngx_int_t  rc;
    ngx_str_t  line;

    ngx_str_null(&line);

    for ( ;; ) {

        rc = ngx_http_owncloud_head_line(head, b, &line);

        if (rc != NGX_OK) {
            return rc;
        }

        if (head->status == 0) {
            rc = ngx_http_owncloud_head_status(head, &line);

        } else if (line.len) {
            rc = ngx_http_owncloud_head_field(head, &line);

        } else if (head->status >= 200) {
            return ngx_http_owncloud_head_end(head);

        } else if (head->status == 101) {
            return ngx_http_owncloud_head_invalid(head, "status");

        } else {

            /* an interim response; the final one follows */

            ngx_http_owncloud_head_init(head, head->pool);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }
}


/*
 * The line excludes its end.  Garbage is detected early, since it may never
 * have one.
 */

static ngx_int_t
ngx_http_owncloud_head_line(ngx_http_owncloud_head_t *head, ngx_buf_t *b,
    ngx_str_t *line)
{
    size_t   i, len;
    u_char  *p;

    static u_char  version[] = NGX_HTTP_OWNCLOUD_HEAD_VERSION;

    len = b->last - b->pos;

    if (head->status == 0) {
        for (i = 0; i < len && i < sizeof(version) - 1; i++) {
            if (b->pos[i] != version[i]) {
                return ngx_http_owncloud_head_invalid(head, "status line");
            }
        }
    }

    p = ngx_strlchr(b->pos + head->seen, b->last, LF);

    if (p == NULL) {
        head->seen = len;
        return NGX_AGAIN;
    }

    line->data = b->pos;
    line->len = p - b->pos;

    if (line->len && p[-1] == CR) {
        line->len--;
    }

    b->pos = p + 1;
    head->seen = 0;

    for (i = 0; i < line->len; i++) {
        if (line->data[i] == CR || line->data[i] == '\0') {
            return ngx_http_owncloud_head_invalid(head,
                                                  head->status ? "header line"
                                                               : "status line");
        }
    }

    return NGX_OK;
}


/* HTTP/1.1 207, optionally followed by a space and any reason */

static ngx_int_t
ngx_http_owncloud_head_status(ngx_http_owncloud_head_t *head, ngx_str_t *line)
{
    u_char     *p;
    ngx_int_t   status;

    p = line->data + sizeof(NGX_HTTP_OWNCLOUD_HEAD_VERSION) - 1;

    if (line->len < sizeof(NGX_HTTP_OWNCLOUD_HEAD_VERSION "1 207") - 1
        || p[0] < '0' || p[0] > '9' || p[1] != ' ')
    {
        return ngx_http_owncloud_head_invalid(head, "status line");
    }

    status = ngx_atoi(p + 2, 3);

    if (status == NGX_ERROR
        || (p + 5 < line->data + line->len && p[5] != ' '))
    {
        return ngx_http_owncloud_head_invalid(head, "status line");
    }

    if (status < 100 || status > 599) {
        return ngx_http_owncloud_head_invalid(head, "status");
    }

    head->status = status;
    head->http11 = (p[0] != '0');
    head->close = !head->http11;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_head_field(ngx_http_owncloud_head_t *head, ngx_str_t *line)
{
    u_char     *p, *last;
    ngx_str_t   name, value;

    last = line->data + line->len;

    for (p = line->data; p < last && *p > ' ' && *p < 0x7f && *p != ':'; p++) {
        /* void */
    }

    if (p == last || p == line->data || *p != ':') {
        return ngx_http_owncloud_head_invalid(head, "header line");
    }

    name.data = line->data;
    name.len = p - line->data;

    do { p++; } while (p < last && (*p == ' ' || *p == '\t'));

    while (last > p && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    value.data = p;
    value.len = last - p;

    return ngx_http_owncloud_head_value(head, &name, &value);
}


static ngx_int_t
ngx_http_owncloud_head_end(ngx_http_owncloud_head_t *head)
{
    time_t  left;

    if (head->retry_at) {
        left = head->retry_at - (head->date ? head->date : ngx_time());

        head->retry_after = ngx_min(ngx_max(left, 1),
                                    NGX_HTTP_OWNCLOUD_RETRY_MAX);
    }

    return ngx_http_owncloud_head_framing(head);
}


static ngx_int_t
ngx_http_owncloud_head_framing(ngx_http_owncloud_head_t *head)
{
    if (head->chunked && !head->http11) {
        return ngx_http_owncloud_head_invalid(head,
                                       "\"Transfer-Encoding\" in HTTP/1.0");
    }

    if (head->chunked && head->length != -1) {
        return ngx_http_owncloud_head_invalid(head,
                         "both \"Content-Length\" and \"Transfer-Encoding\"");
    }

    if (head->status == 204 || head->status == 304) {
        head->framing = NGX_HTTP_OWNCLOUD_FRAMING_NONE;

    } else if (head->chunked) {
        head->framing = NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED;

    } else if (head->length != -1) {
        head->framing = NGX_HTTP_OWNCLOUD_FRAMING_LENGTH;

    } else if (head->close) {
        head->framing = NGX_HTTP_OWNCLOUD_FRAMING_CLOSE;

    } else {

        /* its end would look like a broken connection */

        return ngx_http_owncloud_head_invalid(head, "framing");
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_head_down(ngx_str_t *said)
{
    ngx_str_t  *text;

    for (text = ngx_http_owncloud_head_down_texts; text->len; text++) {

        if (said->len >= text->len
            && ngx_strlcasestrn(said->data, said->data + said->len,
                                text->data, text->len - 1)
               != NULL)
        {
            return 1;
        }
    }

    return 0;
}
