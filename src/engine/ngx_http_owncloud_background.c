
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_background.h"


#define NGX_HTTP_OWNCLOUD_BACKGROUND_POOL    4096
#define NGX_HTTP_OWNCLOUD_BACKGROUND_MARGIN  5000     /* ms */


static ngx_int_t ngx_http_owncloud_background_addresses(
    ngx_http_owncloud_background_t *bg);
static ngx_int_t ngx_http_owncloud_background_try(
    ngx_http_owncloud_background_t *bg);
static void ngx_http_owncloud_background_guard(ngx_event_t *ev);
static void ngx_http_owncloud_background_ended(
    ngx_http_owncloud_background_t *bg, CURLcode code);
static ngx_uint_t ngx_http_owncloud_background_failure(
    ngx_http_owncloud_background_t *bg, CURLcode code);
static void ngx_http_owncloud_background_finish(
    ngx_http_owncloud_background_t *bg, ngx_uint_t failure);


static ngx_queue_t  ngx_http_owncloud_backgrounds;
static ngx_uint_t   ngx_http_owncloud_background_first;


ngx_http_owncloud_background_t *
ngx_http_owncloud_background_create(ngx_log_t *log,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_endpoint_t *endpoint)
{
    ngx_pool_t                      *pool;
    ngx_http_owncloud_background_t  *bg;

    pool = ngx_create_pool(NGX_HTTP_OWNCLOUD_BACKGROUND_POOL, log);
    if (pool == NULL) {
        return NULL;
    }

    bg = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_background_t));

    if (bg == NULL
        || ngx_array_init(&bg->addresses, pool, 4, sizeof(ngx_str_t))
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    bg->pool = pool;
    bg->log = log;
    bg->issuer = issuer;
    bg->endpoint = endpoint;
    bg->memory.pool = pool;
    bg->ended = ngx_http_owncloud_background_ended;

    return bg;
}


void
ngx_http_owncloud_background_destroy(ngx_http_owncloud_background_t *bg)
{
    if (bg->curl) {
        curl_easy_cleanup(bg->curl);
    }

    curl_slist_free_all(bg->headers);
    curl_slist_free_all(bg->connect);

    ngx_destroy_pool(bg->pool);
}


ngx_int_t
ngx_http_owncloud_background_start(ngx_http_owncloud_background_t *bg)
{
    ngx_msec_t                   duration;
    ngx_http_owncloud_issuer_t  *issuer;

    bg->curl = curl_easy_init();

    if (bg->curl == NULL
        || ngx_http_owncloud_background_addresses(bg) != NGX_OK
        || ngx_http_owncloud_background_options(bg) != NGX_OK
        || ngx_http_owncloud_background_try(bg) != NGX_OK)
    {
        return NGX_ERROR;
    }

    issuer = bg->issuer;

    /*
     * the timer is not cancelable: a worker that is shutting down waits for
     * the response, which must not be lost
     */

    duration = (issuer->connect_timeout + issuer->send_timeout
                + issuer->read_timeout)
               * ngx_min(bg->addresses.nelts,
                         NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES)
               + NGX_HTTP_OWNCLOUD_BACKGROUND_MARGIN;

    bg->guard.handler = ngx_http_owncloud_background_guard;
    bg->guard.data = bg;
    bg->guard.log = bg->log;

    ngx_add_timer(&bg->guard, duration);

    if (ngx_http_owncloud_backgrounds.next == NULL) {
        ngx_queue_init(&ngx_http_owncloud_backgrounds);
    }

    ngx_queue_insert_tail(&ngx_http_owncloud_backgrounds, &bg->queue);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, bg->log, 0,
                   "owncloud background \"%V\", addresses:%ui",
                   &bg->endpoint->url.text, bg->addresses.nelts);

    return NGX_OK;
}


/* the addresses that nginx resolved on configuration: no DNS query here */

static ngx_int_t
ngx_http_owncloud_background_addresses(ngx_http_owncloud_background_t *bg)
{
    ngx_str_t                     *address;
    ngx_uint_t                     i, j, backup;
    ngx_array_t                   *servers;
    ngx_http_upstream_server_t    *server;

    servers = bg->endpoint->upstream->conf.upstream->servers;

    for (backup = 0; servers && backup < 2; backup++) {

        server = servers->elts;

        for (i = 0; i < servers->nelts; i++) {

            if (server[i].down || server[i].backup != backup) {
                continue;
            }

            for (j = 0; j < server[i].naddrs; j++) {

                address = ngx_array_push(&bg->addresses);
                if (address == NULL) {
                    return NGX_ERROR;
                }

                *address = server[i].addrs[j].name;
            }
        }
    }

    if (bg->addresses.nelts == 0) {
        ngx_log_error(NGX_LOG_WARN, bg->log, 0,
                      "no address of \"%V\" for background calls",
                      &bg->endpoint->upstream->authority);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* connects to the next address */

static ngx_int_t
ngx_http_owncloud_background_try(ngx_http_owncloud_background_t *bg)
{
    ngx_str_t  *address;
    CURLcode    rc;

    address = bg->addresses.elts;
    address += (ngx_http_owncloud_background_first + bg->tries++)
               % bg->addresses.nelts;

    rc = ngx_http_owncloud_background_address(bg, address);

    if (rc != CURLE_OK) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_background_add(bg);
}


/* a safety net: libcurl's own time-out is shorter */

static void
ngx_http_owncloud_background_guard(ngx_event_t *ev)
{
    ngx_http_owncloud_background_finish(ev->data,
                                        NGX_HTTP_OWNCLOUD_CALL_TIMEOUT);
}


static void
ngx_http_owncloud_background_ended(ngx_http_owncloud_background_t *bg,
    CURLcode code)
{
    ngx_uint_t  failure;

    failure = ngx_http_owncloud_background_failure(bg, code);

    if (failure) {
        ngx_log_error(NGX_LOG_INFO, bg->log, 0,
                      "a background call to \"%V\" failed: %s",
                      &bg->endpoint->url.text, curl_easy_strerror(code));
    }

    /*
     * a request is never sent twice: only a failed connect tries the next
     * address
     */

    if (failure == NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE
        && bg->tries < bg->addresses.nelts
        && bg->tries < NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES)
    {
        ngx_http_owncloud_background_remove(bg);

        if (ngx_http_owncloud_background_try(bg) == NGX_OK) {
            return;
        }

        failure = NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
    }

    /* the next call starts with another address */

    if (failure) {
        ngx_http_owncloud_background_first++;
    }

    ngx_http_owncloud_background_finish(bg, failure);
}


static ngx_uint_t
ngx_http_owncloud_background_failure(ngx_http_owncloud_background_t *bg,
    CURLcode code)
{
    switch (code) {

    case CURLE_OK:
        return NGX_HTTP_OWNCLOUD_CALL_GOOD;

    case CURLE_COULDNT_CONNECT:
        return NGX_HTTP_OWNCLOUD_CALL_UNREACHABLE;

    case CURLE_OPERATION_TIMEDOUT:
        return NGX_HTTP_OWNCLOUD_CALL_TIMEOUT;

    case CURLE_PEER_FAILED_VERIFICATION:
        return NGX_HTTP_OWNCLOUD_CALL_CERTIFICATE;

    case CURLE_SSL_CONNECT_ERROR:
        return NGX_HTTP_OWNCLOUD_CALL_TLS;

    case CURLE_WRITE_ERROR:
        return bg->too_big ? NGX_HTTP_OWNCLOUD_CALL_TOO_BIG
                           : NGX_HTTP_OWNCLOUD_CALL_INTERNAL;

    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return NGX_HTTP_OWNCLOUD_CALL_BROKEN;

    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return NGX_HTTP_OWNCLOUD_CALL_INVALID;

    default:
        return NGX_HTTP_OWNCLOUD_CALL_INTERNAL;
    }
}


static void
ngx_http_owncloud_background_finish(ngx_http_owncloud_background_t *bg,
    ngx_uint_t failure)
{
    long  status;

    status = 0;

    (void) curl_easy_getinfo(bg->curl, CURLINFO_RESPONSE_CODE, &status);

    ngx_http_owncloud_background_remove(bg);

    if (bg->guard.timer_set) {
        ngx_del_timer(&bg->guard);
    }

    ngx_queue_remove(&bg->queue);

    bg->failure = failure;
    bg->status = status;
    bg->answer.data = bg->memory.data;
    bg->answer.len = bg->memory.len;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, bg->log, 0,
                   "owncloud background done s:%ui f:%ui", bg->status,
                   failure);

    bg->done(bg);

    ngx_http_owncloud_background_destroy(bg);
}


void
ngx_http_owncloud_background_exit(void)
{
    ngx_queue_t  *q;

    while (ngx_http_owncloud_backgrounds.next
           && !ngx_queue_empty(&ngx_http_owncloud_backgrounds))
    {
        q = ngx_queue_head(&ngx_http_owncloud_backgrounds);

        ngx_http_owncloud_background_finish(
                    ngx_queue_data(q, ngx_http_owncloud_background_t, queue),
                    NGX_HTTP_OWNCLOUD_CALL_ABORTED);
    }

    ngx_http_owncloud_background_stop();
}
