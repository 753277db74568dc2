
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_type.h"


#define NGX_HTTP_OWNCLOUD_POLICY_PATHS  7

#define ngx_http_owncloud_policy_path(s)                                      \
    ngx_string("ocs-data-capabilities-files_sharing-" s)


struct ngx_http_owncloud_policy_reader_s {
    ngx_http_owncloud_json_reader_t  *json;
    ngx_http_owncloud_json_field_t    field[NGX_HTTP_OWNCLOUD_POLICY_PATHS];
};


static ngx_uint_t ngx_http_owncloud_policy_is(
    ngx_http_owncloud_json_field_t *field, char *value);


static ngx_str_t  ngx_http_owncloud_policy_paths[] = {
    ngx_http_owncloud_policy_path("api_enabled"),
    ngx_http_owncloud_policy_path("public-enabled"),
    ngx_http_owncloud_policy_path("public-can_create_public_link"),
    ngx_http_owncloud_policy_path("public-password-enforced"),
    ngx_http_owncloud_policy_path("public-password-enforced_for-read_only"),
    ngx_http_owncloud_policy_path("public-expire_date-enforced"),
    ngx_http_owncloud_policy_path("public-expire_date-days")
};


/*
 * Hosting providers may change "productname".  Then "product" decides, which
 * only ownCloud and its successors send, or the version: 10 or 11 is ownCloud,
 * 12 and above is Nextcloud.
 */

ngx_int_t
ngx_http_owncloud_info_type(ngx_pool_t *pool, ngx_str_t *body,
    ngx_uint_t *type)
{
    u_char                          *p, *last;
    ngx_int_t                        rc, major;
    ngx_http_owncloud_json_field_t   field[3];

    *type = NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN;

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].path, "productname");
    ngx_str_set(&field[1].path, "product");
    ngx_str_set(&field[2].path, "version");

    rc = ngx_http_owncloud_json_read(pool, body, field, 3);

    if (rc != NGX_OK) {
        return rc;
    }

    *type = ngx_http_owncloud_type_product(&field[0].value);

    if (*type == NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN) {
        *type = ngx_http_owncloud_type_product(&field[1].value);
    }

    if (*type == NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN) {

        if (field[2].value.len == 0) {
            return NGX_DECLINED;
        }

        p = field[2].value.data;
        last = ngx_strlchr(p, p + field[2].value.len, '.');
        major = last ? ngx_atoi(p, last - p) : NGX_ERROR;

        if (major < 10) {
            return NGX_DECLINED;
        }

        *type = (major < 12) ? NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD
                             : NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_info_user(ngx_pool_t *pool, ngx_str_t *body,
    ngx_str_t *path, size_t max, ngx_str_t *user)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_json_field_t  field;

    ngx_str_null(user);

    ngx_memzero(&field, sizeof(ngx_http_owncloud_json_field_t));
    field.path = *path;

    rc = ngx_http_owncloud_json_read(pool, body, &field, 1);

    if (rc != NGX_OK) {
        return rc;
    }

    if (field.value.len > max
        || !ngx_http_owncloud_info_name(&field.value))
    {
        return NGX_DECLINED;
    }

    *user = field.value;

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_info_name(ngx_str_t *name)
{
    size_t  i;

    for (i = 0; i < name->len; i++) {
        if (name->data[i] < 0x20 || name->data[i] == 0x7f) {
            return 0;
        }
    }

    return (name->len != 0);
}


ngx_http_owncloud_policy_reader_t *
ngx_http_owncloud_policy_create(ngx_pool_t *pool)
{
    ngx_uint_t                          i;
    ngx_http_owncloud_policy_reader_t  *reader;

    reader = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_policy_reader_t));
    if (reader == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_HTTP_OWNCLOUD_POLICY_PATHS; i++) {
        reader->field[i].path = ngx_http_owncloud_policy_paths[i];
    }

    reader->json = ngx_http_owncloud_json_open(pool, reader->field,
                                               NGX_HTTP_OWNCLOUD_POLICY_PATHS,
                                               NULL);

    return reader->json ? reader : NULL;
}


ngx_int_t
ngx_http_owncloud_policy_feed(ngx_http_owncloud_policy_reader_t *reader,
    u_char *p, size_t len)
{
    return ngx_http_owncloud_json_feed(reader->json, p, len) == NGX_ERROR
           ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_policy_finish(ngx_http_owncloud_policy_reader_t *reader,
    ngx_http_owncloud_policy_t *policy)
{
    ngx_int_t                        days;
    ngx_http_owncloud_json_field_t  *field;

    ngx_memzero(policy, sizeof(ngx_http_owncloud_policy_t));

    policy->sharing = 1;
    policy->links = 1;

    if (reader == NULL) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_json_finish(reader->json) == NGX_ERROR) {
        return NGX_ERROR;
    }

    field = reader->field;

    policy->sharing = !ngx_http_owncloud_policy_is(&field[0], "false");

    policy->links = !ngx_http_owncloud_policy_is(&field[1], "false")
                    && !ngx_http_owncloud_policy_is(&field[2], "false");

    policy->password = ngx_http_owncloud_policy_is(&field[3], "true")
                       || ngx_http_owncloud_policy_is(&field[4], "true");

    days = ngx_atoi(field[6].value.data, field[6].value.len);

    if (days > 0 && days < 36500
        && ngx_http_owncloud_policy_is(&field[5], "true"))
    {
        policy->days = days;
    }

    return NGX_OK;
}


/* PHP servers send a setting as true, 1 or "1" */

static ngx_uint_t
ngx_http_owncloud_policy_is(ngx_http_owncloud_json_field_t *field,
    char *value)
{
    ngx_str_t  *text;

    text = &field->value;

    if (field->type == NGX_HTTP_OWNCLOUD_JSON_ABSENT) {
        return 0;
    }

    if (field->type != NGX_HTTP_OWNCLOUD_JSON_BOOLEAN) {

        return text->len == 1
               && text->data[0] == ((value[0] == 't') ? '1' : '0');
    }

    return text->len == ngx_strlen(value)
           && ngx_strncmp(text->data, value, text->len) == 0;
}
