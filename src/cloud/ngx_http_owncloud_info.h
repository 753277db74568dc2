
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* what a cloud says of itself and of its user, all of it JSON */


/*
 * The type, one of NGX_HTTP_OWNCLOUD_TYPE_..., of the server that wrote "body",
 * a status.php.  NGX_DECLINED: it does not say; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_info_type(ngx_pool_t *pool, ngx_str_t *body,
    ngx_uint_t *type);

/*
 * The user's name at "path", keys joined by "-", of a userinfo.  NGX_DECLINED:
 * there is none that can be one, or one of more than "max" bytes; NGX_ERROR:
 * no memory.
 */
ngx_int_t ngx_http_owncloud_info_user(ngx_pool_t *pool, ngx_str_t *body,
    ngx_str_t *path, size_t max, ngx_str_t *user);

/*
 * 1 if this can be a user's name: it is not empty and without control
 * characters, which would make lines of their own in a log
 */
ngx_uint_t ngx_http_owncloud_info_name(ngx_str_t *name);


/* what the capabilities (OCS, cloud/capabilities) say of shares */

typedef struct {
    ngx_uint_t   days;         /* that a link may last; 0: as long as asked */

    unsigned     sharing:1;
    unsigned     links:1;
    unsigned     password:1;   /* every link needs one */
} ngx_http_owncloud_policy_t;


typedef struct ngx_http_owncloud_policy_reader_s
    ngx_http_owncloud_policy_reader_t;


/* their reader, as they come; NULL: no memory */
ngx_http_owncloud_policy_reader_t *ngx_http_owncloud_policy_create(
    ngx_pool_t *pool);

/* NGX_OK, also for what is no JSON; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_policy_feed(
    ngx_http_owncloud_policy_reader_t *reader, u_char *p, size_t len);

/*
 * The end of the body.  "policy" of a reader that is NULL, or of what does not
 * say, lets users do everything.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_policy_finish(
    ngx_http_owncloud_policy_reader_t *reader,
    ngx_http_owncloud_policy_t *policy);


#endif /* _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_ */
