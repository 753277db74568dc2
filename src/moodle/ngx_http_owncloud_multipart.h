
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* a form with a file (RFC 7578) */

typedef struct {
    ngx_str_t      field;       /* name of the file's field */
    ngx_str_t      filename;    /* without control characters */
    ngx_file_t    *file;
    off_t          size;
    ngx_array_t   *fields;      /* of ngx_keyval_t, follow the file */
} ngx_http_owncloud_multipart_t;


/*
 * Makes the body of "form" as a browser would send it: "*body" is the chain,
 * which refers to the open file, "*size" its length in bytes, and "type" the
 * Content-Type with an unpredictable boundary.  All are allocated from "pool";
 * the file must stay open.  Names of fields are literals.  Returns NGX_OK, or
 * NGX_ERROR if memory is exhausted or OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_multipart(ngx_pool_t *pool,
    ngx_http_owncloud_multipart_t *form, ngx_str_t *type, ngx_chain_t **body,
    off_t *size);


#endif /* _NGX_HTTP_OWNCLOUD_MULTIPART_H_INCLUDED_ */
