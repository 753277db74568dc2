
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_sink.h"
#include "ngx_http_owncloud_subrequest.h"


static void ngx_http_owncloud_subrequest_drop(ngx_http_request_t *sr);
static ngx_http_owncloud_subrequest_t *ngx_http_owncloud_subrequest_get(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_subrequest_done(ngx_http_request_t *sr,
    void *data, ngx_int_t rc);
static ngx_uint_t ngx_http_owncloud_subrequest_sent(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest);
static ngx_int_t ngx_http_owncloud_subrequest_header_filter(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_subrequest_cookies(ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_subrequest_body_filter(
    ngx_http_request_t *r, ngx_chain_t *in);
static ngx_int_t ngx_http_owncloud_subrequest_keep(ngx_http_request_t *r,
    ngx_http_owncloud_subrequest_t *subrequest, ngx_buf_t *b);
static ngx_int_t ngx_http_owncloud_subrequest_drop_body(ngx_chain_t *in);
static void ngx_http_owncloud_subrequest_own(ngx_http_request_t *r);


static ngx_str_t  ngx_http_owncloud_get = ngx_string("GET");


static ngx_uint_t                        ngx_http_owncloud_subrequest_ssi;
static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_int_t
ngx_http_owncloud_subrequest_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_http_request_t          *sr;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    if (ps == NULL) {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_owncloud_subrequest_done;
    ps->data = subrequest;

    if (ngx_http_subrequest(r, &subrequest->uri, &subrequest->args, &sr, ps,
                            NGX_HTTP_SUBREQUEST_WAITED)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->subrequest = subrequest;
    subrequest->request = sr;

    /*
     * fastcgi_pass sends the main request's method, and PHP sends no page for
     * HEAD
     */

    subrequest->method = r->main->method_name;

    if (r->main->method == NGX_HTTP_HEAD) {
        r->main->method_name = ngx_http_owncloud_get;
    }

    if (ngx_http_owncloud_subrequest_setup(r, sr, subrequest) != NGX_OK) {

        /*
         * the subrequest is posted: it must not run half-initialized, and its
         * end must not resume the request, which has failed
         */

        sr->write_event_handler = ngx_http_owncloud_subrequest_drop;
        sr->main->method_name = subrequest->method;
        subrequest->done = 1;

        return NGX_ERROR;
    }

    return NGX_AGAIN;
}


static void
ngx_http_owncloud_subrequest_drop(ngx_http_request_t *sr)
{
    ngx_http_finalize_request(sr, NGX_OK);
}


/*
 * Finds the subrequest by its post_subrequest, which, unlike its ctx, survives
 * an internal redirect in the location.  Requests below it, such as SSI
 * includes, are not sent to the client either.
 */

static ngx_http_owncloud_subrequest_t *
ngx_http_owncloud_subrequest_get(ngx_http_request_t *r)
{
    for ( /* void */ ; r != r->main; r = r->parent) {

        if (r->post_subrequest
           && r->post_subrequest->handler == ngx_http_owncloud_subrequest_done)
        {
            return r->post_subrequest->data;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_owncloud_subrequest_done(ngx_http_request_t *sr, void *data,
                                  ngx_int_t rc)
{
    ngx_http_owncloud_subrequest_t  *subrequest = data;

    ngx_connection_t  *c;

    c = sr->connection;

    if (!subrequest->done) {
        subrequest->done = 1;

        sr->main->method_name = subrequest->method;

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            subrequest->status = rc;

        } else if (rc != NGX_OK) {
            subrequest->status = 0;
        }

        subrequest->sent = ngx_http_owncloud_subrequest_sent(sr, subrequest);

        ngx_log_debug3(NGX_LOG_DEBUG_HTTP, c->log, 0,
                       "owncloud subrequest done rc:%i s:%ui l:%uz", rc,
                       subrequest->status, subrequest->answer.len);

        sr->parent->write_event_handler = ngx_http_core_run_phases;
    }

    return c->error ? NGX_ERROR : NGX_OK;
}


/*
 * nginx sends 502 or 504 itself if no server took the request; then not a byte
 * was sent to any server of the location
 */

static ngx_uint_t
ngx_http_owncloud_subrequest_sent(ngx_http_request_t *sr,
    ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_uint_t                  i;
    ngx_http_upstream_state_t  *state;

    if (sr->upstream_states == NULL
        || (subrequest->status != NGX_HTTP_BAD_GATEWAY
            && subrequest->status != NGX_HTTP_GATEWAY_TIME_OUT))
    {
        return 1;
    }

    state = sr->upstream_states->elts;

    for (i = 0; i < sr->upstream_states->nelts; i++) {

        if (state[i].bytes_sent) {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_owncloud_subrequest_header_filter(ngx_http_request_t *r)
{
    ngx_http_owncloud_subrequest_t  *subrequest;

    subrequest = ngx_http_owncloud_subrequest_get(r);

    if (subrequest == NULL || subrequest->request != r) {
        return ngx_http_next_header_filter(r);
    }

    subrequest->status = r->headers_out.status;
    subrequest->answer_type = r->headers_out.content_type;

    if (subrequest->stores
        && ngx_http_owncloud_subrequest_cookies(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* lets the copy filter read a response that was buffered in a file */

    r->filter_need_in_memory = 1;

    return ngx_http_next_header_filter(r);
}


/* Moodle may renew its session in any response */

static ngx_int_t
ngx_http_owncloud_subrequest_cookies(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *copy;

    part = &r->headers_out.headers.part;
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

        if (h[i].hash == 0
            || h[i].key.len != sizeof("Set-Cookie") - 1
            || ngx_strncasecmp(h[i].key.data, (u_char *) "Set-Cookie",
                               sizeof("Set-Cookie") - 1)
               != 0)
        {
            continue;
        }

        copy = ngx_list_push(&r->main->headers_out.headers);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = h[i];
        ngx_http_owncloud_next_unset(copy);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_subrequest_body_filter(ngx_http_request_t *r,
                                         ngx_chain_t *in)
{
    ngx_chain_t                     *cl;
    ngx_http_owncloud_subrequest_t  *subrequest;

    subrequest = ngx_http_owncloud_subrequest_get(r);

    if (subrequest == NULL) {

        /* nginx flushes its header, which fails if the client has aborted */

        if (ngx_http_owncloud_call_own(r)) {
            return NGX_OK;
        }

        ngx_http_owncloud_subrequest_own(r);

        return ngx_http_next_body_filter(r, in);
    }

    if (subrequest->request != r) {
        return ngx_http_owncloud_subrequest_drop_body(in);
    }

    for (cl = in; cl; cl = cl->next) {

        /* nginx ends a truncated response without this flag */

        if (cl->buf->last_buf || cl->buf->last_in_chain) {
            subrequest->complete = 1;
        }

        if (ngx_buf_in_memory(cl->buf)
            && ngx_http_owncloud_subrequest_keep(r, subrequest,
                                                 cl->buf) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    subrequest->answer.data = subrequest->memory.data;
    subrequest->answer.len = subrequest->memory.len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_subrequest_keep(ngx_http_request_t *r,
    ngx_http_owncloud_subrequest_t *subrequest, ngx_buf_t *b)
{
    size_t   size;
    u_char  *p;

    p = b->pos;
    size = b->last - p;

    b->pos = b->last;

    if (subrequest->read) {
        subrequest->read(subrequest->data, p, size);
        return NGX_OK;
    }

    if (subrequest->memory.len + size > NGX_HTTP_OWNCLOUD_MOODLE_SIZE) {
        subrequest->too_big = 1;
    }

    if (subrequest->too_big || size == 0) {
        return NGX_OK;
    }

    subrequest->memory.pool = r->pool;

    return ngx_http_owncloud_memory_append(&subrequest->memory, p, size);
}


static ngx_int_t
ngx_http_owncloud_subrequest_drop_body(ngx_chain_t *in)
{
    for ( /* void */ ; in; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }

    return NGX_OK;
}


/*
 * Our responses contain texts and files of users, in which SSI commands must
 * not run, whatever "ssi_types" says.  Without its ctx, the SSI filter passes
 * the body on.
 */

static void
ngx_http_owncloud_subrequest_own(ngx_http_request_t *r)
{
    ngx_http_owncloud_ctx_t  *ctx;

    if (r != r->main
        || ngx_http_owncloud_subrequest_ssi == NGX_CONF_UNSET_UINT)
    {
        return;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_owncloud_module);

    if (ctx && !ctx->declined) {
        r->ctx[ngx_http_owncloud_subrequest_ssi] = NULL;
    }
}


ngx_int_t
ngx_http_owncloud_subrequest_init(ngx_conf_t *cf)
{
    ngx_uint_t  i;

    ngx_http_owncloud_subrequest_ssi = NGX_CONF_UNSET_UINT;

    /* nginx may be built without SSI */

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (ngx_strcmp(cf->cycle->modules[i]->name,
                       "ngx_http_ssi_filter_module")
            == 0)
        {
           ngx_http_owncloud_subrequest_ssi = cf->cycle->modules[i]->ctx_index;
        }
    }

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_owncloud_subrequest_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_owncloud_subrequest_body_filter;

    return NGX_OK;
}
