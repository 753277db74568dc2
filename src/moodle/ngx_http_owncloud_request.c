
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_parameter.h"
#include "ngx_http_owncloud_request.h"


static ngx_uint_t ngx_http_owncloud_request_of(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository, char *script);
static ngx_int_t ngx_http_owncloud_request_body(ngx_http_request_t *r,
    ngx_str_t *body);
static void ngx_http_owncloud_request_host(ngx_http_request_t *r,
    ngx_str_t *host);


ngx_http_owncloud_repository_t *
ngx_http_owncloud_request_script(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf, char *script)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **repository;

    if (olcf->repositories == NULL) {
        return NULL;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {
        if (ngx_http_owncloud_request_of(r, repository[i], script)) {
            return repository[i];
        }
    }

    return NULL;
}


/* returns 1 if the request is for "script" of the repository's Moodle */

static ngx_uint_t
ngx_http_owncloud_request_of(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository, char *script)
{
    size_t      len;
    ngx_str_t  *root;

    root = &repository->moodle_root;
    len = ngx_strlen(script);

    return (r->uri.len == root->len + len
            && ngx_strncmp(r->uri.data, root->data, root->len) == 0
            && ngx_strncmp(r->uri.data + root->len, script, len) == 0);
}


/* uploads are multipart; Moodle gets them before any byte is read */

ngx_uint_t
ngx_http_owncloud_request_urlencoded(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = r->headers_in.content_type;

    return (h && ngx_http_owncloud_parameter_urlencoded(&h->value));
}


ngx_int_t
ngx_http_owncloud_request_query(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    if (ctx->fields) {
        return NGX_OK;
    }

    ctx->fields = ngx_palloc(r->pool, sizeof(ngx_array_t));
    if (ctx->fields == NULL) {
        return NGX_ERROR;
    }

    /* with too many fields, the request is not ours */

    return ngx_http_owncloud_form_parse(r->pool, &r->args,
                                        NGX_HTTP_OWNCLOUD_FORM_FIELDS,
                                        ctx->fields)
           == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_request_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t  rc, fits;
    ngx_str_t  body;

    fits = ngx_http_owncloud_request_body(r, &body);

    if (fits == NGX_ERROR) {
        return NGX_ERROR;
    }

    ctx->fields = ngx_palloc(r->pool, sizeof(ngx_array_t));
    if (ctx->fields == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_form_parse(r->pool, &body,
                                      NGX_HTTP_OWNCLOUD_FORM_FIELDS,
                                      ctx->fields);

    return (rc == NGX_OK) ? fits : rc;
}


/* returns NGX_DECLINED if the body is too long; "body" is then truncated */

static ngx_int_t
ngx_http_owncloud_request_body(ngx_http_request_t *r, ngx_str_t *body)
{
    u_char       *p;
    off_t         size;
    size_t        len, rest;
    ssize_t       n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    rest = ngx_min(size, NGX_HTTP_OWNCLOUD_FORM_SIZE);

    p = ngx_pnalloc(r->pool, rest + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = rest;

    for (cl = r->request_body->bufs; cl && rest; cl = cl->next) {

        b = cl->buf;
        len = ngx_min(ngx_buf_size(b), (off_t) rest);

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, len);

        } else {

            /* the form exceeded client_body_buffer_size */

            n = ngx_read_file(b->file, p, len, b->file_pos);

            if (n != (ssize_t) len) {
                return NGX_ERROR;
            }

            p += len;
        }

        rest -= len;
    }

    return (size > NGX_HTTP_OWNCLOUD_FORM_SIZE) ? NGX_DECLINED : NGX_OK;
}


ngx_http_owncloud_repository_t *
ngx_http_owncloud_request_repository(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf, char *script, ngx_int_t id)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **repository;

    if (olcf->repositories == NULL) {
        return NULL;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        if (repository[i]->id == id
            && ngx_http_owncloud_request_of(r, repository[i], script))
        {
            return repository[i];
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_owncloud_request_client(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                        host;
    ngx_http_owncloud_repository_t  *repository;

    repository = ctx->repository;

    if (ngx_http_owncloud_cookie_find(r, &repository->moodle_cookie,
                                      &ctx->moodle_session)
        != NGX_OK)
    {
        ngx_str_null(&ctx->moodle_session);
    }

    if (ngx_http_owncloud_cookie_decode(r->pool, &ctx->moodle_session)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (repository->origin.len) {
        ctx->origin = repository->origin;
        ctx->secure = (ngx_strncmp(ctx->origin.data, "https:", 6) == 0);

        return NGX_OK;
    }

#if (NGX_HTTP_SSL)
    ctx->secure = (r->connection->ssl != NULL);
#endif

    ngx_http_owncloud_request_host(r, &host);

    ctx->origin.data = ngx_pnalloc(r->pool, sizeof("https://") - 1 + host.len);
    if (ctx->origin.data == NULL) {
        return NGX_ERROR;
    }

    ctx->origin.len = ngx_sprintf(ctx->origin.data, "http%s://%V",
                                  ctx->secure ? "s" : "", &host)
                      - ctx->origin.data;

    return NGX_OK;
}


/* returns the host with its port, as in the browser's URL */

static void
ngx_http_owncloud_request_host(ngx_http_request_t *r, ngx_str_t *host)
{
    u_char            *p;
    size_t             len;
    ngx_table_elt_t   *h;

    h = r->headers_in.host;
    len = r->headers_in.server.len;

    *host = r->headers_in.server;

    if (h && h->value.len > len && h->value.data[len] == ':'
        && ngx_strncasecmp(h->value.data, host->data, len) == 0)
    {
        *host = h->value;

    } else if (r->host_start && r->host_end > r->host_start + len
               && r->host_start[len] == ':'
               && ngx_strncasecmp(r->host_start, host->data, len) == 0)
    {
        /* HTTP/3 may have no Host, and an absolute URI takes precedence */

        host->data = r->host_start;
        host->len = r->host_end - r->host_start;
    }

    /* only a port may follow, since the URL of each icon repeats it */

    if (host->len > len + sizeof(":65535") - 1) {
        *host = r->headers_in.server;
        return;
    }

    for (p = host->data + ngx_min(len + 1, host->len);
         p < host->data + host->len;
         p++)
    {
        if (*p < '0' || *p > '9') {
            *host = r->headers_in.server;
            return;
        }
    }
}
