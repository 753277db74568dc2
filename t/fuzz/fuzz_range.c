
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_range.h"


/* the values of Range and Content-Range, with a line feed between them */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                              len;
    u_char                             *p;
    ngx_str_t                           asked, answered;
    ngx_uint_t                          one, two;
    ngx_pool_t                         *pool;
    ngx_http_owncloud_range_t           range;
    ngx_http_owncloud_content_range_t   answer;

    pool = fuzz_pool();

    p = size ? memchr(data, LF, size) : NULL;
    len = p ? (size_t) (p - data) : size;

    asked = fuzz_copy(pool, data, len);
    answered = fuzz_copy(pool, data + (p ? len + 1 : len),
                         p ? size - len - 1 : 0);

    one = (ngx_http_owncloud_range_read(&asked, &range) == NGX_OK);
    two = (ngx_http_owncloud_content_range_read(&answered, &answer)
           == NGX_OK);

    if (one) {
        fuzz_assert(range.first >= -1 && range.last >= -1);
        fuzz_assert(range.first != -1 || range.last != -1);
        fuzz_assert(range.last == -1 || range.first <= range.last);
    }

    if (two) {
        fuzz_assert(answer.first <= answer.last);
        fuzz_assert(answer.total == -1 || answer.last < answer.total);
        fuzz_assert(answer.total != -1 || answer.last != -1);
    }

    /* no part is taken for the one asked for unless it lies within that */

    if (one && two && ngx_http_owncloud_range_answers(&range, &answer)) {
        fuzz_assert(answer.last != -1);
        fuzz_assert(range.first == -1 || answer.first == range.first);
        fuzz_assert(range.first == -1 || range.last == -1
                    || answer.last <= range.last);
        fuzz_assert(range.first != -1
                    || answer.last - answer.first < range.last);
    }

    if (ngx_http_owncloud_etag_strong(&asked)) {
        fuzz_assert(asked.len >= 2 && asked.data[0] == '"');
        fuzz_assert(memchr(asked.data, CR, asked.len) == NULL);
    }

    ngx_destroy_pool(pool);

    return 0;
}
