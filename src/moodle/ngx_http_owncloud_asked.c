
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_asked.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_uri.h"


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   token;     /* 1: a token follows the script */
} ngx_http_owncloud_script_t;


static ngx_int_t ngx_http_owncloud_asked_script(ngx_pool_t *pool,
    ngx_str_t *root, ngx_str_t *path, ngx_http_owncloud_script_t **found,
    ngx_str_t *rest);
static ngx_int_t ngx_http_owncloud_asked_plain(ngx_pool_t *pool,
    ngx_str_t *path);
static ngx_int_t ngx_http_owncloud_asked_fields(ngx_pool_t *pool,
    ngx_str_t *args, ngx_str_t *file, ngx_uint_t *download);
static ngx_uint_t ngx_http_owncloud_asked_like_file(ngx_str_t *name);
static ngx_int_t ngx_http_owncloud_asked_context(ngx_str_t *file,
    ngx_uint_t token, uint64_t *context);


/* Moodle's scripts that do nothing but check access to a file and send it */

static ngx_http_owncloud_script_t  ngx_http_owncloud_scripts[] = {
    { ngx_string("/pluginfile.php"), 0 },
    { ngx_string("/draftfile.php"), 0 },
    { ngx_string("/webservice/pluginfile.php"), 0 },
    { ngx_string("/tokenpluginfile.php"), 1 },
    { ngx_null_string, 0 }
};


ngx_int_t
ngx_http_owncloud_asked(ngx_pool_t *pool, ngx_str_t *target, ngx_str_t *root,
    ngx_http_owncloud_asked_t *asked)
{
    u_char                      *p, *last;
    ngx_int_t                    rc;
    ngx_str_t                    path, args, rest, file;
    ngx_http_owncloud_script_t  *script;

    path = *target;
    ngx_str_null(&args);

    last = target->data + target->len;
    p = ngx_strlchr(target->data, last, '?');

    if (p) {
        path.len = p - target->data;
        args.data = p + 1;
        args.len = last - args.data;
    }

    rc = ngx_http_owncloud_asked_script(pool, root, &path, &script, &rest);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_asked_plain(pool, &path);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_asked_fields(pool, &args, &file, &asked->download);

    if (rc != NGX_OK) {
        return rc;
    }

    /*
     * if there are both, the spelling decides which one counts, and PHP's
     * configuration decides whether ";" ends a value
     */

    if (file.data
        && (rest.len
            || ngx_strlchr(args.data, args.data + args.len, ';')))
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_asked_context(file.data ? &file : &rest,
                                           script->token, &asked->context);
}


/*
 * The script must be spelled out: Moodle prefers the path only if the request
 * line contains the script's name literally.
 */

static ngx_int_t
ngx_http_owncloud_asked_script(ngx_pool_t *pool, ngx_str_t *root,
    ngx_str_t *path, ngx_http_owncloud_script_t **found, ngx_str_t *rest)
{
    u_char                      *p, *last;
    ngx_str_t                    escaped;
    ngx_http_owncloud_script_t  *script;

    if (ngx_http_owncloud_uri_escape(pool, root, &escaped, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (path->len < escaped.len
        || ngx_strncmp(path->data, escaped.data, escaped.len) != 0)
    {
        return NGX_DECLINED;
    }

    p = path->data + escaped.len;
    last = path->data + path->len;

    for (script = ngx_http_owncloud_scripts; script->name.len; script++) {

        if ((size_t) (last - p) >= script->name.len
            && ngx_strncmp(p, script->name.data, script->name.len) == 0
            && (p + script->name.len == last || p[script->name.len] == '/'))
        {
            *found = script;

            rest->data = p + script->name.len;
            rest->len = last - rest->data;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* rejects what may be removed: "//", "/./", "/../", "#", control characters */

static ngx_int_t
ngx_http_owncloud_asked_plain(ngx_pool_t *pool, ngx_str_t *path)
{
    size_t      len;
    u_char     *p, *last, *segment, *buf;
    ngx_str_t   decoded;

    /* decoding never makes it longer */

    buf = ngx_pnalloc(pool, path->len + 1);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    if (ngx_strlchr(path->data, path->data + path->len, '#')
        || ngx_http_owncloud_uri_unescape(buf, path, &decoded) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    last = decoded.data + decoded.len;
    segment = NULL;

    for (p = decoded.data; p <= last; p++) {

        if (p < last && *p != '/') {

            if (*p < ' ' || *p == 0x7f) {
                return NGX_DECLINED;
            }

            continue;
        }

        if (segment != NULL) {
            len = p - segment;

            if ((len == 0 && p < last)
                || (len == 1 && segment[0] == '.')
                || (len == 2 && segment[0] == '.' && segment[1] == '.'))
            {
                return NGX_DECLINED;
            }
        }

        segment = p + 1;
    }

    return NGX_OK;
}


/*
 * Sets file->data to NULL if there is no "file".  PHP may be configured to
 * split fields at ";", too.
 */

static ngx_int_t
ngx_http_owncloud_asked_fields(ngx_pool_t *pool, ngx_str_t *args,
    ngx_str_t *file, ngx_uint_t *download)
{
    size_t         i;
    ngx_int_t      rc;
    ngx_str_t      text;
    ngx_uint_t     n;
    ngx_array_t    fields;
    ngx_keyval_t  *field;

    ngx_str_null(file);
    *download = 0;

    text.len = args->len;
    text.data = ngx_pnalloc(pool, args->len + 1);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < args->len; i++) {

        if (args->data[i] == '#') {
            return NGX_DECLINED;
        }

        text.data[i] = (args->data[i] == ';') ? '&' : args->data[i];
    }

    rc = ngx_http_owncloud_form_parse(pool, &text,
                                      NGX_HTTP_OWNCLOUD_ASKED_FIELDS, &fields);
    if (rc != NGX_OK) {
        return rc;
    }

    field = fields.elts;

    for (n = 0; n < fields.nelts; n++) {

        if (field[n].key.len == sizeof("forcedownload") - 1
            && ngx_strncmp(field[n].key.data, "forcedownload",
                           sizeof("forcedownload") - 1)
               == 0)
        {
            *download = 1;
        }

        if (!ngx_http_owncloud_asked_like_file(&field[n].key)) {
            continue;
        }

        /* Moodle's links have "file" once and spelled like this */

        if (field[n].key.len != sizeof("file") - 1 || file->data) {
            return NGX_DECLINED;
        }

        *file = field[n].value;
    }

    return NGX_OK;
}


/*
 * Returns 1 if PHP may read the name as "file": it skips leading blanks, and
 * "[" and a NUL end a name.
 */

static ngx_uint_t
ngx_http_owncloud_asked_like_file(ngx_str_t *name)
{
    u_char  *p, *last;

    p = name->data;
    last = p + name->len;

    while (p < last && *p <= ' ') {
        p++;
    }

    if (last - p < 4 || ngx_strncmp(p, "file", 4) != 0) {
        return 0;
    }

    p += 4;

    return p == last || !((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'));
}


/* /CONTEXT/..., or /TOKEN/CONTEXT/... */

static ngx_int_t
ngx_http_owncloud_asked_context(ngx_str_t *file, ngx_uint_t token,
    uint64_t *context)
{
    u_char    *p, *last;
    uint64_t   n;

    p = file->data;
    last = p + file->len;

    if (p == last || *p++ != '/') {
        return NGX_DECLINED;
    }

    if (token) {

        while (p < last && ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')
                            || (*p >= 'A' && *p <= 'Z')))
        {
            p++;
        }

        if (p == last || *p++ != '/') {
            return NGX_DECLINED;
        }
    }

    for (n = 0; p < last && *p >= '0' && *p <= '9'; p++) {

        if (n > NGX_MAX_INT32_VALUE) {
            return NGX_DECLINED;
        }

        n = 10 * n + *p - '0';
    }

    if (n == 0 || last - p < 2 || p[0] != '/') {
        return NGX_DECLINED;
    }

    *context = n;

    return NGX_OK;
}
