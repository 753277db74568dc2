
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * A call whose body goes to the client as it comes, as fast as the client
 * takes it: the main request itself has the upstream, and memory is that of
 * one buffer.  Nothing of the cloud's header is passed on but what "header"
 * makes of it.
 */

struct ngx_http_owncloud_stream_s {

    /*
     * The header has come: sets r->headers_out (status, length and body are
     * the cloud's).  NGX_DECLINED: this is not for the client, "failed" is
     * called; NGX_ERROR.
     */
    ngx_int_t  (*header)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_http_owncloud_call_t *call);

    /* answers in place of it; nothing was sent yet */
    ngx_int_t  (*failed)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_http_owncloud_call_t *call);

    /*
     * The body has come to its end as the cloud sees it, call->sink->size is
     * its length; NGX_ERROR: it is not all, and the client gets no end of it.
     */
    ngx_int_t  (*ended)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                        ngx_http_owncloud_call_t *call);
};


/* the last step of a flow: returns NGX_DONE, or a status code */
ngx_int_t ngx_http_owncloud_stream_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_http_owncloud_stream_t *stream);

/* where its bytes go: to the client of "r"; NULL: no memory */
ngx_http_owncloud_sink_t *ngx_http_owncloud_stream_sink(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_ */
