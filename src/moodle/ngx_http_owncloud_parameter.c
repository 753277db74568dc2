
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_parameter.h"


/* spellings of a name */

#define NGX_HTTP_OWNCLOUD_PARAMETER_OTHER  0    /* another name */
#define NGX_HTTP_OWNCLOUD_PARAMETER_PLAIN  1
#define NGX_HTTP_OWNCLOUD_PARAMETER_ALIKE  2    /* PHP may read it alike */


typedef struct {
    ngx_str_t   name;
    ngx_uint_t  action;
} ngx_http_owncloud_action_t;


static ngx_uint_t ngx_http_owncloud_parameter_found(ngx_array_t *fields,
    ngx_str_t *name);
static ngx_uint_t ngx_http_owncloud_parameter_spelled(ngx_str_t *key,
    ngx_str_t *name);
static ngx_uint_t ngx_http_owncloud_parameter_begins(u_char *p, u_char *last,
    ngx_str_t *name, ngx_uint_t brackets);


static ngx_http_owncloud_action_t  ngx_http_owncloud_actions[] = {
    { ngx_string("list"), NGX_HTTP_OWNCLOUD_ACTION_LIST },
    { ngx_string("signin"), NGX_HTTP_OWNCLOUD_ACTION_LIST },
    { ngx_string("sign"), NGX_HTTP_OWNCLOUD_ACTION_LIST },
    { ngx_string("search"), NGX_HTTP_OWNCLOUD_ACTION_SEARCH },
    { ngx_string("searchform"), NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM },
    { ngx_string("login"), NGX_HTTP_OWNCLOUD_ACTION_LOGIN },
    { ngx_string("logout"), NGX_HTTP_OWNCLOUD_ACTION_LOGOUT },
    { ngx_string("download"), NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD },
    { ngx_null_string, 0 }
};


static ngx_str_t  ngx_http_owncloud_parameter_action = ngx_string("action");


/* parameters that only the form may have */

static ngx_str_t  ngx_http_owncloud_parameters[] = {
    ngx_string("repo_id"),
    ngx_string("ctx_id"),
    ngx_string("sesskey"),
    ngx_null_string
};


ngx_int_t
ngx_http_owncloud_parameter_query(ngx_array_t *fields, ngx_uint_t *action)
{
    ngx_str_t                   *name, *value;
    ngx_http_owncloud_action_t  *a;

    *action = NGX_HTTP_OWNCLOUD_ACTION_NONE;

    /* Moodle would use them if the form has none */

    for (name = ngx_http_owncloud_parameters; name->len; name++) {
        if (ngx_http_owncloud_parameter_found(fields, name)) {
            return NGX_DECLINED;
        }
    }

    if (ngx_http_owncloud_parameter_found(fields,
                                          &ngx_http_owncloud_parameter_action)
        != NGX_HTTP_OWNCLOUD_PARAMETER_PLAIN)
    {
        return NGX_DECLINED;
    }

    value = ngx_http_owncloud_form_get(fields, "action");

    for (a = ngx_http_owncloud_actions; a->action; a++) {

        if (value->len == a->name.len
            && ngx_strncmp(value->data, a->name.data, value->len) == 0)
        {
            *action = a->action;
            break;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_parameter_form(ngx_array_t *fields, ngx_int_t *repository)
{
    ngx_str_t  *name, *value;

    for (name = ngx_http_owncloud_parameters; name->len; name++) {
        if (ngx_http_owncloud_parameter_found(fields, name)
            == NGX_HTTP_OWNCLOUD_PARAMETER_ALIKE)
        {
            return NGX_DECLINED;
        }
    }

    /* it would override the query's */

    if (ngx_http_owncloud_parameter_found(fields,
                                          &ngx_http_owncloud_parameter_action))
    {
        return NGX_DECLINED;
    }

    value = ngx_http_owncloud_form_get(fields, "repo_id");

    if (value == NULL) {
        return NGX_DECLINED;
    }

    *repository = ngx_atoi(value->data, value->len);

    return (*repository == NGX_ERROR) ? NGX_DECLINED : NGX_OK;
}


/* returns the least plain spelling found */

static ngx_uint_t
ngx_http_owncloud_parameter_found(ngx_array_t *fields, ngx_str_t *name)
{
    ngx_uint_t     i, found, spelled;
    ngx_keyval_t  *field;

    field = fields->elts;
    found = NGX_HTTP_OWNCLOUD_PARAMETER_OTHER;

    for (i = 0; i < fields->nelts; i++) {
        spelled = ngx_http_owncloud_parameter_spelled(&field[i].key, name);
        found = ngx_max(found, spelled);
    }

    return found;
}


/*
 * PHP skips leading spaces, replaces a space or a dot with "_", ends a name at
 * a NUL and takes the rest from a bracket on for an array index; an unclosed
 * bracket becomes "_", too.
 */

static ngx_uint_t
ngx_http_owncloud_parameter_spelled(ngx_str_t *key, ngx_str_t *name)
{
    u_char  *p, *last;

    /* no spelling is shorter than the name */

    if (key->len < name->len) {
        return NGX_HTTP_OWNCLOUD_PARAMETER_OTHER;
    }

    if (key->len == name->len
        && ngx_strncmp(key->data, name->data, name->len) == 0)
    {
        return NGX_HTTP_OWNCLOUD_PARAMETER_PLAIN;
    }

    p = key->data;
    last = p + key->len;

    while (p < last && *p == ' ') {
        p++;
    }

    /* all names start with a letter, which has one spelling only */

    if (p == last || *p != name->data[0]) {
        return NGX_HTTP_OWNCLOUD_PARAMETER_OTHER;
    }

    if (ngx_http_owncloud_parameter_begins(p, last, name, 0)
        || ngx_http_owncloud_parameter_begins(p, last, name, 1))
    {
        return NGX_HTTP_OWNCLOUD_PARAMETER_ALIKE;
    }

    return NGX_HTTP_OWNCLOUD_PARAMETER_OTHER;
}


static ngx_uint_t
ngx_http_owncloud_parameter_begins(u_char *p, u_char *last, ngx_str_t *name,
    ngx_uint_t brackets)
{
    u_char      ch;
    ngx_uint_t  i;

    for (i = 0; p < last && *p != '\0'; i++, p++) {

        ch = *p;

        if (ch == '[' && !brackets) {
            break;
        }

        if (ch == ' ' || ch == '.' || ch == '[') {
            ch = '_';
        }

        if (i == name->len || ch != name->data[i]) {
            return 0;
        }
    }

    return (i == name->len);
}


ngx_uint_t
ngx_http_owncloud_parameter_urlencoded(ngx_str_t *type)
{
    u_char  ch;
    size_t  len;

    len = sizeof("application/x-www-form-urlencoded") - 1;

    if (type->len < len
        || ngx_strncasecmp(type->data,
                           (u_char *) "application/x-www-form-urlencoded", len)
           != 0)
    {
        return 0;
    }

    if (type->len == len) {
        return 1;
    }

    /* the characters that end the type in PHP */

    ch = type->data[len];

    return (ch == ';' || ch == ',' || ch == ' ');
}
