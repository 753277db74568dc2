
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_proof.h"


/*
 * Moodle is asked for a page that only those who have a right can see, in the
 * name of whoever sent this request.  The table "Who may" of docs/design.md
 * tells which page is for what.
 */


/* the answer of Moodle to the question for "page", with "contextid=" */
#define NGX_HTTP_OWNCLOUD_EDIT_PAGE     "/filter/manage.php"
#define NGX_HTTP_OWNCLOUD_EDIT_ID       "page-filter-manage"

/* only site administrators (moodle/site:config) have it; about context 1 */
#define NGX_HTTP_OWNCLOUD_ADMIN_PAGE    "/admin/tool/oauth2/issuers.php"
#define NGX_HTTP_OWNCLOUD_ADMIN_ID      "page-admin-tool-oauth2-issuers"
#define NGX_HTTP_OWNCLOUD_ADMIN_CONTEXT 1

/* says to everybody who is logged in who that is */
#define NGX_HTTP_OWNCLOUD_USER_PAGE     "/admin/search.php"


/*
 * Asks Moodle whether the visitor may edit in "context"; goes on with "next".
 * Returns what a step returns: NGX_AGAIN, or an HTTP status.
 */
ngx_int_t ngx_http_owncloud_rights_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt next);

/* the same: is the visitor a site administrator? */
ngx_int_t ngx_http_owncloud_rights_admin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * The same: who is the visitor?  "proof" gets the page, which names everybody
 * who is logged in, though it is a refusal for most.
 */
ngx_int_t ngx_http_owncloud_rights_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_proof_t *proof,
    ngx_http_owncloud_step_pt next);

/* Moodle's answer; an unclear one is logged at level "error" */
ngx_http_owncloud_proof_e ngx_http_owncloud_rights_received(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_ */
