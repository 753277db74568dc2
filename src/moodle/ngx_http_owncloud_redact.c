
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"


static ngx_uint_t ngx_http_owncloud_redact_ours(ngx_http_request_t *r);
static void ngx_http_owncloud_redact_text(ngx_str_t *text);
static ngx_uint_t ngx_http_owncloud_redact_name(u_char *p, size_t len);


ngx_int_t
ngx_http_owncloud_request_post_read(ngx_http_request_t *r)
{
    ngx_str_t                *state;
    ngx_http_owncloud_ctx_t  *ctx;

    if (r->args.len == 0 || r != r->main
        || !ngx_http_owncloud_redact_ours(r)
        || ngx_http_get_module_ctx(r, ngx_http_owncloud_module) != NULL)
    {
        return NGX_DECLINED;
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_ctx_t));
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_request_query(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    state = ngx_http_owncloud_form_get(ctx->fields, "state");

    if (state == NULL || !ngx_http_owncloud_sealed_form(state)) {
        return NGX_DECLINED;
    }

    /* a code that comes with a state of ours is of use to nobody else */

    ngx_http_owncloud_redact_text(&r->args);
    ngx_http_owncloud_redact_text(&r->unparsed_uri);
    ngx_http_owncloud_redact_text(&r->request_line);

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    return NGX_DECLINED;
}


/* a place that clouds send browsers back to, in a server that answers there */

static ngx_uint_t
ngx_http_owncloud_redact_ours(ngx_http_request_t *r)
{
    ngx_str_t                        *callback;
    ngx_uint_t                        i;
    ngx_http_core_srv_conf_t         *cscf;
    ngx_http_owncloud_main_conf_t    *omcf;
    ngx_http_owncloud_repository_t  **repository;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);
    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    repository = omcf->repositories.elts;

    for (i = 0; i < omcf->repositories.nelts; i++) {

        callback = &repository[i]->callback;

        if (repository[i]->server == cscf
            && callback->len && r->uri.len == callback->len
            && ngx_strncmp(r->uri.data, callback->data, callback->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_owncloud_redact_text(ngx_str_t *text)
{
    u_char  *p, *last, *name;

    p = text->data;
    last = p + text->len;
    name = p;

    for ( /* void */ ; p < last; p++) {

        if (*p == '?' || *p == '&') {
            name = p + 1;
            continue;
        }

        if (*p != '=' || !ngx_http_owncloud_redact_name(name, p - name)) {
            continue;
        }

        while (p + 1 < last && p[1] != '&' && p[1] != ' ') {
            *++p = '-';
        }
    }
}


/* "code", also written with percent signs */

static ngx_uint_t
ngx_http_owncloud_redact_name(u_char *p, size_t len)
{
    u_char     buf[sizeof("%63%6f%64%65")];
    ngx_str_t  src, name;

    if (len > sizeof(buf)) {
        return 0;
    }

    src.data = p;
    src.len = len;

    return (ngx_http_owncloud_uri_unescape(buf, &src, &name) == NGX_OK
            && name.len == sizeof("code") - 1
            && ngx_strncmp(name.data, "code", name.len) == 0);
}
