
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Parses application/x-www-form-urlencoded data, such as a form or a query
 * string.  "fields" becomes an array of ngx_keyval_t in the order of "text";
 * names and values are decoded ("+" is a space) and allocated from "pool".  As
 * in PHP, a "%" without two hexadecimal digits stands for itself, and fields
 * without a name are dropped but counted.  Returns NGX_OK, NGX_DECLINED if
 * there are more than "max" fields ("fields" then has those before), or
 * NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_form_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_uint_t max, ngx_array_t *fields);

/*
 * Returns the value of the last field called "name", a literal, as PHP does;
 * NULL if there is none.  The value stays part of "fields".
 */
ngx_str_t *ngx_http_owncloud_form_get(ngx_array_t *fields, char *name);

/*
 * Encodes "n" fields as form data into "text", allocated from "pool".  Fields
 * whose value has NULL data are skipped.  Returns NGX_OK, or NGX_ERROR if
 * memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_form_encode(ngx_pool_t *pool,
    ngx_keyval_t *fields, ngx_uint_t n, ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_ */
