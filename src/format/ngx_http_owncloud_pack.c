
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_pack.h"


u_char *
ngx_http_owncloud_pack_number(u_char *p, uint64_t number)
{
    ngx_uint_t  i;

    for (i = 0; i < sizeof(uint64_t); i++) {
        *p++ = (u_char) (number >> (56 - 8 * i));
    }

    return p;
}


ngx_int_t
ngx_http_owncloud_unpack_number(u_char **p, u_char *last, uint64_t *number)
{
    ngx_uint_t  i;

    if ((size_t) (last - *p) < sizeof(uint64_t)) {
        return NGX_DECLINED;
    }

    *number = 0;

    for (i = 0; i < sizeof(uint64_t); i++) {
        *number = (*number << 8) + *(*p)++;
    }

    return NGX_OK;
}


u_char *
ngx_http_owncloud_pack_text(u_char *p, u_char *data, size_t len)
{
    *p++ = (u_char) (len >> 8);
    *p++ = (u_char) (len & 0xff);

    return len ? ngx_cpymem(p, data, len) : p;
}


ngx_int_t
ngx_http_owncloud_unpack_text(u_char **p, u_char *last, u_char **data,
    size_t *len)
{
    if (last - *p < 2) {
        return NGX_DECLINED;
    }

    *len = ((*p)[0] << 8) + (*p)[1];
    *p += 2;

    if ((size_t) (last - *p) < *len) {
        return NGX_DECLINED;
    }

    *data = *p;
    *p += *len;

    return NGX_OK;
}
