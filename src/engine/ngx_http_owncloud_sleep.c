
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_sleep.h"


#define NGX_HTTP_OWNCLOUD_SLEEP_GUARD  1000


static ngx_http_owncloud_sleep_t *ngx_http_owncloud_sleep_create(
    ngx_http_request_t *r);
static void ngx_http_owncloud_sleep_handler(ngx_event_t *ev);
static void ngx_http_owncloud_sleep_clear(ngx_event_t *ev);
static void ngx_http_owncloud_sleep_cleanup(void *data);


ngx_int_t
ngx_http_owncloud_sleep(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_msec_t msec)
{
    ngx_http_owncloud_sleep_t  *sleep;

    sleep = ctx->sleep;

    if (sleep == NULL) {
        sleep = ngx_http_owncloud_sleep_create(r);
        if (sleep == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->sleep = sleep;
    }

    if (ngx_http_owncloud_sleep_watch(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud sleep %M", msec);

    sleep->done = 0;

    if (msec == 0) {
        ngx_post_event(&sleep->event, &ngx_posted_next_events);

        /*
         * a worker that is shutting down waits for timers, but not for posted
         * events
         */

        msec = NGX_HTTP_OWNCLOUD_SLEEP_GUARD;
    }

    ngx_add_timer(&sleep->event, msec);

    return NGX_AGAIN;
}


static ngx_http_owncloud_sleep_t *
ngx_http_owncloud_sleep_create(ngx_http_request_t *r)
{
    ngx_http_cleanup_t         *cln;
    ngx_http_owncloud_sleep_t  *sleep;

    sleep = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_sleep_t));
    if (sleep == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_sleep_cleanup;
    cln->data = sleep;

    sleep->event.handler = ngx_http_owncloud_sleep_handler;
    sleep->event.data = sleep;
    sleep->event.log = r->connection->log;

    sleep->request = r;
    sleep->done = 1;

    return sleep;
}


static void
ngx_http_owncloud_sleep_handler(ngx_event_t *ev)
{
    ngx_connection_t           *c;
    ngx_http_request_t         *r;
    ngx_http_owncloud_sleep_t  *sleep;

    sleep = ev->data;
    r = sleep->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, c->log, 0,
                   "owncloud sleep done: \"%V\"", &r->uri);

    ngx_http_owncloud_sleep_clear(ev);
    ngx_http_owncloud_sleep_unwatch(r);

    sleep->done = 1;

    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_owncloud_sleep_clear(ngx_event_t *ev)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    if (ev->posted) {
        ngx_delete_posted_event(ev);
    }

    ev->timedout = 0;
}


static void
ngx_http_owncloud_sleep_cleanup(void *data)
{
    ngx_http_owncloud_sleep_t  *sleep = data;

    ngx_http_owncloud_sleep_clear(&sleep->event);
}


ngx_int_t
ngx_http_owncloud_sleep_watch(ngx_http_request_t *r)
{
    ngx_event_t  *rev;

    /* nginx reads a body that is being discarded and detects the abort */

    if (r->discard_body) {
        return NGX_OK;
    }

    rev = r->connection->read;

    if (rev->ready) {
        ngx_post_event(rev, &ngx_posted_events);

    } else if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    r->read_event_handler = ngx_http_test_reading;

    return NGX_OK;
}


void
ngx_http_owncloud_sleep_unwatch(ngx_http_request_t *r)
{
    if (r->read_event_handler == ngx_http_test_reading) {
        r->read_event_handler = ngx_http_block_reading;
    }
}
