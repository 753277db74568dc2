
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


typedef struct {
    ngx_command_t  *commands;
    void           *conf;
} ngx_http_owncloud_block_t;


static char *ngx_http_owncloud_block_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static ngx_uint_t ngx_http_owncloud_block_arguments(ngx_command_t *cmd,
    ngx_uint_t n);


char *
ngx_http_owncloud_block(ngx_conf_t *cf, ngx_command_t *commands, void *conf)
{
    char                       *rv;
    ngx_conf_t                  save;
    ngx_http_owncloud_block_t   block;

    block.commands = commands;
    block.conf = conf;

    save = *cf;

    cf->handler = ngx_http_owncloud_block_directive;
    cf->handler_conf = (void *) &block;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


static char *
ngx_http_owncloud_block_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    ngx_http_owncloud_block_t  *block = conf;

    char           *rv;
    ngx_str_t      *value;
    ngx_command_t  *cmd;

    value = cf->args->elts;

    for (cmd = block->commands; cmd->name.len; cmd++) {

        if (cmd->name.len == value[0].len
            && ngx_strcmp(cmd->name.data, value[0].data) == 0)
        {
            goto found;
        }
    }

    if (ngx_strcmp(value[0].data, "include") == 0 && cf->args->nelts == 2) {
        return ngx_conf_include(cf, dummy, conf);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "unknown directive \"%V\"",
                       &value[0]);

    return NGX_CONF_ERROR;

found:

    if (!ngx_http_owncloud_block_arguments(cmd, cf->args->nelts)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"%V\" directive",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

    rv = cmd->set(cf, cmd, block->conf);

    if (rv == NGX_CONF_OK || rv == NGX_CONF_ERROR) {
        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" directive %s", &value[0],
                       rv);

    return NGX_CONF_ERROR;
}


char *
ngx_http_owncloud_block_setting(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf, ngx_str_t *name, ngx_str_t *value)
{
    char                       *rv;
    ngx_str_t                   words[2];
    ngx_array_t                 args, *save;
    ngx_http_owncloud_block_t   block;

    words[0] = *name;
    words[1] = *value;

    ngx_memzero(&args, sizeof(ngx_array_t));

    args.elts = words;
    args.nelts = 2;
    args.size = sizeof(ngx_str_t);
    args.nalloc = 2;
    args.pool = cf->pool;

    block.commands = commands;
    block.conf = conf;

    save = cf->args;
    cf->args = &args;

    rv = ngx_http_owncloud_block_directive(cf, NULL, &block);

    cf->args = save;

    return rv;
}


static ngx_uint_t
ngx_http_owncloud_block_arguments(ngx_command_t *cmd, ngx_uint_t n)
{
    if (cmd->type & NGX_CONF_FLAG) {
        return n == 2;
    }

    if (cmd->type & NGX_CONF_1MORE) {
        return n > 1;
    }

    /* NGX_CONF_NOARGS is followed by NGX_CONF_TAKE1 and so on */

    return n <= NGX_CONF_MAX_ARGS
           && (cmd->type & (NGX_CONF_NOARGS << (n - 1)));
}


void ngx_cdecl
ngx_http_owncloud_conf_log(ngx_uint_t level, ngx_conf_t *cf, u_char *file,
    ngx_uint_t line, const char *fmt, ...)
{
    u_char    errstr[NGX_MAX_CONF_ERRSTR], *p;
    va_list   args;

    va_start(args, fmt);
    p = ngx_vslprintf(errstr, errstr + NGX_MAX_CONF_ERRSTR, fmt, args);
    va_end(args);

    ngx_log_error(level, cf->log, 0, "%*s in %s:%ui", (size_t) (p - errstr),
                  errstr, file, line);
}


ngx_uint_t
ngx_http_owncloud_printable(ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] < 0x20 || text->data[i] == 0x7f) {
            return 0;
        }
    }

    return ngx_http_owncloud_utf8_valid(text->data, text->len);
}
