
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_share_call.h"


#define NGX_HTTP_OWNCLOUD_SHARE_PAUSE   600    /* seconds, of Nextcloud */

#define NGX_HTTP_OWNCLOUD_CAPABILITIES  "cloud/capabilities"


static ngx_int_t ngx_http_owncloud_share_policy_write(void *data, u_char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_share_policy_read(
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_policy_t *policy);
static ngx_int_t ngx_http_owncloud_share_too_long(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t days);


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_policy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t           *call;
    ngx_http_owncloud_share_what_t      what;
    ngx_http_owncloud_policy_reader_t  *reader;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_CAPABILITIES;

    call = ngx_http_owncloud_share_call(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        "GET", &what);

    reader = ngx_http_owncloud_policy_create(r->pool);

    if (call == NULL || reader == NULL) {
        return NULL;
    }

    call->sink = ngx_http_owncloud_sink_reader(r->pool,
                                         ngx_http_owncloud_share_policy_write,
                                         reader, NGX_HTTP_OWNCLOUD_OCS_SIZE);

    return call->sink ? call : NULL;
}


static ngx_int_t
ngx_http_owncloud_share_policy_write(void *data, u_char *p, size_t len)
{
    return ngx_http_owncloud_policy_feed(data, p, len);
}


/*
 * The servers refuse almost everything with 404 and a message in the user's
 * language.  The capabilities say what the administrator has switched off.
 */

ngx_int_t
ngx_http_owncloud_share_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *reply,
    ngx_uint_t listed)
{
    ngx_http_owncloud_policy_t  policy;

    if (ngx_http_owncloud_share_policy_read(ctx->call, &policy) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "\"%V\" refused a link, code %ui: sharing %s, links %s, "
                  "passwords %s", &ctx->issuer->id, reply->statuscode,
                  policy.sharing ? "on" : "off", policy.links ? "on" : "off",
                  policy.password ? "enforced" : "not enforced");

    if (!policy.sharing) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Sharing is disabled in %s, so a link to this file cannot "
                   "be created. Please choose to copy the file instead.",
                   "sharingdisabled");
    }

    if (!listed && reply->result == NGX_HTTP_OWNCLOUD_OCS_MISSING) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This no longer exists. It may have been moved, renamed or "
                   "deleted in %s.", "cloudnotfound");
    }

    if (!policy.links) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Public links are disabled in %s, or not allowed for you. "
                   "Please choose to copy the file instead.", "linksdisabled");
    }

    if (policy.password && ctx->issuer->share_password.len == 0) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s requires a password for every public link. Anyone who "
                   "opens the file in Moodle would have to enter it, so no "
                   "link was created. Please choose to copy the file instead.",
                   "linkpassword");
    }

    if (policy.days
        && ctx->issuer->share_expire > (time_t) policy.days * 86400)
    {
        return ngx_http_owncloud_share_too_long(r, ctx, policy.days);
    }

    return ngx_http_owncloud_share_answer_error(r, ctx,
                    "%s did not let you create a link to this file. If the "
                    "file belongs to somebody else, ask for permission to "
                    "reshare it, or choose to copy it instead.",
                    &reply->message, "linkrefused");
}


static ngx_int_t
ngx_http_owncloud_share_too_long(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t days)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "links of \"%V\" must expire within %ui days, "
                  "\"share_expire\" is longer", &ctx->issuer->id, days);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "Links in %s must expire sooner than the administrator of this "
               "Moodle has set. Please tell your administrator, or choose to "
               "copy the file instead.", "linkexpiry");
}


/* what is not known is taken to be allowed */

static ngx_int_t
ngx_http_owncloud_share_policy_read(ngx_http_owncloud_call_t *call,
    ngx_http_owncloud_policy_t *policy)
{
    ngx_http_owncloud_policy_reader_t  *reader;

    reader = (call->failure || call->status != NGX_HTTP_OK)
             ? NULL : call->sink->data;

    return ngx_http_owncloud_policy_finish(reader, policy);
}


ngx_int_t
ngx_http_owncloud_share_too_many(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char    *text;
    time_t   wait;
    u_char   buf[256], *p;

    wait = ctx->call->retry_after;

    if (wait <= 0 || wait > 86400) {
        wait = NGX_HTTP_OWNCLOUD_SHARE_PAUSE;
    }

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "\"%V\" lets this user create no more shares for %T s",
                  &ctx->issuer->id, wait);

    wait = (wait + 59) / 60;

    text = (char *) buf;

    p = ngx_snprintf(buf, sizeof(buf) - 1,
                     "%%s lets you share only a few files at a time. Please "
                     "try again in %T minute%s, or choose to copy the file "
                     "instead.", wait, (wait == 1) ? "" : "s");
    *p = '\0';

    return ngx_http_owncloud_failure_answer(r, ctx, text, "cloudtoomany");
}


ngx_int_t
ngx_http_owncloud_share_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message, char *code)
{
    ngx_str_t  whole;

    if (ngx_http_owncloud_share_text(r, ctx, text, message, &whole)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &whole, code);
}


ngx_int_t
ngx_http_owncloud_share_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message,
    ngx_str_t *whole)
{
    u_char     *p;
    ngx_str_t   said;

    if (ngx_http_owncloud_failure_text(r, ctx, text, &said) != NGX_OK) {
        return NGX_ERROR;
    }

    if (message == NULL || message->len == 0) {
        *whole = said;
        return NGX_OK;
    }

    whole->len = said.len + sizeof(" The cloud said: \"\"") - 1 + message->len;

    p = ngx_pnalloc(r->pool, whole->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    whole->data = p;
    ngx_sprintf(p, "%V The cloud said: \"%V\"", &said, message);

    return NGX_OK;
}
