
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static ngx_int_t ngx_http_owncloud_variable_issuer(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_owncloud_variable_action(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_owncloud_variable_calls(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_owncloud_variable_cache(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_owncloud_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_owncloud_variable_text(
    ngx_http_variable_value_t *v, ngx_str_t *text);


static ngx_http_variable_t  ngx_http_owncloud_variable_list[] = {

    { ngx_string("owncloud_issuer"), NULL,
      ngx_http_owncloud_variable_issuer, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("owncloud_action"), NULL,
      ngx_http_owncloud_variable_action, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("owncloud_calls"), NULL,
      ngx_http_owncloud_variable_calls, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("owncloud_cache"), NULL,
      ngx_http_owncloud_variable_cache, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("owncloud_error"), NULL,
      ngx_http_owncloud_variable_error, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* actions without a name do not come from a client */

static ngx_str_t  ngx_http_owncloud_variable_actions[] = {
    [NGX_HTTP_OWNCLOUD_ACTION_LIST] = ngx_string("list"),
    [NGX_HTTP_OWNCLOUD_ACTION_SEARCH] = ngx_string("search"),
    [NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM] = ngx_string("searchform"),
    [NGX_HTTP_OWNCLOUD_ACTION_LOGIN] = ngx_string("login"),
    [NGX_HTTP_OWNCLOUD_ACTION_LOGOUT] = ngx_string("logout"),
    [NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD] = ngx_string("download"),
    [NGX_HTTP_OWNCLOUD_ACTION_PREVIEW] = ngx_string("preview"),
    [NGX_HTTP_OWNCLOUD_ACTION_OPEN] = ngx_string("open"),
    [NGX_HTTP_OWNCLOUD_ACTION_LINK] = ngx_string("link"),
    [NGX_HTTP_OWNCLOUD_ACTION_CONNECT] = ngx_string("connect")
};


ngx_int_t
ngx_http_owncloud_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_owncloud_variable_list; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_variable_issuer(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_owncloud_module);

    if (ctx == NULL || ctx->declined || ctx->issuer == NULL) {
        return ngx_http_owncloud_variable_text(v, NULL);
    }

    return ngx_http_owncloud_variable_text(v, &ctx->issuer->id);
}


static ngx_int_t
ngx_http_owncloud_variable_action(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_owncloud_module);

    if (ctx == NULL
        || ctx->declined
        || ctx->action >= sizeof(ngx_http_owncloud_variable_actions)
                          / sizeof(ngx_str_t))
    {
        return ngx_http_owncloud_variable_text(v, NULL);
    }

    return ngx_http_owncloud_variable_text(v,
                             &ngx_http_owncloud_variable_actions[ctx->action]);
}


static ngx_int_t
ngx_http_owncloud_variable_calls(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 text;
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_owncloud_module);

    if (ctx == NULL || ctx->declined) {
        return ngx_http_owncloud_variable_text(v, NULL);
    }

    text.data = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    text.len = ngx_sprintf(text.data, "%ui", ctx->calls) - text.data;

    return ngx_http_owncloud_variable_text(v, &text);
}


static ngx_int_t
ngx_http_owncloud_variable_cache(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_owncloud_module);

    if (ctx == NULL || ctx->declined) {
        return ngx_http_owncloud_variable_text(v, NULL);
    }

    return ngx_http_owncloud_variable_text(v, &ctx->cache);
}


static ngx_int_t
ngx_http_owncloud_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_owncloud_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_owncloud_module);

    if (ctx == NULL || ctx->declined) {
        return ngx_http_owncloud_variable_text(v, NULL);
    }

    return ngx_http_owncloud_variable_text(v, &ctx->error);
}


/* an empty value is "not found": "-" in an access log */

static ngx_int_t
ngx_http_owncloud_variable_text(ngx_http_variable_value_t *v,
    ngx_str_t *text)
{
    if (text == NULL || text->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = text->data;
    v->len = text->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
