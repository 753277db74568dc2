
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


typedef struct {
    ngx_str_t    name;
    in_port_t    port;
    ngx_uint_t   tls;
} ngx_http_owncloud_server_t;


static ngx_int_t ngx_http_owncloud_check_main(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf);
static ngx_int_t ngx_http_owncloud_check_upstreams(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf);
static ngx_uint_t ngx_http_owncloud_check_same(ngx_http_owncloud_issuer_t *a,
    ngx_http_owncloud_issuer_t *b);
static ngx_int_t ngx_http_owncloud_check_used(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf);
static ngx_int_t ngx_http_owncloud_check_repository(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);
static ngx_int_t ngx_http_owncloud_check_issuer(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);
static ngx_int_t ngx_http_owncloud_check_callback(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);
static ngx_uint_t ngx_http_owncloud_check_equal(ngx_str_t *a, ngx_str_t *b);
static ngx_int_t ngx_http_owncloud_check_tell(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);
static void ngx_http_owncloud_check_server(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_http_owncloud_server_t *server);


ngx_int_t
ngx_http_owncloud_check(ngx_conf_t *cf, ngx_http_owncloud_main_conf_t *mcf)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **repositories;

    if (ngx_http_owncloud_check_upstreams(cf, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcf->in_use && ngx_http_owncloud_check_main(cf, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    repositories = mcf->repositories.elts;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (ngx_http_owncloud_check_repository(cf, mcf, repositories[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_owncloud_check_used(cf, mcf);
}


static ngx_int_t
ngx_http_owncloud_check_main(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf)
{
    ngx_http_owncloud_repository_t  **repositories;

    repositories = mcf->repositories.elts;

    if (mcf->zone == NULL) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repositories[0]->file,
                                   repositories[0]->line,
                                   "no \"owncloud_zone\": write "
                                   "\"owncloud_zone owncloud:10m;\" into the "
                                   "\"http\" block");
        return NGX_ERROR;
    }

    if (mcf->keyring.nelts == 0) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repositories[0]->file,
                                   repositories[0]->line,
                                   "no \"owncloud_seal_key\": create a key "
                                   "with \"openssl rand -out FILE 48\" and "
                                   "write \"owncloud_seal_key FILE;\" into "
                                   "the \"http\" block");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Connections and TLS sessions are kept by the upstream: what one issuer has
 * verified is not verified again for another one that shares it.
 */

static ngx_int_t
ngx_http_owncloud_check_upstreams(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf)
{
    ngx_uint_t                    i, j;
    ngx_http_owncloud_issuer_t  **issuers;

    issuers = mcf->issuers.elts;

    for (i = 0; i < mcf->issuers.nelts; i++) {

        if (issuers[i]->upstream.len == 0) {
            continue;
        }

        for (j = 0; j < i; j++) {

            if (ngx_http_owncloud_check_same(issuers[i], issuers[j])) {
                continue;
            }

            ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuers[i]->file,
                                       issuers[i]->line,
                                       "issuers \"%V\" and \"%V\" share "
                                       "upstream \"%V\" but differ in host, "
                                       "\"verify\" or "
                                       "\"trusted_certificate\": write a "
                                       "separate upstream for each",
                                       &issuers[j]->id, &issuers[i]->id,
                                       &issuers[i]->upstream);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_check_same(ngx_http_owncloud_issuer_t *a,
    ngx_http_owncloud_issuer_t *b)
{
    if (a->upstream.len != b->upstream.len
        || ngx_strncasecmp(a->upstream.data, b->upstream.data,
                           a->upstream.len)
           != 0)
    {
        return 1;
    }

    if (a->base.tls != b->base.tls) {
        return 0;
    }

    return !a->base.tls
           || (a->verify == b->verify
               && ngx_http_owncloud_check_equal(&a->base.host, &b->base.host)
               && ngx_http_owncloud_check_equal(&a->trusted_certificate,
                                                &b->trusted_certificate));
}


/* an issuer or a repository that is never used */

static ngx_int_t
ngx_http_owncloud_check_used(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf)
{
    ngx_uint_t                        i, j;
    ngx_http_owncloud_issuer_t      **issuers;
    ngx_http_owncloud_repository_t  **repositories;

    issuers = mcf->issuers.elts;
    repositories = mcf->repositories.elts;

    for (i = 0; i < mcf->issuers.nelts; i++) {

        if (ngx_http_owncloud_account_check(cf, issuers[i]) != NGX_OK) {
            return NGX_ERROR;
        }

        for (j = 0; j < mcf->repositories.nelts; j++) {
            if (repositories[j]->issuer == issuers[i]) {
                break;
            }
        }

        if (j < mcf->repositories.nelts) {
            continue;
        }

        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuers[i]->file,
                                   issuers[i]->line,
                                   "issuer \"%V\" is not used: write \"issuer "
                                   "%V;\" into an \"owncloud_repository\", or "
                                   "remove it", &issuers[i]->id,
                                   &issuers[i]->id);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_check_repository(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_http_owncloud_cookie_limit(mcf, repository);

    if (repository->location == NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_check_issuer(cf, mcf, repository) != NGX_OK) {
        return NGX_ERROR;
    }

    if (repository->location == NGX_HTTP_OWNCLOUD_LOCATION_CONNECT) {
        return ngx_http_owncloud_connect_check(cf, mcf, repository);
    }

    if (repository->location) {
        if (ngx_http_owncloud_check_callback(cf, mcf, repository) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (!repository->authorize) {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, repository->file,
                                   repository->line,
                                   "\"authorize off\" in repository \"%i\": "
                                   "Moodle is not asked who may use it",
                                   repository->id);
    }

    if (repository->location == 0
        && (ngx_http_owncloud_controlled_check(cf, mcf, repository) != NGX_OK
            || ngx_http_owncloud_remember_check(cf, mcf, repository) != NGX_OK
            || ngx_http_owncloud_reach(cf, repository) != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_check_tell(cf, repository);
}


static ngx_int_t
ngx_http_owncloud_check_issuer(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository)
{
    char                         *missing;
    ngx_uint_t                    i;
    ngx_http_owncloud_issuer_t  **issuers;

    issuers = mcf->issuers.elts;

    for (i = 0; i < mcf->issuers.nelts; i++) {

        if (ngx_http_owncloud_check_equal(&issuers[i]->id,
                                          &repository->issuer_id))
        {
            repository->issuer = issuers[i];
            break;
        }
    }

    if (repository->issuer == NULL) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                   repository->line,
                                   "unknown issuer \"%V\": write an "
                                   "\"owncloud_issuer %V { ... }\" into the "
                                   "\"http\" block", &repository->issuer_id,
                                   &repository->issuer_id);
        return NGX_ERROR;
    }

    missing = ngx_http_owncloud_endpoint_missing(repository->issuer);

    if (missing == NULL && repository->issuer->ocs.upstream == NULL
        && repository->location == NGX_HTTP_OWNCLOUD_LOCATION_LINK)
    {
        missing = "ocs_endpoint";
    }

    if (missing) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, repository->file,
                                   repository->line,
                                   "issuer \"%V\" cannot be used for this "
                                   "repository: no \"%s\"; write it, or "
                                   "\"base_url\"", &repository->issuer_id,
                                   missing);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* a listing's sign-in ends at a callback of the same server */

static ngx_int_t
ngx_http_owncloud_check_callback(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf, ngx_http_owncloud_repository_t *block)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **p;

    p = mcf->repositories.elts;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (p[i]->location != NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK
            || p[i]->server != block->server)
        {
            continue;
        }

        if (block->callback.len == 0
            || ngx_http_owncloud_check_equal(&block->callback,
                                             &p[i]->callback))
        {
            block->callback = p[i]->callback;

            return ngx_http_owncloud_location_share(cf, block, p[i]);
        }
    }

    if (block->callback.len == 0) {
        ngx_str_set(&block->callback, "/PATH");
    }

    ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file, block->line,
                               "no callback for the sign-ins of \"%s\": write "
                               "\"location = %V { owncloud_oauth_callback; "
                               "}\" into the same server",
                               (block->location
                                == NGX_HTTP_OWNCLOUD_LOCATION_LINK)
                               ? "owncloud_link" : "owncloud_listing",
                               &block->callback);

    return NGX_ERROR;
}


static ngx_uint_t
ngx_http_owncloud_check_equal(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len && ngx_strncmp(a->data, b->data, a->len) == 0;
}


/* the redirect URI, which has to be registered at the cloud */

static ngx_int_t
ngx_http_owncloud_check_tell(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    u_char                      port[sizeof(":65535")];
    ngx_str_t                   origin;
    ngx_http_owncloud_server_t  server;

    origin = repository->origin;

    if (origin.len == 0) {
        ngx_http_owncloud_check_server(cf, repository->server, &server);

        port[0] = '\0';

        if (server.port != (server.tls ? 443 : 80)) {
            ngx_sprintf(port, ":%ui%Z", (ngx_uint_t) server.port);
        }

        origin.len = sizeof("https://:65535") + server.name.len;

        origin.data = ngx_pnalloc(cf->temp_pool, origin.len);
        if (origin.data == NULL) {
            return NGX_ERROR;
        }

        origin.len = ngx_sprintf(origin.data, "http%s://%V%s",
                                 server.tls ? "s" : "", &server.name, port)
                     - origin.data;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_NOTICE, cf, repository->file,
                               repository->line,
                               "the redirect URI to register for issuer "
                               "\"%V\" is \"%V%V\"", &repository->issuer_id,
                               &origin, &repository->callback);

    return NGX_OK;
}


/* the first server name, and the address that browsers most likely use */

static void
ngx_http_owncloud_check_server(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_http_owncloud_server_t *server)
{
    ngx_uint_t                   i, j, k, tls, good, best;
    ngx_http_conf_addr_t        *addr;
    ngx_http_conf_port_t        *port;
    ngx_http_core_srv_conf_t   **servers;
    ngx_http_core_main_conf_t   *cmcf;

    server->name = cscf->server_name;
    server->port = 80;
    server->tls = 0;

    if (server->name.len == 0 || server->name.data[0] == '*'
        || server->name.data[0] == '.' || server->name.data[0] == '~'
        || server->name.data[0] == '_')
    {
        ngx_str_set(&server->name, "NAME-OF-THIS-SERVER");
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    if (cmcf->ports == NULL) {
        return;
    }

    best = 0;
    port = cmcf->ports->elts;

    for (i = 0; i < cmcf->ports->nelts; i++) {

        addr = port[i].addrs.elts;

        for (j = 0; j < port[i].addrs.nelts; j++) {

            servers = addr[j].servers.elts;

            for (k = 0; k < addr[j].servers.nelts; k++) {

                /* browsers do not use unix domain sockets */

                if (servers[k] != cscf || port[i].port == 0) {
                    continue;
                }

                tls = addr[j].opt.ssl;
                good = 1 + 2 * tls + (port[i].port == (tls ? 443 : 80));

                if (good > best) {
                    best = good;
                    server->port = port[i].port;
                    server->tls = tls;
                }
            }
        }
    }
}
