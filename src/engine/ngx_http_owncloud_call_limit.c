
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call_limit.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_zone.h"


/* other workers give places back without a word */
#define NGX_HTTP_OWNCLOUD_CALL_LIMIT_POLL  50

/* of those who wait, before everybody else in the worker has a turn */
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
    ngx_http_owncloud_call_limit_t  *gate;
    ngx_msec_t                       since;
    void                       (*start)(ngx_http_request_t *r,
                                     ngx_http_owncloud_call_t *call);
    unsigned                     queued:1;
} ngx_http_owncloud_waiter_t;


static ngx_int_t ngx_http_owncloud_call_limit_init(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_call_limit_t *gate);
static ngx_http_owncloud_waiter_t *ngx_http_owncloud_call_limit_waiter(
    ngx_http_request_t *r, ngx_http_owncloud_call_limit_t *gate);
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
    ngx_http_owncloud_call_limit_t  *gate;
    ngx_http_owncloud_waiter_t      *waiter;

    gate = issuer->gate;

    if (gate == NULL || issuer->max_calls == 0) {
        return NGX_OK;
    }

    if (gate->issuer == NULL
        && ngx_http_owncloud_call_limit_init(r, issuer, gate) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* nobody overtakes those who wait in this worker */

    if (ngx_queue_empty(&gate->queue)) {

        rc = ngx_http_owncloud_zone_enter(gate->zone, gate->key,
                                          issuer->max_calls,
                                          ngx_current_msec);
        if (rc != NGX_BUSY) {
            return rc;
        }
    }

    if (gate->waiting >= issuer->max_queue) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"%V\": %ui calls are on the way and %ui wait",
                      &issuer->id, issuer->max_calls, gate->waiting);
        return NGX_BUSY;
    }

    waiter = ngx_http_owncloud_call_limit_waiter(r, gate);
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    waiter->call = call;
    waiter->start = start;

    if (!gate->event.timer_set) {
        ngx_add_timer(&gate->event, NGX_HTTP_OWNCLOUD_CALL_LIMIT_POLL);
    }

    return NGX_AGAIN;
}


/* in each worker by the first call */

static ngx_int_t
ngx_http_owncloud_call_limit_init(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_call_limit_t *gate)
{
    ngx_str_t                       strings[2];
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    ngx_str_set(&strings[0], "gate");
    strings[1] = issuer->id;

    if (ngx_http_owncloud_digest(gate->key, strings, 2) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_queue_init(&gate->queue);

    gate->issuer = issuer;
    gate->zone = omcf->zone;

    gate->event.handler = ngx_http_owncloud_call_limit_handler;
    gate->event.data = gate;
    gate->event.log = ngx_cycle->log;

    return NGX_OK;
}


static ngx_http_owncloud_waiter_t *
ngx_http_owncloud_call_limit_waiter(ngx_http_request_t *r,
    ngx_http_owncloud_call_limit_t *gate)
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
    waiter->gate = gate;
    waiter->since = ngx_current_msec;
    waiter->queued = 1;

    ngx_queue_insert_tail(&gate->queue, &waiter->queue);
    gate->waiting++;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud gate \"%V\": %ui wait", &gate->issuer->id,
                   gate->waiting);

    return waiter;
}


void
ngx_http_owncloud_call_limit_leave(ngx_http_request_t *r,
    ngx_http_owncloud_issuer_t *issuer)
{
    ngx_http_owncloud_call_limit_t  *gate;

    gate = issuer->gate;

    if (gate == NULL || issuer->max_calls == 0 || gate->issuer == NULL) {
        return;
    }

    ngx_http_owncloud_zone_leave(gate->zone, gate->key);

    if (!ngx_queue_empty(&gate->queue)) {
        ngx_post_event(&gate->event, &ngx_posted_events);
    }
}


/*
 * The time of those who wait is up in the order of the queue.  The timer is
 * there as long as there is a queue, which a worker that is to end waits for.
 */

static void
ngx_http_owncloud_call_limit_handler(ngx_event_t *ev)
{
    ngx_int_t                        rc;
    ngx_uint_t                       n;
    ngx_queue_t                     *q;
    ngx_http_owncloud_call_limit_t  *gate;
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_http_owncloud_waiter_t      *waiter;

    gate = ev->data;
    issuer = gate->issuer;

    ev->timedout = 0;

    for (n = 0; !ngx_queue_empty(&gate->queue); n++) {

        if (n == NGX_HTTP_OWNCLOUD_CALL_LIMIT_ROUNDS) {
            ngx_post_event(ev, &ngx_posted_next_events);
            break;
        }

        q = ngx_queue_head(&gate->queue);
        waiter = ngx_queue_data(q, ngx_http_owncloud_waiter_t, queue);

        if (ngx_current_msec - waiter->since >= issuer->queue_timeout) {
            ngx_http_owncloud_call_limit_start(waiter,
                                               NGX_HTTP_OWNCLOUD_CALL_CROWDED);
            continue;
        }

        rc = ngx_http_owncloud_zone_enter(gate->zone, gate->key,
                                          issuer->max_calls, waiter->since);
        if (rc == NGX_BUSY) {
            break;
        }

        ngx_http_owncloud_call_limit_start(waiter,
                              (rc == NGX_OK) ? NGX_HTTP_OWNCLOUD_CALL_GOOD
                                            : NGX_HTTP_OWNCLOUD_CALL_INTERNAL);
    }

    if (ngx_queue_empty(&gate->queue)) {

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
                      "\"%V\": no place for a call within %M ms",
                      &waiter->gate->issuer->id,
                      waiter->gate->issuer->queue_timeout);
    }

    call->failure = failure;

    waiter->start(r, call);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_owncloud_call_limit_cleanup(void *data)
{
    ngx_http_owncloud_waiter_t  *waiter = data;

    ngx_http_owncloud_call_limit_t  *gate;

    if (!waiter->queued) {
        return;
    }

    ngx_http_owncloud_call_limit_remove(waiter);

    gate = waiter->gate;

    if (ngx_queue_empty(&gate->queue) && gate->event.timer_set) {
        ngx_del_timer(&gate->event);
    }
}


static void
ngx_http_owncloud_call_limit_remove(ngx_http_owncloud_waiter_t *waiter)
{
    ngx_queue_remove(&waiter->queue);

    waiter->queued = 0;
    waiter->gate->waiting--;
}
