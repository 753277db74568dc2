
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_COMPAT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* differences between nginx 1.22 and mainline, in one place */


#if (nginx_version < 1022000)
#error "nginx 1.22.0 or newer is needed"
#endif


#if !(NGX_HTTP_SSL)
#error "nginx has to be configured with --with-http_ssl_module"
#endif


/* 1.23.0: headers of one name are linked by "next" */

#if (nginx_version >= 1023000)

#define ngx_http_owncloud_next_unset(h)  (h)->next = NULL

#else

#define ngx_http_owncloud_next_unset(h)

#endif


#endif /* _NGX_HTTP_OWNCLOUD_COMPAT_H_INCLUDED_ */
