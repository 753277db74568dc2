
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_controlled_entry.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_pack.h"


ngx_int_t
ngx_http_owncloud_controlled_entry_key(
    ngx_http_owncloud_controlled_entry_t *link, u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "controlled", &link->issuer,
                        &link->origin, &link->root, &link->user, &link->path,
                        ngx_http_owncloud_form_get(link->fields, "ctx_id"),
                        ngx_http_owncloud_form_get(link->fields, "itemid"),
                        ngx_http_owncloud_form_get(link->fields, "savepath"),
                        ngx_http_owncloud_form_get(link->fields, "title"));
}


void
ngx_http_owncloud_controlled_entry_write(u_char *p, ngx_uint_t state,
    u_char *name)
{
    *p++ = (u_char) ('0' + state);

    ngx_memcpy(p, name, NGX_HTTP_OWNCLOUD_CONTROLLED_NAME);
}


ngx_uint_t
ngx_http_owncloud_controlled_entry_read(ngx_str_t *value, u_char *name)
{
    size_t      i;
    u_char      ch;
    ngx_uint_t  state;

    if (value->len != NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY) {
        return NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN;
    }

    state = value->data[0] - '0';

    if (state < NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED
        || state > NGX_HTTP_OWNCLOUD_CONTROLLED_STORED)
    {
        return NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN;
    }

    /* the folder of this name may be removed, so it must not be a path */

    for (i = 1; i < value->len; i++) {
        ch = value->data[i];

        if ((ch < '0' || ch > '9') && (ch < 'a' || ch > 'f') && ch != '-') {
            return NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN;
        }
    }

    ngx_memcpy(name, value->data + 1, NGX_HTTP_OWNCLOUD_CONTROLLED_NAME);

    return state;
}


ngx_int_t
ngx_http_owncloud_controlled_opened_write(ngx_pool_t *pool, ngx_uint_t as,
    ngx_str_t *path, ngx_str_t *reader, ngx_str_t *value)
{
    u_char  *p;

    p = ngx_pnalloc(pool, 1 + ngx_http_owncloud_pack_size(path->len)
                            + ngx_http_owncloud_pack_size(reader->len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;

    *p++ = (u_char) as;
    p = ngx_http_owncloud_pack_text(p, path->data, path->len);
    p = ngx_http_owncloud_pack_text(p, reader->data, reader->len);

    value->len = p - value->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_controlled_opened_read(ngx_str_t *value, ngx_uint_t *as,
    ngx_str_t *path, ngx_str_t *reader)
{
    u_char  *p, *last;

    p = value->data;
    last = p + value->len;

    if (p == last || *p > NGX_HTTP_OWNCLOUD_AS_ACCOUNT) {
        return NGX_DECLINED;
    }

    *as = *p++;

    if (ngx_http_owncloud_unpack_text(&p, last, &path->data, &path->len)
        != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &reader->data,
                                         &reader->len)
           != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
