
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * A target is built in two ways: with libFuzzer, or with replay.c, which runs
 * it on the files, and folders of files, that it is given.
 */


#define fuzz_assert(good)                                                     \
    do {                                                                      \
        if (!(good)) {                                                        \
            fuzz_refuted(__FILE__, __LINE__, #good);                          \
        }                                                                     \
    } while (0)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static ngx_log_t  fuzz_log;


/* what replay.c has instead, while it lets allocations fail */

void fuzz_excuse(void) __attribute__((weak));
void fuzz_opened(ngx_pool_t *pool) __attribute__((weak));


static inline void __attribute__((noreturn))
fuzz_refuted(const char *file, int line, const char *what)
{
    if (fuzz_excuse) {
        fuzz_excuse();
    }

    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    abort();
}


static inline ngx_pool_t *
fuzz_pool(void)
{
    ngx_pool_t  *pool;

    ngx_pagesize = getpagesize();
    ngx_cacheline_size = NGX_CPU_CACHE_LINE;

    pool = ngx_create_pool(4096, &fuzz_log);
    fuzz_assert(pool != NULL);

    if (fuzz_opened) {
        fuzz_opened(pool);
    }

    return pool;
}


/* a copy with nothing behind it, so that reading on is found out */

static inline ngx_str_t
fuzz_copy(ngx_pool_t *pool, const uint8_t *data, size_t size)
{
    ngx_str_t  text;

    text.len = size;
    text.data = ngx_pnalloc(pool, size);
    fuzz_assert(text.data != NULL);

    if (size) {
        ngx_memcpy(text.data, data, size);
    }

    return text;
}


static inline ngx_uint_t
fuzz_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


#endif /* _FUZZ_H_INCLUDED_ */
