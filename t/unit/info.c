
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_type.h"


#define UNKNOWN    NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN
#define OWNCLOUD   NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD
#define NEXTCLOUD  NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD
#define OPENCLOUD  NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD

#define USERINFO  "{\"ocs\":{\"meta\":{\"status\":\"ok\",\"statuscode\":100}," \
                  "\"data\":{\"id\":\"alice\",\"display-name\":\"Alice\","     \
                  "\"email\":null,\"groups\":[\"a\"],\"quota\":{\"id\":\"q\"}}}}"

#define SHARING(s)  "{\"ocs\":{\"meta\":{\"statuscode\":200},\"data\":{"       \
                    "\"capabilities\":{\"core\":{\"pollinterval\":60},"        \
                    "\"files_sharing\":{" s "}}}}}"


typedef struct {
    ngx_str_t    body;
    ngx_int_t    rc;
    ngx_uint_t   type;
} unit_status_t;


static unit_status_t  unit_statuses[] = {
    { unit_str("{\"installed\":true,\"version\":\"10.15.2.0\",\"productname\":"
               "\"ownCloud\",\"product\":\"ownCloud\"}"), NGX_OK, OWNCLOUD },
    { unit_str("{\"version\":\"32.0.1.2\",\"productname\":\"Nextcloud\"}"),
      NGX_OK, NEXTCLOUD },
    { unit_str("{\"version\":\"10.11.0.0\",\"productname\":\"OpenCloud\","
               "\"product\":\"OpenCloud\"}"), NGX_OK, OPENCLOUD },
    { unit_str("{\"version\":\"10.11.0\",\"productname\":\"Infinite Scale\"}"),
      NGX_OK, OPENCLOUD },

    /* a hoster's own name */

    { unit_str("{\"version\":\"10.15\",\"productname\":\"Our files\","
               "\"product\":\"OWNCLOUD\"}"), NGX_OK, OWNCLOUD },
    { unit_str("{\"version\":\"11.0.1\",\"productname\":\"x\"}"), NGX_OK,
      OWNCLOUD },
    { unit_str("{\"version\":\"12.0.1\",\"productname\":\"x\"}"), NGX_OK,
      NEXTCLOUD },
    { unit_str("{\"version\":\"32.0.1\"}"), NGX_OK, NEXTCLOUD },

    /* it does not say */

    { unit_str("{\"version\":\"9.1\"}"), NGX_DECLINED, UNKNOWN },
    { unit_str("{\"version\":\"32\"}"), NGX_DECLINED, UNKNOWN },
    { unit_str("{\"version\":\"-32.0\"}"), NGX_DECLINED, UNKNOWN },
    { unit_str("{\"version\":\".5\"}"), NGX_DECLINED, UNKNOWN },
    { unit_str("{\"version\":null,\"productname\":\"Nextcloud \"}"),
      NGX_DECLINED, UNKNOWN },
    { unit_str("{}"), NGX_DECLINED, UNKNOWN },
    { unit_str(""), NGX_DECLINED, UNKNOWN },
    { unit_str("<html></html>"), NGX_DECLINED, UNKNOWN },
    { unit_str("{\"productname\":\"Nextcloud\""), NGX_DECLINED, UNKNOWN },
};


/* what the capabilities say: sharing, links, password, days */

typedef struct {
    ngx_str_t    body;
    ngx_uint_t   sharing;
    ngx_uint_t   links;
    ngx_uint_t   password;
    ngx_uint_t   days;
} unit_policy_t;


static unit_policy_t  unit_policies[] = {
    { unit_str(SHARING("\"api_enabled\":true,\"public\":{\"enabled\":true,"
                       "\"password\":{\"enforced\":false},\"expire_date\":{"
                       "\"enabled\":false}}")), 1, 1, 0, 0 },
    { unit_str(SHARING("\"api_enabled\":true,\"public\":{\"enabled\":true,"
                       "\"password\":{\"enforced\":true},\"expire_date\":{"
                       "\"enforced\":true,\"days\":\"7\"}}")), 1, 1, 1, 7 },

    /* as PHP writes them */

    { unit_str(SHARING("\"api_enabled\":1,\"public\":{\"enabled\":\"1\","
                       "\"password\":{\"enforced_for\":{\"read_only\":\"1\"}},"
                       "\"expire_date\":{\"enforced\":1,\"days\":30}}")),
      1, 1, 1, 30 },
    { unit_str(SHARING("\"api_enabled\":\"0\",\"public\":{\"enabled\":0}")),
      0, 0, 0, 0 },

    { unit_str(SHARING("\"api_enabled\":false,\"public\":{\"enabled\":false}")),
      0, 0, 0, 0 },
    { unit_str(SHARING("\"public\":{\"can_create_public_link\":false}")),
      1, 0, 0, 0 },
    { unit_str(SHARING("\"public\":{\"enabled\":true,"
                       "\"can_create_public_link\":true}")), 1, 1, 0, 0 },

    /* days that are not enforced, or none */

    { unit_str(SHARING("\"public\":{\"expire_date\":{\"enforced\":false,"
                       "\"days\":7}}")), 1, 1, 0, 0 },
    { unit_str(SHARING("\"public\":{\"expire_date\":{\"enforced\":true,"
                       "\"days\":0}}")), 1, 1, 0, 0 },
    { unit_str(SHARING("\"public\":{\"expire_date\":{\"enforced\":true,"
                       "\"days\":36500}}")), 1, 1, 0, 0 },
    { unit_str(SHARING("\"public\":{\"expire_date\":{\"enforced\":true,"
                       "\"days\":\"x\"}}")), 1, 1, 0, 0 },

    /* what says nothing lets users do everything */

    { unit_str(SHARING("\"api_enabled\":null,\"public\":[]")), 1, 1, 0, 0 },
    { unit_str(SHARING("\"api_enabled\":\"no\",\"public\":{\"enabled\":2}")),
      1, 1, 0, 0 },
    { unit_str(""), 1, 1, 0, 0 },
    { unit_str("<html>"), 1, 1, 0, 0 },
    { unit_str(SHARING("\"api_enabled\":false") "x"), 1, 1, 0, 0 },
    { unit_str("{\"ocs\":{\"data\":{\"capabilities\":{\"files_sharing\":{"
               "\"api_enabled\":false"), 1, 1, 0, 0 },
};


static void unit_types(ngx_pool_t *pool);
static void unit_users(ngx_pool_t *pool);
static void unit_policy(ngx_pool_t *pool, size_t piece);


int
main(void)
{
    ngx_pool_t                  *pool;
    ngx_http_owncloud_policy_t   policy;

    pool = unit_pool();

    unit_types(pool);
    unit_users(pool);
    unit_policy(pool, 1);
    unit_policy(pool, 100000);

    unit_ok(ngx_http_owncloud_policy_finish(NULL, &policy) == NGX_OK
            && policy.sharing && policy.links && !policy.password
            && policy.days == 0, "no capabilities at all");

    ngx_destroy_pool(pool);

    return unit_done();
}


static void
unit_types(ngx_pool_t *pool)
{
    ngx_int_t       rc;
    ngx_str_t       body;
    ngx_uint_t      i, type;
    unit_status_t  *s;

    for (i = 0; i < unit_n(unit_statuses); i++) {
        s = &unit_statuses[i];
        body = unit_copy(pool, &s->body);

        rc = ngx_http_owncloud_info_type(pool, &body, &type);

        unit_ok(rc == s->rc && type == s->type, "type %u of %s",
                (unsigned) type, s->body.data);
    }
}


static void
unit_users(ngx_pool_t *pool)
{
    ngx_int_t    rc;
    ngx_str_t    body, user, want;
    ngx_uint_t   i;

    static struct {
        ngx_str_t   body;
        ngx_str_t   path;
        size_t      max;
        ngx_int_t   rc;
        char       *user;
    } users[] = {
        { unit_str(USERINFO), unit_str("ocs-data-id"), 5, NGX_OK, "alice" },
        { unit_str(USERINFO), unit_str("ocs-data-id"), 4, NGX_DECLINED, "" },
        { unit_str(USERINFO), unit_str("ocs-data-display-name"), 64, NGX_OK,
          "Alice" },
        { unit_str(USERINFO), unit_str("ocs-data-email"), 64, NGX_DECLINED,
          "" },
        { unit_str(USERINFO), unit_str("ocs-data-groups"), 64, NGX_DECLINED,
          "" },
        { unit_str(USERINFO), unit_str("id"), 64, NGX_DECLINED, "" },
        { unit_str(USERINFO "x"), unit_str("ocs-data-id"), 64, NGX_DECLINED,
          "" },
        { unit_str("{\"sub\":\"\"}"), unit_str("sub"), 64, NGX_DECLINED, "" },
        { unit_str("{\"sub\":\"u-1\"}"), unit_str("sub"), 64, NGX_OK, "u-1" },
        { unit_str("{\"sub\":\"\xff\"}"), unit_str("sub"), 64, NGX_DECLINED,
          "" },
        { unit_str("{\"sub\":\"a\\nb\"}"), unit_str("sub"), 64, NGX_DECLINED,
          "" },
        { unit_str("{\"sub\":\"a\\u0000\"}"), unit_str("sub"), 64,
          NGX_DECLINED, "" },
        { unit_str("{\"sub\":\"\\u007fa\"}"), unit_str("sub"), 64,
          NGX_DECLINED, "" },
        { unit_str("{\"sub\":\"a b\"}"), unit_str("sub"), 64, NGX_OK, "a b" },
        { unit_str(""), unit_str("sub"), 64, NGX_DECLINED, "" },
    };

    for (i = 0; i < unit_n(users); i++) {
        body = unit_copy(pool, &users[i].body);

        rc = ngx_http_owncloud_info_user(pool, &body, &users[i].path,
                                         users[i].max, &user);

        want.data = (u_char *) users[i].user;
        want.len = ngx_strlen(users[i].user);

        unit_ok(rc == users[i].rc && unit_same(&user, &want), "user %u",
                (unsigned) i);
    }
}


static void
unit_policy(ngx_pool_t *pool, size_t piece)
{
    size_t                              n;
    ngx_int_t                           rc;
    ngx_str_t                           rest;
    ngx_uint_t                          i;
    unit_policy_t                      *p;
    ngx_http_owncloud_policy_t          policy;
    ngx_http_owncloud_policy_reader_t  *reader;

    for (i = 0; i < unit_n(unit_policies); i++) {
        p = &unit_policies[i];
        rest = unit_copy(pool, &p->body);

        reader = ngx_http_owncloud_policy_create(pool);

        for (rc = NGX_OK; rest.len; rest.len -= n, rest.data += n) {
            n = ngx_min(rest.len, piece);

            if (ngx_http_owncloud_policy_feed(reader, rest.data, n) != NGX_OK)
            {
                rc = NGX_ERROR;
            }
        }

        unit_ok(rc == NGX_OK
                && ngx_http_owncloud_policy_finish(reader, &policy) == NGX_OK
                && policy.sharing == p->sharing && policy.links == p->links
                && policy.password == p->password && policy.days == p->days,
                "policy %u by %u: %u %u %u %u", (unsigned) i,
                (unsigned) piece, policy.sharing, policy.links,
                policy.password, (unsigned) policy.days);
    }
}
