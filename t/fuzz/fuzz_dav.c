
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_xml.h"


#define FUZZ_ENTRIES  50


/*
 * The answer to a PROPFIND of "/a/" at "/oc/remote.php/webdav/" or, where the
 * first byte has its highest bit set, to a search there, by text if the next
 * bit is set.  The others say how long the pieces are that it comes in; what
 * is read must not depend on it.
 */


#define FUZZ_SEARCH   0x80
#define FUZZ_TEXT     0x40


typedef struct {
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;
    ngx_uint_t                   n;
    ngx_int_t                    rc;
} fuzz_result_t;


static void fuzz_read(fuzz_result_t *result, ngx_pool_t *pool, u_char *p,
    size_t len, size_t piece, ngx_uint_t mode);
static void fuzz_entries(fuzz_result_t *result, ngx_uint_t mode);
static void fuzz_entry(ngx_http_owncloud_entry_t *entry, ngx_uint_t mode);
static void fuzz_title(u_char *p, size_t len);
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
    ngx_uint_t      mode;
    ngx_pool_t     *pool;
    fuzz_result_t   whole, pieces;

    if (size == 0) {
        return 0;
    }

    mode = data[0] & (FUZZ_SEARCH|FUZZ_TEXT);
    piece = data[0] - mode + 1;
    data++;
    size--;

    pool = fuzz_pool();

    ngx_http_owncloud_xml_init();

    fuzz_read(&whole, pool, (u_char *) data, size, size, mode);
    fuzz_read(&pieces, pool, (u_char *) data, size, piece, mode);

    fuzz_entries(&whole, mode);
    fuzz_entries(&pieces, mode);
    fuzz_equal(&whole, &pieces);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_read(fuzz_result_t *result, ngx_pool_t *pool, u_char *p, size_t len,
    size_t piece, ngx_uint_t mode)
{
    size_t     n;
    ngx_str_t  folder = ngx_string("/a/");

    static ngx_str_t  text = ngx_string("A.");

    if (mode & FUZZ_SEARCH) {
        result->dav = ngx_http_owncloud_dav_search(pool, &fuzz_base,
                                             mode & FUZZ_TEXT ? &text : NULL,
                                             FUZZ_ENTRIES);

    } else {
        result->dav = ngx_http_owncloud_dav_create(pool, &fuzz_base, &folder,
                                                   FUZZ_ENTRIES);
    }

    fuzz_assert(result->dav != NULL);

    while (len) {
        n = ngx_min(len, piece);

        if (ngx_http_owncloud_dav_feed(result->dav, p, n) != NGX_OK) {
            break;
        }

        p += n;
        len -= n;
    }

    result->rc = ngx_http_owncloud_dav_finish(result->dav);

    if (result->rc == NGX_OK) {
        fuzz_assert(ngx_http_owncloud_dav_sort(result->dav, &result->entries,
                                               &result->n)
                    == NGX_OK);
    }
}


static void
fuzz_entries(fuzz_result_t *result, ngx_uint_t mode)
{
    ngx_str_t   etag;
    ngx_uint_t  i, error;

    error = ngx_http_owncloud_dav_error(result->dav);

    if (result->rc != NGX_OK) {
        fuzz_assert(error != NGX_HTTP_OWNCLOUD_DAV_GOOD);
        return;
    }

    fuzz_assert(error == NGX_HTTP_OWNCLOUD_DAV_GOOD);
    fuzz_assert(result->n <= FUZZ_ENTRIES);

    ngx_http_owncloud_dav_etag(result->dav, &etag);

    fuzz_assert(etag.len <= ((mode & FUZZ_SEARCH) ? 0 : 256));
    fuzz_assert((mode & FUZZ_SEARCH)
                || !ngx_http_owncloud_dav_more(result->dav, (ngx_uint_t) -1));

    for (i = 0; i < result->n; i++) {
        fuzz_entry(result->entries[i], mode);

        fuzz_assert(i == 0 || result->entries[i - 1]->folder
                    || !result->entries[i]->folder);
    }
}


static void
fuzz_entry(ngx_http_owncloud_entry_t *entry, ngx_uint_t mode)
{
    u_char      *p, *last, *title;
    ngx_uint_t   found;

    p = entry->name;
    last = p + entry->len;

    fuzz_assert(ngx_http_owncloud_utf8_valid(p, entry->len));
    fuzz_assert(entry->len <= ((mode & FUZZ_SEARCH) ? 4094 : 1024));
    fuzz_assert(entry->size >= -1);
    fuzz_assert(entry->modified >= -1);
    fuzz_assert((mode & FUZZ_SEARCH) || entry->title == 0);

    while ((title = memchr(p, '/', last - p)) != NULL) {
        fuzz_title(p, title - p);
        p = title + 1;
    }

    fuzz_title(p, last - p);
    fuzz_assert(p == entry->name + entry->title);

    if ((mode & FUZZ_SEARCH) && (mode & FUZZ_TEXT)) {

        for (found = 0; p + 2 <= last; p++) {
            found |= (p[0] == 'a' || p[0] == 'A') && p[1] == '.';
        }

        fuzz_assert(found);
    }
}


static void
fuzz_title(u_char *p, size_t len)
{
    ngx_str_t  name, dot = ngx_string("."), dots = ngx_string("..");

    name.data = p;
    name.len = len;

    fuzz_assert(len != 0 && len <= 4094);
    fuzz_assert(memchr(p, '\0', len) == NULL);
    fuzz_assert(!fuzz_same(&name, &dot) && !fuzz_same(&name, &dots));
}


static void
fuzz_equal(fuzz_result_t *one, fuzz_result_t *two)
{
    ngx_str_t                   etag, other;
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
    fuzz_assert(ngx_http_owncloud_dav_more(one->dav, (ngx_uint_t) -1)
                == ngx_http_owncloud_dav_more(two->dav, (ngx_uint_t) -1));

    ngx_http_owncloud_dav_etag(one->dav, &etag);
    ngx_http_owncloud_dav_etag(two->dav, &other);

    fuzz_assert(fuzz_same(&etag, &other));

    for (i = 0; i < one->n; i++) {
        a = one->entries[i];
        b = two->entries[i];

        fuzz_assert(a->len == b->len && a->title == b->title);
        fuzz_assert(ngx_memcmp(a->name, b->name, a->len) == 0);
        fuzz_assert(a->size == b->size);
        fuzz_assert(a->modified == b->modified);
        fuzz_assert(a->folder == b->folder);
    }
}
