
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The precontent handler: finds out whether a request is ours, reads its
 * form and goes through the states of its flow.  NGX_DECLINED leaves the
 * request to the location's own handler as if we had never been there.
 */
ngx_int_t ngx_http_owncloud_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_RUN_H_INCLUDED_ */
