
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_REPORT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_REPORT_H_INCLUDED_


#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_zone.h"


/*
 * How far a copy is, for whoever shows a bar.  The zone keeps it under the
 * session cookie of Moodle and the picker's client id.
 */

typedef struct {
    u_char                           key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_shm_zone_t                  *zone;
    off_t                            reported;  /* bytes, at the last time */
    off_t                            total;     /* bytes; -1: not known */
    ngx_event_t                      event;
    ngx_http_owncloud_subrequest_t  *subrequest;
    unsigned                         keyed:1;   /* somebody may ask for it */
} ngx_http_owncloud_progress_t;


/*
 * Begins to report; "progress" is zeroed at first, and lives as long as the
 * request.  It may be called once more when the copy begins again.
 * NGX_ERROR: no memory, or no digest.
 */
ngx_int_t ngx_http_owncloud_progress_init(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_progress_t *progress);

/* the cloud has sent "done" bytes of "total", which is -1 if not known */
void ngx_http_owncloud_progress_fetch(ngx_http_owncloud_progress_t *progress,
    off_t done, off_t total);

/*
 * "subrequest" sends "total" bytes to Moodle: a timer reports from now on how
 * much of it Moodle has received
 */
void ngx_http_owncloud_progress_store(ngx_http_owncloud_progress_t *progress,
    ngx_http_owncloud_subrequest_t *subrequest, off_t total);

/* the copy has ended, whether it was stored or not */
void ngx_http_owncloud_progress_done(ngx_http_owncloud_progress_t *progress);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_PROGRESS_REPORT_H_INCLUDED_ */
