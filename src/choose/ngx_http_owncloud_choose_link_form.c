
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_link.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request_origin.h"


static ngx_uint_t ngx_http_owncloud_link_own(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


ngx_int_t
ngx_http_owncloud_link_form(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                      text;
    ngx_http_owncloud_download_t  *download;

    if (!ngx_http_owncloud_link_own(r, ctx)) {
        ngx_str_set(&text, "This request did not come from a page of this "
                           "site. Nothing was done.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "foreignorigin");
    }

    download = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_download_t));
    if (download == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_download_path(r->pool,
                             ngx_http_owncloud_form_get(ctx->fields, "path"),
                             download);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        ngx_str_set(&text, "This is not a valid file. Please reload the list "
                           "and choose the file again.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "invalidsource");
    }

    download->title = download->name;
    download->max = -1;

    return ngx_http_owncloud_link(r, ctx, download);
}


/*
 * Unless SameSite prevents it, a page of another site can have a browser send
 * a form with our cookies, but it can neither forge Origin nor add a header to
 * a form.
 */

static ngx_uint_t
ngx_http_owncloud_link_own(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_table_elt_t  *h;

    rc = ngx_http_owncloud_origin(r, ctx);

    if (rc != NGX_DONE) {
        return rc == NGX_OK;
    }

    h = ngx_http_owncloud_origin_header(r, "x-requested-with");

    return h && h->value.len;
}
