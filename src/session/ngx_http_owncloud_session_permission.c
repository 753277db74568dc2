
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_session_permission.h"
#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_zone.h"


/* largest form that is cached, bytes; Moodle's own has about 300 */
#define NGX_HTTP_OWNCLOUD_PERMISSION_SIZE  16384


typedef struct {
    u_char                      key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_step_pt   next;
} ngx_http_owncloud_permission_t;


static ngx_int_t ngx_http_owncloud_permission_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_permission_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_permission_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_permission_granted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);
static ngx_int_t ngx_http_owncloud_permission_silent(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);


ngx_int_t
ngx_http_owncloud_permission(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next)
{
    ngx_int_t                        rc;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_permission_t  *permission;

    if (!ctx->repository->authorize) {
        return next(r, ctx);
    }

    permission = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_permission_t));
    if (permission == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    permission->next = next;
    ctx->flow = permission;

    if (ngx_http_owncloud_permission_key(r, ctx, permission->key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* without a session, all visitors are alike */

    if (ctx->moodle_session.len) {

        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, permission->key,
                                        &ctx->searchform);

        if (rc == NGX_OK) {
            return next(r, ctx);
        }

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_owncloud_permission_ask(r, ctx);
}


/*
 * The key of a permission: the session, what is asked, and which Moodle, since
 * a host may have several.  The context is a number, so that its spelling does
 * not make several entries.
 */

static ngx_int_t
ngx_http_owncloud_permission_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_int_t   n;
    ngx_str_t   id, repository, *value;
    u_char      repo[NGX_INT_T_LEN], context[NGX_INT_T_LEN];

    repository.data = repo;
    repository.len = ngx_sprintf(repo, "%i", ctx->repository->id) - repo;

    value = ngx_http_owncloud_form_get(ctx->fields, "ctx_id");

    if (value) {
        n = ngx_atoi(value->data, value->len);

        if (n != NGX_ERROR) {
            id.data = context;
            id.len = ngx_sprintf(context, "%i", n) - context;
            value = &id;
        }
    }

    return ngx_http_owncloud_digest_of(key, "permission", &ctx->origin,
                            &r->uri, &ctx->moodle_session,
                            &repository, value,
                            ngx_http_owncloud_form_get(ctx->fields,
                                                       "sesskey"));
}


static ngx_int_t
ngx_http_owncloud_permission_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t                       *value;
    ngx_uint_t                       i;
    ngx_keyval_t                     field[5];
    ngx_http_owncloud_subrequest_t  *subrequest;

    static ngx_str_t  names[] = {
        ngx_string("repo_id"),
        ngx_string("ctx_id"),
        ngx_string("sesskey"),
        ngx_string("env"),
        ngx_string("client_id")
    };

    subrequest = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_subrequest_t));
    if (subrequest == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(field, sizeof(field));

    for (i = 0; i < 5; i++) {

        field[i].key = names[i];

        value = ngx_http_owncloud_form_get(ctx->fields,
                                           (char *) names[i].data);

        if (value) {
            field[i].value = *value;
        }
    }

    if (ngx_http_owncloud_form_encode(r->pool, field, 5, &subrequest->body)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    subrequest->uri = r->uri;
    ngx_str_set(&subrequest->args, "action=searchform");
    ngx_str_set(&subrequest->content_type,
                "application/x-www-form-urlencoded; charset=UTF-8");

    ctx->step = ngx_http_owncloud_permission_received;

    if (ngx_http_owncloud_subrequest_start(r, ctx, subrequest) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_owncloud_permission_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_http_owncloud_subrequest_t  *subrequest;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_permission_t  *permission;

    subrequest = ctx->subrequest;
    permission = ctx->flow;

    switch (ngx_http_owncloud_permission_granted(r, ctx, subrequest)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:

        if (subrequest->status == 0 || subrequest->status >= 500
            || subrequest->too_big || !subrequest->complete
            || subrequest->answer.len == 0)
        {
            return ngx_http_owncloud_permission_silent(r, ctx, subrequest);
        }

        ngx_str_set(&ctx->error, "refused");

        return ngx_http_owncloud_answer_moodle(r, ctx, subrequest->status,
                                               &subrequest->answer_type,
                                               &subrequest->answer);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->searchform = subrequest->answer;

    if (ctx->moodle_session.len
        && ctx->searchform.len <= NGX_HTTP_OWNCLOUD_PERMISSION_SIZE)
    {
        omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

        (void) ngx_http_owncloud_zone_put(omcf->zone,
                           NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, permission->key,
                           &ctx->searchform,
                           ngx_time() + NGX_HTTP_OWNCLOUD_PERMISSION_TIME);
    }

    return permission->next(r, ctx);
}


/* checks for a form of this repository without an error */

static ngx_int_t
ngx_http_owncloud_permission_granted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_json_field_t  field[3];

    if (subrequest->status != NGX_HTTP_OK || subrequest->too_big
        || !subrequest->complete)
    {
        return NGX_DECLINED;
    }

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].path, "repo_id");
    ngx_str_set(&field[1].path, "form");
    ngx_str_set(&field[2].path, "error");

    rc = ngx_http_owncloud_json_read(r->pool, &subrequest->answer, field, 3);

    if (rc != NGX_OK) {
        return rc;
    }

    if (field[1].type != NGX_HTTP_OWNCLOUD_JSON_STRING
        || field[2].type != NGX_HTTP_OWNCLOUD_JSON_ABSENT
        || ngx_atoi(field[0].value.data, field[0].value.len)
           != ctx->repository->id)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_permission_silent(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_str_t  text;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "moodle did not say whether the user may use the "
                  "repository: status %ui, %uz bytes%s%s", subrequest->status,
                  subrequest->answer.len,
                  subrequest->too_big ? ", too big" : "",
                  subrequest->complete ? "" : ", incomplete");

    ngx_str_set(&text, "Moodle did not say whether you may use this "
                       "repository. Please try again in a moment.");

    return ngx_http_owncloud_answer_error(r, ctx, &text, "moodleunavailable");
}
