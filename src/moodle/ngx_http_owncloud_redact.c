
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_site.h"


static ngx_uint_t ngx_http_owncloud_redact_ours(ngx_http_request_t *r);
static ngx_uint_t ngx_http_owncloud_redact_link(ngx_http_request_t *r);
static void ngx_http_owncloud_redact_text(ngx_str_t *text, ngx_str_t *of);
static ngx_uint_t ngx_http_owncloud_redact_name(u_char *p, size_t len,
    ngx_str_t *of);


ngx_int_t
ngx_http_owncloud_request_post_read(ngx_http_request_t *r)
{
    ngx_str_t                *state, *name;
    ngx_http_owncloud_ctx_t  *ctx;

    static ngx_str_t  code = ngx_string("code");
    static ngx_str_t  ticket = ngx_string("ticket");

    if (r->args.len == 0 || r != r->main) {
        return NGX_DECLINED;
    }

    name = ngx_http_owncloud_redact_link(r) ? &ticket : &code;

    if ((name == &code && !ngx_http_owncloud_redact_ours(r))
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

    if (name == &code
        && (state == NULL || !ngx_http_owncloud_sealed_form(state)))
    {
        return NGX_DECLINED;
    }

    /* nobody else can use a code that comes with our state or link */

    ngx_http_owncloud_redact_text(&r->args, name);
    ngx_http_owncloud_redact_text(&r->unparsed_uri, name);
    ngx_http_owncloud_redact_text(&r->request_line, name);

    ngx_http_set_ctx(r, ctx, ngx_http_owncloud_module);

    return NGX_DECLINED;
}


/* returns 1 for a callback URL of a repository in this server */

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


/* returns 1 for an access controlled link, whose ticket is secret */

static ngx_uint_t
ngx_http_owncloud_redact_link(ngx_http_request_t *r)
{
    ngx_str_t                         rest;
    ngx_uint_t                        i;
    ngx_http_core_srv_conf_t         *cscf;
    ngx_http_owncloud_main_conf_t    *omcf;
    ngx_http_owncloud_repository_t  **repository;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);
    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    repository = omcf->repositories.elts;

    for (i = 0; i < omcf->repositories.nelts; i++) {

        if (repository[i]->server == cscf && repository[i]->location == 0
            && ngx_http_owncloud_site_below(&repository[i]->moodle_root,
                                            &r->uri, NGX_HTTP_OWNCLOUD_LINKS,
                                            &rest))
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_owncloud_redact_text(ngx_str_t *text, ngx_str_t *of)
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

        if (*p != '='
            || !ngx_http_owncloud_redact_name(name, p - name, of))
        {
            continue;
        }

        while (p + 1 < last && p[1] != '&' && p[1] != ' ') {
            *++p = '-';
        }
    }
}


/* compares a name that may be percent-encoded */

static ngx_uint_t
ngx_http_owncloud_redact_name(u_char *p, size_t len, ngx_str_t *of)
{
    u_char     buf[sizeof("%74%69%63%6b%65%74")];
    ngx_str_t  src, name;

    if (len > sizeof(buf)) {
        return 0;
    }

    src.data = p;
    src.len = len;

    return (ngx_http_owncloud_uri_unescape(buf, &src, &name) == NGX_OK
            && name.len == of->len
            && ngx_strncmp(name.data, of->data, of->len) == 0);
}
