
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <pwd.h>

#include "ngx_http_owncloud_module.h"


#define NGX_HTTP_OWNCLOUD_PASSWORD_MAX  1024


static char *ngx_http_owncloud_account_password(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *user, ngx_str_t *file);
static char *ngx_http_owncloud_account_oauth(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *file);
static ngx_uid_t ngx_http_owncloud_account_worker(ngx_conf_t *cf);
static ngx_uint_t ngx_http_owncloud_account_usable(ngx_file_info_t *fi,
    ngx_uid_t user, ngx_uint_t bits);


/* system_account USER password=FILE | oauth=FILE */

char *
ngx_http_owncloud_account_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_owncloud_issuer_t *issuer = conf;

    ngx_str_t  *value, file;

    if (issuer->account) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 3
        && ngx_strncmp(value[2].data, "password=", 9) == 0
        && value[2].len > 9)
    {
        file.data = value[2].data + 9;
        file.len = value[2].len - 9;

        return ngx_http_owncloud_account_password(cf, issuer, &value[1],
                                                  &file);
    }

    if (cf->args->nelts == 2
        && ngx_strncmp(value[1].data, "oauth=", 6) == 0
        && value[1].len > 6)
    {
        file.data = value[1].data + 6;
        file.len = value[1].len - 6;

        return ngx_http_owncloud_account_oauth(cf, issuer, &file);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"system_account\": write \"system_account "
                       "USER password=FILE;\", or \"system_account "
                       "oauth=FILE;\"");

    return NGX_CONF_ERROR;
}


static char *
ngx_http_owncloud_account_password(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *user, ngx_str_t *file)
{
    ngx_http_owncloud_secret_t  password;

    if (user->len == 0 || user->len > 255
        || !ngx_http_owncloud_printable(user)
        || ngx_strlchr(user->data, user->data + user->len, ':'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid user \"%V\" in \"system_account\": write "
                           "the name that the account signs in with at the "
                           "cloud, without colons", user);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_owncloud_secret_read(cf, file, &password,
                                      NGX_HTTP_OWNCLOUD_PASSWORD_MAX, 1)
        != NGX_OK
        || ngx_http_owncloud_secret_header(cf, user, &password,
                                           &issuer->account_basic)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    issuer->account = NGX_HTTP_OWNCLOUD_ACCOUNT_PASSWORD;
    issuer->account_user = *user;

    return NGX_CONF_OK;
}


static char *
ngx_http_owncloud_account_oauth(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_str_t *file)
{
    issuer->account = NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH;
    issuer->account_file = *file;

    if (ngx_conf_full_name(cf->cycle, &issuer->account_file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* workers replace the file: they must be able to write to its folder */

ngx_int_t
ngx_http_owncloud_account_check(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer)
{
    u_char           *p;
    ngx_str_t         folder, *file;
    ngx_uid_t         user;
    ngx_file_info_t   fi;

    if (issuer->account != NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH) {
        return NGX_OK;
    }

    file = &issuer->account_file;
    user = ngx_http_owncloud_account_worker(cf);

    for (p = file->data + file->len; p[-1] != '/'; p--) { /* void */ }

    folder.len = p - file->data;

    folder.data = ngx_pnalloc(cf->temp_pool, folder.len + 1);
    if (folder.data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(folder.data, file->data, folder.len + 1);

    if (ngx_file_info(folder.data, &fi) == NGX_FILE_ERROR
        || !ngx_is_dir(&fi))
    {
        ngx_http_owncloud_conf_log(NGX_LOG_EMERG, cf, issuer->file,
                                   issuer->line,
                                   "no directory \"%V\" for the file of "
                                   "\"system_account\" in issuer \"%V\": "
                                   "create it with \"install -d -m 700 -o "
                                   "USER %V\" for the user of the workers",
                                   &folder, &issuer->id, &folder);
        return NGX_ERROR;
    }

    if (!ngx_http_owncloud_account_usable(&fi, user, S_IWUSR|S_IXUSR)) {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                   issuer->line,
                                   "the workers cannot write to the directory "
                                   "\"%V\" of \"system_account\" in issuer "
                                   "\"%V\": \"chown\" it to the user of the "
                                   "workers", &folder, &issuer->id);
    }

    if (ngx_file_info(file->data, &fi) != NGX_FILE_ERROR
        && !ngx_http_owncloud_account_usable(&fi, user, S_IRUSR))
    {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, issuer->file,
                                   issuer->line,
                                   "the workers cannot read the file \"%V\" "
                                   "of \"system_account\" in issuer \"%V\": "
                                   "\"chown\" it to the user of the workers",
                                   file, &issuer->id);
    }

    return ngx_http_owncloud_trust(cf, issuer);
}


/* "user" may come later in the file, then the default is checked */

static ngx_uid_t
ngx_http_owncloud_account_worker(ngx_conf_t *cf)
{
    struct passwd    *pwd;
    ngx_core_conf_t  *ccf;

    if (geteuid() != 0) {
        return geteuid();
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);

    if (ccf->user != (ngx_uid_t) NGX_CONF_UNSET_UINT) {
        return ccf->user;
    }

    pwd = getpwnam(NGX_USER);

    return pwd ? pwd->pw_uid : 0;
}


static ngx_uint_t
ngx_http_owncloud_account_usable(ngx_file_info_t *fi, ngx_uid_t user,
    ngx_uint_t bits)
{
    if (user == 0) {
        return 1;
    }

    if (fi->st_uid == user) {
        return (fi->st_mode & bits) == bits;
    }

    /* supplementary groups of the user are not considered */

    return (fi->st_mode & (bits >> 3)) == bits >> 3
           || (fi->st_mode & (bits >> 6)) == bits >> 6;
}
