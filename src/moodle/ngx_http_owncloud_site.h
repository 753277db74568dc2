
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Which Moodle a copy was made for is in its path, whose first folder is
 * named after that Moodle: "/Moodle moodle.example.com/17/...".
 */

#define NGX_HTTP_OWNCLOUD_SITE_NAME  200     /* bytes of the folder's path */


typedef struct {
    ngx_str_t    origin;     /* "https://moodle.example.com" */
    ngx_str_t    root;       /* "" or "/lms" */
} ngx_http_owncloud_site_t;


/*
 * The folder of all copies of a Moodle, "/Moodle moodle.example.com_8443_lms",
 * without what no name may have in it.
 */
ngx_int_t ngx_http_owncloud_site_folder(ngx_pool_t *pool,
    ngx_http_owncloud_site_t *site, ngx_str_t *folder);

/* NGX_OK: the copy with this path is one of the site; NGX_DECLINED: not */
ngx_int_t ngx_http_owncloud_site_has(ngx_pool_t *pool,
    ngx_http_owncloud_site_t *site, ngx_str_t *path);


#endif /* _NGX_HTTP_OWNCLOUD_SITE_H_INCLUDED_ */
