
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_ocs_share.h"


typedef struct {
    ngx_uint_t   code;
    ngx_uint_t   result;
} ngx_http_owncloud_ocs_code_t;


/*
 * Both "json" and "xml" are NULL until the first byte that is not white space.
 */

struct ngx_http_owncloud_ocs_reader_s {
    ngx_pool_t                       *pool;
    ngx_http_owncloud_json_reader_t  *json;
    ngx_http_owncloud_ocs_xml_t      *xml;
    ngx_http_owncloud_ocs_t           ocs;
    ngx_str_t                         code;
    ngx_http_owncloud_json_field_t    field[2];
    ngx_http_owncloud_json_list_t     list;
    ngx_int_t                         rc;       /* NGX_DECLINED: no OCS */
    unsigned                          ended:1;
};


static ngx_int_t ngx_http_owncloud_ocs_begin(
    ngx_http_owncloud_ocs_reader_t *reader, u_char ch);
static ngx_int_t ngx_http_owncloud_ocs_json(
    ngx_http_owncloud_ocs_reader_t *reader);
static ngx_int_t ngx_http_owncloud_ocs_end(
    ngx_http_owncloud_ocs_reader_t *reader);
static ngx_uint_t ngx_http_owncloud_ocs_result(ngx_uint_t status,
    ngx_uint_t code);
static void ngx_http_owncloud_ocs_line(ngx_str_t *text);


/* of all servers and both versions; 1xx belong to version 1 */

static ngx_http_owncloud_ocs_code_t  ngx_http_owncloud_ocs_codes[] = {
    { 100, NGX_HTTP_OWNCLOUD_OCS_GOOD },
    { 104, NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN },    /* shared already */
    { 200, NGX_HTTP_OWNCLOUD_OCS_GOOD },
    { 400, NGX_HTTP_OWNCLOUD_OCS_INVALID },
    { 401, NGX_HTTP_OWNCLOUD_OCS_REFUSED },
    { 403, NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN },
    { 404, NGX_HTTP_OWNCLOUD_OCS_MISSING },
    { 429, NGX_HTTP_OWNCLOUD_OCS_TOO_MANY },
    { 997, NGX_HTTP_OWNCLOUD_OCS_REFUSED },
    { 998, NGX_HTTP_OWNCLOUD_OCS_MISSING },      /* OpenCloud */
    { 0, NGX_HTTP_OWNCLOUD_OCS_FAILED }
};


static ngx_str_t  ngx_http_owncloud_ocs_names[] = {
    ngx_string("id"),
    ngx_string("share_type"),
    ngx_string("permissions"),
    ngx_string("token"),
    ngx_string("url"),
    ngx_string("expiration"),
    ngx_string("path"),
    ngx_string("item_type"),
    ngx_string("file_target"),
    ngx_string("file_source"),
    ngx_string("share_with"),
    ngx_string("password"),
    ngx_string("uid_file_owner"),
    ngx_string("uid_owner")
};


ngx_http_owncloud_ocs_reader_t *
ngx_http_owncloud_ocs_create(ngx_pool_t *pool)
{
    ngx_http_owncloud_ocs_reader_t  *reader;

    reader = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_ocs_reader_t));
    if (reader == NULL) {
        return NULL;
    }

    reader->pool = pool;

    if (ngx_array_init(&reader->ocs.shares, pool, 4,
                       sizeof(ngx_http_owncloud_share_t))
        != NGX_OK)
    {
        return NULL;
    }

    return reader;
}


ngx_int_t
ngx_http_owncloud_ocs_feed(ngx_http_owncloud_ocs_reader_t *reader, u_char *p,
    size_t len)
{
    if (reader->ended) {
        return NGX_OK;
    }

    if (reader->rc == NGX_OK && reader->json == NULL && reader->xml == NULL) {

        while (len && *p <= ' ') {
            p++;
            len--;
        }

        if (len) {
            reader->rc = ngx_http_owncloud_ocs_begin(reader, *p);
        }
    }

    if (len && reader->rc == NGX_OK) {
        reader->rc = reader->json
                     ? ngx_http_owncloud_json_feed(reader->json, p, len)
                     : ngx_http_owncloud_ocs_xml_feed(reader->xml, p, len);
    }

    return (reader->rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_ocs_begin(ngx_http_owncloud_ocs_reader_t *reader, u_char ch)
{
    switch (ch) {

    case '{':
        return ngx_http_owncloud_ocs_json(reader);

    case '<':
        reader->xml = ngx_http_owncloud_ocs_xml_create(reader->pool,
                                                       &reader->ocs,
                                                       &reader->code);
        return reader->xml ? NGX_OK : NGX_ERROR;

    default:
        return NGX_DECLINED;
    }
}


static ngx_int_t
ngx_http_owncloud_ocs_json(ngx_http_owncloud_ocs_reader_t *reader)
{
    ngx_http_owncloud_json_list_t  *list;

    ngx_str_set(&reader->field[0].path, "ocs-meta-statuscode");
    ngx_str_set(&reader->field[1].path, "ocs-meta-message");

    list = &reader->list;

    ngx_str_set(&list->path, "ocs-data");
    list->names = ngx_http_owncloud_ocs_names;
    list->nnames = NGX_HTTP_OWNCLOUD_OCS_VALUES;
    list->max = NGX_HTTP_OWNCLOUD_OCS_TEXT;
    list->object = ngx_http_owncloud_ocs_share;
    list->data = &reader->ocs;

    reader->json = ngx_http_owncloud_json_open(reader->pool, reader->field, 2,
                                               list);

    return reader->json ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_ocs_finish(ngx_http_owncloud_ocs_reader_t *reader,
    ngx_uint_t status, ngx_http_owncloud_ocs_t *ocs)
{
    if (!reader->ended) {
        reader->ended = 1;
        reader->rc = ngx_http_owncloud_ocs_end(reader);
    }

    if (reader->rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    *ocs = reader->ocs;

    if (reader->rc == NGX_OK) {
        ocs->result = ngx_http_owncloud_ocs_result(status, ocs->statuscode);

    } else {
        ocs->statuscode = status;
        ngx_str_null(&ocs->message);

        /* these may come without a body or with an HTML page */

        ocs->result = (status == 401) ? NGX_HTTP_OWNCLOUD_OCS_REFUSED
                      : (status == 429) ? NGX_HTTP_OWNCLOUD_OCS_TOO_MANY
                      : NGX_HTTP_OWNCLOUD_OCS_FAILED;
    }

    if (ocs->result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        ocs->shares.nelts = 0;
    }

    return NGX_OK;
}


/* returns NGX_DECLINED if the body is not OCS */

static ngx_int_t
ngx_http_owncloud_ocs_end(ngx_http_owncloud_ocs_reader_t *reader)
{
    ngx_int_t  rc, n;

    if (reader->rc != NGX_OK) {
        return reader->rc;
    }

    if (reader->json) {
        rc = ngx_http_owncloud_json_finish(reader->json);

        reader->code = reader->field[0].value;
        reader->ocs.message = reader->field[1].value;

    } else if (reader->xml) {
        rc = ngx_http_owncloud_ocs_xml_finish(reader->xml);

    } else {
        rc = NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    n = ngx_http_owncloud_ocs_number(&reader->code);

    if (n == NGX_ERROR || n > 999) {
        return NGX_DECLINED;
    }

    reader->ocs.statuscode = n;

    ngx_http_owncloud_ocs_line(&reader->ocs.message);

    return NGX_OK;
}


/*
 * The HTTP status may come from a proxy, and the API may report an error of
 * its own with status 200.
 */

static ngx_uint_t
ngx_http_owncloud_ocs_result(ngx_uint_t status, ngx_uint_t code)
{
    ngx_uint_t                     result;
    ngx_http_owncloud_ocs_code_t  *c;

    if (status == 401) {
        return NGX_HTTP_OWNCLOUD_OCS_REFUSED;
    }

    if (status == 429) {
        return NGX_HTTP_OWNCLOUD_OCS_TOO_MANY;
    }

    for (c = ngx_http_owncloud_ocs_codes; c->code; c++) {
        if (c->code == code) {
            break;
        }
    }

    result = c->result;

    if (result == NGX_HTTP_OWNCLOUD_OCS_GOOD
        && (status < 200 || status >= 300))
    {
        return NGX_HTTP_OWNCLOUD_OCS_FAILED;
    }

    return result;
}


/* the message is shown to people: one line of limited length */

static void
ngx_http_owncloud_ocs_line(ngx_str_t *text)
{
    size_t  i;

    if (text->len > NGX_HTTP_OWNCLOUD_OCS_MESSAGE) {

        text->len = NGX_HTTP_OWNCLOUD_OCS_MESSAGE;

        while (text->len && (text->data[text->len] & 0xc0) == 0x80) {
            text->len--;
        }
    }

    for (i = 0; i < text->len; i++) {
        if (text->data[i] < ' ' || text->data[i] == 0x7f) {
            text->data[i] = ' ';
        }
    }

    while (text->len && text->data[text->len - 1] == ' ') {
        text->len--;
    }
}
