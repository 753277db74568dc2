
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_text.h"


#define NGX_HTTP_OWNCLOUD_CONTROLLED_LINK  8     /* FILE_CONTROLLED_LINK */
#define NGX_HTTP_OWNCLOUD_ICON_LEN         32    /* a name of an icon */


/* a listing on its way: memory that its nodes share, one after the other */

typedef struct {
    ngx_http_request_t              *request;
    ngx_http_owncloud_ctx_t         *ctx;
    ngx_http_owncloud_repository_t  *repository;
    ngx_http_owncloud_json_t        *json;

    ngx_str_t                        folder;
    ngx_str_t                       *sesskey;

    ngx_str_t                        path;       /* the folder and a name */
    ngx_str_t                        icon;       /* the prefix and a name */
    size_t                           prefix;     /* length of it */
} ngx_http_owncloud_nodes_t;


static ngx_int_t ngx_http_owncloud_nodes_init(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n);
static void ngx_http_owncloud_nodes_head(ngx_http_owncloud_nodes_t *nodes);
static void ngx_http_owncloud_nodes_breadcrumb(
    ngx_http_owncloud_nodes_t *nodes);
static void ngx_http_owncloud_nodes_crumb(ngx_http_owncloud_nodes_t *nodes,
    ngx_str_t *name, ngx_str_t *path);
static void ngx_http_owncloud_nodes_folder(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);
static ngx_int_t ngx_http_owncloud_nodes_file(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_entry_t *entry);
static ngx_int_t ngx_http_owncloud_nodes_source(
    ngx_http_owncloud_nodes_t *nodes);
static void ngx_http_owncloud_nodes_path(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry);
static void ngx_http_owncloud_nodes_icon(ngx_http_owncloud_nodes_t *nodes,
    char *name);
static void ngx_http_owncloud_nodes_dates(ngx_http_owncloud_nodes_t *nodes,
    time_t t);
static void ngx_http_owncloud_nodes_pair(ngx_http_owncloud_nodes_t *nodes,
    char *key, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_nodes_return(
    ngx_http_owncloud_nodes_t *nodes);


ngx_int_t
ngx_http_owncloud_answer_listing(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder, ngx_str_t *sesskey,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_json_t   *json;
    ngx_http_owncloud_nodes_t   nodes;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer listing \"%V\", entries:%ui", folder, n);

    nodes.request = r;
    nodes.ctx = ctx;
    nodes.repository = ctx->repository;
    nodes.folder = *folder;
    nodes.sesskey = sesskey;

    json = ngx_http_owncloud_json_start(r->pool);

    if (json == NULL
        || ngx_http_owncloud_nodes_init(&nodes, entries, n) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    nodes.json = json;

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_nodes_head(&nodes);

    ngx_http_owncloud_json_key(json, "list");
    ngx_http_owncloud_json_array(json);

    for (i = 0; i < n; i++) {

        if (entries[i]->folder) {
            ngx_http_owncloud_nodes_folder(&nodes, entries[i]);

        } else if (ngx_http_owncloud_nodes_file(&nodes, entries[i])
                   != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    ngx_http_owncloud_json_array_end(json);

    ngx_http_owncloud_json_key(json, "filereferencewarning");
    ngx_http_owncloud_json_text(json,
                                "Warning: This file will become public.");
    ngx_http_owncloud_json_key(json, "repo_id");
    ngx_http_owncloud_json_integer(json, ctx->repository->id);

    ngx_http_owncloud_json_map_end(json);

    return ngx_http_owncloud_send_json(r, json);
}


static ngx_int_t
ngx_http_owncloud_nodes_init(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n)
{
    u_char      *p;
    size_t       len;
    ngx_str_t   *icons, *origin;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        len = ngx_max(len, entries[i]->len);
    }

    p = ngx_pnalloc(nodes->request->pool, nodes->folder.len + len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    nodes->path.data = p;
    nodes->path.len = nodes->folder.len;

    ngx_memcpy(p, nodes->folder.data, nodes->folder.len);

    /* the picker puts the icons on pages of any path */

    icons = &nodes->repository->icons;
    origin = &nodes->ctx->origin;

    p = ngx_pnalloc(nodes->request->pool,
                    origin->len + icons->len + NGX_HTTP_OWNCLOUD_ICON_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    nodes->icon.data = p;

    if (icons->len && icons->data[0] == '/'
        && (icons->len == 1 || icons->data[1] != '/'))
    {
        p = ngx_cpymem(p, origin->data, origin->len);
    }

    p = ngx_cpymem(p, icons->data, icons->len);

    nodes->prefix = p - nodes->icon.data;

    return NGX_OK;
}


static void
ngx_http_owncloud_nodes_head(ngx_http_owncloud_nodes_t *nodes)
{
    ngx_http_owncloud_json_t  *json;

    json = nodes->json;

    ngx_http_owncloud_json_key(json, "dynload");
    ngx_http_owncloud_json_boolean(json, 1);
    ngx_http_owncloud_json_key(json, "nosearch");
    ngx_http_owncloud_json_boolean(json, 0);
    ngx_http_owncloud_json_key(json, "nologin");
    ngx_http_owncloud_json_boolean(json, 0);

    ngx_http_owncloud_nodes_breadcrumb(nodes);

    ngx_http_owncloud_json_key(json, "defaultreturntype");
    ngx_http_owncloud_json_integer(json,
                                   ngx_http_owncloud_nodes_return(nodes));
    ngx_http_owncloud_nodes_pair(nodes, "manage",
                                 &nodes->ctx->issuer->base.text);
}


static void
ngx_http_owncloud_nodes_breadcrumb(ngx_http_owncloud_nodes_t *nodes)
{
    u_char     *p, *last, *start;
    ngx_str_t   name, path;

    ngx_http_owncloud_json_key(nodes->json, "path");
    ngx_http_owncloud_json_array(nodes->json);

    ngx_http_owncloud_nodes_icon(nodes, "folder");

    ngx_str_null(&path);

    ngx_http_owncloud_nodes_crumb(nodes, &nodes->ctx->issuer->name, &path);

    path.data = nodes->folder.data;
    last = path.data + nodes->folder.len;

    for (start = path.data + 1; start < last; start = p + 1) {

        p = ngx_strlchr(start, last, '/');
        if (p == NULL) {
            break;
        }

        name.data = start;
        name.len = p - start;
        path.len = p + 1 - path.data;

        ngx_http_owncloud_nodes_crumb(nodes, &name, &path);
    }

    ngx_http_owncloud_json_array_end(nodes->json);
}


static void
ngx_http_owncloud_nodes_crumb(ngx_http_owncloud_nodes_t *nodes,
    ngx_str_t *name, ngx_str_t *path)
{
    ngx_http_owncloud_json_map(nodes->json);

    ngx_http_owncloud_json_key(nodes->json, "name");
    ngx_http_owncloud_json_string(nodes->json, name);
    ngx_http_owncloud_json_key(nodes->json, "path");
    ngx_http_owncloud_json_string(nodes->json, path);
    ngx_http_owncloud_nodes_pair(nodes, "icon", &nodes->icon);

    ngx_http_owncloud_json_map_end(nodes->json);
}


static void
ngx_http_owncloud_nodes_folder(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry)
{
    ngx_str_t                  name;
    ngx_http_owncloud_json_t  *json;

    json = nodes->json;

    name.data = entry->name;
    name.len = entry->len;

    ngx_http_owncloud_nodes_icon(nodes, "folder");
    ngx_http_owncloud_nodes_path(nodes, entry);

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_nodes_pair(nodes, "title", &name);
    ngx_http_owncloud_nodes_pair(nodes, "thumbnail", &nodes->icon);
    ngx_http_owncloud_json_key(json, "children");
    ngx_http_owncloud_json_array(json);
    ngx_http_owncloud_json_array_end(json);

    if (entry->modified != -1) {
        ngx_http_owncloud_json_key(json, "datemodified");
        ngx_http_owncloud_json_integer(json, entry->modified);
    }

    ngx_http_owncloud_nodes_pair(nodes, "path", &nodes->path);

    ngx_http_owncloud_nodes_dates(nodes, entry->modified);

    ngx_http_owncloud_nodes_pair(nodes, "icon", &nodes->icon);

    ngx_http_owncloud_json_map_end(json);
}


static ngx_int_t
ngx_http_owncloud_nodes_file(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry)
{
    u_char                         buf[NGX_HTTP_OWNCLOUD_SIZE_TEXT];
    ngx_str_t                      text;
    ngx_http_owncloud_json_t      *json;
    ngx_http_owncloud_filetype_t  *type;

    json = nodes->json;

    type = ngx_http_owncloud_filetype(entry->name, entry->len);

    ngx_http_owncloud_nodes_icon(nodes, type->icon);
    ngx_http_owncloud_nodes_path(nodes, entry);

    ngx_http_owncloud_json_map(json);

    text.data = entry->name;
    text.len = entry->len;

    ngx_http_owncloud_nodes_pair(nodes, "title", &text);
    ngx_http_owncloud_nodes_pair(nodes, "thumbnail", &nodes->icon);

    if (entry->size != -1) {
        ngx_http_owncloud_json_key(json, "size");
        ngx_http_owncloud_json_integer(json, entry->size);
    }

    if (entry->modified != -1) {
        ngx_http_owncloud_json_key(json, "datemodified");
        ngx_http_owncloud_json_integer(json, entry->modified);
    }

    if (ngx_http_owncloud_nodes_source(nodes) != NGX_OK) {
        return NGX_ERROR;
    }

    if (entry->size != -1) {
        ngx_http_owncloud_size_text(entry->size, buf, &text);
        ngx_http_owncloud_nodes_pair(nodes, "size_f", &text);
    }

    ngx_http_owncloud_nodes_dates(nodes, entry->modified);

    ngx_http_owncloud_json_key(json, "mimetype");
    ngx_http_owncloud_json_text(json, type->type);
    ngx_http_owncloud_nodes_pair(nodes, "icon", &nodes->icon);

    ngx_http_owncloud_json_map_end(json);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_nodes_source(ngx_http_owncloud_nodes_t *nodes)
{
    u_char     buf[2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t  key;

    key.data = buf;

    if (ngx_http_owncloud_source_key(nodes->request, nodes->ctx, &nodes->path,
                                     nodes->sesskey, &key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_owncloud_nodes_pair(nodes, "source", &nodes->path);
    ngx_http_owncloud_nodes_pair(nodes, "sourcekey", &key);

    return NGX_OK;
}


static void
ngx_http_owncloud_nodes_path(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry)
{
    u_char  *p;

    p = ngx_cpymem(nodes->path.data + nodes->folder.len, entry->name,
                   entry->len);

    if (entry->folder) {
        *p++ = '/';
    }

    nodes->path.len = p - nodes->path.data;
}


static void
ngx_http_owncloud_nodes_icon(ngx_http_owncloud_nodes_t *nodes, char *name)
{
    u_char  *p, *end;

    p = nodes->icon.data + nodes->prefix;
    end = p + NGX_HTTP_OWNCLOUD_ICON_LEN;

    while (*name && p < end) {
        *p++ = *name++;
    }

    nodes->icon.len = p - nodes->icon.data;
}


static void
ngx_http_owncloud_nodes_dates(ngx_http_owncloud_nodes_t *nodes, time_t t)
{
    u_char     buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    ngx_str_t  text;

    if (t == -1) {
        return;
    }

    ngx_http_owncloud_date_text(nodes->repository,
                                &nodes->repository->date_format, t, buf,
                                &text);
    ngx_http_owncloud_nodes_pair(nodes, "datemodified_f", &text);

    ngx_http_owncloud_date_text(nodes->repository,
                                &nodes->repository->date_format_short, t, buf,
                                &text);
    ngx_http_owncloud_nodes_pair(nodes, "datemodified_f_s", &text);
}


static void
ngx_http_owncloud_nodes_pair(ngx_http_owncloud_nodes_t *nodes, char *key,
    ngx_str_t *value)
{
    ngx_http_owncloud_json_key(nodes->json, key);
    ngx_http_owncloud_json_string(nodes->json, value);
}


/* what the picker proposes: to copy, or to link */

static ngx_int_t
ngx_http_owncloud_nodes_return(ngx_http_owncloud_nodes_t *nodes)
{
    ngx_http_owncloud_repository_t  *repository;

    repository = nodes->repository;

    if (repository->supported_files == NGX_HTTP_OWNCLOUD_INTERNAL
        || (repository->supported_files == NGX_HTTP_OWNCLOUD_BOTH
            && repository->default_file == NGX_HTTP_OWNCLOUD_INTERNAL))
    {
        return NGX_HTTP_OWNCLOUD_INTERNAL;
    }

    return NGX_HTTP_OWNCLOUD_CONTROLLED_LINK;
}
