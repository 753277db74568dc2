
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_controlled_open_error.h"
#include "ngx_http_owncloud_controlled_open_flow.h"
#include "ngx_http_owncloud_controlled_open_type.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_session_user.h"
#include "ngx_http_owncloud_site.h"


static ngx_uint_t ngx_http_owncloud_open_repository(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *issuer);
static ngx_int_t ngx_http_owncloud_open_site(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_elsewhere(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_open_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_open_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_str_t                         rest;
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **repository;

    if (olcf->repositories == NULL) {
        return NGX_DECLINED;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        if (ngx_http_owncloud_site_below(&repository[i]->moodle_root, &r->uri,
                                         NGX_HTTP_OWNCLOUD_LINKS, &rest))
        {
            ctx->repository = repository[i];
            ctx->issuer = repository[i]->issuer;
            ctx->action = NGX_HTTP_OWNCLOUD_ACTION_OPEN;
            ctx->purpose = NGX_HTTP_OWNCLOUD_PURPOSE_LINK;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_open(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_open_t  *open;

    open = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_open_t));
    if (open == NULL
        || ngx_http_owncloud_request_query(r, ctx) != NGX_OK
        || ngx_http_owncloud_request_client(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->flow = open;

    rc = ngx_http_owncloud_controlled_link_sealed(&ctx->repository->moodle_root,
                                                  &r->uri, &open->link_text);
    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_controlled_link_open(r, &open->link_text,
                                                    &open->link);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This link is not valid. It may be incomplete, or it was "
                   "created before the keys of this site were changed.",
                   "linkunknown");
    }

    if (!ngx_http_owncloud_open_repository(r, ctx, &open->link.issuer)) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "The cloud that this link leads to is no longer used here.",
                   "linkunknown");
    }

    if (!ctx->issuer->enabled) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s is disabled here by the administrator.",
                   "clouddisabled");
    }

    rc = ngx_http_owncloud_open_site(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_open_elsewhere(r, ctx);
    }

    return (rc == NGX_OK) ? ngx_http_owncloud_open_ticket(r, ctx)
                          : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/*
 * Context 17 of another Moodle, and who may edit there, has nothing to do with
 * context 17 of this one: a copy belongs to the Moodle that it was made in,
 * also under former names of it.
 */

static ngx_int_t
ngx_http_owncloud_open_site(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_array_t               *moved;
    ngx_http_owncloud_open_t  *open;
    ngx_http_owncloud_site_t   here, *site;

    open = ctx->flow;

    here.origin = ctx->origin;
    here.root = ctx->repository->moodle_root;

    rc = ngx_http_owncloud_site_has(r->pool, &here, &open->link.path);

    moved = ctx->repository->moved_from;

    if (moved == NULL) {
        return rc;
    }

    site = moved->elts;

    for (i = 0; rc == NGX_DECLINED && i < moved->nelts; i++) {
        rc = ngx_http_owncloud_site_has(r->pool, &site[i],
                                        &open->link.path);
    }

    return rc;
}


static ngx_int_t
ngx_http_owncloud_open_elsewhere(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "linkelsewhere: a link of another Moodle, to \"%V\", was "
                  "opened at %V%V: if that Moodle has moved here, write "
                  "\"moved_from\"", &open->link.path, &ctx->origin,
                  &ctx->repository->moodle_root);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "This link was created in another Moodle and opens only there. "
               "If that Moodle has moved here, please tell your "
               "administrator.", "linkelsewhere");
}


/* finds a repository with that issuer in the same Moodle */

static ngx_uint_t
ngx_http_owncloud_open_repository(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *issuer)
{
    ngx_str_t                        *root, *id;
    ngx_uint_t                        i;
    ngx_http_owncloud_loc_conf_t     *olcf;
    ngx_http_owncloud_repository_t  **repository;

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    repository = olcf->repositories->elts;
    root = &ctx->repository->moodle_root;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        id = &repository[i]->issuer->id;

        if (id->len == issuer->len
            && ngx_strncmp(id->data, issuer->data, id->len) == 0
            && repository[i]->moodle_root.len == root->len
            && ngx_strncmp(repository[i]->moodle_root.data, root->data,
                           root->len)
               == 0)
        {
            ctx->repository = repository[i];
            ctx->issuer = repository[i]->issuer;

            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_owncloud_open_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_str_t                 *sealed;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    sealed = ngx_http_owncloud_form_get(ctx->fields,
                                        NGX_HTTP_OWNCLOUD_TICKET);

    if (sealed == NULL || sealed->len == 0) {

        /*
         * Moodle's server fetches pictures without any cookie, and again until
         * it receives one
         */

        if (ngx_http_owncloud_open_is_picture(&open->link.name)) {
            return ngx_http_owncloud_open_picture(r);
        }

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This link opens only from Moodle. Please open the file "
                   "from its page in Moodle.", "noticket");
    }

    open->sealed = *sealed;

    rc = ngx_http_owncloud_ticket_open(r, ctx, &open->link_text, sealed,
                                       &open->ticket);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK && rc != NGX_DONE) {
        return ngx_http_owncloud_open_late(r, ctx);
    }

    open->expired = (rc == NGX_DONE);

    return ngx_http_owncloud_user_of_ticket(r, ctx, sealed,
                                            ngx_http_owncloud_open_user);
}


static ngx_int_t
ngx_http_owncloud_open_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  again;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    again = ngx_http_owncloud_open_range(r, ctx);

    if (again != NGX_DECLINED) {
        return again;
    }

    if (open->expired) {
        return ngx_http_owncloud_open_late(r, ctx);
    }

    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_open_signed_in);
}


static ngx_int_t
ngx_http_owncloud_open_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_account(r, ctx, ngx_http_owncloud_open_account,
                                     NULL);
}


static ngx_int_t
ngx_http_owncloud_open_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                 *user;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;
    user = ngx_http_owncloud_account_user(ctx);

    if (ngx_http_owncloud_share_same_user(user, &open->link.account)) {
        return ngx_http_owncloud_open_edit(r, ctx);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "linkaccount: a link to a file of \"%V\" at \"%V\" was "
                  "opened, but the system account is \"%V\"",
                  &open->link.account, &ctx->issuer->id, user);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "This file is stored at %s in an account that Moodle no longer "
               "uses. The administrator must connect that account again.",
               "linkaccount");
}


ngx_int_t
ngx_http_owncloud_open_target(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target)
{
    u_char                    *p;
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    p = ngx_pnalloc(r->pool, 2 * sizeof(uint64_t)
                           + ngx_http_owncloud_pack_size(open->link_text.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    target->data = p;

    p = ngx_http_owncloud_pack_number(p, open->ticket.context);
    p = ngx_http_owncloud_pack_number(p, open->ticket.download);
    p = ngx_http_owncloud_pack_text(p, open->link_text.data,
                                    open->link_text.len);

    target->len = p - target->data;

    return NGX_OK;
}


/* the browser had a ticket before the sign-in, so it gets another one */

ngx_int_t
ngx_http_owncloud_open_return(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *packed)
{
    u_char                              *p, *last;
    uint64_t                             download;
    ngx_int_t                            rc;
    ngx_str_t                            link, url;
    ngx_http_owncloud_ticket_t           ticket;
    ngx_http_owncloud_controlled_link_t  unsealed;

    p = packed->data;
    last = p + packed->len;

    if (ngx_http_owncloud_unpack_number(&p, last, &ticket.context) != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &download) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &link.data, &link.len)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_controlled_link_open(r, &link, &unsealed);

    ticket.expires = ngx_time() + NGX_HTTP_OWNCLOUD_TICKET_TIME;
    ticket.download = (ngx_uint_t) download;

    if ((rc != NGX_OK && rc != NGX_DONE)
        || ngx_http_owncloud_ticket_url(r, ctx, &link, &unsealed.name, &ticket,
                                        &url)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_send_redirect(r, NGX_HTTP_MOVED_TEMPORARILY,
                                           &url);
}
