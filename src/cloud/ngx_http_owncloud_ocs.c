
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_json_list.h"
#include "ngx_http_owncloud_ocs_share.h"


typedef struct {
    ngx_uint_t   code;
    ngx_uint_t   result;
} ngx_http_owncloud_ocs_code_t;


static ngx_int_t ngx_http_owncloud_ocs_body(ngx_pool_t *pool,
    ngx_str_t *body, ngx_http_owncloud_ocs_t *ocs);
static ngx_int_t ngx_http_owncloud_ocs_json(ngx_pool_t *pool,
    ngx_str_t *body, ngx_http_owncloud_ocs_t *ocs, ngx_str_t *code);
static ngx_int_t ngx_http_owncloud_ocs_object(void *data, ngx_str_t *values,
    ngx_uint_t cut);
static ngx_uint_t ngx_http_owncloud_ocs_result(ngx_uint_t status,
    ngx_uint_t code);
static ngx_int_t ngx_http_owncloud_ocs_number(ngx_str_t *value);
static void ngx_http_owncloud_ocs_line(ngx_str_t *text);


/* of all the servers and both versions; 1xx are those of version 1 */

static ngx_http_owncloud_ocs_code_t  ngx_http_owncloud_ocs_codes[] = {
    { 100, NGX_HTTP_OWNCLOUD_OCS_GOOD },
    { 104, NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN },    /* shared with him already */
    { 200, NGX_HTTP_OWNCLOUD_OCS_GOOD },
    { 400, NGX_HTTP_OWNCLOUD_OCS_INVALID },
    { 401, NGX_HTTP_OWNCLOUD_OCS_REFUSED },
    { 403, NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN },
    { 404, NGX_HTTP_OWNCLOUD_OCS_MISSING },
    { 429, NGX_HTTP_OWNCLOUD_OCS_TOO_MANY },
    { 997, NGX_HTTP_OWNCLOUD_OCS_REFUSED },
    { 998, NGX_HTTP_OWNCLOUD_OCS_MISSING },      /* of OpenCloud */
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


ngx_int_t
ngx_http_owncloud_ocs_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_ocs_t *ocs)
{
    ngx_int_t  rc;

    ngx_memzero(ocs, sizeof(ngx_http_owncloud_ocs_t));

    if (ngx_array_init(&ocs->shares, pool, 4,
                       sizeof(ngx_http_owncloud_share_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_ocs_body(pool, body, ocs);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        ocs->result = ngx_http_owncloud_ocs_result(status, ocs->statuscode);

    } else {
        ocs->statuscode = status;
        ngx_str_null(&ocs->message);

        /* the two that come without a body, or with a page */

        ocs->result = (status == 401) ? NGX_HTTP_OWNCLOUD_OCS_REFUSED
                      : (status == 429) ? NGX_HTTP_OWNCLOUD_OCS_TOO_MANY
                      : NGX_HTTP_OWNCLOUD_OCS_FAILED;
    }

    if (ocs->result != NGX_HTTP_OWNCLOUD_OCS_GOOD) {
        ocs->shares.nelts = 0;
    }

    return NGX_OK;
}


/* NGX_DECLINED: there is no OCS in it */

static ngx_int_t
ngx_http_owncloud_ocs_body(ngx_pool_t *pool, ngx_str_t *body,
    ngx_http_owncloud_ocs_t *ocs)
{
    size_t     i;
    ngx_int_t  rc, n;
    ngx_str_t  code;

    for (i = 0; i < body->len && body->data[i] <= ' '; i++) { /* void */ }

    if (i == body->len) {
        return NGX_DECLINED;
    }

    ngx_str_null(&code);

    switch (body->data[i]) {

    case '{':
        rc = ngx_http_owncloud_ocs_json(pool, body, ocs, &code);
        break;

    case '<':
        rc = ngx_http_owncloud_ocs_xml(pool, body, ocs, &code);
        break;

    default:
        return NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    n = ngx_http_owncloud_ocs_number(&code);

    if (n == NGX_ERROR || n > 999) {
        return NGX_DECLINED;
    }

    ocs->statuscode = n;

    ngx_http_owncloud_ocs_line(&ocs->message);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_ocs_json(ngx_pool_t *pool, ngx_str_t *body,
    ngx_http_owncloud_ocs_t *ocs, ngx_str_t *code)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_json_list_t   list;
    ngx_http_owncloud_json_field_t  field[2];

    static ngx_str_t  path[] = { ngx_string("ocs"), ngx_string("data") };

    ngx_memzero(field, sizeof(field));
    ngx_str_set(&field[0].path, "ocs-meta-statuscode");
    ngx_str_set(&field[1].path, "ocs-meta-message");

    rc = ngx_http_owncloud_json_read(pool, body, field, 2);

    if (rc != NGX_OK) {
        return rc;
    }

    *code = field[0].value;
    ocs->message = field[1].value;

    list.path = path;
    list.npath = 2;
    list.names = ngx_http_owncloud_ocs_names;
    list.nnames = NGX_HTTP_OWNCLOUD_OCS_VALUES;
    list.max = NGX_HTTP_OWNCLOUD_OCS_TEXT;
    list.object = ngx_http_owncloud_ocs_object;
    list.data = ocs;

    return ngx_http_owncloud_json_list(pool, body, &list);
}


static ngx_int_t
ngx_http_owncloud_ocs_object(void *data, ngx_str_t *values, ngx_uint_t cut)
{
    return ngx_http_owncloud_ocs_share(data, values, cut);
}


ngx_int_t
ngx_http_owncloud_ocs_share(ngx_http_owncloud_ocs_t *ocs, ngx_str_t *values,
    ngx_uint_t cut)
{
    ngx_str_t                  *item;
    ngx_http_owncloud_share_t  *share;

    /* what has no id is no share; one that is not all there is none either */

    if (values[NGX_HTTP_OWNCLOUD_OCS_ID].len == 0 || cut
        || ocs->shares.nelts == NGX_HTTP_OWNCLOUD_OCS_SHARES)
    {
        return NGX_OK;
    }

    share = ngx_array_push(&ocs->shares);
    if (share == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(share, sizeof(ngx_http_owncloud_share_t));

    share->id = values[NGX_HTTP_OWNCLOUD_OCS_ID];
    share->token = values[NGX_HTTP_OWNCLOUD_OCS_TOKEN];
    share->url = values[NGX_HTTP_OWNCLOUD_OCS_URL];
    share->expiration = values[NGX_HTTP_OWNCLOUD_OCS_EXPIRATION];
    share->path = values[NGX_HTTP_OWNCLOUD_OCS_PATH];
    share->file_target = values[NGX_HTTP_OWNCLOUD_OCS_FILE_TARGET];
    share->file_source = values[NGX_HTTP_OWNCLOUD_OCS_FILE_SOURCE];
    share->share_with = values[NGX_HTTP_OWNCLOUD_OCS_SHARE_WITH];

    share->owner = values[NGX_HTTP_OWNCLOUD_OCS_FILE_OWNER];

    if (share->owner.len == 0) {
        share->owner = values[NGX_HTTP_OWNCLOUD_OCS_OWNER];
    }

    /* NGX_ERROR is the -1 of what is not said */

    share->type = ngx_http_owncloud_ocs_number(
                                       &values[NGX_HTTP_OWNCLOUD_OCS_TYPE]);
    share->permissions = ngx_http_owncloud_ocs_number(
                                &values[NGX_HTTP_OWNCLOUD_OCS_PERMISSIONS]);

    share->password = (share->type == 3
                       && (values[NGX_HTTP_OWNCLOUD_OCS_PASSWORD].len
                           || share->share_with.len));

    item = &values[NGX_HTTP_OWNCLOUD_OCS_ITEM_TYPE];

    share->folder = (item->len == sizeof("folder") - 1
                     && ngx_strncmp(item->data, "folder", item->len) == 0);

    return NGX_OK;
}


/* a proxy may say what the API has not said, and the other way round */

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


static ngx_int_t
ngx_http_owncloud_ocs_number(ngx_str_t *value)
{
    if (value->len == 0 || value->len > 9) {
        return NGX_ERROR;
    }

    return ngx_atoi(value->data, value->len);
}


/* it is for people: one line of a reasonable length */

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
