
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_str_t    text;         /* normalised, as a browser may be given it */
    ngx_str_t    host;         /* lower case, an IPv6 literal in brackets */
    ngx_str_t    authority;    /* host[:port], the port if not the default */
    ngx_str_t    path;         /* escaped as written, starts with a slash */
    ngx_str_t    query;        /* without the question mark */
    in_port_t    port;
    unsigned     tls:1;
} ngx_http_owncloud_url_t;


/*
 * Takes an http or https URL apart with libcurl's URL API; user names and
 * fragments are refused.  Strings are allocated from "pool".  On NGX_DECLINED
 * "*reason" is a static text that completes 'invalid URL "...": '.
 * Configuration time only.
 */
ngx_int_t ngx_http_owncloud_url_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_url_t *url, char **reason);

/*
 * Appends "path", relative to the folder that the base URL is, and parses
 * the result: "https://h:8000/oc" and "status.php" give
 * "https://h:8000/oc/status.php".  Configuration time only.
 */
ngx_int_t ngx_http_owncloud_url_join(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, char *path, ngx_http_owncloud_url_t *url);

/*
 * Percent-encodes all but unreserved characters (RFC 3986) and, where
 * "slashes" is set, "/": the form in which a decoded path is put on the wire.
 */
ngx_int_t ngx_http_owncloud_uri_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped, ngx_uint_t slashes);

/*
 * Percent-decoding and nothing else: "+" is a plus.  "dst" has room for
 * src->len bytes and may be src->data.  NGX_DECLINED: a "%" without two
 * hexadecimal digits, or a NUL.
 */
ngx_int_t ngx_http_owncloud_uri_unescape(u_char *dst, ngx_str_t *src,
    ngx_str_t *plain);

/*
 * A folder as the picker sends it, decoded: empty or "/a/b/".  The result
 * starts and ends with a slash and has no empty segment.  NGX_DECLINED: a
 * segment "." or "..", a NUL, or not UTF-8.
 */
ngx_int_t ngx_http_owncloud_path_normalize(ngx_pool_t *pool, ngx_str_t *path,
    ngx_str_t *folder);

/*
 * The decoded path, with its leading slash, of a DAV:href below the endpoint
 * "base" (whose path ends with a slash).  The href is a path or a URL of the
 * same origin (RFC 4918, 8.3).  "dst" has room for href->len bytes.
 * NGX_DECLINED: another origin or folder, "." or ".." segments, an encoded
 * slash, broken encoding, or not UTF-8.
 */
ngx_int_t ngx_http_owncloud_href_path(ngx_http_owncloud_url_t *base,
    ngx_str_t *href, u_char *dst, ngx_str_t *path);

/* 1 if the bytes are well-formed UTF-8 without surrogates (RFC 3629) */
ngx_uint_t ngx_http_owncloud_utf8_valid(u_char *p, size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_URI_H_INCLUDED_ */
