
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_FORM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_FORM_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"


/*
 * The forms that Moodle is sent.  All of them are allocated from r->pool;
 * values may stay where they are.
 */

/*
 * The fields of a form, of ngx_keyval_t, in the order of "names", which NULL
 * ends.  The value of a field is that of "own", which an empty key ends, or,
 * where "own" has none of the name, what the browser has sent; a name that
 * ends in "[]" may stand more than once.  NULL: no memory.
 */
ngx_array_t *ngx_http_owncloud_store_fields(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **names, ngx_keyval_t *own);

/*
 * The body of the request that has Moodle store a reference to "link": the
 * source is JSON and has a key of its own.  NGX_ERROR: no memory, or no
 * digest.
 */
ngx_int_t ngx_http_owncloud_store_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *link, ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_STORE_FORM_H_INCLUDED_ */
