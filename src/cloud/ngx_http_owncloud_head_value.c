
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_head.h"


typedef struct {
    ngx_str_t  name;
    ngx_int_t  (*handler)(ngx_http_owncloud_head_t *head, ngx_str_t *value);
    size_t     offset;  /* of the value, without handler */
} ngx_http_owncloud_head_field_t;


static ngx_uint_t ngx_http_owncloud_head_is(ngx_str_t *value, ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_head_length(ngx_http_owncloud_head_t *head,
    ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_transfer(
    ngx_http_owncloud_head_t *head, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_encoding(
    ngx_http_owncloud_head_t *head, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_connection(
    ngx_http_owncloud_head_t *head, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_date(ngx_http_owncloud_head_t *head,
    ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_retry(ngx_http_owncloud_head_t *head,
    ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_head_maintenance(
    ngx_http_owncloud_head_t *head, ngx_str_t *value);


static ngx_http_owncloud_head_field_t  ngx_http_owncloud_head_fields[] = {

    { ngx_string("Content-Length"), ngx_http_owncloud_head_length, 0 },

    { ngx_string("Transfer-Encoding"), ngx_http_owncloud_head_transfer, 0 },

    { ngx_string("Content-Encoding"), ngx_http_owncloud_head_encoding, 0 },

    { ngx_string("Connection"), ngx_http_owncloud_head_connection, 0 },

    { ngx_string("Date"), ngx_http_owncloud_head_date, 0 },

    { ngx_string("Retry-After"), ngx_http_owncloud_head_retry, 0 },

    { ngx_string("X-Nextcloud-Maintenance-Mode"),
      ngx_http_owncloud_head_maintenance, 0 },

    { ngx_string("ETag"), NULL, offsetof(ngx_http_owncloud_head_t, etag) },

    { ngx_string("Content-Type"), NULL,
      offsetof(ngx_http_owncloud_head_t, type) },

    { ngx_string("OC-Checksum"), NULL,
      offsetof(ngx_http_owncloud_head_t, checksum) },

    { ngx_string("Content-Range"), NULL,
      offsetof(ngx_http_owncloud_head_t, range) },

    { ngx_null_string, NULL, 0 }
};


/* values are copied, since the buffer is reused for the body */

ngx_int_t
ngx_http_owncloud_head_value(ngx_http_owncloud_head_t *head, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_str_t                       *to;
    ngx_http_owncloud_head_field_t  *field;

    for (field = ngx_http_owncloud_head_fields; field->name.len; field++) {

        if (!ngx_http_owncloud_head_is(name, &field->name)) {
            continue;
        }

        if (field->handler) {
            return field->handler(head, value);
        }

        to = (ngx_str_t *) ((u_char *) head + field->offset);

        to->len = value->len;
        to->data = ngx_pstrdup(head->pool, value);

        return to->data ? NGX_OK : NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_head_is(ngx_str_t *value, ngx_str_t *name)
{
    return (value->len == name->len
            && ngx_strncasecmp(value->data, name->data, name->len) == 0);
}


static ngx_int_t
ngx_http_owncloud_head_length(ngx_http_owncloud_head_t *head, ngx_str_t *value)
{
    off_t  n;

    n = ngx_atoof(value->data, value->len);

    if (n == NGX_ERROR || (head->length != -1 && n != head->length)) {
        return ngx_http_owncloud_head_invalid(head, "Content-Length");
    }

    head->length = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_head_transfer(ngx_http_owncloud_head_t *head,
    ngx_str_t *value)
{
    static ngx_str_t  chunked = ngx_string("chunked");

    if (head->chunked || !ngx_http_owncloud_head_is(value, &chunked)) {
        return ngx_http_owncloud_head_invalid(head, "Transfer-Encoding");
    }

    head->chunked = 1;

    return NGX_OK;
}


/* we request no encoding, and do not decompress: it might be a bomb */

static ngx_int_t
ngx_http_owncloud_head_encoding(ngx_http_owncloud_head_t *head,
    ngx_str_t *value)
{
    static ngx_str_t  identity = ngx_string("identity");

    if (!ngx_http_owncloud_head_is(value, &identity)) {
        return ngx_http_owncloud_head_invalid(head, "Content-Encoding");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_head_connection(ngx_http_owncloud_head_t *head,
    ngx_str_t *value)
{
    if (ngx_strlcasestrn(value->data, value->data + value->len,
                         (u_char *) "close", 5 - 1)
        != NULL)
    {
        head->close = 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_head_date(ngx_http_owncloud_head_t *head, ngx_str_t *value)
{
    time_t  date;

    date = ngx_parse_http_time(value->data, value->len);

    if (date != NGX_ERROR) {
        head->date = date;
    }

    return NGX_OK;
}


/* seconds, or a date by the cloud's clock */

static ngx_int_t
ngx_http_owncloud_head_retry(ngx_http_owncloud_head_t *head, ngx_str_t *value)
{
    size_t  i;
    time_t  date;

    head->retry_at = 0;
    head->retry_after = 0;

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < '0' || value->data[i] > '9') {

            head->retry_after = 0;

            date = ngx_parse_http_time(value->data, value->len);

            if (date != NGX_ERROR) {
                head->retry_at = date;
            }

            return NGX_OK;
        }

        head->retry_after = 10 * head->retry_after + value->data[i] - '0';

        head->retry_after = ngx_min(head->retry_after,
                                    NGX_HTTP_OWNCLOUD_RETRY_MAX);
    }

    /* 0 would mean that there is no Retry-After */

    if (value->len && head->retry_after == 0) {
        head->retry_after = 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_head_maintenance(ngx_http_owncloud_head_t *head,
    ngx_str_t *value)
{
    head->maintenance = (value->len == 1 && value->data[0] == '1');

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_head_invalid(ngx_http_owncloud_head_t *head, char *what)
{
    head->invalid = what;

    return NGX_DECLINED;
}
