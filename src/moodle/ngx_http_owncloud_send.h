
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


/*
 * Adds header fields to the response; the strings must live as long as it.
 * Returns NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_send_headers(ngx_http_request_t *r,
    ngx_http_owncloud_header_t *headers);

/*
 * Sends a complete response that may not be stored.  "size" is the length of
 * "out" in bytes.  A type without parameters gets the charset UTF-8, unless it
 * is an image.  Returns the result of ngx_http_output_filter(), a status code,
 * or NGX_ERROR if the client aborted.
 */
ngx_int_t ngx_http_owncloud_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_chain_t *out, off_t size);

/* the same for a body in one piece, which may be empty */
ngx_int_t ngx_http_owncloud_send_text(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *type, ngx_str_t *body);

/*
 * Redirects the browser to "url", a path or a URL; returns as above.  Use
 * status 303 after a form.
 */
ngx_int_t ngx_http_owncloud_send_redirect(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *url);

/* ends the JSON and sends it with status 200; returns as above */
ngx_int_t ngx_http_owncloud_send_json(ngx_http_request_t *r,
    ngx_http_owncloud_json_t *json);


#endif /* _NGX_HTTP_OWNCLOUD_SEND_H_INCLUDED_ */
