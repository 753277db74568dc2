
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_note.h"
#include "ngx_http_owncloud_session_rights.h"


static ngx_int_t ngx_http_owncloud_open_edit_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt next);
static ngx_int_t ngx_http_owncloud_open_edit_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_edit_first(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_edit_first_received(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);
static ngx_http_owncloud_proof_e ngx_http_owncloud_open_edit_proof(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, uint64_t context);


/*
 * A reader may edit who may do so in the context in which the file is opened
 * and in the one in which it was handed in: a student who has a course of his
 * own could have the file shown there.
 */

ngx_int_t
ngx_http_owncloud_open_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    switch (ctx->repository->edit) {

    case NGX_HTTP_OWNCLOUD_EDIT_NEVER:
        open->edit = NGX_HTTP_OWNCLOUD_PROOF_NO;
        return ngx_http_owncloud_open_share(r, ctx);

    case NGX_HTTP_OWNCLOUD_EDIT_ALWAYS:
        open->edit = NGX_HTTP_OWNCLOUD_PROOF_YES;
        return ngx_http_owncloud_open_share(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_EDIT_ASK */
        break;
    }

    rc = ngx_http_owncloud_open_edit_ask(r, ctx, open->ticket.context,
                                       ngx_http_owncloud_open_edit_received);

    return (rc == NGX_OK) ? ngx_http_owncloud_open_edit_first(r, ctx) : rc;
}


static ngx_int_t
ngx_http_owncloud_open_edit_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->edit = ngx_http_owncloud_open_edit_proof(r, ctx,
                                                   open->ticket.context);

    return ngx_http_owncloud_open_edit_first(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_edit_first(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (open->edit != NGX_HTTP_OWNCLOUD_PROOF_YES
        || open->link.context == open->ticket.context)
    {
        return ngx_http_owncloud_open_share(r, ctx);
    }

    rc = ngx_http_owncloud_open_edit_ask(r, ctx, open->link.context,
                                 ngx_http_owncloud_open_edit_first_received);

    return (rc == NGX_OK) ? ngx_http_owncloud_open_share(r, ctx) : rc;
}


static ngx_int_t
ngx_http_owncloud_open_edit_first_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    open->edit = ngx_http_owncloud_open_edit_proof(r, ctx,
                                                   open->link.context);

    return ngx_http_owncloud_open_share(r, ctx);
}


/* NGX_OK: open->edit is known; else what a step returns, and "next" follows */

static ngx_int_t
ngx_http_owncloud_open_edit_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    /*
     * 1 is the whole site: no file belongs to it, but a redirect may name it
     */

    if (context <= 1) {
        open->edit = NGX_HTTP_OWNCLOUD_PROOF_NO;
        return NGX_OK;
    }

    rc = ngx_http_owncloud_open_note_edit(r, ctx, context, &open->edit);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return (rc == NGX_OK) ? NGX_OK
                          : ngx_http_owncloud_rights_edit(r, ctx, context,
                                                          next);
}


/* Moodle's answer; if it is unclear, Moodle is asked again the next time */

static ngx_http_owncloud_proof_e
ngx_http_owncloud_open_edit_proof(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context)
{
    ngx_http_owncloud_proof_e  proof;

    proof = ngx_http_owncloud_rights_received(r, ctx);

    if (proof != NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR) {
        ngx_http_owncloud_open_note_edit_put(r, ctx, context, proof);
    }

    return proof;
}
