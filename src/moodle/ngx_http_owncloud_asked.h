
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Which stored file a client asks Moodle for, as far as it can be told from
 * the request line: nginx, PHP and Moodle read it in ways of their own, and
 * only what all of them read alike counts.
 */

#define NGX_HTTP_OWNCLOUD_ASKED_FIELDS  64    /* of the query, at most */


typedef struct {
    uint64_t     context;       /* of Moodle, in which the file is */
    ngx_uint_t   download;      /* 1: "forcedownload" is among the fields */
} ngx_http_owncloud_asked_t;


/*
 * "target" is path and query as the client has sent them, "root" where Moodle
 * is, decoded.  NGX_DECLINED: it is none of Moodle's scripts that look whether
 * one may have a file, or not for sure which file is meant; NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_owncloud_asked(ngx_pool_t *pool, ngx_str_t *target,
    ngx_str_t *root, ngx_http_owncloud_asked_t *asked);


#endif /* _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_ */
