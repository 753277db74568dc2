
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


/*
 * What is read out of the shared memory: sessions, failed refreshes, users,
 * the attempts of a session of Moodle, links that are being made and links
 * that were opened.  The first byte is the time.
 */


#include "fuzz.h"
#include "ngx_http_owncloud_controlled_entry.h"
#include "ngx_http_owncloud_zone_attempt.h"
#include "ngx_http_owncloud_zone_entry.h"


#define FUZZ_NOW  1000000


static void
fuzz_session(ngx_pool_t *pool, ngx_str_t *value)
{
    uint64_t   generation;
    ngx_str_t  sealed, again;

    if (ngx_http_owncloud_entry_session_read(value, &generation, &sealed)
        != NGX_OK)
    {
        fuzz_assert(value->len < sizeof(uint64_t));
        return;
    }

    fuzz_assert(sealed.data + sealed.len == value->data + value->len);
    fuzz_assert(ngx_http_owncloud_entry_session_write(pool, generation,
                                                      &sealed, &again)
                == NGX_OK);
    fuzz_assert(fuzz_same(&again, value));
}


static void
fuzz_refresh(ngx_str_t *value)
{
    ngx_http_owncloud_entry_refresh_t  refresh;

    if (ngx_http_owncloud_entry_refresh_read(value, &refresh) == NGX_OK) {
        fuzz_assert(value->len == sizeof(refresh));
        fuzz_assert(refresh.status < 1000 && refresh.failure < 100);
    }
}


static void
fuzz_user(ngx_str_t *value)
{
    size_t  i;

    if (ngx_http_owncloud_entry_user_read(value) != NGX_OK) {
        return;
    }

    fuzz_assert(value->len <= 20);

    for (i = 0; i < value->len; i++) {
        fuzz_assert(value->data[i] >= '0' && value->data[i] <= '9');
    }
}


static void
fuzz_attempts(ngx_str_t *value, time_t now)
{
    time_t                        left;
    ngx_int_t                     rc;
    ngx_uint_t                    i, n, counted;
    ngx_http_owncloud_attempts_t  attempts, again;

    static u_char  id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID] = "an id of its own";

    ngx_http_owncloud_attempts_read(&attempts, value->data, value->len, now);

    fuzz_assert(attempts.n <= NGX_HTTP_OWNCLOUD_ATTEMPT_MAX);
    fuzz_assert(attempts.n * sizeof(attempts.slot[0]) <= value->len);

    for (i = 0, n = 0; i < attempts.n; i++) {
        fuzz_assert(attempts.slot[i].expires > (uint64_t) now);
        n += (attempts.slot[i].counted != 0);
    }

    counted = now & 1;
    left = 0;

    rc = ngx_http_owncloud_attempts_add(&attempts, id, counted, now, &left);

    fuzz_assert(attempts.n <= NGX_HTTP_OWNCLOUD_ATTEMPT_MAX);

    if (rc == NGX_BUSY) {
        fuzz_assert(counted && n >= NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT);
        fuzz_assert(left > 0 && left <= NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT);
        return;
    }

    /* it is known from now on, also when it was read again */

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    ngx_http_owncloud_attempts_read(&again, (u_char *) attempts.slot,
                                    attempts.n * sizeof(attempts.slot[0]),
                                    now);

    fuzz_assert(again.n == attempts.n);
    fuzz_assert(ngx_http_owncloud_attempts_add(&again, id, counted, now, &left)
                == NGX_DECLINED);
}


/* the name becomes a path at the cloud */

static void
fuzz_link(ngx_str_t *value)
{
    u_char      name[NGX_HTTP_OWNCLOUD_CONTROLLED_NAME];
    u_char      again[NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY];
    ngx_uint_t  i, state;

    state = ngx_http_owncloud_controlled_entry_read(value, name);

    if (state == NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN) {
        return;
    }

    fuzz_assert(state <= NGX_HTTP_OWNCLOUD_CONTROLLED_STORED);

    for (i = 0; i < sizeof(name); i++) {
        fuzz_assert(name[i] != '/' && name[i] != '.' && name[i] > ' ');
    }

    ngx_http_owncloud_controlled_entry_write(again, state, name);

    fuzz_assert(value->len == sizeof(again)
                && ngx_memcmp(value->data, again, sizeof(again)) == 0);
}


static void
fuzz_opened_link(ngx_pool_t *pool, ngx_str_t *value)
{
    ngx_str_t   path, reader, again;
    ngx_uint_t  as;

    if (ngx_http_owncloud_controlled_opened_read(value, &as, &path, &reader)
        != NGX_OK)
    {
        return;
    }

    fuzz_assert(as <= 1);
    fuzz_assert(ngx_http_owncloud_controlled_opened_write(pool, as, &path,
                                                          &reader, &again)
                == NGX_OK
                && fuzz_same(&again, value));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    value;
    ngx_pool_t  *pool;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();
    value = fuzz_copy(pool, data + 1, size - 1);

    fuzz_session(pool, &value);
    fuzz_refresh(&value);
    fuzz_user(&value);
    fuzz_attempts(&value, FUZZ_NOW + data[0]);
    fuzz_link(&value);
    fuzz_opened_link(pool, &value);

    ngx_destroy_pool(pool);

    return 0;
}
