
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_head.h"


int LLVMFuzzerInitialize(int *argc, char ***argv);

static ngx_int_t fuzz_read(ngx_pool_t *pool, ngx_http_owncloud_head_t *head,
    const uint8_t *data, size_t size, size_t step, size_t *rest);
static void fuzz_good(ngx_http_owncloud_head_t *head, size_t size);


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    ngx_time_init();

    return 0;
}


/* what a header says does not depend on the pieces that it comes in */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                     left, rest;
    ngx_int_t                  rc;
    ngx_pool_t                *pool;
    ngx_http_owncloud_head_t   bytes, whole;

    pool = fuzz_pool();

    rc = fuzz_read(pool, &whole, data, size, size, &rest);

    fuzz_assert(rc == NGX_OK || rc == NGX_AGAIN || rc == NGX_DECLINED);
    fuzz_assert((rc == NGX_DECLINED) == (whole.invalid != NULL));

    fuzz_assert(fuzz_read(pool, &bytes, data, size, 1, &left) == rc);

    fuzz_assert(whole.status == bytes.status
                && whole.framing == bytes.framing
                && whole.length == bytes.length
                && whole.close == bytes.close
                && whole.chunked == bytes.chunked
                && whole.maintenance == bytes.maintenance
                && whole.invalid == bytes.invalid
                && fuzz_same(&whole.etag, &bytes.etag)
                && fuzz_same(&whole.type, &bytes.type)
                && fuzz_same(&whole.checksum, &bytes.checksum)
                && fuzz_same(&whole.range, &bytes.range));

    if (rc == NGX_OK) {
        fuzz_assert(left == rest);
        fuzz_assert(whole.retry_after == bytes.retry_after);
        fuzz_good(&whole, size);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_good(ngx_http_owncloud_head_t *head, size_t size)
{
    ngx_str_t  said;

    fuzz_assert(head->status >= 200 && head->status <= 599);
    fuzz_assert(head->retry_after >= 0
                && head->retry_after <= NGX_HTTP_OWNCLOUD_RETRY_MAX);
    fuzz_assert(!(head->chunked && head->length != -1));
    fuzz_assert(!head->chunked || head->http11);
    fuzz_assert(head->http11 || head->close);

    switch (head->framing) {

    case NGX_HTTP_OWNCLOUD_FRAMING_NONE:
        fuzz_assert(head->status == 204 || head->status == 304);
        break;

    case NGX_HTTP_OWNCLOUD_FRAMING_LENGTH:
        fuzz_assert(head->length >= 0 && !head->chunked);
        break;

    case NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED:
        fuzz_assert(head->chunked);
        break;

    default:
        fuzz_assert(head->framing == NGX_HTTP_OWNCLOUD_FRAMING_CLOSE
                    && head->close);
    }

    fuzz_assert(head->etag.len + head->type.len + head->checksum.len
                + head->range.len < size);

    said = head->type;
    (void) ngx_http_owncloud_head_down(&said);
}


static ngx_int_t
fuzz_read(ngx_pool_t *pool, ngx_http_owncloud_head_t *head,
    const uint8_t *data, size_t size, size_t step, size_t *rest)
{
    size_t     n;
    ngx_buf_t  b;
    ngx_int_t  rc;
    ngx_str_t  text;

    text = fuzz_copy(pool, data, size);

    ngx_memzero(&b, sizeof(ngx_buf_t));

    b.pos = text.data;
    b.last = text.data;

    ngx_http_owncloud_head_init(head, pool);

    for (rc = NGX_AGAIN, n = 0; rc == NGX_AGAIN && n < size; n += step) {
        b.last = text.data + ngx_min(n + step, size);
        rc = ngx_http_owncloud_head_read(head, &b);
    }

    *rest = text.data + size - b.pos;

    return rc;
}
