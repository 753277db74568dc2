
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_pack.h"
#include "ngx_http_owncloud_session.h"


#define NGX_HTTP_OWNCLOUD_SESSION_VERSION  3

/* version, id, time of issue, generation and lifetime */
#define NGX_HTTP_OWNCLOUD_SESSION_FIXED                                       \
    (1 + NGX_HTTP_OWNCLOUD_SESSION_ID_LEN + sizeof(uint64_t)                  \
     + 2 * sizeof(uint32_t))


static ngx_int_t ngx_http_owncloud_credential_texts(u_char *p, u_char *last,
    ngx_http_owncloud_credential_t *session);


ngx_int_t
ngx_http_owncloud_credential_pack(ngx_pool_t *pool,
    ngx_http_owncloud_credential_t *session, ngx_str_t *plain)
{
    u_char    *p;
    uint32_t   n;
    uint64_t   time;

    if (session->access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    /* no more than 17.5 KB: the lengths of all three are bounded above */

    plain->len = NGX_HTTP_OWNCLOUD_SESSION_FIXED + 3 * sizeof(uint16_t)
                 + session->access.len + session->refresh.len
                 + session->user.len;

    p = ngx_pnalloc(pool, plain->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    plain->data = p;

    *p++ = NGX_HTTP_OWNCLOUD_SESSION_VERSION;
    p = ngx_cpymem(p, session->id, sizeof(session->id));

    time = session->issued;
    p = ngx_cpymem(p, &time, sizeof(uint64_t));

    n = (uint32_t) session->generation;
    p = ngx_cpymem(p, &n, sizeof(uint32_t));

    n = session->access.len ? (uint32_t) (session->expires - session->issued)
                            : 0;
    p = ngx_cpymem(p, &n, sizeof(uint32_t));

    p = ngx_http_owncloud_pack_text(p, session->access.data,
                                    session->access.len);
    p = ngx_http_owncloud_pack_text(p, session->refresh.data,
                                    session->refresh.len);
    (void) ngx_http_owncloud_pack_text(p, session->user.data,
                                       session->user.len);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_credential_unpack(ngx_str_t *plain,
    ngx_http_owncloud_credential_t *session)
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

    ngx_memzero(session, sizeof(ngx_http_owncloud_credential_t));

    ngx_memcpy(session->id, p, sizeof(session->id));
    p += sizeof(session->id);

    ngx_memcpy(&time, p, sizeof(uint64_t));
    session->issued = (time_t) time;
    p += sizeof(uint64_t);

    /* no clock is that wrong, and the sum with a lifetime is one */

    if (time > NGX_MAX_TIME_T_VALUE - NGX_MAX_UINT32_VALUE) {
        return NGX_DECLINED;
    }

    ngx_memcpy(&n, p, sizeof(uint32_t));
    session->generation = n;
    p += sizeof(uint32_t);

    ngx_memcpy(&n, p, sizeof(uint32_t));
    session->expires = session->issued + n;
    p += sizeof(uint32_t);

    if (ngx_http_owncloud_credential_texts(p, last, session) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* where there is no access token, one has to be had */

    if (session->access.len == 0) {
        session->expires = 0;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_credential_texts(u_char *p, u_char *last,
    ngx_http_owncloud_credential_t *session)
{
    if (ngx_http_owncloud_unpack_text(&p, last, &session->access.data,
                                      &session->access.len)
        != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &session->refresh.data,
                                         &session->refresh.len)
           != NGX_OK
        || ngx_http_owncloud_unpack_text(&p, last, &session->user.data,
                                         &session->user.len)
           != NGX_OK
        || p != last)
    {
        return NGX_DECLINED;
    }

    if (session->access.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->refresh.len > NGX_HTTP_OWNCLOUD_TOKEN_SIZE
        || session->user.len > NGX_HTTP_OWNCLOUD_NAME_SIZE)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
