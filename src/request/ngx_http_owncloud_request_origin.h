
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_ORIGIN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_ORIGIN_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * Which page sent a form, by its Origin (RFC 6454).  NGX_OK: a page of this
 * site; NGX_DECLINED: of another site; NGX_DONE: the browser does not say.
 */
ngx_int_t ngx_http_owncloud_origin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a request header by its name in lower case, or NULL */
ngx_table_elt_t *ngx_http_owncloud_origin_header(ngx_http_request_t *r,
    char *name);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_ORIGIN_H_INCLUDED_ */
