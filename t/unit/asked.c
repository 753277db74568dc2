
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_asked.h"


typedef struct {
    ngx_str_t    target;
    ngx_str_t    root;
    uint64_t     context;     /* 0: none */
    ngx_uint_t   download;
} unit_case_t;


static unit_case_t  unit_cases[] = {

    /* the scripts, by path and by query */

    { unit_str("/pluginfile.php/17/mod_assign/intro/0/a.txt"),
      unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php/17/a/b/c%20d%2Fe/a+b.txt?forcedownload=1"),
      unit_str(""), 17, 1 },
    { unit_str("/draftfile.php/11/user/draft/5/a.txt"), unit_str(""), 11, 0 },
    { unit_str("/webservice/pluginfile.php/17/a/b?token=e003"),
      unit_str(""), 17, 0 },
    { unit_str("/tokenpluginfile.php/f003/17/a/b"), unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php?file=%2F17%2Fa%2Fb.txt"),
      unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php?preview=thumb&file=/17/a&forcedownload"),
      unit_str(""), 17, 1 },
    { unit_str("/tokenpluginfile.php?file=/f003/17/a"), unit_str(""), 17, 0 },
    { unit_str("/lms/pluginfile.php/17/a"), unit_str("/lms"), 17, 0 },
    { unit_str("/a%20b/pluginfile.php/17/a"), unit_str("/a b"), 17, 0 },
    { unit_str("/pluginfile.php/017/a"), unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php/17/a?filearea=x"), unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php/17/a?profile=x"), unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php/17/a?x=file&File=y"), unit_str(""), 17, 0 },
    { unit_str("/pluginfile.php/17/a/"), unit_str(""), 17, 0 },

    /* other scripts, other places */

    { unit_str("/mod/url/view.php?file=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.phpx/17/a"), unit_str(""), 0, 0 },
    { unit_str("/x/pluginfile.php/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a"), unit_str("/lms"), 0, 0 },
    { unit_str("/lms2/pluginfile.php/17/a"), unit_str("/lms"), 0, 0 },
    { unit_str("/lm"), unit_str("/lms"), 0, 0 },
    { unit_str(""), unit_str(""), 0, 0 },
    { unit_str("/repository/pluginfile.php/17/a"), unit_str(""), 0, 0 },

    /* a script that is not written out: Moodle takes "file" then */

    { unit_str("/pluginfil%65.php/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfil%65.php/17/a?file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php%2F17%2Fa%2Fb"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php%2F17%2Fa?file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/PLUGINFILE.PHP/17/a"), unit_str(""), 0, 0 },

    /* path and query */

    { unit_str("/pluginfile.php/17/a/b/c?file=/20/x/y/z"), unit_str(""), 0,
      0 },
    { unit_str("/pluginfile.php/17/a?file=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file="), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/?file=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/draftfile.php/11/user/draft/5/a?file=/12/user/draft/5/a"),
      unit_str(""), 0, 0 },
    { unit_str("/tokenpluginfile.php/f003/17/a?file=/f003/20/a"),
      unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?%66ile=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?fil%65=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?+file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?%20%20file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file%00=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file%00x=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file[]=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file%5B%5D=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file[=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?file.=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?x=1;file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?x=1&amp;file=/20/a"), unit_str(""), 0,
      0 },

    /* two of a query, or one that PHP reads in another way */

    { unit_str("/pluginfile.php?file=/17/a&file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/17/a;file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/17/a&file[]=/20/a"), unit_str(""), 0,
      0 },
    { unit_str("/pluginfile.php?x=1;file=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/17/a;b"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file[]=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?+file=/17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=//17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/../17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/1%007/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file=/+17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php?file="), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/"), unit_str(""), 0, 0 },

    /* a path that is made another one on its way */

    { unit_str("/pluginfile.php/5/../17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/../5/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a/.."), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/%2e%2E/5/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a%2F..%2Fb"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/./17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php//17/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17//a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a#/../5/"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a?x#&file=/20/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a%0Ab"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a%00b"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/a%zz"), unit_str(""), 0, 0 },

    /* no number */

    { unit_str("/pluginfile.php/0/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/-1/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17x/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/%31%37/a"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/17/"), unit_str(""), 0, 0 },
    { unit_str("/pluginfile.php/18446744073709551633/a"), unit_str(""), 0,
      0 },
    { unit_str("/tokenpluginfile.php/17/a"), unit_str(""), 0, 0 },
    { unit_str("/tokenpluginfile.php/f%2F20/17/a"), unit_str(""), 0, 0 },
    { unit_str("/tokenpluginfile.php/f003/x/17/a"), unit_str(""), 0, 0 }
};


int
main(void)
{
    u_char                      buf[1024], *p;
    ngx_int_t                   rc;
    ngx_str_t                   target;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    unit_case_t                *c;
    ngx_http_owncloud_asked_t   asked;

    for (i = 0; i < unit_n(unit_cases); i++) {
        c = &unit_cases[i];

        pool = unit_pool();
        target = unit_copy(pool, &c->target);

        rc = ngx_http_owncloud_asked(pool, &target, &c->root, &asked);

        unit_ok(c->context
                ? rc == NGX_OK && asked.context == c->context
                  && asked.download == c->download
                : rc == NGX_DECLINED, "%s", c->target.data);

        ngx_destroy_pool(pool);
    }

    /* more fields than are looked at */

    p = ngx_cpymem(buf, "/pluginfile.php/17/a?", 21);

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ASKED_FIELDS; i++) {
        p = ngx_cpymem(p, "a=b&", 4);
    }

    target.data = buf;
    target.len = p - buf;

    pool = unit_pool();

    ngx_str_null(&unit_cases[0].root);

    unit_ok(ngx_http_owncloud_asked(pool, &target, &unit_cases[0].root,
                                    &asked) == NGX_OK, "many fields");

    target.len = ngx_cpymem(p, "file=/20/a", 10) - buf;

    unit_ok(ngx_http_owncloud_asked(pool, &target, &unit_cases[0].root,
                                    &asked) == NGX_DECLINED, "and one more");

    ngx_destroy_pool(pool);

    return unit_done();
}
