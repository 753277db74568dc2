
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_zone_entry.h"


ngx_int_t
ngx_http_owncloud_entry_session_read(ngx_str_t *value, uint64_t *generation,
    ngx_str_t *sealed)
{
    if (value->len < sizeof(uint64_t)) {
        return NGX_DECLINED;
    }

    ngx_memcpy(generation, value->data, sizeof(uint64_t));

    sealed->data = value->data + sizeof(uint64_t);
    sealed->len = value->len - sizeof(uint64_t);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_entry_session_write(ngx_pool_t *pool, uint64_t generation,
    ngx_str_t *sealed, ngx_str_t *value)
{
    u_char  *p;

    value->len = sizeof(uint64_t) + sealed->len;

    p = ngx_pnalloc(pool, value->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;

    p = ngx_cpymem(p, &generation, sizeof(uint64_t));

    if (sealed->len) {
        ngx_memcpy(p, sealed->data, sealed->len);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_entry_refresh_read(ngx_str_t *value,
    ngx_http_owncloud_entry_refresh_t *refresh)
{
    if (value->len != sizeof(ngx_http_owncloud_entry_refresh_t)) {
        return NGX_DECLINED;
    }

    ngx_memcpy(refresh, value->data, sizeof(ngx_http_owncloud_entry_refresh_t));

    return (refresh->failure <= NGX_HTTP_OWNCLOUD_CALL_INTERNAL
            && refresh->status < 1000)
           ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_entry_user_read(ngx_str_t *value)
{
    size_t  i;

    if (value->len > NGX_INT64_LEN) {
        return NGX_DECLINED;
    }

    for (i = 0; i < value->len; i++) {
        if (value->data[i] < '0' || value->data[i] > '9') {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
