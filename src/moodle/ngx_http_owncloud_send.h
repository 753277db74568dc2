
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SEND_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SEND_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_json.h"


typedef struct {
    char  *name;                 /* NULL ends a table */
    char  *value;
} ngx_http_owncloud_header_t;


/* adds header lines to the answer */
ngx_int_t ngx_http_owncloud_send_headers(ngx_http_request_t *r,
    ngx_http_owncloud_header_t *headers);

/*
 * Sends a complete answer that is stored nowhere.  A type without parameters
 * is UTF-8, unless it is one of a picture.
 */
ngx_int_t ngx_http_owncloud_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_chain_t *out, off_t size);

/* the same for a body in one piece, which may be empty */
ngx_int_t ngx_http_owncloud_send_text(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *type, ngx_str_t *body);

/*
 * sends the browser to another address, a path or a URL; after a form by 303
 */
ngx_int_t ngx_http_owncloud_send_redirect(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *url);

/* ends the JSON and sends it with status 200 */
ngx_int_t ngx_http_owncloud_send_json(ngx_http_request_t *r,
    ngx_http_owncloud_json_t *json);


#endif /* _NGX_HTTP_OWNCLOUD_SEND_H_INCLUDED_ */
