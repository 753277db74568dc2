
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_proof.h"


/*
 * A page of Moodle: the first byte says how it is cut.  What it proves does
 * not depend on that, and nothing is proved that the page does not say.
 */


static ngx_uint_t
fuzz_has(ngx_str_t *text, char *word)
{
    size_t  i, len;

    len = ngx_strlen(word);

    for (i = 0; i + len <= text->len; i++) {
        if (ngx_memcmp(text->data + i, word, len) == 0) {
            return 1;
        }
    }

    return 0;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                      i, n, piece;
    ngx_str_t                   text, page;
    ngx_pool_t                 *pool;
    ngx_http_owncloud_proof_t   whole, cut;

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    piece = 1 + data[0] % 64;
    text = fuzz_copy(pool, data + 1, size - 1);
    ngx_str_set(&page, "page-filter-manage");

    ngx_http_owncloud_proof_init(&whole, &page, 17);
    ngx_http_owncloud_proof_read(&whole, text.data, text.len);

    ngx_http_owncloud_proof_init(&cut, &page, 17);

    for (i = 0; i < text.len; i += n) {
        n = ngx_min(piece, text.len - i);
        ngx_http_owncloud_proof_read(&cut, text.data + i, n);
    }

    fuzz_assert(ngx_http_owncloud_proof_result(&whole, 200, 1)
                == ngx_http_owncloud_proof_result(&cut, 200, 1));
    fuzz_assert(whole.len <= NGX_HTTP_OWNCLOUD_PROOF_WORD);

    if (ngx_http_owncloud_proof_result(&whole, 200, 1)
        == NGX_HTTP_OWNCLOUD_PROOF_YES)
    {
        fuzz_assert(fuzz_has(&text, "M.cfg = {")
                    && fuzz_has(&text, "\"contextid\":")
                    && fuzz_has(&text, "17")
                    && fuzz_has(&text, "page-filter-manage")
                    && fuzz_has(&text, "</html>"));
        fuzz_assert(whole.error == 0);
        fuzz_assert(ngx_http_owncloud_proof_result(&whole, 303, 1)
                    == NGX_HTTP_OWNCLOUD_PROOF_NO);
        fuzz_assert(ngx_http_owncloud_proof_result(&whole, 200, 0)
                    == NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR);
    }

    ngx_destroy_pool(pool);

    return 0;
}
