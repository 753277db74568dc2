
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_request_origin.h"


ngx_int_t
ngx_http_owncloud_origin(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_table_elt_t  *h;

    h = ngx_http_owncloud_origin_header(r, "origin");

    if (h == NULL) {
        return NGX_DONE;
    }

    return (h->value.len == ctx->origin.len
            && ngx_strncasecmp(h->value.data, ctx->origin.data,
                               ctx->origin.len)
               == 0)
           ? NGX_OK : NGX_DECLINED;
}


ngx_table_elt_t *
ngx_http_owncloud_origin_header(ngx_http_request_t *r, char *name)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash && h[i].key.len == len
                && ngx_strncmp(h[i].lowcase_key, name, len) == 0)
            {
                return &h[i];
            }
        }
    }

    return NULL;
}
