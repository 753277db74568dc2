
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_job.h"
#include "ngx_http_owncloud_controlled_ticket.h"
#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_subrequest.h"
#include "ngx_http_owncloud_xml.h"
#include "ngx_http_owncloud_zone.h"


#define NGX_HTTP_OWNCLOUD_KEY_MAX  4096


static ngx_int_t ngx_http_owncloud_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_owncloud_postconfiguration(ngx_conf_t *cf);
static void *ngx_http_owncloud_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_owncloud_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_owncloud_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void ngx_http_owncloud_wipe_keys(void *data);
#if (NGX_DEBUG)
static void ngx_http_owncloud_tell_endpoints(ngx_cycle_t *cycle);
#endif
static ngx_int_t ngx_http_owncloud_init_process(ngx_cycle_t *cycle);
static void ngx_http_owncloud_exit_process(ngx_cycle_t *cycle);
static char *ngx_http_owncloud_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_owncloud_seal_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_owncloud_commands[] = {

    { ngx_string("owncloud_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_owncloud_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_seal_key"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_owncloud_seal_key,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_issuer"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_owncloud_issuer,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_repository"),
      NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_owncloud_repository,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_listing"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_owncloud_listing_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_link"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1234,
      ngx_http_owncloud_link_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_connect"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_http_owncloud_connect_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("owncloud_oauth_callback"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_owncloud_callback_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_owncloud_module_ctx = {
    ngx_http_owncloud_preconfiguration,    /* preconfiguration */
    ngx_http_owncloud_postconfiguration,   /* postconfiguration */

    ngx_http_owncloud_create_main_conf,    /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_owncloud_create_loc_conf,     /* create location configuration */
    ngx_http_owncloud_merge_loc_conf       /* merge location configuration */
};


ngx_module_t  ngx_http_owncloud_module = {
    NGX_MODULE_V1,
    &ngx_http_owncloud_module_ctx,         /* module context */
    ngx_http_owncloud_commands,            /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_owncloud_init_process,        /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_owncloud_exit_process,        /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_owncloud_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_owncloud_variables(cf);
}


static ngx_int_t
ngx_http_owncloud_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt            *h;
    ngx_http_core_main_conf_t      *cmcf;
    ngx_http_owncloud_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_owncloud_module);

    if (ngx_http_owncloud_check(cf, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!mcf->in_use) {
        return NGX_OK;
    }

    if (ngx_http_owncloud_random(mcf->stamp, sizeof(mcf->stamp)) != NGX_OK) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_owncloud_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_owncloud_request_post_read;

    if (ngx_http_owncloud_ticket_filter_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_owncloud_subrequest_init(cf);
}


static void *
ngx_http_owncloud_create_main_conf(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t             *cln;
    ngx_http_owncloud_main_conf_t  *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_main_conf_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (mcf == NULL || cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_wipe_keys;
    cln->data = &mcf->keyring;

    mcf->purposes = ngx_http_owncloud_purposes;

    /*
     * set by ngx_pcalloc():
     *
     *     mcf->zone = NULL;
     *     mcf->in_use = 0;
     *     mcf->stamp = { 0 };
     */

    if (ngx_array_init(&mcf->keyring, cf->pool, 2,
                       sizeof(ngx_http_owncloud_key_t))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&mcf->issuers, cf->pool, 2,
                       sizeof(ngx_http_owncloud_issuer_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&mcf->repositories, cf->pool, 2,
                       sizeof(ngx_http_owncloud_repository_t *))
        != NGX_OK)
    {
        return NULL;
    }

    return mcf;
}


static void
ngx_http_owncloud_wipe_keys(void *data)
{
    ngx_http_owncloud_keyring_t  *ring = data;

    ngx_explicit_memzero(ring->elts, ring->nelts * ring->size);
}


static void *
ngx_http_owncloud_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_owncloud_loc_conf_t  *lcf;

    lcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_loc_conf_t));
    if (lcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     lcf->repositories = NULL;
     *     lcf->location = NGX_HTTP_OWNCLOUD_LOCATION_NONE;
     *     lcf->block = NULL;
     */

    return lcf;
}


static char *
ngx_http_owncloud_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_owncloud_loc_conf_t  *prev = parent;
    ngx_http_owncloud_loc_conf_t  *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    if (conf->repositories == NULL) {
        conf->repositories = prev->repositories;
    }

    /*
     * inherited by "if" blocks, but not by nested locations, as handlers are
     */

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname && conf->location == NGX_HTTP_OWNCLOUD_LOCATION_NONE) {
        conf->location = prev->location;
        conf->block = prev->block;
    }

    return NGX_CONF_OK;
}


#if (NGX_DEBUG)

/* the derived endpoints, which are in no configuration file */

static void
ngx_http_owncloud_tell_endpoints(ngx_cycle_t *cycle)
{
    ngx_uint_t                      i;
    ngx_http_owncloud_issuer_t    **issuers;
    ngx_http_owncloud_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_owncloud_module);

    if (mcf == NULL) {
        return;
    }

    issuers = mcf->issuers.elts;

    for (i = 0; i < mcf->issuers.nelts; i++) {
        ngx_log_debug4(NGX_LOG_DEBUG_HTTP, cycle->log, 0,
                       "owncloud issuer \"%V\" dav:\"%V\" status:\"%V\" "
                       "revocation:\"%V\"", &issuers[i]->id,
                       &issuers[i]->dav.url.text, &issuers[i]->status.url.text,
                       &issuers[i]->revocation.url.text);
    }
}

#endif


static ngx_int_t
ngx_http_owncloud_init_process(ngx_cycle_t *cycle)
{
    ngx_http_owncloud_xml_init();

#if (NGX_DEBUG)
    ngx_http_owncloud_tell_endpoints(cycle);
#endif

    ngx_http_owncloud_account_job_start(cycle);

    return NGX_OK;
}


static void
ngx_http_owncloud_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_owncloud_account_job_stop();
}


static char *
ngx_http_owncloud_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_main_conf_t *mcf = conf;

    ngx_str_t  *value;

    if (mcf->zone) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_http_owncloud_zone_add(cf, &mcf->zone, &value[1]);
}


static char *
ngx_http_owncloud_seal_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_main_conf_t *mcf = conf;

    ngx_int_t                     rc;
    ngx_str_t                    *value;
    ngx_http_owncloud_secret_t    key;
    ngx_http_owncloud_keyring_t   old;

    value = cf->args->elts;

    if (ngx_http_owncloud_secret_read(cf, &value[1], &key,
                                      NGX_HTTP_OWNCLOUD_KEY_MAX, 0)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (key.len < NGX_HTTP_OWNCLOUD_KEY_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the seal key \"%V\" is shorter than %d bytes: "
                           "create one with \"openssl rand -out %V 48\"",
                           &value[1], NGX_HTTP_OWNCLOUD_KEY_MIN, &value[1]);
        return NGX_CONF_ERROR;
    }

    old = mcf->keyring;

    rc = ngx_http_owncloud_keyring_add(&mcf->keyring, &key);

    ngx_explicit_memzero(key.data, key.len);

    /* the array has grown: the old copy of the keys */

    if (mcf->keyring.elts != old.elts) {
        ngx_explicit_memzero(old.elts, old.nelts * old.size);
    }

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate seal key \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return rc == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}
