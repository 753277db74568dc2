
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_share.h"


#define NGX_HTTP_OWNCLOUD_SHARE_TOKEN  64      /* bytes, at most */


typedef struct {
    u_char    first[NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN];
    u_char    last[NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN];
    unsigned  never:1;                         /* it need not expire */
    unsigned  ever:1;                          /* "last" is no limit */
} ngx_http_owncloud_share_span_t;


static void ngx_http_owncloud_share_span(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_span_t *span);
static ngx_uint_t ngx_http_owncloud_share_usable(
    ngx_http_owncloud_share_t *share, ngx_str_t *path,
    ngx_http_owncloud_share_span_t *span);
static ngx_uint_t ngx_http_owncloud_share_dated(ngx_str_t *text);


/* a link that never expires is best, then the one that expires last */

ngx_http_owncloud_share_t *
ngx_http_owncloud_share_find(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_ocs_t *ocs, ngx_str_t *path)
{
    ngx_uint_t                      i;
    ngx_http_owncloud_share_t      *share, *best;
    ngx_http_owncloud_share_span_t  span;

    /* the answer does not show which password a link has */

    if (ctx->issuer->share_password.len) {
        return NULL;
    }

    ngx_http_owncloud_share_span(ctx, &span);

    best = NULL;
    share = ocs->shares.elts;

    for (i = 0; i < ocs->shares.nelts; i++) {

        if (!ngx_http_owncloud_share_usable(&share[i], path, &span)) {
            continue;
        }

        if (share[i].expiration.len == 0) {
            return &share[i];
        }

        if (best == NULL
            || ngx_memcmp(best->expiration.data, share[i].expiration.data,
                          NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN)
               < 0)
        {
            best = &share[i];
        }
    }

    return best;
}


/*
 * A link is used again if it lasts: with "share_expire", at least half as long
 * as a new one, and no longer.
 */

static void
ngx_http_owncloud_share_span(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_span_t *span)
{
    time_t  days;

    days = ctx->issuer->share_expire / 86400;

    span->never = (days == 0);
    span->ever = (days == 0);

    ngx_http_owncloud_share_date(span->first, (days > 1) ? days / 2 : 1);
    ngx_http_owncloud_share_date(span->last, days);
}


static ngx_uint_t
ngx_http_owncloud_share_usable(ngx_http_owncloud_share_t *share,
    ngx_str_t *path, ngx_http_owncloud_share_span_t *span)
{
    ngx_str_t  *date;

    if (!ngx_http_owncloud_share_link(share)
        || !ngx_http_owncloud_share_read_only(share)
        || share->password
        || share->folder
        || share->path.len != path->len
        || ngx_memcmp(share->path.data, path->data, path->len) != 0)
    {
        return 0;
    }

    date = &share->expiration;

    if (date->len == 0) {
        return span->never;
    }

    return ngx_http_owncloud_share_dated(date)
           && ngx_memcmp(date->data, span->first,
                         NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN)
              >= 0
           && (span->ever
               || ngx_memcmp(date->data, span->last,
                             NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN)
                  <= 0);
}


/* "2026-12-24", whatever follows */

static ngx_uint_t
ngx_http_owncloud_share_dated(ngx_str_t *text)
{
    u_char      ch;
    ngx_uint_t  i;

    if (text->len < NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN) {
        return 0;
    }

    for (i = 0; i < NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN; i++) {
        ch = text->data[i];

        if ((i == 4 || i == 7) ? ch != '-' : (ch < '0' || ch > '9')) {
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
ngx_http_owncloud_share_link(ngx_http_owncloud_share_t *share)
{
    u_char      ch;
    ngx_str_t  *token;
    ngx_uint_t  i;

    token = &share->token;

    if (share->type != NGX_HTTP_OWNCLOUD_SHARE_LINK || token->len == 0
        || token->len > NGX_HTTP_OWNCLOUD_SHARE_TOKEN)
    {
        return 0;
    }

    for (i = 0; i < token->len; i++) {
        ch = token->data[i];

        if (!((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z')
              || (ch >= 'a' && ch <= 'z') || ch == '-' || ch == '_'))
        {
            return 0;
        }
    }

    return 1;
}


/* Nextcloud always adds the permission to share */

ngx_uint_t
ngx_http_owncloud_share_read_only(ngx_http_owncloud_share_t *share)
{
    return share->permissions >= 0
           && (share->permissions & ~NGX_HTTP_OWNCLOUD_SHARE_AGAIN)
              == NGX_HTTP_OWNCLOUD_SHARE_READ;
}


/* a day of the cloud may begin later than ours */

ngx_uint_t
ngx_http_owncloud_share_ends(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_t *share)
{
    u_char  last[NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN];

    if (ctx->issuer->share_expire == 0) {
        return 1;
    }

    ngx_http_owncloud_share_date(last, ctx->issuer->share_expire / 86400 + 1);

    return ngx_http_owncloud_share_dated(&share->expiration)
           && ngx_memcmp(share->expiration.data, last,
                         NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN)
              <= 0;
}


/* servers take days of their own time zone; half a day does not matter */

void
ngx_http_owncloud_share_date(u_char *date, time_t days)
{
    u_char    buf[NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN + NGX_INT_T_LEN];
    ngx_tm_t  tm;

    ngx_gmtime(ngx_time() + days * 86400, &tm);

    ngx_sprintf(buf, "%4d-%02d-%02d", tm.ngx_tm_year, tm.ngx_tm_mon,
                tm.ngx_tm_mday);

    ngx_memcpy(date, buf, NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN);
}
