
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_store.h"
#include "ngx_http_owncloud_choose_store_form.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_subrequest.h"


static ngx_int_t ngx_http_owncloud_stored_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_store(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download, ngx_str_t *link)
{
    ngx_http_owncloud_subrequest_t  *subrequest;

    if (ctx->repository->secret_key.len == 0) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "notsupported: no \"secret_key\" in repository \"%i\"",
                      ctx->repository->id);

        return ngx_http_owncloud_failure_answer(r, ctx,
                   "Links to %s cannot be stored here: the configuration is "
                   "incomplete. Please tell your administrator.",
                   "notsupported");
    }

    subrequest = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_subrequest_t));
    if (subrequest == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_store_form(r, ctx, download, link,
                                     &subrequest->body)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    subrequest->uri = r->uri;
    ngx_str_set(&subrequest->args, "action=download");
    ngx_str_set(&subrequest->content_type,
                "application/x-www-form-urlencoded; charset=UTF-8");
    subrequest->stores = 1;

    ctx->step = ngx_http_owncloud_stored;

    if (ngx_http_owncloud_subrequest_start(r, ctx, subrequest) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


ngx_http_owncloud_store_outcome_e
ngx_http_owncloud_store_outcome(ngx_http_request_t *r,
    ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_uint_t  complete;

    if (!subrequest->sent) {
        return NGX_HTTP_OWNCLOUD_STORE_REFUSED;
    }

    complete = subrequest->complete && !subrequest->too_big;

    return ngx_http_owncloud_store_answer_read(r->pool, subrequest->status,
                                               complete, &subrequest->answer);
}


ngx_int_t
ngx_http_owncloud_stored(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                        type;
    ngx_http_owncloud_subrequest_t  *subrequest;

    subrequest = ctx->subrequest;

    switch (ngx_http_owncloud_store_outcome(r, subrequest)) {

    case NGX_HTTP_OWNCLOUD_STORE_STORED:
    case NGX_HTTP_OWNCLOUD_STORE_EXISTS:
        break;

    case NGX_HTTP_OWNCLOUD_STORE_REFUSED:

        if (!subrequest->sent) {
            return ngx_http_owncloud_stored_failed(r, ctx);
        }

        ngx_str_set(&ctx->error, "refused");
        break;

    default: /* NGX_HTTP_OWNCLOUD_STORE_UNCLEAR */
        return ngx_http_owncloud_stored_failed(r, ctx);
    }

    /*
     * Moodle answers an upload as text for a frame; the picker's script gets
     * JSON
     */

    ngx_str_set(&type, "application/json; charset=utf-8");

    return ngx_http_owncloud_answer_moodle(r, ctx, NGX_HTTP_OK, &type,
                                           &subrequest->answer);
}


static ngx_int_t
ngx_http_owncloud_stored_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    char                            *code, *format;
    ngx_http_owncloud_subrequest_t  *subrequest;

    subrequest = ctx->subrequest;

    if (subrequest->sent) {
        code = "moodleunclear";
        format = "It is unclear whether Moodle stored the file: it sent no "
                 "valid response. Please check whether the file is there "
                 "before you try again. If the problem persists, tell your "
                 "administrator.";

    } else {
        code = "moodlefailed";
        format = "Moodle did not accept the file. Nothing was stored. Please "
                 "try again. If the problem persists, tell your "
                 "administrator.";
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "%s: moodle did not confirm that it stored a file: status "
                  "%ui, %uz bytes%s%s%s",
                  code, subrequest->status, subrequest->answer.len,
                  subrequest->too_big ? ", too big" : "",
                  subrequest->complete ? "" : ", incomplete",
                  subrequest->sent ? "" : ", not asked");

    return ngx_http_owncloud_failure_answer(r, ctx, format, code);
}
