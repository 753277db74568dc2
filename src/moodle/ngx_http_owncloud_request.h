
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* finds out which of Moodle's own URLs a request is for, and what it wants */


#define NGX_HTTP_OWNCLOUD_AJAX      "/repository/repository_ajax.php"
#define NGX_HTTP_OWNCLOUD_CALLBACK  "/admin/oauth2callback.php"
#define NGX_HTTP_OWNCLOUD_PROGRESS  "/repository/owncloud/progress"
#define NGX_HTTP_OWNCLOUD_LINKS     "/repository/owncloud/link/"


/*
 * Returns the first repository of the Moodle whose script "script"
 * ("/admin/...") is requested, or NULL.
 */
ngx_http_owncloud_repository_t *ngx_http_owncloud_request_script(
    ngx_http_request_t *r, ngx_http_owncloud_loc_conf_t *olcf, char *script);

/* returns 1 if the body is a form other than an upload */
ngx_uint_t ngx_http_owncloud_request_urlencoded(ngx_http_request_t *r);

/*
 * Parses the query into ctx->fields, once.  Returns NGX_OK, even if there are
 * too many fields, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_request_query(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Parses the form in the request body into ctx->fields.  Returns NGX_OK;
 * NGX_DECLINED if it exceeds NGX_HTTP_OWNCLOUD_FORM_SIZE bytes or
 * NGX_HTTP_OWNCLOUD_FORM_FIELDS fields, the first of which are available;
 * NGX_ERROR if memory is exhausted or the body's file cannot be read.
 */
ngx_int_t ngx_http_owncloud_request_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Returns the repository with this id of the Moodle whose script "script"
 * ("/admin/...") is requested, or NULL if it is not ours.
 */
ngx_http_owncloud_repository_t *ngx_http_owncloud_request_repository(
    ngx_http_request_t *r, ngx_http_owncloud_loc_conf_t *olcf, char *script,
    ngx_int_t id);

/*
 * Sets ctx->origin and ctx->secure, from the configuration of ctx->repository
 * or else from the client's connection and Host, and ctx->moodle_session.
 * Returns NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_request_client(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A post-read phase handler.  It removes the code of one of our sign-ins, or
 * the ticket of a link, from every copy of the URI in the request, so that it
 * never gets into a log, whoever handles the request.  The query is parsed
 * into ctx->fields first.  Returns NGX_DECLINED, or a status code.
 */
ngx_int_t ngx_http_owncloud_request_post_read(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_H_INCLUDED_ */
