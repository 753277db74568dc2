
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN  NGX_HTTP_OWNCLOUD_DIGEST_LEN


/*
 * The shared memory of all workers: values by digest, each with the time at
 * which it expires (seconds, ngx_time()).
 *
 * If memory runs out, expired entries are evicted first, then the least
 * recently used ones, class by class in the order below: losing a page or a
 * permission costs a request, losing a session costs a refresh, and losing an
 * end would allow something that was over to be done again.  An entry does not
 * evict a later class, unless that class uses more than a quarter of the zone
 * (sessions: half) and its own class less.  Attempts use an eighth of the zone
 * at most and then evict each other.  Locks are evicted only when they have
 * expired.
 *
 * The caller seals secrets.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_ZONE_TEXT = 0,    /* JSON of a page */
    NGX_HTTP_OWNCLOUD_ZONE_LISTING,     /* entries of a page */
    NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
    NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT,     /* sign-ins of a session */
    NGX_HTTP_OWNCLOUD_ZONE_SESSION,
    NGX_HTTP_OWNCLOUD_ZONE_END,         /* of a session or an account */
    NGX_HTTP_OWNCLOUD_ZONE_LOCK,        /* locks and counters */
    NGX_HTTP_OWNCLOUD_ZONE_CLASSES
} ngx_http_owncloud_zone_class_e;


/* Adds the zone of "owncloud_zone name:size"; "value" is the argument. */
char *ngx_http_owncloud_zone_add(ngx_conf_t *cf, ngx_shm_zone_t **zone,
    ngx_str_t *value);

/*
 * Stores a copy of "value", and replaces that of the same key.  NGX_ERROR: no
 * memory; the old value remains.
 */
ngx_int_t ngx_http_owncloud_zone_put(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires);

/*
 * Stores a value unless the key has one that expires no earlier.  NGX_OK:
 * there was none; NGX_DONE: there was one that expires earlier; NGX_DECLINED:
 * the value was not stored; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_zone_prolong(ngx_shm_zone_t *zone,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires);

/*
 * Stores a value that begins with its generation, a uint64_t, unless the zone
 * has a later generation or an entry of class END for this one: NGX_DECLINED.
 * The operation is atomic: a late writer cannot restore what has ended.
 */
ngx_int_t ngx_http_owncloud_zone_put_newer(ngx_shm_zone_t *zone,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires);

/*
 * Claims a key: NGX_OK for the first caller, NGX_DECLINED for all others until
 * it expires, NGX_ERROR if there is no memory.
 */
ngx_int_t ngx_http_owncloud_zone_take(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, time_t expires);

/* Reads a value, copied to "pool".  NGX_DECLINED: there is none. */
ngx_int_t ngx_http_owncloud_zone_get(ngx_shm_zone_t *zone, ngx_pool_t *pool,
    u_char *key, ngx_str_t *value);

/* Deletes a key. */
void ngx_http_owncloud_zone_drop(ngx_shm_zone_t *zone, u_char *key);


/*
 * Acquires a lock that one request of one process holds at a time.  NGX_OK:
 * acquired until "expires" or until unlocked, with "*stamp" as its proof;
 * NGX_BUSY: another holds it; NGX_ERROR: no memory.  A lock of a process that
 * no longer exists is free.
 */
ngx_int_t ngx_http_owncloud_zone_lock(ngx_shm_zone_t *zone, u_char *key,
    time_t expires, uint64_t *stamp);

/* Releases the lock, unless it has expired and another request holds it. */
void ngx_http_owncloud_zone_unlock(ngx_shm_zone_t *zone, u_char *key,
    uint64_t stamp);


/*
 * Counts a use in all processes together.  NGX_OK: counted; NGX_BUSY: there
 * are "limit" uses, or another process has been waiting much longer than
 * "since" (ngx_current_msec) and has tried recently; NGX_ERROR: no memory.
 * Uses of processes that no longer exist are not counted.
 */
ngx_int_t ngx_http_owncloud_zone_enter(ngx_shm_zone_t *zone, u_char *key,
    ngx_uint_t limit, ngx_msec_t since);

/* Ends a use of this process. */
void ngx_http_owncloud_zone_leave(ngx_shm_zone_t *zone, u_char *key);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_ */
