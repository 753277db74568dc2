
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_


#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_ATTEMPT_ID     16

/* lifetime of a state, and how long a refused code counts, in seconds */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_TIME   (NGX_HTTP_OWNCLOUD_STATE_TIME + 1)
#define NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT  1800

/*
 * Codes per Moodle session that a cloud has refused or may yet refuse: after
 * ten in half an hour, Nextcloud rejects everybody who uses this Moodle.
 */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT  5

/* remembered attempts, including those that do not count */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_MAX    32


/*
 * The attempts of one Moodle session that came back, as stored in the zone:
 * one entry of limited size per session, so that no session takes more than
 * others.
 */

typedef struct {
    u_char                           id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];
    uint64_t                         expires;    /* ngx_time() */
    uint64_t                         counted;    /* 1: a code to be tried */
} ngx_http_owncloud_attempt_slot_t;


typedef struct {
    ngx_http_owncloud_attempt_slot_t  slot[NGX_HTTP_OWNCLOUD_ATTEMPT_MAX];
    ngx_uint_t                        n;
} ngx_http_owncloud_attempts_t;


/*
 * Parses a stored value, which may be any bytes.  Expired slots are skipped.
 */
void ngx_http_owncloud_attempts_read(ngx_http_owncloud_attempts_t *attempts,
    u_char *data, size_t len, time_t now);

/*
 * Adds an attempt, if necessary in place of the oldest that does not count.
 * "id" has NGX_HTTP_OWNCLOUD_ATTEMPT_ID bytes.  NGX_OK; NGX_DECLINED: it was
 * used before; NGX_BUSY: too many count, and one stops counting in "*left"
 * seconds.
 */
ngx_int_t ngx_http_owncloud_attempts_add(
    ngx_http_owncloud_attempts_t *attempts, u_char *id, ngx_uint_t counted,
    time_t now, time_t *left);


/*
 * Does the same in the zone, atomically.  "key" is that of the Moodle session,
 * "counted" is 1 if a code is about to be tried.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_zone_attempt(ngx_shm_zone_t *zone, u_char *key,
    u_char *id, ngx_uint_t counted, time_t *left);

/* Stops counting an attempt whose code the cloud did not refuse. */
void ngx_http_owncloud_zone_attempt_good(ngx_shm_zone_t *zone, u_char *key,
    u_char *id);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_ */
