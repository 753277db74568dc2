
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_store_answer.h"


typedef enum {
    NGX_HTTP_OWNCLOUD_STORE_ERROR = 0,
    NGX_HTTP_OWNCLOUD_STORE_ERRORCODE,
    NGX_HTTP_OWNCLOUD_STORE_EVENT,
    NGX_HTTP_OWNCLOUD_STORE_NEW,
    NGX_HTTP_OWNCLOUD_STORE_EXISTING,
    NGX_HTTP_OWNCLOUD_STORE_FILE,
    NGX_HTTP_OWNCLOUD_STORE_URL,
    NGX_HTTP_OWNCLOUD_STORE_FIELDS
} ngx_http_owncloud_store_field_e;


static ngx_http_owncloud_store_outcome_e ngx_http_owncloud_store_fields_read(
    ngx_http_owncloud_json_field_t *field);
static ngx_uint_t ngx_http_owncloud_store_internal(
    ngx_http_owncloud_json_field_t *code);
static ngx_uint_t ngx_http_owncloud_store_text(
    ngx_http_owncloud_json_field_t *field);


/* in the order of ngx_http_owncloud_store_field_e */

static ngx_str_t  ngx_http_owncloud_store_paths[] = {
    ngx_string("error"),
    ngx_string("errorcode"),
    ngx_string("event"),
    ngx_string("newfile-filename"),
    ngx_string("existingfile-filename"),
    ngx_string("file"),
    ngx_string("url")
};


/*
 * Moodle's picker script performs all checks before it stores a file.  These
 * errors come from elsewhere: from PHP, the database, or unexpected output,
 * which is noticed after the file was stored.  A trailing "*" stands for any
 * rest.
 */

static ngx_str_t  ngx_http_owncloud_store_failures[] = {
    ngx_string("generalexceptionmessage"),
    ngx_string("codingerror"),
    ngx_string("dml*"),
    ngx_string("ddl*"),
    ngx_null_string
};


ngx_http_owncloud_store_outcome_e
ngx_http_owncloud_store_answer_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_uint_t complete, ngx_str_t *body)
{
    ngx_uint_t                      i;
    ngx_http_owncloud_json_field_t  field[NGX_HTTP_OWNCLOUD_STORE_FIELDS];

    /* the picker's script always sends 200 */

    if (status != 200 || !complete) {
        return NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
    }

    ngx_memzero(field, sizeof(field));

    for (i = 0; i < NGX_HTTP_OWNCLOUD_STORE_FIELDS; i++) {
        field[i].path = ngx_http_owncloud_store_paths[i];
    }

    if (ngx_http_owncloud_json_read(pool, body, field,
                                    NGX_HTTP_OWNCLOUD_STORE_FIELDS)
        != NGX_OK)
    {
        return NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
    }

    return ngx_http_owncloud_store_fields_read(field);
}


/* each of the three responses has fields of its own and no others */

static ngx_http_owncloud_store_outcome_e
ngx_http_owncloud_store_fields_read(ngx_http_owncloud_json_field_t *field)
{
    ngx_str_t   *event;
    ngx_uint_t   error, exists, stored;

    event = &field[NGX_HTTP_OWNCLOUD_STORE_EVENT].value;

    error = (field[NGX_HTTP_OWNCLOUD_STORE_ERROR].type
             != NGX_HTTP_OWNCLOUD_JSON_ABSENT);
    exists = (field[NGX_HTTP_OWNCLOUD_STORE_EVENT].type
              != NGX_HTTP_OWNCLOUD_JSON_ABSENT);
    stored = (field[NGX_HTTP_OWNCLOUD_STORE_URL].type
              != NGX_HTTP_OWNCLOUD_JSON_ABSENT);

    if (error + exists + stored != 1) {
        return NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
    }

    if (error) {
        return (ngx_http_owncloud_store_text(
                                      &field[NGX_HTTP_OWNCLOUD_STORE_ERROR])
                && !ngx_http_owncloud_store_internal(
                                  &field[NGX_HTTP_OWNCLOUD_STORE_ERRORCODE]))
               ? NGX_HTTP_OWNCLOUD_STORE_REFUSED
               : NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
    }

    if (exists) {
        return (event->len == sizeof("fileexists") - 1
                && ngx_strncmp(event->data, "fileexists", event->len) == 0
                && ngx_http_owncloud_store_text(
                                         &field[NGX_HTTP_OWNCLOUD_STORE_NEW])
                && ngx_http_owncloud_store_text(
                                   &field[NGX_HTTP_OWNCLOUD_STORE_EXISTING]))
               ? NGX_HTTP_OWNCLOUD_STORE_EXISTS
               : NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
    }

    return (ngx_http_owncloud_store_text(&field[NGX_HTTP_OWNCLOUD_STORE_URL])
            && ngx_http_owncloud_store_text(
                                       &field[NGX_HTTP_OWNCLOUD_STORE_FILE]))
           ? NGX_HTTP_OWNCLOUD_STORE_STORED
           : NGX_HTTP_OWNCLOUD_STORE_UNCLEAR;
}


static ngx_uint_t
ngx_http_owncloud_store_internal(ngx_http_owncloud_json_field_t *code)
{
    size_t      len;
    ngx_str_t  *name;

    for (name = ngx_http_owncloud_store_failures; name->len; name++) {

        len = name->len;

        if (name->data[len - 1] == '*') {
            len--;

            if (code->value.len < len) {
                continue;
            }

        } else if (code->value.len != len) {
            continue;
        }

        if (ngx_strncmp(code->value.data, name->data, len) == 0) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_owncloud_store_text(ngx_http_owncloud_json_field_t *field)
{
    return field->type == NGX_HTTP_OWNCLOUD_JSON_STRING
           && field->value.len != 0;
}
