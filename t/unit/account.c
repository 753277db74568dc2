
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_account.h"


static ngx_str_t  unit_here = unit_str("https://cloud.example.com "
                                       "https://cloud.example.com "
                                       "https://cloud.example.com "
                                       "https://cloud.example.com");


static void
unit_session(ngx_http_owncloud_credential_t *session)
{
    ngx_memzero(session, sizeof(ngx_http_owncloud_credential_t));

    ngx_memset(session->id, 7, sizeof(session->id));
    session->generation = 3;
    session->issued = 1764590000;
    session->expires = 1764593600;
    session->access.data = (u_char *) "access";
    session->access.len = 6;
    session->refresh.data = (u_char *) "refresh!";
    session->refresh.len = 8;
    ngx_str_set(&session->user, "moodle-system");
}


static void
unit_round(ngx_pool_t *pool)
{
    size_t                          i;
    time_t                          connected;
    ngx_int_t                       rc;
    ngx_str_t                       plain, part, audience;
    ngx_uint_t                      good;
    ngx_http_owncloud_credential_t  session, back;

    unit_session(&session);

    rc = ngx_http_owncloud_account_pack(pool, &unit_here, &session, 1764580000,
                                        &plain);
    unit_ok(rc == NGX_OK, "packed");

    rc = ngx_http_owncloud_account_unpack(&plain, &audience, &back,
                                          &connected);

    unit_ok(rc == NGX_OK && connected == 1764580000
            && unit_same(&audience, &unit_here), "and read, its head");
    unit_ok(back.generation == 3
            && back.issued == 1764590000 && back.expires == 1764593600
            && ngx_memcmp(back.id, session.id, sizeof(back.id)) == 0,
            "its session");
    unit_ok(back.access.len == 6
            && ngx_memcmp(back.access.data, "access", 6) == 0
            && back.refresh.len == 8
            && ngx_memcmp(back.refresh.data, "refresh!", 8) == 0
            && unit_same(&back.user, &session.user), "its texts");

    for (good = 1, i = 0; i < plain.len; i++) {
        part.len = i;
        part.data = plain.data;
        part = unit_copy(pool, &part);

        good = good
               && ngx_http_owncloud_account_unpack(&part, &audience, &back,
                                                   &connected)
                  == NGX_DECLINED;
    }

    unit_ok(good, "cut anywhere it is none");

    part.len = plain.len + 1;
    part.data = ngx_pcalloc(pool, part.len);
    ngx_memcpy(part.data, plain.data, plain.len);

    unit_ok(ngx_http_owncloud_account_unpack(&part, &audience, &back,
                                             &connected)
            == NGX_DECLINED, "with a byte more it is none");

    part = unit_copy(pool, &plain);
    part.data[0]--;

    unit_ok(ngx_http_owncloud_account_unpack(&part, &audience, &back,
                                             &connected)
            == NGX_DECLINED, "of another version it is none");
}


static void
unit_limits(ngx_pool_t *pool)
{
    ngx_str_t                       plain, audience;
    ngx_http_owncloud_credential_t  session;

    unit_session(&session);

    audience.len = 65536;
    audience.data = ngx_pcalloc(pool, audience.len);

    unit_ok(ngx_http_owncloud_account_pack(pool, &audience, &session, 0,
                                           &plain)
            == NGX_DECLINED, "an audience too long");

    audience.len--;

    unit_ok(ngx_http_owncloud_account_pack(pool, &audience, &session, 0,
                                           &plain)
            == NGX_OK, "the longest");

    session.access.len = NGX_HTTP_OWNCLOUD_TOKEN_SIZE + 1;

    unit_ok(ngx_http_owncloud_account_pack(pool, &unit_here, &session, 0,
                                           &plain)
            == NGX_DECLINED, "a token too long");
}


static void
unit_newer(void)
{
    ngx_http_owncloud_credential_t  old, session;

    unit_session(&old);
    unit_session(&session);

    unit_ok(!ngx_http_owncloud_account_newer_than(&session, &old),
            "the same generation is not newer");

    session.generation = 4;
    unit_ok(ngx_http_owncloud_account_newer_than(&session, &old),
            "a later one is");

    session.generation = 2;
    unit_ok(!ngx_http_owncloud_account_newer_than(&session, &old),
            "an older one is not");

    session.generation = 4;
    session.id[sizeof(session.id) - 1]++;
    unit_ok(!ngx_http_owncloud_account_newer_than(&session, &old),
            "nor one of another session");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_round(pool);
    unit_limits(pool);
    unit_newer();

    ngx_destroy_pool(pool);

    return unit_done();
}
