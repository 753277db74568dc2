
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_asked.h"
#include "ngx_http_owncloud_form.h"


/*
 * The target of a request.  Where a context is told, the request has either
 * a path after the script or one field "file", and the number is in it as it
 * was sent.
 */


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                     *p, *last, *number, digits[NGX_INT64_LEN + 2];
    size_t                      len;
    ngx_int_t                   rc;
    ngx_str_t                   target, root, args, *file;
    ngx_pool_t                 *pool;
    ngx_array_t                 fields;
    ngx_http_owncloud_asked_t   asked;

    pool = fuzz_pool();

    target = fuzz_copy(pool, data, size);

    if (size && (data[size - 1] & 1)) {
        ngx_str_set(&root, "/l ms");

    } else {
        ngx_str_set(&root, "");
    }

    rc = ngx_http_owncloud_asked(pool, &target, &root, &asked);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc != NGX_OK) {
        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(asked.context > 0 && asked.download <= 1);
    fuzz_assert(ngx_strlchr(target.data, target.data + target.len, '#')
                == NULL);

    last = target.data + target.len;
    p = ngx_strlchr(target.data, last, '?');

    args.data = p ? p + 1 : last;
    args.len = last - args.data;

    fuzz_assert(ngx_http_owncloud_form_parse(pool, &args, 4096, &fields)
                == NGX_OK);

    file = ngx_http_owncloud_form_get(&fields, "file");

    if (p == NULL) {
        p = last;
    }

    /* what the path ends with tells which of the two it is */

    len = sizeof("file.php") - 1;
    fuzz_assert((size_t) (p - target.data) > len);

    number = file ? file->data : target.data;
    last = file ? file->data + file->len : p;

    fuzz_assert((file != NULL) == (ngx_memcmp(p - len, "file.php", len) == 0
                                   && number != target.data));

    /* leading zeros may stand before it */

    len = ngx_sprintf(digits, "%uL/", asked.context) - digits;

    for (p = number; p + len <= last; p++) {
        if (ngx_memcmp(p, digits, len) == 0) {
            break;
        }
    }

    fuzz_assert(p + len <= last);

    ngx_destroy_pool(pool);

    return 0;
}
