
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_dav_reply.h"
#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_choose_copy.h"
#include "ngx_http_owncloud_choose_progress_report.h"
#include "ngx_http_owncloud_choose_store.h"
#include "ngx_http_owncloud_choose_store_form.h"
#include "ngx_http_owncloud_multipart.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_token.h"
#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_text.h"


typedef struct {
    ngx_http_owncloud_download_t  *download;
    ngx_http_owncloud_sink_t       sink;        /* counts, fills "spool" */
    ngx_http_owncloud_sink_t      *spool;
    ngx_http_owncloud_call_t      *call;
    ngx_http_owncloud_progress_t   progress;
    off_t                          server_max;  /* bytes; 0: no limit */
} ngx_http_owncloud_copy_t;


static ngx_int_t ngx_http_owncloud_copy_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_write(void *data, u_char *p,
    size_t len);
static ngx_int_t ngx_http_owncloud_copy_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_changed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_full(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_too_big(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, off_t size);
static ngx_int_t ngx_http_owncloud_copy_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_copy_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);
static ngx_int_t ngx_http_owncloud_copy_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* in the order in which a browser sends them, after the file */

static char  *ngx_http_owncloud_copy_names[] = {
    "title", "author", "license", "itemid", "accepted_types[]", "repo_id",
    "p", "page", "env", "sesskey", "client_id", "maxbytes", "areamaxbytes",
    "ctx_id", "savepath", NULL
};


ngx_int_t
ngx_http_owncloud_copy(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_owncloud_copy_t  *copy;

    if (ctx->repository->upload_repository == 0) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "notsupported: no \"upload_repository\" in repository "
                      "\"%i\"", ctx->repository->id);

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Files from %s cannot be copied here: the configuration is "
                   "incomplete. Please tell your administrator.",
                   "notsupported");
    }

    copy = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_copy_t));
    if (copy == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    copy->download = download;
    copy->server_max = clcf->client_max_body_size;

    copy->sink.write = ngx_http_owncloud_copy_write;
    copy->sink.data = copy;
    copy->sink.limit = NGX_MAX_OFF_T_VALUE;

    if (download->max != -1) {
        copy->sink.limit = download->max;
    }

    if (copy->server_max && copy->server_max < copy->sink.limit) {
        copy->sink.limit = copy->server_max;
    }

    ctx->flow = copy;

    return ngx_http_owncloud_token(r, ctx, ngx_http_owncloud_copy_ask);
}


static ngx_int_t
ngx_http_owncloud_copy_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_copy_t  *copy;

    copy = ctx->flow;

    call = ngx_http_owncloud_call_create(r, &ctx->issuer->webdav, "GET");
    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /*
     * nginx tries another peer only before it has read anything of an answer
     */

    call->replayable = 1;

    call->sink = &copy->sink;
    call->sink_status = NGX_HTTP_OK;

    copy->call = call;
    copy->sink.size = 0;
    copy->spool = ngx_http_owncloud_sink_spool(r, copy->sink.limit);

    if (copy->spool == NULL
        || ngx_http_owncloud_progress_init(r, ctx, &copy->progress) != NGX_OK
        || ngx_http_owncloud_call_path(r, ctx, &copy->download->path,
                                       &call->uri)
           != NGX_OK
        || ngx_http_owncloud_call_bearer(r, call, &ctx->session->access)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->step = ngx_http_owncloud_copy_received;

    return ngx_http_owncloud_call_start(r, ctx, call);
}


static ngx_int_t
ngx_http_owncloud_copy_write(void *data, u_char *p, size_t len)
{
    ngx_http_owncloud_copy_t *copy = data;

    ngx_http_owncloud_progress_fetch(&copy->progress, copy->sink.size,
                                     copy->call->length);

    /* a folder's page, see below, is not written to the disk */

    if (copy->call->etag.len == 0) {
        return NGX_OK;
    }

    /* the first bytes of this attempt */

    if (copy->sink.size == (off_t) len
        && ngx_http_owncloud_sink_expect(copy->spool, &copy->call->checksum)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    copy->spool->size = copy->sink.size;

    return copy->spool->write(copy->spool->data, p, len);
}


static ngx_int_t
ngx_http_owncloud_copy_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_copy_t  *copy;

    call = ctx->call;
    copy = ctx->flow;

    if (ngx_http_owncloud_dav_reply_unauthorized(r, ctx)) {
        return ngx_http_owncloud_token_refused(r, ctx,
                                               ngx_http_owncloud_copy_ask);
    }

    /* if the connection's end ends the body, it may be incomplete */

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_GOOD
        && call->status == NGX_HTTP_OK
        && call->framing == NGX_HTTP_OWNCLOUD_FRAMING_CLOSE)
    {
        call->failure = NGX_HTTP_OWNCLOUD_CALL_INVALID;
    }

    if (call->failure || call->status != NGX_HTTP_OK) {
        ngx_http_owncloud_progress_done(&copy->progress);
        return ngx_http_owncloud_copy_failed(r, ctx);
    }

    if (call->etag.len == 0 || copy->sink.size == 0) {

        ngx_http_owncloud_progress_done(&copy->progress);

        /* for a folder, servers answer with an HTML page and 200 */

        if (call->etag.len == 0) {
            return ngx_http_owncloud_failure_answer(r, ctx,
                       "This is a folder in %s, not a file. Please open it "
                       "and choose a file in it.", "isfolder");
        }

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This file is empty, and Moodle does not store empty "
                   "files.", "emptyfile");
    }

    rc = ngx_http_owncloud_sink_intact(copy->spool);

    if (rc == NGX_OK) {
        return ngx_http_owncloud_copy_store(r, ctx);
    }

    ngx_http_owncloud_progress_done(&copy->progress);

    return (rc == NGX_DECLINED) ? ngx_http_owncloud_copy_changed(r, ctx)
                                : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* the checksum that the cloud has sent does not match */

static ngx_int_t
ngx_http_owncloud_copy_changed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_copy_t  *copy;

    copy = ctx->flow;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloudchanged from \"%V\" for GET \"%V\": %O bytes do not "
                  "match the checksum",
                  &ctx->issuer->id, &ctx->call->uri, copy->sink.size);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "The file changed while it was being copied from %s. Nothing "
               "was stored. Please try again.", "cloudchanged");
}


static ngx_int_t
ngx_http_owncloud_copy_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                      *code;
    ngx_str_t                  text;
    ngx_http_owncloud_call_t  *call;
    ngx_http_owncloud_copy_t  *copy;

    call = ctx->call;
    copy = ctx->flow;

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_TOO_BIG) {
        return ngx_http_owncloud_copy_too_big(r, ctx, copy->sink.limit);
    }

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_STOPPED) {
        return ngx_http_owncloud_copy_full(r, ctx);
    }

    if (ngx_http_owncloud_failure(r, ctx, &text, &code) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (call->failure == NGX_HTTP_OWNCLOUD_CALL_BROKEN) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "The connection to %s was lost in the middle of the file. "
                   "Nothing was stored. Please try again.", "cloudbroken");
    }

    if (code) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    /* 2xx, but no file, or only a part of it */

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloudunexpected from \"%V\" for GET \"%V\": status %ui",
                  &ctx->issuer->id, &call->uri, call->status);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "%s sent an unexpected response. Please tell your "
               "administrator, who will find details in the server's log.",
               "cloudunexpected");
}


/* the temporary file cannot be written */

static ngx_int_t
ngx_http_owncloud_copy_full(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_copy_t  *copy;

    copy = ctx->flow;

    ngx_log_error(NGX_LOG_ERR, r->connection->log,
                  ngx_http_owncloud_sink_failed(copy->spool),
                  "tempfailed: no space for \"%V\" from \"%V\", %O bytes",
                  &ctx->call->uri, &ctx->issuer->id, ctx->call->length);

    return ngx_http_owncloud_failure_answer(r, ctx,
               "The server has no space for this file at the moment. Nothing "
               "was stored. Please tell your administrator.", "tempfailed");
}


static ngx_int_t
ngx_http_owncloud_copy_too_big(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, off_t limit)
{
    u_char                     buf[NGX_HTTP_OWNCLOUD_SIZE_TEXT];
    ngx_str_t                  size, text;
    ngx_http_owncloud_copy_t  *copy;

    static ngx_str_t  begin = ngx_string("This file is larger than allowed "
                                         "here. Nothing was stored.");

    copy = ctx->flow;

    if (limit != copy->download->max) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "servermaxbytes: \"%V\" of \"%V\" is larger than "
                      "\"client_max_body_size\"",
                      &ctx->call->uri, &ctx->issuer->id);

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This file is larger than Moodle's server accepts. Nothing "
                   "was stored. Please tell your administrator.",
                   "servermaxbytes");
    }

    ngx_http_owncloud_size_text(limit, buf, &size);

    text.data = ngx_pnalloc(r->pool, begin.len + size.len
                                     + sizeof(" The limit is .") - 1);
    if (text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.len = ngx_sprintf(text.data, "%V The limit is %V.", &begin, &size)
               - text.data;

    return ngx_http_owncloud_answer_error(r, ctx, &text, "maxbytesfile");
}


/* as if the user had uploaded the file from a disk */

static ngx_int_t
ngx_http_owncloud_copy_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_copy_t        *copy;
    ngx_http_owncloud_subrequest_t  *subrequest;

    copy = ctx->flow;

    subrequest = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_subrequest_t));
    if (subrequest == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_copy_form(r, ctx, subrequest) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* the other fields of the form count, too */

    if (copy->server_max && subrequest->size > copy->server_max) {
        ngx_http_owncloud_progress_done(&copy->progress);
        return ngx_http_owncloud_copy_too_big(r, ctx, copy->server_max);
    }

    subrequest->uri = r->uri;
    ngx_str_set(&subrequest->args, "action=upload");
    subrequest->stores = 1;

    ctx->step = ngx_http_owncloud_copy_stored;

    if (ngx_http_owncloud_subrequest_start(r, ctx, subrequest) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_progress_store(&copy->progress, subrequest,
                                     copy->sink.size);

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_owncloud_copy_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest)
{
    u_char                         id[NGX_INT_T_LEN];
    ngx_keyval_t                   own[3];
    ngx_http_owncloud_copy_t      *copy;
    ngx_http_owncloud_multipart_t  form;

    copy = ctx->flow;

    ngx_memzero(own, sizeof(own));

    /* Moodle would add the file's extension to a title */

    ngx_str_set(&own[0].key, "title");
    ngx_str_set(&own[1].key, "repo_id");
    own[1].value.data = id;
    own[1].value.len = ngx_sprintf(id, "%i",
                                   ctx->repository->upload_repository) - id;

    ngx_str_set(&form.field, "repo_upload_file");
    form.filename = copy->download->title;
    form.file = ngx_http_owncloud_sink_file(copy->spool);
    form.size = copy->sink.size;
    form.fields = ngx_http_owncloud_store_fields(r, ctx,
                                                 ngx_http_owncloud_copy_names,
                                                 own);
    if (form.fields == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_multipart(r->pool, &form,
                                       &subrequest->content_type,
                                       &subrequest->chain, &subrequest->size);
}


static ngx_int_t
ngx_http_owncloud_copy_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_copy_t  *copy;

    copy = ctx->flow;

    ngx_http_owncloud_progress_done(&copy->progress);

    return ngx_http_owncloud_stored(r, ctx);
}
