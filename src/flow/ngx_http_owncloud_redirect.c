
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_target.h"
#include "ngx_http_owncloud_ticket.h"


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   token;     /* 1: what follows the script is a token */
} ngx_http_owncloud_script_t;


static ngx_int_t ngx_http_owncloud_redirect_header_filter(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_redirect(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_redirect_asked(ngx_http_request_t *r,
    ngx_str_t *path, ngx_array_t *fields);
static ngx_uint_t ngx_http_owncloud_redirect_plain(ngx_str_t *path);
static ngx_uint_t ngx_http_owncloud_redirect_context(ngx_str_t *root,
    ngx_str_t *path, ngx_array_t *fields, uint64_t *context);
static ngx_int_t ngx_http_owncloud_redirect_file(ngx_array_t *fields,
    ngx_str_t *file);
static ngx_int_t ngx_http_owncloud_redirect_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository,
    ngx_http_owncloud_ticket_t *ticket);
static void ngx_http_owncloud_redirect_local(ngx_str_t *location);
static ngx_int_t ngx_http_owncloud_redirect_to(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *location, ngx_str_t *sealed);


/* Moodle's scripts that look whether one may have a file, and nothing else */

static ngx_http_owncloud_script_t  ngx_http_owncloud_scripts[] = {
    { ngx_string("/pluginfile.php"), 0 },
    { ngx_string("/draftfile.php"), 0 },
    { ngx_string("/webservice/pluginfile.php"), 0 },
    { ngx_string("/tokenpluginfile.php"), 1 },
    { ngx_null_string, 0 }
};


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


ngx_int_t
ngx_http_owncloud_redirect_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_owncloud_redirect_header_filter;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_redirect_header_filter(ngx_http_request_t *r)
{
    ngx_http_owncloud_loc_conf_t  *olcf;

    if (r == r->main
        && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        && r->headers_out.location
        && r->headers_out.status >= NGX_HTTP_MOVED_PERMANENTLY
        && r->headers_out.status < NGX_HTTP_BAD_REQUEST)
    {
        olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

        if (olcf->repositories
            && ngx_http_owncloud_redirect(r, olcf) == NGX_ERROR)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_next_header_filter(r);
}


/* NGX_DECLINED: there is nothing to add */

static ngx_int_t
ngx_http_owncloud_redirect(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_int_t                         rc;
    ngx_str_t                         path, *root;
    ngx_uint_t                        i;
    ngx_array_t                       fields;
    ngx_http_owncloud_ticket_t        ticket;
    ngx_http_owncloud_repository_t  **repository;

    if (ngx_strlcasestrn(r->headers_out.location->value.data,
                         r->headers_out.location->value.data
                         + r->headers_out.location->value.len,
                         (u_char *) NGX_HTTP_OWNCLOUD_LINKS,
                         sizeof(NGX_HTTP_OWNCLOUD_LINKS) - 2)
        == NULL)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_redirect_asked(r, &path, &fields);

    if (rc != NGX_OK) {
        return rc;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        root = &repository[i]->moodle_root;

        if (!ngx_http_owncloud_redirect_context(root, &path, &fields,
                                                &ticket.context))
        {
            continue;
        }

        ticket.download = (ngx_http_owncloud_form_get(&fields,
                                                      "forcedownload")
                           != NULL);

        rc = ngx_http_owncloud_redirect_ticket(r, repository[i], &ticket);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return NGX_DECLINED;
}


/*
 * What the client has asked for, whatever the configuration has made of it.
 * A path that could be taken for another one gets no ticket: Moodle looks at
 * what is executed in the end.
 */

static ngx_int_t
ngx_http_owncloud_redirect_asked(ngx_http_request_t *r, ngx_str_t *path,
    ngx_array_t *fields)
{
    u_char     *p, *buf;
    ngx_int_t   rc;
    ngx_str_t   raw, args;

    raw = r->unparsed_uri;
    ngx_str_null(&args);

    p = ngx_strlchr(raw.data, raw.data + raw.len, '?');

    if (p) {
        args.data = p + 1;
        args.len = raw.data + raw.len - p - 1;
        raw.len = p - raw.data;
    }

    buf = ngx_pnalloc(r->pool, raw.len + 1);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_uri_unescape(buf, &raw, path) != NGX_OK
        || !ngx_http_owncloud_redirect_plain(path))
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_form_parse(r->pool, &args,
                                      NGX_HTTP_OWNCLOUD_FORM_FIELDS, fields);

    return rc;
}


/* without what nginx, PHP and Moodle read differently: "//", "/./", "/../" */

static ngx_uint_t
ngx_http_owncloud_redirect_plain(ngx_str_t *path)
{
    size_t   len;
    u_char  *p, *last, *segment;

    last = path->data + path->len;
    segment = NULL;

    for (p = path->data; p <= last; p++) {

        if (p < last && *p != '/') {
            continue;
        }

        if (segment != NULL) {
            len = p - segment;

            if ((len == 0 && p < last)
                || (len == 1 && segment[0] == '.')
                || (len == 2 && segment[0] == '.' && segment[1] == '.'))
            {
                return 0;
            }
        }

        segment = p + 1;
    }

    return 1;
}


/* /pluginfile.php/CONTEXT/..., or ?file=/CONTEXT/..., which comes first */

static ngx_uint_t
ngx_http_owncloud_redirect_context(ngx_str_t *root, ngx_str_t *path,
    ngx_array_t *fields, uint64_t *context)
{
    u_char                      *p, *last;
    ngx_str_t                    file;
    ngx_http_owncloud_script_t  *script;

    if (path->len < root->len
        || ngx_strncmp(path->data, root->data, root->len) != 0)
    {
        return 0;
    }

    p = path->data + root->len;
    last = path->data + path->len;

    for (script = ngx_http_owncloud_scripts; script->name.len; script++) {

        if ((size_t) (last - p) >= script->name.len
            && ngx_strncmp(p, script->name.data, script->name.len) == 0
            && (p + script->name.len == last || p[script->name.len] == '/'))
        {
            break;
        }
    }

    if (script->name.len == 0) {
        return 0;
    }

    file.data = p + script->name.len;
    file.len = last - file.data;

    if (ngx_http_owncloud_redirect_file(fields, &file) != NGX_OK) {
        return 0;
    }

    p = file.data;
    last = p + file.len;

    if (script->token) {
        for (p = p + (p < last); p < last && *p != '/'; p++) { /* void */ }
    }

    *context = 0;

    for (p = p + (p < last); p < last && *p >= '0' && *p <= '9'; p++) {

        if (*context > NGX_MAX_INT32_VALUE) {
            return 0;
        }

        *context = 10 * *context + *p - '0';
    }

    return p < last && *p == '/' && *context;
}


/*
 * NGX_DECLINED: a field that PHP may take for "file" and that is not written
 * so: whatever it is, no link of Moodle's has it.
 */

static ngx_int_t
ngx_http_owncloud_redirect_file(ngx_array_t *fields, ngx_str_t *file)
{
    ngx_str_t      name;
    ngx_uint_t     i;
    ngx_keyval_t  *field;

    field = fields->elts;

    for (i = 0; i < fields->nelts; i++) {

        name = field[i].key;

        while (name.len && name.data[0] == ' ') {
            name.data++;
            name.len--;
        }

        if (name.len < 4 || ngx_strncmp(name.data, "file", 4) != 0
            || (name.len > 4
                && ((name.data[4] >= 'a' && name.data[4] <= 'z')
                    || (name.data[4] >= 'A' && name.data[4] <= 'Z'))))
        {
            continue;
        }

        if (name.len != field[i].key.len || name.len != 4) {
            return NGX_DECLINED;
        }

        *file = field[i].value;
    }

    return (file->len && file->data[0] == '/') ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_redirect_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository,
    ngx_http_owncloud_ticket_t *ticket)
{
    ngx_int_t                    rc;
    ngx_str_t                    location, link, sealed;
    ngx_http_owncloud_ctx_t      ctx;
    ngx_http_owncloud_target_t   target;

    ngx_memzero(&ctx, sizeof(ngx_http_owncloud_ctx_t));

    ctx.repository = repository;
    ctx.issuer = repository->issuer;

    if (ngx_http_owncloud_request_client(r, &ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    location = r->headers_out.location->value;
    ngx_http_owncloud_redirect_local(&location);

    if (ctx.moodle_session.len == 0
        || ngx_http_owncloud_target_sealed(&repository->moodle_root,
                                           &location, &link)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_target_open(r, &link, &target);

    if (rc != NGX_OK) {
        return rc;
    }

    ticket->expires = ngx_time() + NGX_HTTP_OWNCLOUD_TICKET_TIME;

    if (ngx_http_owncloud_ticket_seal(r, &ctx, &link, ticket, &sealed)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud ticket c:%uL", ticket->context);

    return ngx_http_owncloud_redirect_to(r, &ctx, &location, &sealed);
}


/*
 * Leaves out scheme and host, whichever they are: Moodle keeps the link as it
 * was made, also when it moves to HTTPS or to another name.
 */

static void
ngx_http_owncloud_redirect_local(ngx_str_t *location)
{
    u_char  *p, *last;
    size_t   len;

    if (location->len > sizeof("https://") - 1
        && ngx_strncasecmp(location->data, (u_char *) "https://",
                           sizeof("https://") - 1)
           == 0)
    {
        len = sizeof("https://") - 1;

    } else if (location->len > sizeof("http://") - 1
               && ngx_strncasecmp(location->data, (u_char *) "http://",
                                  sizeof("http://") - 1)
                  == 0)
    {
        len = sizeof("http://") - 1;

    } else {
        return;
    }

    last = location->data + location->len;

    for (p = location->data + len; p < last && *p != '/'; p++) { /* void */ }

    location->len = last - p;
    location->data = p;
}


/* a ticket goes to nobody but this host */

static ngx_int_t
ngx_http_owncloud_redirect_to(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *location, ngx_str_t *sealed)
{
    u_char     *p;
    ngx_str_t  *value;

    p = ngx_pnalloc(r->pool, ctx->origin.len + location->len
                             + sizeof("?" NGX_HTTP_OWNCLOUD_TICKET "=")
                             + sealed->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value = &r->headers_out.location->value;
    value->data = p;

    p = ngx_sprintf(p, "%V%V%s" NGX_HTTP_OWNCLOUD_TICKET "=%V", &ctx->origin,
                    location,
                    ngx_strlchr(location->data,
                                location->data + location->len, '?')
                    ? "&" : "?", sealed);

    value->len = p - value->data;

    return NGX_OK;
}
