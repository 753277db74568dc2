
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_site.h"


static ngx_int_t ngx_http_owncloud_controlled_link_seal(ngx_http_request_t *r,
    ngx_http_owncloud_controlled_link_t *link, ngx_str_t *sealed);


/*
 * A link is not bound to the name of the host, so that it stays valid when
 * Moodle moves to another name.  Tickets are bound to it.
 */

static ngx_str_t  ngx_http_owncloud_controlled_link_aad =
    ngx_string("access controlled link");


ngx_int_t
ngx_http_owncloud_controlled_link_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_controlled_link_t *link,
    ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   sealed, name, *root;

    ngx_http_owncloud_controlled_link_name(link);

    if (ngx_http_owncloud_controlled_link_seal(r, link, &sealed) != NGX_OK
        || ngx_http_owncloud_uri_escape(r->pool, &link->name, &name, 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    root = &ctx->repository->moodle_root;

    p = ngx_pnalloc(r->pool, ctx->origin.len + root->len
                             + sizeof(NGX_HTTP_OWNCLOUD_LINKS) + sealed.len
                             + name.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = ngx_sprintf(p, "%V%V" NGX_HTTP_OWNCLOUD_LINKS "%V/%V", &ctx->origin,
                    root, &sealed, &name);

    url->len = p - url->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_controlled_link_seal(ngx_http_request_t *r,
    ngx_http_owncloud_controlled_link_t *link, ngx_str_t *sealed)
{
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_controlled_link_pack(r->pool, link, &plain)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_LINK,
                                  &ngx_http_owncloud_controlled_link_aad,
                                  &plain, sealed);
}


ngx_int_t
ngx_http_owncloud_controlled_link_sealed(ngx_str_t *root, ngx_str_t *path,
    ngx_str_t *sealed)
{
    u_char     *p, *last;
    ngx_str_t   rest;

    if (!ngx_http_owncloud_site_below(root, path, NGX_HTTP_OWNCLOUD_LINKS,
                                      &rest))
    {
        return NGX_DECLINED;
    }

    p = rest.data;
    last = p + rest.len;

    sealed->data = p;

    while (p < last && *p != '/' && *p != '?') {
        p++;
    }

    sealed->len = p - sealed->data;

    return (p < last && *p == '/' && ngx_http_owncloud_sealed_form(sealed))
           ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_controlled_link_open(ngx_http_request_t *r,
    ngx_str_t *sealed, ngx_http_owncloud_controlled_link_t *link)
{
    ngx_int_t                       rc;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_LINK,
                                  &ngx_http_owncloud_controlled_link_aad,
                                  sealed, &plain);

    if (rc == NGX_ERROR || rc == NGX_DECLINED) {
        return rc;
    }

    return ngx_http_owncloud_controlled_link_unpack(&plain, link);
}
