
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_journal.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_site.h"
#include "ngx_http_owncloud_zone.h"


/*
 * how long an attempt may follow one that a worker's end has cut off, seconds
 */
#define NGX_HTTP_OWNCLOUD_CONTROLLED_TIME    600

/* how long a complete copy is used again, seconds */
#define NGX_HTTP_OWNCLOUD_CONTROLLED_COPIED  120


static ngx_int_t ngx_http_owncloud_controlled_key(
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_controlled_name(u_char *name);
static ngx_int_t ngx_http_owncloud_controlled_site(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder);
static ngx_int_t ngx_http_owncloud_controlled_join(ngx_pool_t *pool,
    ngx_str_t *folder, ngx_str_t *name, ngx_str_t *path);


/*
 * Names of folders are random, so that nobody can make a link to an existing
 * copy by repeating a request.  A worker that ends halfway would leave a
 * folder whose name nobody knows.
 */

ngx_int_t
ngx_http_owncloud_controlled_recall(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                        rc;
    ngx_str_t                        value;
    ngx_uint_t                       state;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (ngx_http_owncloud_controlled_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    state = ngx_http_owncloud_controlled_entry_read(&value, controlled->name);

    if (state == NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN) {
        return NGX_DECLINED;
    }

    controlled->copied = (state != NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED);
    controlled->kept = (state == NGX_HTTP_OWNCLOUD_CONTROLLED_STORED);

    return ngx_http_owncloud_controlled_names(r, ctx);
}


ngx_int_t
ngx_http_owncloud_controlled_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                           buf[NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY];
    ngx_str_t                        value;
    ngx_uint_t                       state;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (ngx_http_owncloud_controlled_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    state = (controlled->stored || controlled->kept)
            ? NGX_HTTP_OWNCLOUD_CONTROLLED_STORED
            : controlled->copied ? NGX_HTTP_OWNCLOUD_CONTROLLED_MADE
                                 : NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED;

    ngx_http_owncloud_controlled_entry_write(buf, state, controlled->name);

    value.data = buf;
    value.len = sizeof(buf);

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    /* without the entry, all is well unless the worker ends */

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                         NGX_HTTP_OWNCLOUD_ZONE_SESSION, key, &value,
                         ngx_time() + (controlled->copied
                                       ? NGX_HTTP_OWNCLOUD_CONTROLLED_COPIED
                                       : NGX_HTTP_OWNCLOUD_CONTROLLED_TIME));

    return NGX_OK;
}


void
ngx_http_owncloud_controlled_forget(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_controlled_key(ctx, key) == NGX_OK) {
        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        ngx_http_owncloud_zone_drop(omcf->zone, key);
    }
}


static ngx_int_t
ngx_http_owncloud_controlled_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_http_owncloud_controlled_t       *controlled;
    ngx_http_owncloud_controlled_entry_t  link;

    controlled = ctx->flow;

    link.issuer = ctx->issuer->id;
    link.origin = ctx->origin;
    link.root = ctx->repository->moodle_root;
    link.user = ctx->session->user;
    link.path = controlled->download->path;
    link.fields = ctx->fields;

    return ngx_http_owncloud_controlled_entry_key(&link, key);
}


ngx_int_t
ngx_http_owncloud_controlled_names(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                           buf[NGX_INT64_LEN];
    ngx_str_t                        name;
    ngx_http_owncloud_controlled_t  *controlled;

    controlled = ctx->flow;

    if (controlled->copy.len) {
        return NGX_OK;
    }

    if (controlled->name[0] == '\0'
        && ngx_http_owncloud_controlled_name(controlled->name) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_controlled_site(r, ctx, &controlled->folder[0])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    name.data = buf;
    name.len = ngx_sprintf(buf, "%uL",
                           ngx_http_owncloud_controlled_context(ctx))
               - buf;

    if (ngx_http_owncloud_controlled_join(r->pool, &controlled->folder[0],
                                          &name, &controlled->folder[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    name.data = controlled->name;
    name.len = NGX_HTTP_OWNCLOUD_CONTROLLED_NAME;

    if (ngx_http_owncloud_controlled_join(r->pool, &controlled->folder[1],
                                          &name, &controlled->folder[2])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_controlled_join(r->pool, &controlled->folder[2],
                                             &controlled->download->name,
                                             &controlled->copy);
}


/* "20261129-" and 23 hexadecimal digits: it shows the age */

static ngx_int_t
ngx_http_owncloud_controlled_name(u_char *name)
{
    u_char    *p, random[12], hex[2 * sizeof(random)];
    ngx_tm_t   tm;

    if (ngx_http_owncloud_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_gmtime(ngx_time(), &tm);

    p = ngx_sprintf(name, "%04d%02d%02d-", tm.ngx_tm_year, tm.ngx_tm_mon,
                    tm.ngx_tm_mday);

    (void) ngx_hex_dump(hex, random, sizeof(random));

    ngx_memcpy(p, hex, name + NGX_HTTP_OWNCLOUD_CONTROLLED_NAME - p);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_controlled_join(ngx_pool_t *pool, ngx_str_t *folder,
    ngx_str_t *name, ngx_str_t *path)
{
    path->len = folder->len + 1 + name->len;

    path->data = ngx_pnalloc(pool, path->len);
    if (path->data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(path->data, "%V/%V", folder, name);

    return NGX_OK;
}


uint64_t
ngx_http_owncloud_controlled_context(ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t   n;
    ngx_str_t  *value;

    value = ngx_http_owncloud_form_get(ctx->fields, "ctx_id");
    n = value ? ngx_atoi(value->data, value->len) : NGX_ERROR;

    return (n == NGX_ERROR) ? 0 : n;
}


/* the folder in which the copies of this Moodle are */

static ngx_int_t
ngx_http_owncloud_controlled_site(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder)
{
    ngx_http_owncloud_site_t  site;

    site.origin = ctx->origin;
    site.root = ctx->repository->moodle_root;

    return ngx_http_owncloud_site_folder(r->pool, &site, folder);
}
