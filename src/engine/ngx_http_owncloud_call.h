
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_head.h"
#include "ngx_http_owncloud_sink.h"


#define NGX_HTTP_OWNCLOUD_CALL_HEADERS  8

/* bytes a second: who sends a body more slowly is not waited for */
#define NGX_HTTP_OWNCLOUD_CALL_RATE     1024


/* why there is no complete answer */

typedef enum {
    NGX_HTTP_OWNCLOUD_CALL_GOOD = 0,
    NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE,   /* no connection */
    NGX_HTTP_OWNCLOUD_CALL_TIMEOUT,
    NGX_HTTP_OWNCLOUD_CALL_CERTIFICATE,   /* not trusted, or another name */
    NGX_HTTP_OWNCLOUD_CALL_TLS,           /* no common protocol, ... */
    NGX_HTTP_OWNCLOUD_CALL_INVALID,       /* not HTTP as we accept it */
    NGX_HTTP_OWNCLOUD_CALL_BROKEN,        /* closed in the middle */
    NGX_HTTP_OWNCLOUD_CALL_TOO_BIG,
    NGX_HTTP_OWNCLOUD_CALL_STOPPED,       /* by the sink: it knows why */
    NGX_HTTP_OWNCLOUD_CALL_ABORTED,       /* the client has gone */
    NGX_HTTP_OWNCLOUD_CALL_BACKED_OFF,          /* not sent,
    see ..._backoff.h */
    NGX_HTTP_OWNCLOUD_CALL_CROWDED,       /* not sent: no place in the queue */
    NGX_HTTP_OWNCLOUD_CALL_INTERNAL
} ngx_http_owncloud_failure_e;


/* what of the cloud is called; back-off is kept for each */

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
 * One outbound call: a subrequest with an upstream of the issuer's own.  No
 * header of the client is in it and none of its answer reaches the client.
 */

struct ngx_http_owncloud_call_s {
    ngx_http_owncloud_upstream_t  *upstream;
    ngx_uint_t                     service;
    ngx_str_t                      method;         /* as on the wire */
    ngx_str_t                      uri;            /* escaped path and query */
    ngx_keyval_t                   headers[NGX_HTTP_OWNCLOUD_CALL_HEADERS];
    ngx_uint_t                     nheaders;
    ngx_str_t                      body;
    ngx_http_owncloud_sink_t      *sink;
    ngx_uint_t                     sink_status;    /* 0: of any status */

    /*
     * Called once when the call is over, before the flow goes on and even if
     * there is nobody left who waits for the answer.  It must not start
     * another call.
     */
    void                           (*complete)(ngx_http_request_t *r,
                                   ngx_http_owncloud_ctx_t *ctx,
                                   ngx_http_owncloud_call_t *call);

    /*
     * Of a stream, or NULL: who it is for; what is made of the header, NGX_OK
     * or NGX_ERROR; and what is called at the end in place of
     * ngx_http_owncloud_upstream_finalize_request(), which it has to call.
     */
    ngx_http_owncloud_stream_t    *stream;
    ngx_int_t                      (*header)(ngx_http_request_t *r,
                                             ngx_http_owncloud_call_t *call);
    void                           (*finalize)(ngx_http_request_t *r,
                                               ngx_int_t rc);
    ngx_chain_t                   *out;           /* the last of u->out_bufs */

    /*
     * All of it, ms, for a call that nobody may be waiting for: that is what
     * the time-outs make together, unless it is set.  0: as long as the body
     * comes at the rate above, for each of such spans.
     */
    ngx_msec_t                     duration;

    ngx_uint_t                     failure;
    ngx_uint_t                     status;         /* HELD: 429 or 503 */
    time_t                         retry_after;    /* seconds; 0: not said */
    off_t                          length;      /* of the body; -1: not said */
    ngx_uint_t                     framing;        /* ..._framing_e */
    ngx_str_t                      etag;        /* with its quotes, or empty */
    ngx_str_t                      type;           /* Content-Type, or empty */
    ngx_str_t                      checksum;       /* OC-Checksum, or empty */
    ngx_str_t                      range;         /* Content-Range, or empty */

    ngx_http_request_t            *request;        /* the subrequest */
    ngx_http_request_t            *parent;
    ngx_http_owncloud_ctx_t       *ctx;            /* of the parent */
    ngx_http_owncloud_head_t       head;
    ngx_http_owncloud_frame_t      frame;
    ngx_str_t                      said;           /* the beginning of a 503 */
    ngx_msec_t                     started;
    ngx_msec_t                     span;           /* where it began */
    off_t                          span_size;      /* of the body by then */
    size_t                         burst;          /* read without a pause */
    off_t                          discarded;

    /* may be sent again over another connection when nothing came back */
    unsigned                       replayable:1;

    /* goes on when the client goes away: its answer must not be lost */
    unsigned                       persistent:1;

    /* of the cloud as a whole: never held back, holds nothing back */
    unsigned                       unguarded:1;

    unsigned                       maintenance:1;  /* the cloud says so */

    unsigned                       ahead:1;        /* the client is slower */

    unsigned                       gated:1;        /* to be left, ..._gate.h */
    unsigned                       header_done:1;
    unsigned                       done:1;
};


/* a call to an endpoint; "uri" is that of the endpoint until it is changed */
ngx_http_owncloud_call_t *ngx_http_owncloud_call_create(ngx_http_request_t *r,
    ngx_http_owncloud_endpoint_t *endpoint, char *method);

/*
 * "uri" becomes the escaped form of "path", a decoded path with a slash at
 * its start, below the WebDAV endpoint
 */
ngx_int_t ngx_http_owncloud_call_path(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path, ngx_str_t *uri);

/* "name" is a literal; a value with CR, LF or NUL is refused: NGX_ERROR */
ngx_int_t ngx_http_owncloud_call_header(ngx_http_owncloud_call_t *call,
    char *name, ngx_str_t *value);

/* "Authorization: Bearer ..."; copies the token to the pool */
ngx_int_t ngx_http_owncloud_call_bearer(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_http_owncloud_secret_t *token);

/*
 * Starts the call, or has it wait for its turn (max_calls), and returns
 * NGX_AGAIN; the request goes on with ctx->step when it is done (call->done,
 * in ctx->call).  A call that is not to be sent at all (HELD, CROWDED) is
 * done at once: returned is what ctx->step returned.
 */
ngx_int_t ngx_http_owncloud_call_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/*
 * HTTP/2 tells at once that a client has gone, and nginx ends the request as
 * soon as it looks at that: what must not be left half done goes on until it
 * is answered.  "sr" is the subrequest of the call.
 */
void ngx_http_owncloud_call_persist(ngx_http_request_t *sr,
    ngx_http_owncloud_call_t *call);

/* 1 if a request is the subrequest of a call */
ngx_uint_t ngx_http_owncloud_call_own(ngx_http_request_t *r);


/* ngx_http_owncloud_upstream.c: the HTTP/1.1 below; returns NGX_DONE */
ngx_int_t ngx_http_owncloud_upstream_start(ngx_http_request_t *sr,
    ngx_http_owncloud_call_t *call);


#endif /* _NGX_HTTP_OWNCLOUD_CALL_H_INCLUDED_ */
