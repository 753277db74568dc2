
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Reads application/x-www-form-urlencoded data, also a query string, into
 * "fields", which becomes an array of ngx_keyval_t, decoded ("+" is a space
 * here), in the order of the text.  NGX_DECLINED: more than "max" fields,
 * those without a name, which are left out, counted.  A "%" that is not
 * followed by two hexadecimal digits stands for itself, as in PHP.
 */
ngx_int_t ngx_http_owncloud_form_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_uint_t max, ngx_array_t *fields);

/*
 * The value of the last field of that name, as PHP takes it; NULL if there
 * is none.  "name" is a string literal.
 */
ngx_str_t *ngx_http_owncloud_form_get(ngx_array_t *fields, char *name);

/*
 * Writes "n" fields as form data; fields without a value (data is NULL) are
 * left out.
 */
ngx_int_t ngx_http_owncloud_form_encode(ngx_pool_t *pool,
    ngx_keyval_t *fields, ngx_uint_t n, ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_FORM_H_INCLUDED_ */
