
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_upstream.h"


static ngx_uint_t ngx_http_owncloud_upstream_slow(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call);


ngx_uint_t
ngx_http_owncloud_upstream_overdue(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    if (call->duration == 0) {
        return ngx_http_owncloud_upstream_slow(r, call);
    }

    if (ngx_current_msec - call->started < call->duration) {
        return 0;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "cloud did not respond within %M ms", call->duration);

    call->failure = NGX_HTTP_OWNCLOUD_CALL_TIMEOUT;

    return 1;
}


/* a large file may take its time as long as it arrives */

static ngx_uint_t
ngx_http_owncloud_upstream_slow(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call)
{
    off_t       size, least;
    ngx_msec_t  span;

    span = ngx_http_owncloud_upstream_span(call);

    if (ngx_current_msec - call->span < span) {
        return 0;
    }

    size = call->discarded + (call->sink ? call->sink->size : 0);
    least = (off_t) span * NGX_HTTP_OWNCLOUD_CALL_RATE / 1000;

    if (size - call->span_size < least && !call->ahead) {

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "cloud is too slow: %O bytes in %M ms",
                      size - call->span_size, ngx_current_msec - call->span);

        call->failure = NGX_HTTP_OWNCLOUD_CALL_TIMEOUT;

        return 1;
    }

    call->span = ngx_current_msec;
    call->span_size = size;
    call->ahead = 0;

    return 0;
}


ngx_msec_t
ngx_http_owncloud_upstream_span(ngx_http_owncloud_call_t *call)
{
    ngx_http_upstream_conf_t  *conf;

    conf = &call->upstream->conf;

    return conf->connect_timeout + conf->send_timeout + conf->read_timeout;
}
