
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"

#include <ngx_http.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "ngx_http_owncloud_zone_attempt.h"
#include "ngx_http_owncloud_zone_entry.h"
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
    ngx_uint_t  i, n, class, part;

    static char  *name[] = {
        "text", "listing", "permission", "attempt", "session", "end"
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

        part = (class == NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) ? n / 8
               : (class == NGX_HTTP_OWNCLOUD_ZONE_SESSION) ? n / 2
                                                           : n / 4;

        /* it gets its share of what the others have too much, not more */

        for (i = 0; i < 2 * n; i++) {
            if (unit_put(class, i, 900, 60) != NGX_OK) {
                break;
            }
        }

        unit_ok(i == 2 * n, "each %s is stored", name[class]);
        unit_ok(unit_known(class) >= part - 1
                && unit_known(class) <= part + 4,
                "%s: its share is kept, %u of %u", name[class],
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


/* what a value takes is what the slab takes for it */

static void
costs(void)
{
    size_t                         len, before;
    ngx_uint_t                     pages;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    ctx = unit_zone.data;

    unit_ok(ngx_http_owncloud_zone_size(0) > 64, "a node has a head");
    unit_ok(ngx_http_owncloud_zone_cost(0) == 128, "of a small value");
    unit_ok(ngx_http_owncloud_zone_cost(128
                                        - ngx_http_owncloud_zone_size(0))
            == 128, "that just fits");
    unit_ok(ngx_http_owncloud_zone_cost(129
                                        - ngx_http_owncloud_zone_size(0))
            == 256, "that does not");
    unit_ok(ngx_http_owncloud_zone_cost(2048
                                        - ngx_http_owncloud_zone_size(0))
            == 2048, "of half a page");
    unit_ok(ngx_http_owncloud_zone_cost(2049
                                        - ngx_http_owncloud_zone_size(0))
            == 4096, "of more");
    unit_ok(ngx_http_owncloud_zone_cost(4097
                                        - ngx_http_owncloud_zone_size(0))
            == 8192, "of more than a page");

    for (len = 5000; len < 50000; len += 7001) {
        unit_fresh();

        pages = ctx->shpool->pfree;
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_TEXT, 1, len, 60);
        pages -= ctx->shpool->pfree;

        before = unit_sh->used[NGX_HTTP_OWNCLOUD_ZONE_TEXT];

        unit_ok(before == pages * ngx_pagesize, "%zu bytes: %u pages",
                len, (unsigned) pages);

        ngx_http_owncloud_zone_drop(&unit_zone,
                                    unit_key(NGX_HTTP_OWNCLOUD_ZONE_TEXT, 1));

        unit_ok(unit_sh->used[NGX_HTTP_OWNCLOUD_ZONE_TEXT] == 0,
                "nothing is left");
    }
}


/* sign-ins are not pushed out by what anybody can cause to be kept */

static void
floods(void)
{
    ngx_uint_t  i, sessions, permissions;

    unit_fresh();

    for (i = 0; i < 20; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_SESSION, i, 900, 60);
    }

    for (i = 0; i < 40; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, i, 500, 60);
    }

    sessions = unit_known(NGX_HTTP_OWNCLOUD_ZONE_SESSION);
    permissions = unit_known(NGX_HTTP_OWNCLOUD_ZONE_PERMISSION);

    for (i = 0; i < 5000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT, i, 32, 60);
    }

    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_SESSION) == sessions,
            "attempts push out no session");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_PERMISSION) == permissions,
            "nor a permission where there is room");
    unit_ok(unit_sh->used[NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT]
            <= UNIT_ZONE_SIZE / 8, "they have an eighth of the zone");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) > 50, "and not less");

    for (i = 0; i < 5000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, 100 + i, 500, 60);
    }

    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_SESSION) == sessions,
            "permissions push out no session");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) > 50,
            "nor what is known of attempts");

    for (i = 0; i < 200; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_TEXT, i, 30000, 60);
    }

    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_SESSION) == sessions,
            "nor do pages");

    for (i = 100; i < 1000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_SESSION, i, 900, 60);
    }

    for (i = 0; i < 5000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_PERMISSION, i, 900, 60);
    }

    i = unit_sh->used[NGX_HTTP_OWNCLOUD_ZONE_SESSION];

    unit_ok(i > UNIT_ZONE_SIZE / 2 - 8192 && i < UNIT_ZONE_SIZE - 32768,
            "sessions keep half of the zone, %u bytes", (unsigned) i);
}


/* how much one hold of the mutex may let go of */

static void
bounds(void)
{
    ngx_uint_t                      i, n, left;
    ngx_http_owncloud_zone_ctx_t   *ctx;
    ngx_http_owncloud_zone_node_t  *zn;

    ctx = unit_zone.data;

    unit_fresh();

    for (i = 0; i < 10000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_TEXT, i, 0, 60);
    }

    n = unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT);
    unit_ok(n > 1000, "a zone of %u small entries", (unsigned) n);

    zn = ngx_http_owncloud_zone_alloc(ctx, NGX_HTTP_OWNCLOUD_ZONE_LISTING,
                                      unit_key(1, 1), 60000, ngx_time() + 60);
    left = unit_known(NGX_HTTP_OWNCLOUD_ZONE_TEXT);

    unit_ok(zn == NULL && ctx->more, "there is more to be let go of");
    unit_ok(n - left >= 60 && n - left <= 80, "%u went in one hold",
            (unsigned) (n - left));

    unit_ok(unit_put(NGX_HTTP_OWNCLOUD_ZONE_LISTING, 1, 60000, 60) == NGX_OK,
            "in several holds there is room");

    zn = ngx_http_owncloud_zone_alloc(ctx, NGX_HTTP_OWNCLOUD_ZONE_LISTING,
                                      unit_key(1, 1), UNIT_ZONE_SIZE,
                                      ngx_time() + 60);
    unit_ok(zn == NULL && !ctx->more, "there is no end to what is too large");

    /* locks are not looked at without an end either */

    unit_fresh();

    for (i = 0; unit_lock(i) == NGX_OK; i++) { /* void */ }

    ((ngx_http_owncloud_zone_node_t *)
     ngx_http_owncloud_zone_lookup(ctx, unit_key(100, i / 2)))->expires = 0;

    for (n = 0; n < i; n++) {
        if (unit_lock(100000) == NGX_OK) {
            break;
        }
    }

    unit_ok(n > 0 && n < i, "one that has expired is found in the end");
}


static ngx_int_t
unit_generation(ngx_uint_t class, uint64_t generation, ngx_str_t *sealed)
{
    ngx_int_t    rc;
    ngx_str_t    value;
    ngx_pool_t  *pool;

    pool = unit_pool();

    (void) ngx_http_owncloud_entry_session_write(pool, generation, sealed,
                                                 &value);

    rc = ngx_http_owncloud_zone_put_newer(&unit_zone, class, unit_key(103, 1),
                                          &value, ngx_time() + 60);
    ngx_destroy_pool(pool);

    return rc;
}


/* the generation that is there; what is sealed comes into "got" */

static uint64_t
unit_newest(ngx_pool_t *pool, ngx_str_t *got)
{
    uint64_t   generation;
    ngx_str_t  value;

    if (ngx_http_owncloud_zone_get(&unit_zone, pool, unit_key(103, 1), &value)
        != NGX_OK
        || ngx_http_owncloud_entry_session_read(&value, &generation, got)
           != NGX_OK)
    {
        return 0;
    }

    return generation;
}


static void
generations(void)
{
    ngx_str_t    got;
    ngx_uint_t   session, end;
    ngx_pool_t  *pool;

    static ngx_str_t  one = ngx_string("one"), two = ngx_string("two");
    static ngx_str_t  none = ngx_null_string;

    session = NGX_HTTP_OWNCLOUD_ZONE_SESSION;
    end = NGX_HTTP_OWNCLOUD_ZONE_END;
    pool = unit_pool();

    unit_fresh();

    unit_ok(unit_generation(session, 3, &one) == NGX_OK, "a session");
    unit_ok(unit_generation(session, 4, &two) == NGX_OK, "newer tokens");
    unit_ok(unit_generation(session, 3, &one) == NGX_DECLINED,
            "not older ones");
    unit_ok(unit_newest(pool, &got) == 4 && unit_same(&got, &two),
            "the newest stays");
    unit_ok(unit_generation(session, 4, &one) == NGX_OK
            && unit_newest(pool, &got) == 4 && unit_same(&got, &one),
            "of the same generation the last");

    unit_ok(unit_generation(end, 3, &none) == NGX_DECLINED,
            "an older generation's end is not that of this one");
    unit_ok(unit_newest(pool, &got) == 4 && got.len == 3, "which is there");
    unit_ok(unit_generation(end, 4, &none) == NGX_OK, "its end");
    unit_ok(unit_generation(session, 4, &one) == NGX_DECLINED,
            "it does not come back");
    unit_ok(unit_newest(pool, &got) == 4 && got.len == 0, "it has ended");
    unit_ok(unit_generation(end, 4, &none) == NGX_OK, "ended twice");
    unit_ok(unit_generation(session, 5, &two) == NGX_OK, "a newer one comes");

    unit_ok(unit_generation(end, (uint64_t) -1, &none) == NGX_OK,
            "the end of all");
    unit_ok(unit_generation(session, 6, &two) == NGX_DECLINED,
            "nothing comes after it");
    unit_ok(unit_generation(session, (uint64_t) -1, &two) == NGX_DECLINED,
            "whatever it says");

    /* an end that is not remembered any more */

    ngx_http_owncloud_zone_lookup(unit_zone.data, unit_key(103, 1))->expires
        = ngx_time();

    unit_ok(unit_generation(session, 6, &two) == NGX_OK, "an end that is over");

    /* something else is there, or less */

    (void) ngx_http_owncloud_zone_put(&unit_zone, end, unit_key(103, 1), &one,
                                      ngx_time() + 60);

    unit_ok(unit_newest(pool, &got) == 0, "a short entry is none");
    unit_ok(unit_generation(session, 1, &two) == NGX_OK, "and is replaced");

    ngx_destroy_pool(pool);
}


/* put by one process while another waits to put an older one */

static void
late(void)
{
    ngx_str_t    got;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;

    static ngx_str_t  one = ngx_string("one");
    static ngx_str_t  none = ngx_null_string;

    pool = unit_pool();

    unit_fresh();

    /* the end stays where all the others of a full zone go */

    (void) unit_generation(NGX_HTTP_OWNCLOUD_ZONE_END, (uint64_t) -1, &none);

    for (i = 0, n = 0; i < 1000; i++) {
        (void) unit_put(NGX_HTTP_OWNCLOUD_ZONE_SESSION, i, 900, 60);
        n += (unit_generation(NGX_HTTP_OWNCLOUD_ZONE_SESSION, i, &one)
              != NGX_DECLINED);
    }

    unit_ok(n == 0, "a session that was ended does not come back");
    unit_ok(unit_newest(pool, &got) == (uint64_t) -1, "its end is known");

    ngx_destroy_pool(pool);
}


/*
 * One process puts new generations all the time, whose bytes are copied while
 * the other puts the end of all of them
 */

static void
races(void)
{
    int          status;
    pid_t        pid;
    ngx_str_t    value, got;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;

    static u_char            text[60000];
    static ngx_str_t         none = ngx_null_string;
    static volatile uint64_t *count;

    unit_fresh();

    count = mmap(NULL, sizeof(uint64_t), PROT_READ|PROT_WRITE,
                 MAP_ANON|MAP_SHARED, -1, 0);

    fflush(stdout);

    pid = fork();

    if (pid == 0) {
        value.data = text;
        value.len = sizeof(text);
        ngx_pid = ngx_getpid();

        for ( ;; ) {
            (*count)++;
            ngx_memcpy(text, (u_char *) count, sizeof(uint64_t));

            (void) ngx_http_owncloud_zone_put_newer(&unit_zone,
                                   NGX_HTTP_OWNCLOUD_ZONE_SESSION,
                                   unit_key(103, 1), &value, ngx_time() + 60);
        }
    }

    pool = unit_pool();

    for (i = 0, n = 0; i < 1000; i++) {

        ngx_http_owncloud_zone_drop(&unit_zone, unit_key(103, 1));
        usleep(i % 50);

        (void) unit_generation(NGX_HTTP_OWNCLOUD_ZONE_END, (uint64_t) -1,
                               &none);
        usleep(100);

        n += (unit_newest(pool, &got) == (uint64_t) -1 && got.len == 0);
        ngx_reset_pool(pool);
    }

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);

    unit_ok(*count > 0 && n == 1000, "an end stays, whoever puts meanwhile");

    ngx_destroy_pool(pool);
}


static ngx_int_t
unit_take(ngx_uint_t n, time_t lives)
{
    return ngx_http_owncloud_zone_take(&unit_zone,
                                       NGX_HTTP_OWNCLOUD_ZONE_PERMISSION,
                                       unit_key(106, n), ngx_time() + lives);
}


static void
takes(void)
{
    time_t      left;
    u_char      id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];
    ngx_uint_t  i;

    unit_fresh();

    unit_ok(unit_take(1, 60) == NGX_OK, "taken");
    unit_ok(unit_take(1, 60) == NGX_DECLINED, "not twice");
    unit_ok(unit_take(2, 0) == NGX_OK, "taken for no time");
    unit_ok(unit_take(2, 60) == NGX_OK, "and once more");

    /* in a zone full of locks there is no room for anything */

    unit_fresh();

    for (i = 0; unit_lock(i) == NGX_OK; i++) { /* void */ }

    ngx_memzero(id, sizeof(id));

    unit_ok(unit_take(1, 60) == NGX_ERROR, "no room");
    unit_ok(unit_enter(1) == NGX_ERROR, "nor for a counter");
    unit_ok(ngx_http_owncloud_zone_attempt(&unit_zone, unit_key(105, 1), id, 1,
                                           &left) == NGX_ERROR,
            "nor for an attempt");
}


/* long values are read in slices */

static void
slices(void)
{
    size_t                         i, len;
    u_char                        *key;
    uint64_t                       serial;
    ngx_str_t                      value, got;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_zone_ctx_t  *ctx;

    static u_char  text[UNIT_ZONE_SIZE];

    static size_t  lengths[] = { 1, 4095, 4096, 4097, 10000, 60000 };

    ctx = unit_zone.data;
    pool = unit_pool();
    key = unit_key(104, 1);

    for (i = 0; i < sizeof(text); i++) {
        text[i] = (u_char) (i % 251);
    }

    unit_fresh();

    for (i = 0; i < 6; i++) {
        len = lengths[i];
        value.data = text + i;
        value.len = len;

        unit_ok(ngx_http_owncloud_zone_put(&unit_zone, 0, key, &value,
                                           ngx_time() + 60) == NGX_OK
                && ngx_http_owncloud_zone_get(&unit_zone, pool, key, &got)
                   == NGX_OK
                && unit_same(&got, &value), "%zu bytes", len);
    }

    serial = ngx_http_owncloud_zone_lookup(ctx, key)->serial;

    unit_ok(ngx_http_owncloud_zone_slices(ctx, key, serial, &got) == NGX_OK,
            "a long one in slices");

    value.data = text + 77;

    (void) ngx_http_owncloud_zone_put(&unit_zone, 0, key, &value,
                                      ngx_time() + 60);

    unit_ok(ngx_http_owncloud_zone_slices(ctx, key, serial, &got)
            == NGX_DECLINED, "not that of another of the same length");

    value.len = 5000;

    (void) ngx_http_owncloud_zone_put(&unit_zone, 0, key, &value,
                                      ngx_time() + 60);

    unit_ok(ngx_http_owncloud_zone_slices(ctx, key, serial, &got)
            == NGX_DECLINED, "nor that of a shorter one");

    ngx_http_owncloud_zone_drop(&unit_zone, key);

    unit_ok(ngx_http_owncloud_zone_slices(ctx, key, serial, &got)
            == NGX_DECLINED, "nor of none");

    ngx_destroy_pool(pool);
}


static ngx_int_t
unit_attempt(ngx_uint_t n, ngx_uint_t counted)
{
    time_t  left;
    u_char  id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];

    ngx_memzero(id, sizeof(id));
    ngx_memcpy(id, &n, sizeof(n));

    return ngx_http_owncloud_zone_attempt(&unit_zone, unit_key(105, 1), id,
                                          counted, &left);
}


static void
attempts(void)
{
    u_char      id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];
    ngx_uint_t  i, n;

    unit_fresh();

    unit_ok(unit_attempt(1, 1) == NGX_OK, "an attempt");
    unit_ok(unit_attempt(1, 1) == NGX_DECLINED, "not twice");
    unit_ok(unit_attempt(1, 0) == NGX_DECLINED, "however it counts");

    for (i = 2, n = 1; i < 20; i++) {
        n += (unit_attempt(i, 1) == NGX_OK);
    }

    unit_ok(n == NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT, "a few are tried");
    unit_ok(unit_attempt(100, 1) == NGX_BUSY, "no more");
    unit_ok(unit_attempt(101, 0) == NGX_OK, "what does not count is known");
    unit_ok(unit_attempt(101, 1) == NGX_DECLINED, "as used");

    ngx_memzero(id, sizeof(id));
    id[0] = 1;

    ngx_http_owncloud_zone_attempt_good(&unit_zone, unit_key(105, 1), id);
    unit_ok(unit_attempt(1, 1) == NGX_DECLINED, "a good one was used");
    unit_ok(unit_attempt(102, 1) == NGX_OK, "but does not count");
    unit_ok(unit_attempt(103, 1) == NGX_BUSY, "the others do");

    for (i = 200, n = 0; i < 300; i++) {
        n += (unit_attempt(i, 0) == NGX_OK);
    }

    unit_ok(n == 100, "there is room for those which do not count");
    unit_ok(unit_attempt(299, 0) == NGX_DECLINED
            && unit_attempt(280, 0) == NGX_DECLINED, "the last are known");
    unit_ok(unit_attempt(3, 1) == NGX_DECLINED
            && unit_attempt(104, 1) == NGX_BUSY, "and all that count");
    unit_ok(ngx_http_owncloud_zone_lookup(unit_zone.data,
                                          unit_key(105, 1))->len
            == NGX_HTTP_OWNCLOUD_ATTEMPT_MAX
               * sizeof(ngx_http_owncloud_attempt_slot_t),
            "there is an end to what they take");
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) == 1,
            "all are one entry");

    ngx_http_owncloud_zone_attempt_good(&unit_zone, unit_key(105, 2), id);
    unit_ok(unit_known(NGX_HTTP_OWNCLOUD_ZONE_ATTEMPT) == 1,
            "what is not known gets no better");
}


/* how long they count */

static void
waits(void)
{
    time_t                        left;
    u_char                        id[NGX_HTTP_OWNCLOUD_ATTEMPT_ID];
    ngx_uint_t                    i;
    ngx_http_owncloud_attempts_t  a, b;

    ngx_memzero(&a, sizeof(a));
    ngx_memzero(id, sizeof(id));

    for (i = 0; i < NGX_HTTP_OWNCLOUD_ATTEMPT_LIMIT; i++) {
        id[0]++;
        (void) ngx_http_owncloud_attempts_add(&a, id, 1, 1000 + i, &left);
    }

    id[0]++;
    left = 0;

    unit_ok(ngx_http_owncloud_attempts_add(&a, id, 1, 1100, &left) == NGX_BUSY
            && left == NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT - 100,
            "until the first does not count");

    ngx_http_owncloud_attempts_read(&b, (u_char *) a.slot,
                                    a.n * sizeof(a.slot[0]),
                                    1000 + NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT - 1);
    unit_ok(b.n == a.n, "all of them are known so long");

    ngx_http_owncloud_attempts_read(&b, (u_char *) a.slot,
                                    a.n * sizeof(a.slot[0]),
                                    1000 + NGX_HTTP_OWNCLOUD_ATTEMPT_COUNT);
    unit_ok(b.n == a.n - 1, "then one less");

    ngx_http_owncloud_attempts_read(&b, (u_char *) a.slot,
                                    a.n * sizeof(a.slot[0]) - 1, 1100);
    unit_ok(b.n == a.n - 1, "one that is cut off is none");

    ngx_http_owncloud_attempts_read(&b, (u_char *) a.slot, 0, 1000);
    unit_ok(b.n == 0, "nothing is nothing");

    a.slot[1].expires = (uint64_t) -1;

    ngx_http_owncloud_attempts_read(&b, (u_char *) a.slot,
                                    a.n * sizeof(a.slot[0]), 1100);
    unit_ok(b.n == a.n - 1, "one that would never end is none");
}


/* what others have left under these keys */

static void
damaged(void)
{
    size_t       len;
    uint64_t     stamp;
    ngx_str_t    value;
    ngx_uint_t   n;

    static u_char  text[200];

    for (n = 0; n < 2; n++) {
        unit_fresh();
        memset(text, n ? 0xff : 0, sizeof(text));

        for (len = 0; len < sizeof(text); len++) {

            if (len == 16) {
                continue;                     /* a lock, as it should be */
            }

            value.data = text;
            value.len = len;

            (void) ngx_http_owncloud_zone_put(&unit_zone, 6, unit_key(100, 1),
                                              &value, ngx_time() + 60);

            ngx_http_owncloud_zone_unlock(&unit_zone, unit_key(100, 1), 0);

            if (unit_lock(1) != NGX_OK) {
                unit_ok(0, "no lock in place of %u bytes", (unsigned) len);
            }
        }

        unit_ok(ngx_http_owncloud_zone_lock(&unit_zone, unit_key(100, 1),
                                            ngx_time() + 60, &stamp)
                == NGX_BUSY, "a lock in place of anything");

        for (len = 0; len < sizeof(text); len++) {
            value.len = len;

            (void) ngx_http_owncloud_zone_put(&unit_zone, 6, unit_key(101, 1),
                                              &value, ngx_time() + 60);
            unit_leave();

            if (len % 40 && unit_enter(1) != NGX_OK) {
                unit_ok(0, "no counter in place of %u bytes", (unsigned) len);
            }
        }

        unit_ok(1, "a counter in place of anything");
    }
}


static void
entries(void)
{
    uint64_t                            generation;
    ngx_str_t                           value, sealed;
    ngx_pool_t                         *pool;
    ngx_http_owncloud_entry_refresh_t   refresh, read;

    pool = unit_pool();

    ngx_str_set(&sealed, "sealed");

    unit_ok(ngx_http_owncloud_entry_session_write(pool, 7, &sealed, &value)
            == NGX_OK && value.len == 14, "a session");
    unit_ok(ngx_http_owncloud_entry_session_read(&value, &generation, &sealed)
            == NGX_OK && generation == 7 && sealed.len == 6, "is read");

    value.len = 8;
    unit_ok(ngx_http_owncloud_entry_session_read(&value, &generation, &sealed)
            == NGX_OK && sealed.len == 0, "an end");

    value.len = 7;
    unit_ok(ngx_http_owncloud_entry_session_read(&value, &generation, &sealed)
            == NGX_DECLINED, "cut off");

    ngx_memzero(&refresh, sizeof(refresh));
    refresh.status = 503;
    refresh.generation = 9;

    value.data = (u_char *) &refresh;
    value.len = sizeof(refresh);

    unit_ok(ngx_http_owncloud_entry_refresh_read(&value, &read) == NGX_OK
            && read.status == 503 && read.generation == 9, "a refresh");

    refresh.failure = 1000;
    unit_ok(ngx_http_owncloud_entry_refresh_read(&value, &read)
            == NGX_DECLINED, "a failure that there is not");

    refresh.failure = 0;
    refresh.status = 1000;
    unit_ok(ngx_http_owncloud_entry_refresh_read(&value, &read)
            == NGX_DECLINED, "a status that there is not");

    value.len--;
    unit_ok(ngx_http_owncloud_entry_refresh_read(&value, &read)
            == NGX_DECLINED, "cut off");

    ngx_str_set(&value, "1234");
    unit_ok(ngx_http_owncloud_entry_user_read(&value) == NGX_OK, "a user");
    ngx_str_null(&value);
    unit_ok(ngx_http_owncloud_entry_user_read(&value) == NGX_OK, "nobody");
    ngx_str_set(&value, "12a4");
    unit_ok(ngx_http_owncloud_entry_user_read(&value) == NGX_DECLINED,
            "not a number");
    ngx_str_set(&value, "123456789012345678901234567890");
    unit_ok(ngx_http_owncloud_entry_user_read(&value) == NGX_DECLINED,
            "too long");

    ngx_destroy_pool(pool);
}


/* the directive, and the zone at a start and at a reload */

static void
starts(void)
{
    char                          *rc;
    ngx_str_t                      value;
    ngx_conf_t                     cf;
    ngx_uint_t                     i, left;
    ngx_pool_t                    *pool;
    ngx_cycle_t                    cycle;
    ngx_shm_zone_t                *zone, other;
    ngx_slab_pool_t               *shpool;
    ngx_http_owncloud_zone_ctx_t  *ctx, *old;

    static char  *bad[] = {
        "", "owncloud", ":10m", "owncloud:", "owncloud:x", "owncloud:1k",
        "owncloud:-1", "owncloud:31k"
    };

    pool = unit_pool();

    ngx_memzero(&cycle, sizeof(cycle));
    ngx_memzero(&cf, sizeof(cf));

    cycle.pool = pool;
    cycle.log = &unit_log;
    cf.cycle = &cycle;
    cf.pool = pool;
    cf.log = &unit_log;

    (void) ngx_list_init(&cycle.shared_memory, pool, 2,
                         sizeof(ngx_shm_zone_t));

    for (i = 0; i < unit_n(bad); i++) {
        value.data = (u_char *) bad[i];
        value.len = strlen(bad[i]);

        unit_ok(ngx_http_owncloud_zone_add(&cf, &zone, &value)
                == NGX_CONF_ERROR, "\"%s\" is no zone", bad[i]);
    }

    ngx_str_set(&value, "owncloud:32k");

    rc = ngx_http_owncloud_zone_add(&cf, &zone, &value);

    unit_ok(rc == NGX_CONF_OK && zone->shm.size == 32768, "the smallest");

    if (rc != NGX_CONF_OK) {
        return;
    }

    unit_fresh();

    /* a start: the pages are there, nothing is in them */

    ctx = unit_zone.data;
    shpool = ctx->shpool;
    left = shpool->pfree;

    zone->shm.addr = (u_char *) shpool;
    zone->shm.log = &unit_log;

    unit_ok(zone->init(zone, NULL) == NGX_OK, "a start");

    ctx = zone->data;

    unit_ok(ctx->sh != unit_sh && ctx->shpool == shpool
            && ctx->sh->version == NGX_HTTP_OWNCLOUD_ZONE_VERSION
            && ngx_queue_empty(&ctx->sh->queue[0]) && left >= shpool->pfree,
            "it is empty");

    /* a reload: what is there goes on */

    old = ctx;
    other = *zone;
    other.data = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_zone_ctx_t));
    ctx = other.data;

    unit_ok(zone->init(&other, old) == NGX_OK && ctx->sh == old->sh
            && ctx->shpool == shpool, "a reload");

    old->sh->version--;
    unit_ok(zone->init(&other, old) == NGX_ERROR,
            "not of another version of the module");
    old->sh->version++;

    ctx->sh = NULL;
    other.shm.exists = 1;
    unit_ok(zone->init(&other, NULL) == NGX_OK && ctx->sh == old->sh,
            "one that another process has");

    /* no room even for what a zone is itself */

    while (ngx_slab_alloc(shpool, ngx_pagesize)) { /* void */ }
    while (ngx_slab_alloc(shpool, 8)) { /* void */ }
    for (i = 16; i < ngx_pagesize; i *= 2) {
        while (ngx_slab_alloc(shpool, i)) { /* void */ }
    }

    unit_ok(zone->init(zone, NULL) == NGX_ERROR, "no memory");

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
    costs();
    floods();
    bounds();
    generations();
    late();
    races();
    takes();
    slices();
    attempts();
    waits();
    damaged();
    entries();
    starts();

    ngx_destroy_pool(pool);

    return unit_done();
}
