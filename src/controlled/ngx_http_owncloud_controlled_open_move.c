
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"


#define NGX_HTTP_OWNCLOUD_OPEN_NAMES  3      /* "name (3).ext" is the last */


static ngx_int_t ngx_http_owncloud_open_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_try(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_moved(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_mkcol(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_mkcol_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_name(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static void ngx_http_owncloud_open_random(
    ngx_http_owncloud_controlled_link_t *link, ngx_str_t *random);
static ngx_int_t ngx_http_owncloud_open_leave(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * A received file is in the reader's root, or in the server's folder for such
 * files.  OpenCloud does not let it be moved.
 */

ngx_int_t
ngx_http_owncloud_open_move(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                 *path, *folder;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    path = &open->received;
    folder = &ctx->repository->folder;

    if ((!open->fresh && !ngx_http_owncloud_file_in_root(path))
        || (path->len > folder->len + 2
            && path->data[folder->len + 1] == '/'
            && ngx_strncmp(path->data + 1, folder->data, folder->len) == 0)
        || ngx_http_owncloud_open_note_left(r, ctx))
    {
        return ngx_http_owncloud_open_serve(r, ctx);
    }

    return ngx_http_owncloud_open_begin(r, ctx);
}


/*
 * If two files of a reader are moved to one name at the same time, servers
 * allow it and then send the one for the other.
 */

static ngx_int_t
ngx_http_owncloud_open_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    rc = ngx_http_owncloud_lock(r, ctx, "move", &ctx->repository->folder,
                                NGX_HTTP_OWNCLOUD_OPEN_MOVING, &open->moving,
                                ngx_http_owncloud_open_begin);

    return (rc == NGX_OK) ? ngx_http_owncloud_open_try(r, ctx) : rc;
}


static ngx_int_t
ngx_http_owncloud_open_try(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (ngx_http_owncloud_open_name(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call = ngx_http_owncloud_file_move(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                       &open->received, &open->destination);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_moved;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_moved(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    call = ctx->call;
    open = ctx->flow;

    if (call->failure) {
        return ngx_http_owncloud_open_leave(r, ctx);
    }

    switch (call->status) {

    case NGX_HTTP_CREATED:
    case NGX_HTTP_NO_CONTENT:
        open->lookup.path = open->destination;
        ngx_http_owncloud_lock_end(open->moving);

        return ngx_http_owncloud_open_serve(r, ctx);

    case NGX_HTTP_CONFLICT:

        return open->folder ? ngx_http_owncloud_open_leave(r, ctx)
                            : ngx_http_owncloud_open_mkcol(r, ctx);

    case NGX_HTTP_PRECONDITION_FAILED:

        if (++open->number <= NGX_HTTP_OWNCLOUD_OPEN_NAMES + 1) {
            return ngx_http_owncloud_open_try(r, ctx);
        }

        /* fall through */

    default:
        return ngx_http_owncloud_open_leave(r, ctx);
    }
}


static ngx_int_t
ngx_http_owncloud_open_mkcol(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                  folder;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->folder = 1;

    /* "/Moodlefiles" of "/Moodlefiles/name" */

    folder.data = open->destination.data;
    folder.len = 1 + ctx->repository->folder.len;

    call = ngx_http_owncloud_file_mkcol(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        &folder);
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_open_mkcol_done;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_open_mkcol_done(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && (call->status == NGX_HTTP_CREATED
            || call->status == NGX_HTTP_NOT_ALLOWED))
    {
        return ngx_http_owncloud_open_try(r, ctx);
    }

    return ngx_http_owncloud_open_leave(r, ctx);
}


/*
 * "/Moodlefiles/report.pdf", "/Moodlefiles/report (1).pdf", and if there are
 * many of that name, with the random part of the link, "/Moodlefiles/report
 * (5f0c12).pdf"
 */

static ngx_int_t
ngx_http_owncloud_open_name(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                    *p, *dot, *last;
    ngx_str_t                 *name, random;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    name = &open->link.name;

    p = ngx_pnalloc(r->pool, sizeof("// ()") + ctx->repository->folder.len
                             + name->len + NGX_INT_T_LEN + 6);
    if (p == NULL) {
        return NGX_ERROR;
    }

    open->destination.data = p;

    p = ngx_sprintf(p, "/%V/", &ctx->repository->folder);

    last = name->data + name->len;

    for (dot = last; dot > name->data && dot[-1] != '.'; dot--) { /* void */ }

    /* a dot at the start of a name begins no extension */

    dot = (dot > name->data + 1) ? dot - 1 : last;

    p = ngx_cpymem(p, name->data, dot - name->data);

    if (open->number > NGX_HTTP_OWNCLOUD_OPEN_NAMES) {
        ngx_http_owncloud_open_random(&open->link, &random);
        p = ngx_sprintf(p, " (%V)", &random);

    } else if (open->number) {
        p = ngx_sprintf(p, " (%ui)", open->number);
    }

    p = ngx_cpymem(p, dot, last - dot);

    open->destination.len = p - open->destination.data;

    return NGX_OK;
}


/* the six digits after the date in ".../20261129-5f0c12.../report.pdf" */

static void
ngx_http_owncloud_open_random(ngx_http_owncloud_controlled_link_t *link,
    ngx_str_t *random)
{
    u_char  *p;

    p = link->path.data + link->path.len - link->name.len - 1;

    random->data = p;
    random->len = 0;

    while (p > link->path.data && p[-1] != '-' && p[-1] != '/') {
        p--;
        random->data = p;
        random->len++;
    }

    random->len = ngx_min(random->len, 6);
}


/* no space, or no permission: the file can be read where it is */

static ngx_int_t
ngx_http_owncloud_open_leave(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_http_owncloud_lock_end(open->moving);

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "a file received by \"%V\" at \"%V\" was not moved: status "
                  "%ui, failure %ui", &ctx->session->user, &ctx->issuer->id,
                  ctx->call->status, ctx->call->failure);

    if (ngx_http_owncloud_open_note_left_put(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_open_serve(r, ctx);
}
