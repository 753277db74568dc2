
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* what a browser sends when a form with a file is submitted */

typedef struct {
    ngx_str_t      field;       /* of the file, a literal */
    ngx_str_t      filename;    /* without control characters */
    ngx_file_t    *file;
    off_t          size;
    ngx_array_t   *fields;      /* of ngx_keyval_t, after the file */
} ngx_http_owncloud_multipart_t;


/*
 * The body, in memory but for the file, its size and its Content-Type with a
 * boundary that nobody can foresee.  Names of fields are literals.
 */
ngx_int_t ngx_http_owncloud_multipart(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *type, ngx_chain_t **body,
    off_t *size);


#endif /* _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_ */
