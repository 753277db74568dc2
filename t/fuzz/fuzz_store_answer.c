
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_store_answer.h"


static ngx_uint_t fuzz_has(ngx_str_t *text, char *s);


/* the first byte says what the status is, and whether the end was seen */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t                          body;
    ngx_uint_t                         status, complete;
    ngx_pool_t                        *pool;
    ngx_http_owncloud_store_outcome_e  outcome;

    static ngx_uint_t  statuses[] = { 200, 0, 204, 303, 403, 500, 502, 504 };

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    status = statuses[data[0] & 7];
    complete = !(data[0] & 8);
    body = fuzz_copy(pool, data + 1, size - 1);

    outcome = ngx_http_owncloud_store_answer_read(pool, status, complete,
                                                  &body);

    fuzz_assert(outcome == NGX_HTTP_OWNCLOUD_STORE_UNCLEAR
                || (status == 200 && complete));

    /* every clear outcome has its proof; keys may be written with escapes */

    if (outcome == NGX_HTTP_OWNCLOUD_STORE_REFUSED) {
        fuzz_assert(fuzz_has(&body, "error") || fuzz_has(&body, "\\u"));
    }

    if (outcome == NGX_HTTP_OWNCLOUD_STORE_EXISTS) {
        fuzz_assert(fuzz_has(&body, "fileexists") || fuzz_has(&body, "\\u"));
    }

    if (outcome == NGX_HTTP_OWNCLOUD_STORE_STORED) {
        fuzz_assert(fuzz_has(&body, "url") || fuzz_has(&body, "\\u"));
    }

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_uint_t
fuzz_has(ngx_str_t *text, char *s)
{
    size_t  i, len;

    len = ngx_strlen(s);

    for (i = 0; i + len <= text->len; i++) {
        if (ngx_memcmp(text->data + i, s, len) == 0) {
            return 1;
        }
    }

    return 0;
}
