
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_form.h"


/* the form that the picker sends when a file has been chosen */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                         i;
    ngx_int_t                      rc;
    ngx_str_t                      text, *path, *title;
    ngx_pool_t                    *pool;
    ngx_array_t                    fields;
    ngx_http_owncloud_download_t   download;

    pool = fuzz_pool();

    text = fuzz_copy(pool, data, size);

    rc = ngx_http_owncloud_form_parse(pool, &text, 32, &fields);
    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    ngx_memzero(&download, sizeof(ngx_http_owncloud_download_t));

    rc = ngx_http_owncloud_download_path(pool,
                               ngx_http_owncloud_form_get(&fields, "source"),
                               &download);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        path = &download.path;

        fuzz_assert(path->len >= 2 && path->data[0] == '/'
                    && path->data[path->len - 1] != '/');
        fuzz_assert(download.name.len != 0
                    && download.name.data + download.name.len
                       == path->data + path->len
                    && download.name.data[-1] == '/');
        fuzz_assert(memchr(path->data, '\0', path->len) == NULL);

        if (ngx_http_owncloud_download_title(&fields, &download)) {
            title = &download.title;

            fuzz_assert(title->len != 0);

            for (i = 0; i < title->len; i++) {
                fuzz_assert(title->data[i] >= 0x20 && title->data[i] != '/');
            }
        }

        (void) ngx_http_owncloud_download_accepted(&fields, &download);
    }

    ngx_http_owncloud_download_max(&fields, &download);
    fuzz_assert(download.max == -1 || download.max > 0);

    (void) ngx_http_owncloud_download_flag(&fields, "usefilereference");

    ngx_destroy_pool(pool);

    return 0;
}
