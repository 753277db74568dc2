
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_ocs.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_xml.h"


static void fuzz_read(ngx_pool_t *pool, ngx_uint_t status,
    const uint8_t *data, size_t size, size_t piece,
    ngx_http_owncloud_ocs_t *ocs);
static void fuzz_check(ngx_uint_t status, ngx_http_owncloud_ocs_t *ocs);
static void fuzz_equal(ngx_http_owncloud_ocs_t *one,
    ngx_http_owncloud_ocs_t *two);
static void fuzz_text(ngx_str_t *text, size_t max);


/*
 * The first byte says which HTTP status the rest comes with and how long the
 * pieces are; what is read must not depend on these.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_uint_t                status;
    ngx_pool_t               *pool;
    ngx_http_owncloud_ocs_t   whole, pieces;

    static ngx_uint_t  statuses[] = { 200, 401, 404, 429, 500 };

    if (size == 0) {
        return 0;
    }

    ngx_http_owncloud_xml_init();

    pool = fuzz_pool();

    status = statuses[data[0] % 5];

    fuzz_read(pool, status, data + 1, size - 1, size, &whole);
    fuzz_read(pool, status, data + 1, size - 1, data[0] / 5 + 1, &pieces);

    fuzz_check(status, &whole);
    fuzz_check(status, &pieces);
    fuzz_equal(&whole, &pieces);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_read(ngx_pool_t *pool, ngx_uint_t status, const uint8_t *data,
    size_t size, size_t piece, ngx_http_owncloud_ocs_t *ocs)
{
    size_t                           n;
    ngx_str_t                        text;
    ngx_http_owncloud_ocs_reader_t  *reader;

    reader = ngx_http_owncloud_ocs_create(pool);
    fuzz_assert(reader != NULL);

    for ( /* void */ ; size; data += n, size -= n) {
        n = ngx_min(size, piece);
        text = fuzz_copy(pool, data, n);

        fuzz_assert(ngx_http_owncloud_ocs_feed(reader, text.data, n)
                    == NGX_OK);

        ngx_memset(text.data, 'x', n);
    }

    fuzz_assert(ngx_http_owncloud_ocs_finish(reader, status, ocs) == NGX_OK);
}


static void
fuzz_check(ngx_uint_t status, ngx_http_owncloud_ocs_t *ocs)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_share_t  *share;

    fuzz_assert(ocs->result <= NGX_HTTP_OWNCLOUD_OCS_FAILED
                && ocs->statuscode <= 999
                && ocs->shares.nelts <= NGX_HTTP_OWNCLOUD_OCS_SHARES);

    fuzz_assert(ocs->result != NGX_HTTP_OWNCLOUD_OCS_GOOD || status == 200);

    fuzz_assert(ocs->result == NGX_HTTP_OWNCLOUD_OCS_GOOD
                || ocs->shares.nelts == 0);

    fuzz_text(&ocs->message, NGX_HTTP_OWNCLOUD_OCS_MESSAGE);

    for (i = 0; i < ocs->message.len; i++) {
        fuzz_assert(ocs->message.data[i] >= ' '
                    && ocs->message.data[i] != 0x7f);
    }

    share = ocs->shares.elts;

    for (i = 0; i < ocs->shares.nelts; i++) {

        fuzz_assert(share[i].id.len && share[i].type >= -1
                    && share[i].permissions >= -1);

        fuzz_text(&share[i].id, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].token, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].url, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].expiration, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].path, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].file_target, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].file_source, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].share_with, NGX_HTTP_OWNCLOUD_OCS_TEXT);
        fuzz_text(&share[i].owner, NGX_HTTP_OWNCLOUD_OCS_TEXT);
    }
}


static void
fuzz_equal(ngx_http_owncloud_ocs_t *one, ngx_http_owncloud_ocs_t *two)
{
    ngx_uint_t                  i;
    ngx_http_owncloud_share_t  *a, *b;

    fuzz_assert(one->result == two->result
                && one->statuscode == two->statuscode
                && one->shares.nelts == two->shares.nelts
                && fuzz_same(&one->message, &two->message));

    a = one->shares.elts;
    b = two->shares.elts;

    for (i = 0; i < one->shares.nelts; i++) {

        fuzz_assert(a[i].type == b[i].type
                    && a[i].permissions == b[i].permissions
                    && a[i].password == b[i].password
                    && a[i].folder == b[i].folder);

        fuzz_assert(fuzz_same(&a[i].id, &b[i].id)
                    && fuzz_same(&a[i].token, &b[i].token)
                    && fuzz_same(&a[i].url, &b[i].url)
                    && fuzz_same(&a[i].expiration, &b[i].expiration)
                    && fuzz_same(&a[i].path, &b[i].path)
                    && fuzz_same(&a[i].file_target, &b[i].file_target)
                    && fuzz_same(&a[i].file_source, &b[i].file_source)
                    && fuzz_same(&a[i].share_with, &b[i].share_with)
                    && fuzz_same(&a[i].owner, &b[i].owner));
    }
}


static void
fuzz_text(ngx_str_t *text, size_t max)
{
    fuzz_assert(text->len <= max
                && (text->len == 0
                    || ngx_http_owncloud_utf8_valid(text->data, text->len)));
}
