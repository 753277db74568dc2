
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_dav.h"


/*
 * Receives the body of a response.  "write" returns NGX_ERROR to stop reading;
 * the caller checks "limit" first.
 */

typedef ngx_int_t (*ngx_http_owncloud_sink_write_pt)(void *data, u_char *p,
    size_t len);

typedef struct {
    ngx_http_owncloud_sink_write_pt   write;
    void                             *data;
    off_t                             limit;    /* of the whole body, bytes */
    off_t                             size;     /* received so far, bytes */
} ngx_http_owncloud_sink_t;


/*
 * Creates a sink that keeps the body, up to "limit" bytes, in memory of the
 * pool.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_memory(ngx_pool_t *pool,
    size_t limit);

/* Sets "text" to the body in a memory sink, which keeps the bytes. */
void ngx_http_owncloud_sink_text(ngx_http_owncloud_sink_t *sink,
    ngx_str_t *text);

/* Empties the sink before a new attempt. */
void ngx_http_owncloud_sink_reset(ngx_http_owncloud_sink_t *sink);

/*
 * Creates a sink that writes the body to a temporary file, which is removed
 * with the request.  A failed write stops the call, see ..._sink_failed().
 * Returns NULL if there is no memory.
 */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_spool(ngx_http_request_t *r,
    off_t limit);

/*
 * Sets the expected OC-Checksum of a spool, before it is written; the string
 * may be empty.
 */
ngx_int_t ngx_http_owncloud_sink_expect(ngx_http_owncloud_sink_t *sink,
    ngx_str_t *checksum);

/*
 * Checks a spool against its checksum; to be called once, at the end.
 * NGX_DECLINED: it does not match.
 */
ngx_int_t ngx_http_owncloud_sink_intact(ngx_http_owncloud_sink_t *sink);

/* Returns the file of a spool. */
ngx_file_t *ngx_http_owncloud_sink_file(ngx_http_owncloud_sink_t *sink);

/* Returns the errno of a spool's failed write, or 0. */
ngx_err_t ngx_http_owncloud_sink_failed(ngx_http_owncloud_sink_t *sink);

/*
 * Creates a sink that passes the body to "write" as it arrives.  "data" must
 * outlive the sink.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_reader(ngx_pool_t *pool,
    ngx_http_owncloud_sink_write_pt write, void *data, off_t limit);

/* Creates a sink that feeds a multistatus reader (RFC 4918, 13). */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_dav(ngx_pool_t *pool,
    ngx_http_owncloud_dav_t *dav, size_t limit);


/* a buffer that grows in the pool */

typedef struct {
    ngx_pool_t                *pool;
    u_char                    *data;
    size_t                     len;
    size_t                     size;
} ngx_http_owncloud_memory_t;


/* Appends a copy of "len" bytes.  Returns NGX_ERROR if there is no memory. */
ngx_int_t ngx_http_owncloud_memory_append(ngx_http_owncloud_memory_t *memory,
    u_char *p, size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_ */
