
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Finds out which stored file a client requests from Moodle, as far as the
 * request line tells.  nginx, PHP and Moodle parse it differently; only what
 * all of them parse alike counts.
 */

#define NGX_HTTP_OWNCLOUD_ASKED_FIELDS  64    /* most fields of a query */


typedef struct {
    uint64_t     context;       /* Moodle's context of the file */
    ngx_uint_t   download;      /* 1: has "forcedownload" */
} ngx_http_owncloud_asked_t;


/*
 * Parses "target", the path and the query as sent by the client; "root" is the
 * decoded path of Moodle.  Returns NGX_OK; NGX_DECLINED if this is not one of
 * Moodle's scripts that check access to a file, or the file is ambiguous;
 * NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_asked(ngx_pool_t *pool, ngx_str_t *target,
    ngx_str_t *root, ngx_http_owncloud_asked_t *asked);


#endif /* _NGX_HTTP_OWNCLOUD_ASKED_H_INCLUDED_ */
