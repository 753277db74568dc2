
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * What a request of the picker is about, read so that Moodle would read the
 * same: PHP knows several spellings of a parameter's name, and of the same
 * name in the form and in the query the form's counts.  What could be read in
 * two ways is not ours.  Source: main/php_variables.c of PHP 8, and Moodle's
 * optional_param().
 */


/*
 * In: "fields" of the query, as ngx_http_owncloud_form_parse() makes them.
 * NGX_OK, and "action" is one of NGX_HTTP_OWNCLOUD_ACTION_*, or NONE for one
 * that Moodle has to answer; NGX_DECLINED: not ours.
 */
ngx_int_t ngx_http_owncloud_parameter_query(ngx_array_t *fields,
    ngx_uint_t *action);

/*
 * In: "fields" of the form.  NGX_OK, and "repository" is the number in
 * "repo_id"; NGX_DECLINED: there is none, or not ours.
 */
ngx_int_t ngx_http_owncloud_parameter_form(ngx_array_t *fields,
    ngx_int_t *repository);

/* 1 if PHP reads a body of this Content-Type as a form, and not an upload */
ngx_uint_t ngx_http_owncloud_parameter_urlencoded(ngx_str_t *type);


#endif /* _NGX_HTTP_OWNCLOUD_PARAMETER_H_INCLUDED_ */
