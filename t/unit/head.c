
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"

#include "ngx_http_owncloud_head.h"


static ngx_pool_t                *unit_memory;
static ngx_http_owncloud_head_t   unit_head;
static ngx_buf_t                  unit_buf;


/*
 * The header in pieces of "step" bytes, in a buffer that ends where they end;
 * unit_buf.pos is where it was read to.
 */

static ngx_int_t
unit_read(ngx_str_t *text, size_t step)
{
    size_t     n;
    ngx_int_t  rc;
    ngx_str_t  copy;

    copy = unit_copy(unit_memory, text);

    ngx_memzero(&unit_buf, sizeof(ngx_buf_t));

    unit_buf.pos = copy.data;
    unit_buf.last = copy.data;

    ngx_http_owncloud_head_init(&unit_head, unit_memory);

    for (rc = NGX_AGAIN, n = 0; rc == NGX_AGAIN && n < copy.len; n += step) {
        unit_buf.last = copy.data + ngx_min(n + step, copy.len);
        rc = ngx_http_owncloud_head_read(&unit_head, &unit_buf);
    }

    return rc;
}


/* the same in one piece and by single bytes */

static ngx_int_t
unit_both(char *header)
{
    size_t                     rest;
    ngx_int_t                  rc;
    ngx_str_t                  text;
    ngx_http_owncloud_head_t   head;

    text.data = (u_char *) header;
    text.len = ngx_strlen(header);

    rc = unit_read(&text, 1);
    head = unit_head;
    rest = unit_buf.last - unit_buf.pos;

    unit_ok(rc != NGX_OK || rest == 0, "nothing is read ahead");

    unit_ok(unit_read(&text, text.len) == rc
            && unit_head.status == head.status
            && unit_head.framing == head.framing
            && unit_head.length == head.length
            && unit_head.retry_after == head.retry_after
            && unit_head.close == head.close
            && unit_head.invalid == head.invalid
            && unit_head.maintenance == head.maintenance
            && unit_same(&unit_head.etag, &head.etag)
            && unit_same(&unit_head.type, &head.type)
            && unit_same(&unit_head.range, &head.range)
            && unit_same(&unit_head.checksum, &head.checksum),
            "by single bytes: %s", header);

    return rc;
}


static void
unit_good(void)
{
    ngx_uint_t  i;

    static struct {
        char        *header;
        ngx_uint_t   status;
        ngx_uint_t   framing;
        off_t        length;
        unsigned     close;
    } good[] = {

        { "HTTP/1.1 207 Multi-Status\r\nContent-Length: 5\r\n\r\n",
          207, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, 0 },
        { "HTTP/1.1 207\r\nContent-Length: 0\r\n\r\n",
          207, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 0, 0 },
        { "HTTP/1.1 207 \r\ncontent-length:5 \t\r\n\r\n",
          207, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, 0 },
        { "HTTP/1.1 207 x\nContent-Length: 5\n\n",
          207, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, 0 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 7, 0 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, NGX_MAX_OFF_T_VALUE, 0 },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, 0 },
        { "HTTP/1.1 200 OK\r\nConnection: Close\r\n"
          "Transfer-Encoding: chunked\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, 1 },
        { "HTTP/1.1 200 OK\r\nConnection: TE, close\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, 1 },
        { "HTTP/1.0 200 OK\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, 1 },
        { "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 3, 1 },
        { "HTTP/1.1 204 No Content\r\n\r\n",
          204, NGX_HTTP_OWNCLOUD_FRAMING_NONE, -1, 0 },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
          304, NGX_HTTP_OWNCLOUD_FRAMING_NONE, 9, 0 },
        { "HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\n"
          "HTTP/1.1 103\r\nTransfer-Encoding: chunked\r\nETag: \"x\"\r\n\r\n"
          "HTTP/1.1 207 x\r\nContent-Length: 5\r\n\r\n",
          207, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, 0 },
        { "HTTP/1.1 200 OK\r\nX-Odd(name): \x01\x7f\xff\r\n"
          "Content-Length: 5\r\nContent-Encoding: Identity\r\n\r\n",
          200, NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, 0 },
    };

    for (i = 0; i < unit_n(good); i++) {
        unit_ok(unit_both(good[i].header) == NGX_OK
                && unit_head.status == good[i].status
                && unit_head.framing == good[i].framing
                && unit_head.length == good[i].length
                && unit_head.close == good[i].close
                && unit_head.etag.len == 0
                && unit_head.invalid == NULL,
                "good: %s", good[i].header);
    }
}


static void
unit_bad(void)
{
    ngx_str_t   text;
    ngx_uint_t  i;

    static struct {
        char  *header;
        char  *invalid;
    } bad[] = {
        { "\r\nHTTP/1.1 200 OK\r\n", "status line" },
        { "h", "status line" },
        { "HTTP/2", "status line" },
        { "HTTP/1.x 200 OK\r\n", "status line" },
        { "HTTP/1.11 200 OK\r\n", "status line" },
        { "HTTP/1.1  200 OK\r\n", "status line" },
        { "HTTP/1.1 20\r\n", "status line" },
        { "HTTP/1.1 2x7 x\r\n", "status line" },
        { "HTTP/1.1 2007 x\r\n", "status line" },
        { "HTTP/1.1 200-x\r\n", "status line" },
        { "HTTP/1.1 200 O\rK\r\n", "status line" },
        { "HTTP/1.1 200 OK\r\r\n", "status line" },
        { "HTTP/1.1 099 x\r\n", "status" },
        { "HTTP/1.1 600 x\r\n", "status" },
        { "HTTP/1.1 101 x\r\n\r\n", "status" },
        { "HTTP/1.1 200 OK\r\n: x\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nno colon\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nname\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nX: a\rb\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nX\x80: a\r\n", "header line" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
          "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length:\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n",
          "Content-Length" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
          "Transfer-Encoding: chunked\r\n", "Transfer-Encoding" },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n",
          "Content-Encoding" },
        { "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "\"Transfer-Encoding\" in HTTP/1.0" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
          "Content-Length: 0\r\n\r\n",
          "both \"Content-Length\" and \"Transfer-Encoding\"" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
          "Transfer-Encoding: chunked\r\n\r\n",
          "both \"Content-Length\" and \"Transfer-Encoding\"" },
        { "HTTP/1.1 200 OK\r\n\r\n", "framing" },
        { "HTTP/1.1 100 OK\r\nConnection: close\r\n\r\n"
          "HTTP/1.1 200 OK\r\n\r\n", "framing" },
    };

    static ngx_str_t  nul[] = {
        unit_str("HTTP/1.1 200 O\0K\r\n"),
        unit_str("HTTP/1.1 200 OK\r\nX: a\0b\r\n"),
        unit_str("HTTP/1.1 200 OK\r\nX\0: a\r\n"),
    };

    for (i = 0; i < unit_n(bad); i++) {
        unit_ok(unit_both(bad[i].header) == NGX_DECLINED
                && ngx_strcmp(unit_head.invalid, bad[i].invalid) == 0,
                "bad (%s): %s", bad[i].invalid, bad[i].header);
    }

    for (i = 0; i < unit_n(nul); i++) {
        text = nul[i];
        unit_ok(unit_read(&text, text.len) == NGX_DECLINED, "NUL %u",
                (unsigned) i);
    }
}


static void
unit_values(void)
{
    ngx_str_t  text = unit_str(
        "HTTP/1.1 206 Partial\r\n"
        "etag:  \"a b\" \r\n"
        "CONTENT-TYPE: text/plain; charset=utf-8\r\n"
        "OC-Checksum: SHA1:abc MD5:def\r\n"
        "Content-Range: bytes 0-4/10\r\n"
        "X-Nextcloud-Maintenance-Mode: 1\r\n"
        "Content-Length: 5\r\n\r\nHELLO");
    ngx_str_t  etag = unit_str("\"a b\"");
    ngx_str_t  type = unit_str("text/plain; charset=utf-8");
    ngx_str_t  checksum = unit_str("SHA1:abc MD5:def");
    ngx_str_t  range = unit_str("bytes 0-4/10");

    unit_ok(unit_read(&text, text.len) == NGX_OK, "values");
    unit_ok(unit_buf.last - unit_buf.pos == 5
            && ngx_memcmp(unit_buf.pos, "HELLO", 5) == 0,
            "the body is what is left");

    /* the buffer takes the body next */

    ngx_memset(unit_buf.last - text.len, 'x', text.len);

    unit_ok(unit_same(&unit_head.etag, &etag), "ETag");
    unit_ok(unit_same(&unit_head.type, &type), "Content-Type");
    unit_ok(unit_same(&unit_head.checksum, &checksum), "OC-Checksum");
    unit_ok(unit_same(&unit_head.range, &range), "Content-Range");
    unit_ok(unit_head.maintenance, "maintenance");
}


static void
unit_retry(void)
{
    char        header[512];
    ngx_uint_t  i;

    static struct {
        char    *value;
        time_t   seconds;
    } retry[] = {
        { "120", 120 },
        { "0", 1 },
        { "", 0 },
        { "86401", 86400 },
        { "99999999999999999999999999", 86400 },
        { "12 apples", 0 },
        { "-5", 0 },
        { "Tue, 01 Dec 2026 12:01:00 GMT", 60 },
        { "Tue, 01 Dec 2026 11:00:00 GMT", 1 },
        { "Tue, 01 Dec 2037 11:00:00 GMT", 86400 },
        { "5\r\nRetry-After: soon", 0 },
        { "Tue, 01 Dec 2026 12:01:00 GMT\r\nRetry-After: 7", 7 },
    };

    for (i = 0; i < unit_n(retry); i++) {
        (void) snprintf(header, sizeof(header),
                        "HTTP/1.1 503 x\r\nRetry-After: %s\r\n"
                        "Date: Tue, 01 Dec 2026 12:00:00 GMT\r\n"
                        "Content-Length: 0\r\n\r\n", retry[i].value);

        unit_ok(unit_both(header) == NGX_OK
                && unit_head.retry_after == retry[i].seconds,
                "Retry-After %s: %ld", retry[i].value,
                (long) unit_head.retry_after);
    }
}


static void
unit_down(void)
{
    ngx_uint_t  i;

    static struct {
        ngx_str_t   said;
        ngx_uint_t  down;
    } said[] = {
        { unit_str("<s:exception>OCA\\DAV\\Exception\\ServerMaintenanceMode"
                   "</s:exception>"), 1 },
        { unit_str("x<s:message>System in maintenance mode.</s:message>"), 1 },
        { unit_str("<s:message>System in single user mode.<"), 1 },
        { unit_str("<s:message>System in single user mode."), 0 },
        { unit_str("<s:message>&lt;s:message>System in maintenance mode.&lt;"),
          0 },
        { unit_str("<s:message>Storage is temporarily not available<"), 0 },
        { unit_str(""), 0 },
    };

    for (i = 0; i < unit_n(said); i++) {
        said[i].said = unit_copy(unit_memory, &said[i].said);
        unit_ok(ngx_http_owncloud_head_down(&said[i].said) == said[i].down,
                "down %u", (unsigned) i);
    }
}


int
main(void)
{
    ngx_time_init();

    unit_memory = unit_pool();

    unit_good();
    unit_bad();
    unit_values();
    unit_retry();
    unit_down();

    ngx_destroy_pool(unit_memory);

    return unit_done();
}
