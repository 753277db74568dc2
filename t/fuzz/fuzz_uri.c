
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_uri.h"


static void fuzz_escape(ngx_pool_t *pool, ngx_str_t *text);
static void fuzz_folder(ngx_pool_t *pool, ngx_str_t *text);
static void fuzz_href(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
    ngx_str_t *text);
static void fuzz_url(ngx_pool_t *pool, ngx_str_t *text);
static ngx_uint_t fuzz_safe(ngx_str_t *path);


static char  *fuzz_bases[] = {
    "https://cloud.example.com:8000/oc/remote.php/webdav/",
    "http://h/",
    "https://h/a%2Bb%20%c3%a4/"
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                     *reason;
    ngx_str_t                 text;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_owncloud_url_t   base;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    fuzz_escape(pool, &text);
    fuzz_folder(pool, &text);
    fuzz_url(pool, &text);

    for (i = 0; i < sizeof(fuzz_bases) / sizeof(fuzz_bases[0]); i++) {
        text.data = (u_char *) fuzz_bases[i];
        text.len = ngx_strlen(fuzz_bases[i]);

        fuzz_assert(ngx_http_owncloud_url_parse(pool, &text, &base, &reason)
                    == NGX_OK);

        text = fuzz_copy(pool, data, size);
        fuzz_href(pool, &base, &text);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_escape(ngx_pool_t *pool, ngx_str_t *text)
{
    u_char      *p;
    ngx_int_t    rc;
    ngx_str_t    escaped, plain;
    ngx_uint_t   slashes;

    for (slashes = 0; slashes < 2; slashes++) {
        rc = ngx_http_owncloud_uri_escape(pool, text, &escaped, slashes);
        fuzz_assert(rc == NGX_OK);

        p = ngx_pnalloc(pool, escaped.len);
        rc = ngx_http_owncloud_uri_unescape(p, &escaped, &plain);

        if (ngx_strlchr(text->data, text->data + text->len, '\0') == NULL) {
            fuzz_assert(rc == NGX_OK && fuzz_same(&plain, text));
        } else {
            fuzz_assert(rc == NGX_DECLINED);
        }
    }

    p = ngx_pnalloc(pool, text->len);
    rc = ngx_http_owncloud_uri_unescape(p, text, &plain);

    fuzz_assert(rc == NGX_DECLINED || plain.len <= text->len);
}


static void
fuzz_folder(ngx_pool_t *pool, ngx_str_t *text)
{
    ngx_str_t  folder, again;

    if (ngx_http_owncloud_path_normalize(pool, text, &folder) != NGX_OK) {
        return;
    }

    fuzz_assert(folder.data[folder.len - 1] == '/' && fuzz_safe(&folder));

    fuzz_assert(ngx_http_owncloud_path_normalize(pool, &folder, &again)
                == NGX_OK
                && fuzz_same(&folder, &again));
}


static void
fuzz_href(ngx_pool_t *pool, ngx_http_owncloud_url_t *base, ngx_str_t *text)
{
    u_char     *p;
    ngx_str_t   path, again, escaped, href;

    p = ngx_pnalloc(pool, text->len);

    if (ngx_http_owncloud_href_path(base, text, p, &path) != NGX_OK) {
        return;
    }

    fuzz_assert(path.len <= text->len && fuzz_safe(&path));

    /* escaped below the base it is the same path again */

    fuzz_assert(ngx_http_owncloud_uri_escape(pool, &path, &escaped, 0)
                == NGX_OK);

    href.data = ngx_pnalloc(pool, base->path.len + escaped.len);
    href.len = ngx_sprintf(href.data, "%*s%V", base->path.len - 1,
                           base->path.data, &escaped)
               - href.data;

    p = ngx_pnalloc(pool, href.len);

    fuzz_assert(ngx_http_owncloud_href_path(base, &href, p, &again) == NGX_OK
                && fuzz_same(&path, &again));
}


static void
fuzz_url(ngx_pool_t *pool, ngx_str_t *text)
{
    char                     *reason;
    ngx_uint_t                i;
    ngx_http_owncloud_url_t   url, again;

    reason = NULL;

    if (ngx_http_owncloud_url_parse(pool, text, &url, &reason) != NGX_OK) {
        fuzz_assert(reason != NULL);
        return;
    }

    fuzz_assert(url.host.len && url.port && url.path.data[0] == '/');

    for (i = 0; i < url.text.len; i++) {
        fuzz_assert(url.text.data[i] > ' ' && url.text.data[i] < 0x7f);
    }

    fuzz_assert(ngx_http_owncloud_url_parse(pool, &url.text, &again, &reason)
                == NGX_OK);

    fuzz_assert(fuzz_same(&url.text, &again.text)
                && fuzz_same(&url.authority, &again.authority)
                && fuzz_same(&url.path, &again.path)
                && fuzz_same(&url.query, &again.query)
                && url.port == again.port && url.tls == again.tls);

    fuzz_assert(ngx_http_owncloud_url_join(pool, &url, "a/b", &again)
                == NGX_OK);
    fuzz_assert(fuzz_same(&url.authority, &again.authority)
                && ngx_strncmp(again.path.data, url.path.data, url.path.len)
                   == 0);
}


/* no step out of the folder, nothing that is empty */

static ngx_uint_t
fuzz_safe(ngx_str_t *path)
{
    size_t   n;
    u_char  *p, *last, *segment;

    last = path->data + path->len;

    if (path->len == 0 || path->data[0] != '/'
        || ngx_strlchr(path->data, last, '\0') != NULL
        || !ngx_http_owncloud_utf8_valid(path->data, path->len))
    {
        return 0;
    }

    for (p = path->data + 1; p < last; p++) {
        segment = p;

        while (p < last && *p != '/') {
            p++;
        }

        n = p - segment;

        if (n == 0
            || (n == 1 && segment[0] == '.')
            || (n == 2 && segment[0] == '.' && segment[1] == '.'))
        {
            return 0;
        }
    }

    return 1;
}
