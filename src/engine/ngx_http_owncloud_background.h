
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_


#include "ngx_http_owncloud_call.h"

#include <curl/curl.h>


#define NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES  3      /* addresses to try */


/*
 * A call to a cloud outside any client request, made by libcurl on the
 * worker's event loop.  It uses the addresses that nginx resolved for the
 * endpoint's upstream, and the issuer's host names and trusted certificates.
 * A worker that is shutting down finishes the call first.
 */

typedef struct ngx_http_owncloud_background_s  ngx_http_owncloud_background_t;

struct ngx_http_owncloud_background_s {
    ngx_http_owncloud_issuer_t    *issuer;
    ngx_http_owncloud_endpoint_t  *endpoint;
    ngx_str_t                      body;       /* sent by POST; empty: a GET */

    /*
     * Called once when the call is over; the pool is destroyed afterwards.
     * The handler may create and start other calls.
     */
    void                           (*done)(
                                        ngx_http_owncloud_background_t *bg);
    void                          *data;

    ngx_pool_t                    *pool;       /* destroyed after done() */
    ngx_log_t                     *log;

    ngx_uint_t                     failure;    /* ..._CALL_...; ABORTED: exit */
    ngx_uint_t                     status;
    ngx_str_t                      answer;

    /* private fields */

    ngx_queue_t                    queue;
    ngx_event_t                    guard;
    void                           (*ended)(   /* called by the event loop */
                                        ngx_http_owncloud_background_t *bg,
                                        CURLcode code);
    CURL                          *curl;
    struct curl_slist             *headers;
    struct curl_slist             *connect;
    ngx_http_owncloud_memory_t     memory;
    ngx_array_t                    addresses;  /* of ngx_str_t */
    ngx_uint_t                     tries;
    unsigned                       too_big:1;
    unsigned                       added:1;    /* to libcurl's multi handle */
};


/*
 * Creates a call in a pool of its own.  "issuer" and "endpoint" must outlive
 * it.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_background_t *ngx_http_owncloud_background_create(
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_endpoint_t *endpoint);

/* Frees a call that was not started, together with its pool. */
void ngx_http_owncloud_background_destroy(ngx_http_owncloud_background_t *bg);

/*
 * Starts the call.  NGX_OK: done() will be called.  NGX_ERROR: it will not,
 * and the caller must destroy the call.
 */
ngx_int_t ngx_http_owncloud_background_start(
    ngx_http_owncloud_background_t *bg);

/* Aborts all calls when the worker exits; each done() is still called. */
void ngx_http_owncloud_background_exit(void);


/* ngx_http_owncloud_background_option.c: libcurl options of a call */

/*
 * Adds the header "name: value"; "len" is the length of "value", which must
 * not contain CR or LF.  Returns NGX_ERROR if there is no memory.
 */
ngx_int_t ngx_http_owncloud_background_header(
    ngx_http_owncloud_background_t *bg, char *name, u_char *value,
    size_t len);

/*
 * Sets the libcurl options of the call: URL, method, headers, limits and
 * trusted certificates.  Returns NGX_ERROR on failure; libcurl's errors are
 * logged.
 */
ngx_int_t ngx_http_owncloud_background_options(
    ngx_http_owncloud_background_t *bg);

/*
 * Selects the address of the next attempt: "address:port", or "unix:" and a
 * path.  The host name that is sent and verified does not change.
 */
CURLcode ngx_http_owncloud_background_address(
    ngx_http_owncloud_background_t *bg, ngx_str_t *address);


/*
 * ngx_http_owncloud_background_loop.c: libcurl's sockets and timer in nginx's
 * event loop
 */

/*
 * Hands bg->curl to the event loop, which starts on first use.  bg->ended() is
 * called when the transfer is over.
 */
ngx_int_t ngx_http_owncloud_background_add(
    ngx_http_owncloud_background_t *bg);

/* Takes bg->curl out of the event loop, if it is there. */
void ngx_http_owncloud_background_remove(ngx_http_owncloud_background_t *bg);

/* Frees libcurl's multi handle and global state. */
void ngx_http_owncloud_background_stop(void);


#endif /* _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_ */
