
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * A call whose body is sent to the client as it arrives, as fast as the client
 * reads.  The main request itself has the upstream; one buffer is enough.
 * Nothing of the cloud's header is passed on except by "header".
 */

struct ngx_http_owncloud_stream_s {

    /*
     * Called when the header was received.  Sets r->headers_out; status,
     * length and body are the cloud's.  NGX_DECLINED: nothing is sent, and
     * "failed" is called instead.  NGX_ERROR.
     */
    ngx_int_t  (*header)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_http_owncloud_call_t *call);

    /* sends another response; nothing was sent yet */
    ngx_int_t  (*failed)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                         ngx_http_owncloud_call_t *call);

    /*
     * Called at the end of the cloud's body; call->sink->size is its length.
     * NGX_ERROR: the body is incomplete, so the client must not get a regular
     * end.
     */
    ngx_int_t  (*ended)(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
                        ngx_http_owncloud_call_t *call);
};


/*
 * Starts the stream, as the last step of a flow.  "stream" must outlive the
 * request.  Returns NGX_DONE, a status code, or NGX_ERROR if the client has
 * aborted.
 */
ngx_int_t ngx_http_owncloud_stream_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call,
    ngx_http_owncloud_stream_t *stream);

/*
 * Creates a sink that sends the body to the client of "r", in r->pool.
 * Returns NULL if there is no memory.
 */
ngx_http_owncloud_sink_t *ngx_http_owncloud_stream_sink(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_STREAM_H_INCLUDED_ */
