
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_entry.h"


/*
 * A merge sort in slices.  It sorts keys, which usually suffice to tell two
 * names apart without reading them: the names of 100,000 entries do not fit
 * into a cache.
 */


/* work per slice, in units of some 10 ns: a few milliseconds */
#define NGX_HTTP_OWNCLOUD_DAV_SLICE   300000

#define NGX_HTTP_OWNCLOUD_DAV_RUN     16       /* sorted by insertion */
#define NGX_HTTP_OWNCLOUD_DAV_KEY     7        /* bytes of a name in a key */
#define NGX_HTTP_OWNCLOUD_DAV_FETCH   12       /* work to fetch a name */


typedef struct {
    uint64_t                           key;
    ngx_http_owncloud_entry_t         *entry;
} ngx_http_owncloud_dav_item_t;


struct ngx_http_owncloud_dav_sort_s {
    ngx_pool_t                    *pool;

    ngx_uint_t                     (*step)(ngx_http_owncloud_dav_sort_t *s);
    ngx_int_t                      work;    /* left in this slice */
    ngx_http_owncloud_dav_item_t  *items;
    ngx_http_owncloud_dav_item_t  *other;
    ngx_http_owncloud_entry_t    **entries;
    ngx_uint_t                     n;

    ngx_list_part_t               *part;
    size_t                         prefix;  /* common to all names */

    ngx_uint_t                     i;       /* position of the step */
    ngx_uint_t                     j;
    ngx_uint_t                     k;
    ngx_uint_t                     width;
};


static ngx_http_owncloud_dav_sort_t *ngx_http_owncloud_dav_sort_create(
    ngx_http_owncloud_dav_t *dav);
static ngx_uint_t ngx_http_owncloud_dav_sort_collect(
    ngx_http_owncloud_dav_sort_t *s);
static ngx_uint_t ngx_http_owncloud_dav_sort_keys(
    ngx_http_owncloud_dav_sort_t *s);
static ngx_uint_t ngx_http_owncloud_dav_sort_runs(
    ngx_http_owncloud_dav_sort_t *s);
static ngx_uint_t ngx_http_owncloud_dav_sort_merge(
    ngx_http_owncloud_dav_sort_t *s);
static void ngx_http_owncloud_dav_sort_pair(ngx_http_owncloud_dav_sort_t *s,
    ngx_uint_t start, ngx_uint_t middle, ngx_uint_t end);
static ngx_uint_t ngx_http_owncloud_dav_sort_unique(
    ngx_http_owncloud_dav_sort_t *s);
static void ngx_http_owncloud_dav_sort_next(ngx_http_owncloud_dav_sort_t *s,
    ngx_uint_t (*step)(ngx_http_owncloud_dav_sort_t *s));
static ngx_int_t ngx_http_owncloud_dav_compare(
    ngx_http_owncloud_dav_sort_t *s, ngx_http_owncloud_dav_item_t *one,
    ngx_http_owncloud_dav_item_t *two);
static ngx_int_t ngx_http_owncloud_dav_compare_text(
    ngx_http_owncloud_dav_sort_t *s, u_char *p, size_t len, u_char *q,
    size_t size, size_t skip);
static size_t ngx_http_owncloud_dav_same(ngx_http_owncloud_dav_sort_t *s,
    u_char *p, u_char *q, size_t n);


ngx_int_t
ngx_http_owncloud_dav_sort(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n)
{
    ngx_http_owncloud_dav_sort_t  *s;

    if (dav->sort == NULL) {
        dav->sort = ngx_http_owncloud_dav_sort_create(dav);
        if (dav->sort == NULL) {
            dav->response.error = NGX_HTTP_OWNCLOUD_DAV_MEMORY;
            return NGX_ERROR;
        }
    }

    s = dav->sort;

    s->work = NGX_HTTP_OWNCLOUD_DAV_SLICE;

    while (s->step) {

        if (s->step(s) == 0) {
            return NGX_AGAIN;
        }
    }

    *entries = s->entries;
    *n = s->n;

    return NGX_OK;
}


static ngx_http_owncloud_dav_sort_t *
ngx_http_owncloud_dav_sort_create(ngx_http_owncloud_dav_t *dav)
{
    size_t                         size;
    ngx_http_owncloud_dav_sort_t  *s;

    s = ngx_pcalloc(dav->pool, sizeof(ngx_http_owncloud_dav_sort_t));
    if (s == NULL) {
        return NULL;
    }

    size = (dav->n + 1) * sizeof(ngx_http_owncloud_dav_item_t);

    s->pool = dav->pool;
    s->items = ngx_palloc(dav->pool, size);
    s->other = ngx_palloc(dav->pool, size);

    if (s->items == NULL || s->other == NULL) {
        return NULL;
    }

    s->part = &dav->entries.part;
    s->prefix = NGX_MAX_SIZE_T_VALUE;
    s->step = dav->n ? ngx_http_owncloud_dav_sort_collect
                     : ngx_http_owncloud_dav_sort_unique;

    return s;
}


/* returns 1 when the step is done and the next one is set, otherwise 0 */

static ngx_uint_t
ngx_http_owncloud_dav_sort_collect(ngx_http_owncloud_dav_sort_t *s)
{
    ngx_http_owncloud_entry_t  *entry, *first;

    first = s->n ? s->items[0].entry : s->part->elts;

    for ( /* void */ ; s->part; s->part = s->part->next, s->i = 0) {
        entry = s->part->elts;

        for (entry += s->i; s->i < s->part->nelts; s->i++, entry++) {

            if (s->work <= 0) {
                return 0;
            }

            s->work -= NGX_HTTP_OWNCLOUD_DAV_FETCH;

            s->items[s->n++].entry = entry;

            s->prefix = ngx_http_owncloud_dav_same(s,
                                      first->name + first->title,
                                      entry->name + entry->title,
                                      ngx_min(s->prefix,
                                              entry->len - entry->title));
        }
    }

    ngx_http_owncloud_dav_sort_next(s, ngx_http_owncloud_dav_sort_keys);

    return 1;
}


/*
 * Keys sort folders first, then by the bytes after the common prefix; names
 * contain no NUL.
 */

static ngx_uint_t
ngx_http_owncloud_dav_sort_keys(ngx_http_owncloud_dav_sort_t *s)
{
    u_char                     *p, *last;
    uint64_t                    key;
    ngx_uint_t                  n;
    ngx_http_owncloud_entry_t  *entry;

    for ( /* void */ ; s->i < s->n; s->i++) {

        if (s->work <= 0) {
            return 0;
        }

        s->work -= NGX_HTTP_OWNCLOUD_DAV_FETCH;

        entry = s->items[s->i].entry;

        p = entry->name + entry->title + s->prefix;
        last = entry->name + entry->len;

        key = entry->folder ? 0 : 1;

        for (n = 0; n < NGX_HTTP_OWNCLOUD_DAV_KEY; n++) {
            key <<= 8;

            if (p < last) {
                key |= ngx_toupper(*p);
                p++;
            }
        }

        s->items[s->i].key = key;
    }

    ngx_http_owncloud_dav_sort_next(s, ngx_http_owncloud_dav_sort_runs);

    return 1;
}


static ngx_uint_t
ngx_http_owncloud_dav_sort_runs(ngx_http_owncloud_dav_sort_t *s)
{
    ngx_uint_t                     i, k, end;
    ngx_http_owncloud_dav_item_t   item, *items;

    items = s->items;

    for ( /* void */ ; s->i < s->n; s->i = end) {

        if (s->work <= 0) {
            return 0;
        }

        end = ngx_min(s->i + NGX_HTTP_OWNCLOUD_DAV_RUN, s->n);

        for (i = s->i + 1; i < end; i++) {
            item = items[i];

            for (k = i; k > s->i; k--) {

                if (ngx_http_owncloud_dav_compare(s, &items[k - 1], &item)
                    <= 0)
                {
                    break;
                }

                items[k] = items[k - 1];
            }

            items[k] = item;
        }
    }

    ngx_http_owncloud_dav_sort_next(s, ngx_http_owncloud_dav_sort_merge);

    s->width = NGX_HTTP_OWNCLOUD_DAV_RUN;

    return 1;
}


/*
 * Merges pairs of adjacent runs of "width" items: "i" and "j" are the next
 * items of the two runs, "k" is the next position in the output.
 */

static ngx_uint_t
ngx_http_owncloud_dav_sort_merge(ngx_http_owncloud_dav_sort_t *s)
{
    ngx_uint_t                     start, middle, end;
    ngx_http_owncloud_dav_item_t  *items;

    while (s->width < s->n) {

        while (s->k < s->n) {
            start = s->k - s->k % (2 * s->width);
            middle = ngx_min(start + s->width, s->n);
            end = ngx_min(middle + s->width, s->n);

            ngx_http_owncloud_dav_sort_pair(s, start, middle, end);

            if (s->k < end) {
                return 0;
            }
        }

        items = s->items;
        s->items = s->other;
        s->other = items;

        s->width *= 2;
        s->k = 0;
    }

    ngx_http_owncloud_dav_sort_next(s, ngx_http_owncloud_dav_sort_unique);

    return 1;
}


static void
ngx_http_owncloud_dav_sort_pair(ngx_http_owncloud_dav_sort_t *s,
    ngx_uint_t start, ngx_uint_t middle, ngx_uint_t end)
{
    ngx_http_owncloud_dav_item_t  *items, *other;

    items = s->items;
    other = s->other;

    if (s->k == start) {

        /* servers often list their entries in order */

        if (middle == end
            || ngx_http_owncloud_dav_compare(s, &items[middle - 1],
                                             &items[middle])
               <= 0)
        {
            ngx_memcpy(&other[start], &items[start],
                       (end - start) * sizeof(ngx_http_owncloud_dav_item_t));

            s->work -= (end - start) / 4;
            s->k = end;

            return;
        }

        s->i = start;
        s->j = middle;
    }

    while (s->k < end) {

        if (s->work <= 0) {
            return;
        }

        s->work--;

        if (s->j == end
            || (s->i < middle
                && ngx_http_owncloud_dav_compare(s, &items[s->i],
                                                 &items[s->j])
                   <= 0))
        {
            other[s->k++] = items[s->i++];

        } else {
            other[s->k++] = items[s->j++];
        }
    }
}


/* drops entries that the server listed twice */

static ngx_uint_t
ngx_http_owncloud_dav_sort_unique(ngx_http_owncloud_dav_sort_t *s)
{
    ngx_http_owncloud_dav_item_t  *item;

    s->entries = (ngx_http_owncloud_entry_t **) s->other;

    for ( /* void */ ; s->i < s->n; s->i++) {

        if (s->work <= 0) {
            return 0;
        }

        item = &s->items[s->i];

        if (s->i && ngx_http_owncloud_dav_compare(s, item - 1, item) == 0) {
            continue;
        }

        s->entries[s->k++] = item->entry;
    }

    s->n = s->k;
    s->step = NULL;

    (void) ngx_pfree(s->pool, s->items);

    return 1;
}


static void
ngx_http_owncloud_dav_sort_next(ngx_http_owncloud_dav_sort_t *s,
    ngx_uint_t (*step)(ngx_http_owncloud_dav_sort_t *s))
{
    s->step = step;

    s->i = 0;
    s->j = 0;
    s->k = 0;
}


/*
 * Names that differ only in case are ordered by their bytes; hits with the
 * same name, by their paths.
 */

static ngx_int_t
ngx_http_owncloud_dav_compare(ngx_http_owncloud_dav_sort_t *s,
    ngx_http_owncloud_dav_item_t *one, ngx_http_owncloud_dav_item_t *two)
{
    ngx_int_t                   rc;
    ngx_http_owncloud_entry_t  *a, *b;

    s->work--;

    if (one->key != two->key) {
        return (one->key < two->key) ? -1 : 1;
    }

    s->work -= 2 * NGX_HTTP_OWNCLOUD_DAV_FETCH;

    a = one->entry;
    b = two->entry;

    rc = ngx_http_owncloud_dav_compare_text(s, a->name + a->title,
                                            a->len - a->title,
                                            b->name + b->title,
                                            b->len - b->title, s->prefix);

    if (rc == 0 && (a->title || b->title)) {
        rc = ngx_http_owncloud_dav_compare_text(s, a->name, a->len, b->name,
                                                b->len, 0);
    }

    return rc;
}


/* the first "skip" bytes are equal except for case */

static ngx_int_t
ngx_http_owncloud_dav_compare_text(ngx_http_owncloud_dav_sort_t *s,
    u_char *p, size_t len, u_char *q, size_t size, size_t skip)
{
    size_t  n;

    n = ngx_min(len, size) - skip;

    n = skip + ngx_http_owncloud_dav_same(s, p + skip, q + skip, n);

    if (n < len && n < size) {
        return ngx_toupper(p[n]) - ngx_toupper(q[n]);
    }

    if (len != size) {
        return (len < size) ? -1 : 1;
    }

    s->work -= len / 16;

    return ngx_memcmp(p, q, len);
}


/* returns how many bytes are equal in upper case */

static size_t
ngx_http_owncloud_dav_same(ngx_http_owncloud_dav_sort_t *s, u_char *p,
    u_char *q, size_t n)
{
    size_t    i;
    uint64_t  a, b;

    for (i = 0; i < n; /* void */ ) {

        if (n - i >= 8) {
            ngx_memcpy(&a, p + i, 8);
            ngx_memcpy(&b, q + i, 8);

            if (a == b) {
                i += 8;
                continue;
            }
        }

        if (p[i] != q[i]) {
            s->work--;

            if (ngx_toupper(p[i]) != ngx_toupper(q[i])) {
                break;
            }
        }

        i++;
    }

    s->work -= i / 16;

    return i;
}
