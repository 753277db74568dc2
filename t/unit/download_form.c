
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_form.h"


static struct {
    ngx_str_t   source;
    char       *path;       /* NULL: not that of a file */
    char       *name;
} unit_paths[] = {
    { unit_str("/report.pdf"), "/report.pdf", "report.pdf" },
    { unit_str("/a/b c/d"), "/a/b c/d", "d" },
    { unit_str("/%2e%2e"), "/%2e%2e", "%2e%2e" },
    { unit_str(""), NULL, NULL },
    { unit_str("/"), NULL, NULL },
    { unit_str("a"), NULL, NULL },
    { unit_str("/a/"), NULL, NULL },
    { unit_str("/../x"), NULL, NULL },
    { unit_str("/a/./b"), NULL, NULL },
    { unit_str("/a\0b"), NULL, NULL },
    { unit_str("/\xff"), NULL, NULL }
};


static struct {
    char       *form;
    ngx_uint_t  title;      /* it can be a name */
    ngx_uint_t  accepted;
    off_t       max;
    ngx_uint_t  flag;
} unit_forms[] = {
    { "title=a.pdf", 1, 1, -1, 0 },
    { "title=", 1, 1, -1, 0 },
    { "x=y", 1, 1, -1, 0 },
    { "title=a%2Fb", 0, 1, -1, 0 },
    { "title=a%0Ab", 0, 1, -1, 0 },
    { "title=a%7F", 0, 1, -1, 0 },
    { "title=%FF", 0, 1, -1, 0 },
    { "title=a.pdf&accepted_types%5B%5D=.pdf", 1, 1, -1, 0 },
    { "title=a.pdf&accepted_types%5B%5D=.txt", 1, 0, -1, 0 },
    { "title=a.pdf&accepted_types%5B0%5D=.txt&accepted_types%5B1%5D=.PDF",
      1, 1, -1, 0 },
    { "title=a.jpg&accepted_types%5B%5D=.jpeg", 1, 1, -1, 0 },
    { "title=a.pdf&accepted_types%5B%5D=*", 1, 1, -1, 0 },
    { "title=a.pdf&accepted_types%5B%5D=", 1, 1, -1, 0 },
    { "title=a.pdf&maxbytes=100&areamaxbytes=-1", 1, 1, 100, 0 },
    { "title=a.pdf&maxbytes=100&areamaxbytes=50", 1, 1, 50, 0 },
    { "title=a.pdf&maxbytes=0&areamaxbytes=x", 1, 1, -1, 0 },
    { "title=a.pdf&maxbytes=99999999999999999999", 1, 1, -1, 0 },
    { "title=a.pdf&usefilereference=1", 1, 1, -1, 1 },
    { "title=a.pdf&usefilereference=0", 1, 1, -1, 0 },
    { "title=a.pdf&usefilereference=", 1, 1, -1, 0 }
};


static void
unit_path(ngx_pool_t *pool, ngx_uint_t i)
{
    ngx_int_t                     rc;
    ngx_str_t                     source;
    ngx_http_owncloud_download_t  download;

    source = unit_copy(pool, &unit_paths[i].source);

    rc = ngx_http_owncloud_download_path(pool, &source, &download);

    if (unit_paths[i].path == NULL) {
        unit_ok(rc == NGX_DECLINED, "no file: %s", unit_paths[i].source.data);
        return;
    }

    unit_ok(rc == NGX_OK
            && download.path.len == ngx_strlen(unit_paths[i].path)
            && ngx_memcmp(download.path.data, unit_paths[i].path,
                          download.path.len)
               == 0
            && download.name.len == ngx_strlen(unit_paths[i].name)
            && ngx_memcmp(download.name.data, unit_paths[i].name,
                          download.name.len)
               == 0, "a file: %s", unit_paths[i].source.data);
}


static void
unit_form(ngx_pool_t *pool, ngx_uint_t i)
{
    ngx_str_t                      text;
    ngx_array_t                    fields;
    ngx_http_owncloud_download_t   download;

    text.data = (u_char *) unit_forms[i].form;
    text.len = ngx_strlen(text.data);
    text = unit_copy(pool, &text);

    (void) ngx_http_owncloud_form_parse(pool, &text, 16, &fields);

    ngx_memzero(&download, sizeof(ngx_http_owncloud_download_t));
    ngx_str_set(&download.name, "name.txt");

    unit_ok(ngx_http_owncloud_download_title(&fields, &download)
            == unit_forms[i].title, "title: %s", unit_forms[i].form);
    unit_ok(download.title.len != 0, "there is always one");
    unit_ok(ngx_http_owncloud_download_accepted(&fields, &download)
            == unit_forms[i].accepted, "type: %s", unit_forms[i].form);

    ngx_http_owncloud_download_max(&fields, &download);

    unit_ok(download.max == unit_forms[i].max, "limit: %s",
            unit_forms[i].form);
    unit_ok(ngx_http_owncloud_download_flag(&fields, "usefilereference")
            == unit_forms[i].flag, "flag: %s", unit_forms[i].form);
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_paths); i++) {
        unit_path(pool, i);
    }

    for (i = 0; i < unit_n(unit_forms); i++) {
        unit_form(pool, i);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
