
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_


#include "ngx_http_owncloud.h"


#define NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN  NGX_HTTP_OWNCLOUD_DIGEST_LEN


/*
 * What all workers remember: values under digests, each with the time it
 * expires at (seconds, ngx_time()).  When memory runs out, what has expired
 * goes first, then the least recently used entries class by class, in this
 * order: the loss of a page or a permission costs a question, that of a
 * session a refresh, that of an end lets something be done again that was
 * done with.  Nothing makes room for itself at the cost of a later class,
 * unless that has more than a quarter of the zone (sessions: half of it) and
 * its own has less.  Attempts have an eighth of the zone and no more: beyond
 * that they push out one another.  Of locks only those that have expired go.
 * The caller seals what is secret.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_ZONE_TEXT = 0,    /* JSON of a page */
    NGX_HTTP_OWNCLOUD_ZONE_LISTING,     /* entries of a page */
    NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
    NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT,     /* sign-ins of a Moodle session */
    NGX_HTTP_OWNCLOUD_ZONE_SESSION,
    NGX_HTTP_OWNCLOUD_ZONE_END,         /* of a session */
    NGX_HTTP_OWNCLOUD_ZONE_LOCK,        /* and what else is in use */
    NGX_HTTP_OWNCLOUD_ZONE_CLASSES
} ngx_http_owncloud_zone_class_e;


/* "owncloud_zone name:size" for the main configuration */
char *ngx_http_owncloud_zone_add(ngx_conf_t *cf, ngx_shm_zone_t **zone,
    ngx_str_t *value);

/*
 * Puts a value in place of another of that key.  NGX_ERROR: no memory, the
 * old value is still there.
 */
ngx_int_t ngx_http_owncloud_zone_put(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, ngx_str_t *value, time_t expires);

/*
 * Puts a value unless there is one that lasts as long: NGX_DECLINED.  NGX_OK:
 * there was none; NGX_DONE: there was one that would have ended before.
 */
ngx_int_t ngx_http_owncloud_zone_prolong(ngx_shm_zone_t *zone,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires);

/*
 * Puts a value that begins with its generation, a uint64_t, unless there is
 * one of a later generation, or one of class END that ended this one:
 * NGX_DECLINED.  In one operation: whoever comes late does not bring back
 * what was ended meanwhile.
 */
ngx_int_t ngx_http_owncloud_zone_put_newer(ngx_shm_zone_t *zone,
    ngx_uint_t class, u_char *key, ngx_str_t *value, time_t expires);

/*
 * Takes a key that nobody has taken: NGX_OK for the first, NGX_DECLINED for
 * everybody else until it expires, NGX_ERROR if there is no memory.
 */
ngx_int_t ngx_http_owncloud_zone_take(ngx_shm_zone_t *zone, ngx_uint_t class,
    u_char *key, time_t expires);

/* NGX_OK: "value" is a copy from "pool"; NGX_DECLINED: nothing is known */
ngx_int_t ngx_http_owncloud_zone_get(ngx_shm_zone_t *zone, ngx_pool_t *pool,
    u_char *key, ngx_str_t *value);

/* forgets a key */
void ngx_http_owncloud_zone_drop(ngx_shm_zone_t *zone, u_char *key);


/*
 * Something that one request of one process does at a time.  NGX_OK: it is
 * ours until "expires", or until it is given back, and "*stamp" says so;
 * NGX_BUSY: somebody else has it; NGX_ERROR: no memory.  What a process had
 * that is no more can be had at once.
 */
ngx_int_t ngx_http_owncloud_zone_lock(ngx_shm_zone_t *zone, u_char *key,
    time_t expires, uint64_t *stamp);

/* gives it back, unless it is somebody else's by now */
void ngx_http_owncloud_zone_unlock(ngx_shm_zone_t *zone, u_char *key,
    uint64_t stamp);


/*
 * Counts what is in use by all processes together.  NGX_OK: one more;
 * NGX_BUSY: there are "limit" already, or another process has waited much
 * longer than "since" (ngx_current_msec) and has asked a moment ago;
 * NGX_ERROR: no memory.  What processes had that are no more is not counted.
 */
ngx_int_t ngx_http_owncloud_zone_enter(ngx_shm_zone_t *zone, u_char *key,
    ngx_uint_t limit, ngx_msec_t since);
void ngx_http_owncloud_zone_leave(ngx_shm_zone_t *zone, u_char *key);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_H_INCLUDED_ */
