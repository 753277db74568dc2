
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_


#include "ngx_http_owncloud_ocs.h"


/* below ngx_http_owncloud_ocs.c: a share, and the XML form of an answer */

typedef enum {
    NGX_HTTP_OWNCLOUD_OCS_ID = 0,
    NGX_HTTP_OWNCLOUD_OCS_TYPE,
    NGX_HTTP_OWNCLOUD_OCS_PERMISSIONS,
    NGX_HTTP_OWNCLOUD_OCS_TOKEN,
    NGX_HTTP_OWNCLOUD_OCS_URL,
    NGX_HTTP_OWNCLOUD_OCS_EXPIRATION,
    NGX_HTTP_OWNCLOUD_OCS_PATH,
    NGX_HTTP_OWNCLOUD_OCS_ITEM_TYPE,
    NGX_HTTP_OWNCLOUD_OCS_FILE_TARGET,
    NGX_HTTP_OWNCLOUD_OCS_FILE_SOURCE,
    NGX_HTTP_OWNCLOUD_OCS_SHARE_WITH,
    NGX_HTTP_OWNCLOUD_OCS_PASSWORD,
    NGX_HTTP_OWNCLOUD_OCS_FILE_OWNER,
    NGX_HTTP_OWNCLOUD_OCS_OWNER,
    NGX_HTTP_OWNCLOUD_OCS_VALUES
} ngx_http_owncloud_ocs_value_e;


typedef struct ngx_http_owncloud_ocs_xml_s  ngx_http_owncloud_ocs_xml_t;


/*
 * Adds the share that "values" are of to those of "data", which is an
 * ngx_http_owncloud_ocs_t; a value without data is not there, and "cut" is 1
 * if one was too long.  The bytes stay where they are.  NGX_OK; NGX_DONE: no
 * more of them are kept; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_ocs_share(void *data, ngx_str_t *values,
    ngx_uint_t cut);

/* up to nine digits, or NGX_ERROR */
ngx_int_t ngx_http_owncloud_ocs_number(ngx_str_t *value);

/*
 * The XML form, in pieces.  NGX_DECLINED: it is no document of OCS; "code" and
 * ocs->message are those of meta.  NGX_ERROR, or NULL: no memory.
 */
ngx_http_owncloud_ocs_xml_t *ngx_http_owncloud_ocs_xml_create(
    ngx_pool_t *pool, ngx_http_owncloud_ocs_t *ocs, ngx_str_t *code);
ngx_int_t ngx_http_owncloud_ocs_xml_feed(ngx_http_owncloud_ocs_xml_t *reader,
    u_char *p, size_t len);
ngx_int_t ngx_http_owncloud_ocs_xml_finish(
    ngx_http_owncloud_ocs_xml_t *reader);


#endif /* _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_ */
