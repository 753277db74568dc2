
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_download.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_request_failure.h"
#include "ngx_http_owncloud_text.h"


static ngx_int_t ngx_http_owncloud_download_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **code, ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_download_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);
static ngx_http_owncloud_way_t *ngx_http_owncloud_download_way(
    ngx_array_t *fields, ngx_http_owncloud_way_t *ways);


ngx_int_t
ngx_http_owncloud_download(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_way_t *ways)
{
    char                          *code;
    ngx_int_t                      rc;
    ngx_str_t                      text;
    ngx_http_owncloud_way_t       *way;
    ngx_http_owncloud_download_t  *download;

    download = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_download_t));
    if (download == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_owncloud_download_key(r, ctx, &code, &text);

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_answer_error(r, ctx, &text, code);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_download_path(r->pool,
                           ngx_http_owncloud_form_get(ctx->fields, "source"),
                           download);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This is not a valid file. Please reload the list and "
                   "choose the file again.", "invalidsource");
    }

    if (!ngx_http_owncloud_download_title(ctx->fields, download)) {
        return ngx_http_owncloud_failure_answer(r, ctx,
                   "This is not a valid file name. Please enter another name.",
                   "invalidname");
    }

    if (!ngx_http_owncloud_download_accepted(ctx->fields, download)) {
        return ngx_http_owncloud_download_refused(r, ctx, download);
    }

    ngx_http_owncloud_download_max(ctx->fields, download);

    way = ngx_http_owncloud_download_way(ctx->fields, ways);

    if (ctx->repository->supported_files & way->supported) {
        return way->begin(r, ctx, download);
    }

    return (way->supported == NGX_HTTP_OWNCLOUD_INTERNAL)
           ? ngx_http_owncloud_failure_answer(r, ctx,
                 "Files from %s cannot be copied here. Please choose a link "
                 "instead.", "notsupported")
           : ngx_http_owncloud_failure_answer(r, ctx,
                 "Files from %s cannot be linked here. Please choose a copy "
                 "instead.", "notsupported");
}


/* verifies that a listing has shown this user the source */

static ngx_int_t
ngx_http_owncloud_download_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **code, ngx_str_t *text)
{
    u_char      buf[2 * NGX_HTTP_OWNCLOUD_DIGEST_LEN];
    ngx_str_t   key, empty, *source, *sesskey, *sent;

    ngx_str_null(&empty);

    source = ngx_http_owncloud_form_get(ctx->fields, "source");
    sesskey = ngx_http_owncloud_form_get(ctx->fields, "sesskey");
    sent = ngx_http_owncloud_form_get(ctx->fields, "sourcekey");

    if (sent == NULL || sent->len == 0) {
        *code = "missingsourcekey";
        ngx_str_set(text, "The source key is missing. This key must also be "
                          "provided to retrieve the file.");
        return NGX_DECLINED;
    }

    key.data = buf;

    if (ngx_http_owncloud_source_key(r, ctx, source ? source : &empty,
                                     sesskey ? sesskey : &empty, &key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!ngx_http_owncloud_equal(key.data, key.len, sent->data, sent->len)) {
        *code = "sourcekeymismatch";
        ngx_str_set(text, "The source URL does not match the source key.");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_download_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download)
{
    char       *type;
    ngx_str_t   text;

    static char  format[] = "%s filetype cannot be accepted";

    type = ngx_http_owncloud_filetype(download->title.data,
                                      download->title.len)->type;

    text.data = ngx_pnalloc(r->pool, sizeof(format) + ngx_strlen(type));
    if (text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.len = ngx_sprintf(text.data, format, type) - text.data;
    text.data[text.len++] = '.';

    return ngx_http_owncloud_answer_error(r, ctx, &text, "invalidfiletype");
}


static ngx_http_owncloud_way_t *
ngx_http_owncloud_download_way(ngx_array_t *fields,
    ngx_http_owncloud_way_t *ways)
{
    size_t                    len;
    ngx_str_t                *value;
    ngx_http_owncloud_way_t  *way;

    for (way = ways; way->field; way++) {

        if (way->value == NULL) {

            if (ngx_http_owncloud_download_flag(fields, way->field)) {
                break;
            }

            continue;
        }

        value = ngx_http_owncloud_form_get(fields, way->field);
        len = ngx_strlen(way->value);

        if (value && value->len == len
            && ngx_strncmp(value->data, way->value, len) == 0)
        {
            break;
        }
    }

    return way;
}
