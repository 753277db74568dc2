
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_


#include "ngx_http_owncloud_zone.h"


/*
 * The inside of a zone, for the files of the zone alone.  All functions are
 * called with the mutex of the zone held, unless it is said otherwise.
 */


/* changes when what is in a zone does: a reload may bring another module */
#define NGX_HTTP_OWNCLOUD_ZONE_VERSION  3


typedef struct {
    ngx_uint_t                      version;
    ngx_rbtree_t                    rbtree;
    ngx_rbtree_node_t               sentinel;
    ngx_queue_t                     queue[NGX_HTTP_OWNCLOUD_ZONE_CLASSES];
                                                /* the newest first */
    size_t                          used[NGX_HTTP_OWNCLOUD_ZONE_CLASSES];
    uint64_t                        stamp;      /* the last one given */
} ngx_http_owncloud_zone_sh_t;


typedef struct {
    ngx_http_owncloud_zone_sh_t    *sh;
    ngx_slab_pool_t                *shpool;

    /* of this process: entries went, and there is no room yet */
    unsigned                        more:1;
} ngx_http_owncloud_zone_ctx_t;


/* bytes that are copied in one hold of the mutex: a short value, a slice */
#define NGX_HTTP_OWNCLOUD_ZONE_SMALL    4096
#define NGX_HTTP_OWNCLOUD_ZONE_SLICE    65536

/* how often an operation that needs room may hold the mutex */
#define NGX_HTTP_OWNCLOUD_ZONE_HOLDS    64


/* data is aligned: locks and counters are there as they are in memory */

typedef struct {
    ngx_rbtree_node_t               node;
    ngx_queue_t                     queue;
    time_t                          expires;
    ngx_uint_t                      class;
    uint64_t                        serial;     /* of all that were put */
    size_t                          len;
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    u_char                          data[];
} ngx_http_owncloud_zone_node_t;


#define ngx_http_owncloud_zone_size(len)                                      \
    (offsetof(ngx_http_owncloud_zone_node_t, data) + (len))


/* an empty tree and its queues, in new shared memory */
void ngx_http_owncloud_zone_tree_init(ngx_http_owncloud_zone_sh_t *sh);

/* also what has expired; NULL: nothing is known */
ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_lookup(
    ngx_http_owncloud_zone_ctx_t *ctx, u_char *key);

/*
 * What a value of "len" bytes takes: the slab gives powers of two, and pages
 * above half a page.
 */
size_t ngx_http_owncloud_zone_cost(size_t len);

/*
 * A node with room for "len" bytes, which is not in the zone yet.  Makes room
 * by letting go of what has expired, of entries of the class and of those
 * before it, and of later ones that have more than their share of the zone:
 * they must not keep everything else out.  NULL: no memory; with ctx->more
 * some entries went, as many as one hold of the mutex may cost, and another
 * call, after the mutex was given back, may find room.
 */
ngx_http_owncloud_zone_node_t *ngx_http_owncloud_zone_alloc(
    ngx_http_owncloud_zone_ctx_t *ctx, ngx_uint_t class, u_char *key,
    size_t len, time_t expires);

/* of a node that did not come into the zone */
void ngx_http_owncloud_zone_free(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);

/* "no memory" in the log; called without the mutex */
void ngx_http_owncloud_zone_failed(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_uint_t class, size_t len);

/*
 * 1 if what had "rc" in a hold of the mutex is to be done once more: it had no
 * memory, but entries went.  "*n" counts and is 0 at first.  In the end "no
 * memory" is logged.  Called without the mutex.
 */
ngx_uint_t ngx_http_owncloud_zone_again(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_int_t rc, ngx_uint_t *n, ngx_uint_t class, size_t len);

/* puts an entry, whose key is not there yet, into the tree; locked */
void ngx_http_owncloud_zone_insert(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);
void ngx_http_owncloud_zone_delete(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);

/*
 * ngx_http_owncloud_zone.c, without the mutex: copies a long value, of
 * value->len bytes, into value->data.  NGX_DECLINED: it is not the one of
 * that serial any more.
 */
ngx_int_t ngx_http_owncloud_zone_slices(ngx_http_owncloud_zone_ctx_t *ctx,
    u_char *key, uint64_t serial, ngx_str_t *value);

/* makes it the newest of its class */
void ngx_http_owncloud_zone_touch(ngx_http_owncloud_zone_ctx_t *ctx,
    ngx_http_owncloud_zone_node_t *zn);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_MEMORY_H_INCLUDED_ */
