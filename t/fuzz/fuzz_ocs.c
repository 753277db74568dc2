
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_ocs.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_xml.h"


static void fuzz_text(ngx_str_t *text, size_t max);


/* the first byte says which HTTP status the rest comes with */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t                   text;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_share_t  *share;

    static ngx_uint_t  statuses[] = { 200, 401, 404, 429, 500 };

    if (size == 0) {
        return 0;
    }

    ngx_http_owncloud_xml_init();

    pool = fuzz_pool();

    text = fuzz_copy(pool, data + 1, size - 1);

    fuzz_assert(ngx_http_owncloud_ocs_read(pool, statuses[data[0] % 5], &text,
                                           &ocs)
                == NGX_OK);

    fuzz_assert(ocs.result <= NGX_HTTP_OWNCLOUD_OCS_FAILED
                && ocs.statuscode <= 999
                && ocs.shares.nelts <= NGX_HTTP_OWNCLOUD_OCS_SHARES);

    fuzz_assert(ocs.result != NGX_HTTP_OWNCLOUD_OCS_GOOD
                || statuses[data[0] % 5] == 200);

    fuzz_assert(ocs.result == NGX_HTTP_OWNCLOUD_OCS_GOOD
                || ocs.shares.nelts == 0);

    fuzz_text(&ocs.message, NGX_HTTP_OWNCLOUD_OCS_MESSAGE);

    for (i = 0; i < ocs.message.len; i++) {
        fuzz_assert(ocs.message.data[i] >= ' '
                    && ocs.message.data[i] != 0x7f);
    }

    share = ocs.shares.elts;

    for (i = 0; i < ocs.shares.nelts; i++) {

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

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_text(ngx_str_t *text, size_t max)
{
    fuzz_assert(text->len <= max
                && (text->len == 0
                    || ngx_http_owncloud_utf8_valid(text->data, text->len)));
}
