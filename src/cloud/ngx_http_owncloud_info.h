
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* parsers of what a cloud reports about itself and its user, in JSON */


/*
 * Determines the cloud type, NGX_HTTP_OWNCLOUD_TYPE_..., from "body", a
 * status.php response.  Returns NGX_OK, NGX_DECLINED if the type is not
 * recognized, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_info_type(ngx_pool_t *pool, ngx_str_t *body,
    ngx_uint_t *type);

/*
 * Reads the user name at "path", keys joined by "-", from "body", a userinfo
 * response.  "user" is allocated from "pool".  Returns NGX_OK, NGX_DECLINED if
 * there is no valid name of at most "max" bytes, or NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_info_user(ngx_pool_t *pool, ngx_str_t *body,
    ngx_str_t *path, size_t max, ngx_str_t *user);

/*
 * Returns 1 if "name" may be a user name: not empty and without control
 * characters, which could forge log lines.
 */
ngx_uint_t ngx_http_owncloud_info_name(ngx_str_t *name);


/* what the capabilities (OCS, cloud/capabilities) allow for shares */

typedef struct {
    ngx_uint_t   days;         /* longest life of a link; 0: no limit */

    unsigned     sharing:1;
    unsigned     links:1;
    unsigned     password:1;   /* links need one */
} ngx_http_owncloud_policy_t;


typedef struct ngx_http_owncloud_policy_reader_s
    ngx_http_owncloud_policy_reader_t;


/*
 * Creates a reader of capabilities that arrive in pieces, freed with "pool".
 * Returns NULL if memory is exhausted.
 */
ngx_http_owncloud_policy_reader_t *ngx_http_owncloud_policy_create(
    ngx_pool_t *pool);

/*
 * Parses the next "len" bytes.  Returns NGX_OK, even if this is not JSON, or
 * NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_policy_feed(
    ngx_http_owncloud_policy_reader_t *reader, u_char *p, size_t len);

/*
 * Ends the body and sets "policy".  Anything not stated is allowed:
 * everything, if "reader" is NULL or the body is not JSON.  Returns NGX_OK, or
 * NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_policy_finish(
    ngx_http_owncloud_policy_reader_t *reader,
    ngx_http_owncloud_policy_t *policy);


#endif /* _NGX_HTTP_OWNCLOUD_INFO_H_INCLUDED_ */
