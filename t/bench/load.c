
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */

/*
 * The client of the benchmark: an exact number of requests over a number of
 * kept-alive connections, every answer looked at.
 *
 *     load -p PORT -c CONNECTIONS -n REQUESTS [-w MICROSECONDS]
 *          [-r MICROSECONDS] -s STATUS [-l LENGTH] FILE ...
 *
 * The files hold whole requests and are sent in turn.  Answers have to have
 * this status, and a body of this length.  Without -n it goes on until
 * SIGTERM.  -w waits between an answer and the next request; -r is the time
 * in which the connections begin, one after the other.
 *
 * wrk and the like run for a time instead: what is under way at the end then
 * distorts the CPU time of a request, and an answer of the wrong kind counts.
 */


#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


#define LOAD_BUFFER   262144
#define LOAD_SAMPLES  4000000
#define LOAD_FILES    64


static struct {
    struct sockaddr_in   address;
    int                  epoll;
    uint64_t             connections;
    uint64_t             requests;
    uint64_t             wait;
    uint64_t             ramp;
    int                  status;
    int64_t              length;
    char                *text[LOAD_FILES];
    size_t               size[LOAD_FILES];
    size_t               files;
} load;

static uint64_t               load_started, load_done, load_errors, load_bytes;
static uint32_t              *load_sample;
static char                   load_buffer[LOAD_BUFFER];
static volatile sig_atomic_t  load_stop;


void
load_die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}


static uint64_t
load_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


static void
load_terminate(int signo)
{
    (void) signo;

    load_stop = 1;
}


static void
load_read_file(const char *name)
{
    FILE  *f;
    char  *p;
    long   size;

    f = fopen(name, "rb");

    if (f == NULL || load.files == LOAD_FILES) {
        load_die(name);
    }

    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);

    p = malloc(size);

    if (p == NULL || fread(p, 1, size, f) != (size_t) size) {
        load_die(name);
    }

    fclose(f);

    load.text[load.files] = p;
    load.size[load.files++] = size;
}


static void
load_connect(load_connection_t *c)
{
    int                 one;
    struct epoll_event  ee;

    c->fd = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0);

    if (c->fd == -1) {
        load_die("socket");
    }

    one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(int));

    if (connect(c->fd, (struct sockaddr *) &load.address,
                sizeof(struct sockaddr_in)) == -1
        && errno != EINPROGRESS)
    {
        load_die("connect");
    }

    ee.events = EPOLLIN|EPOLLOUT|EPOLLET;
    ee.data.ptr = c;

    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &ee) == -1) {
        load_die("epoll_ctl");
    }
}


static void
load_send(load_connection_t *c)
{
    char     *p;
    size_t    size;
    ssize_t   n;

    if (!c->busy) {

        if (load_stop || (load.requests && load_started == load.requests)) {
            return;
        }

        if (load.wait && load_done) {
            usleep(load.wait);
        }

        c->busy = 1;
        c->file = load_started++ % load.files;
        c->sent = 0;
        c->header_len = 0;
        c->header_done = 0;
        c->begin = load_now();
    }

    p = load.text[c->file];
    size = load.size[c->file];

    while (c->sent < size) {
        n = send(c->fd, p + c->sent, size - c->sent, MSG_NOSIGNAL);

        if (n == -1) {
            return;
        }

        c->sent += n;
    }
}


void
load_answered(load_connection_t *c)
{
    uint64_t  took;

    if (c->status != load.status
        || (load.length >= 0 && c->length != load.length))
    {
        if (load_errors++ == 0) {
            fprintf(stderr, "load: status %d, %lld bytes\n", c->status,
                    (long long) c->length);
        }
    }

    took = (load_now() - c->begin) / 100;

    if (load_done < LOAD_SAMPLES) {
        load_sample[load_done] = took > UINT32_MAX ? UINT32_MAX : took;
    }

    load_done++;
    load_bytes += c->length;
    c->busy = 0;

    load_send(c);
}


void
load_surplus(void)
{
    load_errors++;
}


static void
load_read(load_connection_t *c)
{
    ssize_t  n;

    for ( ;; ) {
        n = recv(c->fd, load_buffer, LOAD_BUFFER, 0);

        if (n > 0) {
            load_data(c, load_buffer, n);
            continue;
        }

        if (n == -1 && errno == EAGAIN) {
            return;
        }

        /* closed: an error unless it was idle, which the next one notices */

        close(c->fd);

        if (c->busy) {
            c->busy = 0;
            load_errors++;
            load_done++;
        }

        load_connect(c);
        return;
    }
}


static int
load_compare(const void *one, const void *two)
{
    uint32_t  a = *(const uint32_t *) one, b = *(const uint32_t *) two;

    return (a > b) - (a < b);
}


static void
load_report(uint64_t begin)
{
    double    seconds;
    uint64_t  n;

    seconds = (load_now() - begin) / 1e9;
    n = load_done < LOAD_SAMPLES ? load_done : LOAD_SAMPLES;

    qsort(load_sample, n, sizeof(uint32_t), load_compare);

    printf("requests=%llu errors=%llu bytes=%llu seconds=%.6f "
           "p50=%.1f p99=%.1f max=%.1f\n", (unsigned long long) load_done,
           (unsigned long long) load_errors, (unsigned long long) load_bytes,
           seconds, n ? load_sample[n / 2] / 10.0 : 0,
           n ? load_sample[n * 99 / 100] / 10.0 : 0,
           n ? load_sample[n - 1] / 10.0 : 0);
}


static void
load_run(void)
{
    int                  i, n, begun;
    uint64_t             begin;
    load_connection_t   *c, *connections;
    struct epoll_event   ee[256];

    begin = load_now();

    connections = calloc(load.connections, sizeof(load_connection_t));
    load_sample = malloc(LOAD_SAMPLES * sizeof(uint32_t));
    load.epoll = epoll_create1(0);

    if (connections == NULL || load_sample == NULL || load.epoll == -1) {
        load_die("start");
    }

    begun = 0;

    while (!load_stop && (!load.requests || load_done < load.requests)) {

        while (begun < (int) load.connections
               && load_now() - begin >= load.ramp * 1000 * begun
                                        / load.connections)
        {
            load_connect(&connections[begun++]);
        }

        n = epoll_wait(load.epoll, ee, 256,
                       begun < (int) load.connections ? 1 : 1000);

        for (i = 0; i < n; i++) {
            c = ee[i].data.ptr;

            if ((ee[i].events & EPOLLOUT) && (!c->busy || c->sent == 0
                || c->sent < load.size[c->file]))
            {
                load_send(c);
            }

            if (ee[i].events & (EPOLLIN|EPOLLHUP|EPOLLERR|EPOLLRDHUP)) {
                load_read(c);
            }
        }
    }

    load_report(begin);
}


int
main(int argc, char *const *argv)
{
    int  ch, port;

    port = 0;
    load.connections = 1;
    load.status = 200;
    load.length = -1;

    while ((ch = getopt(argc, argv, "p:c:n:w:r:s:l:")) != -1) {

        switch (ch) {
        case 'p': port = atoi(optarg); break;
        case 'c': load.connections = atoll(optarg); break;
        case 'n': load.requests = atoll(optarg); break;
        case 'w': load.wait = atoll(optarg); break;
        case 'r': load.ramp = atoll(optarg); break;
        case 's': load.status = atoi(optarg); break;
        case 'l': load.length = atoll(optarg); break;
        default: return 2;
        }
    }

    for ( /* void */ ; optind < argc; optind++) {
        load_read_file(argv[optind]);
    }

    if (port == 0 || load.files == 0 || load.connections == 0) {
        fprintf(stderr, "load: -p PORT and a FILE are needed\n");
        return 2;
    }

    load.address.sin_family = AF_INET;
    load.address.sin_port = htons(port);
    load.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    signal(SIGTERM, load_terminate);

    load_run();

    return load_errors ? 1 : 0;
}
