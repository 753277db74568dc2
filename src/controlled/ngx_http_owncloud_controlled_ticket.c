
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_controlled_ticket.h"


static ngx_int_t ngx_http_owncloud_ticket_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, u_char *digest,
    ngx_str_t *aad);


ngx_int_t
ngx_http_owncloud_ticket_seal(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *sealed)
{
    u_char                          buf[NGX_HTTP_OWNCLOUD_TICKET_PACKED];
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t                       aad, plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_ticket_aad(r, ctx, link, digest, &aad) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_ticket_pack(buf, ticket);

    plain.data = buf;
    plain.len = sizeof(buf);

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_TICKET, &aad, &plain,
                                  sealed);
}


ngx_int_t
ngx_http_owncloud_ticket_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *sealed,
    ngx_http_owncloud_ticket_t *ticket)
{
    u_char                          digest[NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_int_t                       rc;
    ngx_str_t                       aad, plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ctx->moodle_session.len == 0) {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_ticket_aad(r, ctx, link, digest, &aad) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_TICKET, &aad, sealed,
                                  &plain);

    if (rc == NGX_ERROR || rc == NGX_DECLINED) {
        return rc;
    }

    if (ngx_http_owncloud_ticket_unpack(&plain, ticket) != NGX_OK) {
        return NGX_DECLINED;
    }

    return (ticket->expires > ngx_time()) ? NGX_OK : NGX_DONE;
}


static ngx_int_t
ngx_http_owncloud_ticket_aad(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, u_char *digest,
    ngx_str_t *aad)
{
    aad->data = digest;
    aad->len = NGX_HTTP_OWNCLOUD_DIGEST_LEN;

    return ngx_http_owncloud_digest_of(digest, "ticket",
                                       &r->headers_in.server,
                                       &ctx->moodle_session, link);
}


ngx_int_t
ngx_http_owncloud_ticket_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *link, ngx_str_t *name,
    ngx_http_owncloud_ticket_t *ticket, ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   sealed, escaped, *root;

    if (ngx_http_owncloud_ticket_seal(r, ctx, link, ticket, &sealed) != NGX_OK
        || ngx_http_owncloud_uri_escape(r->pool, name, &escaped, 1) != NGX_OK)
    {
        return NGX_ERROR;
    }

    root = &ctx->repository->moodle_root;

    p = ngx_pnalloc(r->pool, ctx->origin.len + root->len
                             + sizeof(NGX_HTTP_OWNCLOUD_LINKS) + link->len
                             + escaped.len + sealed.len
                             + sizeof("?" NGX_HTTP_OWNCLOUD_TICKET "="));
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = ngx_sprintf(p, "%V%V" NGX_HTTP_OWNCLOUD_LINKS "%V/%V?"
                    NGX_HTTP_OWNCLOUD_TICKET "=%V", &ctx->origin, root, link,
                    &escaped, &sealed);

    url->len = p - url->data;

    return NGX_OK;
}
