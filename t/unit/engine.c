
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"

#include <ngx_http.h>
#include <sys/mman.h>

#include "faults.h"
#include "ngx_http_owncloud_backoff.h"
#include "ngx_http_owncloud_call_limit.h"
#include "ngx_http_owncloud_cookie.h"
#include "ngx_http_owncloud_sleep.h"
#include "ngx_http_owncloud_stream.h"
#include "ngx_http_owncloud_upstream.h"
#include "ngx_http_owncloud_zone_entry.h"
#include "ngx_http_owncloud_zone_memory.h"


#define UNIT_ZONE_SIZE  (64 * 4096)


/* a request, its connection and a call, as far as the engine looks at them */

ngx_module_t  ngx_http_owncloud_module;

static ngx_cycle_t                     unit_cycle;
static ngx_shm_zone_t                  unit_zone;
static ngx_http_owncloud_zone_ctx_t    unit_zone_ctx;

static ngx_pool_t                     *unit_memory;
static ngx_event_t                     unit_read;
static ngx_connection_t                unit_client;
static ngx_connection_t                unit_cloud;
static ngx_http_request_t              unit_r;
static ngx_http_upstream_t             unit_u;
static ngx_http_owncloud_main_conf_t   unit_conf;
static ngx_http_owncloud_issuer_t      unit_issuer;
static ngx_http_owncloud_ctx_t         unit_ctx;
static ngx_http_owncloud_upstream_t        unit_upstream;
static ngx_http_owncloud_call_t        unit_call;

static void                           *unit_contexts[1];
static void                           *unit_confs[1];
static ngx_http_log_ctx_t              unit_log_ctx;
static u_char                          unit_bytes[65536];


static void
unit_zone_init(void)
{
    u_char           *memory;
    ngx_slab_pool_t  *shpool;

    static ngx_str_t  name = ngx_string("unit");

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
    unit_cycle.pool = unit_memory;
    ngx_cycle = &unit_cycle;
    ngx_ncpu = 2;
    ngx_pid = ngx_getpid();

    shpool = (ngx_slab_pool_t *) memory;
    shpool->end = memory + UNIT_ZONE_SIZE;
    shpool->min_shift = 3;
    shpool->addr = memory;

    (void) ngx_shmtx_create(&shpool->mutex, &shpool->lock, NULL);

    ngx_slab_init(shpool);

    unit_zone_ctx.sh = ngx_slab_alloc(shpool,
                                      sizeof(ngx_http_owncloud_zone_sh_t));
    unit_zone_ctx.shpool = shpool;
    shpool->data = unit_zone_ctx.sh;
    shpool->log_nomem = 0;

    ngx_http_owncloud_zone_tree_init(unit_zone_ctx.sh);

    unit_zone.data = &unit_zone_ctx;
    unit_zone.shm.name = name;
}


static void
unit_fresh(void)
{
    ngx_memzero(&unit_read, sizeof(ngx_event_t));
    ngx_memzero(&unit_client, sizeof(ngx_connection_t));
    ngx_memzero(&unit_cloud, sizeof(ngx_connection_t));
    ngx_memzero(&unit_r, sizeof(ngx_http_request_t));
    ngx_memzero(&unit_u, sizeof(ngx_http_upstream_t));
    ngx_memzero(&unit_ctx, sizeof(ngx_http_owncloud_ctx_t));
    ngx_memzero(&unit_call, sizeof(ngx_http_owncloud_call_t));

    unit_client.log = &unit_log;
    unit_client.read = &unit_read;
    unit_client.data = &unit_r;
    unit_cloud.log = &unit_log;
    unit_cloud.read = &unit_read;
    unit_read.log = &unit_log;

    unit_contexts[0] = &unit_ctx;
    unit_confs[0] = &unit_conf;
    unit_conf.zone = &unit_zone;

    unit_r.main = &unit_r;
    unit_r.pool = unit_memory;
    unit_r.connection = &unit_client;
    unit_r.upstream = &unit_u;
    unit_r.ctx = unit_contexts;
    unit_r.main_conf = unit_confs;
    unit_r.discard_body = 1;

    unit_u.peer.connection = &unit_cloud;
    unit_u.buffer.start = unit_bytes;
    unit_u.buffer.pos = unit_bytes;
    unit_u.buffer.last = unit_bytes;
    unit_u.buffer.end = unit_bytes + sizeof(unit_bytes);

    ngx_str_set(&unit_issuer.id, "unit");

    unit_upstream.conf.connect_timeout = 1000;
    unit_upstream.conf.send_timeout = 1000;
    unit_upstream.conf.read_timeout = 2000;

    unit_ctx.issuer = &unit_issuer;
    unit_ctx.call = &unit_call;

    unit_call.ctx = &unit_ctx;
    unit_call.upstream = &unit_upstream;
    unit_call.parent = &unit_r;
    unit_call.started = ngx_current_msec;
    unit_call.span = ngx_current_msec;
}


/* as if this header had been read; what the filter says about the body */

static ngx_int_t
unit_body(ngx_uint_t framing, off_t length, char *bytes)
{
    size_t  len;

    len = ngx_strlen(bytes);

    unit_fresh();

    unit_call.status = 200;
    unit_call.framing = framing;
    unit_call.length = length;

    ngx_http_owncloud_frame_init(&unit_call.frame, framing, length);

    ngx_memcpy(unit_bytes, bytes, len);

    /* what came with the header */

    unit_u.buffer.last += len;

    if (ngx_http_owncloud_upstream_filter_init(&unit_r) != NGX_OK) {
        return NGX_ERROR;
    }

    if (unit_u.length == 0) {
        return NGX_OK;
    }

    unit_u.buffer.last = unit_u.buffer.pos;

    return len ? ngx_http_owncloud_upstream_filter(&unit_r, len) : NGX_OK;
}


/* which connections are used again */

static void
unit_keepalive(void)
{
    ngx_uint_t  i;

    static struct {
        ngx_uint_t   framing;
        off_t        length;
        char        *bytes;
        off_t        left;
        ngx_uint_t   keepalive;
    } cases[] = {
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, "hello", 0, 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, "hello!", 0, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, "hell", 1, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 0, "", 0, 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 0, "!", 0, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_NONE, -1, "", 0, 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_NONE, -1, "!", 0, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_NONE, 0, "", 0, 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_NONE, 5, "", 0, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, "1\r\n!\r\n0\r\n\r\n", 0, 1 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, "0\r\n\r\n!", 0, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, "0\r\n", 1, 0 },
        { NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, "hello", -1, 0 },
    };

    for (i = 0; i < unit_n(cases); i++) {
        unit_ok(unit_body(cases[i].framing, cases[i].length, cases[i].bytes)
                == NGX_OK
                && unit_u.length == cases[i].left
                && unit_u.keepalive == cases[i].keepalive,
                "keepalive %u: left %d, %u", (unsigned) i,
                (int) unit_u.length, (unsigned) unit_u.keepalive);
    }

    /* the rest comes by itself */

    (void) unit_body(NGX_HTTP_OWNCLOUD_FRAMING_LENGTH, 5, "hello");

    unit_ok(ngx_http_owncloud_upstream_filter(&unit_r, 1) == NGX_OK
            && unit_u.keepalive == 0, "a byte after the end");

    unit_ok(unit_body(NGX_HTTP_OWNCLOUD_FRAMING_CHUNKED, -1, "x\r\n")
            == NGX_ERROR
            && unit_call.failure == NGX_HTTP_OWNCLOUD_CALL_INVALID,
            "bad chunks");
}


/* what is not wanted is read for a while, what is too much is not */

static void
unit_limits(void)
{
    ngx_uint_t                 i;
    ngx_int_t                  rc;
    ngx_str_t                  text;
    ngx_http_owncloud_sink_t  *sink;

    (void) unit_body(NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, "");

    rc = NGX_OK;

    for (i = 0; i < 17 && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_upstream_filter(&unit_r, 4096);
    }

    unit_ok(i == 17 && rc == NGX_ERROR && unit_call.failure == 0,
            "64 KB of what is not wanted");

    (void) unit_body(NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, "");

    sink = ngx_http_owncloud_sink_memory(unit_memory, 5000);
    unit_call.sink = sink;

    unit_ok(ngx_http_owncloud_upstream_filter(&unit_r, 5000) == NGX_OK
            && ngx_http_owncloud_upstream_filter(&unit_r, 1) == NGX_ERROR
            && unit_call.failure == NGX_HTTP_OWNCLOUD_CALL_TOO_BIG,
            "more than the sink takes");

    ngx_http_owncloud_sink_text(sink, &text);
    unit_ok(text.len == 5000 && ngx_memcmp(text.data, unit_bytes, 5000) == 0,
            "which has the rest");

    ngx_http_owncloud_sink_reset(sink);
    ngx_http_owncloud_sink_text(sink, &text);
    unit_ok(text.len == 0 && sink->size == 0, "and can begin again");
}


/* others have their turn now and then */

static void
unit_pause(void)
{
    ngx_uint_t  n;

    (void) unit_body(NGX_HTTP_OWNCLOUD_FRAMING_CLOSE, -1, "");

    unit_call.sink = ngx_http_owncloud_sink_memory(unit_memory, 10000000);

    for (n = 0; n < 100; n++) {
        unit_read.ready = 1;

        if (ngx_http_owncloud_upstream_filter(&unit_r, 16384) != NGX_OK
            || !unit_read.ready)
        {
            break;
        }
    }

    unit_ok(n == NGX_HTTP_OWNCLOUD_BURST_SIZE / 16384 - 1
            && unit_read.posted && !unit_read.ready
            && ngx_queue_head(&ngx_posted_next_events) == &unit_read.queue,
            "a pause after %u reads", (unsigned) n + 1);

    ngx_delete_posted_event(&unit_read);
}


static void
unit_time(void)
{
    ngx_msec_t  now;

    now = ngx_current_msec;

    /* 4 s are the time-outs together: 4 KB by then */

    unit_fresh();
    unit_call.discarded = 4095;

    ngx_current_msec = now + 3999;
    unit_ok(!ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call),
            "within the time");

    ngx_current_msec = now + 4000;
    unit_ok(ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call)
            && unit_call.failure == NGX_HTTP_OWNCLOUD_CALL_TIMEOUT,
            "too little");

    ngx_current_msec = now;
    unit_fresh();
    unit_call.discarded = 4096;

    ngx_current_msec = now + 4000;
    unit_ok(!ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call),
            "enough");

    /* what came fast does not count for later */

    unit_call.discarded += 4095;
    ngx_current_msec = now + 8000;
    unit_ok(ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call),
            "too little in the second span");

    ngx_current_msec = now;
    unit_fresh();
    unit_call.ahead = 1;
    ngx_current_msec = now + 4000;
    unit_ok(!ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call),
            "it is the client that is slow");

    ngx_current_msec = now;
    unit_fresh();
    unit_call.discarded = 1000000;
    unit_call.duration = 500;
    ngx_current_msec = now + 500;
    unit_ok(ngx_http_owncloud_upstream_overdue(&unit_r, &unit_call),
            "all of it has its time");

    ngx_current_msec = now;
}


static void
unit_relay(void)
{
    u_char                    *p;
    ngx_int_t                  rc;
    ngx_uint_t                 i, n;
    ngx_chain_t               *cl;
    ngx_http_owncloud_sink_t  *sink;

    unit_fresh();

    sink = ngx_http_owncloud_stream_sink(&unit_r);

    for (n = 0; n < 2; n++) {

        for (i = 0, rc = NGX_OK; i < 1000 && rc == NGX_OK; i++) {
            rc = sink->write(sink->data, unit_bytes + i, 1);
        }

        unit_ok(rc == NGX_OK && sink->write(sink->data, unit_bytes, 0)
                == NGX_OK, "relayed");

        p = unit_bytes;

        for (cl = unit_u.out_bufs; cl && cl->buf->pos == p; cl = cl->next) {
            p = cl->buf->last;
        }

        unit_ok(cl == NULL && p == unit_bytes + 1000, "in its order");

        /* nginx has taken them */

        unit_u.out_bufs = NULL;
    }
}


static void
unit_answer(ngx_uint_t service, char *user, ngx_uint_t status, time_t retry,
    ngx_uint_t maintenance)
{
    unit_fresh();

    unit_call.service = service;
    unit_call.status = status;
    unit_call.retry_after = retry;
    unit_call.maintenance = maintenance;

    ngx_memzero(unit_ctx.subject, NGX_HTTP_OWNCLOUD_SUBJECT_LEN);
    ngx_memcpy(unit_ctx.subject, user, ngx_strlen(user));

    ngx_http_owncloud_backoff_note(&unit_r, &unit_ctx, &unit_call);
}


static time_t
unit_held(ngx_uint_t service, char *user, char *moodle)
{
    time_t  left;

    unit_fresh();

    unit_call.service = service;
    ngx_memcpy(unit_ctx.subject, user, ngx_strlen(user));

    unit_ctx.moodle_session.data = (u_char *) moodle;
    unit_ctx.moodle_session.len = ngx_strlen(moodle);

    left = 0;

    return ngx_http_owncloud_backoff(&unit_r, &unit_call, &left) ? left : 0;
}


static void
unit_backoff(void)
{
    ngx_uint_t  token, webdav;

    token = NGX_HTTP_OWNCLOUD_SERVICE_TOKEN;
    webdav = NGX_HTTP_OWNCLOUD_SERVICE_WEBDAV;

    unit_answer(webdav, "alice", 200, 60, 0);
    unit_ok(unit_held(webdav, "alice", "") == 0, "a good answer");

    unit_answer(token, "alice", 429, 0, 0);
    unit_ok(unit_held(token, "alice", "") == 10, "429");
    unit_ok(unit_held(webdav, "alice", "") == 0, "another service");
    unit_ok(unit_held(token, "bob", "") == 0, "another user");
    unit_ok(unit_held(token, "", "alice") == 0, "nobody yet");

    unit_answer(token, "", 429, 1000, 0);
    unit_ok(unit_held(token, "", "") == 300, "who has no session");
    unit_ok(unit_held(token, "", "m") == 0, "who has one");

    unit_answer(webdav, "alice", 503, 0, 0);
    unit_ok(unit_held(webdav, "alice", "") == 5, "503");
    unit_answer(webdav, "bob", 503, 0, 0);
    unit_ok(unit_held(webdav, "carol", "") == 0, "two users are not all");

    unit_answer(webdav, "alice", 503, 40, 0);
    unit_ok(unit_held(webdav, "carol", "") == 40, "503 with a time");
    unit_ok(unit_held(token, "carol", "") == 0, "of one service");

    unit_answer(webdav, "alice", 503, 0, 1);
    unit_ok(unit_held(token, "carol", "") == 5, "maintenance");
}


static ngx_uint_t  unit_started;


static void
unit_start(ngx_http_request_t *r, ngx_http_owncloud_call_t *call)
{
    unit_started++;
}


static void
unit_gate(void)
{
    ngx_event_t  *ev;

    static u_char                     space[4096];
    static ngx_http_request_t         request;

    unit_fresh();

    unit_issuer.max_calls = 1;
    unit_issuer.max_queue = 1;
    unit_issuer.queue_timeout = 1000;
    unit_issuer.call_limit = (ngx_http_owncloud_call_limit_t *) space;

    unit_ok(ngx_http_owncloud_call_limit_enter(&unit_r, &unit_issuer,
                                               &unit_call,
                                               unit_start)
            == NGX_OK, "the first goes in");

    request = unit_r;
    request.main = &request;

    unit_ok(ngx_http_owncloud_call_limit_enter(&request, &unit_issuer,
                                               &unit_call,
                                               unit_start)
            == NGX_AGAIN, "the second waits");

    unit_ok(ngx_http_owncloud_call_limit_enter(&unit_r, &unit_issuer,
                                               &unit_call,
                                               unit_start)
            == NGX_BUSY, "the third has no room");

    /* its event is the first of it */

    ev = (ngx_event_t *) space;

    unit_ok(ev->timer_set, "a worker that is to end waits for it");

    ev->handler(ev);
    unit_ok(unit_started == 0 && ev->timer_set, "it is not its turn yet");

    ngx_http_owncloud_call_limit_leave(&unit_r, &unit_issuer);
    unit_ok(ev->posted, "until the first has gone");

    ngx_delete_posted_event(ev);
    ev->handler(ev);
    unit_ok(unit_started == 1 && !ev->timer_set
            && unit_call.failure == NGX_HTTP_OWNCLOUD_CALL_GOOD, "now it is");

    (void) ngx_http_owncloud_call_limit_enter(&request, &unit_issuer,
                                              &unit_call,
                                              unit_start);
    ngx_current_msec += 1000;
    ev->handler(ev);
    unit_ok(unit_started == 2
            && unit_call.failure == NGX_HTTP_OWNCLOUD_CALL_CROWDED,
            "the time of another is up");

    ngx_http_owncloud_call_limit_leave(&unit_r, &unit_issuer);
}


/* a worker that is to end waits for timers, not for posted events */

static void
unit_sleep(void)
{
    ngx_event_t  *ev;

    unit_fresh();

    unit_ok(ngx_http_owncloud_sleep(&unit_r, &unit_ctx, 0) == NGX_AGAIN
            && unit_ctx.sleep->event.posted && unit_ctx.sleep->event.timer_set
            && !unit_ctx.sleep->done, "a turn of the others");

    ev = &unit_ctx.sleep->event;

    unit_ok(ngx_event_no_timers_left() == NGX_AGAIN, "which is waited for");

    ngx_delete_posted_event(ev);
    ngx_del_timer(ev);

    unit_ok(ngx_http_owncloud_sleep(&unit_r, &unit_ctx, 50) == NGX_AGAIN
            && !ev->posted && ev->timer_set, "some time");

    ngx_del_timer(ev);
}


static void
unit_headers(void)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    static ngx_str_t  value = unit_str("value");
    static ngx_str_t  lines = unit_str("a\r\nb");
    static ngx_str_t  del = unit_str("a\x7f");

    unit_fresh();

    unit_ok(ngx_http_owncloud_call_header(&unit_call, "a", &lines)
            == NGX_ERROR
            && ngx_http_owncloud_call_header(&unit_call, "a", &del)
               == NGX_ERROR
            && unit_call.nheaders == 0, "no header has lines");

    for (i = 0, rc = NGX_OK; i < 100 && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_call_header(&unit_call, "a", &value);
    }

    unit_ok(rc == NGX_ERROR && i < 100 && unit_call.nheaders == i - 1,
            "a call has %u headers at most", (unsigned) i - 1);
}


/* what a browser would not keep, or nobody waits for */

static void
unit_bounds(void)
{
    ngx_str_t  value;

    unit_fresh();

    value.len = 1024 * 1024;
    value.data = unit_bytes;

    unit_ok(ngx_http_owncloud_cookie_set(&unit_r, &unit_ctx, &unit_issuer.id,
                                         &value, 0)
            == NGX_DECLINED, "a session too large for cookies");

    unit_issuer.max_calls = 0;

    unit_ok(ngx_http_owncloud_call_limit_enter(&unit_r, &unit_issuer,
                                               &unit_call, unit_start)
            == NGX_OK, "no limit");
}


/* what was written by nobody of us */

static void
unit_entries(void)
{
    uint64_t                            n;
    ngx_str_t                           sealed;
    ngx_http_owncloud_entry_refresh_t   refresh;

    static ngx_str_t  little = unit_str("1234567");
    static ngx_str_t  number = unit_str("0123456789");
    static ngx_str_t  name = unit_str("12a");
    static ngx_str_t  large = unit_str("123456789012345678901234567890");

    unit_ok(ngx_http_owncloud_entry_session_read(&little, &n, &sealed)
            == NGX_DECLINED, "no session");
    unit_ok(ngx_http_owncloud_entry_refresh_read(&little, &refresh)
            == NGX_DECLINED, "no refresh");
    unit_ok(ngx_http_owncloud_entry_user_read(&number) == NGX_OK
            && ngx_http_owncloud_entry_user_read(&name) == NGX_DECLINED
            && ngx_http_owncloud_entry_user_read(&large) == NGX_DECLINED,
            "users have numbers");
}


/* each allocation of "what" fails: which result there is, until it has all */

static ngx_uint_t
unit_fails(ngx_int_t (*what)(void), ngx_int_t failed, ngx_int_t good)
{
    ngx_int_t   rc;
    ngx_uint_t  k;

    for (k = 1; k < 1000; k++) {
        unit_fresh();

        faults->mode = FAULTS_NTH;
        faults->nth = k;
        faults->count = 0;
        faults->failed = 0;

        rc = what();

        faults->mode = FAULTS_OFF;

        if (faults->failed == 0) {
            return rc == good && k > 1;
        }

        if (rc != failed) {
            printf("# %s: %d\n", faults->where, (int) rc);
            return 0;
        }
    }

    return 0;
}


static ngx_int_t
unit_sleeps(void)
{
    ngx_int_t  rc;

    rc = ngx_http_owncloud_sleep(&unit_r, &unit_ctx, 50);

    if (rc == NGX_AGAIN) {
        ngx_del_timer(&unit_ctx.sleep->event);
    }

    return rc;
}


static ngx_int_t
unit_waits(void)
{
    ngx_int_t            rc;
    ngx_http_cleanup_t  *cln;

    static u_char  space[4096];

    ngx_memzero(space, sizeof(space));

    unit_issuer.max_calls = 1;
    unit_issuer.max_queue = 1;
    unit_issuer.call_limit = (ngx_http_owncloud_call_limit_t *) space;

    rc = ngx_http_owncloud_call_limit_enter(&unit_r, &unit_issuer, &unit_call,
                                            unit_start);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_owncloud_call_limit_enter(&unit_r, &unit_issuer, &unit_call,
                                            unit_start);

    /* the client has gone */

    for (cln = unit_r.cleanup; cln; cln = cln->next) {
        if (cln->handler) {
            cln->handler(cln->data);
        }
    }

    ngx_http_owncloud_call_limit_leave(&unit_r, &unit_issuer);

    return rc;
}


static ngx_int_t
unit_strips(void)
{
    ngx_str_t  value;

    ngx_str_set(&value, "a=b; owncloud_nc=v1.x; c=d");

    return ngx_http_owncloud_cookie_strip(unit_memory, &value);
}


static void
unit_no_memory(void)
{
    unit_ok(unit_fails(unit_sleeps, NGX_HTTP_INTERNAL_SERVER_ERROR,
                       NGX_AGAIN), "no memory to sleep");
    unit_ok(unit_fails(unit_waits, NGX_ERROR, NGX_AGAIN),
            "no memory to wait");
    unit_ok(unit_fails(unit_strips, NGX_ERROR, NGX_OK),
            "no memory for cookies");
}


int
main(void)
{
    ngx_time_init();

    unit_memory = unit_pool();

    unit_zone_init();

    unit_log.data = &unit_log_ctx;

    ngx_queue_init(&ngx_posted_events);
    ngx_queue_init(&ngx_posted_next_events);
    (void) ngx_event_timer_init(&unit_log);

    unit_keepalive();
    unit_limits();
    unit_pause();
    unit_time();
    unit_relay();
    unit_backoff();
    unit_gate();
    unit_sleep();
    unit_headers();
    unit_bounds();
    unit_entries();
    unit_no_memory();

    ngx_destroy_pool(unit_memory);

    return unit_done();
}
