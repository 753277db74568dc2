
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_


#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_zone.h"


/*
 * How far a copy is, for whoever shows a bar: kept in the zone under the
 * session cookie of Moodle and the picker's client id.
 */

typedef struct {
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_shm_zone_t                  *zone;
    off_t                            reported; /* bytes, at the last time */
    off_t                            total;
    ngx_event_t                      event;
    ngx_http_owncloud_subrequest_t  *subrequest;
    unsigned                         keyed:1; /* somebody may ask for it */
} ngx_http_owncloud_progress_t;


ngx_int_t ngx_http_owncloud_progress_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_progress_t *progress);

/* while bytes come; "total" is -1 if it is not known */
void ngx_http_owncloud_progress_fetch(ngx_http_owncloud_progress_t *progress,
    off_t done, off_t total);

/* looks from time to time how much of "total" bytes Moodle has got */
void ngx_http_owncloud_progress_store(ngx_http_owncloud_progress_t *progress,
    ngx_http_owncloud_subrequest_t *subrequest, off_t total);

/* it is over, one way or the other */
void ngx_http_owncloud_progress_done(ngx_http_owncloud_progress_t *progress);

/* a step: answers {"phase":..., "done":..., "total":...} */
ngx_int_t ngx_http_owncloud_progress(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_H_INCLUDED_ */
