
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_uri.h"


typedef struct {
    ngx_str_t    text;
    ngx_str_t    normal;
    ngx_str_t    host;
    ngx_str_t    authority;
    ngx_str_t    path;
    ngx_str_t    query;
    ngx_uint_t   port;
    ngx_uint_t   tls;
} unit_url_t;


typedef struct {
    ngx_str_t    text;
    char        *reason;     /* a word of it */
} unit_bad_url_t;


typedef struct {
    ngx_str_t    base;
    char        *path;
    ngx_str_t    text;
} unit_join_t;


static unit_url_t  unit_urls[] = {

    { unit_str("https://cloud.example.com/"),
      unit_str("https://cloud.example.com/"),
      unit_str("cloud.example.com"), unit_str("cloud.example.com"),
      unit_str("/"), unit_str(""), 443, 1 },

    { unit_str("http://cloud.example.com"),
      unit_str("http://cloud.example.com/"),
      unit_str("cloud.example.com"), unit_str("cloud.example.com"),
      unit_str("/"), unit_str(""), 80, 0 },

    { unit_str("HTTPS://Cloud.Example.COM:8000/oc/"),
      unit_str("https://cloud.example.com:8000/oc/"),
      unit_str("cloud.example.com"), unit_str("cloud.example.com:8000"),
      unit_str("/oc/"), unit_str(""), 8000, 1 },

    { unit_str("https://h:443/x"), unit_str("https://h/x"),
      unit_str("h"), unit_str("h"), unit_str("/x"), unit_str(""), 443, 1 },

    { unit_str("http://h:443/x"), unit_str("http://h:443/x"),
      unit_str("h"), unit_str("h:443"), unit_str("/x"), unit_str(""),
      443, 0 },

    { unit_str("https://h:80/"), unit_str("https://h:80/"),
      unit_str("h"), unit_str("h:80"), unit_str("/"), unit_str(""), 80, 1 },

    { unit_str("https://h:/x"), unit_str("https://h/x"),
      unit_str("h"), unit_str("h"), unit_str("/x"), unit_str(""), 443, 1 },

    { unit_str("https://h/ocs/v1.php?format=xml&a=b"),
      unit_str("https://h/ocs/v1.php?format=xml&a=b"),
      unit_str("h"), unit_str("h"), unit_str("/ocs/v1.php"),
      unit_str("format=xml&a=b"), 443, 1 },

    { unit_str("https://h?a=b"), unit_str("https://h/?a=b"),
      unit_str("h"), unit_str("h"), unit_str("/"), unit_str("a=b"), 443, 1 },

    { unit_str("https://h/a%2bb%20c/"), unit_str("https://h/a%2bb%20c/"),
      unit_str("h"), unit_str("h"), unit_str("/a%2bb%20c/"), unit_str(""),
      443, 1 },

    { unit_str("https://h/\xc3\xa4/"), unit_str("https://h/%c3%a4/"),
      unit_str("h"), unit_str("h"), unit_str("/%c3%a4/"), unit_str(""),
      443, 1 },

    { unit_str("https://h/a/./b/../c"), unit_str("https://h/a/c"),
      unit_str("h"), unit_str("h"), unit_str("/a/c"), unit_str(""), 443, 1 },

    { unit_str("https://0x7f.1/"), unit_str("https://127.0.0.1/"),
      unit_str("127.0.0.1"), unit_str("127.0.0.1"), unit_str("/"),
      unit_str(""), 443, 1 },

    { unit_str("https://[2001:DB8::1]:8443/x"),
      unit_str("https://[2001:db8::1]:8443/x"),
      unit_str("[2001:db8::1]"), unit_str("[2001:db8::1]:8443"),
      unit_str("/x"), unit_str(""), 8443, 1 },

    { unit_str("http://127.0.0.1:1/"), unit_str("http://127.0.0.1:1/"),
      unit_str("127.0.0.1"), unit_str("127.0.0.1:1"), unit_str("/"),
      unit_str(""), 1, 0 },

    { unit_str("http://h:65535/"), unit_str("http://h:65535/"),
      unit_str("h"), unit_str("h:65535"), unit_str("/"), unit_str(""),
      65535, 0 }
};


static unit_bad_url_t  unit_bad_urls[] = {
    { unit_str(""), "start with" },
    { unit_str("cloud.example.com"), "start with" },
    { unit_str("cloud.example.com/oc"), "start with" },
    { unit_str("cloud.example.com:8000/oc"), "start with" },
    { unit_str("/oc/"), "start with" },
    { unit_str("//h/oc/"), "start with" },
    { unit_str("ftp://h/"), "start with" },
    { unit_str("file:///etc/passwd"), "start with" },
    { unit_str("gopher://h/"), "start with" },
    { unit_str("unix:/run/x.sock"), "start with" },
    { unit_str("httpss://h/"), "start with" },
    { unit_str("https://"), "no host" },
    { unit_str("https://:8000/"), "" },
    { unit_str("https://h#x"), "fragment" },
    { unit_str("https://h/x#"), "fragment" },
    { unit_str("https://u@h/"), "user name" },
    { unit_str("https://u:p@h/"), "user name" },
    { unit_str("https://@h/"), "user name" },
    { unit_str("https://h:0/"), "port" },
    { unit_str("https://h:65536/"), "port" },
    { unit_str("https://h:99999999999999999999/"), "port" },
    { unit_str("https://h:80a/"), "port" },
    { unit_str("https://h:-1/"), "port" },
    { unit_str("https://h/a b"), "spaces" },
    { unit_str("https://h/a\r\nHost: x"), "invalid" },
    { unit_str("https://h/\x01"), "invalid" },
    { unit_str("https://h/\x7f"), "invalid" },
    { unit_str("https://h/\0x"), "invalid" },
    { unit_str("https://h\0.example.com/"), "invalid" },
    { unit_str("https://h%2580/"), "host" },
    { unit_str("https://h%00/"), "" },
    { unit_str("https://h%0a/"), "" },
    { unit_str("https://h%2f/"), "" },
    { unit_str("https://h%c3%a4/"), "host" },
    { unit_str("https://%68/"), "host" },
    { unit_str("https:/h/"), "start with" },
    { unit_str("https:///h/"), "no host" },
    { unit_str("https://?a"), "no host" },
    { unit_str("https://4%2e4/"), "host" },
    { unit_str("https://h~/"), "host" },
    { unit_str("https://h h/"), "" },
    { unit_str("https://h{}/"), "host" },
    { unit_str("https://h\\x/"), "" },
    { unit_str("https://[::1/"), "IPv6" },
    { unit_str("https://[::g]/"), "IPv6" },
    { unit_str("https://[fe80::1%25eth0]/"), "host" },
    { unit_str("https://b\xc3\xbc""cher.example/"), "ASCII" }
};


static unit_join_t  unit_joins[] = {
    { unit_str("https://h:8000/oc"), "status.php",
      unit_str("https://h:8000/oc/status.php") },
    { unit_str("https://h:8000/oc/"), "status.php",
      unit_str("https://h:8000/oc/status.php") },
    { unit_str("https://h"), "remote.php/dav/",
      unit_str("https://h/remote.php/dav/") },
    { unit_str("http://h/a/b/"), "/x", unit_str("http://h/a/b/x") },
    { unit_str("http://h/a/b/?q=1"), "x?y=2",
      unit_str("http://h/a/b/x?y=2") },
    { unit_str("https://h/oc/"), "", unit_str("https://h/oc/") },
    { unit_str("https://[::1]:8443/oc/"), "x",
      unit_str("https://[::1]:8443/oc/x") }
};


static void
unit_good(ngx_pool_t *pool, unit_url_t *u)
{
    char                     *reason;
    ngx_int_t                 rc;
    ngx_str_t                 text;
    ngx_uint_t                good;
    ngx_http_owncloud_url_t   url, again;

    reason = NULL;
    text = unit_copy(pool, &u->text);

    rc = ngx_http_owncloud_url_parse(pool, &text, &url, &reason);

    good = (rc == NGX_OK)
           && unit_same(&url.text, &u->normal)
           && unit_same(&url.host, &u->host)
           && unit_same(&url.authority, &u->authority)
           && unit_same(&url.path, &u->path)
           && unit_same(&url.query, &u->query)
           && url.port == u->port
           && url.tls == u->tls;

    unit_ok(good, "parse %s", u->text.data);

    rc = good ? ngx_http_owncloud_url_parse(pool, &url.text, &again, &reason)
              : NGX_ERROR;

    unit_ok(rc == NGX_OK && unit_same(&again.text, &url.text),
            "normal form of %s is stable", u->text.data);
}


int
main(void)
{
    char                     *reason;
    ngx_int_t                 rc;
    ngx_str_t                 text;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_owncloud_url_t   base, url;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_urls); i++) {
        unit_good(pool, &unit_urls[i]);
    }

    for (i = 0; i < unit_n(unit_bad_urls); i++) {
        reason = NULL;
        text = unit_copy(pool, &unit_bad_urls[i].text);

        rc = ngx_http_owncloud_url_parse(pool, &text, &url, &reason);

        unit_ok(rc == NGX_DECLINED && reason != NULL
                && ngx_strstr(reason, unit_bad_urls[i].reason) != NULL,
                "refuse %s: %s", unit_bad_urls[i].text.data,
                reason ? reason : "no reason");
    }

    for (i = 0; i < unit_n(unit_joins); i++) {
        rc = ngx_http_owncloud_url_parse(pool, &unit_joins[i].base, &base,
                                         &reason);

        if (rc == NGX_OK) {
            rc = ngx_http_owncloud_url_join(pool, &base, unit_joins[i].path,
                                            &url);
        }

        unit_ok(rc == NGX_OK && unit_same(&url.text, &unit_joins[i].text),
                "join %s and %s", unit_joins[i].base.data,
                unit_joins[i].path);
    }

    unit_ok(ngx_http_owncloud_url_join(pool, &base, "a b", &url)
            == NGX_DECLINED, "join with a space");

    ngx_destroy_pool(pool);

    return unit_done();
}
