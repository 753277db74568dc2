
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_ocs_share.h"


ngx_int_t
ngx_http_owncloud_ocs_share(void *data, ngx_str_t *values, ngx_uint_t cut)
{
    ngx_http_owncloud_ocs_t *ocs = data;

    ngx_str_t                  *item;
    ngx_http_owncloud_share_t  *share;

    /* a share needs an id, and all of its values must be complete */

    if (values[NGX_HTTP_OWNCLOUD_OCS_ID].len == 0 || cut) {
        return NGX_OK;
    }

    share = ngx_array_push(&ocs->shares);
    if (share == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(share, sizeof(ngx_http_owncloud_share_t));

    share->id = values[NGX_HTTP_OWNCLOUD_OCS_ID];
    share->token = values[NGX_HTTP_OWNCLOUD_OCS_TOKEN];
    share->url = values[NGX_HTTP_OWNCLOUD_OCS_URL];
    share->expiration = values[NGX_HTTP_OWNCLOUD_OCS_EXPIRATION];
    share->path = values[NGX_HTTP_OWNCLOUD_OCS_PATH];
    share->file_target = values[NGX_HTTP_OWNCLOUD_OCS_FILE_TARGET];
    share->file_source = values[NGX_HTTP_OWNCLOUD_OCS_FILE_SOURCE];
    share->share_with = values[NGX_HTTP_OWNCLOUD_OCS_SHARE_WITH];

    share->owner = values[NGX_HTTP_OWNCLOUD_OCS_FILE_OWNER];

    if (share->owner.len == 0) {
        share->owner = values[NGX_HTTP_OWNCLOUD_OCS_OWNER];
    }

    /* NGX_ERROR is -1: unknown */

    share->type = ngx_http_owncloud_ocs_number(
                                       &values[NGX_HTTP_OWNCLOUD_OCS_TYPE]);
    share->permissions = ngx_http_owncloud_ocs_number(
                                &values[NGX_HTTP_OWNCLOUD_OCS_PERMISSIONS]);

    share->password = (share->type == 3
                       && (values[NGX_HTTP_OWNCLOUD_OCS_PASSWORD].len
                           || share->share_with.len));

    item = &values[NGX_HTTP_OWNCLOUD_OCS_ITEM_TYPE];

    share->folder = (item->len == sizeof("folder") - 1
                     && ngx_strncmp(item->data, "folder", item->len) == 0);

    return (ocs->shares.nelts == NGX_HTTP_OWNCLOUD_OCS_SHARES) ? NGX_DONE
                                                               : NGX_OK;
}


ngx_int_t
ngx_http_owncloud_ocs_number(ngx_str_t *value)
{
    if (value->len == 0 || value->len > 9) {
        return NGX_ERROR;
    }

    return ngx_atoi(value->data, value->len);
}
