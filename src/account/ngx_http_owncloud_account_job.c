
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_job.h"
#include "ngx_http_owncloud_background.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_JOB_BEGIN   1000      /* ms, before the first run */
#define NGX_HTTP_OWNCLOUD_JOB_EVERY   25000     /* ms, between runs */
#define NGX_HTTP_OWNCLOUD_JOB_JITTER  10000     /* ms, random, added to it */

/* minimum time between runs in all workers, s */
#define NGX_HTTP_OWNCLOUD_JOB_ROUND    20


static void ngx_http_owncloud_account_job_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_owncloud_account_job_round(
    ngx_http_owncloud_main_conf_t *omcf);


static ngx_event_t   ngx_http_owncloud_account_job_event;
static ngx_cycle_t  *ngx_http_owncloud_account_job_cycle;


void
ngx_http_owncloud_account_job_start(ngx_cycle_t *cycle)
{
    ngx_uint_t                       i, n;
    ngx_event_t                     *ev;
    ngx_http_owncloud_issuer_t     **issuer;
    ngx_http_owncloud_main_conf_t   *omcf;

    /* not in the cache manager and cache loader processes */

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return;
    }

    omcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_owncloud_module);

    if (omcf == NULL || !omcf->in_use || omcf->zone == NULL) {
        return;
    }

    issuer = omcf->issuers.elts;
    n = 0;

    for (i = 0; i < omcf->issuers.nelts; i++) {
        n += (issuer[i]->account == NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH);
    }

    if (n == 0) {
        return;
    }

    ngx_http_owncloud_account_job_cycle = cycle;

    ev = &ngx_http_owncloud_account_job_event;

    ev->handler = ngx_http_owncloud_account_job_handler;
    ev->data = ev;
    ev->log = cycle->log;
    ev->cancelable = 1;

    ngx_add_timer(ev, NGX_HTTP_OWNCLOUD_JOB_BEGIN
                      + ngx_random() % NGX_HTTP_OWNCLOUD_JOB_BEGIN);
}


void
ngx_http_owncloud_account_job_stop(void)
{
    ngx_event_t  *ev;

    ev = &ngx_http_owncloud_account_job_event;

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ngx_http_owncloud_background_exit();
}


static void
ngx_http_owncloud_account_job_handler(ngx_event_t *ev)
{
    ngx_uint_t                       i;
    ngx_http_owncloud_issuer_t     **issuer;
    ngx_http_owncloud_main_conf_t   *omcf;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_OWNCLOUD_JOB_EVERY
                      + ngx_random() % NGX_HTTP_OWNCLOUD_JOB_JITTER);

    omcf = ngx_http_cycle_get_module_main_conf(
                                          ngx_http_owncloud_account_job_cycle,
                                          ngx_http_owncloud_module);

    if (!ngx_http_owncloud_account_job_round(omcf)) {
        return;
    }

    issuer = omcf->issuers.elts;

    for (i = 0; i < omcf->issuers.nelts; i++) {

        if (issuer[i]->account == NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH
            && issuer[i]->enabled && issuer[i]->token.upstream)
        {
            ngx_http_owncloud_account_renew(ev->log, omcf, issuer[i]);
        }
    }
}


/* the lock is not released: the next run begins after it expires */

static ngx_uint_t
ngx_http_owncloud_account_job_round(ngx_http_owncloud_main_conf_t *omcf)
{
    u_char     key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    uint64_t   stamp;
    ngx_str_t  part;

    ngx_str_set(&part, "account job");

    if (ngx_http_owncloud_digest(key, &part, 1) != NGX_OK) {
        return 0;
    }

    /* if the zone is full, the locks of the files suffice */

    return ngx_http_owncloud_zone_lock(omcf->zone, key,
                                ngx_time() + NGX_HTTP_OWNCLOUD_JOB_ROUND,
                                &stamp)
           != NGX_BUSY;
}
