
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


static char *ngx_http_owncloud_controlled_missing(
    ngx_http_owncloud_repository_t *repository);
static ngx_uint_t ngx_http_owncloud_connect_target(
    ngx_http_owncloud_main_conf_t *mcf, ngx_http_owncloud_issuer_t *issuer);
static ngx_http_owncloud_repository_t *ngx_http_owncloud_connect_callback(
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);
static ngx_int_t ngx_http_owncloud_connect_administrator(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);
static ngx_http_owncloud_repository_t *ngx_http_owncloud_connect_moodle(
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);
static void ngx_http_owncloud_connect_below(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block,
    ngx_http_owncloud_repository_t *repository);


ngx_int_t
ngx_http_owncloud_controlled_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository)
{
    char                        *missing;
    ngx_uint_t                   written;
    ngx_http_owncloud_issuer_t  *issuer;

    issuer = repository->issuer;
    written = (repository->controlled == 1);

    if (repository->controlled == 0) {
        return NGX_OK;
    }

    repository->controlled = 0;

    if (!written && issuer->account == NGX_HTTP_OWNCLOUD_ACCOUNT_NONE) {
        return NGX_OK;
    }

    missing = ngx_http_owncloud_controlled_missing(repository);

    if (missing) {
        ngx_http_owncloud_conf_log(written ? NGX_LOG_EMERG : NGX_LOG_WARN,
                                   cf, repository->file, repository->line,
                                   "repository \"%i\" cannot have access "
                                   "controlled links: %s, or write "
                                   "\"controlled off;\"", repository->id,
                                   missing);

        return written ? NGX_ERROR : NGX_OK;
    }

    repository->controlled = 1;

    if (issuer->account == NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH
        && !ngx_http_owncloud_connect_target(mcf, issuer))
    {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                   issuer->line,
                                   "nobody can connect the system account of "
                                   "issuer \"%V\": write \"location = "
                                   "%V/repository/owncloud/connect { "
                                   "owncloud_connect %V; }\"",
                                   &issuer->id, &repository->moodle_root,
                                   &issuer->id);
    }

    return NGX_OK;
}


static char *
ngx_http_owncloud_controlled_missing(
    ngx_http_owncloud_repository_t *repository)
{
    if (repository->issuer->account == NGX_HTTP_OWNCLOUD_ACCOUNT_NONE) {
        return "its issuer has no system account; write \"system_account USER "
               "password=FILE;\" or \"system_account oauth=FILE;\" into it";
    }

    if (!(repository->supported_files & NGX_HTTP_OWNCLOUD_EXTERNAL)) {
        return "its \"supported_files\" are internal; write "
               "\"supported_files both;\"";
    }

    if (repository->secret_key.len == 0) {
        return "Moodle would not accept them; write \"secret_key FILE;\"";
    }

    if (repository->issuer->ocs.upstream == NULL) {
        return "its issuer has no \"ocs_endpoint\"; write it, or "
               "\"base_url\"";
    }

    return NULL;
}


static ngx_uint_t
ngx_http_owncloud_connect_target(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_issuer_t *issuer)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **p;

    p = mcf->repositories.elts;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (p[i]->location == NGX_HTTP_OWNCLOUD_LOCATION_CONNECT
            && p[i]->issuer_id.len == issuer->id.len
            && ngx_strncmp(p[i]->issuer_id.data, issuer->id.data,
                           issuer->id.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * The cloud redirects the administrator to the same URI as users: at most
 * clouds, a client has one redirect URI.
 */

ngx_int_t
ngx_http_owncloud_connect_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf, ngx_http_owncloud_repository_t *block)
{
    ngx_http_owncloud_repository_t  *callback;

    if (block->issuer->account == NGX_HTTP_OWNCLOUD_ACCOUNT_NONE) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file,
                                   block->line,
                                   "\"owncloud_connect\" has nothing to "
                                   "connect: issuer \"%V\" has no "
                                   "\"system_account\"; write "
                                   "\"system_account oauth=FILE;\" into it",
                                   &block->issuer->id);
        return NGX_ERROR;
    }

    callback = ngx_http_owncloud_connect_callback(mcf, block);

    if (callback == NULL) {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file,
                                   block->line,
                                   "no callback for the sign-ins of "
                                   "\"owncloud_connect\": write it into the "
                                   "server of an \"owncloud_repository\" with "
                                   "\"issuer %V;\"", &block->issuer->id);
        return NGX_ERROR;
    }

    block->id = callback->id;
    block->callback = callback->callback;
    block->origin = callback->origin;
    block->moodle_root = callback->moodle_root;
    block->remember = callback->remember;

    if (block->moodle_cookie.len == 0) {
        block->moodle_cookie = callback->moodle_cookie;
    }

    if (callback->location == NGX_HTTP_OWNCLOUD_LOCATION_NONE) {
        ngx_http_owncloud_connect_below(cf, block, callback);
    }

    return ngx_http_owncloud_connect_administrator(cf, mcf, block);
}


/* either Moodle says who may connect an account, or the configuration does */

static ngx_int_t
ngx_http_owncloud_connect_administrator(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf, ngx_http_owncloud_repository_t *block)
{
    ngx_uint_t                       off;
    ngx_http_owncloud_repository_t  *moodle;

    off = !block->authorize;
    moodle = ngx_http_owncloud_connect_moodle(mcf, block);

    if (block->authorize && moodle) {
        block->moodle_root = moodle->moodle_root;
        return NGX_OK;
    }

    block->authorize = 0;

    if (ngx_http_owncloud_protected(cf, block->loc_conf)) {
        return NGX_OK;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, block->file, block->line,
                               "\"owncloud_connect\" is open to everybody: "
                               "%s; write \"allow ADDRESS; deny all;\", or "
                               "\"auth_basic\" and \"auth_basic_user_file\", "
                               "or \"auth_request\" into its location",
                               off ? "with \"authorize=off\", Moodle is not "
                                     "asked who is a site administrator"
                                   : "this server has no "
                                     "\"owncloud_repository\" whose Moodle "
                                     "knows who is a site administrator");

    return NGX_ERROR;
}


/* the Moodle in the same server, preferably one with that issuer */

static ngx_http_owncloud_repository_t *
ngx_http_owncloud_connect_moodle(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t   *found, **p;

    p = mcf->repositories.elts;
    found = NULL;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (p[i]->location != NGX_HTTP_OWNCLOUD_LOCATION_NONE
            || p[i]->server != block->server)
        {
            continue;
        }

        if (p[i]->issuer_id.len == block->issuer_id.len
            && ngx_strncmp(p[i]->issuer_id.data, block->issuer_id.data,
                           block->issuer_id.len)
               == 0)
        {
            return p[i];
        }

        if (found == NULL) {
            found = p[i];
        }
    }

    return found;
}


static ngx_http_owncloud_repository_t *
ngx_http_owncloud_connect_callback(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block)
{
    ngx_uint_t                        i;
    ngx_http_owncloud_repository_t  **p;

    p = mcf->repositories.elts;

    for (i = 0; i < mcf->repositories.nelts; i++) {

        if (p[i]->server == block->server
            && (p[i]->location == NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK
                || (p[i]->location == NGX_HTTP_OWNCLOUD_LOCATION_NONE
                    && p[i]->issuer_id.len == block->issuer_id.len
                    && ngx_strncmp(p[i]->issuer_id.data,
                                   block->issuer_id.data,
                                   block->issuer_id.len)
                       == 0)))
        {
            return p[i];
        }
    }

    return NULL;
}


/* browsers send the session's cookie below this path only */

static void
ngx_http_owncloud_connect_below(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block,
    ngx_http_owncloud_repository_t *repository)
{
    size_t     len;
    ngx_str_t  *root, *name;

    static char  folder[] = "/repository/";

    root = &repository->moodle_root;
    name = &block->location_name;
    len = root->len + sizeof(folder) - 1;

    if (name->len > len
        && ngx_strncmp(name->data, root->data, root->len) == 0
        && ngx_strncmp(name->data + root->len, folder, sizeof(folder) - 1)
           == 0)
    {
        return;
    }

    ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, block->file, block->line,
                               "\"owncloud_connect\" cannot tell the system "
                               "account from the user of the same browser: "
                               "write \"location = "
                               "%V/repository/owncloud/connect\"", root);
}
