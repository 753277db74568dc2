
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_session_rights.h"
#include "ngx_http_owncloud_zone.h"


static ngx_int_t ngx_http_owncloud_open_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt reply, ngx_uint_t *may);
static ngx_int_t ngx_http_owncloud_open_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_first(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_first_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_uint_t ngx_http_owncloud_open_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context);
static ngx_int_t ngx_http_owncloud_open_key(ngx_http_owncloud_ctx_t *ctx,
    uint64_t context, u_char *key);


/*
 * Who may edit where the file is opened, and where it was handed in: a
 * student who has a course of his own could have it shown there.
 */

ngx_int_t
ngx_http_owncloud_open_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 may;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    switch (ctx->repository->edit) {

    case NGX_HTTP_OWNCLOUD_EDIT_NEVER:
        return ngx_http_owncloud_open_share(r, ctx);

    case NGX_HTTP_OWNCLOUD_EDIT_ALWAYS:
        open->may_edit = 1;
        return ngx_http_owncloud_open_share(r, ctx);

    default: /* NGX_HTTP_OWNCLOUD_EDIT_ASK */
        break;
    }

    rc = ngx_http_owncloud_open_ask(r, ctx, open->ticket.context,
                                    ngx_http_owncloud_open_received, &may);

    if (rc != NGX_OK) {
        return rc;
    }

    open->may_edit = may;

    return ngx_http_owncloud_open_first(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    open->may_edit = ngx_http_owncloud_open_answer(r, ctx,
                                                   open->ticket.context);

    return ngx_http_owncloud_open_first(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_first(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 may;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    if (!open->may_edit || open->link.context == open->ticket.context) {
        return ngx_http_owncloud_open_share(r, ctx);
    }

    rc = ngx_http_owncloud_open_ask(r, ctx, open->link.context,
                                    ngx_http_owncloud_open_first_received,
                                    &may);

    if (rc != NGX_OK) {
        return rc;
    }

    open->may_edit = may;

    return ngx_http_owncloud_open_share(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_open_first_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    open->may_edit = ngx_http_owncloud_open_answer(r, ctx,
                                                   open->link.context);

    return ngx_http_owncloud_open_share(r, ctx);
}


/* NGX_OK: "*may" is known; else what a step returns: "told" comes next */

static ngx_int_t
ngx_http_owncloud_open_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt reply, ngx_uint_t *may)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_main_conf_t  *omcf;

    /* 1 is the whole site, which no file is in; a redirect may name it */

    if (context <= 1) {
        *may = 0;
        return NGX_OK;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_open_key(ctx, context, key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc == NGX_OK) {
        *may = (value.len == 1 && value.data[0] == '1');
        return NGX_OK;
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_rights_edit(r, ctx, context, reply);
}


/* what is unclear is asked again the next time */

static ngx_uint_t
ngx_http_owncloud_open_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_str_t                       value;
    ngx_http_owncloud_open_t       *open;
    ngx_http_owncloud_proof_e       proof;
    ngx_http_owncloud_main_conf_t  *omcf;

    open = ctx->flow;
    proof = ngx_http_owncloud_rights_received(r, ctx);

    if (proof == NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR) {
        open->unclear = 1;
        return 0;
    }

    if (proof == NGX_HTTP_OWNCLOUD_PROOF_YES) {
        ngx_str_set(&value, "1");

    } else {
        ngx_str_set(&value, "0");
    }

    if (ngx_http_owncloud_open_key(ctx, context, key) == NGX_OK) {

        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        (void) ngx_http_owncloud_zone_put(omcf->zone,
                           NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                           ngx_time() + NGX_HTTP_OWNCLOUD_PERMISSION_TIME);
    }

    return proof == NGX_HTTP_OWNCLOUD_PROOF_YES;
}


static ngx_int_t
ngx_http_owncloud_open_key(ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "may edit", &ctx->origin,
                                &ctx->repository->moodle_root,
                                &ctx->repository->may_edit,
                                &ctx->moodle_session,
                                ngx_http_owncloud_part(&context,
                                                       sizeof(uint64_t)));
}
