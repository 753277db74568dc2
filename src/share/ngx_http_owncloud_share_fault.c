
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_share.h"


static ngx_http_owncloud_share_fault_t  ngx_http_owncloud_share_is_folder = {
    "isfolder",
    "This is a folder in %s, not a file. The link to it was deleted. Please "
    "open the folder and choose a file in it."
};


static ngx_http_owncloud_share_fault_t  ngx_http_owncloud_share_is_password = {
    "linkpassword",
    "%s sets a password on every public link. Anyone who opens the file in "
    "Moodle would have to enter it, so the link was deleted. Please choose to "
    "copy the file instead."
};


static ngx_http_owncloud_share_fault_t  ngx_http_owncloud_share_is_type = {
    "cloudinvalid",
    "%s created a link that does more than let others read this file, so the "
    "link was deleted. Please tell your administrator."
};


static ngx_http_owncloud_share_fault_t  ngx_http_owncloud_share_is_policy = {
    "linkpolicy",
    "%s created a link without the password or the expiration date that the "
    "administrator of this Moodle has set, so the link was deleted. Please "
    "tell your administrator, or choose to copy the file instead."
};


ngx_http_owncloud_share_fault_t *
ngx_http_owncloud_share_fault(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_t *share)
{
    ngx_uint_t  wanted;

    wanted = (ctx->issuer->share_password.len != 0);

    if (share->folder) {
        return &ngx_http_owncloud_share_is_folder;
    }

    if (share->password && !wanted) {
        return &ngx_http_owncloud_share_is_password;
    }

    if (!ngx_http_owncloud_share_link(share)
        || !ngx_http_owncloud_share_read_only(share))
    {
        return &ngx_http_owncloud_share_is_type;
    }

    if ((wanted && !share->password)
        || !ngx_http_owncloud_share_ends(ctx, share))
    {
        return &ngx_http_owncloud_share_is_policy;
    }

    return NULL;
}
