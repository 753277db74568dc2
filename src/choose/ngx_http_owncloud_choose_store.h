
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_store_answer.h"


/*
 * Asks Moodle to store a reference to "link", the URL of the file (action=
 * download with usecontrolledlink=1, see repository_ajax.php), and answers
 * with what Moodle says.  Needs ctx->repository->secret_key.
 */
ngx_int_t ngx_http_owncloud_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *link);

/*
 * A step, after ctx->subrequest has asked Moodle to store something: passes
 * its answer on, or answers an error if the picker would not understand it.
 */
ngx_int_t ngx_http_owncloud_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * What has become of the file that ctx->subrequest was about.  It is REFUSED
 * also if the request has not left nginx.
 */
ngx_http_owncloud_store_outcome_e ngx_http_owncloud_store_outcome(
    ngx_http_request_t *r, ngx_http_owncloud_subrequest_t *subrequest);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_H_INCLUDED_ */
