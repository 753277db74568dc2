
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_


#include "ngx_http_owncloud.h"


typedef struct ngx_http_owncloud_lock_s  ngx_http_owncloud_lock_t;


/*
 * Locks "what" for one request of this user at a time, for at most "calls"
 * calls; "kind" is a literal that names the flow. NGX_OK: "*lock" is held
 * until ngx_http_owncloud_lock_end() or the end of the request; NGX_AGAIN:
 * another request holds it, and "again" is called in a moment. "*lock" is NULL
 * at first.  Needs ctx->user and ctx->subject.
 */
ngx_int_t ngx_http_owncloud_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *what,
    ngx_uint_t calls, ngx_http_owncloud_lock_t **lock,
    ngx_http_owncloud_step_pt again);
void ngx_http_owncloud_lock_end(void *lock);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_ */
