
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_pack.h"


#define NGX_HTTP_OWNCLOUD_PACK_VERSION   1

#define NGX_HTTP_OWNCLOUD_PACK_FOLDER    0x01
#define NGX_HTTP_OWNCLOUD_PACK_SIZE      0x02    /* is known */
#define NGX_HTTP_OWNCLOUD_PACK_MODIFIED  0x04    /* is known */
#define NGX_HTTP_OWNCLOUD_PACK_TITLE     0x08    /* does not begin at 0 */
#define NGX_HTTP_OWNCLOUD_PACK_PREVIEW   0x10
#define NGX_HTTP_OWNCLOUD_PACK_FLAGS     0x1f

#define NGX_HTTP_OWNCLOUD_PACK_ENTRY     3       /* the fewest bytes of one */
#define NGX_HTTP_OWNCLOUD_PACK_NAME      16384
#define NGX_HTTP_OWNCLOUD_PACK_TIME      253402300799ULL     /* year 9999 */


static size_t ngx_http_owncloud_pack_length(uint64_t n);
static u_char *ngx_http_owncloud_pack_number(u_char *p, uint64_t n);
static ngx_int_t ngx_http_owncloud_unpack_number(u_char **p, u_char *last,
    uint64_t max, uint64_t *n);
static ngx_int_t ngx_http_owncloud_unpack_entry(u_char **p, u_char *last,
    ngx_http_owncloud_entry_t *entry);


size_t
ngx_http_owncloud_dav_pack_size(ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n)
{
    size_t                      size;
    ngx_uint_t                  i;
    ngx_http_owncloud_entry_t  *entry;

    size = 1 + ngx_http_owncloud_pack_length(n);

    for (i = 0; i < n; i++) {
        entry = entries[i];

        size += 1 + ngx_http_owncloud_pack_length(entry->len) + entry->len;

        if (entry->size >= 0) {
            size += ngx_http_owncloud_pack_length(entry->size);
        }

        if (entry->modified >= 0) {
            size += ngx_http_owncloud_pack_length(entry->modified);
        }

        if (entry->title) {
            size += ngx_http_owncloud_pack_length(entry->title);
        }
    }

    return size;
}


u_char *
ngx_http_owncloud_dav_pack(u_char *p, ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n)
{
    ngx_uint_t                  i, flags;
    ngx_http_owncloud_entry_t  *entry;

    *p++ = NGX_HTTP_OWNCLOUD_PACK_VERSION;
    p = ngx_http_owncloud_pack_number(p, n);

    for (i = 0; i < n; i++) {
        entry = entries[i];

        flags = (entry->folder ? NGX_HTTP_OWNCLOUD_PACK_FOLDER : 0)
                | (entry->size >= 0 ? NGX_HTTP_OWNCLOUD_PACK_SIZE : 0)
                | (entry->modified >= 0 ? NGX_HTTP_OWNCLOUD_PACK_MODIFIED : 0)
                | (entry->title ? NGX_HTTP_OWNCLOUD_PACK_TITLE : 0)
                | (entry->preview ? NGX_HTTP_OWNCLOUD_PACK_PREVIEW : 0);

        *p++ = (u_char) flags;

        if (flags & NGX_HTTP_OWNCLOUD_PACK_SIZE) {
            p = ngx_http_owncloud_pack_number(p, entry->size);
        }

        if (flags & NGX_HTTP_OWNCLOUD_PACK_MODIFIED) {
            p = ngx_http_owncloud_pack_number(p, entry->modified);
        }

        if (flags & NGX_HTTP_OWNCLOUD_PACK_TITLE) {
            p = ngx_http_owncloud_pack_number(p, entry->title);
        }

        p = ngx_http_owncloud_pack_number(p, entry->len);
        p = ngx_cpymem(p, entry->name, entry->len);
    }

    return p;
}


ngx_int_t
ngx_http_owncloud_dav_unpack(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n)
{
    u_char                      *p, *last;
    uint64_t                     i, count;
    ngx_http_owncloud_entry_t   *entry, **list;

    p = text->data;
    last = p + text->len;

    if (p == last
        || *p++ != NGX_HTTP_OWNCLOUD_PACK_VERSION
        || ngx_http_owncloud_unpack_number(&p, last, text->len, &count)
           != NGX_OK
        || count > (size_t) (last - p) / NGX_HTTP_OWNCLOUD_PACK_ENTRY)
    {
        return NGX_DECLINED;
    }

    list = ngx_palloc(pool, (count + 1) * sizeof(ngx_http_owncloud_entry_t *));
    entry = ngx_palloc(pool, (count + 1) * sizeof(ngx_http_owncloud_entry_t));

    if (list == NULL || entry == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {

        if (ngx_http_owncloud_unpack_entry(&p, last, &entry[i]) != NGX_OK) {
            return NGX_DECLINED;
        }

        list[i] = &entry[i];
    }

    if (p != last) {
        return NGX_DECLINED;
    }

    *entries = list;
    *n = (ngx_uint_t) count;

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_unpack_entry(u_char **p, u_char *last,
    ngx_http_owncloud_entry_t *entry)
{
    uint64_t    size, modified, title, len;
    ngx_uint_t  flags;

    if (*p == last) {
        return NGX_DECLINED;
    }

    flags = *(*p)++;

    if (flags & ~NGX_HTTP_OWNCLOUD_PACK_FLAGS) {
        return NGX_DECLINED;
    }

    size = 0;
    modified = 0;
    title = 0;

    if (((flags & NGX_HTTP_OWNCLOUD_PACK_SIZE)
         && ngx_http_owncloud_unpack_number(p, last, NGX_MAX_OFF_T_VALUE,
                                            &size)
            != NGX_OK)
        || ((flags & NGX_HTTP_OWNCLOUD_PACK_MODIFIED)
            && ngx_http_owncloud_unpack_number(p, last,
                                               NGX_HTTP_OWNCLOUD_PACK_TIME,
                                               &modified)
               != NGX_OK)
        || ((flags & NGX_HTTP_OWNCLOUD_PACK_TITLE)
            && ngx_http_owncloud_unpack_number(p, last,
                                               NGX_HTTP_OWNCLOUD_PACK_NAME,
                                               &title)
               != NGX_OK)
        || ngx_http_owncloud_unpack_number(p, last,
                                           NGX_HTTP_OWNCLOUD_PACK_NAME, &len)
           != NGX_OK
        || len == 0 || title >= len || len > (size_t) (last - *p))
    {
        return NGX_DECLINED;
    }

    entry->name = *p;
    entry->len = (uint32_t) len;
    entry->title = (uint32_t) title & 0x3fffffff;
    entry->folder = (flags & NGX_HTTP_OWNCLOUD_PACK_FOLDER) ? 1 : 0;
    entry->preview = (flags & NGX_HTTP_OWNCLOUD_PACK_PREVIEW) ? 1 : 0;

    entry->size = (flags & NGX_HTTP_OWNCLOUD_PACK_SIZE) ? (off_t) size : -1;
    entry->modified = (flags & NGX_HTTP_OWNCLOUD_PACK_MODIFIED)
                      ? (time_t) modified : -1;

    *p += len;

    return NGX_OK;
}


/* seven bits a byte, the lowest first; all bytes but the last have the top */

static size_t
ngx_http_owncloud_pack_length(uint64_t n)
{
    size_t  len;

    for (len = 1; n > 0x7f; len++) {
        n >>= 7;
    }

    return len;
}


static u_char *
ngx_http_owncloud_pack_number(u_char *p, uint64_t n)
{
    while (n > 0x7f) {
        *p++ = (u_char) (0x80 | (n & 0x7f));
        n >>= 7;
    }

    *p++ = (u_char) n;

    return p;
}


static ngx_int_t
ngx_http_owncloud_unpack_number(u_char **p, u_char *last, uint64_t max,
    uint64_t *n)
{
    u_char      ch;
    uint64_t    value;
    ngx_uint_t  shift;

    value = 0;

    /* nine bytes hold 63 bits, as many as any number here has */

    for (shift = 0; shift < 63; shift += 7) {

        if (*p == last) {
            return NGX_DECLINED;
        }

        ch = *(*p)++;
        value |= (uint64_t) (ch & 0x7f) << shift;

        if (!(ch & 0x80)) {
            *n = value;
            return (value <= max) ? NGX_OK : NGX_DECLINED;
        }
    }

    return NGX_DECLINED;
}
