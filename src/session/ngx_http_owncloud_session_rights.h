
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_proof.h"


/*
 * Checks a right by requesting a Moodle page that only users with that right
 * may see, on behalf of the client.  The table "Who may" in docs/design.md
 * lists the pages.
 */


/* requested with "contextid="; the page's body id if it is shown */
#define NGX_HTTP_OWNCLOUD_EDIT_PAGE     "/filter/manage.php"
#define NGX_HTTP_OWNCLOUD_EDIT_ID       "page-filter-manage"

/* for site administrators only (moodle/site:config), in context 1 */
#define NGX_HTTP_OWNCLOUD_ADMIN_PAGE    "/admin/tool/oauth2/issuers.php"
#define NGX_HTTP_OWNCLOUD_ADMIN_ID      "page-admin-tool-oauth2-issuers"
#define NGX_HTTP_OWNCLOUD_ADMIN_CONTEXT 1

/* names the logged-in user, whoever that is */
#define NGX_HTTP_OWNCLOUD_USER_PAGE     "/admin/search.php"


/*
 * Asks Moodle whether the user may edit in "context", and goes on with "next".
 * Returns what a step returns: NGX_AGAIN, or an HTTP status.
 */
ngx_int_t ngx_http_owncloud_rights_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_step_pt next);

/* Asks whether the user is a site administrator, likewise. */
ngx_int_t ngx_http_owncloud_rights_admin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * Asks who the user is, likewise.  "proof" parses the page, which names every
 * logged-in user, even in a refusal; it must outlive the subrequest.
 */
ngx_int_t ngx_http_owncloud_rights_user(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_proof_t *proof,
    ngx_http_owncloud_step_pt next);

/*
 * Returns the result of Moodle's response; an unclear one is logged at level
 * "error".
 */
ngx_http_owncloud_proof_e ngx_http_owncloud_rights_received(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_RIGHTS_H_INCLUDED_ */
