
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_TYPE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_TYPE_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* what a file is served as: its name decides, not what the cloud says */

/*
 * Returns the Content-Type with which a file called "name" is shown, or NULL:
 * browsers are to save it.
 */
ngx_str_t *ngx_http_owncloud_open_type(ngx_str_t *name);

/* answers with the picture for those who may only know that there is one */
ngx_int_t ngx_http_owncloud_open_picture(ngx_http_request_t *r);

/* returns 1 if Moodle takes a file called "name" for a picture */
ngx_uint_t ngx_http_owncloud_open_is_picture(ngx_str_t *name);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_TYPE_H_INCLUDED_ */
