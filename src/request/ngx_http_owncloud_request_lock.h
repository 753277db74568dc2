
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_


#include "ngx_http_owncloud.h"


typedef struct ngx_http_owncloud_lock_s  ngx_http_owncloud_lock_t;


/*
 * One request of a user at a time does something about "what"; "kind" is a
 * literal, "calls" how many it may take.  NGX_OK: it is the turn of this one,
 * until it ends or gives it up; NGX_AGAIN: "again" is called in a moment.
 * "*turn" is NULL at first.  Needs ctx->session.
 */
ngx_int_t ngx_http_owncloud_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *kind, ngx_str_t *what,
    ngx_uint_t calls, ngx_http_owncloud_lock_t **lock,
    ngx_http_owncloud_step_pt again);
void ngx_http_owncloud_lock_end(void *lock);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_LOCK_H_INCLUDED_ */
