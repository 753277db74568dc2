
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_head.h"
#include "ngx_http_owncloud_sink.h"


#define NGX_HTTP_OWNCLOUD_CALL_HEADERS  8

/* bytes per second: a cloud that sends a body more slowly times out */
#define NGX_HTTP_OWNCLOUD_CALL_RATE     1024


/* why there is no complete response */

typedef enum {
    NGX_HTTP_OWNCLOUD_CALL_GOOD = 0,
    NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE,   /* no connection */
    NGX_HTTP_OWNCLOUD_CALL_TIMEOUT,
    NGX_HTTP_OWNCLOUD_CALL_CERTIFICATE,   /* not trusted, or wrong name */
    NGX_HTTP_OWNCLOUD_CALL_TLS,           /* no common protocol, ... */
    NGX_HTTP_OWNCLOUD_CALL_INVALID,       /* malformed HTTP */
    NGX_HTTP_OWNCLOUD_CALL_BROKEN,        /* closed prematurely */
    NGX_HTTP_OWNCLOUD_CALL_TOO_BIG,
    NGX_HTTP_OWNCLOUD_CALL_STOPPED,       /* by the sink */
    NGX_HTTP_OWNCLOUD_CALL_ABORTED,       /* client aborted */
    NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF,    /* not sent */
    NGX_HTTP_OWNCLOUD_CALL_CROWDED,       /* not sent: queue is full */
    NGX_HTTP_OWNCLOUD_CALL_INTERNAL
} ngx_http_owncloud_failure_e;


/* the service that is called; each has its own back-off */

typedef enum {
    NGX_HTTP_OWNCLOUD_SERVICE_OTHER = 0,
    NGX_HTTP_OWNCLOUD_SERVICE_TOKEN,
    NGX_HTTP_OWNCLOUD_SERVICE_WEBDAV,
    NGX_HTTP_OWNCLOUD_SERVICE_OCS,
    NGX_HTTP_OWNCLOUD_SERVICE_USERINFO,
    NGX_HTTP_OWNCLOUD_SERVICE_PREVIEW
} ngx_http_owncloud_service_e;


typedef struct ngx_http_owncloud_stream_s  ngx_http_owncloud_stream_t;


/*
 * One call to a cloud: a subrequest with an upstream of the issuer.  It
 * carries no header of the client, and its response does not reach the client.
 */

struct ngx_http_owncloud_call_s {
    ngx_http_owncloud_upstream_t  *upstream;
    ngx_uint_t                     service;
    ngx_str_t                      method;         /* as sent */
    ngx_str_t                      uri;            /* escaped, with arguments */
    ngx_keyval_t                   headers[NGX_HTTP_OWNCLOUD_CALL_HEADERS];
    ngx_uint_t                     nheaders;
    ngx_str_t                      body;
    ngx_http_owncloud_sink_t      *sink;
    ngx_uint_t                     sink_status;    /* 0: any */

    /*
     * Called once when the call is over, before the flow goes on, even if
     * nobody waits for the response any more.  It must not start another call.
     */
    void                           (*complete)(ngx_http_request_t *r,
                                   ngx_http_owncloud_ctx_t *ctx,
                                   ngx_http_owncloud_call_t *call);

    /*
     * Of a stream, or NULL: the stream; the handler of the response header,
     * which returns NGX_OK or NGX_ERROR; and the handler of the end, which
     * must call ngx_http_owncloud_upstream_finalize_request().
     */
    ngx_http_owncloud_stream_t    *stream;
    ngx_int_t                      (*header)(ngx_http_request_t *r,
                                             ngx_http_owncloud_call_t *call);
    void                           (*finalize)(ngx_http_request_t *r,
                                               ngx_int_t rc);
    ngx_chain_t                   *out;            /* last of u->out_bufs */

    /*
     * Time limit of the whole call, ms, by default the sum of the time-outs.
     * 0: no limit while the body arrives at NGX_HTTP_OWNCLOUD_CALL_RATE in
     * each interval of that length.
     */
    ngx_msec_t                     duration;

    ngx_uint_t                     failure;
    ngx_uint_t                     status;         /* BACKED_OFF: 429 or 503 */
    time_t                         retry_after;    /* seconds; 0: not given */
    off_t                          length;         /* body; -1: unknown */
    ngx_uint_t                     framing;        /* ..._framing_e */
    ngx_str_t                      etag;           /* quoted, or empty */
    ngx_str_t                      type;           /* Content-Type, or empty */
    ngx_str_t                      checksum;       /* OC-Checksum, or empty */
    ngx_str_t                      range;          /* Content-Range, or empty */

    ngx_http_request_t            *request;        /* the subrequest */
    ngx_http_request_t            *parent;
    ngx_http_owncloud_ctx_t       *ctx;            /* of the parent */
    ngx_http_owncloud_head_t       head;
    ngx_http_owncloud_frame_t      frame;
    ngx_str_t                      excerpt;        /* beginning of a 503 body */
    ngx_msec_t                     started;
    ngx_msec_t                     span;           /* when the interval began */
    off_t                          span_size;      /* body size at that time */
    size_t                         burst;          /* read without a pause */
    off_t                          discarded;

    /* may be resent on another connection if no response came */
    unsigned                       replayable:1;

    /* continues after the client aborts: the response must not be lost */
    unsigned                       persistent:1;

    /* concerns the whole cloud: ignores back-off and starts none */
    unsigned                       unguarded:1;

    unsigned                       maintenance:1;  /* reported by the cloud */

    unsigned                       ahead:1;        /* the client is slower */

    unsigned                       limited:1;      /* in the call limit */
    unsigned                       header_done:1;
    unsigned                       done:1;
};


/*
 * Creates a call to an endpoint in r->pool, with the endpoint's URI unless
 * call->uri is changed.  "method" is a literal.  Returns NULL if there is no
 * memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_call_create(ngx_http_request_t *r,
    ngx_http_owncloud_endpoint_t *endpoint, char *method);

/*
 * Sets "uri" to the escaped form of "path" below the WebDAV endpoint,
 * allocated from r->pool.  "path" is decoded and begins with a slash.
 */
ngx_int_t ngx_http_owncloud_call_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri);

/*
 * Adds a header; "name" is a literal, "value" must outlive the call.
 * NGX_ERROR: the value contains a control character, or there are too many
 * headers.
 */
ngx_int_t ngx_http_owncloud_call_header(ngx_http_owncloud_call_t *call,
    char *name, ngx_str_t *value);

/*
 * Adds "Authorization: Bearer ..." (RFC 6750, 2.1) with a copy of the token.
 */
ngx_int_t ngx_http_owncloud_call_bearer(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_secret_t *token);

/*
 * Starts the call, or queues it (max_calls), and returns NGX_AGAIN.  When it
 * is done (call->done, in ctx->call), the request goes on with ctx->step.  A
 * call that is not sent at all (BACKED_OFF, CROWDED) is done at once; the
 * result is then that of ctx->step.
 */
ngx_int_t ngx_http_owncloud_call_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/*
 * Lets the call of subrequest "sr" finish after the client aborts.  HTTP/2
 * reports an abort at once, and nginx would end the request; what must not
 * stay half done continues until the response arrives.
 */
void ngx_http_owncloud_call_persist(ngx_http_request_t *sr,
    ngx_http_owncloud_call_t *call);

/* Returns 1 if "r" is the subrequest of a call. */
ngx_uint_t ngx_http_owncloud_call_own(ngx_http_request_t *r);


/*
 * Sends the call by HTTP/1.1, in ngx_http_owncloud_upstream.c.  Returns
 * NGX_DONE.
 */
ngx_int_t ngx_http_owncloud_upstream_start(ngx_http_request_t *sr,
    ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_ */
