
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_multipart.h"


static struct {
    ngx_str_t  filename;
    ngx_str_t  written;
} unit_names[] = {
    { unit_str("report.pdf"), unit_str("report.pdf") },
    { unit_str("a \"b\".txt"), unit_str("a \\\"b\\\".txt") },
    { unit_str("a\\b.txt"), unit_str("ab.txt") },
    { unit_str("\\"), unit_str("") },
    { unit_str("\"\"\"\"\"\"\"\""),
      unit_str("\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"") },
    { unit_str("\xc3\xa4; name=\"x\""), unit_str("\xc3\xa4; name=\\\"x\\\"") },
    { unit_str(""), unit_str("") }
};


static ngx_uint_t
unit_has(ngx_buf_t *b, char *s)
{
    return ngx_strnstr(b->pos, s, b->last - b->pos) != NULL;
}


static void
unit_form(ngx_pool_t *pool, ngx_uint_t n)
{
    off_t                           size;
    char                            want[512];
    ngx_int_t                       rc;
    ngx_str_t                       type;
    ngx_file_t                      file;
    ngx_chain_t                    *body, *tail;
    ngx_array_t                     fields;
    ngx_keyval_t                   *field;
    ngx_http_owncloud_multipart_t   form;

    ngx_memzero(&file, sizeof(ngx_file_t));
    (void) ngx_array_init(&fields, pool, 2, sizeof(ngx_keyval_t));

    field = ngx_array_push(&fields);
    ngx_str_set(&field->key, "author");
    ngx_str_set(&field->value, "A\r\n--x\"");
    field = ngx_array_push(&fields);
    ngx_str_set(&field->key, "title");
    ngx_str_set(&field->value, "");

    ngx_str_set(&form.field, "repo_upload_file");
    form.filename = unit_copy(pool, &unit_names[n].filename);
    form.file = &file;
    form.size = 1000;
    form.fields = &fields;

    rc = ngx_http_owncloud_multipart(pool, &form, &type, &body, &size);

    unit_ok(rc == NGX_OK, "form with %s", unit_names[n].filename.data);

    if (rc != NGX_OK) {
        return;
    }

    tail = body->next->next;

    unit_ok(tail->next == NULL && tail->buf->last_buf
            && body->next->buf->in_file
            && body->next->buf->file_last == 1000, "its three parts");
    unit_ok(size == 1000 + (body->buf->last - body->buf->pos)
                    + (tail->buf->last - tail->buf->pos), "their size");
    unit_ok(body->buf->last <= body->buf->end
            && tail->buf->last == tail->buf->end, "no more than was foreseen");

    snprintf(want, sizeof(want), "name=\"repo_upload_file\"; filename=\"%s\""
             "\r\nContent-Type: application/octet-stream\r\n\r\n",
             (char *) unit_names[n].written.data);
    unit_ok(unit_has(body->buf, want), "the name");

    unit_ok(unit_has(tail->buf, "name=\"author\"\r\n\r\nA\r\n--x\"\r\n--")
            && unit_has(tail->buf, "name=\"title\"\r\n\r\n\r\n--"),
            "the fields");

    /* the boundary of the type, and of nobody else */

    unit_ok(type.len > 40
            && ngx_strncmp(body->buf->pos + 2,
                           type.data + sizeof("multipart/form-data; boundary=")
                                     - 1,
                           type.len - sizeof("multipart/form-data; boundary=")
                           + 1)
               == 0, "the boundary");
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_names); i++) {
        unit_form(pool, i);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
