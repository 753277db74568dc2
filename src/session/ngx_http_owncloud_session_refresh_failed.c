
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_zone.h"
#include "ngx_http_owncloud_zone_entry.h"


/* how long a failure is taken for an answer by those who have waited, s */
#define NGX_HTTP_OWNCLOUD_REFRESH_FAILED  2


ngx_int_t
ngx_http_owncloud_refresh_failed_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    if (ctx->session->account) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" gave no new tokens to the system account: "
                      "status %ui, failure %ui", &ctx->issuer->id,
                      call->status, call->failure);

        return ngx_http_owncloud_account_failed(r, ctx, "accountunavailable",
                   "%s cannot be used by the account that keeps such files "
                   "at the moment. Please try again in a few minutes.");
    }

    if (call->failure || call->status == 429 || call->status >= 500) {

        if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloudunexpected from \"%V\" for a refresh: status %ui",
                  &ctx->issuer->id, call->status);

    if (ngx_http_owncloud_failure_text(r, ctx,
            "%s gave an unexpected answer when your sign-in was to be "
            "prolonged. Please try again in a minute; if it happens again, "
            "tell your administrator.", &text)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, "cloudunexpected");
}


void
ngx_http_owncloud_refresh_failed_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call)
{
    u_char                              key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                           value;
    ngx_http_owncloud_main_conf_t      *omcf;
    ngx_http_owncloud_entry_refresh_t   cached;

    /*
     * what was not sent says nothing of the cloud; but where one has found no
     * place, the others would look for it in vain, one after the other
     */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_ABORTED
        || call->failure == NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF)
    {
        return;
    }

    if (ngx_http_owncloud_credential_key(ctx->issuer, "refresh failed",
                                         ctx->session->id, key)
        != NGX_OK)
    {
        return;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    cached.failure = call->failure;
    cached.status = call->status;
    cached.generation = ctx->session->generation;

    value.data = (u_char *) &cached;
    value.len = sizeof(cached);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                           NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key, &value,
                           ngx_time() + NGX_HTTP_OWNCLOUD_REFRESH_FAILED);
}


ngx_int_t
ngx_http_owncloud_refresh_failed_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                              key[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                           rc;
    ngx_str_t                           value;
    ngx_http_owncloud_call_t           *call;
    ngx_http_owncloud_main_conf_t      *omcf;
    ngx_http_owncloud_entry_refresh_t   cached;

    if (ngx_http_owncloud_credential_key(ctx->issuer, "refresh failed",
                                         ctx->session->id, key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    if (ngx_http_owncloud_entry_refresh_read(&value, &cached) != NGX_OK
        || cached.generation != ctx->session->generation)
    {
        return NGX_OK;
    }

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->token, "POST");
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->failure = cached.failure;
    call->status = cached.status;
    call->done = 1;

    ctx->call = call;
    ctx->token->result = NGX_HTTP_OWNCLOUD_TOKEN_FAILED;

    return NGX_ABORT;
}
