
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_dav.h"


/*
 * Where the bytes of an answer go.  "write" returns NGX_ERROR to stop
 * reading; "limit" is checked before it is called.
 */

typedef ngx_int_t (*ngx_http_owncloud_sink_write_pt)(void *data, u_char *p,
    size_t len);

typedef struct {
    ngx_http_owncloud_sink_write_pt   write;
    void                             *data;
    off_t                             limit;    /* bytes of the whole body */
    off_t                             size;     /* bytes so far */
} ngx_http_owncloud_sink_t;


/* keeps the body, up to "limit" bytes, in memory of the pool */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_memory(ngx_pool_t *pool,
    size_t limit);

/* what a memory sink holds */
void ngx_http_owncloud_sink_text(ngx_http_owncloud_sink_t *sink,
    ngx_str_t *text);

/* forgets what a memory sink holds: another try begins */
void ngx_http_owncloud_sink_reset(ngx_http_owncloud_sink_t *sink);

/*
 * Writes the body to a temporary file that is gone with the request.  What
 * the disk refuses stops the call: see ..._sink_failed().
 */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_spool(ngx_http_request_t *r,
    off_t limit);

/*
 * OC-Checksum of what is about to be written to a spool, or an empty string;
 * afterwards, once: NGX_DECLINED if something else was written
 */
ngx_int_t ngx_http_owncloud_sink_expect(ngx_http_owncloud_sink_t *sink,
    ngx_str_t *checksum);
ngx_int_t ngx_http_owncloud_sink_intact(ngx_http_owncloud_sink_t *sink);

/* the file that a spool has written; its errno, or 0 */
ngx_file_t *ngx_http_owncloud_sink_file(ngx_http_owncloud_sink_t *sink);
ngx_err_t ngx_http_owncloud_sink_failed(ngx_http_owncloud_sink_t *sink);

/* hands the body to a reader, piece by piece as it comes */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_reader(ngx_pool_t *pool,
    ngx_http_owncloud_sink_write_pt write, void *data, off_t limit);

/* the same for a reader of a multistatus */
ngx_http_owncloud_sink_t *ngx_http_owncloud_sink_dav(ngx_pool_t *pool,
    ngx_http_owncloud_dav_t *dav, size_t limit);


/* appends to a buffer that grows from the pool; used for memory sinks */

typedef struct {
    ngx_pool_t                *pool;
    u_char                    *data;
    size_t                     len;
    size_t                     size;
} ngx_http_owncloud_memory_t;


/* appends a copy of "len" bytes; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_memory_append(ngx_http_owncloud_memory_t *memory,
    u_char *p, size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_SINK_H_INCLUDED_ */
