
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_request_failure.h"


typedef struct {
    ngx_uint_t                     value;
    char                          *code;
    char                          *text;
} ngx_http_owncloud_failure_t;


static ngx_http_owncloud_failure_t *ngx_http_owncloud_failure_of(
    ngx_http_owncloud_call_t *call);


static ngx_http_owncloud_failure_t  ngx_http_owncloud_failures[] = {

    { NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE, "cloudunreachable",
      "%s cannot be reached at the moment. Please try again in a few "
      "minutes." },

    { NGX_HTTP_OWNCLOUD_CALL_TIMEOUT, "cloudtimeout",
      "%s did not respond in time. Please try again in a few minutes." },

    { NGX_HTTP_OWNCLOUD_CALL_CERTIFICATE, "cloudcertificate",
      "The connection to %s is not secure: its certificate was rejected. "
      "Nothing was sent. Please tell your administrator." },

    { NGX_HTTP_OWNCLOUD_CALL_TLS, "cloudtls",
      "No secure connection to %s could be established. Please tell your "
      "administrator." },

    { NGX_HTTP_OWNCLOUD_CALL_INVALID, "cloudinvalid",
      "%s sent an invalid response. Please try again. If the problem "
      "persists, tell your administrator." },

    { NGX_HTTP_OWNCLOUD_CALL_BROKEN, "cloudbroken",
      "The connection to %s was lost in the middle of a response. Please try "
      "again." },

    { NGX_HTTP_OWNCLOUD_CALL_TOO_BIG, "cloudtoobig",
      "The response from %s is larger than this Moodle accepts. Please move "
      "some of the files to other folders." },

    { NGX_HTTP_OWNCLOUD_CALL_STOPPED, "cloudinvalid",
      "%s sent an invalid response. Please try again. If the problem "
      "persists, tell your administrator." },

    { NGX_HTTP_OWNCLOUD_CALL_CROWDED, "cloudbusy",
      "Too many people are waiting for %s at the moment. Please try again in "
      "a minute." },

    { NGX_HTTP_OWNCLOUD_CALL_ABORTED, "aborted",
      "The request was aborted." },

    { NGX_HTTP_OWNCLOUD_CALL_INTERNAL, "internalerror",
      "Something went wrong while contacting %s. Please try again." },

    { 0, NULL, NULL }
};


static ngx_http_owncloud_failure_t  ngx_http_owncloud_statuses[] = {

    { 401, "cloudsignin",
      "%s no longer accepts your sign-in. Please sign in again." },

    { 403, "cloudforbidden",
      "%s does not allow you to do this." },

    { 404, "cloudnotfound",
      "This no longer exists. It may have been moved, renamed or deleted in "
      "%s." },

    { 423, "cloudlocked",
      "This is currently locked in %s. Please try again later." },

    { 429, "cloudtoomany",
      "%s is receiving too many requests. Please wait a few minutes and try "
      "again." },

    { 503, "cloudmaintenance",
      "%s is not available at the moment, possibly because of maintenance. "
      "Please try again later." },

    { 507, "cloudquota",
      "There is no space left in %s." },

    { 0, NULL, NULL }
};


static ngx_http_owncloud_failure_t  ngx_http_owncloud_status_5xx =

    { 500, "clouderror",
      "%s reported an internal error. Please try again later." };


static ngx_http_owncloud_failure_t  ngx_http_owncloud_status_other =

    { 0, "cloudunexpected",
      "%s sent an unexpected response. Please tell your administrator, who "
      "will find details in the server's log." };


ngx_int_t
ngx_http_owncloud_failure(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *text, char **code)
{
    ngx_http_owncloud_call_t     *call;
    ngx_http_owncloud_failure_t  *failure;

    call = ctx->call;

    failure = ngx_http_owncloud_failure_of(call);

    if (failure == NULL) {
        *code = NULL;
        return NGX_OK;
    }

    *code = failure->code;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s from \"%V\" for %V \"%V\": status %ui, failure %ui",
                  failure->code, &ctx->issuer->id, &call->method, &call->uri,
                  call->status, call->failure);

    return ngx_http_owncloud_failure_text(r, ctx, failure->text, text);
}


static ngx_http_owncloud_failure_t *
ngx_http_owncloud_failure_of(ngx_http_owncloud_call_t *call)
{
    ngx_http_owncloud_failure_t  *failure;

    /* a call that was backed off: what the cloud had said before */

    if (call->failure && call->failure != NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF) {

        for (failure = ngx_http_owncloud_failures; failure->code; failure++) {
            if (failure->value == call->failure) {
                return failure;
            }
        }

        return &ngx_http_owncloud_status_other;
    }

    if (call->status >= 200 && call->status < 300) {
        return NULL;
    }

    for (failure = ngx_http_owncloud_statuses; failure->code; failure++) {
        if (failure->value == call->status) {
            return failure;
        }
    }

    return (call->status >= 500) ? &ngx_http_owncloud_status_5xx
                                 : &ngx_http_owncloud_status_other;
}


ngx_int_t
ngx_http_owncloud_failure_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *format, char *code)
{
    ngx_str_t  text;

    if (ngx_http_owncloud_failure_text(r, ctx, format, &text) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, code);
}


ngx_int_t
ngx_http_owncloud_failure_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *format, ngx_str_t *text)
{
    char       *f;
    u_char     *p;
    size_t      len;
    ngx_str_t  *name;

    name = &ctx->issuer->name;
    len = ngx_strlen(format);

    for (f = format; *f; f++) {
        if (f[0] == '%' && f[1] == 's') {
            len += name->len;
        }
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (f = format; *f; f++) {

        if (f[0] == '%' && f[1] == 's') {
            p = ngx_cpymem(p, name->data, name->len);
            f++;
            continue;
        }

        *p++ = (u_char) *f;
    }

    text->len = p - text->data;

    return NGX_OK;
}
