
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_node.h"


static u_char *ngx_http_owncloud_node_source(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_entry_t *entry,
    u_char *p);
static u_char *ngx_http_owncloud_node_title(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, char *icon, u_char *p);
static u_char *ngx_http_owncloud_node_path(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p);
static u_char *ngx_http_owncloud_node_icon(ngx_http_owncloud_nodes_t *nodes,
    char *icon, u_char *p);
static u_char *ngx_http_owncloud_node_preview(
    ngx_http_owncloud_nodes_t *nodes, ngx_http_owncloud_entry_t *entry,
    ngx_http_owncloud_filetype_t *type, u_char *p);
static ngx_uint_t ngx_http_owncloud_node_image(
    ngx_http_owncloud_entry_t *entry, ngx_http_owncloud_filetype_t *type);
static u_char *ngx_http_owncloud_node_date(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p);
static u_char *ngx_http_owncloud_node_dates(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p);


#define ngx_http_owncloud_node_add(p, text)                                   \
    ngx_cpymem(p, text, sizeof(text) - 1)


u_char *
ngx_http_owncloud_node_folder(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry)
{
    u_char  *p;

    p = ngx_http_owncloud_node_title(nodes, entry, "folder", nodes->node);
    p = ngx_http_owncloud_node_add(p, ",\"children\":[]");
    p = ngx_http_owncloud_node_date(nodes, entry, p);
    p = ngx_http_owncloud_node_add(p, ",\"path\":\"");
    p = ngx_http_owncloud_node_path(nodes, entry, p);
    p = ngx_http_owncloud_node_add(p, "/\"");
    p = ngx_http_owncloud_node_dates(nodes, entry, p);
    p = ngx_http_owncloud_node_add(p, ",\"icon\":\"");
    p = ngx_http_owncloud_node_icon(nodes, "folder", p);

    return ngx_http_owncloud_node_add(p, "\"}");
}


u_char *
ngx_http_owncloud_node_file(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry)
{
    u_char                        *p;
    ngx_str_t                      text;
    ngx_http_owncloud_filetype_t  *type;

    type = ngx_http_owncloud_filetype(entry->name + entry->title,
                                      entry->len - entry->title);

    p = ngx_http_owncloud_node_title(nodes, entry, type->icon, nodes->node);

    if (entry->size != -1) {
        p = ngx_http_owncloud_node_add(p, ",\"size\":");
        p = ngx_http_owncloud_number(p, entry->size);
    }

    p = ngx_http_owncloud_node_date(nodes, entry, p);

    p = ngx_http_owncloud_node_source(nodes, entry, p);
    if (p == NULL) {
        return NULL;
    }

    if (entry->size != -1) {
        p = ngx_http_owncloud_node_add(p, ",\"size_f\":\"");

        ngx_http_owncloud_size_text(entry->size, p, &text);
        p += text.len;

        *p++ = '"';
    }

    p = ngx_http_owncloud_node_dates(nodes, entry, p);
    p = ngx_http_owncloud_node_add(p, ",\"mimetype\":\"");
    p = ngx_cpymem(p, type->type, ngx_strlen(type->type));
    p = ngx_http_owncloud_node_add(p, "\",\"icon\":\"");
    p = ngx_http_owncloud_node_icon(nodes, type->icon, p);

    if (nodes->previews) {
        p = ngx_http_owncloud_node_preview(nodes, entry, type, p);
    }

    return ngx_http_owncloud_node_add(p, "\"}");
}


static u_char *
ngx_http_owncloud_node_source(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p)
{
    ngx_memcpy(nodes->source.data + nodes->folder.len, entry->name,
               entry->len);
    nodes->source.len = nodes->folder.len + entry->len;

    p = ngx_http_owncloud_node_add(p, ",\"source\":\"");
    p = ngx_http_owncloud_node_path(nodes, entry, p);
    p = ngx_http_owncloud_node_add(p, "\",\"sourcekey\":\"");

    if (ngx_http_owncloud_sign(&nodes->signer, &nodes->source, p) != NGX_OK) {
        return NULL;
    }

    p += nodes->signer.len;
    *p++ = '"';

    return p;
}


static u_char *
ngx_http_owncloud_node_title(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, char *icon, u_char *p)
{
    p = ngx_http_owncloud_node_add(p, "{\"title\":\"");

    nodes->title.data = p;
    p = (u_char *) ngx_escape_json(p, entry->name + entry->title,
                                   entry->len - entry->title);
    nodes->title.len = p - nodes->title.data;

    p = ngx_http_owncloud_node_add(p, "\",\"thumbnail\":\"");
    p = ngx_http_owncloud_node_icon(nodes, icon, p);

    /* the tooltip of the icon distinguishes hits with the same name */

    if (nodes->search) {
        p = ngx_http_owncloud_node_add(p, "\",\"thumbnail_title\":\"");
        p = ngx_http_owncloud_node_path(nodes, entry, p);
    }

    *p++ = '"';

    return p;
}


/* the title is already escaped */

static u_char *
ngx_http_owncloud_node_path(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p)
{
    p = ngx_cpymem(p, nodes->path.data, nodes->path.len);

    if (entry->title) {
        p = (u_char *) ngx_escape_json(p, entry->name, entry->title);
    }

    return ngx_cpymem(p, nodes->title.data, nodes->title.len);
}


static u_char *
ngx_http_owncloud_node_icon(ngx_http_owncloud_nodes_t *nodes, char *icon,
    u_char *p)
{
    p = ngx_cpymem(p, nodes->icon.data, nodes->icon.len);

    return ngx_cpymem(p, icon, ngx_strlen(icon));
}


/* browsers cache the preview by its version, see ..._preview.h */

static u_char *
ngx_http_owncloud_node_preview(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, ngx_http_owncloud_filetype_t *type,
    u_char *p)
{
    if (entry->size < 1 || entry->modified == -1) {
        return p;
    }

    if (nodes->previews == NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED
        ? !entry->preview
        : !ngx_http_owncloud_node_image(entry, type))
    {
        return p;
    }

    p = ngx_http_owncloud_node_add(p, "\",\"realthumbnail\":\"");
    p = ngx_cpymem(p, nodes->preview.data, nodes->preview.len);
    p = ngx_http_owncloud_number(p, entry->modified);
    *p++ = '-';
    p = ngx_http_owncloud_number(p, entry->size);
    p = ngx_http_owncloud_node_add(p, "&file=");
    p = ngx_cpymem(p, nodes->preview_folder.data, nodes->preview_folder.len);

    return (u_char *) ngx_escape_uri(p, entry->name, entry->len,
                                     NGX_ESCAPE_URI_COMPONENT);
}


/*
 * ownCloud does not report which files have previews.  Returns 1 for the types
 * that it makes previews of by default.
 */

static ngx_uint_t
ngx_http_owncloud_node_image(ngx_http_owncloud_entry_t *entry,
    ngx_http_owncloud_filetype_t *type)
{
    ngx_uint_t  i;

    static char  *images[] = { "bmp", "gif", "jpeg", "jpg", "png", NULL };

    if (entry->size > NGX_HTTP_OWNCLOUD_NODE_IMAGE) {
        return 0;
    }

    for (i = 0; images[i]; i++) {
        if (ngx_strcmp(type->extension, images[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


static u_char *
ngx_http_owncloud_node_date(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p)
{
    if (entry->modified == -1) {
        return p;
    }

    p = ngx_http_owncloud_node_add(p, ",\"datemodified\":");

    return ngx_http_owncloud_number(p, entry->modified);
}


static u_char *
ngx_http_owncloud_node_dates(ngx_http_owncloud_nodes_t *nodes,
    ngx_http_owncloud_entry_t *entry, u_char *p)
{
    u_char                     buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    ngx_str_t                  text;
    ngx_http_owncloud_date_t   date;

    if (entry->modified == -1) {
        return p;
    }

    ngx_http_owncloud_date(nodes->repository, entry->modified, &date);

    ngx_http_owncloud_date_text(&date, &nodes->repository->date_format, buf,
                                &text);

    p = ngx_http_owncloud_node_add(p, ",\"datemodified_f\":\"");
    p = (u_char *) ngx_escape_json(p, text.data, text.len);

    ngx_http_owncloud_date_text(&date, &nodes->repository->date_format_short,
                                buf, &text);

    p = ngx_http_owncloud_node_add(p, "\",\"datemodified_f_s\":\"");
    p = (u_char *) ngx_escape_json(p, text.data, text.len);
    *p++ = '"';

    return p;
}
