
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_upstream.h"


/*
 * Wraps an "upstream", ours or one of the configuration. Others may use the
 * latter, such as proxy_pass without proxy_ssl_verify: we must not use their
 * keepalive connections and TLS sessions.
 */

typedef struct {
    ngx_http_upstream_srv_conf_t    *named;
    ngx_ssl_t                       *ssl;
} ngx_http_owncloud_shared_t;


typedef struct {
    ngx_http_owncloud_shared_t      *conf;
    ngx_http_request_t              *request;
    void                            *data;
    ngx_event_get_peer_pt            get;
    ngx_event_free_peer_pt           free;
    ngx_event_set_peer_session_pt    set_session;
    ngx_event_save_peer_session_pt   save_session;
} ngx_http_owncloud_shared_peer_t;


static ngx_int_t ngx_http_owncloud_shared_init(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us);
static ngx_int_t ngx_http_owncloud_shared_get(ngx_peer_connection_t *pc,
    void *data);
static void ngx_http_owncloud_shared_free(ngx_peer_connection_t *pc,
    void *data, ngx_uint_t state);
static ngx_int_t ngx_http_owncloud_shared_set_session(
    ngx_peer_connection_t *pc, void *data);
static void ngx_http_owncloud_shared_save_session(ngx_peer_connection_t *pc,
    void *data);


ngx_http_upstream_srv_conf_t *
ngx_http_owncloud_shared(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *named,
    ngx_ssl_t *ssl)
{
    ngx_http_owncloud_shared_t    *conf;
    ngx_http_upstream_srv_conf_t  *us;

    us = ngx_pcalloc(cf->pool, sizeof(ngx_http_upstream_srv_conf_t));
    conf = ngx_palloc(cf->pool, sizeof(ngx_http_owncloud_shared_t));

    if (us == NULL || conf == NULL) {
        return NULL;
    }

    conf->named = named;
    conf->ssl = ssl;

    us->peer.init = ngx_http_owncloud_shared_init;
    us->peer.data = conf;
    us->host = named->host;
    us->servers = named->servers;
    us->srv_conf = named->srv_conf;
    us->file_name = named->file_name;
    us->line = named->line;

    return us;
}


static ngx_int_t
ngx_http_owncloud_shared_init(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us)
{
    ngx_http_upstream_t              *u;
    ngx_http_owncloud_shared_t       *conf;
    ngx_http_owncloud_shared_peer_t  *peer;

    conf = us->peer.data;

    peer = ngx_palloc(r->pool, sizeof(ngx_http_owncloud_shared_peer_t));
    if (peer == NULL) {
        return NGX_ERROR;
    }

    if (conf->named->peer.init(r, conf->named) != NGX_OK) {
        return NGX_ERROR;
    }

    u = r->upstream;

    peer->conf = conf;
    peer->request = r;
    peer->data = u->peer.data;
    peer->get = u->peer.get;
    peer->free = u->peer.free;
    peer->set_session = u->peer.set_session;
    peer->save_session = u->peer.save_session;

    u->peer.data = peer;
    u->peer.get = ngx_http_owncloud_shared_get;
    u->peer.free = ngx_http_owncloud_shared_free;
    u->peer.notify = NULL;

    u->peer.set_session = ngx_http_owncloud_shared_set_session;
    u->peer.save_session = ngx_http_owncloud_shared_save_session;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_shared_get(ngx_peer_connection_t *pc, void *data)
{
    ngx_http_owncloud_shared_peer_t *peer = data;

    ngx_int_t          rc;
    ngx_connection_t  *c;

    rc = peer->get(pc, peer->data);

    if (rc != NGX_DONE || peer->conf->ssl == NULL) {
        return rc;
    }

    c = pc->connection;

    if (c->ssl
        && SSL_get_SSL_CTX(c->ssl->connection) == peer->conf->ssl->ctx)
    {
        return NGX_DONE;
    }

    /*
     * another module opened it, perhaps without verification: take another one
     */

    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;
        (void) ngx_ssl_shutdown(c);
    }

    ngx_destroy_pool(c->pool);
    ngx_close_connection(c);

    pc->connection = NULL;
    pc->cached = 0;

    return NGX_OK;
}


/*
 * A server that received the request is alive, whatever it answered: one
 * user's too large folder must not mark it as failed for all. A request sent
 * over a new connection is not passed to the next server; after one sent over
 * a keepalive connection, nginx may retry once.
 */

static void
ngx_http_owncloud_shared_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state)
{
    ngx_http_owncloud_shared_peer_t  *peer = data;

    ngx_http_request_t  *r;

    r = peer->request;

    /* the next server is tried even if the client aborted */

    if (state & NGX_PEER_FAILED) {
        ngx_http_owncloud_call_persist(r, ngx_http_owncloud_upstream_call(r));
    }

    if ((state & NGX_PEER_FAILED) && r->upstream->request_sent) {
        peer->free(pc, peer->data, NGX_PEER_NEXT);
        pc->tries = 0;
        return;
    }

    peer->free(pc, peer->data, state);
}


static ngx_int_t
ngx_http_owncloud_shared_set_session(ngx_peer_connection_t *pc, void *data)
{
    ngx_http_owncloud_shared_peer_t  *peer = data;

    if (peer->conf->ssl) {
        return NGX_OK;
    }

    return peer->set_session(pc, peer->data);
}


static void
ngx_http_owncloud_shared_save_session(ngx_peer_connection_t *pc, void *data)
{
    ngx_http_owncloud_shared_peer_t  *peer = data;

    if (peer->conf->ssl == NULL) {
        peer->save_session(pc, peer->data);
    }
}
