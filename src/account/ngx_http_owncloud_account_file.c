
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <sys/file.h>

#include "ngx_http_owncloud_account.h"


#define NGX_HTTP_OWNCLOUD_ACCOUNT_ACCESS   0600


static ngx_int_t ngx_http_owncloud_account_content(
    ngx_http_owncloud_account_env_t *env, ngx_fd_t fd, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_account_open(
    ngx_http_owncloud_account_env_t *env, ngx_str_t *sealed,
    ngx_http_owncloud_credential_t *credential, time_t *connected);
static ngx_int_t ngx_http_owncloud_account_seal(
    ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential,
    time_t connected, ngx_str_t *sealed);
static u_char *ngx_http_owncloud_account_name(
    ngx_http_owncloud_account_env_t *env, char *suffix);
static ngx_int_t ngx_http_owncloud_account_save(
    ngx_http_owncloud_account_env_t *env, u_char *name, ngx_str_t *text);
static void ngx_http_owncloud_account_sync(
    ngx_http_owncloud_account_env_t *env);
static ngx_int_t ngx_http_owncloud_account_error(
    ngx_http_owncloud_account_env_t *env, ngx_err_t err, char *what);


void
ngx_http_owncloud_account_env(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_account_env_t *env)
{
    env->pool = r->pool;
    env->log = r->connection->log;
    env->omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);
    env->issuer = ctx->issuer;
}


ngx_int_t
ngx_http_owncloud_account_read(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t *connected)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;
    ngx_str_t  text;

    fd = ngx_open_file(env->issuer->account_file.data,
                       NGX_FILE_RDONLY|NGX_FILE_NONBLOCK, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {

        if (ngx_errno == NGX_ENOENT) {
            return NGX_DECLINED;
        }

        return ngx_http_owncloud_account_error(env, ngx_errno,
                                               "cannot be opened");
    }

    rc = ngx_http_owncloud_account_content(env, fd, &text);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, env->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed",
                      &env->issuer->account_file);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_owncloud_account_open(env, &text, credential, connected);
}


static ngx_int_t
ngx_http_owncloud_account_content(ngx_http_owncloud_account_env_t *env,
    ngx_fd_t fd, ngx_str_t *text)
{
    ssize_t          n;
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR || !ngx_is_file(&fi)) {
        return ngx_http_owncloud_account_error(env, 0,
                                               "is not a regular file");
    }

    if (ngx_file_size(&fi) == 0
        || ngx_file_size(&fi) > NGX_HTTP_OWNCLOUD_SEALED_MAX)
    {
        return ngx_http_owncloud_account_error(env, 0,
                                               "contains no account");
    }

    text->len = (size_t) ngx_file_size(&fi);

    text->data = ngx_pnalloc(env->pool, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, text->data, text->len);

    if (n < 0 || (size_t) n != text->len) {
        return ngx_http_owncloud_account_error(env,
                                               (n < 0) ? ngx_errno : 0,
                                               "cannot be read");
    }

    if (text->data[text->len - 1] == LF) {
        text->len--;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_account_open(ngx_http_owncloud_account_env_t *env,
    ngx_str_t *sealed, ngx_http_owncloud_credential_t *credential,
    time_t *connected)
{
    ngx_int_t  rc;
    ngx_str_t  plain, audience, *own;

    rc = ngx_http_owncloud_unseal(env->pool, &env->omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ACCOUNT,
                                  &env->issuer->id, sealed, &plain);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_account_error(env, 0,
                             "is damaged, or was sealed with a key that is "
                             "not among \"owncloud_seal_key\"");
    }

    if (ngx_http_owncloud_account_unpack(&plain, &audience, credential,
                                         connected)
        != NGX_OK)
    {
        return ngx_http_owncloud_account_error(env, 0,
                             "contains no account, or was written by another "
                             "version");
    }

    own = &env->issuer->authorities;

    /* tokens are sent only to where they came from */

    if (audience.len != own->len
        || ngx_memcmp(audience.data, own->data, own->len) != 0)
    {
        return ngx_http_owncloud_account_error(env, 0,
                             "contains tokens of a cloud at another address: "
                             "connect the account again");
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_account_write(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t connected)
{
    u_char     *name;
    ngx_int_t   rc;
    ngx_str_t   sealed;

    name = ngx_http_owncloud_account_name(env, ".new");

    if (name == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_owncloud_account_seal(env, credential, connected, &sealed);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_account_save(env, name, &sealed);

    if (rc == NGX_OK
        && ngx_rename_file(name, env->issuer->account_file.data)
           == NGX_FILE_ERROR)
    {
        rc = ngx_http_owncloud_account_error(env, ngx_errno,
                                             "cannot be replaced");
    }

    if (rc != NGX_OK) {
        (void) ngx_delete_file(name);
        return rc;
    }

    ngx_http_owncloud_account_sync(env);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_account_seal(ngx_http_owncloud_account_env_t *env,
    ngx_http_owncloud_credential_t *credential, time_t connected,
    ngx_str_t *sealed)
{
    ngx_int_t  rc;
    ngx_str_t  plain;

    rc = ngx_http_owncloud_account_pack(env->pool,
                                        &env->issuer->authorities, credential,
                                        connected, &plain);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_owncloud_seal(env->pool, &env->omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_ACCOUNT,
                                  &env->issuer->id, &plain, sealed);
}


static u_char *
ngx_http_owncloud_account_name(ngx_http_owncloud_account_env_t *env,
                               char *suffix)
{
    u_char     *name;
    ngx_str_t  *file;

    file = &env->issuer->account_file;

    name = ngx_pnalloc(env->pool, file->len + ngx_strlen(suffix) + 1);
    if (name == NULL) {
        return NULL;
    }

    ngx_sprintf(name, "%V%s%Z", file, suffix);

    return name;
}


static ngx_int_t
ngx_http_owncloud_account_save(ngx_http_owncloud_account_env_t *env,
                               u_char *name,
    ngx_str_t *text)
{
    ssize_t    n;
    ngx_fd_t   fd;
    ngx_err_t  err;

    fd = open((const char *) name, O_WRONLY|O_CREAT|O_TRUNC|O_NOFOLLOW,
              NGX_HTTP_OWNCLOUD_ACCOUNT_ACCESS);

    if (fd == NGX_INVALID_FILE) {
        return ngx_http_owncloud_account_error(env, ngx_errno,
                                               "cannot be written");
    }

    n = ngx_write_fd(fd, text->data, text->len);
    err = (n == -1) ? ngx_errno : 0;

    if (n == (ssize_t) text->len && fsync(fd) == -1) {
        err = ngx_errno;
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR && err == 0) {
        err = ngx_errno;
    }

    if (err || n != (ssize_t) text->len) {
        return ngx_http_owncloud_account_error(env, err ? err : NGX_ENOSPC,
                                               "cannot be written");
    }

    return NGX_OK;
}


/* makes the new name durable: it is stored in the folder */

static void
ngx_http_owncloud_account_sync(ngx_http_owncloud_account_env_t *env)
{
    u_char    *name, *p;
    ngx_fd_t   fd;

    name = ngx_http_owncloud_account_name(env, "");

    if (name == NULL) {
        return;
    }

    p = name + env->issuer->account_file.len;

    while (p > name + 1 && *p != '/') {
        p--;
    }

    *p = '\0';

    fd = open((const char *) name, O_RDONLY|O_DIRECTORY);

    if (fd != NGX_INVALID_FILE) {
        (void) fsync(fd);
        (void) ngx_close_file(fd);
    }
}


ngx_int_t
ngx_http_owncloud_account_remove(ngx_http_owncloud_account_env_t *env)
{
    if (ngx_delete_file(env->issuer->account_file.data) == NGX_FILE_ERROR
        && ngx_errno != NGX_ENOENT)
    {
        return ngx_http_owncloud_account_error(env, ngx_errno,
                                               "cannot be removed");
    }

    ngx_http_owncloud_account_sync(env);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_account_lock(ngx_http_owncloud_account_env_t *env,
                               ngx_fd_t *fd)
{
    u_char     *name;
    ngx_err_t   err;

    name = ngx_http_owncloud_account_name(env, ".lock");
    if (name == NULL) {
        return NGX_ERROR;
    }

    *fd = open((const char *) name, O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC,
               NGX_HTTP_OWNCLOUD_ACCOUNT_ACCESS);

    if (*fd == NGX_INVALID_FILE) {

        /* in a folder that is not writable, there is nothing to lock */

        (void) ngx_http_owncloud_account_error(env, ngx_errno,
                                               "cannot be locked");
        return NGX_OK;
    }

    if (flock(*fd, LOCK_EX|LOCK_NB) == 0) {
        return NGX_OK;
    }

    err = ngx_errno;

    ngx_http_owncloud_account_unlock(fd);

    if (err == NGX_EAGAIN) {
        return NGX_BUSY;
    }

    (void) ngx_http_owncloud_account_error(env, err, "cannot be locked");

    return NGX_OK;
}


void
ngx_http_owncloud_account_unlock(ngx_fd_t *fd)
{
    if (*fd != NGX_INVALID_FILE) {
        (void) ngx_close_file(*fd);
        *fd = NGX_INVALID_FILE;
    }
}


static ngx_int_t
ngx_http_owncloud_account_error(ngx_http_owncloud_account_env_t *env,
    ngx_err_t err, char *what)
{
    ngx_log_error(NGX_LOG_ERR, env->log, err,
                  "the file \"%V\" of the system account of \"%V\" %s",
                  &env->issuer->account_file, &env->issuer->id, what);

    return NGX_ABORT;
}
