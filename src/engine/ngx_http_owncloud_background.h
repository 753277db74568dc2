
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_


#include "ngx_http_owncloud_call.h"

#include <curl/curl.h>


#define NGX_HTTP_OWNCLOUD_BACKGROUND_TRIES  3      /* addresses */


/*
 * A call to a cloud that belongs to no request of a client, by libcurl on
 * the event loop of this worker.  It goes to the addresses that nginx has of
 * the endpoint's peer, with the names and the trust of the issuer.  A worker
 * that is to end goes on until it is over.
 */

typedef struct ngx_http_owncloud_background_s  ngx_http_owncloud_background_t;

struct ngx_http_owncloud_background_s {
    ngx_http_owncloud_issuer_t    *issuer;
    ngx_http_owncloud_endpoint_t  *endpoint;
    ngx_str_t                      body;       /* by POST; empty: a GET */

    /*
     * Called once, when the call is over; what the pool has is freed
     * afterwards.  It may create and start others.
     */
    void                           (*done)(
                                        ngx_http_owncloud_background_t *bg);
    void                          *data;

    ngx_pool_t                    *pool;       /* of this call */
    ngx_log_t                     *log;

    ngx_uint_t                     failure;    /* ..._CALL_..., ABORTED: the */
                                              /* worker ends */
    ngx_uint_t                     status;
    ngx_str_t                      answer;

    /* nobody else needs these */

    ngx_queue_t                    queue;
    ngx_event_t                    guard;
    void                           (*ended)(   /* called by the loop */
                                        ngx_http_owncloud_background_t *bg,
                                        CURLcode code);
    CURL                          *curl;
    struct curl_slist             *headers;
    struct curl_slist             *connect;
    ngx_http_owncloud_memory_t     memory;
    ngx_array_t                    addresses;  /* of ngx_str_t */
    ngx_uint_t                     tries;
    unsigned                       too_big:1;
    unsigned                       added:1;    /* to the loop */
};


/* NULL: no memory */
ngx_http_owncloud_background_t *ngx_http_owncloud_background_create(
    ngx_log_t *log, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_endpoint_t *endpoint);

/* the pool with what is in it, of a call that was not started */
void ngx_http_owncloud_background_destroy(ngx_http_owncloud_background_t *bg);

/* NGX_OK: "done" will be called; NGX_ERROR: it will not, the call is left */
ngx_int_t ngx_http_owncloud_background_start(
    ngx_http_owncloud_background_t *bg);

/* ends all of them; the worker is about to exit */
void ngx_http_owncloud_background_exit(void);


/* ngx_http_owncloud_background_option.c: what libcurl is told of a call */

/* a line "Name: value"; it must hold neither CR nor LF; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_background_header(
    ngx_http_owncloud_background_t *bg, char *name, u_char *value,
    size_t len);

/*
 * Sets what libcurl has to know of the call: URL, method, headers, limits and
 * trust; bg->addresses are those to try.  NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_background_options(
    ngx_http_owncloud_background_t *bg);
CURLcode ngx_http_owncloud_background_address(
    ngx_http_owncloud_background_t *bg, ngx_str_t *address);


/*
 * ngx_http_owncloud_background_loop.c: libcurl's sockets and timer among
 * nginx's events
 */
ngx_int_t ngx_http_owncloud_background_add(
    ngx_http_owncloud_background_t *bg);
void ngx_http_owncloud_background_remove(ngx_http_owncloud_background_t *bg);
void ngx_http_owncloud_background_stop(void);


#endif /* _NGX_HTTP_OWNCLOUD_BACKGROUND_H_INCLUDED_ */
