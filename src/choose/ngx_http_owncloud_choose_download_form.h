
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_FORM_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_FORM_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The form that the picker's select dialogue sends when a user has chosen a
 * file.  "fields" are those of the form, of ngx_keyval_t; strings stay where
 * they are unless the comment says otherwise.
 */

typedef struct {
    ngx_str_t    path;      /* decoded, "/folder/name", no slash at the end */
    ngx_str_t    name;      /* its last component */
    ngx_str_t    title;     /* what the user wants the file to be called */
    off_t        max;       /* bytes; -1: no limit */
} ngx_http_owncloud_download_t;


/*
 * Sets download->path and ->name from "source", which may be NULL; both are
 * allocated from "pool".  NGX_DECLINED: it is not the path of a file;
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_download_path(ngx_pool_t *pool,
    ngx_str_t *source, ngx_http_owncloud_download_t *download);

/*
 * Sets download->title from "title" or, if that is missing, from
 * download->name.  Returns 0 if it cannot be the name of a file.
 */
ngx_uint_t ngx_http_owncloud_download_title(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/*
 * Returns 0 if none of "accepted_types[]" allows download->title, so that
 * Moodle would refuse the file; see repository/repository_ajax.php of Moodle.
 */
ngx_uint_t ngx_http_owncloud_download_accepted(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/* sets download->max to the smaller one of "maxbytes" and "areamaxbytes" */
void ngx_http_owncloud_download_max(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/* returns 1 if PHP takes the value of the field "name" for true */
ngx_uint_t ngx_http_owncloud_download_flag(ngx_array_t *fields, char *name);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_FORM_H_INCLUDED_ */
