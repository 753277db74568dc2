
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_parameter.h"


/* a query, a line feed, a form */


static ngx_int_t
fuzz_form(ngx_pool_t *pool, ngx_str_t *text, char *more, ngx_int_t *repository)
{
    ngx_int_t    rc;
    ngx_str_t    all;
    ngx_array_t  fields;

    all.len = text->len + ngx_strlen(more);
    all.data = ngx_pnalloc(pool, all.len + 1);

    ngx_memcpy(all.data, text->data, text->len);
    ngx_memcpy(all.data + text->len, more, all.len - text->len);

    rc = ngx_http_owncloud_form_parse(pool, &all,
                                      NGX_HTTP_OWNCLOUD_FORM_FIELDS, &fields);
    fuzz_assert(rc != NGX_ERROR);

    return ngx_http_owncloud_parameter_form(&fields, repository);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_int_t       rc, repository, other;
    ngx_str_t       query, form, type;
    ngx_uint_t      i, action;
    ngx_pool_t     *pool;
    ngx_array_t     fields;
    const uint8_t  *p;

    static char  *alike[] = {
        "&repo.id=5", "&+repo_id=5", "&repo%5bid=5", "&repo_id[]=5",
        "&repo_id%00x=5", "&action=list", "&ctx+id=5", "&sesskey[=5"
    };

    pool = fuzz_pool();

    p = memchr(data, '\n', size);

    if (p == NULL) {
        p = data + size;
    }

    query = fuzz_copy(pool, data, p - data);
    form = fuzz_copy(pool, (p < data + size) ? p + 1 : p,
                     (p < data + size) ? data + size - p - 1 : 0);

    rc = ngx_http_owncloud_form_parse(pool, &query,
                                      NGX_HTTP_OWNCLOUD_FORM_FIELDS, &fields);
    fuzz_assert(rc != NGX_ERROR);

    if (ngx_http_owncloud_parameter_query(&fields, &action) == NGX_OK) {
        fuzz_assert(ngx_http_owncloud_form_get(&fields, "action") != NULL
                    && ngx_http_owncloud_form_get(&fields, "repo_id") == NULL);

    } else {
        fuzz_assert(action == NGX_HTTP_OWNCLOUD_ACTION_NONE);
    }

    if (fuzz_form(pool, &form, "", &repository) == NGX_OK) {

        fuzz_assert(repository >= 0);

        /* a field more that is spelled in another way, and it is not ours */

        for (i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
            fuzz_assert(fuzz_form(pool, &form, alike[i], &other)
                        == NGX_DECLINED);
        }

        /* one of another name changes nothing */

        fuzz_assert(fuzz_form(pool, &form, "&repo__id=5", &other) == NGX_OK
                    && other == repository);
    }

    type = query;
    (void) ngx_http_owncloud_parameter_urlencoded(&type);

    ngx_destroy_pool(pool);

    return 0;
}
