
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_text.h"
#include "ngx_http_owncloud_xml.h"


/*
 * The answer to a PROPFIND at "/oc/remote.php/webdav/".  The first byte says
 * how long the pieces are that it comes in, what is read must not depend on
 * it, and, by its highest bit, whether the first response is enough.
 */


typedef struct {
    ngx_pool_t   *pool;
    ngx_str_t     text;       /* of all items */
    ngx_int_t     rc;
    ngx_uint_t    enough;
} fuzz_result_t;


static void fuzz_read(fuzz_result_t *result, const uint8_t *p, size_t len,
    size_t piece);
static ngx_int_t fuzz_item(void *data, ngx_http_owncloud_item_t *item);
static void fuzz_path(ngx_str_t *path);


static ngx_http_owncloud_url_t  fuzz_base = {
    .host = ngx_string("cloud.example.com"),
    .path = ngx_string("/oc/remote.php/webdav/"),
    .port = 8000,
    .tls = 1
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_pool_t     *pool;
    fuzz_result_t   whole, pieces;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    ngx_http_owncloud_xml_init();

    ngx_memzero(&whole, sizeof(fuzz_result_t));

    ngx_str_set(&whole.text, "");

    whole.pool = pool;
    whole.enough = data[0] & 0x80;
    pieces = whole;

    fuzz_read(&whole, data + 1, size - 1, size);
    fuzz_read(&pieces, data + 1, size - 1, (data[0] & 0x7f) + 1);

    fuzz_assert(whole.rc == pieces.rc);
    fuzz_assert(fuzz_same(&whole.text, &pieces.text));

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_read(fuzz_result_t *result, const uint8_t *data, size_t len,
    size_t piece)
{
    size_t                      n;
    ngx_str_t                   body;
    ngx_http_owncloud_items_t  *items;

    items = ngx_http_owncloud_items_create(result->pool, &fuzz_base,
                                           fuzz_item, result);
    fuzz_assert(items != NULL);

    while (len) {
        n = ngx_min(len, piece);
        body = fuzz_copy(result->pool, data, n);

        if (ngx_http_owncloud_items_feed(items, body.data, n) != NGX_OK) {
            break;
        }

        data += n;
        len -= n;
    }

    result->rc = ngx_http_owncloud_items_finish(items);

    fuzz_assert(result->rc == NGX_OK || result->rc == NGX_DECLINED);
}


static ngx_int_t
fuzz_item(void *data, ngx_http_owncloud_item_t *item)
{
    fuzz_result_t *result = data;

    u_char     *p;
    ngx_str_t   text;

    fuzz_assert(item->size >= -1);
    fuzz_assert(item->id.len <= NGX_HTTP_OWNCLOUD_ITEM_ID);
    fuzz_path(&item->path);

    text.len = result->text.len + item->path.len + item->id.len
               + NGX_OFF_T_LEN + sizeof("  folder;");
    text.data = ngx_pnalloc(result->pool, text.len);
    fuzz_assert(text.data != NULL);

    p = ngx_sprintf(text.data, "%V%V %V %O%s;", &result->text, &item->path,
                    &item->id, item->size, item->folder ? " folder" : "");

    text.len = p - text.data;
    result->text = text;

    return result->enough ? NGX_DONE : NGX_OK;
}


static void
fuzz_path(ngx_str_t *path)
{
    u_char     *p, *last;
    ngx_str_t   name, dot = ngx_string("."), dots = ngx_string("..");

    fuzz_assert(path->len != 0 && path->data[0] == '/');
    fuzz_assert(memchr(path->data, '\0', path->len) == NULL);
    fuzz_assert(ngx_http_owncloud_utf8_valid(path->data, path->len));

    last = path->data + path->len;
    name.data = path->data + 1;

    for (p = name.data; p <= last; p++) {

        if (p < last && *p != '/') {
            continue;
        }

        name.len = p - name.data;

        fuzz_assert(!fuzz_same(&name, &dot) && !fuzz_same(&name, &dots));

        name.data = p + 1;
    }
}
