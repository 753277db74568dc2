
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
#include "ngx_http_owncloud_sleep.h"


typedef struct {
    ngx_http_owncloud_shelf_t   shelf;
    ngx_http_owncloud_search_t  search;
    ngx_http_owncloud_dav_t    *dav;
    ngx_uint_t                  type;      /* of the server */
} ngx_http_owncloud_find_t;


static ngx_int_t ngx_http_owncloud_find_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_find_t *find);
static ngx_uint_t ngx_http_owncloud_find_text(ngx_str_t *field,
    ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_find_later(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_find_t *find);
static ngx_int_t ngx_http_owncloud_find_kind(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_kind_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_find_unable(
    ngx_http_owncloud_call_t *call);
static ngx_int_t ngx_http_owncloud_find_not_here(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_find_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_find(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_find_begin);
}


static ngx_int_t
ngx_http_owncloud_find_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                 *field;
    ngx_uint_t                 possible;
    ngx_http_owncloud_find_t  *find;

    find = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_find_t));

    if (find == NULL
        || ngx_http_owncloud_find_init(r, ctx, find) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->flow = find;

    field = ngx_http_owncloud_form_get(ctx->fields, "s");

    possible = ngx_http_owncloud_find_text(field, &find->search.text);

    /* for the pages that follow, the picker does not repeat the text */

    if (find->search.text.len == 0 && find->shelf.page > 1) {
        return ngx_http_owncloud_find_later(r, ctx, find);
    }

    if (!possible) {
        return ngx_http_owncloud_find_keep(r, ctx);
    }

    return ngx_http_owncloud_find_kind(r, ctx);
}


/* what was found is kept for the picker that asked */

static ngx_int_t
ngx_http_owncloud_find_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_find_t *find)
{
    ngx_str_t  *client, name;

    ngx_str_set(&find->shelf.folder, "/");
    find->shelf.search = 1;

    find->search.user = ctx->session->user;
    find->search.limit = ctx->repository->max_results;

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

    if (ngx_http_owncloud_shelf_init(r, ctx, &find->shelf, "search", &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (name.len == 0) {
        find->shelf.keyed = 0;
    }

    return NGX_OK;
}


/* the text without white space around it; 0: there can be no such name */

static ngx_uint_t
ngx_http_owncloud_find_text(ngx_str_t *field, ngx_str_t *text)
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
ngx_http_owncloud_find_later(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_find_t *find)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_http_owncloud_shelf_find(r, ctx, &find->shelf);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        ngx_str_set(&ctx->cache, "HIT");
        return ngx_http_owncloud_shelf_serve(r, ctx, &find->shelf);
    }

    ngx_str_set(&text, "It is not known any more what was found. Please "
                       "search again.");

    return ngx_http_owncloud_answer_error(r, ctx, &text, "searchexpired");
}


/* every server searches in a way of its own */

static ngx_int_t
ngx_http_owncloud_find_kind(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_find_t  *find;

    find = ctx->flow;

    ngx_str_set(&ctx->cache, "MISS");

    rc = ngx_http_owncloud_kind(r, ctx, &find->type);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_owncloud_find_ask(r, ctx);
    }

    call = ngx_http_owncloud_kind_call(r, ctx);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_find_kind_told;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_find_kind_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_find_t  *find;

    find = ctx->flow;

    /* a cloud that cannot be reached is not asked for more */

    if (ctx->call->failure) {

        if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (ngx_http_owncloud_kind_told(r, ctx, &find->type) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_find_ask(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_find_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_find_t  *find;

    find = ctx->flow;

    rc = ngx_http_owncloud_query(r, ctx, find->type, &find->search,
                                 &find->dav, &call);

    switch (rc) {

    case NGX_OK:
        ctx->step = ngx_http_owncloud_find_told;

        return ngx_http_owncloud_call_start(r, ctx, call);

    case NGX_DECLINED:
        return ngx_http_owncloud_find_keep(r, ctx);

    case NGX_ABORT:
        return ngx_http_owncloud_find_not_here(r, ctx);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


static ngx_int_t
ngx_http_owncloud_find_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_find_t  *find;

    call = ctx->call;
    find = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return ngx_http_owncloud_multistatus_refused(r, ctx,
                                       ngx_http_owncloud_dav_error(find->dav));
    }

    if (ngx_http_owncloud_multistatus_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_find_ask);
    }

    if (ngx_http_owncloud_find_unable(call)) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "nosearch from \"%V\" for %V \"%V\": status %ui",
                      &ctx->issuer->id, &call->method, &call->uri,
                      call->status);

        return ngx_http_owncloud_find_not_here(r, ctx);
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (call->status != NGX_HTTP_OWNCLOUD_MULTI_STATUS) {
        return ngx_http_owncloud_multistatus_refused(r, ctx,
                                              NGX_HTTP_OWNCLOUD_DAV_NOT_DAV);
    }

    if (ngx_http_owncloud_dav_finish(find->dav) != NGX_OK) {
        return ngx_http_owncloud_multistatus_refused(r, ctx,
                                       ngx_http_owncloud_dav_error(find->dav));
    }

    return ngx_http_owncloud_find_sort(r, ctx);
}


/* the server, or what stands before it, does not know how to search */

static ngx_uint_t
ngx_http_owncloud_find_unable(ngx_http_owncloud_call_t *call)
{
    if (call->failure) {
        return 0;
    }

    return call->status == 404 || call->status == 405 || call->status == 415
           || call->status == 501;
}


static ngx_int_t
ngx_http_owncloud_find_not_here(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  text;

    if (ngx_http_owncloud_failure_text(r, ctx,
            "Searching is not possible in %s. Please open the folder that "
            "the file is in.", &text)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, "nosearch");
}


static ngx_int_t
ngx_http_owncloud_find_sort(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_find_t   *find;
    ngx_http_owncloud_shelf_t  *shelf;

    find = ctx->flow;
    shelf = &find->shelf;

    rc = ngx_http_owncloud_dav_sort(find->dav, &shelf->entries, &shelf->n);

    if (rc == NGX_AGAIN) {
        ctx->step = ngx_http_owncloud_find_sort;
        return ngx_http_owncloud_wait(r, ctx, 0);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_multistatus_left_out(r, ctx, find->dav);

    shelf->cache.more = ngx_http_owncloud_dav_more(find->dav,
                                                   find->search.asked)
                        ? 1 : 0;

    return ngx_http_owncloud_find_keep(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_find_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_find_t  *find;

    find = ctx->flow;

    ctx->step = ngx_http_owncloud_find_keep;

    rc = ngx_http_owncloud_shelf_keep(r, ctx, &find->shelf);

    return (rc == NGX_OK)
           ? ngx_http_owncloud_shelf_answer(r, ctx, &find->shelf) : rc;
}
