
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_session_attempt.h"
#include "ngx_http_owncloud_zone_attempt.h"


static ngx_int_t ngx_http_owncloud_attempt_key(
    ngx_http_owncloud_attempt_t *attempt, u_char *key);


ngx_int_t
ngx_http_owncloud_attempt_seal(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_str_t *state)
{
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_attempt_pack(r->pool, attempt, &plain) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    return ngx_http_owncloud_seal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_STATE,
                                  &r->headers_in.server, &plain, state);
}


ngx_int_t
ngx_http_owncloud_attempt_open(ngx_http_request_t *r, ngx_str_t *state,
    ngx_http_owncloud_attempt_t *attempt)
{
    ngx_int_t                       rc;
    ngx_str_t                       plain;
    ngx_http_owncloud_main_conf_t  *omcf;

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_unseal(r->pool, &omcf->keyring,
                                  NGX_HTTP_OWNCLOUD_SEAL_STATE,
                                  &r->headers_in.server, state, &plain);

    if (rc != NGX_OK && rc != NGX_DONE) {
        return rc;
    }

    return ngx_http_owncloud_attempt_unpack(&plain, attempt);
}


ngx_int_t
ngx_http_owncloud_attempt_once(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt, ngx_uint_t counted)
{
    time_t                          left;
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_int_t                       rc;
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_attempt_key(attempt, key) != NGX_OK) {
        return NGX_ERROR;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    rc = ngx_http_owncloud_zone_attempt(omcf->zone, key, attempt->id, counted,
                                        &left);
    if (rc == NGX_BUSY) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "too many sign-ins at \"%V\" by one Moodle session, its "
                      "sign-ins are rejected for %T s", &attempt->issuer,
                      left);
    }

    return rc;
}


void
ngx_http_owncloud_attempt_good(ngx_http_request_t *r,
    ngx_http_owncloud_attempt_t *attempt)
{
    u_char                          key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];
    ngx_http_owncloud_main_conf_t  *omcf;

    if (ngx_http_owncloud_attempt_key(attempt, key) != NGX_OK) {
        return;
    }

    omcf = ngx_http_get_module_main_conf(r, ngx_http_owncloud_module);

    ngx_http_owncloud_zone_attempt_good(omcf->zone, key, attempt->id);
}


/* the key of the attempts of one Moodle session at one cloud */

static ngx_int_t
ngx_http_owncloud_attempt_key(ngx_http_owncloud_attempt_t *attempt,
    u_char *key)
{
    return ngx_http_owncloud_digest_of(key, "attempts", &attempt->issuer,
                                ngx_http_owncloud_part(attempt->browser,
                                                   sizeof(attempt->browser)));
}
