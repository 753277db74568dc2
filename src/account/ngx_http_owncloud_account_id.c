
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_zone.h"


/*
 * The name that the system account signs in with may differ from its id, for
 * example if users come from LDAP, and may be the id of another user.  Files
 * are shared with ids.
 */

#define NGX_HTTP_OWNCLOUD_ACCOUNT_ID_TIME  86400     /* seconds */


static ngx_int_t ngx_http_owncloud_account_id_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_account_id_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_account_id_key(
    ngx_http_owncloud_ctx_t *ctx, u_char *key);


ngx_int_t
ngx_http_owncloud_account_identify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                         *p;
    ngx_int_t                       rc;
    ngx_str_t                      *base;
    ngx_http_owncloud_call_t       *call;
    ngx_http_owncloud_main_conf_t  *omcf;

    static ngx_str_t  yes = ngx_string("true");
    static char  resource[] = "cloud/user?format=json";

    if (ctx->account->id.len || ctx->issuer->ocs.upstream == NULL) {
        return ctx->account->next(r, ctx);
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_account_id_key(ctx, key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key,
                                    &ctx->account->id);
    if (rc == NGX_OK) {
        return ctx->account->next(r, ctx);
    }

    ngx_str_null(&ctx->account->id);

    base = &ctx->issuer->ocs.url.path;

    p = ngx_pnalloc(r->pool, base->len + sizeof(resource));
    call = ngx_http_owncloud_call_create(r, &ctx->issuer->ocs, "GET");

    if (rc == NGX_ERROR || p == NULL || call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call->uri.data = p;
    call->uri.len = ngx_sprintf(p, "%V%s", base, resource) - p;

    call->replayable = 1;
    call->sink = ngx_http_owncloud_sink_memory(r->pool,
                                               NGX_HTTP_OWNCLOUD_ANSWER_SIZE);

    if (call->sink == NULL
        || ngx_http_owncloud_account_authorize(r, ctx, call,
                                               NGX_HTTP_OWNCLOUD_AS_ACCOUNT)
           != NGX_OK
        || ngx_http_owncloud_call_header(call, "OCS-APIRequest", &yes)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_account_id_received;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_account_id_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_http_owncloud_call_t       *call;
    ngx_http_owncloud_account_t    *account;
    ngx_http_owncloud_main_conf_t  *omcf;

    call = ctx->call;
    account = ctx->account;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && call->status == NGX_HTTP_UNAUTHORIZED)
    {
        return ngx_http_owncloud_account_password_refused(r, ctx);
    }

    rc = ngx_http_owncloud_account_id_read(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" did not return the id of the system account "
                      "\"%V\": status %ui, failure %ui", &ctx->issuer->id,
                      &ctx->issuer->account_user, call->status, call->failure);

        /* its name may be another user's id */

        return ngx_http_owncloud_account_failed(r, ctx, "accountunavailable",
                   "%s is not available to Moodle's system account at the "
                   "moment. Please try again in a few minutes.");
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_account_id_key(ctx, key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                               NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                               &account->id,
                               ngx_time() + NGX_HTTP_OWNCLOUD_ACCOUNT_ID_TIME);

    return account->next(r, ctx);
}


/* parses {"ocs":{"meta":{...},"data":{"id":"moodle-system",...}}} */

static ngx_int_t
ngx_http_owncloud_account_id_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_str_t                       body;
    ngx_http_owncloud_json_field_t  field;

    if (ctx->call->failure || ctx->call->status != NGX_HTTP_OK) {
        return NGX_DECLINED;
    }

    ngx_http_owncloud_sink_text(ctx->call->sink, &body);

    ngx_memzero(&field, sizeof(ngx_http_owncloud_json_field_t));
    ngx_str_set(&field.path, "ocs-data-id");

    rc = ngx_http_owncloud_json_read(r->pool, &body, &field, 1);

    if (rc != NGX_OK) {
        return rc;
    }

    if (field.type != NGX_HTTP_OWNCLOUD_JSON_STRING || field.value.len == 0
        || field.value.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    ctx->account->id = field.value;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_account_id_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "account id", &ctx->issuer->id,
                                       &ctx->issuer->ocs.url.text,
                                       &ctx->issuer->account_user);
}
