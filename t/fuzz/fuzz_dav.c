
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_xml.h"


#define FUZZ_ENTRIES  50


/*
 * The answer to a PROPFIND of "/a/" at "/oc/remote.php/webdav/".  The first
 * byte says how long the pieces are that it comes in; what is read must not
 * depend on it.
 */


typedef struct {
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;
    ngx_uint_t                   n;
    ngx_int_t                    rc;
} fuzz_result_t;


static void fuzz_read(fuzz_result_t *result, ngx_pool_t *pool, u_char *p,
    size_t len, size_t piece);
static void fuzz_entries(fuzz_result_t *result);
static void fuzz_entry(ngx_http_owncloud_entry_t *entry);
static void fuzz_equal(fuzz_result_t *one, fuzz_result_t *two);


static ngx_http_owncloud_url_t  fuzz_base = {
    .host = ngx_string("cloud.example.com"),
    .path = ngx_string("/oc/remote.php/webdav/"),
    .port = 8000,
    .tls = 1
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          piece;
    ngx_pool_t     *pool;
    fuzz_result_t   whole, pieces;

    if (size == 0) {
        return 0;
    }

    piece = data[0] + 1;
    data++;
    size--;

    pool = fuzz_pool();

    ngx_http_owncloud_xml_init();

    fuzz_read(&whole, pool, (u_char *) data, size, size);
    fuzz_read(&pieces, pool, (u_char *) data, size, piece);

    fuzz_entries(&whole);
    fuzz_entries(&pieces);
    fuzz_equal(&whole, &pieces);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_read(fuzz_result_t *result, ngx_pool_t *pool, u_char *p, size_t len,
    size_t piece)
{
    size_t     n;
    ngx_str_t  folder = ngx_string("/a/");

    result->dav = ngx_http_owncloud_dav_create(pool, &fuzz_base, &folder,
                                               FUZZ_ENTRIES);
    fuzz_assert(result->dav != NULL);

    while (len) {
        n = ngx_min(len, piece);

        if (ngx_http_owncloud_dav_feed(result->dav, p, n) != NGX_OK) {
            break;
        }

        p += n;
        len -= n;
    }

    result->rc = ngx_http_owncloud_dav_finish(result->dav, &result->entries,
                                              &result->n);
}


static void
fuzz_entries(fuzz_result_t *result)
{
    ngx_uint_t  i, error;

    error = ngx_http_owncloud_dav_error(result->dav);

    if (result->rc != NGX_OK) {
        fuzz_assert(error != NGX_HTTP_OWNCLOUD_DAV_GOOD);
        return;
    }

    fuzz_assert(error == NGX_HTTP_OWNCLOUD_DAV_GOOD);
    fuzz_assert(result->n <= FUZZ_ENTRIES);

    for (i = 0; i < result->n; i++) {
        fuzz_entry(result->entries[i]);

        fuzz_assert(i == 0 || result->entries[i - 1]->folder
                    || !result->entries[i]->folder);
    }
}


static void
fuzz_entry(ngx_http_owncloud_entry_t *entry)
{
    ngx_str_t  name, dot = ngx_string("."), dots = ngx_string("..");

    name.data = entry->name;
    name.len = entry->len;

    fuzz_assert(name.len != 0 && name.len <= 1024);
    fuzz_assert(memchr(name.data, '/', name.len) == NULL);
    fuzz_assert(memchr(name.data, '\0', name.len) == NULL);
    fuzz_assert(!fuzz_same(&name, &dot) && !fuzz_same(&name, &dots));
    fuzz_assert(ngx_http_owncloud_utf8_valid(name.data, name.len));
    fuzz_assert(entry->size >= -1);
    fuzz_assert(entry->modified >= -1);
}


static void
fuzz_equal(fuzz_result_t *one, fuzz_result_t *two)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_entry_t  *a, *b;

    fuzz_assert(one->rc == two->rc);

    if (one->rc != NGX_OK) {
        return;
    }

    fuzz_assert(one->n == two->n);
    fuzz_assert(ngx_http_owncloud_dav_foreign(one->dav)
                == ngx_http_owncloud_dav_foreign(two->dav));
    fuzz_assert(ngx_http_owncloud_dav_broken(one->dav)
                == ngx_http_owncloud_dav_broken(two->dav));

    for (i = 0; i < one->n; i++) {
        a = one->entries[i];
        b = two->entries[i];

        fuzz_assert(a->len == b->len);
        fuzz_assert(ngx_memcmp(a->name, b->name, a->len) == 0);
        fuzz_assert(a->size == b->size);
        fuzz_assert(a->modified == b->modified);
        fuzz_assert(a->folder == b->folder);
    }
}
