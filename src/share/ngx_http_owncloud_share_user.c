
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_share_call.h"


static ngx_http_owncloud_call_t *ngx_http_owncloud_share_id_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    char *method, char *resource, ngx_str_t *id);


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_all(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path)
{
    ngx_http_owncloud_call_t        *call;
    ngx_http_owncloud_share_what_t   what;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_SHARES;
    what.path = path;
    what.query = "&reshares=true";

    call = ngx_http_owncloud_share_call(r, ctx, as, "GET", &what);
    if (call == NULL) {
        return NULL;
    }

    call->persistent = 1;

    return call;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path,
    ngx_str_t *user, ngx_uint_t permissions)
{
    u_char                          bits[NGX_INT_T_LEN];
    ngx_keyval_t                    field[4];
    ngx_http_owncloud_share_what_t  what;

    ngx_str_set(&field[0].key, "path");
    field[0].value = *path;

    ngx_str_set(&field[1].key, "shareType");
    ngx_str_set(&field[1].value, "0");

    ngx_str_set(&field[2].key, "shareWith");
    field[2].value = *user;

    ngx_str_set(&field[3].key, "permissions");
    field[3].value.data = bits;
    field[3].value.len = ngx_sprintf(bits, "%ui", permissions) - bits;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_SHARES;
    what.field = field;
    what.n = 4;

    return ngx_http_owncloud_share_call(r, ctx, as, "POST", &what);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_permit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id,
    ngx_uint_t permissions)
{
    u_char                          bits[NGX_INT_T_LEN];
    ngx_keyval_t                    field;
    ngx_http_owncloud_share_what_t  what;

    ngx_str_set(&field.key, "permissions");
    field.value.data = bits;
    field.value.len = ngx_sprintf(bits, "%ui", permissions) - bits;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = NGX_HTTP_OWNCLOUD_SHARES;
    what.id = id;
    what.field = &field;
    what.n = 1;

    return ngx_http_owncloud_share_call(r, ctx, as, "PUT", &what);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_take(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id)
{
    return ngx_http_owncloud_share_id_call(r, ctx, as, "DELETE",
                                           NGX_HTTP_OWNCLOUD_SHARES, id);
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id)
{
    ngx_http_owncloud_call_t  *call;

    call = ngx_http_owncloud_share_id_call(r, ctx, as, "GET",
                                           NGX_HTTP_OWNCLOUD_SHARES, id);
    if (call == NULL) {
        return NULL;
    }

    call->persistent = 1;

    return call;
}


ngx_http_owncloud_call_t *
ngx_http_owncloud_share_accept(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id)
{
    return ngx_http_owncloud_share_id_call(r, ctx, as, "POST",
                                           NGX_HTTP_OWNCLOUD_SHARES_PENDING,
                                           id);
}


static ngx_http_owncloud_call_t *
ngx_http_owncloud_share_id_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method, char *resource,
    ngx_str_t *id)
{
    ngx_http_owncloud_share_what_t  what;

    ngx_memzero(&what, sizeof(ngx_http_owncloud_share_what_t));

    what.resource = resource;
    what.id = id;

    return ngx_http_owncloud_share_call(r, ctx, as, method, &what);
}


ngx_http_owncloud_share_t *
ngx_http_owncloud_share_of(ngx_http_owncloud_ocs_t *ocs, ngx_str_t *user)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_share_t  *share;

    share = ocs->shares.elts;

    for (i = 0; i < ocs->shares.nelts; i++) {

        if (share[i].type == NGX_HTTP_OWNCLOUD_SHARE_USER
            && ngx_http_owncloud_share_same_user(&share[i].share_with, user))
        {
            return &share[i];
        }
    }

    return NULL;
}


/* the clouds ignore case as well */

ngx_uint_t
ngx_http_owncloud_share_same_user(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && ngx_strncasecmp(a->data, b->data, a->len) == 0;
}
