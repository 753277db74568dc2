
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_


#include "ngx_http_owncloud_ocs.h"


/* used by ngx_http_owncloud_ocs.c: shares, and the XML form of a response */

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
 * Adds a share with these values to the shares of "data", an
 * ngx_http_owncloud_ocs_t.  "values" is indexed by
 * ngx_http_owncloud_ocs_value_e; a missing value has NULL data, and "cut" is 1
 * if one was too long.  The bytes are not copied.  Returns NGX_OK, also if the
 * share is skipped; NGX_DONE if no more are kept; NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_ocs_share(void *data, ngx_str_t *values,
    ngx_uint_t cut);

/*
 * Parses a number of up to nine digits.  Returns NGX_ERROR if it is not one.
 */
ngx_int_t ngx_http_owncloud_ocs_number(ngx_str_t *value);

/*
 * A reader of the XML form, in pieces, freed with "pool".  It sets "*code" and
 * ocs->message from meta and adds to ocs->shares; "ocs" and "code" must
 * outlive it.  create() returns NULL if memory is exhausted.  feed() and
 * finish() return NGX_OK, NGX_DECLINED if this is not an OCS document, or
 * NGX_ERROR if memory is exhausted.
 */
ngx_http_owncloud_ocs_xml_t *ngx_http_owncloud_ocs_xml_create(
    ngx_pool_t *pool, ngx_http_owncloud_ocs_t *ocs, ngx_str_t *code);
ngx_int_t ngx_http_owncloud_ocs_xml_feed(ngx_http_owncloud_ocs_xml_t *reader,
    u_char *p, size_t len);
ngx_int_t ngx_http_owncloud_ocs_xml_finish(
    ngx_http_owncloud_ocs_xml_t *reader);


#endif /* _NGX_HTTP_OWNCLOUD_OCS_SHARE_H_INCLUDED_ */
