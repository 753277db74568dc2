
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * No more than issuer->max_calls calls of all workers at the same time; the
 * others of this worker wait in a queue of max_queue for at most
 * queue_timeout.  What a worker that died had on the way does not count.
 */


/*
 * NGX_OK: go on, and ..._gate_leave() in the end; NGX_AGAIN: "start" will be
 * called with the call when its turn has come (leave in the end as well), or
 * with call->failure CROWDED when it came to nothing; NGX_BUSY: the queue is
 * full; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_call_limit_enter(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_call_t *call,
    void (*start)(ngx_http_request_t *r, ngx_http_owncloud_call_t *call));

/* the end of a call that was let in */
void ngx_http_owncloud_call_limit_leave(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer);

/* a gate for an issuer, of the configuration's pool; NULL: no memory */
ngx_http_owncloud_call_limit_t *ngx_http_owncloud_call_limit_create(
    ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_ */
