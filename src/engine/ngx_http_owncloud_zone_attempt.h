
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_


#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_ATTEMPT_ID     16

/* seconds that a state may be on its way, and that a refused code counts */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_TIME   (NGX_HTTP_OWNCLOUD_STATE_TIME + 1)
#define NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT  1800

/*
 * Codes that a cloud has refused, or may yet refuse: Nextcloud lets nobody of
 * a Moodle in after ten in half an hour.
 */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT  5

/* that are remembered, those which do not count among them */
#define NGX_HTTP_OWNCLOUD_ATTEMPT_MAX    32


/*
 * The sign-ins of one session of Moodle that came back, as they are in the
 * zone: one entry for each session, of limited size, so that nobody needs more
 * of it than others.
 */

typedef struct {
    u_char                           id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];
    uint64_t                         expires;    /* ngx_time() */
    uint64_t                         counted;    /* a code to be tried */
} ngx_http_owncloud_attempt_slot_t;


typedef struct {
    ngx_http_owncloud_attempt_slot_t  slot[NGX_HTTP_OWNCLOUD_ATTEMPT_MAX];
    ngx_uint_t                        n;
} ngx_http_owncloud_attempts_t;


/* what was kept, from any bytes; slots that have expired are left out */
void ngx_http_owncloud_attempts_read(ngx_http_owncloud_attempts_t *attempts,
    u_char *data, size_t len, time_t now);

/*
 * One more, if need be in place of the oldest that does not count: NGX_OK;
 * NGX_DECLINED: this one was used before; NGX_BUSY: too many count, "*left"
 * is the time in seconds until one does not any more.
 */
ngx_int_t ngx_http_owncloud_attempts_add(
    ngx_http_owncloud_attempts_t *attempts, u_char *id, ngx_uint_t counted,
    time_t now, time_t *left);


/*
 * The same in the zone, in one operation; NGX_ERROR: no memory.  "key" is
 * that of the session of Moodle, "counted" is 1 if a code is to be tried.
 */
ngx_int_t ngx_http_owncloud_zone_attempt(ngx_shm_zone_t *zone, u_char *key,
    u_char *id, ngx_uint_t counted, time_t *left);

/* the cloud did not refuse its code: it does not count any more */
void ngx_http_owncloud_zone_attempt_good(ngx_shm_zone_t *zone, u_char *key,
    u_char *id);


#endif /* _NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT_H_INCLUDED_ */
