
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * HTTP/1.1 over ngx_http_upstream: the request and its end, the response
 * header, the body, and the time limits.  Handlers have the signatures of
 * ngx_http_upstream_t.
 */


/* discarded bytes of a body, at most, so that the connection can be reused */
#define NGX_HTTP_OWNCLOUD_DISCARD_SIZE  65536


/* bytes of a body that are read before other events get a turn */
#define NGX_HTTP_OWNCLOUD_BURST_SIZE    262144


/* the call of a subrequest, or of a main request that is a stream */
#define ngx_http_owncloud_upstream_call(r)                                    \
    (((r) == (r)->main)                                                       \
     ? ((ngx_http_owncloud_ctx_t *)                                           \
        ngx_http_get_module_ctx(r, ngx_http_owncloud_module))->call           \
     : (ngx_http_owncloud_call_t *) (r)->post_subrequest->data)


/* ngx_http_owncloud_upstream.c */

/* Sets call->failure at the end (u->finalize_request). */
void ngx_http_owncloud_upstream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);


/* ngx_http_owncloud_upstream_header.c */

/*
 * Parses the response header as it arrives (u->process_header).  NGX_OK;
 * NGX_AGAIN: it is incomplete; NGX_HTTP_UPSTREAM_INVALID_HEADER.
 */
ngx_int_t ngx_http_owncloud_upstream_process_header(ngx_http_request_t *r);

/* Resets the call before the request is sent again. */
void ngx_http_owncloud_upstream_header_reset(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);

/* Sets call->failure and logs "what" as malformed HTTP. */
ngx_int_t ngx_http_owncloud_upstream_invalid(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, char *what);


/* ngx_http_owncloud_upstream_body.c */

/* Prepares the call for the body (u->input_filter_init). */
ngx_int_t ngx_http_owncloud_upstream_filter_init(void *data);

/* Passes "bytes" new bytes of u->buffer to the sink (u->input_filter). */
ngx_int_t ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes);


/* ngx_http_owncloud_upstream_time.c */

/*
 * Returns 1 if the call has exceeded its time limit, which is logged;
 * call->failure becomes TIMEOUT.
 */
ngx_uint_t ngx_http_owncloud_upstream_overdue(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);

/* Returns the sum of the upstream's time-outs, ms. */
ngx_msec_t ngx_http_owncloud_upstream_span(ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_ */
