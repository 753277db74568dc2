
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_dav_pack.h"


static ngx_http_owncloud_entry_t  entries[] = {
    { (u_char *) "a", 1, 0, 1, 0, -1, -1 },
    { (u_char *) "file.txt", 8, 0, 0, 0, 0, 0 },
    { (u_char *) "path/to/file", 12, 8, 0, 1, 127, 128 },
    { (u_char *) "path/to", 7, 5, 1, 1, -1, 1767323045 },
    { (u_char *) "large", 5, 0, 0, 0, NGX_MAX_OFF_T_VALUE, 253402300799 },
    { (u_char *) "no date", 7, 0, 0, 1, 16384, -1 },
    { (u_char *) "\0\xff\n", 3, 0, 0, 0, -1, 1 }
};


static ngx_str_t
packed(ngx_pool_t *pool, ngx_uint_t n)
{
    u_char                     *p;
    ngx_str_t                   text;
    ngx_uint_t                  i;
    ngx_http_owncloud_entry_t  *list[unit_n(entries)];

    for (i = 0; i < n; i++) {
        list[i] = &entries[i];
    }

    /* of exactly that size: the sanitizer sees a byte beyond it */

    text.len = ngx_http_owncloud_dav_pack_size(list, n);
    text.data = malloc(text.len);

    p = ngx_http_owncloud_dav_pack(text.data, list, n);

    unit_ok((size_t) (p - text.data) == text.len, "%u entries: as long as said",
            (unsigned) n);

    return text;
}


static ngx_int_t
unpacked(ngx_pool_t *pool, u_char *data, size_t len, ngx_uint_t *n,
    ngx_http_owncloud_entry_t ***list)
{
    ngx_int_t   rc;
    u_char     *copy;
    ngx_str_t   text;

    copy = malloc(len ? len : 1);
    ngx_memcpy(copy, data, len);

    text.data = copy;
    text.len = len;

    rc = ngx_http_owncloud_dav_unpack(pool, &text, list, n);

    free(copy);

    return rc;
}


/* a long name, with the title as far behind as can be */

static void
long_name(ngx_pool_t *pool)
{
    u_char                      *data;
    ngx_str_t                    text;
    ngx_uint_t                   n, good;
    ngx_http_owncloud_entry_t    entry, *p, **list;

    ngx_memzero(&entry, sizeof(ngx_http_owncloud_entry_t));

    entry.name = ngx_pnalloc(pool, 16385);
    ngx_memset(entry.name, 'n', 16385);

    entry.len = 16384;
    entry.title = 16383;
    entry.modified = 253402300799;

    p = &entry;
    text.len = ngx_http_owncloud_dav_pack_size(&p, 1);
    data = ngx_pnalloc(pool, text.len + 1);
    text.data = data;
    (void) ngx_http_owncloud_dav_pack(data, &p, 1);

    good = ngx_http_owncloud_dav_unpack(pool, &text, &list, &n) == NGX_OK
           && n == 1 && list[0]->len == 16384 && list[0]->title == 16383
           && list[0]->modified == 253402300799 && !list[0]->folder
           && !list[0]->preview;

    unit_ok(good, "the longest name");

    entry.len = 16385;
    text.len = ngx_http_owncloud_dav_pack(data, &p, 1) - data;

    unit_ok(ngx_http_owncloud_dav_unpack(pool, &text, &list, &n)
            == NGX_DECLINED, "and one that is longer");
}


static void
round_trip(ngx_pool_t *pool)
{
    ngx_str_t                    text;
    ngx_uint_t                   i, n;
    ngx_http_owncloud_entry_t  **list, *a, *b;

    text = packed(pool, unit_n(entries));

    unit_ok(ngx_http_owncloud_dav_unpack(pool, &text, &list, &n) == NGX_OK
            && n == unit_n(entries), "all of them");

    for (i = 0; i < n; i++) {
        a = &entries[i];
        b = list[i];

        unit_ok(a->len == b->len && ngx_memcmp(a->name, b->name, a->len) == 0,
                "%u: name", (unsigned) i);
        unit_ok(a->title == b->title && a->folder == b->folder,
                "%u: title and kind", (unsigned) i);
        unit_ok(a->preview == b->preview, "%u: preview", (unsigned) i);
        unit_ok(a->size == b->size && a->modified == b->modified,
                "%u: size and date", (unsigned) i);
    }

    free(text.data);

    text = packed(pool, 0);

    unit_ok(ngx_http_owncloud_dav_unpack(pool, &text, &list, &n) == NGX_OK
            && n == 0, "an empty folder");

    free(text.data);
}


/* a list of one entry that nothing has written */

static void
bad_entry(ngx_pool_t *pool, char *entry, size_t len, char *what)
{
    u_char                       data[64];
    ngx_uint_t                   n;
    ngx_http_owncloud_entry_t  **list;

    ngx_memcpy(data, "\x02\0\0\0\0\0\0\0\1", 9);
    ngx_memcpy(data + 9, entry, len);

    unit_ok(unpacked(pool, data, 9 + len, &n, &list) == NGX_DECLINED, "%s",
            what);
}


/* whatever the bytes are, nothing beyond them is read */

static void
any_bytes(ngx_pool_t *pool)
{
    u_char                      *data;
    size_t                       i, j;
    ngx_str_t                    text;
    ngx_uint_t                   n, good, seed;
    ngx_http_owncloud_entry_t  **list;

    text = packed(pool, unit_n(entries));
    good = 0;

    for (i = 0; i < text.len; i++) {
        good += unpacked(pool, text.data, i, &n, &list) == NGX_OK;
    }

    unit_ok(good == 0, "nothing is good that is cut");

    data = malloc(text.len + 1);
    ngx_memcpy(data, text.data, text.len);
    data[text.len] = 0;

    unit_ok(unpacked(pool, data, text.len + 1, &n, &list) == NGX_DECLINED,
            "or is followed by something");

    for (i = 0; i < text.len; i++) {
        for (j = 0; j < 256; j++) {
            data[i] = (u_char) j;
            (void) unpacked(pool, data, text.len, &n, &list);
        }

        data[i] = text.data[i];
    }

    seed = 1;

    for (i = 0; i < 20000; i++) {

        for (j = 1; j < text.len; j++) {
            seed = (seed * 1103515245 + 12345) & 0x7fffffff;
            data[j] = (u_char) (seed >> 16);
        }

        (void) unpacked(pool, data, 1 + i % text.len, &n, &list);

        if (i % 1000 == 0) {
            ngx_reset_pool(pool);
        }
    }

    unit_ok(1, "bytes that are changed, and any bytes");

    data[0] = 1;
    unit_ok(unpacked(pool, data, text.len, &n, &list) == NGX_DECLINED,
            "another version");

    unit_ok(unpacked(pool, (u_char *) "\x02\xff\xff\xff\xff\xff\xff\xff\xff",
                     9, &n, &list)
            == NGX_DECLINED, "more entries than there is room for");

    bad_entry(pool, "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0",
              18, "a name of no length");
    bad_entry(pool, "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\x04" "\0\1x",
              19, "a title beyond the name");
    bad_entry(pool, "\x80\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\0" "\0\1x",
              19, "a size that is too large");
    bad_entry(pool, "\0\0\0\0\0\0\0\0" "\0\x3b\0\0\0\0\0\0" "\0\1x",
              19, "a date that is too late");

    free(data);
    free(text.data);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    round_trip(pool);
    long_name(pool);
    any_bytes(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
