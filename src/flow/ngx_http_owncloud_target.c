
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_target.h"


#define NGX_HTTP_OWNCLOUD_TARGET_VERSION  1


static ngx_int_t ngx_http_owncloud_target_seal(ngx_http_request_t *r,
    ngx_http_owncloud_target_t *target, ngx_str_t *sealed);
static void ngx_http_owncloud_target_name(ngx_http_owncloud_target_t *target);


/*
 * It is not bound to the name of the host: a Moodle that moves to another
 * name takes its links along.  Tickets are.
 */

static ngx_str_t  ngx_http_owncloud_target_aad =
    ngx_string("access controlled link");


ngx_int_t
ngx_http_owncloud_target_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_target_t *target,
    ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   sealed, name, *root;

    ngx_http_owncloud_target_name(target);

    if (ngx_http_owncloud_target_seal(r, target, &sealed) != NGX_OK
        || ngx_http_owncloud_uri_escape(r->pool, &target->name, &name, 1)
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
ngx_http_owncloud_target_seal(ngx_http_request_t *r,
    ngx_http_owncloud_target_t *target, ngx_str_t *sealed)
{
    u_char                         *p;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    p = ngx_pnalloc(r->pool, 1 + 2 * sizeof(uint64_t)
                      + ngx_http_owncloud_pack_size(target->issuer.len)
                      + ngx_http_owncloud_pack_size(target->owner.len)
                      + ngx_http_owncloud_pack_size(target->account.len)
                      + ngx_http_owncloud_pack_size(target->path.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain.data = p;

    *p++ = NGX_HTTP_OWNCLOUD_TARGET_VERSION;
    p = ngx_http_owncloud_pack_number(p, target->context);
    p = ngx_http_owncloud_pack_number(p, target->created);
    p = ngx_http_owncloud_pack_text(p, target->issuer.data,
                                    target->issuer.len);
    p = ngx_http_owncloud_pack_text(p, target->owner.data, target->owner.len);
    p = ngx_http_owncloud_pack_text(p, target->account.data,
                                    target->account.len);
    p = ngx_http_owncloud_pack_text(p, target->path.data, target->path.len);

    plain.len = p - plain.data;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_LINK,
                                  &ngx_http_owncloud_target_aad, &plain,
                                  sealed);
}


ngx_int_t
ngx_http_owncloud_target_sealed(ngx_str_t *root, ngx_str_t *path,
    ngx_str_t *sealed)
{
    u_char  *p, *last;
    size_t   len;

    len = sizeof(NGX_HTTP_OWNCLOUD_LINKS) - 1;

    if (path->len <= root->len + len
        || ngx_strncmp(path->data, root->data, root->len) != 0
        || ngx_strncmp(path->data + root->len, NGX_HTTP_OWNCLOUD_LINKS, len)
           != 0)
    {
        return NGX_DECLINED;
    }

    p = path->data + root->len + len;
    last = path->data + path->len;

    sealed->data = p;

    while (p < last && *p != '/' && *p != '?') {
        p++;
    }

    sealed->len = p - sealed->data;

    return (p < last && *p == '/' && ngx_http_owncloud_sealed_form(sealed))
           ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_owncloud_target_open(ngx_http_request_t *r, ngx_str_t *sealed,
    ngx_http_owncloud_target_t *target)
{
    u_char                         *p, *last;
    uint64_t                        created;
    ngx_int_t                       rc;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_LINK,
                                  &ngx_http_owncloud_target_aad, sealed,
                                  &plain);

    if (rc == NGX_ERROR || rc == NGX_DECLINED) {
        return rc;
    }

    p = plain.data;
    last = p + plain.len;

    if (plain.len == 0 || *p++ != NGX_HTTP_OWNCLOUD_TARGET_VERSION
        || ngx_http_owncloud_unpack_number(&p, last, &target->context)
           != NGX_OK
        || ngx_http_owncloud_unpack_number(&p, last, &created) != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->issuer.data,
                                         &target->issuer.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->owner.data,
                                         &target->owner.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->account.data,
                                         &target->account.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &target->path.data,
                                         &target->path.len)
           != NGX_OK
        || target->path.len < 2)
    {
        return NGX_DECLINED;
    }

    target->created = (time_t) created;

    ngx_http_owncloud_target_name(target);

    return NGX_OK;
}


static void
ngx_http_owncloud_target_name(ngx_http_owncloud_target_t *target)
{
    u_char  *p;

    p = target->path.data + target->path.len;

    while (p > target->path.data && p[-1] != '/') {
        p--;
    }

    target->name.data = p;
    target->name.len = target->path.data + target->path.len - p;
}
