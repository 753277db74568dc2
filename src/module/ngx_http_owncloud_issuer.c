
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call_limit.h"
#include "ngx_http_owncloud_module.h"


static ngx_http_owncloud_issuer_t *ngx_http_owncloud_issuer_create(
    ngx_conf_t *cf, ngx_str_t *id);
static ngx_uint_t ngx_http_owncloud_issuer_id(ngx_str_t *id);
static char *ngx_http_owncloud_issuer_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);
static ngx_int_t ngx_http_owncloud_issuer_client(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


static ngx_conf_enum_t  ngx_http_owncloud_issuer_token_auths[] = {
    { ngx_string("header"), NGX_HTTP_OWNCLOUD_TOKEN_AUTH_HEADER },
    { ngx_string("body"), NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY },
    { ngx_null_string, 0 }
};


static ngx_conf_num_bounds_t  ngx_http_owncloud_issuer_keepalive_bounds = {
    ngx_conf_check_num_bounds, 0, 1024
};


static ngx_command_t  ngx_http_owncloud_issuer_commands[] = {

    { ngx_string("name"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, name),
      &ngx_http_owncloud_text_post },

    { ngx_string("type"),
      NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, type),
      ngx_http_owncloud_type_names },

    { ngx_string("base_url"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_url_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, base),
      &ngx_http_owncloud_url_post_folder },

    { ngx_string("client_id"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, client_id),
      &ngx_http_owncloud_text_post },

    { ngx_string("client_secret"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_secret_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, client_secret),
      NULL },

    { ngx_string("token_auth"),
      NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, token_auth),
      ngx_http_owncloud_issuer_token_auths },

    { ngx_string("scope"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, scope),
      &ngx_http_owncloud_text_post },

    { ngx_string("logo"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, logo),
      &ngx_http_owncloud_logo_post },

    { ngx_string("user_field"),
      NGX_CONF_TAKE2,
      ngx_http_owncloud_user_field,
      0,
      0,
      NULL },

    { ngx_string("authorization_endpoint"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_endpoint_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, authorization),
      NULL },

    { ngx_string("token_endpoint"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_endpoint_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, token),
      NULL },

    { ngx_string("webdav_endpoint"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_endpoint_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, webdav),
      &ngx_http_owncloud_url_post_folder },

    { ngx_string("ocs_endpoint"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_endpoint_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, ocs),
      &ngx_http_owncloud_url_post_ocs },

    { ngx_string("userinfo_endpoint"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_endpoint_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, userinfo),
      &ngx_http_owncloud_url_post_userinfo },

    { ngx_string("upstream"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, upstream),
      NULL },

    { ngx_string("trusted_certificate"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, trusted_certificate),
      NULL },

    { ngx_string("verify"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, verify),
      NULL },

    { ngx_string("insecure"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, insecure),
      NULL },

    { ngx_string("enabled"),
      NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, enabled),
      NULL },

    { ngx_string("connect_timeout"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, connect_timeout),
      NULL },

    { ngx_string("send_timeout"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, send_timeout),
      NULL },

    { ngx_string("read_timeout"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, read_timeout),
      NULL },

    { ngx_string("keepalive"),
      NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      0,
      offsetof(ngx_http_owncloud_issuer_t, keepalive),
      &ngx_http_owncloud_issuer_keepalive_bounds },

    { ngx_string("max_listing"),
      NGX_CONF_TAKE12,
      ngx_http_owncloud_max_listing,
      0,
      0,
      NULL },

    { ngx_string("max_calls"),
      NGX_CONF_TAKE123,
      ngx_http_owncloud_max_calls,
      0,
      0,
      NULL },

    { ngx_string("system_account"),
      NGX_CONF_TAKE12,
      ngx_http_owncloud_account_slot,
      0,
      0,
      NULL },

    { ngx_string("share_expire"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_share_expire,
      0,
      0,
      NULL },

    { ngx_string("share_password"),
      NGX_CONF_TAKE1,
      ngx_http_owncloud_share_password,
      0,
      offsetof(ngx_http_owncloud_issuer_t, share_password),
      NULL },

      ngx_null_command
};


char *
ngx_http_owncloud_issuer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_main_conf_t *mcf = conf;

    char                         *rv;
    ngx_str_t                    *value;
    ngx_uint_t                    i;
    ngx_http_owncloud_issuer_t   *issuer, **issuers;

    value = cf->args->elts;

    if (!ngx_http_owncloud_issuer_id(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid issuer \"%V\": write a name of up to 64 "
                           "letters, digits, \"-\" and \"_\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    issuers = mcf->issuers.elts;

    for (i = 0; i < mcf->issuers.nelts; i++) {
        if (issuers[i]->id.len == value[1].len
            && ngx_strcasecmp(issuers[i]->id.data, value[1].data) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate issuer \"%V\", the first is in "
                               "%s:%ui", &value[1], issuers[i]->file,
                               issuers[i]->line);
            return NGX_CONF_ERROR;
        }
    }

    issuer = ngx_http_owncloud_issuer_create(cf, &value[1]);
    if (issuer == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_http_owncloud_block(cf, ngx_http_owncloud_issuer_commands,
                                 issuer);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = ngx_http_owncloud_issuer_defaults(cf, issuer);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (ngx_http_owncloud_endpoints(cf, issuer) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    issuers = ngx_array_push(&mcf->issuers);
    if (issuers == NULL) {
        return NGX_CONF_ERROR;
    }

    *issuers = issuer;

    return NGX_CONF_OK;
}


static ngx_http_owncloud_issuer_t *
ngx_http_owncloud_issuer_create(ngx_conf_t *cf, ngx_str_t *id)
{
    ngx_http_owncloud_issuer_t  *issuer;

    issuer = ngx_pcalloc(cf->pool, sizeof(ngx_http_owncloud_issuer_t));
    if (issuer == NULL) {
        return NULL;
    }

    if (ngx_array_init(&issuer->upstreams, cf->pool, 2,
                       sizeof(ngx_http_owncloud_upstream_t *))
        != NGX_OK)
    {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     strings, secrets, URLs and endpoints;
     *     issuer->max_entries = 0;
     *     issuer->max_size = 0;
     */

    issuer->call_limit = ngx_http_owncloud_call_limit_create(cf);
    if (issuer->call_limit == NULL) {
        return NULL;
    }

    issuer->id = *id;
    issuer->file = cf->conf_file->file.name.data;
    issuer->line = cf->conf_file->line;

    issuer->type = NGX_CONF_UNSET_UINT;
    issuer->token_auth = NGX_CONF_UNSET_UINT;
    issuer->verify = NGX_CONF_UNSET;
    issuer->insecure = NGX_CONF_UNSET;
    issuer->enabled = NGX_CONF_UNSET;
    issuer->connect_timeout = NGX_CONF_UNSET_MSEC;
    issuer->send_timeout = NGX_CONF_UNSET_MSEC;
    issuer->read_timeout = NGX_CONF_UNSET_MSEC;
    issuer->keepalive = NGX_CONF_UNSET;
    issuer->max_calls = NGX_CONF_UNSET_UINT;
    issuer->max_queue = NGX_CONF_UNSET_UINT;
    issuer->queue_timeout = NGX_CONF_UNSET_MSEC;
    issuer->share_expire = NGX_CONF_UNSET;

    return issuer;
}


/* the name becomes a part of the cookie's name */

static ngx_uint_t
ngx_http_owncloud_issuer_id(ngx_str_t *id)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < id->len; i++) {
        ch = id->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_')
        {
            continue;
        }

        return 0;
    }

    return id->len > 0 && id->len <= 64;
}


static char *
ngx_http_owncloud_issuer_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    if (issuer->name.len == 0) {
        issuer->name = issuer->id;
    }

    ngx_conf_init_uint_value(issuer->type, NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN);
    ngx_conf_init_uint_value(issuer->token_auth,
                             NGX_HTTP_OWNCLOUD_TOKEN_AUTH_HEADER);

    if (issuer->scope.data == NULL) {
        issuer->scope = ngx_http_owncloud_type(issuer->type)->scope;
    }

    if (issuer->user_name.len == 0) {
        ngx_str_set(&issuer->user_name, "ocs-data-id");
    }

    if (issuer->user_email.len == 0) {
        ngx_str_set(&issuer->user_email, "ocs-data-email");
    }

    ngx_conf_init_value(issuer->verify, 1);
    ngx_conf_init_value(issuer->insecure, 0);
    ngx_conf_init_value(issuer->enabled, 1);
    ngx_conf_init_msec_value(issuer->connect_timeout, 10000);
    ngx_conf_init_msec_value(issuer->send_timeout, 30000);
    ngx_conf_init_msec_value(issuer->read_timeout, 60000);
    ngx_conf_init_value(issuer->keepalive, 16);

    ngx_http_owncloud_issuer_limits(issuer);

    if (ngx_http_owncloud_issuer_client(cf, issuer) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_owncloud_issuer_client(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    if (issuer->client_id.len == 0) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no \"client_id\" in issuer \"%V\": write "
                                   "the id that the cloud shows when its "
                                   "administrator adds an OAuth 2.0 client",
                                   &issuer->id);
        return NGX_ERROR;
    }

    if (issuer->client_secret.len == 0) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no \"client_secret\" in issuer \"%V\": "
                                   "put the secret into a file and write "
                                   "\"client_secret FILE;\"", &issuer->id);
        return NGX_ERROR;
    }

    return ngx_http_owncloud_secret_basic(cf, issuer);
}
