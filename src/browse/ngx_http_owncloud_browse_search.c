
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_browse_pages.h"
#include "ngx_http_owncloud_browse_search.h"
#include "ngx_http_owncloud_browse_search_call.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request_cloud_type.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"


typedef struct {
    ngx_http_owncloud_pages_t           pages;
    ngx_http_owncloud_search_request_t  request;
    ngx_http_owncloud_dav_t            *dav;
    ngx_uint_t                          type;       /* of the cloud */
} ngx_http_owncloud_search_t;


static ngx_int_t ngx_http_owncloud_search_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_t *search);
static ngx_uint_t ngx_http_owncloud_search_text(ngx_str_t *field,
    ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_search_expired(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_t *search);
static ngx_int_t ngx_http_owncloud_search_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_call_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_search_unable(
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_search_unavailable(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_search_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_search(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_search_begin);
}


static ngx_int_t
ngx_http_owncloud_search_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                   *field;
    ngx_uint_t                   possible;
    ngx_http_owncloud_search_t  *search;

    search = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_search_t));

    if (search == NULL
        || ngx_http_owncloud_search_init(r, ctx, search) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->flow = search;

    field = ngx_http_owncloud_form_get(ctx->fields, "s");

    possible = ngx_http_owncloud_search_text(field, &search->request.text);

    /* the picker does not repeat the text when it asks for later pages */

    if (search->request.text.len == 0 && search->pages.page > 1) {
        return ngx_http_owncloud_search_expired(r, ctx, search);
    }

    if (!possible) {
        return ngx_http_owncloud_search_store(r, ctx);
    }

    return ngx_http_owncloud_search_type(r, ctx);
}


/* results are cached for the picker that searched */

static ngx_int_t
ngx_http_owncloud_search_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_t *search)
{
    ngx_str_t  *client, name;

    ngx_str_set(&search->pages.folder, "/");
    search->pages.search = 1;

    search->request.user = ctx->session->user;
    search->request.limit = ctx->repository->max_results;

    client = ngx_http_owncloud_form_get(ctx->fields, "client_id");

    if (client == NULL) {
        ngx_str_null(&name);

    } else {
        name.data = ngx_pnalloc(r->pool, NGX_INT_T_LEN + 1 + client->len);
        if (name.data == NULL) {
            return NGX_ERROR;
        }

        name.len = ngx_sprintf(name.data, "%i:%V", ctx->repository->id, client)
                   - name.data;
    }

    if (ngx_http_owncloud_pages_init(r, ctx, &search->pages, "search", &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (name.len == 0) {
        search->pages.keyed = 0;
    }

    return NGX_OK;
}


/* strips white space around the text; 0: no file can have such a name */

static ngx_uint_t
ngx_http_owncloud_search_text(ngx_str_t *field, ngx_str_t *text)
{
    u_char  *p, *last;

    ngx_str_null(text);

    if (field == NULL) {
        return 0;
    }

    p = field->data;
    last = p + field->len;

    while (p < last && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) {
        p++;
    }

    while (p < last
           && (last[-1] == ' ' || (last[-1] >= '\t' && last[-1] <= '\r')))
    {
        last--;
    }

    text->data = p;
    text->len = last - p;

    if (p == last || text->len > NGX_HTTP_OWNCLOUD_NAME_SIZE
        || !ngx_http_owncloud_utf8_valid(p, text->len))
    {
        return 0;
    }

    for ( /* void */ ; p < last; p++) {
        if (*p < 0x20 || *p == '/') {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_owncloud_search_expired(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_search_t *search)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_http_owncloud_pages_get(r, ctx, &search->pages);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        ngx_str_set(&ctx->cache, "HIT");
        return ngx_http_owncloud_pages_send(r, ctx, &search->pages);
    }

    ngx_str_set(&text, "Your search results have expired. Please search "
                       "again.");

    return ngx_http_owncloud_answer_error(r, ctx, &text, "searchexpired");
}


/* the request depends on the cloud type */

static ngx_int_t
ngx_http_owncloud_search_type(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_search_t  *search;

    search = ctx->flow;

    ngx_str_set(&ctx->cache, "MISS");

    rc = ngx_http_owncloud_cloud_type(r, ctx, &search->type);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_owncloud_search_call_start(r, ctx);
    }

    call = ngx_http_owncloud_cloud_type_call(r, ctx);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_search_type_received;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_search_type_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                        *code;
    ngx_str_t                    text;
    ngx_http_owncloud_search_t  *search;

    search = ctx->flow;

    /* no more calls to a cloud that cannot be reached */

    if (ctx->call->failure) {

        if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (ngx_http_owncloud_cloud_type_received(r, ctx, &search->type)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_search_call_start(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_search_call_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_search_t  *search;

    search = ctx->flow;

    rc = ngx_http_owncloud_search_call(r, ctx, search->type, &search->request,
                                       &search->dav, &call);

    switch (rc) {

    case NGX_OK:
        ctx->step = ngx_http_owncloud_search_received;

        return ngx_http_owncloud_call_start(r, ctx, call);

    case NGX_DECLINED:
        return ngx_http_owncloud_search_store(r, ctx);

    case NGX_ABORT:
        return ngx_http_owncloud_search_unavailable(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


static ngx_int_t
ngx_http_owncloud_search_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                        *code;
    ngx_str_t                    text;
    ngx_uint_t                   error;
    ngx_http_owncloud_call_t    *call;
    ngx_http_owncloud_search_t  *search;

    call = ctx->call;
    search = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return ngx_http_owncloud_dav_reply_refused(r, ctx,
                                     ngx_http_owncloud_dav_error(search->dav));
    }

    if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                          ngx_http_owncloud_search_call_start);
    }

    if (ngx_http_owncloud_search_unable(call)) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "nosearch from \"%V\" for %V \"%V\": status %ui",
                      &ctx->issuer->id, &call->method, &call->uri,
                      call->status);

        return ngx_http_owncloud_search_unavailable(r, ctx);
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    error = ngx_http_owncloud_dav_reply_error(ctx, search->dav);

    return error ? ngx_http_owncloud_dav_reply_refused(r, ctx, error)
                 : ngx_http_owncloud_search_sort(r, ctx);
}


/* the server, or a proxy in front of it, does not support the method */

static ngx_uint_t
ngx_http_owncloud_search_unable(ngx_http_owncloud_call_t *call)
{
    if (call->failure) {
        return 0;
    }

    return call->status == 404 || call->status == 405 || call->status == 415
           || call->status == 501;
}


static ngx_int_t
ngx_http_owncloud_search_unavailable(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_failure_answer(r, ctx,
               "%s cannot be searched. Please open the folder that contains "
               "the file.", "nosearch");
}


static ngx_int_t
ngx_http_owncloud_search_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_owncloud_search_t  *search;
    ngx_http_owncloud_pages_t   *pages;

    search = ctx->flow;
    pages = &search->pages;

    ctx->step = ngx_http_owncloud_search_sort;

    rc = ngx_http_owncloud_pages_sort(r, ctx, pages, search->dav);

    if (rc != NGX_OK) {
        return rc;
    }

    pages->cache.more = ngx_http_owncloud_dav_more(search->dav,
                                                   search->request.asked)
                        ? 1 : 0;

    return ngx_http_owncloud_search_store(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_search_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_owncloud_search_t  *search;

    search = ctx->flow;

    ctx->step = ngx_http_owncloud_search_store;

    rc = ngx_http_owncloud_pages_store(r, ctx, &search->pages);

    return (rc == NGX_OK)
           ? ngx_http_owncloud_pages_answer(r, ctx, &search->pages) : rc;
}
