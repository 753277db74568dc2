
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Which of Moodle's own URLs a request is for, and what it asks.
 */


#define NGX_HTTP_OWNCLOUD_AJAX      "/repository/repository_ajax.php"
#define NGX_HTTP_OWNCLOUD_CALLBACK  "/admin/oauth2callback.php"
#define NGX_HTTP_OWNCLOUD_PROGRESS  "/repository/owncloud/progress"
#define NGX_HTTP_OWNCLOUD_LINKS     "/repository/owncloud/link/"


/*
 * The first repository of the Moodle that has the script, "/admin/...", that
 * is asked for; NULL: none.
 */
ngx_http_owncloud_repository_t *ngx_http_owncloud_request_script(
    ngx_http_request_t *r, ngx_http_owncloud_loc_conf_t *olcf, char *script);

/* 1 if the body is a form, and not an upload */
ngx_uint_t ngx_http_owncloud_request_urlencoded(ngx_http_request_t *r);

/* reads the query into ctx->fields, once */
ngx_int_t ngx_http_owncloud_request_query(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Takes the form out of the request body into ctx->fields.
 * NGX_DECLINED: more than NGX_HTTP_OWNCLOUD_FORM_SIZE bytes or
 * NGX_HTTP_OWNCLOUD_FORM_FIELDS fields; those before are there.
 */
ngx_int_t ngx_http_owncloud_request_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * The repository of that id in the Moodle that "script" ("/admin/...") of
 * was asked for; NULL if it is not one of ours.
 */
ngx_http_owncloud_repository_t *ngx_http_owncloud_request_repository(
    ngx_http_request_t *r, ngx_http_owncloud_loc_conf_t *olcf, char *script,
    ngx_int_t id);

/*
 * With ctx->repository set: ctx->origin and ctx->secure from the
 * configuration or from what the client used, and ctx->moodle_session.
 */
ngx_int_t ngx_http_owncloud_request_client(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A post-read handler: takes the code of a sign-in of ours, or the ticket of
 * a link, out of wherever nginx keeps the URI, so that no log shows it,
 * whoever answers in the end.  The query is read into ctx->fields before.
 */
ngx_int_t ngx_http_owncloud_request_post_read(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_ */
