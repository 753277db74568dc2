
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_rights.h"
#include "ngx_http_owncloud_subrequest.h"


static ngx_int_t ngx_http_owncloud_rights_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *page, ngx_str_t *args,
    ngx_http_owncloud_proof_t *proof, ngx_http_owncloud_step_pt next);


ngx_int_t
ngx_http_owncloud_rights_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt next)
{
    u_char                     *p;
    ngx_str_t                   id, args, *page;
    ngx_http_owncloud_proof_t  *proof;

    proof = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_proof_t));
    p = ngx_pnalloc(r->pool, sizeof("contextid=") + NGX_INT64_LEN);

    if (proof == NULL || p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    args.data = p;
    args.len = ngx_sprintf(p, "contextid=%uL", context) - p;

    page = &ctx->repository->may_edit;

    /* the body id of other pages is unknown */

    ngx_str_null(&id);

    if (page->len == sizeof(NGX_HTTP_OWNCLOUD_EDIT_PAGE) - 1
        && ngx_strncmp(page->data, NGX_HTTP_OWNCLOUD_EDIT_PAGE, page->len)
           == 0)
    {
        ngx_str_set(&id, NGX_HTTP_OWNCLOUD_EDIT_ID);
    }

    ngx_http_owncloud_proof_init(proof, &id, context);

    return ngx_http_owncloud_rights_ask(r, ctx, page, &args, proof, next);
}


ngx_int_t
ngx_http_owncloud_rights_admin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_str_t                   id, page, args;
    ngx_http_owncloud_proof_t  *proof;

    proof = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_proof_t));
    if (proof == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&id, NGX_HTTP_OWNCLOUD_ADMIN_ID);
    ngx_str_set(&page, NGX_HTTP_OWNCLOUD_ADMIN_PAGE);
    ngx_str_null(&args);

    ngx_http_owncloud_proof_init(proof, &id, NGX_HTTP_OWNCLOUD_ADMIN_CONTEXT);

    return ngx_http_owncloud_rights_ask(r, ctx, &page, &args, proof, next);
}


ngx_int_t
ngx_http_owncloud_rights_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_proof_t *proof,
    ngx_http_owncloud_step_pt next)
{
    ngx_str_t  none, page;

    ngx_str_null(&none);
    ngx_str_set(&page, NGX_HTTP_OWNCLOUD_USER_PAGE);

    ngx_http_owncloud_proof_init(proof, &none, 0);

    return ngx_http_owncloud_rights_ask(r, ctx, &page, &none, proof, next);
}


static ngx_int_t
ngx_http_owncloud_rights_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *page, ngx_str_t *args,
    ngx_http_owncloud_proof_t *proof, ngx_http_owncloud_step_pt next)
{
    ngx_str_t                       *root;
    ngx_http_owncloud_subrequest_t  *subrequest;

    root = &ctx->repository->moodle_root;

    subrequest = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_subrequest_t));
    if (subrequest == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    subrequest->uri.len = root->len + page->len;
    subrequest->uri.data = ngx_pnalloc(r->pool, subrequest->uri.len);
    if (subrequest->uri.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_sprintf(subrequest->uri.data, "%V%V", root, page);

    subrequest->args = *args;
    subrequest->read = ngx_http_owncloud_proof_read;
    subrequest->data = proof;

    ctx->step = next;

    if (ngx_http_owncloud_subrequest_start(r, ctx, subrequest) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


ngx_http_owncloud_proof_e
ngx_http_owncloud_rights_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_subrequest_t  *subrequest;
    ngx_http_owncloud_proof_e        result;

    subrequest = ctx->subrequest;

    result = ngx_http_owncloud_proof_result(subrequest->data,
                                            subrequest->status,
                                            subrequest->complete);

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud rights \"%V?%V\": %ui", &subrequest->uri,
                   &subrequest->args, (ngx_uint_t) result);

    if (result == NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "moodle did not report permissions: the response to "
                      "\"%V?%V\" is not a%s Moodle page, status %ui",
                      &subrequest->uri, &subrequest->args,
                      subrequest->complete ? "" : " complete",
                      subrequest->status);
    }

    return result;
}
