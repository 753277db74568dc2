
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"


ngx_int_t
ngx_http_owncloud_account_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *text)
{
    ngx_str_t                     message;
    ngx_http_owncloud_account_t  *account;

    account = ctx->account;

    account->code = code;
    account->text = text;

    if (account->failed) {
        return account->failed(r, ctx);
    }

    if (ngx_http_owncloud_failure_text(r, ctx, text, &message) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &message, code);
}


ngx_int_t
ngx_http_owncloud_account_lost(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_account_failed(r, ctx, "accountlost",
               "Moodle's system account at %s is not connected. The "
               "administrator must connect it again.");
}


ngx_int_t
ngx_http_owncloud_account_password_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%V\" rejected the password of the system account \"%V\"",
                  &ctx->issuer->id, &ctx->issuer->account_user);

    return ngx_http_owncloud_account_failed(r, ctx, "accountrefused",
               "%s rejected the password of Moodle's system account. The "
               "administrator must correct the password.");
}
