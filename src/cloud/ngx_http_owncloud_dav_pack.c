
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_pack.h"
#include "ngx_http_owncloud_pack.h"


#define NGX_HTTP_OWNCLOUD_DAV_PACK_VERSION  2

/*
 * A list consists of the version, the number of entries and the entries.  An
 * entry has its size and its details as numbers, and its name.  Size and date
 * are stored plus one; 0 means unknown.  The details are, from the lowest bit,
 * folder, preview, 14 bits for the offset of the title, and the date.
 */

#define NGX_HTTP_OWNCLOUD_DAV_PACK_FOLDER   0x01
#define NGX_HTTP_OWNCLOUD_DAV_PACK_PREVIEW  0x02
#define NGX_HTTP_OWNCLOUD_DAV_PACK_TITLE    2
#define NGX_HTTP_OWNCLOUD_DAV_PACK_NAME     16384
#define NGX_HTTP_OWNCLOUD_DAV_PACK_DATE     16

/* end of the year 9999, plus one */
#define NGX_HTTP_OWNCLOUD_DAV_PACK_TIME     253402300800ULL

/* size of the header, and of an entry without its name */
#define NGX_HTTP_OWNCLOUD_DAV_PACK_HEAD     (1 + sizeof(uint64_t))
#define NGX_HTTP_OWNCLOUD_DAV_PACK_ENTRY                                      \
    (2 * sizeof(uint64_t) + ngx_http_owncloud_pack_size(0))


static ngx_int_t ngx_http_owncloud_dav_unpack_entry(u_char **p, u_char *last,
    ngx_http_owncloud_entry_t *entry);


size_t
ngx_http_owncloud_dav_pack_size(ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n)
{
    size_t      size;
    ngx_uint_t  i;

    size = NGX_HTTP_OWNCLOUD_DAV_PACK_HEAD
           + n * NGX_HTTP_OWNCLOUD_DAV_PACK_ENTRY;

    for (i = 0; i < n; i++) {
        size += entries[i]->len;
    }

    return size;
}


u_char *
ngx_http_owncloud_dav_pack(u_char *p, ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n)
{
    uint64_t                    details;
    ngx_uint_t                  i;
    ngx_http_owncloud_entry_t  *entry;

    *p++ = NGX_HTTP_OWNCLOUD_DAV_PACK_VERSION;
    p = ngx_http_owncloud_pack_number(p, n);

    for (i = 0; i < n; i++) {
        entry = entries[i];

        details = ((uint64_t) entry->modified + 1)
                  << NGX_HTTP_OWNCLOUD_DAV_PACK_DATE;
        details |= entry->title << NGX_HTTP_OWNCLOUD_DAV_PACK_TITLE;
        details |= entry->folder ? NGX_HTTP_OWNCLOUD_DAV_PACK_FOLDER : 0;
        details |= entry->preview ? NGX_HTTP_OWNCLOUD_DAV_PACK_PREVIEW : 0;

        p = ngx_http_owncloud_pack_number(p, (uint64_t) entry->size + 1);
        p = ngx_http_owncloud_pack_number(p, details);
        p = ngx_http_owncloud_pack_text(p, entry->name, entry->len);
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
        || *p++ != NGX_HTTP_OWNCLOUD_DAV_PACK_VERSION
        || ngx_http_owncloud_unpack_number(&p, last, &count) != NGX_OK
        || count > (size_t) (last - p) / NGX_HTTP_OWNCLOUD_DAV_PACK_ENTRY)
    {
        return NGX_DECLINED;
    }

    list = ngx_palloc(pool, (count + 1) * sizeof(ngx_http_owncloud_entry_t *));
    entry = ngx_palloc(pool, (count + 1) * sizeof(ngx_http_owncloud_entry_t));

    if (list == NULL || entry == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {

        if (ngx_http_owncloud_dav_unpack_entry(&p, last, &entry[i])
            != NGX_OK)
        {
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
ngx_http_owncloud_dav_unpack_entry(u_char **p, u_char *last,
    ngx_http_owncloud_entry_t *entry)
{
    size_t    len, title;
    uint64_t  size, details, modified;

    if (ngx_http_owncloud_unpack_number(p, last, &size) != NGX_OK
        || ngx_http_owncloud_unpack_number(p, last, &details) != NGX_OK
        || ngx_http_owncloud_unpack_text(p, last, &entry->name, &len)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    title = (details >> NGX_HTTP_OWNCLOUD_DAV_PACK_TITLE)
            % NGX_HTTP_OWNCLOUD_DAV_PACK_NAME;
    modified = details >> NGX_HTTP_OWNCLOUD_DAV_PACK_DATE;

    if (len == 0 || len > NGX_HTTP_OWNCLOUD_DAV_PACK_NAME || title >= len
        || size > (uint64_t) NGX_MAX_OFF_T_VALUE + 1
        || modified > NGX_HTTP_OWNCLOUD_DAV_PACK_TIME)
    {
        return NGX_DECLINED;
    }

    entry->len = (uint32_t) len;
    entry->title = (uint32_t) title & 0x3fff;
    entry->folder = (details & NGX_HTTP_OWNCLOUD_DAV_PACK_FOLDER) ? 1 : 0;
    entry->preview = (details & NGX_HTTP_OWNCLOUD_DAV_PACK_PREVIEW) ? 1 : 0;
    entry->size = (off_t) (size - 1);
    entry->modified = (time_t) (modified - 1);

    return NGX_OK;
}
