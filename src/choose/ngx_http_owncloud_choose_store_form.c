
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_store_form.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_json.h"


static ngx_int_t ngx_http_owncloud_store_source(ngx_http_request_t *r,
    ngx_str_t *link, ngx_str_t *source);
static ngx_int_t ngx_http_owncloud_store_own(ngx_array_t *fields, char *name,
    ngx_keyval_t *own);
static ngx_int_t ngx_http_owncloud_store_sent(ngx_http_owncloud_ctx_t *ctx,
    ngx_array_t *fields, char *name);


/* in the order in which the picker sends them */

static char  *ngx_http_owncloud_store_names[] = {
    "repo_id", "p", "page", "env", "sesskey", "client_id", "itemid",
    "maxbytes", "areamaxbytes", "ctx_id", "title", "source", "savepath",
    "sourcekey", "license", "author", "accepted_types[]",
    "usecontrolledlink", NULL
};


ngx_int_t
ngx_http_owncloud_store_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *link, ngx_str_t *body)
{
    u_char        buf[2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN], id[NGX_INT_T_LEN];
    ngx_str_t     source, key, empty, *sesskey;
    ngx_array_t  *fields;
    ngx_keyval_t  own[6];

    ngx_str_null(&empty);
    ngx_memzero(own, sizeof(own));

    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");
    key.data = buf;

    if (ngx_http_owncloud_store_source(r, link, &source) != NGX_OK
        || ngx_http_owncloud_source_key(r, ctx, &source,
                                        sesskey ? sesskey : &empty, &key)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&own[0].key, "repo_id");
    own[0].value.data = id;
    own[0].value.len = ngx_sprintf(id, "%i", ctx->repository->id) - id;
    ngx_str_set(&own[1].key, "title");
    own[1].value = download->title;
    ngx_str_set(&own[2].key, "source");
    own[2].value = source;
    ngx_str_set(&own[3].key, "sourcekey");
    own[3].value = key;
    ngx_str_set(&own[4].key, "usecontrolledlink");
    ngx_str_set(&own[4].value, "1");

    fields = ngx_http_owncloud_store_fields(r, ctx,
                                            ngx_http_owncloud_store_names,
                                            own);
    if (fields == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_form_encode(r->pool, fields->elts, fields->nelts,
                                         body);
}


/* what Moodle stores as the file's reference */

static ngx_int_t
ngx_http_owncloud_store_source(ngx_http_request_t *r, ngx_str_t *link,
    ngx_str_t *source)
{
    off_t                      size;
    u_char                    *p;
    ngx_chain_t               *cl;
    ngx_http_owncloud_json_t  *json;

    json = ngx_http_owncloud_json_start(r->pool);
    if (json == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_key(json, "type");
    ngx_http_owncloud_json_text(json, "FILE_REFERENCE");
    ngx_http_owncloud_json_key(json, "link");
    ngx_http_owncloud_json_string(json, link);
    ngx_http_owncloud_json_map_end(json);

    if (ngx_http_owncloud_json_end(json, &cl, &size) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    source->data = p;
    source->len = size;

    for ( /* void */ ; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    return NGX_OK;
}


ngx_array_t *
ngx_http_owncloud_store_fields(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **names, ngx_keyval_t *own)
{
    ngx_int_t     rc;
    ngx_array_t  *fields;

    fields = ngx_array_create(r->pool, 32, sizeof(ngx_keyval_t));
    if (fields == NULL) {
        return NULL;
    }

    for ( /* void */ ; *names; names++) {

        rc = ngx_http_owncloud_store_own(fields, *names, own);

        if (rc == NGX_DECLINED) {
            rc = ngx_http_owncloud_store_sent(ctx, fields, *names);
        }

        if (rc != NGX_OK) {
            return NULL;
        }
    }

    return fields;
}


static ngx_int_t
ngx_http_owncloud_store_own(ngx_array_t *fields, char *name,
    ngx_keyval_t *own)
{
    ngx_keyval_t  *field;

    for ( /* void */ ; own->key.len; own++) {

        if (ngx_strcmp(own->key.data, name) == 0) {

            field = ngx_array_push(fields);
            if (field == NULL) {
                return NGX_ERROR;
            }

            *field = *own;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* names are literals, values are whatever the browser has sent */

static ngx_int_t
ngx_http_owncloud_store_sent(ngx_http_owncloud_ctx_t *ctx,
    ngx_array_t *fields, char *name)
{
    size_t         len;
    ngx_str_t     *value;
    ngx_uint_t     i;
    ngx_keyval_t  *field, *sent;

    len = ngx_strlen(name);

    if (name[len - 1] != ']') {

        value = ngx_http_owncloud_form_get(ctx->fields, name);

        if (value == NULL) {
            return NGX_OK;
        }

        field = ngx_array_push(fields);
        if (field == NULL) {
            return NGX_ERROR;
        }

        field->key.data = (u_char *) name;
        field->key.len = len;
        field->value = *value;

        return NGX_OK;
    }

    sent = ctx->fields->elts;

    for (i = 0; i < ctx->fields->nelts; i++) {

        /* "name[]", or with a number */

        if (sent[i].key.len < len
            || ngx_strncmp(sent[i].key.data, name, len - 1) != 0)
        {
            continue;
        }

        field = ngx_array_push(fields);
        if (field == NULL) {
            return NGX_ERROR;
        }

        field->key.data = (u_char *) name;
        field->key.len = len;
        field->value = sent[i].value;
    }

    return NGX_OK;
}
