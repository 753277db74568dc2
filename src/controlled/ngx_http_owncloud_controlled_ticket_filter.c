
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_asked.h"
#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_controlled_ticket.h"
#include "ngx_http_owncloud_request.h"
#include "ngx_http_owncloud_site.h"


static ngx_int_t ngx_http_owncloud_ticket_filter_header(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_owncloud_ticket_filter(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf);
static ngx_int_t ngx_http_owncloud_ticket_filter_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository,
    ngx_http_owncloud_ticket_t *ticket);
static ngx_int_t ngx_http_owncloud_ticket_filter_link(ngx_pool_t *pool,
    ngx_http_owncloud_repository_t *repository, ngx_str_t *location,
    ngx_str_t *link);
static void ngx_http_owncloud_ticket_filter_local(ngx_str_t *location);
static ngx_int_t ngx_http_owncloud_ticket_filter_to(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *location, ngx_str_t *sealed);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


ngx_int_t
ngx_http_owncloud_ticket_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_owncloud_ticket_filter_header;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_ticket_filter_header(ngx_http_request_t *r)
{
    ngx_http_owncloud_loc_conf_t  *olcf;

    if (r == r->main
        && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        && r->headers_out.location
        && r->headers_out.status >= NGX_HTTP_MOVED_PERMANENTLY
        && r->headers_out.status < NGX_HTTP_BAD_REQUEST)
    {
        olcf = ngx_http_get_module_loc_conf(r, ngx_http_owncloud_module);

        if (olcf->repositories
            && ngx_http_owncloud_ticket_filter(r, olcf) == NGX_ERROR)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_next_header_filter(r);
}


/* NGX_DECLINED: there is nothing to add */

static ngx_int_t
ngx_http_owncloud_ticket_filter(ngx_http_request_t *r,
    ngx_http_owncloud_loc_conf_t *olcf)
{
    ngx_int_t                         rc;
    ngx_uint_t                        i;
    ngx_http_owncloud_asked_t         asked;
    ngx_http_owncloud_ticket_t        ticket;
    ngx_http_owncloud_repository_t  **repository;

    if (ngx_strlcasestrn(r->headers_out.location->value.data,
                         r->headers_out.location->value.data
                         + r->headers_out.location->value.len,
                         (u_char *) NGX_HTTP_OWNCLOUD_LINKS,
                         sizeof(NGX_HTTP_OWNCLOUD_LINKS) - 2)
        == NULL)
    {
        return NGX_DECLINED;
    }

    repository = olcf->repositories->elts;

    for (i = 0; i < olcf->repositories->nelts; i++) {

        /* by the URI as the client has sent it, before any rewrite */

        rc = ngx_http_owncloud_asked(r->pool, &r->unparsed_uri,
                                     &repository[i]->moodle_root, &asked);

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }

        ticket.context = asked.context;
        ticket.download = asked.download;

        rc = ngx_http_owncloud_ticket_filter_ticket(r, repository[i], &ticket);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_owncloud_ticket_filter_ticket(ngx_http_request_t *r,
    ngx_http_owncloud_repository_t *repository,
    ngx_http_owncloud_ticket_t *ticket)
{
    ngx_int_t                            rc;
    ngx_str_t                            location, link, sealed;
    ngx_http_owncloud_ctx_t              ctx;
    ngx_http_owncloud_controlled_link_t  unsealed;

    ngx_memzero(&ctx, sizeof(ngx_http_owncloud_ctx_t));

    ctx.repository = repository;
    ctx.issuer = repository->issuer;

    if (ngx_http_owncloud_request_client(r, &ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    location = r->headers_out.location->value;
    ngx_http_owncloud_ticket_filter_local(&location);

    if (ctx.moodle_session.len == 0) {
        return NGX_DECLINED;
    }

    rc = ngx_http_owncloud_ticket_filter_link(r->pool, repository, &location,
                                              &link);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_controlled_link_open(r, &link, &unsealed);

    if (rc != NGX_OK) {
        return rc;
    }

    ticket->expires = ngx_time() + NGX_HTTP_OWNCLOUD_TICKET_TIME;

    if (ngx_http_owncloud_ticket_seal(r, &ctx, &link, ticket, &sealed)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud ticket c:%uL", ticket->context);

    return ngx_http_owncloud_ticket_filter_to(r, &ctx, &location, &sealed);
}


/* "location" is a path; it is changed to one below Moodle's present root */

static ngx_int_t
ngx_http_owncloud_ticket_filter_link(ngx_pool_t *pool,
    ngx_http_owncloud_repository_t *repository, ngx_str_t *location,
    ngx_str_t *link)
{
    u_char                    *p;
    size_t                     len;
    ngx_str_t                 *root;
    ngx_uint_t                 i;
    ngx_http_owncloud_site_t  *site;

    root = &repository->moodle_root;

    if (ngx_http_owncloud_controlled_link_sealed(root, location, link)
        == NGX_OK)
    {
        return NGX_OK;
    }

    if (repository->moved_from == NULL) {
        return NGX_DECLINED;
    }

    site = repository->moved_from->elts;

    for (i = 0; i < repository->moved_from->nelts; i++) {

        if (ngx_http_owncloud_controlled_link_sealed(&site[i].root, location,
                                                     link)
            != NGX_OK)
        {
            continue;
        }

        len = location->len - site[i].root.len;

        p = ngx_pnalloc(pool, root->len + len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(ngx_cpymem(p, root->data, root->len),
                   location->data + site[i].root.len, len);

        location->data = p;
        location->len = root->len + len;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


/*
 * Removes scheme and host, whichever they are: Moodle keeps the link as it was
 * made, even if Moodle moves to HTTPS or to another name.
 */

static void
ngx_http_owncloud_ticket_filter_local(ngx_str_t *location)
{
    u_char  *p, *last;
    size_t   len;

    if (location->len > sizeof("https://") - 1
        && ngx_strncasecmp(location->data, (u_char *) "https://",
                           sizeof("https://") - 1)
           == 0)
    {
        len = sizeof("https://") - 1;

    } else if (location->len > sizeof("http://") - 1
               && ngx_strncasecmp(location->data, (u_char *) "http://",
                                  sizeof("http://") - 1)
                  == 0)
    {
        len = sizeof("http://") - 1;

    } else {
        return;
    }

    last = location->data + location->len;

    for (p = location->data + len; p < last && *p != '/'; p++) { /* void */ }

    location->len = last - p;
    location->data = p;
}


/* a ticket is sent to this host only */

static ngx_int_t
ngx_http_owncloud_ticket_filter_to(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *location, ngx_str_t *sealed)
{
    u_char     *p;
    ngx_str_t  *value;

    p = ngx_pnalloc(r->pool, ctx->origin.len + location->len
                             + sizeof("?" NGX_HTTP_OWNCLOUD_TICKET "=")
                             + sealed->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value = &r->headers_out.location->value;
    value->data = p;

    p = ngx_sprintf(p, "%V%V%s" NGX_HTTP_OWNCLOUD_TICKET "=%V", &ctx->origin,
                    location,
                    ngx_strlchr(location->data,
                                location->data + location->len, '?')
                    ? "&" : "?", sealed);

    value->len = p - value->data;

    return NGX_OK;
}
