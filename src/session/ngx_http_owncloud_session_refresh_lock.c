
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_refresh.h"
#include "ngx_http_owncloud_session_token_request.h"


ngx_http_owncloud_refresh_t *
ngx_http_owncloud_refresh_create(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, const ngx_http_owncloud_holder_t *holder,
    ngx_http_owncloud_credential_t *credential,
    ngx_http_owncloud_step_pt next)
{
    ngx_http_cleanup_t           *cln;
    ngx_http_owncloud_refresh_t  *refresh, **last;

    for (last = &ctx->refresh; *last; last = &(*last)->other) {
        if ((*last)->holder == holder) {
            break;
        }
    }

    refresh = *last;

    if (refresh) {
        *last = refresh->other;

    } else {
        refresh = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_refresh_t));
        if (refresh == NULL) {
            return NULL;
        }

        cln = ngx_http_cleanup_add(r, 0);
        if (cln == NULL) {
            return NULL;
        }

        refresh->holder = holder;
        refresh->request = r;
        refresh->lock.file = NGX_INVALID_FILE;

        cln->handler = ngx_http_owncloud_refresh_unlock;
        cln->data = refresh;
    }

    refresh->credential = credential;
    refresh->next = next;

    refresh->other = ctx->refresh;
    ctx->refresh = refresh;

    return refresh;
}


ngx_int_t
ngx_http_owncloud_refresh_lock(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_msec_t                      duration;
    ngx_http_owncloud_issuer_t     *issuer;
    ngx_http_owncloud_refresh_t    *refresh;
    ngx_http_owncloud_main_conf_t  *omcf;

    issuer = ctx->issuer;
    refresh = ctx->refresh;
    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    /* a slow server may send its last byte one read_timeout later */

    duration = ngx_http_owncloud_refresh_duration(issuer)
               + issuer->read_timeout + issuer->queue_timeout;

    rc = ngx_http_owncloud_credential_lock(omcf, issuer, refresh->credential,
                                           duration, &refresh->lock);

    if (rc != NGX_OK || refresh->holder->lock == NULL) {
        return rc;
    }

    rc = refresh->holder->lock(r, ctx, &refresh->lock.file);

    if (rc != NGX_OK) {
        ngx_http_owncloud_refresh_unlock(refresh);
    }

    return rc;
}


void
ngx_http_owncloud_refresh_unlock(void *data)
{
    ngx_http_owncloud_refresh_t *refresh = data;

    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(refresh->request,
                                         ngx_http_owncloud_module);

    ngx_http_owncloud_credential_unlock(omcf, &refresh->lock);
}
