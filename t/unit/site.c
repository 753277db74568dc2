
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_site.h"


typedef struct {
    ngx_str_t    origin;
    ngx_str_t    root;
    ngx_str_t    folder;
} unit_case_t;


static unit_case_t  unit_cases[] = {
    { unit_str("https://moodle.example.com"), unit_str(""),
      unit_str("/Moodle moodle.example.com") },
    { unit_str("http://moodle.example.com"), unit_str(""),
      unit_str("/Moodle moodle.example.com") },
    { unit_str("https://moodle.example.com:8443"), unit_str("/lms"),
      unit_str("/Moodle moodle.example.com_8443_lms") },
    { unit_str("http://[2001:db8::1]:80"), unit_str("/a/b"),
      unit_str("/Moodle [2001_db8__1]_80_a_b") },
    { unit_str("http://h"), unit_str(""), unit_str("/Moodle h") },
    { unit_str("https://h"), unit_str(""), unit_str("/Moodle h") },
    { unit_str(""), unit_str(""), unit_str("/Moodle ") }
};


static ngx_int_t
unit_has(ngx_pool_t *pool, char *origin, char *root, char *path)
{
    ngx_str_t                 text, copy;
    ngx_http_owncloud_site_t  site;

    site.origin.data = (u_char *) origin;
    site.origin.len = ngx_strlen(origin);
    site.root.data = (u_char *) root;
    site.root.len = ngx_strlen(root);
    text.data = (u_char *) path;
    text.len = ngx_strlen(path);

    copy = unit_copy(pool, &text);

    return ngx_http_owncloud_site_has(pool, &site, &copy);
}


static void
unit_below(ngx_pool_t *pool)
{
    ngx_str_t   root, path, rest;
    ngx_uint_t  i;

    static struct {
        ngx_str_t    root;
        ngx_str_t    path;
        char        *rest;    /* NULL: it is not below */
    } cases[] = {
        { ngx_string(""), ngx_string("/r/link/a/b"), "a/b" },
        { ngx_string("/lms"), ngx_string("/lms/r/link/a"), "a" },
        { ngx_string(""), ngx_string("/r/link/"), NULL },
        { ngx_string(""), ngx_string("/r/lin"), NULL },
        { ngx_string(""), ngx_string(""), NULL },
        { ngx_string(""), ngx_string("/r/links/a"), NULL },
        { ngx_string(""), ngx_string("/R/link/a"), NULL },
        { ngx_string(""), ngx_string("/r/\0ink/a"), NULL },
        { ngx_string("/lms"), ngx_string("/lmz/r/link/a"), NULL },
        { ngx_string("/lms"), ngx_string("/r/link/abcdef"), NULL },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        root = unit_copy(pool, &cases[i].root);
        path = unit_copy(pool, &cases[i].path);

        if (cases[i].rest == NULL) {
            unit_ok(!ngx_http_owncloud_site_below(&root, &path, "/r/link/",
                                                  &rest),
                    "not below: %u", (unsigned) i);
            continue;
        }

        unit_ok(ngx_http_owncloud_site_below(&root, &path, "/r/link/", &rest)
                && rest.len == ngx_strlen(cases[i].rest)
                && ngx_memcmp(rest.data, cases[i].rest, rest.len) == 0,
                "below: %u", (unsigned) i);
    }
}


int
main(void)
{
    u_char                    longer[400];
    ngx_str_t                 folder;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_owncloud_site_t  site;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_cases); i++) {

        site.origin = unit_copy(pool, &unit_cases[i].origin);
        site.root = unit_copy(pool, &unit_cases[i].root);

        unit_ok(ngx_http_owncloud_site_folder(pool, &site, &folder) == NGX_OK
                && unit_same(&folder, &unit_cases[i].folder), "%s %s",
                unit_cases[i].origin.data, unit_cases[i].root.data);
    }

    ngx_memset(longer, 'x', sizeof(longer));

    site.origin.data = longer;
    site.origin.len = sizeof(longer);
    site.root = site.origin;

    unit_ok(ngx_http_owncloud_site_folder(pool, &site, &folder) == NGX_OK
            && folder.len == NGX_HTTP_OWNCLOUD_SITE_NAME, "a long name");

    unit_ok(unit_has(pool, "https://a.b", "", "/Moodle a.b/17/x/y") == NGX_OK,
            "here");
    unit_ok(unit_has(pool, "https://a.b", "/l", "/Moodle a.b_l/17/x")
            == NGX_OK, "here, below a path");
    unit_ok(unit_has(pool, "https://a.b", "", "/Moodle a.b_l/17/x")
            == NGX_DECLINED, "below another path");
    unit_ok(unit_has(pool, "https://a.b", "/l", "/Moodle a.b/17/x")
            == NGX_DECLINED, "not below a path");
    unit_ok(unit_has(pool, "https://a.b", "", "/Moodle a.bc/17/x")
            == NGX_DECLINED, "a longer name");
    unit_ok(unit_has(pool, "https://a.bc", "", "/Moodle a.b/17/x")
            == NGX_DECLINED, "a shorter name");
    unit_ok(unit_has(pool, "https://a.b:8", "", "/Moodle a.b/17/x")
            == NGX_DECLINED, "another port");
    unit_ok(unit_has(pool, "https://a.b", "", "/Moodle a.b") == NGX_DECLINED,
            "the folder itself");
    unit_ok(unit_has(pool, "https://a.b", "", "/") == NGX_DECLINED, "no path");

    unit_below(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
