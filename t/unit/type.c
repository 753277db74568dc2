
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_type.h"


#define UNKNOWN    NGX_HTTP_OWNCLOUD_TYPE_UNKNOWN
#define OWNCLOUD   NGX_HTTP_OWNCLOUD_TYPE_OWNCLOUD
#define NEXTCLOUD  NGX_HTTP_OWNCLOUD_TYPE_NEXTCLOUD
#define OPENCLOUD  NGX_HTTP_OWNCLOUD_TYPE_OPENCLOUD


/* a link, and where its file is to be had below https://cloud.test/c/ */

typedef struct {
    ngx_uint_t   type;
    ngx_str_t    id;
    ngx_str_t    url;           /* as the server says it */
    ngx_str_t    want;
} unit_link_t;


static unit_link_t  unit_links[] = {
    { OWNCLOUD, unit_str("7"), unit_str("https://cloud.test/c/s/ToKen"),
      unit_str("https://cloud.test/c/s/ToKen/download") },
    { NEXTCLOUD, unit_str("7"), unit_str("http://x/c/index.php/s/ToKen"),
      unit_str("https://cloud.test/c/index.php/s/ToKen/download") },
    { NEXTCLOUD, unit_str("7"), unit_str("http://x/index.php/s/ToKen"),
      unit_str("https://cloud.test/c/s/ToKen/download") },
    { OWNCLOUD, unit_str("7"), unit_str("http://x/c/index.php/s/Other"),
      unit_str("https://cloud.test/c/s/ToKen/download") },
    { OWNCLOUD, unit_str("7"), unit_str("x"),
      unit_str("https://cloud.test/c/s/ToKen/download") },
    { OWNCLOUD, unit_str("a-1"), unit_str("/c/index.php/s/ToKen"),
      unit_str("https://cloud.test/c/s/ToKen/download") },
    { OPENCLOUD, unit_str("7"), unit_str("https://cloud.test/c/s/ToKen"),
      unit_str("https://cloud.test/c/remote.php/dav/public-files/ToKen/"
               "a%20%26%2F.txt") },
    { UNKNOWN, unit_str("12"), unit_str("https://x/c/index.php/s/ToKen"),
      unit_str("https://cloud.test/c/index.php/s/ToKen/download") },
    { UNKNOWN, unit_str("12-a"), unit_str("https://x/c/index.php/s/ToKen"),
      unit_str("https://cloud.test/c/remote.php/dav/public-files/ToKen/"
               "a%20%26%2F.txt") }
};


static void
unit_link(ngx_pool_t *pool, unit_link_t *c, ngx_uint_t n)
{
    ngx_str_t                  url, name = ngx_string("a &/.txt");
    ngx_http_owncloud_url_t    base;
    ngx_http_owncloud_share_t  share;

    ngx_memzero(&base, sizeof(ngx_http_owncloud_url_t));
    ngx_str_set(&base.text, "https://cloud.test/c/");
    ngx_str_set(&base.path, "/c/");

    ngx_memzero(&share, sizeof(ngx_http_owncloud_share_t));
    share.id = unit_copy(pool, &c->id);
    share.url = unit_copy(pool, &c->url);
    ngx_str_set(&share.token, "ToKen");

    unit_ok(ngx_http_owncloud_type(c->type)->link(pool, &base, &share, &name,
                                                  &url)
            == NGX_OK
            && unit_same(&url, &c->want), "link %u", (unsigned) n);
}


static void
unit_preview(ngx_pool_t *pool, ngx_uint_t type, char *path, char *want)
{
    ngx_str_t                 uri, expected;
    ngx_http_owncloud_url_t   url;
    ngx_http_owncloud_type_t  *row;

    ngx_str_t  user = ngx_string("a/b"), file = ngx_string("/x y/\xc3\xbc&.png");

    ngx_memzero(&url, sizeof(ngx_http_owncloud_url_t));
    url.path.data = (u_char *) path;
    url.path.len = ngx_strlen(path);

    expected.data = (u_char *) want;
    expected.len = ngx_strlen(want);

    row = ngx_http_owncloud_type(type);

    unit_ok(row->preview(pool, &url, &user, &file, &uri) == NGX_OK
            && unit_same(&uri, &expected), "preview of type %u",
            (unsigned) type);
}


static void
unit_search(ngx_pool_t *pool)
{
    ngx_str_t                            body, path;
    ngx_http_owncloud_url_t              url;
    ngx_http_owncloud_type_t            *row;
    ngx_http_owncloud_search_request_t   search;

    ngx_memzero(&url, sizeof(ngx_http_owncloud_url_t));
    ngx_str_set(&url.path, "/remote.php/dav/");

    ngx_memzero(&search, sizeof(ngx_http_owncloud_search_request_t));
    ngx_str_set(&search.user, "a b");
    ngx_str_set(&search.text, "50%");
    search.limit = 20;

    row = ngx_http_owncloud_type(NEXTCLOUD);
    ngx_str_set(&path, "/remote.php/dav/files/a%20b/");

    unit_ok(row->search(pool, &url, &search, &body) == NGX_OK
            && unit_same(&search.base.path, &path) && !search.filter
            && search.asked == 21 && body.len, "Nextcloud: a search");

    row = ngx_http_owncloud_type(OWNCLOUD);

    unit_ok(row->search(pool, &url, &search, &body) == NGX_OK
            && unit_same(&search.base.path, &url.path) && search.filter
            && search.asked == 200 && body.len, "ownCloud: a search");

    ngx_str_set(&search.text, "a/b");

    unit_ok(row->search(pool, &url, &search, &body) == NGX_DECLINED,
            "ownCloud: no such name");

    row = ngx_http_owncloud_type(NEXTCLOUD);

    unit_ok(row->search(pool, &url, &search, &body) == NGX_DECLINED,
            "Nextcloud: no such name");

    ngx_str_null(&search.user);

    unit_ok(row->search(pool, &url, &search, &body) == NGX_ABORT,
            "Nextcloud: nobody whose files could be searched");
}


/* what nobody checks for NULL when it is used */

static void
unit_rows(void)
{
    ngx_str_t                 *name;
    ngx_uint_t                 i;
    ngx_conf_enum_t           *e;
    ngx_http_owncloud_type_t  *row;

    for (i = 0; i < NGX_HTTP_OWNCLOUD_TYPES; i++) {
        row = ngx_http_owncloud_type(i);

        unit_ok(row->authorization_path && row->token_path && row->webdav_path
                && row->ocs_path && row->file_path && row->link,
                "row %u is whole", (unsigned) i);
        unit_ok((row->search_at == NGX_HTTP_OWNCLOUD_AT_NONE)
                == (row->search == NULL)
                && (row->search == NULL) == (row->search_method == NULL),
                "row %u: search", (unsigned) i);
        unit_ok((row->preview_at == NGX_HTTP_OWNCLOUD_AT_NONE)
                == (row->preview == NULL), "row %u: previews", (unsigned) i);

        for (name = row->products; name->len; name++) {
            unit_ok(ngx_http_owncloud_type_product(name) == i,
                    "row %u: %s", (unsigned) i, name->data);
        }
    }

    for (e = ngx_http_owncloud_type_names; e->name.len; e++) {
        unit_ok(ngx_http_owncloud_type_product(&e->name) == e->value,
                "%s", e->name.data);
    }

    unit_ok(e - ngx_http_owncloud_type_names == NGX_HTTP_OWNCLOUD_TYPES - 1,
            "all of them can be configured");
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_rows();
    unit_search(pool);

    unit_preview(pool, OWNCLOUD, "/remote.php/dav/",
                 "/remote.php/dav/files/a%2Fb/x%20y/%C3%BC%26.png"
                 "?preview=1&x=128&y=128");
    unit_preview(pool, NEXTCLOUD, "/index.php/core/preview.png",
                 "/index.php/core/preview.png?file=%2Fx%20y%2F%C3%BC%26.png"
                 "&x=128&y=128&forceIcon=0");

    for (i = 0; i < unit_n(unit_links); i++) {
        unit_link(pool, &unit_links[i], i);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
