
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"


typedef struct {
    ngx_list_part_t  *part;
    ngx_uint_t        i;
} ngx_http_owncloud_cookies_t;


static ngx_table_elt_t *ngx_http_owncloud_cookie_header(
    ngx_http_owncloud_cookies_t *cookies);
static ngx_int_t ngx_http_owncloud_cookie_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_cookie_push(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *name, ngx_str_t *value,
    ngx_str_t *path, time_t age);
static void ngx_http_owncloud_cookie_unset(ngx_http_request_t *r,
    ngx_str_t *name);


/* the next Cookie header: HTTP/2 clients may split it */

static ngx_table_elt_t *
ngx_http_owncloud_cookie_header(ngx_http_owncloud_cookies_t *cookies)
{
    ngx_table_elt_t  *h;

    for ( ;; ) {

        if (cookies->i >= cookies->part->nelts) {
            if (cookies->part->next == NULL) {
                return NULL;
            }

            cookies->part = cookies->part->next;
            cookies->i = 0;
            continue;
        }

        h = cookies->part->elts;
        h += cookies->i++;

        if (h->hash && h->key.len == sizeof("cookie") - 1
            && ngx_strncmp(h->lowcase_key, "cookie", sizeof("cookie") - 1)
               == 0)
        {
            return h;
        }
    }
}


ngx_int_t
ngx_http_owncloud_cookie_find(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_table_elt_t              *h;
    ngx_http_owncloud_cookies_t   cookies;

    cookies.part = &r->headers_in.headers.part;
    cookies.i = 0;

    for ( ;; ) {

        h = ngx_http_owncloud_cookie_header(&cookies);

        if (h == NULL) {
            return NGX_DECLINED;
        }

        if (ngx_http_owncloud_cookie_in(&h->value, name, value) == NGX_OK) {
            return NGX_OK;
        }
    }
}


ngx_int_t
ngx_http_owncloud_cookie_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value)
{
    u_char      buf[NGX_HTTP_OWNCLOUD_COOKIE_NAME];
    ngx_str_t   name, part[NGX_HTTP_OWNCLOUD_COOKIE_PARTS];
    ngx_uint_t  n;

    for (n = 0; n < NGX_HTTP_OWNCLOUD_COOKIE_PARTS; n++) {

        if (ngx_http_owncloud_cookie_part(buf, id, ctx->secure, n, &name)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ngx_http_owncloud_cookie_find(r, &name, &part[n]) != NGX_OK) {
            break;
        }

        /* a shorter part is the last one */

        if (part[n].len < NGX_HTTP_OWNCLOUD_COOKIE_SIZE) {
            n++;
            break;
        }
    }

    return ngx_http_owncloud_cookie_join(r->pool, part, n, value);
}


ngx_int_t
ngx_http_owncloud_cookie_set(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value, time_t age)
{
    u_char      buf[NGX_HTTP_OWNCLOUD_COOKIE_NAME];
    size_t      rest;
    ngx_str_t   name, part, old, path;
    ngx_uint_t  n, parts;

    if (value->len > NGX_HTTP_OWNCLOUD_COOKIE_TOTAL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "a session of %uz bytes is too large for a cookie",
                      value->len);
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_cookie_path(r, ctx, &path) != NGX_OK) {
        return NGX_ERROR;
    }

    rest = value->len;
    parts = (rest + NGX_HTTP_OWNCLOUD_COOKIE_SIZE - 1)
            / NGX_HTTP_OWNCLOUD_COOKIE_SIZE;

    for (n = 0; n < NGX_HTTP_OWNCLOUD_COOKIE_PARTS; n++) {

        if (ngx_http_owncloud_cookie_part(buf, id, ctx->secure, n, &name)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        part.data = value->data + (value->len - rest);
        part.len = ngx_min(rest, NGX_HTTP_OWNCLOUD_COOKIE_SIZE);

        /*
         * the callback is outside the cookie's path and does not receive its
         * parts: the first part is always set, and the part after the last one
         * is always removed, which invalidates any parts beyond it
         */

        if (n > ngx_max(parts, 1)
            && ngx_http_owncloud_cookie_find(r, &name, &old) != NGX_OK)
        {
            break;
        }

        if (ngx_http_owncloud_cookie_push(r, ctx, &name, &part, &path,
                                          part.len ? age : -1)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        rest -= part.len;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_cookie_old(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id)
{
    u_char      buf[NGX_HTTP_OWNCLOUD_COOKIE_NAME];
    ngx_str_t   name, value, path;

    if (ngx_http_owncloud_cookie_part(buf, id, ctx->secure, 1, &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    name.data[name.len - 2] = '_';

    /*
     * only a first part begins like a sealed value: then it is another
     * issuer's session
     */

    if (ngx_http_owncloud_cookie_find(r, &name, &value) != NGX_OK
        || value.len == 0
        || ngx_http_owncloud_sealed_form(&value))
    {
        return NGX_OK;
    }

    if (ngx_http_owncloud_cookie_path(r, ctx, &path) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_null(&value);

    return ngx_http_owncloud_cookie_push(r, ctx, &name, &value, &path, -1);
}


ngx_int_t
ngx_http_owncloud_cookie_set_below(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id, ngx_str_t *value,
    ngx_str_t *path, time_t age)
{
    u_char     buf[NGX_HTTP_OWNCLOUD_COOKIE_NAME];
    ngx_str_t  name;

    if (ngx_http_owncloud_cookie_part(buf, id, ctx->secure, 0, &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_cookie_push(r, ctx, &name, value, path, age);
}


static ngx_int_t
ngx_http_owncloud_cookie_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    char                            *folder;
    ngx_http_owncloud_repository_t  *repository;

    repository = ctx->repository;

    /*
     * a front end other than Moodle may have its locations anywhere; one next
     * to a repository has the repository's id
     */

    folder = (repository->location && repository->id == 0) ? "/"
                                                           : "/repository/";

    path->len = repository->moodle_root.len + ngx_strlen(folder);

    path->data = ngx_pnalloc(r->pool, path->len);
    if (path->data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(path->data, "%V%s", &repository->moodle_root, folder);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_cookie_push(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *name, ngx_str_t *value,
    ngx_str_t *path, time_t age)
{
    u_char           *p, max_age[sizeof("; Max-Age=") + NGX_TIME_T_LEN];
    size_t            len;
    ngx_table_elt_t  *h;

    max_age[0] = '\0';

    if (age) {
        (void) ngx_sprintf(max_age, "; Max-Age=%T%Z", ngx_max(age, 0));
    }

    len = name->len + 1 + value->len
          + sizeof("; Path=") - 1 + path->len
          + sizeof(max_age)
          + sizeof("; HttpOnly; SameSite=Lax; Secure") - 1;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_cookie_unset(r, name);

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_http_owncloud_next_unset(h);
    ngx_str_set(&h->key, "Set-Cookie");

    h->value.data = p;

    p = ngx_sprintf(p, "%V=%V; Path=%V%s; HttpOnly; SameSite=Lax%s",
                    name, value, path, max_age,
                    ctx->secure ? "; Secure" : "");

    h->value.len = p - h->value.data;

    return NGX_OK;
}


/* a session that was refreshed twice in one request has one cookie */

static void
ngx_http_owncloud_cookie_unset(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash
                && h[i].key.len == sizeof("Set-Cookie") - 1
                && ngx_strncmp(h[i].key.data, "Set-Cookie",
                               sizeof("Set-Cookie") - 1)
                   == 0
                && h[i].value.len > name->len
                && h[i].value.data[name->len] == '='
                && ngx_strncmp(h[i].value.data, name->data, name->len) == 0)
            {
                h[i].hash = 0;
            }
        }
    }
}


ngx_int_t
ngx_http_owncloud_cookie_strip_request(ngx_http_request_t *r)
{
    ngx_table_elt_t              *h;
    ngx_http_owncloud_cookies_t   cookies;

    cookies.part = &r->headers_in.headers.part;
    cookies.i = 0;

    for ( ;; ) {

        h = ngx_http_owncloud_cookie_header(&cookies);

        if (h == NULL) {
            return NGX_OK;
        }

        if (ngx_http_owncloud_cookie_strip(r->pool, &h->value) != NGX_OK) {
            return NGX_ERROR;
        }
    }
}
