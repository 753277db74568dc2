package Owncloud::Clock;

# Copyright (C) the authors of the ownCloud module for nginx

# A clock that a test can move:
#
#     my $clock = Owncloud::Clock->new;
#     my $nginx = Owncloud->new(clock => $clock);
#     $clock->set(-660);
#
# A library loaded before nginx adds to gettimeofday() what a file says.
# Nothing but nginx's idea of the date is changed: timers and the validity of
# certificates go by other calls.

use v5.20;
use warnings;

use File::Temp qw(tempdir);


my $source = <<'EOT';
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static const volatile int64_t  *ahead;


__attribute__((constructor)) static void
clock_open(void)
{
    int    fd;
    char  *name;
    void  *p;

    name = getenv("OWNCLOUD_TEST_CLOCK");
    fd = name ? open(name, O_RDONLY) : -1;

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);

    if (p != MAP_FAILED) {
        ahead = p;
    }
}


int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    struct timespec  ts;

    (void) tz;

    clock_gettime(CLOCK_REALTIME, &ts);

    tv->tv_sec = ts.tv_sec + (ahead ? *ahead : 0);
    tv->tv_usec = ts.tv_nsec / 1000;

    return 0;
}
EOT


sub new {
    my $class = shift;

    my $dir = tempdir('owncloud-clock-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $dir;

    my $self = bless { dir => $dir, file => "$dir/ahead" }, $class;

    write_file("$dir/clock.c", $source);

    system('cc', '-shared', '-fPIC', '-O', '-o', "$dir/clock.so",
           "$dir/clock.c") == 0
        or die "cannot build the test's clock\n";

    write_file($self->{file}, pack 'q', 0);

    return $self;
}


sub write_file {
    my ($name, $text) = @_;

    open my $out, '>:raw', $name or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}


# seconds that nginx is ahead of the world (or behind it)

sub set {
    my ($self, $seconds) = @_;

    # in place: the file is mapped

    open my $out, '+<:raw', $self->{file} or die "$self->{file}: $!\n";
    print $out pack 'q', $seconds;
    close $out;
}


sub environment {
    my $self = shift;

    return (LD_PRELOAD => "$self->{dir}/clock.so",
            OWNCLOUD_TEST_CLOCK => $self->{file});
}


1;
