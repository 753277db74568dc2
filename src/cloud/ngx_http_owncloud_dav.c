
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_response.h"


static ngx_int_t ngx_http_owncloud_dav_failed(ngx_http_owncloud_dav_t *dav);
static int ngx_libc_cdecl ngx_http_owncloud_dav_compare(const void *one,
    const void *two);


ngx_str_t  ngx_http_owncloud_dav_propfind = ngx_string(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<d:propfind xmlns:d=\"DAV:\"><d:prop>"
    "<d:getlastmodified/><d:getcontentlength/><d:resourcetype/>"
    "</d:prop></d:propfind>"
);


static ngx_http_owncloud_xml_limits_t  ngx_http_owncloud_dav_limits = {
    NGX_HTTP_OWNCLOUD_DAV_DEPTH,
    NGX_HTTP_OWNCLOUD_DAV_TEXT
};


ngx_http_owncloud_dav_t *
ngx_http_owncloud_dav_create(ngx_pool_t *pool, ngx_http_owncloud_url_t *base,
    ngx_str_t *folder, ngx_uint_t max_entries)
{
    ngx_http_owncloud_dav_t  *dav;

    dav = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_dav_t));
    if (dav == NULL) {
        return NULL;
    }

    dav->pool = pool;
    dav->base = base;
    dav->folder = *folder;
    dav->max_entries = max_entries;

    dav->buf = ngx_pnalloc(pool, NGX_HTTP_OWNCLOUD_DAV_TEXT);
    if (dav->buf == NULL) {
        return NULL;
    }

    if (ngx_list_init(&dav->entries, pool, NGX_HTTP_OWNCLOUD_DAV_ENTRIES,
                      sizeof(ngx_http_owncloud_entry_t))
        != NGX_OK)
    {
        return NULL;
    }

    dav->xml = ngx_http_owncloud_xml_create(pool,
                                            ngx_http_owncloud_dav_elements,
                                            &ngx_http_owncloud_dav_handler,
                                            dav,
                                            &ngx_http_owncloud_dav_limits);
    if (dav->xml == NULL) {
        return NULL;
    }

    return dav;
}


ngx_int_t
ngx_http_owncloud_dav_feed(ngx_http_owncloud_dav_t *dav, u_char *p,
    size_t len)
{
    if (dav->error) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_xml_feed(dav->xml, p, len) != NGX_OK) {
        return ngx_http_owncloud_dav_failed(dav);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_dav_finish(ngx_http_owncloud_dav_t *dav)
{
    ngx_uint_t  root;

    if (dav->error) {
        return NGX_ERROR;
    }

    root = dav->root;

    if (ngx_http_owncloud_xml_finish(dav->xml) != NGX_OK) {

        /* what begins only now is half a tag, which is taken for a name */

        if (!dav->root_end
            && dav->root
            && (!root || ngx_http_owncloud_xml_error(dav->xml)
                         == NGX_HTTP_OWNCLOUD_XML_BROKEN))
        {
            dav->error = NGX_HTTP_OWNCLOUD_DAV_TRUNCATED;
            return NGX_ERROR;
        }

        return ngx_http_owncloud_dav_failed(dav);
    }

    ngx_http_owncloud_xml_free(dav->xml);
    dav->xml = NULL;

    /* a folder answers for itself too: nothing at all is no empty folder */

    if (dav->n == 0 && !dav->seen) {
        dav->error = NGX_HTTP_OWNCLOUD_DAV_NOT_DAV;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_dav_failed(ngx_http_owncloud_dav_t *dav)
{
    if (dav->error == NGX_HTTP_OWNCLOUD_DAV_GOOD) {

        dav->error = (ngx_http_owncloud_xml_error(dav->xml)
                      == NGX_HTTP_OWNCLOUD_XML_MEMORY)
                     ? NGX_HTTP_OWNCLOUD_DAV_MEMORY
                     : NGX_HTTP_OWNCLOUD_DAV_NOT_XML;
    }

    return NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_dav_sort(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n)
{
    ngx_uint_t                   i, j, k;
    ngx_list_part_t             *part;
    ngx_http_owncloud_entry_t   *entry, **list;

    list = ngx_palloc(dav->pool,
                      (dav->n + 1) * sizeof(ngx_http_owncloud_entry_t *));
    if (list == NULL) {
        dav->error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
        return NGX_ERROR;
    }

    i = 0;

    for (part = &dav->entries.part; part; part = part->next) {
        entry = part->elts;

        for (j = 0; j < part->nelts; j++) {
            list[i++] = &entry[j];
        }
    }

    ngx_qsort(list, i, sizeof(ngx_http_owncloud_entry_t *),
              ngx_http_owncloud_dav_compare);

    /* an entry that the server told twice is one */

    k = 0;

    for (j = 0; j < i; j++) {

        if (k && list[k - 1]->len == list[j]->len
            && ngx_memcmp(list[k - 1]->name, list[j]->name, list[j]->len) == 0)
        {
            continue;
        }

        list[k++] = list[j];
    }

    *entries = list;
    *n = k;

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_owncloud_dav_compare(const void *one, const void *two)
{
    u_char                     *p, *q, c, d;
    size_t                      i, n;
    ngx_int_t                   rc;
    ngx_http_owncloud_entry_t  *first, *second;

    first = *(ngx_http_owncloud_entry_t **) one;
    second = *(ngx_http_owncloud_entry_t **) two;

    if (first->folder != second->folder) {
        return first->folder ? -1 : 1;
    }

    p = first->name;
    q = second->name;
    n = ngx_min(first->len, second->len);

    for (i = 0; i < n; i++) {
        c = ngx_toupper(p[i]);
        d = ngx_toupper(q[i]);

        if (c != d) {
            return c - d;
        }
    }

    if (first->len != second->len) {
        return (first->len < second->len) ? -1 : 1;
    }

    rc = ngx_memcmp(p, q, n);

    return (rc < 0) ? -1 : (rc > 0);
}


ngx_uint_t
ngx_http_owncloud_dav_error(ngx_http_owncloud_dav_t *dav)
{
    return dav->error;
}


ngx_uint_t
ngx_http_owncloud_dav_foreign(ngx_http_owncloud_dav_t *dav)
{
    return dav->foreign;
}


ngx_uint_t
ngx_http_owncloud_dav_broken(ngx_http_owncloud_dav_t *dav)
{
    return dav->broken;
}
