
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_


#include "ngx_http_owncloud_choose_download_form.h"


/*
 * A way in which a user can want a file.  "begin" is its first step; the file
 * has been checked: it is one that a listing has shown this user.
 */

typedef ngx_int_t (*ngx_http_owncloud_way_pt)(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

typedef struct {
    char                      *field;      /* asks for it; NULL: the default */
    char                      *value;      /* it has then; NULL: a true one */
    ngx_uint_t                 supported;  /* NGX_HTTP_OWNCLOUD_EXTERNAL, ... */
    ngx_http_owncloud_way_pt   begin;
} ngx_http_owncloud_way_t;


/*
 * Checks the form of action=download and takes the first of "ways" that it
 * asks for; the last one has no field.  Returns what a step returns.
 */
ngx_int_t ngx_http_owncloud_download(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_way_t *ways);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_ */
