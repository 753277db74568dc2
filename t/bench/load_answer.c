
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */

/* reads answers of HTTP/1.1: header, length, chunks */


#include "load.h"


/* the part of "p" that belongs to the header */

static size_t
load_header(load_connection_t *c, const char *p, size_t n)
{
    char    *end, *field;
    size_t   old, size;

    old = c->header_len;
    size = LOAD_HEADER - old;
    size = n < size ? n : size;

    memcpy(c->header + old, p, size);
    c->header_len += size;
    c->header[c->header_len] = '\0';

    end = strstr(c->header, "\r\n\r\n");

    if (end == NULL) {
        if (c->header_len == LOAD_HEADER) {
            errno = E2BIG;
            load_die("header");
        }

        return n;
    }

    end[2] = '\0';

    c->header_done = 1;
    c->status = atoi(c->header + sizeof("HTTP/1.1 ") - 1);
    c->chunked = (strcasestr(c->header, "\r\nTransfer-Encoding: chunked\r\n")
                  != NULL);
    c->state = LOAD_SIZE;
    c->left = 0;
    c->length = 0;

    if (!c->chunked) {
        field = strcasestr(c->header, "\r\nContent-Length: ");
        c->left = field ? atoll(field + sizeof("\r\nContent-Length: ") - 1)
                        : 0;
    }

    return end + 4 - c->header - old;
}


static size_t
load_chunk(load_connection_t *c, const char *p, size_t n, int *done)
{
    char  ch;

    if (c->state == LOAD_DATA) {
        n = (int64_t) n < c->left ? n : (size_t) c->left;
        c->left -= n;
        c->length += n;

        if (c->left == 0) {
            c->state = LOAD_DATA_END;
        }

        return n;
    }

    ch = *p;

    switch (c->state) {

    case LOAD_SIZE:
        if (ch >= '0' && ch <= '9') {
            c->left = c->left * 16 + ch - '0';

        } else if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f') {
            c->left = c->left * 16 + (ch | 0x20) - 'a' + 10;

        } else {
            c->state = LOAD_EXTENSION;
        }

        /* fall through */

    case LOAD_EXTENSION:
        if (ch == '\n') {
            c->trailer = 0;
            c->state = c->left ? LOAD_DATA : LOAD_TRAILER;
        }

        break;

    case LOAD_DATA_END:
        if (ch == '\n') {
            c->state = LOAD_SIZE;
        }

        break;

    default: /* LOAD_TRAILER */
        if (ch == '\n') {
            *done = (c->trailer == 0);
            c->trailer = 0;

        } else if (ch != '\r') {
            c->trailer++;
        }
    }

    return 1;
}


void
load_data(load_connection_t *c, const char *p, size_t n)
{
    int     done;
    size_t  used;

    while (n) {
        done = 0;

        if (!c->header_done) {
            used = load_header(c, p, n);

        } else if (c->chunked) {
            used = load_chunk(c, p, n, &done);

        } else {
            used = (int64_t) n < c->left ? n : (size_t) c->left;
            c->left -= used;
            c->length += used;
        }

        p += used;
        n -= used;

        if (c->header_done && !c->chunked && c->left == 0) {
            done = 1;
        }

        if (done) {
            load_answered(c);

            /* nobody asked for more */

            if (n) {
                load_surplus();
                return;
            }
        }
    }
}
