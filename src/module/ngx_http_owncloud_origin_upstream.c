
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static ngx_http_owncloud_upstream_t *ngx_http_owncloud_origin_upstream_create(
    ngx_conf_t *cf, ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_url_t *url);
static ngx_http_upstream_srv_conf_t *ngx_http_owncloud_origin_upstream_find(
    ngx_conf_t *cf, ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_origin_upstream_named(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream);
static ngx_int_t ngx_http_owncloud_origin_upstream_own(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream,
    char *setting, ngx_str_t *value);
static ngx_int_t ngx_http_owncloud_origin_upstream_servers(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream,
    ngx_str_t *server);
static ngx_int_t ngx_http_owncloud_origin_upstream_text(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *server, ngx_buf_t *b);
static char *ngx_http_owncloud_origin_upstream_block(ngx_conf_t *cf,
                                                     ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_origin_upstream_conf(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream);
static ngx_int_t ngx_http_owncloud_origin_upstream_tls(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream);


/* no header of a cloud reaches the client, but nginx requires a hash */

static ngx_str_t  ngx_http_owncloud_origin_upstream_hide_headers[] = {
    ngx_string("Set-Cookie"),
    ngx_string("X-Accel-Redirect"),
    ngx_null_string
};


ngx_http_owncloud_upstream_t *
ngx_http_owncloud_origin_upstream(ngx_conf_t *cf,
                                  ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_url_t *url, char *setting, ngx_str_t *value)
{
    ngx_int_t                      rc;
    ngx_uint_t                     i;
    ngx_http_owncloud_upstream_t  *upstream, **upstreams;

    upstreams = issuer->upstreams.elts;

    for (i = 0; i < issuer->upstreams.nelts; i++) {
        if (upstreams[i]->tls == url->tls
            && upstreams[i]->port == url->port
            && upstreams[i]->host.len == url->host.len
            && ngx_strncmp(upstreams[i]->host.data, url->host.data,
                           url->host.len)
               == 0)
        {
            return upstreams[i];
        }
    }

    upstream = ngx_http_owncloud_origin_upstream_create(cf, issuer, url);
    if (upstream == NULL) {
        return NULL;
    }

    if (issuer->upstream.len
        && upstream->tls == issuer->base.tls
        && upstream->authority.len == issuer->base.authority.len
        && ngx_strncmp(upstream->authority.data, issuer->base.authority.data,
                       upstream->authority.len)
           == 0)
    {
        rc = ngx_http_owncloud_origin_upstream_named(cf, issuer, upstream);

    } else {
        rc = ngx_http_owncloud_origin_upstream_own(cf, issuer, upstream,
                                                   setting, value);
    }

    if (rc != NGX_OK) {
        return NULL;
    }

    if (ngx_http_owncloud_origin_upstream_conf(cf, issuer,
                                               upstream) != NGX_OK) {
        return NULL;
    }

    return upstream;
}


static ngx_http_owncloud_upstream_t *
ngx_http_owncloud_origin_upstream_create(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_url_t *url)
{
    ngx_http_owncloud_upstream_t  *upstream, **p;

    upstream = ngx_pcalloc(cf->pool,
                           sizeof(ngx_http_owncloud_upstream_t));
    if (upstream == NULL) {
        return NULL;
    }

    upstream->host = url->host;
    upstream->authority = url->authority;
    upstream->port = url->port;
    upstream->tls = url->tls;

    p = ngx_array_push(&issuer->upstreams);
    if (p == NULL) {
        return NULL;
    }

    *p = upstream;

    return upstream;
}


static ngx_http_upstream_srv_conf_t *
ngx_http_owncloud_origin_upstream_find(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                      i;
    ngx_http_upstream_srv_conf_t  **uscfp;
    ngx_http_upstream_main_conf_t  *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);

    uscfp = umcf->upstreams.elts;

    for (i = 0; i < umcf->upstreams.nelts; i++) {

        if ((uscfp[i]->flags & NGX_HTTP_UPSTREAM_CREATE)
            && uscfp[i]->host.len == name->len
            && ngx_strncasecmp(uscfp[i]->host.data, name->data, name->len)
               == 0)
        {
            return uscfp[i];
        }
    }

    return NULL;
}


/* an "upstream" block of the configuration */

static ngx_int_t
ngx_http_owncloud_origin_upstream_named(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream)
{
    ngx_uint_t                     i;
    ngx_http_upstream_server_t    *server;
    ngx_http_upstream_srv_conf_t  *uscf;

    uscf = ngx_http_owncloud_origin_upstream_find(cf, &issuer->upstream);

    if (uscf == NULL) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no upstream \"%V\" for issuer \"%V\": "
                                   "write \"upstream %V { ... }\" above the "
                                   "issuer", &issuer->upstream, &issuer->id,
                                   &issuer->upstream);
        return NGX_ERROR;
    }

    upstream->conf.upstream = uscf;
    upstream->named = 1;

    if (!upstream->tls || uscf->servers == NULL) {
        return NGX_OK;
    }

    server = uscf->servers->elts;

    for (i = 0; i < uscf->servers->nelts; i++) {

        if (server[i].naddrs
            && ngx_inet_get_port(server[i].addrs[0].sockaddr) == 80)
        {
            ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                       issuer->line,
                                       "server \"%V\" of upstream \"%V\" has "
                                       "port 80, but issuer \"%V\" is https: "
                                       "write \"server %V:443;\"",
                                       &server[i].name, &issuer->upstream,
                                       &issuer->id, &server[i].name);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_origin_upstream_own(ngx_conf_t *cf,
                                      ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream, char *setting,
    ngx_str_t *value)
{
    u_char     *p;
    ngx_url_t   u;
    ngx_str_t   server;

    p = ngx_pnalloc(cf->pool, upstream->host.len + sizeof(":65535"));
    if (p == NULL) {
        return NGX_ERROR;
    }

    server.data = p;

    p = ngx_sprintf(p, "%V:%ui", &upstream->host, (ngx_uint_t) upstream->port);
    *p = '\0';

    server.len = p - server.data;

    /* nginx would say so as well, but without naming the issuer */

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = server;

    if (ngx_parse_url(cf->temp_pool, &u) != NGX_OK) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "%s in \"%s\" \"%V\" of issuer \"%V\"",
                                   u.err ? u.err : "no memory", setting,
                                   value, &issuer->id);
        return NGX_ERROR;
    }

    return ngx_http_owncloud_origin_upstream_servers(cf, issuer, upstream,
                                                     &server);
}


/*
 * Creates an "upstream" for the origin: nginx's directive parses it from
 * memory, as with "-g".  So keepalive connections, several addresses and
 * failures work as in any other upstream.
 */

static ngx_int_t
ngx_http_owncloud_origin_upstream_servers(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream,
    ngx_str_t *server)
{
    size_t            len;
    ngx_buf_t         b;
    ngx_str_t         name;
    ngx_conf_t        conf;
    ngx_conf_file_t   file;

    len = sizeof("owncloud::") + issuer->id.len + server->len;

    name.data = ngx_pnalloc(cf->pool, len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    name.len = ngx_sprintf(name.data, "owncloud:%V:%V", &issuer->id, server)
               - name.data;

    if (ngx_http_owncloud_origin_upstream_text(cf, issuer, server,
                                               &b) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_conf_file_t));

    file.file.fd = NGX_INVALID_FILE;
    file.file.name.data = issuer->file;
    file.buffer = &b;
    file.line = issuer->line;

    conf = *cf;
    conf.conf_file = &file;

    if (ngx_http_owncloud_origin_upstream_block(&conf, &name) != NGX_CONF_OK) {
        return NGX_ERROR;
    }

    upstream->conf.upstream = ngx_http_owncloud_origin_upstream_find(cf,
                                                                     &name);

    return upstream->conf.upstream ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_origin_upstream_text(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *server, ngx_buf_t *b)
{
    u_char  *p;

    p = ngx_pnalloc(cf->pool, sizeof("server  max_fails=0; keepalive ; ")
                              + server->len + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->start = p;
    b->pos = p;

    /* a failed server is tried again by the next call */

    p = ngx_sprintf(p, "server %V max_fails=0; ", server);

    /* nginx 1.29.7 and later keep connections by default */

    if (issuer->keepalive || nginx_version >= 1029007) {
        p = ngx_sprintf(p, "keepalive %i; ", issuer->keepalive);
    }

    b->last = p;
    b->end = p;
    b->temporary = 1;

    return NGX_OK;
}


static char *
ngx_http_owncloud_origin_upstream_block(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_str_t      *value;
    ngx_command_t  *cmd;

    cf->args = ngx_array_create(cf->temp_pool, 2, sizeof(ngx_str_t));
    if (cf->args == NULL) {
        return NGX_CONF_ERROR;
    }

    value = ngx_array_push_n(cf->args, 2);
    if (value == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&value[0], "upstream");
    value[1] = *name;

    cmd = ngx_http_upstream_module.commands;

    for ( /* void */ ; cmd->name.len; cmd++) {
        if (ngx_strcmp(cmd->name.data, "upstream") == 0) {
            return cmd->set(cf, cmd, NULL);
        }
    }

    return NGX_CONF_ERROR;
}


/* does what directives and merge functions do for other modules */

static ngx_int_t
ngx_http_owncloud_origin_upstream_conf(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream)
{
    ngx_hash_init_t            hash;
    ngx_http_upstream_conf_t  *uc, prev;

    uc = &upstream->conf;

    /*
     * set by ngx_pcalloc(): everything that is off or not used, whatever
     * fields this version of nginx has
     */

    uc->connect_timeout = issuer->connect_timeout;
    uc->send_timeout = issuer->send_timeout;
    uc->read_timeout = issuer->read_timeout;

    uc->buffer_size = NGX_HTTP_OWNCLOUD_HEADER_SIZE;
    uc->socket_keepalive = 1;

    uc->next_upstream = NGX_CONF_BITMASK_SET
                        |NGX_HTTP_UPSTREAM_FT_ERROR
                        |NGX_HTTP_UPSTREAM_FT_TIMEOUT;
    uc->next_upstream_tries = 3;

    ngx_str_set(&uc->module, "owncloud");

    ngx_memzero(&prev, sizeof(ngx_http_upstream_conf_t));

    prev.hide_headers = NGX_CONF_UNSET_PTR;
    prev.pass_headers = NGX_CONF_UNSET_PTR;

    uc->hide_headers = NGX_CONF_UNSET_PTR;
    uc->pass_headers = NGX_CONF_UNSET_PTR;

    hash.max_size = 512;
    hash.bucket_size = ngx_align(64, ngx_cacheline_size);
    hash.name = "owncloud_hide_headers_hash";

    if (ngx_http_upstream_hide_headers_hash(cf, uc, &prev,
                                ngx_http_owncloud_origin_upstream_hide_headers,
                                        &hash)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (upstream->tls
        && ngx_http_owncloud_origin_upstream_tls(cf, issuer,
                                                 upstream) != NGX_OK)
    {
        return NGX_ERROR;
    }

    uc->upstream = ngx_http_owncloud_shared(cf, uc->upstream,
                                            upstream->named ? uc->ssl : NULL);

    return uc->upstream ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_owncloud_origin_upstream_tls(ngx_conf_t *cf,
                                      ngx_http_owncloud_issuer_t *issuer,
    ngx_http_owncloud_upstream_t *upstream)
{
    ngx_http_complex_value_t  *name;
    ngx_http_upstream_conf_t  *uc;

    uc = &upstream->conf;

    uc->ssl = ngx_http_owncloud_tls(cf, issuer);
    if (uc->ssl == NULL) {
        return NGX_ERROR;
    }

    /*
     * the name for SNI and verification is the cloud's, not the upstream's; it
     * has no variables
     */

    name = ngx_pcalloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (name == NULL) {
        return NGX_ERROR;
    }

    name->value = upstream->host;

    uc->ssl_name = name;
    uc->ssl_server_name = 1;
    uc->ssl_verify = issuer->verify;
    uc->ssl_session_reuse = 1;

    if (issuer->verify
        && (upstream->host.data[0] == '['
            || ngx_inet_addr(upstream->host.data,
                             upstream->host.len) != INADDR_NONE))
    {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                   issuer->line,
                                   "issuer \"%V\" has the address %V, but "
                                   "nginx verifies names in certificates, not "
                                   "addresses: write the cloud's name",
                                   &issuer->id, &upstream->host);
    }

    return NGX_OK;
}
