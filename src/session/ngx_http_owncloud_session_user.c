
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_session_rights.h"
#include "ngx_http_owncloud_session_user.h"
#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_zone.h"
#include "ngx_http_owncloud_zone_entry.h"


#define NGX_HTTP_OWNCLOUD_USER_TIME   86400     /* seconds */
#define NGX_HTTP_OWNCLOUD_USER_GUEST  1         /* Moodle's first user */

/* how long the user of a ticket is cached for parts of its file, s */
#define NGX_HTTP_OWNCLOUD_USER_TICKET  10800


typedef struct {
    u_char                      key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_step_pt   next;
} ngx_http_owncloud_user_t;


/* "proof" must be first: subrequest->data points to it */

typedef struct {
    ngx_http_owncloud_proof_t   proof;
    u_char                      key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_step_pt   next;
} ngx_http_owncloud_user_page_t;


static ngx_int_t ngx_http_owncloud_user_ticket_key(
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed, u_char *key);
static ngx_int_t ngx_http_owncloud_user_page_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_user_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_user_last(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_user_last_key(
    ngx_http_owncloud_ctx_t *ctx, u_char *key);
static ngx_int_t ngx_http_owncloud_user_key(ngx_http_owncloud_ctx_t *ctx,
    u_char *key);
static ngx_int_t ngx_http_owncloud_user_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_user_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_user_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);


ngx_int_t
ngx_http_owncloud_user(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t                  rc;
    ngx_http_owncloud_user_t  *user;

    if (ctx->repository->remember == 0 || ctx->moodle_session.len == 0) {
        return next(r, ctx);
    }

    user = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_user_t));

    if (user == NULL || ngx_http_owncloud_user_key(ctx, user->key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    user->next = next;
    ctx->flow = user;

    rc = ngx_http_owncloud_user_get(r, ctx, user->key);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_user_last(r, ctx);

        if (rc == NGX_OK) {
            return next(r, ctx);
        }
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_user_ask(r, ctx);
}


/*
 * "Log in as" keeps the Moodle session, so a cached user may be wrong.  But
 * parts of a file belong to the user who opened it.
 */

ngx_int_t
ngx_http_owncloud_user_of_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *sealed,
    ngx_http_owncloud_step_pt next)
{
    ngx_int_t                       rc;
    ngx_http_owncloud_user_page_t  *page;

    if (ctx->repository->remember == 0 || ctx->moodle_session.len == 0) {
        return next(r, ctx);
    }

    page = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_user_page_t));

    if (page == NULL
        || ngx_http_owncloud_user_ticket_key(ctx, sealed, page->key) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = r->headers_in.range ? ngx_http_owncloud_user_get(r, ctx, page->key)
                             : NGX_DECLINED;

    if (rc == NGX_OK) {
        return next(r, ctx);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    page->next = next;

    return ngx_http_owncloud_rights_user(r, ctx, &page->proof,
                                         ngx_http_owncloud_user_page_received);
}


static ngx_int_t
ngx_http_owncloud_user_page_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          *p;
    uint64_t                         user;
    ngx_http_owncloud_subrequest_t  *subrequest;
    ngx_http_owncloud_main_conf_t   *omcf;
    ngx_http_owncloud_user_page_t   *page;

    subrequest = ctx->subrequest;
    page = subrequest->data;

    user = ngx_http_owncloud_proof_user(&page->proof, subrequest->status,
                                        subrequest->complete);
    if (user == 0) {

        /* the session is then bound to Moodle's session, if to anything */

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "moodle did not say who opens a link: status %ui",
                      subrequest->status);

        return page->next(r, ctx);
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->moodle_user.data = p;
    ctx->moodle_user.len = ngx_sprintf(p, "%uL", user) - p;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                         NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, page->key,
                         &ctx->moodle_user,
                         ngx_time() + NGX_HTTP_OWNCLOUD_USER_TICKET);

    return page->next(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_user_ticket_key(ngx_http_owncloud_ctx_t *ctx,
    ngx_str_t *sealed, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "moodle user of ticket",
                                       &ctx->origin,
                                       &ctx->repository->moodle_root,
                                       &ctx->moodle_session, sealed);
}


ngx_int_t
ngx_http_owncloud_user_cached(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t  rc;

    if (ctx->repository->remember == 0 || ctx->moodle_session.len == 0) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_user_last_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_user_get(r, ctx, key);

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


/* NGX_DECLINED: not cached; ctx->moodle_user is empty */

static ngx_int_t
ngx_http_owncloud_user_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    ngx_int_t                       rc;
    ngx_str_t                       value;
    ngx_http_owncloud_main_conf_t  *omcf;

    ngx_str_null(&ctx->moodle_user);

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_get(omcf->zone, r->pool, key, &value);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_entry_user_read(&value);
    }

    if (rc == NGX_OK) {
        ctx->moodle_user = value;
    }

    return rc;
}


/* remembers who listed something, for requests without a sesskey */

static ngx_int_t
ngx_http_owncloud_user_last(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_user_last_key(ctx, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                         NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, key,
                         &ctx->moodle_user,
                         ngx_time() + NGX_HTTP_OWNCLOUD_USER_TIME);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_user_last_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "moodle user last", &ctx->origin,
                                       &ctx->repository->moodle_root,
                                       &ctx->moodle_session);
}


/* "Log in as" keeps the session, but changes the sesskey */

static ngx_int_t
ngx_http_owncloud_user_key(ngx_http_owncloud_ctx_t *ctx, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "moodle user", &ctx->origin,
                                &ctx->repository->moodle_root,
                                &ctx->moodle_session,
                                ngx_http_owncloud_form_get(ctx->fields,
                                                           "sesskey"));
}


/* asks Moodle for the session's remaining time, which names its user */

static ngx_int_t
ngx_http_owncloud_user_ask(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char                          *p;
    ngx_str_t                       *root, *sesskey, escaped;
    ngx_http_owncloud_subrequest_t  *subrequest;

    static char  script[] = "/lib/ajax/service.php";
    static char  query[] = "info=core_session_time_remaining&sesskey=";

    root = &ctx->repository->moodle_root;
    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");

    ngx_str_null(&escaped);

    if (sesskey
        && ngx_http_owncloud_uri_escape(r->pool, sesskey, &escaped, 1)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    subrequest = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_subrequest_t));
    if (subrequest == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = ngx_pnalloc(r->pool, root->len + sizeof(script) + sizeof(query)
                             + escaped.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    subrequest->uri.data = p;
    p = ngx_sprintf(p, "%V%s", root, script);
    subrequest->uri.len = p - subrequest->uri.data;

    subrequest->args.data = p;
    p = ngx_sprintf(p, "%s%V", query, &escaped);
    subrequest->args.len = p - subrequest->args.data;

    ngx_str_set(&subrequest->content_type, "application/json");
    ngx_str_set(&subrequest->body,
                "[{\"index\":0,\"methodname\":\"core_session_time_remaining\","
                "\"args\":{}}]");

    ctx->step = ngx_http_owncloud_user_received;

    if (ngx_http_owncloud_subrequest_start(r, ctx, subrequest) != NGX_AGAIN) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_owncloud_user_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_str_t                        text;
    ngx_http_owncloud_user_t        *user;
    ngx_http_owncloud_subrequest_t  *subrequest;
    ngx_http_owncloud_main_conf_t   *omcf;

    user = ctx->flow;
    subrequest = ctx->subrequest;

    rc = ngx_http_owncloud_user_read(r, ctx, subrequest);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "moodle did not say whose session it is: status %ui, "
                      "%uz bytes", subrequest->status, subrequest->answer.len);

        ngx_str_set(&text, "Moodle did not say who you are. Please try again "
                           "in a moment.");

        return ngx_http_owncloud_answer_error(r, ctx, &text,
                                              "moodleunavailable");
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    (void) ngx_http_owncloud_zone_put(omcf->zone,
                         NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, user->key,
                         &ctx->moodle_user,
                         ngx_time() + NGX_HTTP_OWNCLOUD_USER_TIME);

    if (ngx_http_owncloud_user_last(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return user->next(r, ctx);
}


/*
 * Parses [{"error":false,"data":{"userid":3,"timeremaining":28800}}].
 * NGX_DECLINED: it is malformed.  The guest user stands for many people.
 */

static ngx_int_t
ngx_http_owncloud_user_read(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest)
{
    ngx_int_t                       rc, id;
    ngx_str_t                       text;
    ngx_http_owncloud_json_field_t  field;

    text = subrequest->answer;

    while (text.len && text.data[text.len - 1] <= ' ') {
        text.len--;
    }

    if (subrequest->status != NGX_HTTP_OK || subrequest->too_big
        || !subrequest->complete || text.len < 2 || text.data[0] != '['
        || text.data[text.len - 1] != ']')
    {
        return NGX_DECLINED;
    }

    text.data++;
    text.len -= 2;

    ngx_memzero(&field, sizeof(ngx_http_owncloud_json_field_t));
    ngx_str_set(&field.path, "data-userid");

    rc = ngx_http_owncloud_json_read(r->pool, &text, &field, 1);

    if (rc != NGX_OK) {
        return rc;
    }

    id = ngx_atoi(field.value.data, field.value.len);

    if (id == NGX_ERROR || field.type != NGX_HTTP_OWNCLOUD_JSON_NUMBER) {
        return NGX_DECLINED;
    }

    if (id > NGX_HTTP_OWNCLOUD_USER_GUEST) {
        ctx->moodle_user = field.value;
    }

    return NGX_OK;
}
