
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_node.h"


#define NGX_HTTP_OWNCLOUD_CONTROLLED_LINK  8     /* FILE_CONTROLLED_LINK */


static ngx_int_t ngx_http_owncloud_nodes_init(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_list_t *list);
static ngx_int_t ngx_http_owncloud_nodes_icons(
    ngx_http_owncloud_nodes_t *nodes);
static ngx_int_t ngx_http_owncloud_nodes_previews(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_list_t *list);
static ngx_int_t ngx_http_owncloud_nodes_escape(ngx_pool_t *pool,
    ngx_str_t *text, ngx_str_t *escaped);
static void ngx_http_owncloud_nodes_head(ngx_http_owncloud_nodes_t *nodes);
static void ngx_http_owncloud_nodes_breadcrumb(
    ngx_http_owncloud_nodes_t *nodes);
static void ngx_http_owncloud_nodes_crumb(ngx_http_owncloud_nodes_t *nodes,
    ngx_str_t *name, ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_nodes_list(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n);
static void ngx_http_owncloud_nodes_tail(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_list_t *list);
static void ngx_http_owncloud_nodes_pair(ngx_http_owncloud_nodes_t *nodes,
    char *key, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_nodes_return(
    ngx_http_owncloud_nodes_t *nodes);


ngx_int_t
ngx_http_owncloud_answer_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list,
    ngx_chain_t **out, off_t *size)
{
    ngx_http_owncloud_json_t       *json;
    ngx_http_owncloud_nodes_t       nodes;
    ngx_http_owncloud_main_conf_t  *omcf;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer listing \"%V\", entries:%ui",
                   &list->folder, list->n);

    nodes.request = r;
    nodes.ctx = ctx;
    nodes.repository = ctx->repository;
    nodes.folder = list->folder;
    nodes.search = list->search;

    /* hits may be anywhere: their names are paths from the root */

    if (list->search) {
        ngx_str_set(&nodes.folder, "/");
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    ngx_http_owncloud_signer(&nodes.signer, &ctx->repository->secret_key,
                             &omcf->keyring, &list->sesskey);

    json = ngx_http_owncloud_json_start(r->pool);

    if (json == NULL
        || ngx_http_owncloud_nodes_icons(&nodes) != NGX_OK
        || ngx_http_owncloud_nodes_init(&nodes, list) != NGX_OK)
    {
        return NGX_ERROR;
    }

    nodes.json = json;

    /* in the worst case, escaping makes names six times as long */

    ngx_http_owncloud_json_limit(json, 2 * (off_t) ctx->issuer->max_size);

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_nodes_head(&nodes);

    if (ngx_http_owncloud_nodes_list(&nodes, list->entries, list->n)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_owncloud_nodes_tail(&nodes, list);

    ngx_http_owncloud_json_map_end(json);

    if (ngx_http_owncloud_json_too_big(json)) {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_json_end(json, out, size);
}


static ngx_int_t
ngx_http_owncloud_nodes_init(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_list_t *list)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = nodes->request->pool;

    if (ngx_http_owncloud_nodes_escape(pool, &nodes->folder, &nodes->path)
        != NGX_OK
        || ngx_http_owncloud_nodes_previews(nodes, list) != NGX_OK)
    {
        return NGX_ERROR;
    }

    len = 0;

    for (i = 0; i < list->n; i++) {
        len = ngx_max(len, list->entries[i]->len);
    }

    p = ngx_pnalloc(pool, nodes->folder.len + len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    nodes->source.data = p;

    ngx_memcpy(p, nodes->folder.data, nodes->folder.len);

    /* a byte may become "\u001f" in the title, the paths and the dates */

    nodes->node = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_NODE_TEXT
                                    + 2 * nodes->path.len
                                    + 2 * nodes->icon.len
                                    + 6 * 3 * len
                                    + nodes->preview.len
                                    + nodes->preview_folder.len + 3 * len
                                    + 6 * 2 * NGX_HTTP_OWNCLOUD_DATE_TEXT);

    return nodes->node ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_nodes_icons(ngx_http_owncloud_nodes_t *nodes)
{
    u_char      *p;
    ngx_str_t   *icons, *origin, prefix;
    ngx_pool_t  *pool;

    pool = nodes->request->pool;
    icons = &nodes->repository->icons;
    origin = &nodes->ctx->origin;

    p = ngx_pnalloc(pool, origin->len + icons->len + sizeof("folder") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    prefix.data = p;

    /* pages at any path show the picker */

    if (origin->len && icons->len && icons->data[0] == '/'
        && (icons->len == 1 || icons->data[1] != '/'))
    {
        p = ngx_cpymem(p, origin->data, origin->len);
    }

    p = ngx_cpymem(p, icons->data, icons->len);

    prefix.len = p - prefix.data;

    p = ngx_cpymem(p, "folder", sizeof("folder") - 1);

    nodes->folder_icon.data = prefix.data;
    nodes->folder_icon.len = p - prefix.data;

    return ngx_http_owncloud_nodes_escape(pool, &prefix, &nodes->icon);
}


/*
 * Previews are below Moodle's repository folder, which our cookie is sent to.
 * The URL continues with the version of a file, "&file=" and its path.
 */

static ngx_int_t
ngx_http_owncloud_nodes_previews(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_list_t *list)
{
    u_char                          *p;
    size_t                           len;
    ngx_str_t                        url, tag;
    ngx_http_owncloud_repository_t  *repository;

    nodes->previews = list->previews;

    ngx_str_null(&nodes->preview);
    ngx_str_null(&nodes->preview_folder);

    if (list->previews == NGX_HTTP_OWNCLOUD_PREVIEWS_NONE) {
        return NGX_OK;
    }

    repository = nodes->repository;

    len = nodes->ctx->origin.len + repository->moodle_root.len
          + sizeof(NGX_HTTP_OWNCLOUD_PREVIEW "?v=-") - 1
          + NGX_INT_T_LEN + NGX_HTTP_OWNCLOUD_PREVIEW_TAG;

    url.data = ngx_pnalloc(nodes->request->pool, len);
    if (url.data == NULL) {
        return NGX_ERROR;
    }

    tag.data = list->tag;
    tag.len = NGX_HTTP_OWNCLOUD_PREVIEW_TAG;

    p = ngx_sprintf(url.data, "%V%V" NGX_HTTP_OWNCLOUD_PREVIEW "%i?v=%V-",
                    &nodes->ctx->origin, &repository->moodle_root,
                    repository->id, &tag);
    url.len = p - url.data;

    if (ngx_http_owncloud_uri_escape(nodes->request->pool, &nodes->folder,
                                     &nodes->preview_folder, 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_nodes_escape(nodes->request->pool, &url,
                                          &nodes->preview);
}


static ngx_int_t
ngx_http_owncloud_nodes_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped)
{
    u_char  *p;
    size_t   len;

    len = text->len + ngx_escape_json(NULL, text->data, text->len);

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_escape_json(p, text->data, text->len);

    escaped->data = p;
    escaped->len = len;

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
    ngx_http_owncloud_nodes_pair(nodes, "icon", &nodes->folder_icon);

    ngx_http_owncloud_json_map_end(nodes->json);
}


static ngx_int_t
ngx_http_owncloud_nodes_list(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t **entries, ngx_uint_t n)
{
    u_char      *p;
    ngx_str_t    node;
    ngx_uint_t   i;

    ngx_http_owncloud_json_key(nodes->json, "list");
    ngx_http_owncloud_json_array(nodes->json);

    for (i = 0; i < n; i++) {

        p = entries[i]->folder
            ? ngx_http_owncloud_node_folder(nodes, entries[i])
            : ngx_http_owncloud_node_file(nodes, entries[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }

        node.data = nodes->node;
        node.len = p - nodes->node;

        ngx_http_owncloud_json_raw(nodes->json, &node);
    }

    ngx_http_owncloud_json_array_end(nodes->json);

    return NGX_OK;
}


static void
ngx_http_owncloud_nodes_tail(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_list_t *list)
{
    ngx_http_owncloud_json_t  *json;

    json = nodes->json;

    ngx_http_owncloud_json_key(json, "filereferencewarning");
    ngx_http_owncloud_json_text(json,
                                "Warning: This file will become public.");
    ngx_http_owncloud_json_key(json, "repo_id");
    ngx_http_owncloud_json_integer(json, nodes->repository->id);

    if (list->page) {
        ngx_http_owncloud_json_key(json, "page");
        ngx_http_owncloud_json_integer(json, list->page);
        ngx_http_owncloud_json_key(json, "pages");
        ngx_http_owncloud_json_integer(json, list->pages);
    }

    if (list->search) {
        ngx_http_owncloud_json_key(json, "issearchresult");
        ngx_http_owncloud_json_boolean(json, 1);
    }

    if (list->message) {
        ngx_http_owncloud_json_key(json, "message");
        ngx_http_owncloud_json_text(json, list->message);
    }
}


static void
ngx_http_owncloud_nodes_pair(ngx_http_owncloud_nodes_t *nodes, char *key,
    ngx_str_t *value)
{
    ngx_http_owncloud_json_key(nodes->json, key);
    ngx_http_owncloud_json_string(nodes->json, value);
}


/* what the picker preselects: a copy or a link */

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
