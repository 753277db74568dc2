
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The path of a copy tells which Moodle it was made for: its first folder is
 * named after the Moodle, as in "/Moodle moodle.example.com/17/...".
 */

#define NGX_HTTP_OWNCLOUD_SITE_NAME  200     /* bytes of the folder's path */


typedef struct {
    ngx_str_t    origin;     /* "https://moodle.example.com" */
    ngx_str_t    root;       /* "" or "/lms" */
} ngx_http_owncloud_site_t;


/*
 * Makes the folder of a Moodle's copies, such as "/Moodle
 * moodle.example.com_8443_lms", from "site", with at most
 * NGX_HTTP_OWNCLOUD_SITE_NAME bytes.  Characters not allowed in names are
 * replaced or dropped.  "folder" is allocated from "pool".  Returns NGX_OK, or
 * NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_site_folder(ngx_pool_t *pool,
    ngx_http_owncloud_site_t *site, ngx_str_t *folder);

/*
 * Returns NGX_OK if the copy at "path" was made for "site", NGX_DECLINED if
 * not, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_site_has(ngx_pool_t *pool,
    ngx_http_owncloud_site_t *site, ngx_str_t *path);

/*
 * Returns 1 if the decoded "path" is below "prefix", a literal that ends with
 * a slash, of the Moodle at "root"; "rest", not empty then, points into it.
 */
ngx_uint_t ngx_http_owncloud_site_below(ngx_str_t *root, ngx_str_t *path,
    char *prefix, ngx_str_t *rest);


#endif /* _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_ */
