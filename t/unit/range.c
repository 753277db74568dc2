
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_range.h"


static struct {
    ngx_str_t  value;
    ngx_int_t  rc;
    off_t      first;
    off_t      last;
} unit_ranges[] = {
    { unit_str("bytes=0-9"), NGX_OK, 0, 9 },
    { unit_str("Bytes=5-5"), NGX_OK, 5, 5 },
    { unit_str("bytes=100-"), NGX_OK, 100, -1 },
    { unit_str("bytes=-5"), NGX_OK, -1, 5 },
    { unit_str("bytes=-0"), NGX_OK, -1, 0 },
    { unit_str("bytes=0-9223372036854775807"), NGX_OK, 0,
      9223372036854775807 },
    { unit_str("bytes=0-9223372036854775808"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=9-0"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes="), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=-"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=5"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=--5"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=1-2-3"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=0-1,5-9"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes= 0-9"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=0-9 "), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=0-9\tx"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes=a-b"), NGX_DECLINED, 0, 0 },
    { unit_str("lines=0-9"), NGX_DECLINED, 0, 0 },
    { unit_str("bytes"), NGX_DECLINED, 0, 0 },
    { unit_str(""), NGX_DECLINED, 0, 0 }
};


static struct {
    ngx_str_t  value;
    ngx_int_t  rc;
    off_t      first;
    off_t      last;
    off_t      total;
} unit_answers[] = {
    { unit_str("bytes 0-9/100"), NGX_OK, 0, 9, 100 },
    { unit_str("BYTES 99-99/100"), NGX_OK, 99, 99, 100 },
    { unit_str("bytes 0-9/*"), NGX_OK, 0, 9, -1 },
    { unit_str("bytes */100"), NGX_OK, -1, -1, 100 },
    { unit_str("bytes */0"), NGX_OK, -1, -1, 0 },
    { unit_str("bytes */*"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-100/100"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 9-0/100"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-9"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-9/"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-9/100x"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-9/**"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes -9/100"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes 0-/100"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes=0-9/100"), NGX_DECLINED, 0, 0, 0 },
    { unit_str("bytes"), NGX_DECLINED, 0, 0, 0 },
    { unit_str(""), NGX_DECLINED, 0, 0, 0 }
};


static struct {
    char        *range;
    char        *answer;
    ngx_uint_t   good;
} unit_pairs[] = {
    { "bytes=0-9", "bytes 0-9/100", 1 },
    { "bytes=0-9", "bytes 0-9/*", 1 },
    { "bytes=0-9", "bytes 0-4/5", 1 },
    { "bytes=0-9", "bytes 0-4/*", 1 },
    { "bytes=0-9", "bytes 0-4/100", 0 },
    { "bytes=0-9", "bytes 0-10/100", 0 },
    { "bytes=0-9", "bytes 1-9/100", 0 },
    { "bytes=0-9", "bytes */100", 0 },
    { "bytes=90-", "bytes 90-99/100", 1 },
    { "bytes=90-", "bytes 90-98/100", 0 },
    { "bytes=90-", "bytes 80-99/100", 0 },
    { "bytes=-5", "bytes 95-99/100", 1 },
    { "bytes=-500", "bytes 0-99/100", 1 },
    { "bytes=-5", "bytes 94-99/100", 0 },
    { "bytes=-5", "bytes 95-98/100", 0 },
    { "bytes=-5", "bytes 95-99/*", 0 }
};


static struct {
    ngx_str_t   etag;
    ngx_uint_t  strong;
} unit_etags[] = {
    { unit_str("\"5f3c\""), 1 },
    { unit_str("\"\""), 1 },
    { unit_str("\"a-gzip\""), 1 },
    { unit_str("W/\"5f3c\""), 0 },
    { unit_str("\"5f3c"), 0 },
    { unit_str("5f3c\""), 0 },
    { unit_str("5f3c"), 0 },
    { unit_str("\"a\"b\""), 0 },
    { unit_str("\"a b\""), 0 },
    { unit_str("\"a\", \"b\""), 0 },
    { unit_str("\"a\r\n\""), 0 },
    { unit_str("Sun, 29 Nov 2026 00:00:00 GMT"), 0 },
    { unit_str("\""), 0 },
    { unit_str(""), 0 }
};


int
main(void)
{
    ngx_int_t                           rc;
    ngx_str_t                           value;
    ngx_uint_t                          i;
    ngx_pool_t                         *pool;
    ngx_http_owncloud_range_t           range;
    ngx_http_owncloud_content_range_t   answer;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_ranges); i++) {
        value = unit_copy(pool, &unit_ranges[i].value);
        rc = ngx_http_owncloud_range_read(&value, &range);

        unit_ok(rc == unit_ranges[i].rc
                && (rc != NGX_OK || (range.first == unit_ranges[i].first
                                     && range.last == unit_ranges[i].last)),
                "Range: %s", unit_ranges[i].value.data);
    }

    for (i = 0; i < unit_n(unit_answers); i++) {
        value = unit_copy(pool, &unit_answers[i].value);
        rc = ngx_http_owncloud_content_range_read(&value, &answer);

        unit_ok(rc == unit_answers[i].rc
                && (rc != NGX_OK
                    || (answer.first == unit_answers[i].first
                        && answer.last == unit_answers[i].last
                        && answer.total == unit_answers[i].total)),
                "Content-Range: %s", unit_answers[i].value.data);
    }

    for (i = 0; i < unit_n(unit_pairs); i++) {
        value.data = (u_char *) unit_pairs[i].range;
        value.len = ngx_strlen(value.data);
        rc = ngx_http_owncloud_range_read(&value, &range);

        value.data = (u_char *) unit_pairs[i].answer;
        value.len = ngx_strlen(value.data);

        unit_ok(rc == NGX_OK
                && ngx_http_owncloud_content_range_read(&value, &answer)
                   == NGX_OK
                && ngx_http_owncloud_range_answers(&range, &answer)
                   == unit_pairs[i].good,
                "%s, %s", unit_pairs[i].range, unit_pairs[i].answer);
    }

    for (i = 0; i < unit_n(unit_etags); i++) {
        value = unit_copy(pool, &unit_etags[i].etag);

        unit_ok(ngx_http_owncloud_etag_strong(&value) == unit_etags[i].strong,
                "ETag: %s", unit_etags[i].etag.data);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
