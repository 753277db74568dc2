
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_share_call.h"


static ngx_int_t ngx_http_owncloud_share_write(void *data, u_char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_share_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_what_t *what,
    ngx_str_t *uri);


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    ngx_http_owncloud_share_what_t  what;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_SHARES;
    what.path = path;

    return ngx_http_owncloud_share_call(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        "GET", &what);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path)
{
    u_char                           date[NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN];
    ngx_keyval_t                     field[5];
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_http_owncloud_share_what_t   what;

    issuer = ctx->issuer;

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].key, "path");
    field[0].value = *path;

    ngx_str_set(&field[1].key, "shareType");
    ngx_str_set(&field[1].value, "3");

    ngx_str_set(&field[2].key, "permissions");
    ngx_str_set(&field[2].value, "1");

    ngx_str_set(&field[3].key, "expireDate");
    ngx_str_set(&field[4].key, "password");

    if (issuer->share_expire) {
        ngx_http_owncloud_share_date(date, issuer->share_expire / 86400);

        field[3].value.data = date;
        field[3].value.len = NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN;
    }

    if (issuer->share_password.len) {
        field[4].value.data = issuer->share_password.data;
        field[4].value.len = issuer->share_password.len;
    }

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_SHARES;
    what.field = field;
    what.n = 5;

    return ngx_http_owncloud_share_call(r, ctx, NGX_HTTP_OWNCLOUD_AS_USER,
                                        "POST", &what);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method,
    ngx_http_owncloud_share_what_t *what)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_ocs_reader_t  *reader;

    static ngx_str_t  yes = ngx_string("true");
    static ngx_str_t  type = ngx_string("application/x-www-form-urlencoded");

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->ocs, method);
    if (call == NULL) {
        return NULL;
    }

    reader = ngx_http_owncloud_ocs_create(r->pool);

    call->sink = ngx_http_owncloud_sink_reader(r->pool,
                                               ngx_http_owncloud_share_write,
                                               reader,
                                               NGX_HTTP_OWNCLOUD_OCS_SIZE);

    if (reader == NULL || call->sink == NULL
        || ngx_http_owncloud_share_uri(r, ctx, what, &call->uri) != NGX_OK
        || ngx_http_owncloud_account_authorize(r, ctx, call, as) != NGX_OK
        || ngx_http_owncloud_call_header(call, "OCS-APIRequest", &yes)
           != NGX_OK)
    {
        return NULL;
    }

    if (what->n
        && (ngx_http_owncloud_form_encode(r->pool, what->field, what->n,
                                          &call->body)
            != NGX_OK
            || ngx_http_owncloud_call_header(call, "Content-Type", &type)
               != NGX_OK))
    {
        return NULL;
    }

    if (method[0] == 'G') {
        call->replayable = 1;
        return call;
    }

    /*
     * Nextcloud lets a user make 20 shares in 10 minutes: one user's 429 must
     * not back off the calls of others.  These calls go on when the client
     * aborts: what was made may have to be undone.
     */

    call->replayable = (method[0] == 'D');
    call->persistent = 1;
    call->unguarded = 1;

    return call;
}


static ngx_int_t
ngx_http_owncloud_share_write(void *data, u_char *p, size_t len)
{
    return ngx_http_owncloud_ocs_feed(data, p, len);
}


static ngx_int_t
ngx_http_owncloud_share_uri(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_what_t *what,
    ngx_str_t *uri)
{
    u_char     *p;
    char       *more;
    ngx_str_t   segment, value, *base;

    ngx_str_null(&segment);
    ngx_str_null(&value);

    more = what->query ? what->query : "";

    if (what->id
        && ngx_http_owncloud_uri_escape(r->pool, what->id, &segment, 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (what->path
        && ngx_http_owncloud_uri_escape(r->pool, what->path, &value, 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    base = &ctx->issuer->ocs.url.path;

    p = ngx_pnalloc(r->pool, base->len + ngx_strlen(what->resource)
                             + segment.len + value.len + ngx_strlen(more)
                             + sizeof("/?format=json&path="));
    if (p == NULL) {
        return NGX_ERROR;
    }

    uri->data = p;

    p = ngx_sprintf(p, "%V%s", base, what->resource);

    if (what->id) {
        p = ngx_sprintf(p, "/%V", &segment);
    }

    p = ngx_sprintf(p, "?format=json");

    if (what->path) {
        p = ngx_sprintf(p, "&path=%V", &value);
    }

    p = ngx_sprintf(p, "%s", more);

    uri->len = p - uri->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_share_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *ocs)
{
    ngx_http_owncloud_call_t  *call;

    call = ctx->call;

    /* the reader only stops if there is no memory */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return NGX_ERROR;
    }

    if (call->failure) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_ocs_finish(call->sink->data, call->status, ocs)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud share %V s:%ui c:%ui", &call->method,
                   call->status, ocs->statuscode);

    if (ocs->result == NGX_HTTP_OWNCLOUD_OCS_FAILED
        && (call->status < 200 || call->status >= 300))
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
