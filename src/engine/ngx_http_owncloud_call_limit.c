
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call_limit.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_zone.h"


/* other workers do not notify this one when they leave, ms */
#define NGX_HTTP_OWNCLOUD_CALL_LIMIT_POLL  50

/* calls that are started before the worker's other events get a turn */
#define NGX_HTTP_OWNCLOUD_CALL_LIMIT_ROUNDS  32


struct ngx_http_owncloud_call_limit_s {
    ngx_event_t                  event;
    ngx_queue_t                  queue;
    ngx_uint_t                   waiting;
    ngx_http_owncloud_issuer_t  *issuer;
    ngx_shm_zone_t              *zone;
    u_char                       key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
};


typedef struct {
    ngx_queue_t                      queue;
    ngx_http_request_t              *request;
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_call_limit_t  *call_limit;
    ngx_msec_t                       since;
    void                             (*start)(ngx_http_request_t *r,
                                     ngx_http_owncloud_call_t *call);
    unsigned                         queued:1;
} ngx_http_owncloud_waiter_t;


static ngx_int_t ngx_http_owncloud_call_limit_init(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_call_limit_t *call_limit);
static ngx_http_owncloud_waiter_t *ngx_http_owncloud_call_limit_waiter(
    ngx_http_request_t *r, ngx_http_owncloud_call_limit_t *call_limit);
static void ngx_http_owncloud_call_limit_handler(ngx_event_t *ev);
static void ngx_http_owncloud_call_limit_start(
    ngx_http_owncloud_waiter_t *waiter, ngx_uint_t failure);
static void ngx_http_owncloud_call_limit_cleanup(void *data);
static void ngx_http_owncloud_call_limit_remove(
    ngx_http_owncloud_waiter_t *waiter);


ngx_http_owncloud_call_limit_t *
ngx_http_owncloud_call_limit_create(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_call_limit_t));
}


ngx_int_t
ngx_http_owncloud_call_limit_enter(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_call_t *call,
    void (*start)(ngx_http_request_t *r, ngx_http_owncloud_call_t *call))
{
    ngx_int_t                        rc;
    ngx_http_owncloud_call_limit_t  *call_limit;
    ngx_http_owncloud_waiter_t      *waiter;

    call_limit = issuer->call_limit;

    if (call_limit == NULL || issuer->max_calls == 0) {
        return NGX_OK;
    }

    if (call_limit->issuer == NULL
        && ngx_http_owncloud_call_limit_init(r, issuer, call_limit) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* the queue of this worker is first in, first out */

    if (ngx_queue_empty(&call_limit->queue)) {

        rc = ngx_http_owncloud_zone_enter(call_limit->zone, call_limit->key,
                                          issuer->max_calls,
                                          ngx_current_msec);
        if (rc != NGX_BUSY) {
            return rc;
        }
    }

    if (call_limit->waiting >= issuer->max_queue) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"%V\": call limit reached, %ui calls in progress, %ui "
                      "queued", &issuer->id, issuer->max_calls,
                      call_limit->waiting);
        return NGX_BUSY;
    }

    waiter = ngx_http_owncloud_call_limit_waiter(r, call_limit);
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    waiter->call = call;
    waiter->start = start;

    if (!call_limit->event.timer_set) {
        ngx_add_timer(&call_limit->event, NGX_HTTP_OWNCLOUD_CALL_LIMIT_POLL);
    }

    return NGX_AGAIN;
}


/* initialized by the first call of each worker */

static ngx_int_t
ngx_http_owncloud_call_limit_init(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_call_limit_t *call_limit)
{
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    if (ngx_http_owncloud_digest_of(call_limit->key, "gate", &issuer->id)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_queue_init(&call_limit->queue);

    call_limit->issuer = issuer;
    call_limit->zone = omcf->zone;

    call_limit->event.handler = ngx_http_owncloud_call_limit_handler;
    call_limit->event.data = call_limit;
    call_limit->event.log = ngx_cycle->log;

    return NGX_OK;
}


static ngx_http_owncloud_waiter_t *
ngx_http_owncloud_call_limit_waiter(ngx_http_request_t *r,
    ngx_http_owncloud_call_limit_t *call_limit)
{
    ngx_http_cleanup_t          *cln;
    ngx_http_owncloud_waiter_t  *waiter;

    waiter = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_waiter_t));
    if (waiter == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    if (ngx_http_owncloud_sleep_watch(r) != NGX_OK) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_call_limit_cleanup;
    cln->data = waiter;

    waiter->request = r;
    waiter->call_limit = call_limit;
    waiter->since = ngx_current_msec;
    waiter->queued = 1;

    ngx_queue_insert_tail(&call_limit->queue, &waiter->queue);
    call_limit->waiting++;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud call limit \"%V\" queued:%ui",
                   &call_limit->issuer->id, call_limit->waiting);

    return waiter;
}


void
ngx_http_owncloud_call_limit_leave(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer)
{
    ngx_http_owncloud_call_limit_t  *call_limit;

    call_limit = issuer->call_limit;

    if (call_limit == NULL || issuer->max_calls == 0
        || call_limit->issuer == NULL)
    {
        return;
    }

    ngx_http_owncloud_zone_leave(call_limit->zone, call_limit->key);

    if (!ngx_queue_empty(&call_limit->queue)) {
        ngx_post_event(&call_limit->event, &ngx_posted_events);
    }
}


/*
 * Calls time out in the order of the queue.  The timer is set as long as the
 * queue is not empty, so a worker that is shutting down waits for it.
 */

static void
ngx_http_owncloud_call_limit_handler(ngx_event_t *ev)
{
    ngx_int_t                        rc;
    ngx_uint_t                       n;
    ngx_queue_t                     *q;
    ngx_http_owncloud_call_limit_t  *call_limit;
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_http_owncloud_waiter_t      *waiter;

    call_limit = ev->data;
    issuer = call_limit->issuer;

    ev->timedout = 0;

    for (n = 0; !ngx_queue_empty(&call_limit->queue); n++) {

        if (n == NGX_HTTP_OWNCLOUD_CALL_LIMIT_ROUNDS) {
            ngx_post_event(ev, &ngx_posted_next_events);
            break;
        }

        q = ngx_queue_head(&call_limit->queue);
        waiter = ngx_queue_data(q, ngx_http_owncloud_waiter_t, queue);

        if (ngx_current_msec - waiter->since >= issuer->queue_timeout) {
            ngx_http_owncloud_call_limit_start(waiter,
                                               NGX_HTTP_OWNCLOUD_CALL_CROWDED);
            continue;
        }

        rc = ngx_http_owncloud_zone_enter(call_limit->zone, call_limit->key,
                                          issuer->max_calls, waiter->since);
        if (rc == NGX_BUSY) {
            break;
        }

        ngx_http_owncloud_call_limit_start(waiter,
                              (rc == NGX_OK) ? NGX_HTTP_OWNCLOUD_CALL_GOOD
                                            : NGX_HTTP_OWNCLOUD_CALL_INTERNAL);
    }

    if (ngx_queue_empty(&call_limit->queue)) {

        if (ev->timer_set) {
            ngx_del_timer(ev);
        }

    } else if (!ev->timer_set) {
        ngx_add_timer(ev, NGX_HTTP_OWNCLOUD_CALL_LIMIT_POLL);
    }
}


static void
ngx_http_owncloud_call_limit_start(ngx_http_owncloud_waiter_t *waiter,
    ngx_uint_t failure)
{
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_owncloud_call_t  *call;

    r = waiter->request;
    c = r->connection;
    call = waiter->call;

    ngx_http_owncloud_call_limit_remove(waiter);
    ngx_http_owncloud_sleep_unwatch(r);

    ngx_http_set_log_request(c->log, r);

    if (failure == NGX_HTTP_OWNCLOUD_CALL_CROWDED) {
        ngx_log_error(NGX_LOG_INFO, c->log, 0,
                      "\"%V\": a call was queued for more than %M ms",
                      &waiter->call_limit->issuer->id,
                      waiter->call_limit->issuer->queue_timeout);
    }

    call->failure = failure;

    waiter->start(r, call);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_owncloud_call_limit_cleanup(void *data)
{
    ngx_http_owncloud_waiter_t  *waiter = data;

    ngx_http_owncloud_call_limit_t  *call_limit;

    if (!waiter->queued) {
        return;
    }

    ngx_http_owncloud_call_limit_remove(waiter);

    call_limit = waiter->call_limit;

    if (ngx_queue_empty(&call_limit->queue) && call_limit->event.timer_set) {
        ngx_del_timer(&call_limit->event);
    }
}


static void
ngx_http_owncloud_call_limit_remove(ngx_http_owncloud_waiter_t *waiter)
{
    ngx_queue_remove(&waiter->queue);

    waiter->queued = 0;
    waiter->call_limit->waiting--;
}
