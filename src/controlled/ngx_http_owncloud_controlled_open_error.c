
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_controlled_open_error.h"
#include "ngx_http_owncloud_request_failure.h"


ngx_int_t
ngx_http_owncloud_open_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char       *code;
    ngx_str_t   text;

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    return ngx_http_owncloud_failure_answer(r, ctx,
               "%s sent an invalid response. Please try again. If the problem "
               "persists, tell your administrator.", "cloudinvalid");
}


ngx_int_t
ngx_http_owncloud_open_late(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_failure_answer(r, ctx,
               "This link was opened some time ago, or by somebody else. "
               "Please open the file from its page in Moodle.", "noticket");
}


ngx_int_t
ngx_http_owncloud_open_no_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_failure_answer(r, ctx, ctx->account->text,
                                            ctx->account->code);
}


ngx_int_t
ngx_http_owncloud_open_not_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_open_t  *open;

    open = ctx->flow;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%V\" refused to share a file of the system account with "
                  "\"%V\": status %ui, code %ui", &ctx->issuer->id,
                  &ctx->session->user, ctx->call->status,
                  open->reply.statuscode);

    return ngx_http_owncloud_share_answer_error(r, ctx,
               "%s did not let Moodle's system account share this file with "
               "you. Please tell your administrator.", &open->reply.message,
               "cloudforbidden");
}
