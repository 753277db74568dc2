
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_multipart.h"


#define FUZZ_FIELDS  8


static size_t fuzz_count(ngx_buf_t *b, u_char *p, size_t len);


/* the name of a file, and the values of fields, with line feeds between */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    off_t                           total;
    size_t                          len;
    ngx_int_t                       rc;
    ngx_str_t                       text, type, boundary;
    ngx_file_t                      file;
    ngx_pool_t                     *pool;
    ngx_chain_t                    *body, *tail;
    ngx_array_t                     fields;
    ngx_keyval_t                   *field;
    ngx_http_owncloud_multipart_t   form;

    pool = fuzz_pool();

    ngx_memzero(&file, sizeof(ngx_file_t));

    rc = ngx_array_init(&fields, pool, FUZZ_FIELDS, sizeof(ngx_keyval_t));
    fuzz_assert(rc == NGX_OK);

    ngx_str_null(&form.filename);

    for (text = fuzz_copy(pool, data, size); /* void */; /* void */) {

        for (len = 0; len < text.len && text.data[len] != LF; len++) {
            /* void */
        }

        if (form.filename.data == NULL) {
            form.filename = fuzz_copy(pool, text.data, len);

        } else {
            field = ngx_array_push(&fields);
            fuzz_assert(field != NULL);
            ngx_str_set(&field->key, "author");
            field->value = fuzz_copy(pool, text.data, len);
        }

        if (len == text.len || fields.nelts == FUZZ_FIELDS) {
            break;
        }

        text.data += len + 1;
        text.len -= len + 1;
    }

    ngx_str_set(&form.field, "repo_upload_file");
    form.file = &file;
    form.size = 7;
    form.fields = &fields;

    rc = ngx_http_owncloud_multipart(pool, &form, &type, &body, &total);
    fuzz_assert(rc == NGX_OK);

    tail = body->next->next;

    fuzz_assert(body->buf->last <= body->buf->end);
    fuzz_assert(tail->buf->last == tail->buf->end);
    fuzz_assert(total == (body->buf->last - body->buf->pos)
                         + (tail->buf->last - tail->buf->pos) + 7);

    /* nothing that was sent makes one part more */

    boundary.data = type.data + sizeof("multipart/form-data; boundary=") - 1;
    boundary.len = type.data + type.len - boundary.data;

    fuzz_assert(fuzz_count(body->buf, boundary.data, boundary.len) == 1);
    fuzz_assert(fuzz_count(tail->buf, boundary.data, boundary.len)
                == fields.nelts + 1);

    ngx_destroy_pool(pool);

    return 0;
}


static size_t
fuzz_count(ngx_buf_t *b, u_char *p, size_t len)
{
    size_t   n;
    u_char  *q;

    for (n = 0, q = b->pos; q + len <= b->last; q++) {
        n += (ngx_memcmp(q, p, len) == 0);
    }

    return n;
}
