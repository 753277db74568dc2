
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_session_credential.h"


static void
unit_fill(ngx_pool_t *pool, ngx_http_owncloud_credential_t *session,
    size_t access, size_t refresh, size_t user)
{
    u_char  *p;

    p = ngx_pnalloc(pool, access + refresh + user + 1);

    ngx_memset(p, 'a', access);
    ngx_memset(p + access, 'r', refresh);
    ngx_memset(p + access + refresh, 'u', user);

    ngx_memzero(session, sizeof(ngx_http_owncloud_credential_t));

    ngx_memset(session->id, 0xfe, sizeof(session->id));
    session->generation = 4294967295U;
    session->issued = 1800000000;
    session->expires = 1800003600;
    session->access.data = p;
    session->access.len = access;
    session->refresh.data = p + access;
    session->refresh.len = refresh;
    session->user.data = p + access + refresh;
    session->user.len = user;
}


static ngx_uint_t
unit_equal(ngx_http_owncloud_credential_t *a, ngx_http_owncloud_credential_t *b)
{
    ngx_str_t  one, two;

    one.data = a->access.data;
    one.len = a->access.len;
    two.data = b->access.data;
    two.len = b->access.len;

    if (!unit_same(&one, &two)) {
        return 0;
    }

    one.data = a->refresh.data;
    one.len = a->refresh.len;
    two.data = b->refresh.data;
    two.len = b->refresh.len;

    return unit_same(&one, &two)
           && unit_same(&a->user, &b->user)
           && ngx_memcmp(a->id, b->id, sizeof(a->id)) == 0
           && a->generation == b->generation
           && a->issued == b->issued
           && a->expires == b->expires
           && !b->kept;
}


static void
unit_round(ngx_pool_t *pool)
{
    ngx_str_t                       plain;
    ngx_uint_t                      i;
    ngx_http_owncloud_credential_t  session, again;

    static struct {
        size_t       access;
        size_t       refresh;
        size_t       user;
        ngx_int_t    rc;
    } tries[] = {
        { 64, 64, 5, NGX_OK },
        { 1, 0, 0, NGX_OK },
        { 64, 0, 5, NGX_OK },
        { 8192, 8192, 1024, NGX_OK },
        { 8193, 64, 5, NGX_DECLINED },
        { 64, 8193, 5, NGX_DECLINED },
        { 64, 64, 1025, NGX_DECLINED }
    };

    for (i = 0; i < unit_n(tries); i++) {

        unit_fill(pool, &session, tries[i].access, tries[i].refresh,
                  tries[i].user);

        unit_ok(ngx_http_owncloud_credential_pack(pool, &session, &plain)
                == tries[i].rc,
                "written: %u, %u, %u", (unsigned) tries[i].access,
                (unsigned) tries[i].refresh, (unsigned) tries[i].user);

        if (tries[i].rc != NGX_OK) {
            continue;
        }

        plain = unit_copy(pool, &plain);

        unit_ok(ngx_http_owncloud_credential_unpack(&plain, &again) == NGX_OK
                && unit_equal(&session, &again),
                "and read");
    }

    /* flags are of this request, and not of the session */

    unit_fill(pool, &session, 64, 64, 5);
    session.kept = 1;

    unit_ok(ngx_http_owncloud_credential_pack(pool, &session, &plain) == NGX_OK
            && ngx_http_owncloud_credential_unpack(&plain, &again) == NGX_OK
            && unit_equal(&session, &again),
            "flags are not written");

    /* a cookie that has no access token has none that is still good */

    unit_fill(pool, &session, 0, 64, 5);

    unit_ok(ngx_http_owncloud_credential_pack(pool, &session, &plain) == NGX_OK
            && ngx_http_owncloud_credential_unpack(&plain, &again) == NGX_OK
            && again.access.len == 0 && again.refresh.len == 64
            && again.issued == session.issued && again.expires == 0,
            "without an access token");
}


static void
unit_broken(ngx_pool_t *pool)
{
    u_char                          was;
    size_t                          i;
    ngx_str_t                       plain, copy;
    uint64_t                        time;
    ngx_uint_t                      bad;
    ngx_http_owncloud_credential_t  session;

    unit_fill(pool, &session, 30, 20, 10);
    (void) ngx_http_owncloud_credential_pack(pool, &session, &plain);

    bad = 0;

    for (i = 0; i < plain.len; i++) {
        copy.data = plain.data;
        copy.len = i;
        copy = unit_copy(pool, &copy);

        if (ngx_http_owncloud_credential_unpack(&copy, &session)
            != NGX_DECLINED)
        {
            bad++;
        }
    }

    unit_ok(bad == 0, "nothing can be cut off");

    copy.data = ngx_pnalloc(pool, plain.len + 1);
    copy.len = plain.len + 1;
    ngx_memcpy(copy.data, plain.data, plain.len);
    copy.data[plain.len] = 0;

    unit_ok(ngx_http_owncloud_credential_unpack(&copy, &session)
            == NGX_DECLINED,
            "nothing may follow");

    bad = 0;
    was = plain.data[0];

    for (i = 0; i < 256; i++) {
        plain.data[0] = (u_char) i;

        if (ngx_http_owncloud_credential_unpack(&plain, &session)
            != (i == was ? NGX_OK : NGX_DECLINED))
        {
            bad++;
        }
    }

    plain.data[0] = was;

    unit_ok(bad == 0, "one version is read");

    /* of the time of issue, whatever the order of its bytes */

    ngx_memset(plain.data + 1 + sizeof(session.id), 0xff, 8);

    unit_ok(ngx_http_owncloud_credential_unpack(&plain, &session)
            == NGX_DECLINED,
            "a time that nothing can be added to");

    time = (uint64_t) NGX_MAX_TIME_T_VALUE;
    ngx_memcpy(plain.data + 1 + sizeof(session.id), &time, 8);

    unit_ok(ngx_http_owncloud_credential_unpack(&plain, &session)
            == NGX_DECLINED,
            "one that little can be added to");
}


/* what is longer than what is written is not read */

static void
unit_long(ngx_pool_t *pool)
{
    u_char                         *p;
    size_t                          head;
    ngx_str_t                       plain, longer;
    ngx_uint_t                      i;
    ngx_http_owncloud_credential_t  session;

    static size_t  sizes[][3] = {
        { 8192, 0, 0 }, { 1, 8192, 0 }, { 1, 1, 1024 }
    };

    for (i = 0; i < 3; i++) {

        unit_fill(pool, &session, sizes[i][0], sizes[i][1], sizes[i][2]);
        (void) ngx_http_owncloud_credential_pack(pool, &session, &plain);

        /* the last of its bytes twice, and one more in its length */

        head = plain.len - 2 * (2 - i);

        longer.len = plain.len + 1;
        longer.data = ngx_pnalloc(pool, longer.len);

        p = ngx_cpymem(longer.data, plain.data, head);
        *p++ = plain.data[head - 1];
        ngx_memcpy(p, plain.data + head, plain.len - head);

        longer.data[head - sizes[i][i] - 1]++;

        unit_ok(ngx_http_owncloud_credential_unpack(&plain, &session) == NGX_OK
                && ngx_http_owncloud_credential_unpack(&longer, &session)
                   == NGX_DECLINED,
                "one byte more of text %u", (unsigned) i);
    }
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_round(pool);
    unit_broken(pool);
    unit_long(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
