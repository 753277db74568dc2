
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * HTTP/1.1 over ngx_http_upstream: the request and the end, the header of the
 * answer, its body, and below them the time that all of it takes.  The
 * functions have the signatures that ngx_http_upstream_t asks for.
 */


/* of a body that nobody wants, so that its connection can be used again */
#define NGX_HTTP_OWNCLOUD_DISCARD_SIZE  65536


/* of a body that comes faster than it can be read through */
#define NGX_HTTP_OWNCLOUD_BURST_SIZE    262144


/* the call of a subrequest, or of a main request that is answered with one */
#define ngx_http_owncloud_upstream_call(r)                                    \
    (((r) == (r)->main)                                                       \
     ? ((ngx_http_owncloud_ctx_t *)                                           \
        ngx_http_get_module_ctx(r, ngx_http_owncloud_module))->call           \
     : (ngx_http_owncloud_call_t *) (r)->post_subrequest->data)


/* ngx_http_owncloud_upstream.c */

/* the end of it: notes what has become of the call */
void ngx_http_owncloud_upstream_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);


/* ngx_http_owncloud_upstream_header.c */

/*
 * Reads the header of the response as it comes (u->process_header).  NGX_OK;
 * NGX_AGAIN: there is more to come; NGX_HTTP_UPSTREAM_INVALID_HEADER.
 */
ngx_int_t ngx_http_owncloud_upstream_process_header(ngx_http_request_t *r);

/* before an answer to the same request, sent once more */
void ngx_http_owncloud_upstream_header_reset(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);

/* notes and logs that the answer is not HTTP as we accept it */
ngx_int_t ngx_http_owncloud_upstream_invalid(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, char *what);


/* ngx_http_owncloud_upstream_body.c */

/* the body begins: u->input_filter_init */
ngx_int_t ngx_http_owncloud_upstream_filter_init(void *data);
ngx_int_t ngx_http_owncloud_upstream_filter(void *data, ssize_t bytes);


/* ngx_http_owncloud_upstream_time.c */

/* 1 if the call has taken longer than it may, which is noted and logged */
ngx_uint_t ngx_http_owncloud_upstream_overdue(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);

/* what the time-outs make together, ms */
ngx_msec_t ngx_http_owncloud_upstream_span(ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_UPSTREAM_H_INCLUDED_ */
