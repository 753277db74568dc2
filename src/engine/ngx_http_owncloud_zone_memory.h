
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_


#include "ngx_http_owncloud_zone.h"


/*
 * The internals of a zone, for the zone's own files.  Functions are called
 * with the zone's mutex held unless noted otherwise.
 */


/* Changes with the layout of a zone: a reload may load another module. */
#define NGX_HTTP_OWNCLOUD_ZONE_VERSION  3


typedef struct {
    ngx_uint_t                      version;
    ngx_rbtree_t                    rbtree;
    ngx_rbtree_node_t               sentinel;
    ngx_queue_t                     queue[NGX_HTTP_OWNCLOUD_ZONE_CLASSES];
                                                /* newest first */
    size_t                          used[NGX_HTTP_OWNCLOUD_ZONE_CLASSES];
    uint64_t                        stamp;      /* last one issued */
} ngx_http_owncloud_zone_sh_t;


typedef struct {
    ngx_http_owncloud_zone_sh_t    *sh;
    ngx_slab_pool_t                *shpool;

    /* of this process: entries were evicted, but there is no room yet */
    unsigned                        more:1;
} ngx_http_owncloud_zone_ctx_t;


/* bytes that are copied while the mutex is held: a short value, a slice */
#define NGX_HTTP_OWNCLOUD_ZONE_SMALL    4096
#define NGX_HTTP_OWNCLOUD_ZONE_SLICE    65536

/* how often an operation that needs room may take the mutex */
#define NGX_HTTP_OWNCLOUD_ZONE_HOLDS    64


/* "data" is aligned: it holds locks and counters as structures */

typedef struct {
    ngx_rbtree_node_t               node;
    ngx_queue_t                     queue;
    time_t                          expires;
    ngx_uint_t                      class;
    uint64_t                        serial;     /* of all stored values */
    size_t                          len;
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                          data[];
} ngx_http_owncloud_zone_node_t;


#define ngx_http_owncloud_zone_size(len)                                      \
    (offsetof(ngx_http_owncloud_zone_node_t, data) + (len))


/* Initializes an empty tree and its queues in new shared memory. */
void ngx_http_owncloud_zone_tree_init(ngx_http_owncloud_zone_sh_t *sh);

/* Finds a node, even an expired one.  Returns NULL if there is none. */
ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_lookup(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key);

/*
 * Returns what the slab allocator uses for a value of "len" bytes: powers of
 * two, and whole pages above half a page.
 */
size_t ngx_http_owncloud_zone_cost(size_t len);

/*
 * Allocates a node for "len" bytes, not yet in the zone.  To make room, it
 * evicts expired entries, entries of the same and of earlier classes, and
 * those of later classes that exceed their share of the zone.  Returns NULL if
 * there is no memory.  If ctx->more is set then, as many entries were evicted
 * as one hold of the mutex allows: release the mutex and try once more.
 */
ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_alloc(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class, u_char *key,
    size_t len, time_t expires);

/* Frees a node that was not inserted. */
void ngx_http_owncloud_zone_free(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);

/* Logs "no memory"; called without the mutex. */
void ngx_http_owncloud_zone_failed(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, size_t len);

/*
 * Returns 1 if an operation that returned "rc" must be repeated because
 * entries were evicted; otherwise logs "no memory" if that was the reason.
 * "*n" counts the attempts, initially 0.  Called without the mutex.
 */
ngx_uint_t ngx_http_owncloud_zone_again(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_int_t rc, ngx_uint_t *n, ngx_uint_t class, size_t len);

/* Inserts a node whose key is not in the tree. */
void ngx_http_owncloud_zone_insert(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);

/* Removes a node from the tree and frees it. */
void ngx_http_owncloud_zone_delete(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);

/*
 * Copies a long value, value->len bytes, into value->data in slices; in
 * ngx_http_owncloud_zone.c, called without the mutex.  NGX_DECLINED: the value
 * with that serial is gone.
 */
ngx_int_t ngx_http_owncloud_zone_slices(ngx_http_owncloud_zone_ctx_t *ctx,
    u_char *key, uint64_t serial, ngx_str_t *value);

/* Makes a node the newest of its class. */
void ngx_http_owncloud_zone_touch(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_ */
