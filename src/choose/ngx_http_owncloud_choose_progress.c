
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_progress.h"
#include "ngx_http_owncloud_choose_progress_report.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request.h"


#define NGX_HTTP_OWNCLOUD_PROGRESS_STEP  524288     /* bytes */
#define NGX_HTTP_OWNCLOUD_PROGRESS_LOOK  500        /* ms */
#define NGX_HTTP_OWNCLOUD_PROGRESS_TIME  60         /* seconds */
#define NGX_HTTP_OWNCLOUD_PROGRESS_ID    128        /* bytes */


static ngx_int_t ngx_http_owncloud_progress_key(ngx_http_owncloud_ctx_t *ctx,
    char *field, u_char *key);
static void ngx_http_owncloud_progress_put(
    ngx_http_owncloud_progress_t *progress, char *phase, off_t done,
    off_t total);
static void ngx_http_owncloud_progress_handler(ngx_event_t *ev);
static void ngx_http_owncloud_progress_cleanup(void *data);


static char  ngx_http_owncloud_progress_format[] =
    "{\"phase\":\"%s\",\"done\":%O,\"total\":%O}";


ngx_int_t
ngx_http_owncloud_progress_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_progress_t *progress)
{
    ngx_int_t                       rc;
    ngx_http_cleanup_t             *cln;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (progress->keyed) {

        /* the copy begins again, with another token */

        ngx_http_owncloud_progress_put(progress, "fetch", 0, -1);

        return NGX_OK;
    }

    rc = ngx_http_owncloud_progress_key(ctx, "client_id", progress->key);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return NGX_OK;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_owncloud_progress_cleanup;
    cln->data = progress;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    progress->zone = omcf->zone;
    progress->total = -1;
    progress->event.handler = ngx_http_owncloud_progress_handler;
    progress->event.data = progress;
    progress->event.log = r->connection->log;
    progress->event.cancelable = 1;
    progress->keyed = 1;

    ngx_http_owncloud_progress_put(progress, "fetch", 0, -1);

    return NGX_OK;
}


/* NGX_DECLINED: there is no session, or no valid client id */

static ngx_int_t
ngx_http_owncloud_progress_key(ngx_http_owncloud_ctx_t *ctx, char *field,
    u_char *key)
{
    ngx_str_t  *id;

    id = ngx_http_owncloud_form_get(ctx->fields, field);

    if (id == NULL || id->len == 0
        || id->len > NGX_HTTP_OWNCLOUD_PROGRESS_ID
        || ctx->moodle_session.len == 0)
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_digest_of(key, "progress", &ctx->origin,
                                       &ctx->moodle_session, id);
}


void
ngx_http_owncloud_progress_fetch(ngx_http_owncloud_progress_t *progress,
    off_t done, off_t total)
{
    if (done - progress->reported >= NGX_HTTP_OWNCLOUD_PROGRESS_STEP) {
        ngx_http_owncloud_progress_put(progress, "fetch", done, total);
    }
}


void
ngx_http_owncloud_progress_store(ngx_http_owncloud_progress_t *progress,
    ngx_http_owncloud_subrequest_t *subrequest, off_t total)
{
    if (!progress->keyed) {
        return;
    }

    progress->subrequest = subrequest;

    ngx_http_owncloud_progress_put(progress, "store", 0, total);

    ngx_add_timer(&progress->event, NGX_HTTP_OWNCLOUD_PROGRESS_LOOK);
}


void
ngx_http_owncloud_progress_done(ngx_http_owncloud_progress_t *progress)
{
    if (!progress->keyed) {
        return;
    }

    ngx_http_owncloud_progress_cleanup(progress);

    ngx_http_owncloud_progress_put(progress, "done", progress->reported,
                                   progress->total);
}


static void
ngx_http_owncloud_progress_put(ngx_http_owncloud_progress_t *progress,
    char *phase, off_t done, off_t total)
{
    u_char     buf[sizeof(ngx_http_owncloud_progress_format)
                   + 2 * NGX_OFF_T_LEN + sizeof("fetch")];
    ngx_str_t  value;

    if (!progress->keyed) {
        return;
    }

    progress->reported = done;
    progress->total = total;

    value.data = buf;
    value.len = ngx_sprintf(buf, ngx_http_owncloud_progress_format, phase,
                            done, total)
                - buf;

    /* a full zone is no error: the copy is made without a bar */

    (void) ngx_http_owncloud_zone_put(progress->zone,
                           NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, progress->key,
                           &value,
                           ngx_time() + NGX_HTTP_OWNCLOUD_PROGRESS_TIME);
}


/* nginx does not report how much of a body was sent, but counts it */

static void
ngx_http_owncloud_progress_handler(ngx_event_t *ev)
{
    off_t                          sent;
    ngx_http_upstream_t           *u;
    ngx_http_owncloud_progress_t  *progress;

    progress = ev->data;

    if (progress->subrequest->done) {
        return;
    }

    u = progress->subrequest->request->upstream;
    sent = progress->reported;

    if (u && u->peer.connection) {
        sent = ngx_min(u->peer.connection->sent, progress->total);
    }

    ngx_http_owncloud_progress_put(progress, "store", sent, progress->total);

    ngx_add_timer(ev, NGX_HTTP_OWNCLOUD_PROGRESS_LOOK);
}


static void
ngx_http_owncloud_progress_cleanup(void *data)
{
    ngx_http_owncloud_progress_t  *progress = data;

    if (progress->event.timer_set) {
        ngx_del_timer(&progress->event);
    }
}


ngx_int_t
ngx_http_owncloud_progress(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       text;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_request_client(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_progress_key(ctx, "id", key);

    if (rc == NGX_OK) {
        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &text);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        ngx_str_set(&text, "{\"phase\":\"none\",\"done\":0,\"total\":-1}");
    }

    return ngx_http_owncloud_answer_text(r, ctx, &text);
}
