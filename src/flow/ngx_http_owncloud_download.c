
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_download.h"
#include "ngx_http_owncloud_failure.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_text.h"


static ngx_int_t ngx_http_owncloud_download_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **code, ngx_str_t *text);
static ngx_uint_t ngx_http_owncloud_download_title(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);
static ngx_uint_t ngx_http_owncloud_download_accepted(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);
static ngx_uint_t ngx_http_owncloud_download_extension(ngx_str_t *title,
    ngx_str_t *type);
static ngx_int_t ngx_http_owncloud_download_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);
static void ngx_http_owncloud_download_max(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download);
static ngx_int_t ngx_http_owncloud_download_way(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);
static ngx_uint_t ngx_http_owncloud_download_flag(ngx_http_owncloud_ctx_t *ctx,
    char *name);


ngx_int_t
ngx_http_owncloud_download(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    char                          *code;
    ngx_int_t                      rc;
    ngx_str_t                      text;
    ngx_http_owncloud_download_t  *download;

    download = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_download_t));
    if (download == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_download_key(r, ctx, &code, &text);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_download_path(r,
                           ngx_http_owncloud_form_get(ctx->fields, "source"),
                           download);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_download_answer_error(r, ctx,
                   "There can be no such file. Please reload the list and "
                   "choose it again.", "invalidsource");
    }

    if (!ngx_http_owncloud_download_title(ctx, download)) {
        return ngx_http_owncloud_download_answer_error(r, ctx,
                   "This cannot be the name of a file. Please choose another "
                   "one.", "invalidname");
    }

    if (!ngx_http_owncloud_download_accepted(ctx, download)) {
        return ngx_http_owncloud_download_refused(r, ctx, download);
    }

    ngx_http_owncloud_download_max(ctx, download);

    return ngx_http_owncloud_download_way(r, ctx, download);
}


/* nothing is done with a source that a listing has not shown this user */

static ngx_int_t
ngx_http_owncloud_download_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **code, ngx_str_t *text)
{
    u_char      buf[2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t   key, empty, *source, *sesskey, *sent;

    ngx_str_null(&empty);

    source = ngx_http_owncloud_form_get(ctx->fields, "source");
    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");
    sent = ngx_http_owncloud_form_get(ctx->fields, "sourcekey");

    if (sent == NULL || sent->len == 0) {
        *code = "missingsourcekey";
        ngx_str_set(text, "The source key is missing. This key must also be "
                          "provided to retrieve the file.");
        return NGX_DECLINED;
    }

    key.data = buf;

    if (ngx_http_owncloud_source_key(r, ctx, source ? source : &empty,
                                     sesskey ? sesskey : &empty, &key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!ngx_http_owncloud_equal(key.data, key.len, sent->data, sent->len)) {
        *code = "sourcekeymismatch";
        ngx_str_set(text, "The source URL does not match the source key.");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_download_path(ngx_http_request_t *r, ngx_str_t *source,
    ngx_http_owncloud_download_t *download)
{
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t  *path;

    if (source == NULL || source->len < 2
        || source->len > NGX_HTTP_OWNCLOUD_PATH_SIZE
        || source->data[0] != '/' || source->data[source->len - 1] == '/')
    {
        return NGX_DECLINED;
    }

    path = &download->path;

    rc = ngx_http_owncloud_path_normalize(r->pool, source, path);

    if (rc != NGX_OK) {
        return rc;
    }

    /* without the slash that it makes of a file's path a folder's */

    path->len--;

    for (p = path->data + path->len; p[-1] != '/'; p--) { /* void */ }

    download->name.data = p;
    download->name.len = path->data + path->len - p;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_owncloud_download_title(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    size_t      i;
    ngx_str_t  *title;

    title = ngx_http_owncloud_form_get(ctx->fields, "title");

    download->title = (title && title->len) ? *title : download->name;

    title = &download->title;

    if (title->len > NGX_HTTP_OWNCLOUD_NAME_SIZE
        || !ngx_http_owncloud_utf8_valid(title->data, title->len))
    {
        return 0;
    }

    for (i = 0; i < title->len; i++) {

        if (title->data[i] < 0x20 || title->data[i] == 0x7f
            || title->data[i] == '/')
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Moodle decides when the file is stored, but what it will refuse for sure
 * need not be fetched.  It compares types, of which ".jpg" and ".jpeg" are
 * one, and groups of them have names that do not begin with a dot.
 */

static ngx_uint_t
ngx_http_owncloud_download_accepted(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    ngx_uint_t     i, listed;
    ngx_keyval_t  *field;

    static char  name[] = "accepted_types[";

    field = ctx->fields->elts;
    listed = 0;

    for (i = 0; i < ctx->fields->nelts; i++) {

        if (field[i].key.len < sizeof(name) - 1
            || ngx_strncmp(field[i].key.data, name, sizeof(name) - 1) != 0)
        {
            continue;
        }

        if (field[i].value.len == 0 || field[i].value.data[0] != '.'
            || ngx_http_owncloud_download_extension(&download->title,
                                                    &field[i].value))
        {
            return 1;
        }

        listed = 1;
    }

    return !listed;
}


static ngx_uint_t
ngx_http_owncloud_download_extension(ngx_str_t *title, ngx_str_t *type)
{
    char  *a, *b;

    if (title->len > type->len
        && ngx_strncasecmp(title->data + title->len - type->len, type->data,
                           type->len)
           == 0)
    {
        return 1;
    }

    a = ngx_http_owncloud_filetype(title->data, title->len)->type;
    b = ngx_http_owncloud_filetype(type->data, type->len)->type;

    return ngx_strcmp(a, b) == 0;
}


static ngx_int_t
ngx_http_owncloud_download_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download)
{
    char       *type;
    ngx_str_t   text;

    static char  format[] = "%s filetype cannot be accepted";

    type = ngx_http_owncloud_filetype(download->title.data,
                                      download->title.len)->type;

    text.data = ngx_pnalloc(r->pool, sizeof(format) + ngx_strlen(type));
    if (text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.len = ngx_sprintf(text.data, format, type) - text.data;
    text.data[text.len++] = '.';

    return ngx_http_owncloud_answer_error(r, ctx, &text, "invalidfiletype");
}


/* what is not a limit of this place is one of the site, which Moodle knows */

static void
ngx_http_owncloud_download_max(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    off_t        n;
    ngx_str_t   *value;
    ngx_uint_t   i;

    static char  *names[] = { "maxbytes", "areamaxbytes" };

    download->max = -1;

    for (i = 0; i < 2; i++) {

        value = ngx_http_owncloud_form_get(ctx->fields, names[i]);

        if (value == NULL) {
            continue;
        }

        n = ngx_atoof(value->data, value->len);

        if (n > 0 && (download->max == -1 || n < download->max)) {
            download->max = n;
        }
    }
}


static ngx_int_t
ngx_http_owncloud_download_way(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download)
{
    ngx_str_t   *value;
    ngx_uint_t   link, alias, controlled, supported;

    value = ngx_http_owncloud_form_get(ctx->fields, "linkexternal");

    link = (value && value->len == 3
            && ngx_strncmp(value->data, "yes", 3) == 0);

    alias = ngx_http_owncloud_download_flag(ctx, "usefilereference");
    controlled = ngx_http_owncloud_download_flag(ctx, "usecontrolledlink");

    supported = ctx->repository->supported_files;

    if (!link && !alias && !controlled) {

        if (!(supported & NGX_HTTP_OWNCLOUD_INTERNAL)) {
            return ngx_http_owncloud_download_answer_error(r, ctx,
                       "Files of %s cannot be copied here. Please choose a "
                       "link.", "notsupported");
        }

        return ngx_http_owncloud_copy(r, ctx, download);
    }

    if (!(supported & NGX_HTTP_OWNCLOUD_EXTERNAL)) {
        return ngx_http_owncloud_download_answer_error(r, ctx,
                   "Files of %s cannot be linked here. Please choose a copy.",
                   "notsupported");
    }

    if (link) {
        return ngx_http_owncloud_link(r, ctx, download);
    }

    if (alias) {
        return ngx_http_owncloud_alias(r, ctx, download);
    }

    return ngx_http_owncloud_controlled(r, ctx, download);
}


/* as PHP takes a number for a yes or a no */

static ngx_uint_t
ngx_http_owncloud_download_flag(ngx_http_owncloud_ctx_t *ctx, char *name)
{
    ngx_str_t  *value;

    value = ngx_http_owncloud_form_get(ctx->fields, name);

    return value && value->len
           && !(value->len == 1 && value->data[0] == '0');
}


ngx_int_t
ngx_http_owncloud_download_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *format, char *code)
{
    ngx_str_t  text;

    if (ngx_http_owncloud_failure_text(r, ctx, format, &text) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_owncloud_answer_error(r, ctx, &text, code);
}
