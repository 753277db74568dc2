
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_subrequest.h"


static ngx_int_t ngx_http_owncloud_subrequest_variables(ngx_http_request_t *r,
    ngx_http_request_t *sr);
static ngx_int_t ngx_http_owncloud_subrequest_headers(ngx_http_request_t *r,
    ngx_http_request_t *sr);
static ngx_uint_t ngx_http_owncloud_subrequest_match(ngx_table_elt_t *h);
static ngx_int_t ngx_http_owncloud_subrequest_agent(ngx_http_request_t *sr);
static ngx_int_t ngx_http_owncloud_subrequest_header(ngx_http_request_t *sr,
    ngx_table_elt_t *from, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_subrequest_body(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest);
static ngx_int_t ngx_http_owncloud_subrequest_chain(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest);


/*
 * The headers of the client that tell Moodle who asks and from where; none
 * that describes a body, a range or a cache.
 */

static ngx_str_t  ngx_http_owncloud_subrequest_names[] = {
    ngx_string("host"),
    ngx_string("cookie"),
    ngx_string("accept"),
    ngx_string("accept-language"),
    ngx_string("authorization"),
    ngx_string("origin"),
    ngx_string("referer"),
    ngx_string("x-requested-with"),
    ngx_string("x-real-ip"),
    ngx_string("forwarded"),
    ngx_null_string
};


static ngx_str_t  ngx_http_owncloud_post = ngx_string("POST");


ngx_int_t
ngx_http_owncloud_subrequest_setup(ngx_http_request_t *r,
                                   ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest)
{
    if (ngx_http_owncloud_subrequest_variables(r, sr) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_subrequest_headers(r, sr) != NGX_OK) {
        return NGX_ERROR;
    }

    sr->request_body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (sr->request_body == NULL) {
        return NGX_ERROR;
    }

    sr->header_only = 0;

    if (subrequest->body.len == 0 && subrequest->chain == NULL) {
        return NGX_OK;
    }

    sr->method = NGX_HTTP_POST;
    sr->method_name = ngx_http_owncloud_post;

    return ngx_http_owncloud_subrequest_body(sr, subrequest);
}


/*
 * The subrequest has its own variables: a $content_length cached by one
 * request must not be used by the other.  Values that the configuration has
 * set are copied: it may have set them in the access phase, which subrequests
 * skip.
 */

static ngx_int_t
ngx_http_owncloud_subrequest_variables(ngx_http_request_t *r,
    ngx_http_request_t *sr)
{
    ngx_uint_t                  i, flags;
    ngx_http_variable_t        *v;
    ngx_http_variable_value_t  *values;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    values = ngx_pcalloc(r->pool, cmcf->variables.nelts
                                  * sizeof(ngx_http_variable_value_t));
    if (values == NULL) {
        return NGX_ERROR;
    }

    v = cmcf->variables.elts;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        flags = v[i].flags & (NGX_HTTP_VAR_CHANGEABLE
                              |NGX_HTTP_VAR_NOCACHEABLE);

        if (flags == NGX_HTTP_VAR_CHANGEABLE) {
            values[i] = r->variables[i];
        }
    }

    sr->variables = values;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_subrequest_headers(ngx_http_request_t *r,
                                     ngx_http_request_t *sr)
{
    ngx_str_t         value;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    ngx_memzero(&sr->headers_in, sizeof(ngx_http_headers_in_t));

    sr->headers_in.server = r->headers_in.server;
    sr->headers_in.content_length_n = -1;
    sr->headers_in.keep_alive_n = -1;

    if (ngx_list_init(&sr->headers_in.headers, r->pool, 12,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0 || !ngx_http_owncloud_subrequest_match(&h[i])) {
            continue;
        }

        value = h[i].value;

        if (h[i].key.len == sizeof("cookie") - 1
            && ngx_http_owncloud_cookie_strip(r->pool, &value) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ngx_http_owncloud_subrequest_header(sr, &h[i], &value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_owncloud_subrequest_agent(sr);
}


/*
 * A header of the module, never the client's: Moodle sends some clients a page
 * where it redirects others, and the client must not choose what a check of
 * rights sees.
 */

static ngx_int_t
ngx_http_owncloud_subrequest_agent(ngx_http_request_t *sr)
{
    ngx_str_t        value;
    ngx_table_elt_t  h;

    ngx_memzero(&h, sizeof(ngx_table_elt_t));
    ngx_str_set(&h.key, "User-Agent");
    h.lowcase_key = (u_char *) "user-agent";
    h.hash = ngx_hash_key(h.lowcase_key, h.key.len);

    ngx_str_set(&value, NGX_HTTP_OWNCLOUD_USER_AGENT);

    return ngx_http_owncloud_subrequest_header(sr, &h, &value);
}


static ngx_uint_t
ngx_http_owncloud_subrequest_match(ngx_table_elt_t *h)
{
    ngx_str_t  *name;

    if (h->key.len > sizeof("x-forwarded-") - 1
        && ngx_strncmp(h->lowcase_key, "x-forwarded-",
                       sizeof("x-forwarded-") - 1)
           == 0)
    {
        return 1;
    }

    for (name = ngx_http_owncloud_subrequest_names; name->len; name++) {

        if (h->key.len == name->len
            && ngx_strncmp(h->lowcase_key, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_owncloud_subrequest_header(ngx_http_request_t *sr,
                                    ngx_table_elt_t *from,
    ngx_str_t *value)
{
    ngx_table_elt_t            *h;
    ngx_http_header_t          *hh;
    ngx_http_core_main_conf_t  *cmcf;

    h = ngx_list_push(&sr->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = *from;
    h->value = *value;
    ngx_http_owncloud_next_unset(h);

    /* the handler of Host would look for another server */

    if (h->key.len == sizeof("host") - 1
        && ngx_strncmp(h->lowcase_key, "host", sizeof("host") - 1) == 0)
    {
        sr->headers_in.host = h;
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(sr, ngx_http_core_module);

    hh = ngx_hash_find(&cmcf->headers_in_hash, h->hash, h->lowcase_key,
                       h->key.len);

    if (hh) {
        return hh->handler(sr, h, hh->offset);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_subrequest_body(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_str_t        value;
    ngx_table_elt_t  h;

    if (subrequest->chain == NULL
        && ngx_http_owncloud_subrequest_chain(sr, subrequest) != NGX_OK)
    {
        return NGX_ERROR;
    }

    sr->request_body->bufs = subrequest->chain;

    /* a body in several buffers is no "$request_body" */

    if (subrequest->chain->next == NULL) {
        sr->request_body->buf = subrequest->chain->buf;
    }

    sr->headers_in.content_length_n = subrequest->size;

    value.data = ngx_pnalloc(sr->pool, NGX_OFF_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%O", subrequest->size) - value.data;

    ngx_memzero(&h, sizeof(ngx_table_elt_t));
    ngx_str_set(&h.key, "Content-Length");
    h.lowcase_key = (u_char *) "content-length";
    h.hash = ngx_hash_key(h.lowcase_key, h.key.len);

    if (ngx_http_owncloud_subrequest_header(sr, &h, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&h.key, "Content-Type");
    h.lowcase_key = (u_char *) "content-type";
    h.hash = ngx_hash_key(h.lowcase_key, h.key.len);

    return ngx_http_owncloud_subrequest_header(sr, &h,
                                               &subrequest->content_type);
}


static ngx_int_t
ngx_http_owncloud_subrequest_chain(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_calloc_buf(sr->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->start = subrequest->body.data;
    b->pos = subrequest->body.data;
    b->last = subrequest->body.data + subrequest->body.len;
    b->end = b->last;
    b->memory = 1;
    b->last_buf = 1;

    cl = ngx_alloc_chain_link(sr->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    subrequest->chain = cl;
    subrequest->size = subrequest->body.len;

    return NGX_OK;
}
