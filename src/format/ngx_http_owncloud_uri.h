
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_str_t    text;         /* normalized, fit for a browser */
    ngx_str_t    host;         /* lower case, an IPv6 literal in brackets */
    ngx_str_t    authority;    /* host[:port], without a default port */
    ngx_str_t    path;         /* escaped as written, starts with a slash */
    ngx_str_t    query;        /* without the question mark */
    in_port_t    port;
    unsigned     tls:1;
} ngx_http_owncloud_url_t;


/*
 * Parses an http or https URL with libcurl's URL API; user names and fragments
 * are rejected.  The strings of "url" are allocated from "pool".  Returns
 * NGX_OK, NGX_DECLINED if the URL is invalid, or NGX_ERROR if memory is
 * exhausted.  With NGX_DECLINED, "*reason" is a static text that completes
 * 'invalid URL "...": '.  For configuration time only.
 */
ngx_int_t ngx_http_owncloud_url_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_url_t *url, char **reason);

/*
 * Appends "path" to the base URL, which is taken for a folder, and parses the
 * result: "https://h:8000/oc" and "status.php" give
 * "https://h:8000/oc/status.php".  Returns the same as
 * ngx_http_owncloud_url_parse().  For configuration time only.
 */
ngx_int_t ngx_http_owncloud_url_join(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, char *path, ngx_http_owncloud_url_t *url);

/*
 * Percent-encodes all bytes except unreserved characters (RFC 3986, 2.3) and,
 * unless "slashes" is set, "/".  This is how a decoded path is sent.
 * "escaped" is allocated from "pool".  Returns NGX_OK, or NGX_ERROR if memory
 * is exhausted.
 */
ngx_int_t ngx_http_owncloud_uri_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped, ngx_uint_t slashes);

/*
 * Percent-decodes "src" and does nothing else: "+" stays a plus.  "dst" has
 * room for src->len bytes and may be src->data; "plain" points there.  Returns
 * NGX_OK, or NGX_DECLINED if a "%" lacks two hexadecimal digits or the result
 * contains a NUL.
 */
ngx_int_t ngx_http_owncloud_uri_unescape(u_char *dst, ngx_str_t *src,
    ngx_str_t *plain);

/*
 * Normalizes a decoded folder as the picker sends it: empty or "/a/b/".
 * "folder", allocated from "pool", starts and ends with a slash and has no
 * empty segments.  Returns NGX_OK, NGX_DECLINED if a segment is "." or "..",
 * or the path contains a NUL or is not UTF-8, or NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_path_normalize(ngx_pool_t *pool, ngx_str_t *path,
    ngx_str_t *folder);

/*
 * Decodes a DAV:href, which is a path or a URL of the same origin (RFC 4918,
 * 8.3), to a path relative to the endpoint "base", whose path ends with a
 * slash.  The result has a leading slash and is written to "dst", which has
 * room for href->len bytes; "path" points there.  Returns NGX_OK, or
 * NGX_DECLINED if the href is outside "base", has "." or ".." segments, an
 * encoded slash or an invalid encoding, or is not UTF-8.
 */
ngx_int_t ngx_http_owncloud_href_path(ngx_http_owncloud_url_t *base,
    ngx_str_t *href, u_char *dst, ngx_str_t *path);

/*
 * Returns 1 if the bytes are well-formed UTF-8 without surrogates (RFC 3629).
 */
ngx_uint_t ngx_http_owncloud_utf8_valid(u_char *p, size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_ */
