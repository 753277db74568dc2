
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _UNIT_H_INCLUDED_
#define _UNIT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* a small harness: each check is a line of TAP, the plan comes last */


static ngx_uint_t  unit_checks;
static ngx_uint_t  unit_failures;
static ngx_log_t   unit_log;


#define unit_str(s)  { sizeof(s) - 1, (u_char *) s }

#define unit_n(a)    (sizeof(a) / sizeof((a)[0]))

#define unit_ok(good, ...)                                                    \
    unit_check(good, __FILE__, __LINE__, __VA_ARGS__)


static inline void __attribute__((format(printf, 4, 5)))
unit_check(ngx_uint_t good, char *file, int line, const char *fmt, ...)
{
    char     name[512], *p;
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(name, sizeof(name), fmt, args);
    va_end(args);

    for (p = name; *p; p++) {
        if (*p < ' ' || *p > '~' || *p == '#') {
            *p = '?';
        }
    }

    printf("%sok %u - %s\n", good ? "" : "not ", (unsigned) ++unit_checks,
           name);

    if (!good) {
        unit_failures++;
        printf("#   at %s line %d\n", file, line);
    }

    fflush(stdout);
}


static inline ngx_uint_t
unit_same(ngx_str_t *a, ngx_str_t *b)
{
    if (a->len == b->len
        && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0))
    {
        return 1;
    }

    printf("#   got \"%.*s\", expected \"%.*s\"\n",
           (int) ngx_min(a->len, 200), a->data ? (char *) a->data : "",
           (int) ngx_min(b->len, 200), b->data ? (char *) b->data : "");

    return 0;
}


/* a copy with nothing behind it, so that reading on is found out */

static inline ngx_str_t
unit_copy(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_str_t  copy;

    copy.len = s->len;
    copy.data = ngx_pnalloc(pool, s->len);

    if (s->len) {
        ngx_memcpy(copy.data, s->data, s->len);
    }

    return copy;
}


static inline ngx_pool_t *
unit_pool(void)
{
    ngx_pool_t  *pool;

    ngx_pagesize = getpagesize();
    ngx_cacheline_size = NGX_CPU_CACHE_LINE;

    pool = ngx_create_pool(16384, &unit_log);

    if (pool == NULL) {
        printf("Bail out! no memory\n");
        exit(1);
    }

    return pool;
}


static inline int
unit_done(void)
{
    printf("1..%u\n", (unsigned) unit_checks);

    return unit_failures ? 1 : 0;
}


#endif /* _UNIT_H_INCLUDED_ */
