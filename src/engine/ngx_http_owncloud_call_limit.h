
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * The call limit: at most issuer->max_calls calls at a time in all workers.
 * Other calls of this worker wait in a queue of max_queue, for queue_timeout
 * at most.  Calls of a worker that died are not counted.
 */


/*
 * Enters the call limit.  NGX_OK: send the call, and leave in the end.
 * NGX_AGAIN: "start" is called later, either when the call may be sent (leave
 * in the end as well) or with call->failure CROWDED when it may not.
 * NGX_BUSY: the queue is full.  NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_call_limit_enter(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_call_t *call,
    void (*start)(ngx_http_request_t *r, ngx_http_owncloud_call_t *call));

/* Leaves the call limit. */
void ngx_http_owncloud_call_limit_leave(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer);

/*
 * Creates the call limit of an issuer in cf->pool.  Returns NULL if there is
 * no memory.
 */
ngx_http_owncloud_call_limit_t *ngx_http_owncloud_call_limit_create(
    ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_CALL_LIMIT_H_INCLUDED_ */
