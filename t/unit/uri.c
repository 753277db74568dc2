
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_uri.h"


typedef struct {
    ngx_str_t   text;
    ngx_str_t   result;
} unit_pair_t;


typedef struct {
    char       *base;
    ngx_str_t   href;
    ngx_str_t   path;       /* data is NULL: refused */
} unit_href_t;


#define UNIT_DAV   "https://cloud.example.com:8000/oc/remote.php/webdav/"
#define UNIT_PATH  "/oc/remote.php/webdav"
#define UNIT_ROOT  "http://h/"
#define UNIT_PLUS  "https://h/a%2Bb%20%c3%a4/"
#define UNIT_NONE  { 0, NULL }


static unit_pair_t  unit_escapes[] = {
    { unit_str(""), unit_str("") },
    { unit_str("abcXYZ019-._~"), unit_str("abcXYZ019-._~") },
    { unit_str("/a b/"), unit_str("/a%20b/") },
    { unit_str("+%#?&=;:@$,!'()*"),
      unit_str("%2B%25%23%3F%26%3D%3B%3A%40%24%2C%21%27%28%29%2A") },
    { unit_str("\xc3\xa4\xf0\x9f\x98\x80"),
      unit_str("%C3%A4%F0%9F%98%80") },
    { unit_str("\r\n\t\x7f\\\"<>[]^`{|}"),
      unit_str("%0D%0A%09%7F%5C%22%3C%3E%5B%5D%5E%60%7B%7C%7D") },
    { unit_str("a\0b"), unit_str("a%00b") }
};


static unit_pair_t  unit_unescapes[] = {
    { unit_str(""), unit_str("") },
    { unit_str("abc"), unit_str("abc") },
    { unit_str("a+b"), unit_str("a+b") },
    { unit_str("%41%42%2b%2B"), unit_str("AB++") },
    { unit_str("%2525"), unit_str("%25") },
    { unit_str("a%2fb"), unit_str("a/b") },
    { unit_str("%ff%FE"), unit_str("\xff\xfe") },
    { unit_str("\xc3\xa4%0d%0a"), unit_str("\xc3\xa4\r\n") },
    { unit_str("%"), UNIT_NONE },
    { unit_str("%4"), UNIT_NONE },
    { unit_str("a%"), UNIT_NONE },
    { unit_str("%zz"), UNIT_NONE },
    { unit_str("%4g"), UNIT_NONE },
    { unit_str("%g4"), UNIT_NONE },
    { unit_str("% 41"), UNIT_NONE },
    { unit_str("%+1"), UNIT_NONE },
    { unit_str("%%41"), UNIT_NONE },
    { unit_str("a%00b"), UNIT_NONE },
    { unit_str("a\0b"), UNIT_NONE }
};


static unit_pair_t  unit_folders[] = {
    { unit_str(""), unit_str("/") },
    { unit_str("/"), unit_str("/") },
    { unit_str("////"), unit_str("/") },
    { unit_str("a"), unit_str("/a/") },
    { unit_str("/a"), unit_str("/a/") },
    { unit_str("a/"), unit_str("/a/") },
    { unit_str("/a/b/"), unit_str("/a/b/") },
    { unit_str("//a///b//"), unit_str("/a/b/") },
    { unit_str("/a b/+%2e/"), unit_str("/a b/+%2e/") },
    { unit_str("/.../.a/a./..b/"), unit_str("/.../.a/a./..b/") },
    { unit_str("/\xc3\xa4/\xe2\x82\xac/"),
      unit_str("/\xc3\xa4/\xe2\x82\xac/") },
    { unit_str("/%2e%2e/"), unit_str("/%2e%2e/") },
    { unit_str("."), UNIT_NONE },
    { unit_str(".."), UNIT_NONE },
    { unit_str("/."), UNIT_NONE },
    { unit_str("/.."), UNIT_NONE },
    { unit_str("/./a/"), UNIT_NONE },
    { unit_str("/a/../b/"), UNIT_NONE },
    { unit_str("/a//../b/"), UNIT_NONE },
    { unit_str("/a/.."), UNIT_NONE },
    { unit_str("/a\0b/"), UNIT_NONE },
    { unit_str("/\xff/"), UNIT_NONE },
    { unit_str("/a\xc3"), UNIT_NONE }
};


static unit_href_t  unit_hrefs[] = {

    /* what servers send */

    { UNIT_DAV, unit_str(UNIT_PATH "/"), unit_str("/") },
    { UNIT_DAV, unit_str(UNIT_PATH), unit_str("/") },
    { UNIT_DAV, unit_str(UNIT_PATH "/a.txt"), unit_str("/a.txt") },
    { UNIT_DAV, unit_str(UNIT_PATH "/a/b/"), unit_str("/a/b/") },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%20b+c%2bd%25.txt"),
      unit_str("/a b+c+d%.txt") },
    { UNIT_DAV, unit_str(UNIT_PATH "/%c3%a4%C3%A4\xc3\xa4"),
      unit_str("/\xc3\xa4\xc3\xa4\xc3\xa4") },
    { UNIT_DAV, unit_str("/%6f%63/%72emote%2Ephp/webd%61v/x"),
      unit_str("/x") },
    { UNIT_DAV, unit_str(UNIT_PATH "/%23%3f%3b"), unit_str("/#?;") },
    { UNIT_DAV, unit_str(UNIT_PATH "/.../..a/a../.b/..%2e"),
      unit_str("/.../..a/a../.b/...") },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%0ab"), unit_str("/a\nb") },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%5cb\\c"), unit_str("/a\\b\\c") },
    { UNIT_DAV, unit_str(UNIT_PATH "/%252e%252e/"), unit_str("/%2e%2e/") },
    { UNIT_DAV, unit_str("https://cloud.example.com:8000" UNIT_PATH "/a"),
      unit_str("/a") },
    { UNIT_DAV, unit_str("HTTPS://Cloud.EXAMPLE.com:8000" UNIT_PATH "/a"),
      unit_str("/a") },
    { UNIT_ROOT, unit_str("/"), unit_str("/") },
    { UNIT_ROOT, unit_str("/a"), unit_str("/a") },
    { UNIT_ROOT, unit_str("http://h/a"), unit_str("/a") },
    { UNIT_ROOT, unit_str("http://h:80/a"), unit_str("/a") },
    { UNIT_ROOT, unit_str("http://h:/a"), unit_str("/a") },
    { UNIT_ROOT, unit_str("http://h:0080/a"), unit_str("/a") },
    { UNIT_PLUS, unit_str("/a+b%20%C3%A4/x"), unit_str("/x") },
    { UNIT_PLUS, unit_str("/a%2bb%20\xc3\xa4/x"), unit_str("/x") },

    /* another origin */

    { UNIT_DAV, unit_str("http://cloud.example.com:8000" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:443" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:80000" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:73536" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:99999999999999999999999/"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:8000x" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com.evil:8000" UNIT_PATH "/"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.comevil:8000" UNIT_PATH "/"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://evil.example.com:8000" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://u@cloud.example.com:8000" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("https://cloud.example.com:8000@evil" UNIT_PATH "/"),
      UNIT_NONE },
    { UNIT_DAV, unit_str("//evil" UNIT_PATH "/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("//cloud.example.com:8000" UNIT_PATH "/a"),
      UNIT_NONE },
    { UNIT_ROOT, unit_str("//evil/"), UNIT_NONE },
    { UNIT_ROOT, unit_str("//"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http://169.254.169.254/"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http://h"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http://h:80"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http://"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http:"), UNIT_NONE },
    { UNIT_ROOT, unit_str("http:/h/"), UNIT_NONE },
    { UNIT_ROOT, unit_str("ftp://h/"), UNIT_NONE },
    { UNIT_ROOT, unit_str(""), UNIT_NONE },
    { UNIT_ROOT, unit_str("a"), UNIT_NONE },
    { UNIT_ROOT, unit_str(" /a"), UNIT_NONE },

    /* another folder */

    { UNIT_DAV, unit_str("/"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/remote.php/"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/remote.php/webda"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/remote.php/webdavx/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/OC/remote.php/webdav/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc%2fremote.php/webdav/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/remote.php/webdav%2fa"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/./remote.php/webdav/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc//remote.php/webdav/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/x/../oc/remote.php/webdav/a"), UNIT_NONE },
    { UNIT_DAV, unit_str("/oc/remote.php/web%64%zzav/a"), UNIT_NONE },

    /* names that are none */

    { UNIT_DAV, unit_str(UNIT_PATH "/../a"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/.."), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/."), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a/./b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a/%2e%2E/b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a/.%2e"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a/%2e/"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/..%2fa"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%2fb"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%2F"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "//a"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a//b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a//"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a?b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/?"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a#b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%00b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a\0b"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a\nb"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a\x7f"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%4"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/a%4x"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/%ff"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/%c3"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/%c0%ae%c0%ae/"), UNIT_NONE },
    { UNIT_DAV, unit_str(UNIT_PATH "/%ed%a0%80"), UNIT_NONE }
};


static unit_pair_t  unit_utf8[] = {
    { unit_str(""), unit_str("") },
    { unit_str("plain"), unit_str("") },
    { unit_str("sixteen bytes ok"), unit_str("") },
    { unit_str("\0"), unit_str("") },
    { unit_str("\x7f\xc2\x80\xdf\xbf"), unit_str("") },
    { unit_str("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"),
      unit_str("") },
    { unit_str("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), unit_str("") },
    { unit_str("1234567\xc3\xa4""12345678"), unit_str("") },
    { unit_str("\x80"), UNIT_NONE },
    { unit_str("\xbf"), UNIT_NONE },
    { unit_str("\xc0\x80"), UNIT_NONE },
    { unit_str("\xc1\xbf"), UNIT_NONE },
    { unit_str("\xc2"), UNIT_NONE },
    { unit_str("\xc2\x41"), UNIT_NONE },
    { unit_str("\xc2\xc0"), UNIT_NONE },
    { unit_str("\xe0\x9f\xbf"), UNIT_NONE },
    { unit_str("\xe0\xa0"), UNIT_NONE },
    { unit_str("\xe1\x80\x41"), UNIT_NONE },
    { unit_str("\xed\xa0\x80"), UNIT_NONE },
    { unit_str("\xed\xbf\xbf"), UNIT_NONE },
    { unit_str("\xf0\x8f\xbf\xbf"), UNIT_NONE },
    { unit_str("\xf0\x90\x80"), UNIT_NONE },
    { unit_str("\xf1\x80\x41\x80"), UNIT_NONE },
    { unit_str("\xf1\x80\x80\xc0"), UNIT_NONE },
    { unit_str("\xf4\x90\x80\x80"), UNIT_NONE },
    { unit_str("\xf5\x80\x80\x80"), UNIT_NONE },
    { unit_str("\xff"), UNIT_NONE },
    { unit_str("12345678\xff"), UNIT_NONE },
    { unit_str("1234567\xc3"), UNIT_NONE }
};


static void
unit_escape(ngx_pool_t *pool)
{
    u_char      c[256], *p;
    ngx_int_t   rc;
    ngx_str_t   text, result, again;
    ngx_uint_t  i;

    for (i = 0; i < unit_n(unit_escapes); i++) {
        text = unit_copy(pool, &unit_escapes[i].text);
        rc = ngx_http_owncloud_uri_escape(pool, &text, &result, 0);

        unit_ok(rc == NGX_OK && unit_same(&result, &unit_escapes[i].result),
                "escape %s", unit_escapes[i].text.data);
    }

    ngx_str_set(&text, "/a/b c");
    rc = ngx_http_owncloud_uri_escape(pool, &text, &result, 1);
    ngx_str_set(&again, "%2Fa%2Fb%20c");

    unit_ok(rc == NGX_OK && unit_same(&result, &again), "escape slashes");

    for (i = 0; i < 255; i++) {
        c[i] = (u_char) (i + 1);
    }

    text.data = c;
    text.len = 255;

    rc = ngx_http_owncloud_uri_escape(pool, &text, &result, 1);
    unit_ok(rc == NGX_OK && result.len == 66 + 3 * (255 - 66),
            "escape all bytes");

    p = ngx_pnalloc(pool, result.len);
    rc = ngx_http_owncloud_uri_unescape(p, &result, &again);
    unit_ok(rc == NGX_OK && unit_same(&again, &text), "all bytes come back");
}


static void
unit_unescape(ngx_pool_t *pool)
{
    u_char      *p;
    ngx_int_t    rc, want;
    ngx_str_t    text, result;
    ngx_uint_t   i;

    for (i = 0; i < unit_n(unit_unescapes); i++) {
        text = unit_copy(pool, &unit_unescapes[i].text);
        want = unit_unescapes[i].result.data ? NGX_OK : NGX_DECLINED;

        p = ngx_pnalloc(pool, text.len);
        rc = ngx_http_owncloud_uri_unescape(p, &text, &result);

        unit_ok(rc == want
                && (rc != NGX_OK
                    || (result.data == p
                        && unit_same(&result, &unit_unescapes[i].result))),
                "unescape %s", unit_unescapes[i].text.data);

        rc = ngx_http_owncloud_uri_unescape(text.data, &text, &result);

        unit_ok(rc == want
                && (rc != NGX_OK
                    || unit_same(&result, &unit_unescapes[i].result)),
                "unescape %s in place", unit_unescapes[i].text.data);
    }
}


static void
unit_folder(ngx_pool_t *pool)
{
    ngx_int_t    rc;
    ngx_str_t    text, result;
    ngx_uint_t   i;

    for (i = 0; i < unit_n(unit_folders); i++) {
        text = unit_copy(pool, &unit_folders[i].text);
        rc = ngx_http_owncloud_path_normalize(pool, &text, &result);

        if (unit_folders[i].result.data == NULL) {
            unit_ok(rc == NGX_DECLINED, "refuse folder %s",
                    unit_folders[i].text.data);
            continue;
        }

        unit_ok(rc == NGX_OK && unit_same(&result, &unit_folders[i].result),
                "folder %s", unit_folders[i].text.data);
    }
}


static void
unit_href(ngx_pool_t *pool)
{
    char                     *reason;
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_str_t                 text, path;
    ngx_uint_t                i;
    ngx_http_owncloud_url_t   base;

    for (i = 0; i < unit_n(unit_hrefs); i++) {
        text.data = (u_char *) unit_hrefs[i].base;
        text.len = ngx_strlen(text.data);

        rc = ngx_http_owncloud_url_parse(pool, &text, &base, &reason);
        if (rc != NGX_OK) {
            unit_ok(0, "base %s: %s", unit_hrefs[i].base, reason);
            continue;
        }

        text = unit_copy(pool, &unit_hrefs[i].href);
        p = ngx_pnalloc(pool, text.len);

        rc = ngx_http_owncloud_href_path(&base, &text, p, &path);

        if (unit_hrefs[i].path.data == NULL) {
            unit_ok(rc == NGX_DECLINED, "refuse %s below %s",
                    unit_hrefs[i].href.data, unit_hrefs[i].base);
            continue;
        }

        unit_ok(rc == NGX_OK && path.data == p
                && unit_same(&path, &unit_hrefs[i].path),
                "%s below %s", unit_hrefs[i].href.data, unit_hrefs[i].base);
    }
}


int
main(void)
{
    ngx_str_t    text;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_escape(pool);
    unit_unescape(pool);
    unit_folder(pool);
    unit_href(pool);

    for (i = 0; i < unit_n(unit_utf8); i++) {
        text = unit_copy(pool, &unit_utf8[i].text);

        unit_ok(ngx_http_owncloud_utf8_valid(text.data, text.len)
                == (unit_utf8[i].result.data ? 1 : 0),
                "UTF-8 %u: %s", (unsigned) i, unit_utf8[i].text.data);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
