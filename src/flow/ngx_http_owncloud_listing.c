
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_failure.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_listing.h"
#include "ngx_http_owncloud_token.h"


#define NGX_HTTP_OWNCLOUD_MULTI_STATUS  207


typedef struct {
    ngx_str_t                   folder;
    ngx_http_owncloud_dav_t    *dav;
} ngx_http_owncloud_listing_t;


static ngx_int_t ngx_http_owncloud_listing_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder, ngx_str_t *uri);
static ngx_int_t ngx_http_owncloud_listing_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_listing_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing);
static ngx_int_t ngx_http_owncloud_listing_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error);


ngx_int_t
ngx_http_owncloud_listing(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_listing_begin);
}


static ngx_int_t
ngx_http_owncloud_listing_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_str_t                    *path, text, root;
    ngx_http_owncloud_listing_t  *listing;

    listing = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_listing_t));
    if (listing == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&root, "/");

    path = ngx_http_owncloud_form_get(ctx->fields, "p");

    if (path == NULL) {
        path = &root;
    }

    rc = (path->len > NGX_HTTP_OWNCLOUD_PATH_SIZE)
         ? NGX_DECLINED
         : ngx_http_owncloud_path_normalize(r->pool, path, &listing->folder);

    if (rc == NGX_DECLINED) {
        ngx_str_set(&text, "There can be no such folder. Please go back to "
                           "the top folder and try again.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "invalidpath");
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->flow = listing;

    return ngx_http_owncloud_listing_ask(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_listing_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_issuer_t   *issuer;
    ngx_http_owncloud_listing_t  *listing;
    ngx_http_owncloud_session_t  *session;

    static ngx_str_t  depth = ngx_string("1");
    static ngx_str_t  type = ngx_string("application/xml; charset=utf-8");

    issuer = ctx->issuer;
    listing = ctx->flow;
    session = ctx->session;

    call = ngx_http_owncloud_call_create(r, &issuer->webdav, "PROPFIND");
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    listing->dav = ngx_http_owncloud_dav_create(r->pool, &issuer->webdav.url,
                                                &listing->folder,
                                                issuer->max_entries);
    if (listing->dav == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* nothing of an answer has been read when nginx asks another peer */

    call->replayable = 1;

    call->sink = ngx_http_owncloud_sink_dav(r->pool, listing->dav,
                                            issuer->max_size);
    call->sink_status = NGX_HTTP_OWNCLOUD_MULTI_STATUS;
    call->body = ngx_http_owncloud_dav_propfind;

    if (call->sink == NULL
        || ngx_http_owncloud_listing_uri(r, ctx, &listing->folder, &call->uri)
           != NGX_OK
        || ngx_http_owncloud_call_bearer(r, call, &session->access) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Depth", &depth) != NGX_OK
        || ngx_http_owncloud_call_header(call, "Content-Type", &type)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_listing_told;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_listing_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder, ngx_str_t *uri)
{
    u_char     *p;
    ngx_str_t  *base, escaped;

    if (ngx_http_owncloud_uri_escape(r->pool, folder, &escaped, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    base = &ctx->issuer->webdav.url.path;

    uri->len = base->len + escaped.len - 1;
    uri->data = ngx_pnalloc(r->pool, uri->len);
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    /* both have the slash where they meet */

    p = ngx_cpymem(uri->data, base->data, base->len);
    ngx_memcpy(p, escaped.data + 1, escaped.len - 1);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_listing_told(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                         *code;
    ngx_str_t                     text;
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_listing_t  *listing;

    call = ctx->call;
    listing = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return ngx_http_owncloud_listing_refused(r, ctx,
                                    ngx_http_owncloud_dav_error(listing->dav));
    }

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD && call->status == 401) {

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"%V\" does not accept the token any more",
                      &ctx->issuer->id);

        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_listing_ask);
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (call->status != NGX_HTTP_OWNCLOUD_MULTI_STATUS) {
        return ngx_http_owncloud_listing_refused(r, ctx,
                                              NGX_HTTP_OWNCLOUD_DAV_NOT_DAV);
    }

    return ngx_http_owncloud_listing_read(r, ctx, listing);
}


static ngx_int_t
ngx_http_owncloud_listing_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_listing_t *listing)
{
    ngx_int_t                    rc;
    off_t                        size;
    ngx_str_t                   *sesskey;
    ngx_uint_t                   foreign, broken;
    ngx_chain_t                 *out;
    ngx_http_owncloud_list_t     list;

    if (ngx_http_owncloud_dav_finish(listing->dav) != NGX_OK) {
        return ngx_http_owncloud_listing_refused(r, ctx,
                                    ngx_http_owncloud_dav_error(listing->dav));
    }

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));

    do {
        rc = ngx_http_owncloud_dav_sort(listing->dav, &list.entries, &list.n);
    } while (rc == NGX_AGAIN);

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    foreign = ngx_http_owncloud_dav_foreign(listing->dav);
    broken = ngx_http_owncloud_dav_broken(listing->dav);

    if (foreign || broken) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"%V\" left out of the listing of \"%V\": "
                      "%ui entries of other places, %ui broken ones",
                      &ctx->issuer->id, &ctx->call->uri, foreign, broken);
    }

    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");

    if (sesskey) {
        list.sesskey = *sesskey;
    }

    list.folder = listing->folder;

    rc = ngx_http_owncloud_answer_list(r, ctx, &list, &out, &size);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_listing_refused(r, ctx,
                                              NGX_HTTP_OWNCLOUD_DAV_TOO_MANY);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_chain(r, ctx, out, size);
}


static ngx_int_t
ngx_http_owncloud_listing_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t error)
{
    char       *format, *code;
    ngx_str_t   text;

    switch (error) {

    case NGX_HTTP_OWNCLOUD_DAV_TOO_MANY:
        code = "cloudtoobig";
        format = "This folder of %s holds more files than this Moodle can "
                 "show. Please put them into smaller folders.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER:
        code = "nofolder";
        format = "This is a file in %s, not a folder. Please go back and "
                 "reload the list.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_TRUNCATED:
        code = "cloudbroken";
        format = "The list that %s sent breaks off in the middle. Please try "
                 "again.";
        break;

    case NGX_HTTP_OWNCLOUD_DAV_MEMORY:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default: /* NGX_HTTP_OWNCLOUD_DAV_NOT_XML, NGX_HTTP_OWNCLOUD_DAV_NOT_DAV */
        code = "cloudinvalid";
        format = "%s sent something that is not a list of files. Please try "
                 "again; if it happens again, tell your administrator.";
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s: multistatus of \"%V\" for \"%V\" refused: %ui", code,
                  &ctx->issuer->id, &ctx->call->uri, error);

    if (ngx_http_owncloud_failure_text(r, ctx, format, &text) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, code);
}
