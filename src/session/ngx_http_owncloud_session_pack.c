
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_session_credential.h"


#define NGX_HTTP_OWNCLOUD_SESSION_VERSION  3

/* version, id, time of issue, generation and lifetime */
#define NGX_HTTP_OWNCLOUD_SESSION_FIXED                                       \
    (1 + NGX_HTTP_OWNCLOUD_SESSION_ID_LEN + sizeof(uint64_t)                  \
     + 2 * sizeof(uint32_t))


static ngx_int_t ngx_http_owncloud_credential_texts(u_char *p, u_char *last,
    ngx_http_owncloud_credential_t *credential);


ngx_int_t
ngx_http_owncloud_credential_pack(ngx_pool_t *pool,
    ngx_http_owncloud_credential_t *credential, ngx_str_t *plain)
{
    u_char    *p;
    uint32_t   n;
    uint64_t   time;

    if (credential->access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || credential->refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || credential->user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    /* at most 17.5 KB: the lengths of all three are limited above */

    plain->len = NGX_HTTP_OWNCLOUD_SESSION_FIXED + 3 * sizeof(uint16_t)
                 + credential->access.len + credential->refresh.len
                 + credential->user.len;

    p = ngx_pnalloc(pool, plain->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_SESSION_VERSION;
    p = ngx_cpymem(p, credential->id, sizeof(credential->id));

    time = credential->issued;
    p = ngx_cpymem(p, &time, sizeof(uint64_t));

    n = (uint32_t) credential->generation;
    p = ngx_cpymem(p, &n, sizeof(uint32_t));

    n = credential->access.len
        ? (uint32_t) (credential->expires - credential->issued) : 0;
    p = ngx_cpymem(p, &n, sizeof(uint32_t));

    p = ngx_http_owncloud_pack_text(p, credential->access.data,
                                    credential->access.len);
    p = ngx_http_owncloud_pack_text(p, credential->refresh.data,
                                    credential->refresh.len);
    (void) ngx_http_owncloud_pack_text(p, credential->user.data,
                                       credential->user.len);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_credential_unpack(ngx_str_t *plain,
    ngx_http_owncloud_credential_t *credential)
{
    u_char    *p, *last;
    uint32_t   n;
    uint64_t   time;

    p = plain->data;
    last = p + plain->len;

    if (plain->len < NGX_HTTP_OWNCLOUD_SESSION_FIXED
        || *p++ != NGX_HTTP_OWNCLOUD_SESSION_VERSION)
    {
        return NGX_DECLINED;
    }

    ngx_memzero(credential, sizeof(ngx_http_owncloud_credential_t));

    ngx_memcpy(credential->id, p, sizeof(credential->id));
    p += sizeof(credential->id);

    ngx_memcpy(&time, p, sizeof(uint64_t));
    credential->issued = (time_t) time;
    p += sizeof(uint64_t);

    /* no clock is that wrong, and the sum with a lifetime must not overflow */

    if (time > NGX_MAX_TIME_T_VALUE - NGX_MAX_UINT32_VALUE) {
        return NGX_DECLINED;
    }

    ngx_memcpy(&n, p, sizeof(uint32_t));
    credential->generation = n;
    p += sizeof(uint32_t);

    ngx_memcpy(&n, p, sizeof(uint32_t));
    credential->expires = credential->issued + n;
    p += sizeof(uint32_t);

    if (ngx_http_owncloud_credential_texts(p, last, credential) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* an omitted access token must be obtained first */

    if (credential->access.len == 0) {
        credential->expires = 0;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_credential_texts(u_char *p, u_char *last,
    ngx_http_owncloud_credential_t *credential)
{
    if (ngx_http_owncloud_unpack_text(&p, last, &credential->access.data,
                                      &credential->access.len)
        != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &credential->refresh.data,
                                         &credential->refresh.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &credential->user.data,
                                         &credential->user.len)
           != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    if (credential->access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || credential->refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || credential->user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
