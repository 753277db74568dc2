
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"

#include <ngx_http.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "ngx_http_owncloud_zone_memory.h"


#define UNIT_ZONE_SIZE  (64 * 4096)


ngx_module_t  ngx_http_owncloud_module;

static ngx_cycle_t                   unit_cycle;
static ngx_shm_zone_t                unit_zone;
static ngx_http_owncloud_zone_sh_t  *unit_sh;


/* an empty zone */

static void
unit_fresh(void)
{
    static u_char                        *memory;
    static ngx_http_owncloud_zone_ctx_t   ctx;

    static ngx_str_t  name = ngx_string("unit");

    ngx_slab_pool_t  *shpool;

    if (memory == NULL) {
        memory = mmap(NULL, UNIT_ZONE_SIZE, PROT_READ|PROT_WRITE,
                      MAP_ANON|MAP_SHARED, -1, 0);

        for (ngx_pagesize_shift = 0;
             (ngx_uint_t) 1 << ngx_pagesize_shift < ngx_pagesize;
             ngx_pagesize_shift++)
        {
            /* void */
        }

        ngx_slab_sizes_init();

        unit_cycle.log = &unit_log;
        ngx_cycle = &unit_cycle;
        ngx_ncpu = 2;
        ngx_pid = ngx_getpid();
    }

    ngx_memzero(memory, UNIT_ZONE_SIZE);

    shpool = (ngx_slab_pool_t *) memory;
    shpool->end = memory + UNIT_ZONE_SIZE;
    shpool->min_shift = 3;
    shpool->addr = memory;

    (void) ngx_shmtx_create(&shpool->mutex, &shpool->lock, NULL);

    ngx_slab_init(shpool);

    unit_sh = ngx_slab_alloc(shpool, sizeof(ngx_http_owncloud_zone_sh_t));
    shpool->data = unit_sh;
    shpool->log_nomem = 0;

    ngx_http_owncloud_zone_tree_init(unit_sh);

    ctx.sh = unit_sh;
    ctx.shpool = shpool;

    unit_zone.data = &ctx;
    unit_zone.shm.name = name;
}


static u_char *
unit_key(ngx_uint_t kind, ngx_uint_t n)
{
    static u_char  key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN];

    ngx_memzero(key, sizeof(key));
    ngx_memcpy(key, &n, sizeof(n));
    key[NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN - 1] = (u_char) kind;

    return key;
}


static ngx_int_t
unit_put(ngx_uint_t class, ngx_uint_t n, size_t len, time_t lives)
{
    ngx_str_t      value;
    static u_char  text[UNIT_ZONE_SIZE];

    value.len = len;
    value.data = text;

    return ngx_http_owncloud_zone_put(&unit_zone, class, unit_key(class, n),
                                      &value, ngx_time() + lives);
}


/* how many of a class are known */

static ngx_uint_t
unit_known(ngx_uint_t class)
{
    ngx_uint_t    n;
    ngx_queue_t  *q, *queue;

    queue = &unit_sh->queue[class];

    for (n = 0, q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue);
         q = ngx_queue_next(q))
    {
        n++;
    }

    return n;
}


/* what "function" does in a process that is no more afterwards */

static ngx_int_t
unit_in_child(ngx_int_t (*function)(ngx_uint_t n), ngx_uint_t n)
{
    int    status;
    pid_t  pid;

    fflush(stdout);

    pid = fork();

    if (pid == 0) {
        ngx_pid = ngx_getpid();
        _exit(function(n) == NGX_OK ? 0 : 1);
    }

    if (pid == -1 || waitpid(pid, &status, 0) != pid) {
        return NGX_ERROR;
    }

    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ? NGX_OK
                                                           : NGX_DECLINED;
}


static ngx_int_t
unit_lock(ngx_uint_t n)
{
    uint64_t  stamp;

    return ngx_http_owncloud_zone_lock(&unit_zone, unit_key(100, n),
                                       ngx_time() + 60, &stamp);
}


static ngx_int_t
unit_enter(ngx_uint_t n)
{
    return ngx_http_owncloud_zone_enter(&unit_zone, unit_key(101, 1), n,
                                        ngx_current_msec);
}


static void
unit_leave(void)
{
    ngx_http_owncloud_zone_leave(&unit_zone, unit_key(101, 1));
}


static void
locks(void)
{
    u_char    *key;
    uint64_t   first, second;

    unit_fresh();
    key = unit_key(100, 1);

    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &first) == NGX_OK, "a lock");
    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &second) == NGX_BUSY, "not twice");
    unit_ok(unit_in_child(unit_lock, 1) == NGX_DECLINED,
            "nor by another process");
    unit_ok(unit_in_child(unit_lock, 2) == NGX_OK, "another lock");

    key = unit_key(100, 1);
    ngx_http_owncloud_zone_unlock(&unit_zone, key, first);

    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &second) == NGX_OK, "given back");
    unit_ok(first != second, "with a stamp of its own");

    ngx_http_owncloud_zone_unlock(&unit_zone, key, first);

    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &first) == NGX_BUSY,
            "not given back by who had it before");

    key = unit_key(100, 2);
    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &first) == NGX_OK,
            "what a process had that is no more");

    key = unit_key(100, 3);
    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time(), &first)
            == NGX_OK, "a lock that expires at once");
    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &second) == NGX_OK, "has expired");

    ngx_http_owncloud_zone_unlock(&unit_zone, key, first);

    unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, key, ngx_time() + 60,
                                        &first) == NGX_BUSY,
            "not given back by who had it too long");
}


static void
counters(void)
{
    ngx_uint_t  i, good;

    unit_fresh();

    unit_ok(unit_enter(2) == NGX_OK, "one");
    unit_ok(unit_enter(2) == NGX_OK, "two");
    unit_ok(unit_enter(2) == NGX_BUSY, "not three");
    unit_ok(unit_in_child(unit_enter, 2) == NGX_DECLINED,
            "nor in another process");

    unit_leave();
    unit_ok(unit_in_child(unit_enter, 2) == NGX_OK, "in another process");
    unit_ok(unit_enter(2) == NGX_OK, "what it had does not count");
    unit_ok(unit_enter(2) == NGX_BUSY, "what is here does");

    unit_leave();
    unit_leave();
    unit_leave();
    unit_ok(unit_enter(1) == NGX_OK, "one left too often");
    unit_ok(unit_enter(1) == NGX_BUSY, "is not one more");
    unit_leave();

    for (i = 0, good = 0; i < 70; i++) {
        good += (unit_in_child(unit_enter, 1000) == NGX_OK);
    }

    unit_ok(good == 70, "70 processes, one after the other");
    unit_ok(unit_enter(1) == NGX_OK, "none of them counts");
}


/* of two processes, the one that has waited longer goes first */

static ngx_int_t
unit_turn(ngx_pid_t pid, ngx_msec_t since)
{
    ngx_int_t  rc;
    ngx_pid_t  own;

    own = ngx_pid;
    ngx_pid = pid;

    rc = ngx_http_owncloud_zone_enter(&unit_zone, unit_key(101, 1), 1, since);

    ngx_pid = own;

    return rc;
}


static void
turns(void)
{
    ngx_pid_t   own, other;
    ngx_msec_t  now;

    unit_fresh();

    own = ngx_pid;
    other = getppid();
    now = ngx_current_msec;

    ngx_current_msec = 100000;

    unit_ok(unit_turn(own, 99900) == NGX_OK, "the only place");
    unit_ok(unit_turn(other, 99000) == NGX_BUSY, "another waits for it");
    unit_leave();

    unit_ok(unit_turn(own, 100000) == NGX_BUSY, "it is first");
    unit_ok(unit_turn(own, 98900) == NGX_OK, "not before who waits longer");
    unit_leave();

    unit_ok(unit_turn(other, 99000) == NGX_OK, "it gets the place");

    ngx_pid = other;
    unit_leave();
    ngx_pid = own;

    unit_ok(unit_turn(own, 100000) == NGX_OK, "and waits no more");
    unit_ok(unit_turn(other, 99000) == NGX_BUSY, "it waits again");
    unit_leave();

    ngx_current_msec += 1000;

    unit_ok(unit_turn(own, 101000) == NGX_OK, "until it does not ask");
    unit_ok(unit_turn(other, (ngx_msec_t) -1000) == NGX_BUSY, "since long");
    unit_leave();

    ngx_current_msec = 101100;

    unit_ok(unit_turn(own, 101000) == NGX_BUSY, "since before zero");

    ngx_current_msec = now;
}


/* more processes at once than there are slots */

static void
processes(void)
{
    int         go[2], ready[2], status;
    char        byte;
    pid_t       pid[70];
    ngx_uint_t  i, good;

    unit_fresh();

    if (pipe(go) == -1 || pipe(ready) == -1) {
        return;
    }

    fflush(stdout);

    for (i = 0; i < 70; i++) {
        pid[i] = fork();

        if (pid[i] == 0) {
            ngx_pid = ngx_getpid();
            close(go[1]);
            byte = (unit_enter(70) == NGX_OK) ? '1' : '0';
            (void) !write(ready[1], &byte, 1);
            (void) !read(go[0], &byte, 1);
            _exit(0);
        }
    }

    for (i = 0, good = 0; i < 70; i++) {
        good += (read(ready[0], &byte, 1) == 1 && byte == '1');
    }

    unit_ok(good == 70, "70 processes at the same time");
    unit_ok(unit_enter(70) == NGX_BUSY, "and no more");

    close(go[1]);

    for (i = 0; i < 70; i++) {
        (void) waitpid(pid[i], &status, 0);
    }

    unit_ok(unit_enter(1) == NGX_OK, "when they have gone");
}


static void
classes(void)
{
    uint64_t    stamp;
    ngx_uint_t  i, n, class;

    static char  *name[] = {
        "text", "listing", "permission", "session", "attempt", "end"
    };

    for (class = 0; class < NGX_HTTP_OWNCLOUD_ZONE_LOCK; class++) {

        unit_fresh();

        /* a full zone, of which something is as important or more */

        for (i = 0; unit_put(NGX_HTTP_OWNCLOUD_ZONE_END, i, 900, 60) == NGX_OK
                    && unit_known(NGX_HTTP_OWNCLOUD_ZONE_END) > i; i++)
        {
            /* void */
        }

        n = unit_known(NGX_HTTP_OWNCLOUD_ZONE_END);

        if (class == NGX_HTTP_OWNCLOUD_ZONE_END) {
            unit_ok(unit_put(class, 1000, 900, 60) == NGX_OK
                    && unit_known(class) == n, "an end for an end");
            continue;
        }

        /* it gets its share of what the others have too much, not more */

        for (i = 0; i < 2 * n; i++) {
            if (unit_put(class, i, 900, 60) != NGX_OK) {
                break;
            }
        }

        unit_ok(i == 2 * n, "each %s is stored", name[class]);
        unit_ok(unit_known(class) >= n / 4 - 1
                && unit_known(class) <= n / 4 + 4,
                "%s: a quarter is kept, %u of %u", name[class],
                (unsigned) unit_known(class), (unsigned) n);
        unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_END)
                >= n - unit_known(class) - 1,
                "%s: ends are let go of for no more", name[class]);

        for (i = 0; i < n; i++) {
            (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_END, 1000 + i, 900, 60);
        }

        unit_ok(unit_known(class) == 0
                && unit_known(NGX_HTTP_OWNCLOUD_ZONE_END) == n,
                "an end in place of each %s", name[class]);
    }

    /* locks take what they need, but not from one another */

    unit_fresh();

    for (i = 0; i < 100; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_END, i, 900, 60);
    }

    (void) ngx_http_owncloud_zone_lock(&unit_zone, unit_key(100, 0),
                                       ngx_time(), &stamp);
    for (i = 1; unit_lock(i) == NGX_OK; i++) { /* void */ }

    unit_ok(i > 500 && unit_known(NGX_HTTP_OWNCLOUD_ZONE_END) == 0,
            "locks in place of ends");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_LOCK) == i - 1,
            "not of locks, but of one that had expired");
    unit_ok(unit_lock(1) == NGX_BUSY, "the first lock is there");
    unit_ok(unit_put(NGX_HTTP_OWNCLOUD_ZONE_SESSION, 1, 10, 60) == NGX_ERROR,
            "no session at the cost of a lock");
}


static void
pages(void)
{
    ngx_uint_t  i, good;

    unit_fresh();

    good = 0;

    for (i = 0; i < 5; i++) {
        good += (unit_put(NGX_HTTP_OWNCLOUD_ZONE_SESSION, i, 3000, 60)
                 == NGX_OK);
    }

    for (i = 0; i < 200; i++) {
        good += (unit_put(NGX_HTTP_OWNCLOUD_ZONE_TEXT, i, 30000, 60)
                 == NGX_OK);
    }

    unit_ok(good == 205, "large pages make place for one another");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_SESSION) == 5,
            "sessions stay");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT) >= 4, "a few pages fit");

    i = unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT);

    unit_ok(unit_put(NGX_HTTP_OWNCLOUD_ZONE_TEXT, 1000, UNIT_ZONE_SIZE / 2, 60)
            == NGX_ERROR, "a page of half the zone is none");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT) == i,
            "nothing went for it");
    unit_ok(unit_put(NGX_HTTP_OWNCLOUD_ZONE_LISTING, 1, 60000, 60) == NGX_OK,
            "a listing in place of pages");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT) < i, "which have gone");
}


static void
values(void)
{
    u_char      *key;
    ngx_str_t    value, got;
    ngx_pool_t  *pool;

    static ngx_str_t  one = ngx_string("one"), two = ngx_string("two");

    unit_fresh();

    pool = unit_pool();
    key = unit_key(102, 1);

    unit_ok(ngx_http_owncloud_zone_prolong(&unit_zone, 2, key, &one,
                                           ngx_time() + 10) == NGX_OK,
            "a new one");
    unit_ok(ngx_http_owncloud_zone_prolong(&unit_zone, 2, key, &two,
                                           ngx_time() + 10) == NGX_DECLINED,
            "not by one that ends at the same time");

    unit_ok(ngx_http_owncloud_zone_get(&unit_zone, pool, key, &got) == NGX_OK
            && unit_same(&got, &one), "the first");

    unit_ok(ngx_http_owncloud_zone_prolong(&unit_zone, 2, key, &two,
                                           ngx_time() + 20) == NGX_DONE,
            "by one that ends later");
    unit_ok(ngx_http_owncloud_zone_get(&unit_zone, pool, key, &got) == NGX_OK
            && unit_same(&got, &two), "the second");

    ngx_http_owncloud_zone_drop(&unit_zone, key);

    unit_ok(ngx_http_owncloud_zone_get(&unit_zone, pool, key, &got)
            == NGX_DECLINED, "dropped");
    ngx_http_owncloud_zone_drop(&unit_zone, key);
    unit_ok(unit_known(2) == 0, "nothing to drop");

    ngx_str_null(&value);

    (void) ngx_http_owncloud_zone_put(&unit_zone, 2, key, &value, ngx_time());

    unit_ok(ngx_http_owncloud_zone_prolong(&unit_zone, 2, key, &one,
                                           ngx_time() + 10) == NGX_OK,
            "what has expired is not there");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_pool_t  *pool;

    ngx_time_init();

    pool = unit_pool();

    locks();
    counters();
    turns();
    processes();
    classes();
    pages();
    values();

    ngx_destroy_pool(pool);

    return unit_done();
}
