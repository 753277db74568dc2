
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_background.h"


/*
 * libcurl says which sockets it waits for and for how long; nginx polls them
 * with its own and reports events to libcurl.  Events are level-triggered,
 * unlike nginx's own, so that bytes that libcurl has not read are reported
 * again.
 */

typedef struct {
    ngx_event_t   timer;     /* first: may be read for a debug log */
    CURLM        *multi;
    ngx_log_t    *log;
} ngx_http_owncloud_loop_t;


static ngx_int_t ngx_http_owncloud_loop_start(ngx_log_t *log);
static int ngx_http_owncloud_loop_socket(CURL *curl, curl_socket_t s,
    int what, void *data, void *assigned);
static ngx_connection_t *ngx_http_owncloud_loop_connection(curl_socket_t s);
static ngx_int_t ngx_http_owncloud_loop_event(ngx_event_t *ev,
    ngx_int_t event, ngx_uint_t wanted);
static void ngx_http_owncloud_loop_release(ngx_connection_t *c);
static int ngx_http_owncloud_loop_timeout(CURLM *multi, long msec,
    void *data);
static void ngx_http_owncloud_loop_timer(ngx_event_t *ev);
static void ngx_http_owncloud_loop_handler(ngx_event_t *ev);
static void ngx_http_owncloud_loop_action(curl_socket_t s, int what);


static ngx_http_owncloud_loop_t  ngx_http_owncloud_loop;


ngx_int_t
ngx_http_owncloud_background_add(ngx_http_owncloud_background_t *bg)
{
    if (ngx_http_owncloud_loop.multi == NULL
        && ngx_http_owncloud_loop_start(bg->log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (curl_multi_add_handle(ngx_http_owncloud_loop.multi, bg->curl)
        != CURLM_OK)
    {
        return NGX_ERROR;
    }

    bg->added = 1;

    return NGX_OK;
}


void
ngx_http_owncloud_background_remove(ngx_http_owncloud_background_t *bg)
{
    if (!bg->added) {
        return;
    }

    bg->added = 0;

    (void) curl_multi_remove_handle(ngx_http_owncloud_loop.multi, bg->curl);
}


static ngx_int_t
ngx_http_owncloud_loop_start(ngx_log_t *log)
{
    CURLM                     *multi;
    ngx_http_owncloud_loop_t  *loop;

    loop = &ngx_http_owncloud_loop;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return NGX_ERROR;
    }

    multi = curl_multi_init();

    if (multi == NULL
        || curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
                             ngx_http_owncloud_loop_socket)
           != CURLM_OK
        || curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION,
                             ngx_http_owncloud_loop_timeout)
           != CURLM_OK)
    {
        if (multi) {
            (void) curl_multi_cleanup(multi);
        }

        curl_global_cleanup();
        return NGX_ERROR;
    }

    loop->multi = multi;
    loop->log = log;

    loop->timer.handler = ngx_http_owncloud_loop_timer;
    loop->timer.data = loop;
    loop->timer.log = log;
    loop->timer.cancelable = 1;

    return NGX_OK;
}


void
ngx_http_owncloud_background_stop(void)
{
    ngx_http_owncloud_loop_t  *loop;

    loop = &ngx_http_owncloud_loop;

    if (loop->multi == NULL) {
        return;
    }

    (void) curl_multi_cleanup(loop->multi);
    loop->multi = NULL;

    curl_global_cleanup();

    if (loop->timer.timer_set) {
        ngx_del_timer(&loop->timer);
    }
}


static int
ngx_http_owncloud_loop_socket(CURL *curl, curl_socket_t s, int what,
    void *data, void *assigned)
{
    ngx_connection_t *c = assigned;

    if (what == CURL_POLL_REMOVE) {

        if (c) {
            ngx_http_owncloud_loop_release(c);
            (void) curl_multi_assign(ngx_http_owncloud_loop.multi, s, NULL);
        }

        return 0;
    }

    if (c == NULL) {
        c = ngx_http_owncloud_loop_connection(s);
        if (c == NULL) {
            return -1;
        }

        (void) curl_multi_assign(ngx_http_owncloud_loop.multi, s, c);
    }

    if (ngx_http_owncloud_loop_event(c->read, NGX_READ_EVENT,
                                     what & CURL_POLL_IN)
        != NGX_OK
        || ngx_http_owncloud_loop_event(c->write, NGX_WRITE_EVENT,
                                        what & CURL_POLL_OUT)
           != NGX_OK)
    {
        return -1;
    }

    return 0;
}


static ngx_connection_t *
ngx_http_owncloud_loop_connection(curl_socket_t s)
{
    ngx_connection_t  *c;

    c = ngx_get_connection(s, ngx_http_owncloud_loop.log);
    if (c == NULL) {
        return NULL;
    }

    c->read->handler = ngx_http_owncloud_loop_handler;
    c->read->log = c->log;
    c->write->handler = ngx_http_owncloud_loop_handler;
    c->write->log = c->log;

    return c;
}


static ngx_int_t
ngx_http_owncloud_loop_event(ngx_event_t *ev, ngx_int_t event,
    ngx_uint_t wanted)
{
    if (wanted && !ev->active) {
        return ngx_add_event(ev, event, NGX_LEVEL_EVENT);
    }

    if (!wanted && ev->active) {
        return ngx_del_event(ev, event, 0);
    }

    return NGX_OK;
}


/* libcurl itself closes the socket */

static void
ngx_http_owncloud_loop_release(ngx_connection_t *c)
{
    (void) ngx_http_owncloud_loop_event(c->read, NGX_READ_EVENT, 0);
    (void) ngx_http_owncloud_loop_event(c->write, NGX_WRITE_EVENT, 0);

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    c->fd = (ngx_socket_t) -1;
}


static int
ngx_http_owncloud_loop_timeout(CURLM *multi, long msec, void *data)
{
    ngx_event_t  *ev;

    ev = &ngx_http_owncloud_loop.timer;

    /* ngx_add_timer() keeps a timer that is almost the same */

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    if (msec >= 0) {
        ngx_add_timer(ev, (ngx_msec_t) msec);
    }

    return 0;
}


static void
ngx_http_owncloud_loop_timer(ngx_event_t *ev)
{
    ngx_http_owncloud_loop_action(CURL_SOCKET_TIMEOUT, 0);
}


static void
ngx_http_owncloud_loop_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_http_owncloud_loop_action(c->fd, ev->write ? CURL_CSELECT_OUT
                                                   : CURL_CSELECT_IN);
}


static void
ngx_http_owncloud_loop_action(curl_socket_t s, int what)
{
    int                              n;
    char                            *data;
    CURLM                           *multi;
    CURLMsg                         *message;
    CURLMcode                        rc;
    ngx_http_owncloud_background_t  *bg;

    multi = ngx_http_owncloud_loop.multi;

    rc = curl_multi_socket_action(multi, s, what, &n);

    if (rc != CURLM_OK) {

        /* no connection or no memory: the remaining calls time out */

        ngx_log_error(NGX_LOG_ALERT, ngx_http_owncloud_loop.log, 0,
                      "libcurl failed in a background call: %s",
                      curl_multi_strerror(rc));
    }

    while ((message = curl_multi_info_read(multi, &n))) {

        if (message->msg != CURLMSG_DONE
            || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                                 &data)
               != CURLE_OK)
        {
            continue;
        }

        bg = (ngx_http_owncloud_background_t *) data;

        bg->ended(bg, message->data.result);
    }
}
