
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_send.h"


typedef struct {
    char        *code;        /* prefix of the code */
    ngx_uint_t   value;
} ngx_http_owncloud_status_t;


static ngx_uint_t ngx_http_owncloud_answer_status(char *code);
static void ngx_http_owncloud_answer_null(ngx_http_owncloud_json_t *json,
    char *name);
static ngx_int_t ngx_http_owncloud_answer_utf8(ngx_pool_t *pool,
    ngx_str_t *text, ngx_str_t *valid);


static ngx_http_owncloud_status_t  ngx_http_owncloud_statuses[] = {
    { "account", NGX_HTTP_SERVICE_UNAVAILABLE },
    { "cloudbusy", NGX_HTTP_SERVICE_UNAVAILABLE },
    { "cloudforbidden", NGX_HTTP_FORBIDDEN },
    { "cloudlocked", NGX_HTTP_SERVICE_UNAVAILABLE },
    { "cloudmaintenance", NGX_HTTP_SERVICE_UNAVAILABLE },
    { "cloudnotfound", NGX_HTTP_NOT_FOUND },
    { "cloudtimeout", NGX_HTTP_GATEWAY_TIME_OUT },
    { "cloudtoomany", NGX_HTTP_SERVICE_UNAVAILABLE },
    { "cloud", NGX_HTTP_BAD_GATEWAY },
    { "linkelsewhere", NGX_HTTP_FORBIDDEN },
    { "linklost", NGX_HTTP_NOT_FOUND },
    { "linkunknown", NGX_HTTP_NOT_FOUND },
    { NULL, 0 }
};


ngx_int_t
ngx_http_owncloud_answer_login(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *url)
{
    ngx_http_owncloud_json_t  *json;

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_PREVIEW) {
        return ngx_http_owncloud_answer_no_preview(r, ctx,
                                                   NGX_HTTP_FORBIDDEN);
    }

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_OPEN) {
        return ngx_http_owncloud_send_redirect(r, NGX_HTTP_MOVED_TEMPORARILY,
                                               url);
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer login, repository:%i",
                   ctx->repository->id);

    json = ngx_http_owncloud_json_start(r->pool);
    if (json == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_json_key(json, "login");
    ngx_http_owncloud_json_array(json);
    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_key(json, "type");
    ngx_http_owncloud_json_text(json, "popup");
    ngx_http_owncloud_json_key(json, "url");
    ngx_http_owncloud_json_string(json, url);
    ngx_http_owncloud_json_map_end(json);
    ngx_http_owncloud_json_array_end(json);

    ngx_http_owncloud_json_key(json, "repo_id");
    ngx_http_owncloud_json_integer(json, ctx->repository->id);

    ngx_http_owncloud_json_map_end(json);

    return ngx_http_owncloud_send_json(r, json);
}


ngx_int_t
ngx_http_owncloud_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char *code)
{
    ngx_str_t                  valid;
    ngx_http_owncloud_json_t  *json;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer error \"%s\"", code);

    ctx->error.data = (u_char *) code;
    ctx->error.len = ngx_strlen(code);

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_PREVIEW) {
        return ngx_http_owncloud_answer_no_preview(r, ctx,
                                                   NGX_HTTP_NOT_FOUND);
    }

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_OPEN) {
        ngx_str_null(&valid);

        return ngx_http_owncloud_answer_page(r, ctx,
                                       ngx_http_owncloud_answer_status(code),
                                       "This file cannot be opened", text,
                                       &valid);
    }

    if (ngx_http_owncloud_answer_utf8(r->pool, text, &valid) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json = ngx_http_owncloud_json_start(r->pool);
    if (json == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_json_key(json, "error");
    ngx_http_owncloud_json_string(json, &valid);
    ngx_http_owncloud_json_key(json, "errorcode");
    ngx_http_owncloud_json_text(json, code);

    ngx_http_owncloud_answer_null(json, "stacktrace");
    ngx_http_owncloud_answer_null(json, "debuginfo");
    ngx_http_owncloud_answer_null(json, "reproductionlink");

    ngx_http_owncloud_json_map_end(json);

    return ngx_http_owncloud_send_json(r, json);
}


/*
 * Unlike JSON, a page has a status of its own.  Codes not listed are errors
 * that the user can correct.
 */

static ngx_uint_t
ngx_http_owncloud_answer_status(char *code)
{
    ngx_http_owncloud_status_t  *status;

    for (status = ngx_http_owncloud_statuses; status->code; status++) {
        if (ngx_strncmp(code, status->code, ngx_strlen(status->code)) == 0) {
            return status->value;
        }
    }

    return NGX_HTTP_FORBIDDEN;
}


static void
ngx_http_owncloud_answer_null(ngx_http_owncloud_json_t *json, char *name)
{
    ngx_str_t  null = ngx_string("null");

    ngx_http_owncloud_json_key(json, name);
    ngx_http_owncloud_json_raw(json, &null);
}


/* a cloud's text may be in any encoding, JSON must be UTF-8 */

static ngx_int_t
ngx_http_owncloud_answer_utf8(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *valid)
{
    size_t  i;

    *valid = *text;

    if (ngx_http_owncloud_utf8_valid(text->data, text->len)) {
        return NGX_OK;
    }

    valid->data = ngx_pnalloc(pool, text->len);
    if (valid->data == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < text->len; i++) {
        valid->data[i] = (text->data[i] < 0x80) ? text->data[i] : '?';
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_answer_no_preview(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status)
{
    ngx_str_t  type, body;

    ngx_str_set(&type, "image/svg+xml");

    if (status == NGX_HTTP_FORBIDDEN) {
        ngx_str_set(&type, "text/plain");
        ngx_str_null(&body);

    } else {
        ngx_str_set(&body,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" "
                    "height=\"90\"><path d=\"M25 14h28l14 14v48h-42z\" "
                    "fill=\"#fff\" stroke=\"#aaa\" stroke-width=\"2\"/>"
                    "<path d=\"M53 14v14h14\" fill=\"none\" "
                    "stroke=\"#aaa\" stroke-width=\"2\"/></svg>");
    }

    return ngx_http_owncloud_send_text(r, status, &type, &body);
}


ngx_int_t
ngx_http_owncloud_answer_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *title, ngx_str_t *url)
{
    ngx_str_t                  valid;
    ngx_http_owncloud_json_t  *json;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer link, repository:%i", ctx->repository->id);

    if (ngx_http_owncloud_answer_utf8(r->pool, title, &valid) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json = ngx_http_owncloud_json_start(r->pool);
    if (json == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_json_map(json);

    ngx_http_owncloud_json_key(json, "file");
    ngx_http_owncloud_json_string(json, &valid);
    ngx_http_owncloud_json_key(json, "type");
    ngx_http_owncloud_json_text(json, "link");
    ngx_http_owncloud_json_key(json, "url");
    ngx_http_owncloud_json_string(json, url);

    ngx_http_owncloud_json_map_end(json);

    return ngx_http_owncloud_send_json(r, json);
}


ngx_int_t
ngx_http_owncloud_answer_moodle(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, ngx_str_t *type,
    ngx_str_t *body)
{
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud answer of moodle, status:%ui size:%uz",
                   status, body->len);

    return ngx_http_owncloud_send_text(r, status, type, body);
}


ngx_int_t
ngx_http_owncloud_answer_chain(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_chain_t *out, off_t size)
{
    ngx_str_t  type = ngx_string("application/json");

    return ngx_http_owncloud_send(r, NGX_HTTP_OK, &type, out, size);
}


ngx_int_t
ngx_http_owncloud_answer_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text)
{
    ngx_str_t  type = ngx_string("application/json");

    return ngx_http_owncloud_send_text(r, NGX_HTTP_OK, &type, text);
}


ngx_int_t
ngx_http_owncloud_source_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *source, ngx_str_t *sesskey,
    ngx_str_t *key)
{
    ngx_http_owncloud_signer_t      signer;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    ngx_http_owncloud_signer(&signer, &ctx->repository->secret_key,
                             &omcf->keyring, sesskey);

    key->len = signer.len;

    return ngx_http_owncloud_sign(&signer, source, key->data);
}
