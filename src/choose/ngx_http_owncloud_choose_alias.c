
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_choose_alias.h"
#include "ngx_http_owncloud_choose_link.h"
#include "ngx_http_owncloud_choose_store.h"


ngx_int_t
ngx_http_owncloud_alias(ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_download_t *download)
{
    ngx_str_t  text;

    if (!ctx->repository->alias) {
        ngx_str_set(&text, "Aliases are disabled here by the administrator. "
                           "Please choose to copy the file instead.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "notsupported");
    }

    /* checked first: otherwise a link would be made that nobody uses */

    if (ctx->repository->secret_key.len == 0) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "no \"secret_key\" in repository \"%i\": Moodle would "
                      "not accept an alias", ctx->repository->id);

        ngx_str_set(&text, "Aliases are not fully set up here. Please tell "
                           "your administrator, or choose to copy the file "
                           "instead.");
        return ngx_http_owncloud_answer_error(r, ctx, &text, "notsupported");
    }

    return ngx_http_owncloud_link_get(r, ctx, download,
                                      ngx_http_owncloud_store);
}
