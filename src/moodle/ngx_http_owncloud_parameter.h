
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Reads the parameters of a picker's request exactly as Moodle would.  PHP
 * accepts several spellings of a name, and a field of the form overrides one
 * of the query.  Anything ambiguous is left to Moodle.  Source:
 * main/php_variables.c of PHP 8, and Moodle's optional_param().
 */


/*
 * Reads the query; "fields" comes from ngx_http_owncloud_form_parse().  Sets
 * "action" to one of NGX_HTTP_OWNCLOUD_ACTION_*, or to NONE for an action that
 * Moodle handles.  Returns NGX_OK, or NGX_DECLINED if the request is not ours.
 */
ngx_int_t ngx_http_owncloud_parameter_query(ngx_array_t *fields,
    ngx_uint_t *action);

/*
 * Reads the form.  Sets "repository" to the number in "repo_id".  Returns
 * NGX_OK, or NGX_DECLINED if there is none or the request is not ours.
 */
ngx_int_t ngx_http_owncloud_parameter_form(ngx_array_t *fields,
    ngx_int_t *repository);

/*
 * Returns 1 if PHP parses a body of this Content-Type as a form other than an
 * upload.
 */
ngx_uint_t ngx_http_owncloud_parameter_urlencoded(ngx_str_t *type);


#endif /* _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_ */
