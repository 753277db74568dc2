
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_multipart.h"


#define NGX_HTTP_OWNCLOUD_BOUNDARY      "----ownCloudFormBoundary"
#define NGX_HTTP_OWNCLOUD_BOUNDARY_LEN                                        \
    (sizeof(NGX_HTTP_OWNCLOUD_BOUNDARY) - 1 + 32)


static ngx_int_t ngx_http_owncloud_multipart_boundary(ngx_pool_t *pool,
    ngx_str_t *boundary);
static ngx_chain_t *ngx_http_owncloud_multipart_head(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *boundary);
static u_char *ngx_http_owncloud_multipart_name(u_char *p, ngx_str_t *name);
static ngx_chain_t *ngx_http_owncloud_multipart_file(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form);
static ngx_chain_t *ngx_http_owncloud_multipart_tail(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *boundary);
static ngx_chain_t *ngx_http_owncloud_multipart_link(ngx_pool_t *pool,
    size_t len);


ngx_int_t
ngx_http_owncloud_multipart(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *type, ngx_chain_t **body,
    off_t *size)
{
    ngx_str_t     boundary;
    ngx_chain_t  *head, *file, *tail;

    if (ngx_http_owncloud_multipart_boundary(pool, &boundary) != NGX_OK) {
        return NGX_ERROR;
    }

    head = ngx_http_owncloud_multipart_head(pool, form, &boundary);
    file = ngx_http_owncloud_multipart_file(pool, form);
    tail = ngx_http_owncloud_multipart_tail(pool, form, &boundary);

    if (head == NULL || file == NULL || tail == NULL) {
        return NGX_ERROR;
    }

    head->next = file;
    file->next = tail;
    tail->buf->last_buf = 1;

    type->data = ngx_pnalloc(pool, sizeof("multipart/form-data; boundary=") - 1
                                   + boundary.len);
    if (type->data == NULL) {
        return NGX_ERROR;
    }

    type->len = ngx_sprintf(type->data, "multipart/form-data; boundary=%V",
                            &boundary)
                - type->data;

    *body = head;
    *size = ngx_buf_size(head->buf) + form->size + ngx_buf_size(tail->buf);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_multipart_boundary(ngx_pool_t *pool, ngx_str_t *boundary)
{
    u_char  *p, random[16];

    if (ngx_http_owncloud_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_BOUNDARY_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    boundary->data = p;
    boundary->len = NGX_HTTP_OWNCLOUD_BOUNDARY_LEN;

    p = ngx_cpymem(p, NGX_HTTP_OWNCLOUD_BOUNDARY,
                   sizeof(NGX_HTTP_OWNCLOUD_BOUNDARY) - 1);
    (void) ngx_hex_dump(p, random, sizeof(random));

    return NGX_OK;
}


static ngx_chain_t *
ngx_http_owncloud_multipart_head(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *boundary)
{
    u_char       *p;
    ngx_chain_t  *cl;

    /*
     * in the worst case, the name consists of quotes, which take two bytes
     * each
     */

    cl = ngx_http_owncloud_multipart_link(pool,
                  sizeof("--" CRLF) - 1 + boundary->len
                  + sizeof("Content-Disposition: form-data; name=\"\"; "
                           "filename=\"\"" CRLF) - 1
                  + form->field.len + 2 * form->filename.len
                  + sizeof("Content-Type: application/octet-stream"
                           CRLF CRLF) - 1);
    if (cl == NULL) {
        return NULL;
    }

    p = ngx_sprintf(cl->buf->last, "--%V" CRLF
                    "Content-Disposition: form-data; name=\"%V\"; filename=\"",
                    boundary, &form->field);

    p = ngx_http_owncloud_multipart_name(p, &form->filename);

    cl->buf->last = ngx_sprintf(p, "\"" CRLF
                                "Content-Type: application/octet-stream"
                                CRLF CRLF);

    return cl;
}


/*
 * Writes a file name for PHP, which reads a backslash and a quote as a quote,
 * drops everything up to the last backslash, and takes a backslash at the end
 * for an escape.  Moodle strips backslashes from names, so they are left out.
 */

static u_char *
ngx_http_owncloud_multipart_name(u_char *p, ngx_str_t *name)
{
    size_t  i;

    for (i = 0; i < name->len; i++) {

        if (name->data[i] == '\\') {
            continue;
        }

        if (name->data[i] == '"') {
            *p++ = '\\';
        }

        *p++ = name->data[i];
    }

    return p;
}


static ngx_chain_t *
ngx_http_owncloud_multipart_file(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_calloc_buf(pool);
    if (b == NULL) {
        return NULL;
    }

    b->in_file = 1;
    b->file = form->file;
    b->file_pos = 0;
    b->file_last = form->size;

    cl = ngx_alloc_chain_link(pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = b;

    return cl;
}


static ngx_chain_t *
ngx_http_owncloud_multipart_tail(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *boundary)
{
    size_t         len;
    u_char        *p;
    ngx_uint_t     i;
    ngx_chain_t   *cl;
    ngx_keyval_t  *field;

    field = form->fields->elts;
    len = sizeof(CRLF "----" CRLF) - 1 + boundary->len;

    for (i = 0; i < form->fields->nelts; i++) {
        len += sizeof(CRLF "--" CRLF "Content-Disposition: form-data; "
                      "name=\"\"" CRLF CRLF) - 1
               + boundary->len + field[i].key.len + field[i].value.len;
    }

    cl = ngx_http_owncloud_multipart_link(pool, len);
    if (cl == NULL) {
        return NULL;
    }

    p = cl->buf->last;

    for (i = 0; i < form->fields->nelts; i++) {
        p = ngx_sprintf(p, CRLF "--%V" CRLF
                        "Content-Disposition: form-data; name=\"%V\""
                        CRLF CRLF "%V",
                        boundary, &field[i].key, &field[i].value);
    }

    cl->buf->last = ngx_sprintf(p, CRLF "--%V--" CRLF, boundary);

    return cl;
}


static ngx_chain_t *
ngx_http_owncloud_multipart_link(ngx_pool_t *pool, size_t len)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = ngx_create_temp_buf(pool, len);
    cl->next = NULL;

    return cl->buf ? cl : NULL;
}
