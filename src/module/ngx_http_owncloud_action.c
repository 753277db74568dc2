
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_action.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_browse_listing.h"
#include "ngx_http_owncloud_browse_search.h"
#include "ngx_http_owncloud_choose_alias.h"
#include "ngx_http_owncloud_choose_copy.h"
#include "ngx_http_owncloud_choose_download.h"
#include "ngx_http_owncloud_choose_link.h"
#include "ngx_http_owncloud_controlled.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_parameter.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_session_permission.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_session_user.h"


static ngx_int_t ngx_http_owncloud_granted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_too_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_action(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_choose(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
static ngx_int_t ngx_http_owncloud_searchform(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* the first step of an action; the others have routes of their own */

static ngx_http_owncloud_step_pt  ngx_http_owncloud_actions[] = {
    [NGX_HTTP_OWNCLOUD_ACTION_LIST] = ngx_http_owncloud_listing,
    [NGX_HTTP_OWNCLOUD_ACTION_SEARCH] = ngx_http_owncloud_search,
    [NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM] = ngx_http_owncloud_searchform,
    [NGX_HTTP_OWNCLOUD_ACTION_LOGIN] = ngx_http_owncloud_signin,
    [NGX_HTTP_OWNCLOUD_ACTION_LOGOUT] = ngx_http_owncloud_logout,
    [NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD] = ngx_http_owncloud_choose,
    [NGX_HTTP_OWNCLOUD_ACTION_LINK] = ngx_http_owncloud_link_form
};


/* how the picker may choose a file: see Moodle's repository/filepicker.js */

static ngx_http_owncloud_way_t  ngx_http_owncloud_ways[] = {

    { "linkexternal", "yes",
      NGX_HTTP_OWNCLOUD_EXTERNAL, ngx_http_owncloud_link },

    { "usefilereference", NULL,
      NGX_HTTP_OWNCLOUD_EXTERNAL, ngx_http_owncloud_alias },

    { "usecontrolledlink", NULL,
      NGX_HTTP_OWNCLOUD_EXTERNAL, ngx_http_owncloud_controlled },

    { NULL, NULL,
      NGX_HTTP_OWNCLOUD_INTERNAL, ngx_http_owncloud_copy }
};


/* the picker's form has been read: is it for one of our repositories? */

ngx_int_t
ngx_http_owncloud_ajax(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                      rc, id;
    ngx_http_owncloud_loc_conf_t  *olcf;

    rc = ngx_http_owncloud_request_form(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_owncloud_parameter_form(ctx->fields, &id) != NGX_OK) {
        return NGX_DECLINED;
    }

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->repository = ngx_http_owncloud_request_repository(r, olcf,
                                                 NGX_HTTP_OWNCLOUD_AJAX,
                                                 id);

    if (ctx->repository == NULL) {
        return NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_too_large(r, ctx);
    }

    ctx->issuer = ctx->repository->issuer;

    if (ngx_http_owncloud_request_client(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_permission(r, ctx, ngx_http_owncloud_granted);
}


static ngx_int_t
ngx_http_owncloud_granted(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM) {
        return ngx_http_owncloud_action(r, ctx);
    }

    return ngx_http_owncloud_user(r, ctx, ngx_http_owncloud_action);
}


static ngx_int_t
ngx_http_owncloud_too_large(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_str_t  text;

    ngx_str_set(&text, "This request is too large. Please reload the page and "
                       "try again.");

    return ngx_http_owncloud_answer_error(r, ctx, &text, "requesttoolarge");
}


/*
 * a location of this module: no Moodle to ask, the location has the settings
 */

ngx_int_t
ngx_http_owncloud_location(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                     *text;
    ngx_http_owncloud_loc_conf_t  *olcf;

    olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

    ctx->repository = olcf->block;
    ctx->issuer = olcf->block->issuer;

    if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_LINK
        || (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_CONNECT
            && r->method == NGX_HTTP_POST))
    {
        rc = ngx_http_owncloud_request_form(r, ctx);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED)
                   ? ngx_http_owncloud_too_large(r, ctx)
                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } else if (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_LIST) {
        text = ngx_http_owncloud_form_get(ctx->fields, "s");

        if (text && text->len) {
            ctx->action = NGX_HTTP_OWNCLOUD_ACTION_SEARCH;
        }
    }

    if (ngx_http_owncloud_request_client(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return (ctx->action == NGX_HTTP_OWNCLOUD_ACTION_CONNECT)
           ? ngx_http_owncloud_connect(r, ctx)
           : ngx_http_owncloud_action(r, ctx);
}


static ngx_int_t
ngx_http_owncloud_action(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    if (!ctx->issuer->enabled) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "%s is disabled here by the administrator.",
                   "clouddisabled");
    }

    return ngx_http_owncloud_actions[ctx->action](r, ctx);
}


static ngx_int_t
ngx_http_owncloud_choose(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    return ngx_http_owncloud_download(r, ctx, ngx_http_owncloud_ways);
}


/* Moodle's own form, its response to the permission request */

static ngx_int_t
ngx_http_owncloud_searchform(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   body, type;

    static char  form[] =
        "{\"repo_id\":%i,\"form\":\"<div class=\\\"fp-def-search\\\">"
        "<label class=\\\"visually-hidden\\\" for=\\\"reposearch\\\">"
        "Search repository<\\/label>"
        "<input type=\\\"search\\\" class=\\\"form-control\\\" "
        "id=\\\"reposearch\\\" name=\\\"s\\\" "
        "placeholder=\\\"Search\\\"\\/><\\/div>\","
        "\"allowcaching\":true}";

    ngx_str_set(&type, "application/json; charset=utf-8");

    body = ctx->searchform;

    if (body.len == 0) {

        /* authorize off */

        p = ngx_pnalloc(r->pool, sizeof(form) + NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        body.data = p;
        body.len = ngx_sprintf(p, form, ctx->repository->id) - p;
    }

    return ngx_http_owncloud_answer_moodle(r, ctx, NGX_HTTP_OK, &type, &body);
}
