package Bench::Measure;

# Copyright (C) the authors of the ownCloud module for nginx

# Runs the load and reads what the tested worker has used meanwhile.  The CPU
# time of the worker for each request is what counts: it does not depend on
# what else the machine has to do, and not on how fast the cloud or the client
# are.  Requests per second are measured beside it.

use v5.20;
use warnings;

use Exporter qw(import);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

use Bench::Files;

our @EXPORT = qw(compare calibrate load background finish memory median
                 reset_peak);

our $load = '';

my %running;


# nanoseconds that a process has run

sub cpu {
    my $pid = shift;

    return (split ' ', slurp("/proc/$pid/schedstat"))[0];
}


# bytes: VmRSS, VmHWM, RssShmem

sub memory {
    my ($pid, $name) = @_;

    my ($kb) = slurp("/proc/$pid/status")
               =~ /^$name:\s+(\d+) kB/m;

    return $kb * 1024;
}


# VmHWM begins again at VmRSS

sub reset_peak {
    my $pid = shift;

    open my $out, '>', "/proc/$pid/clear_refs" or return;
    syswrite $out, '5';
}


sub median {
    my @sorted = sort { $a <=> $b } @_;

    return @sorted % 2 ? $sorted[@sorted / 2]
                       : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}


# a side: port, files, status, length; what the answers have to be like

sub load_command {
    my ($side, %option) = @_;

    return (@{ $option{with} // [] }, $load, '-p', $side->{port},
            '-s', $side->{status} // 200,
            defined $side->{length} ? ('-l', $side->{length}) : (),
            (map { ("-$_", $option{$_}) } grep { exists $option{$_} }
                                          qw(c n w r)),
            @{ $side->{files} });
}


# starts a load; what it says is read by finish()

sub background {
    my ($server, $side, %option) = @_;

    my $pid = open(my $pipe, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        setpriority 0, 0, -20;
        exec $server->on_processors, @{ $server->{prefix} },
             load_command($side, %option);
        exit 127;
    }

    $running{$pid} = 1;

    return { pid => $pid, pipe => $pipe, side => $side };
}


sub finish {
    my ($run, $signal) = @_;

    kill TERM => $run->{pid} if $signal;

    my $said = readline($run->{pipe}) // '';
    close $run->{pipe};
    delete $running{$run->{pid}};

    my %result = $said =~ /(\w+)=([\d.]+)/g;

    die "$run->{side}{name}: the load ended: $said\n"
        if !$result{requests} || $result{errors};

    return \%result;
}


# an exact number of requests, and what they cost the worker

sub load {
    my ($server, $side, %option) = @_;

    my $before = cpu($server->{worker});
    my $result = finish(background($server, $side, %option));
    my $used = cpu($server->{worker}) - $before;

    $result->{cpu} = $used / 1000 / $result->{requests};
    $result->{rate} = $result->{requests} / $result->{seconds};
    $result->{busy} = $used / 1e9 / $result->{seconds};

    return $result;
}


# how many requests take that long, from a few at one connection

sub calibrate {
    my ($server, $side, $seconds) = @_;

    load($server, $side, c => 1, n => 2);

    my $result = load($server, $side, c => 1, n => 4);

    $result = load($server, $side, c => 1, n => 200)
        if $result->{seconds} < 0.05;

    return $side->{n} = int($seconds * 4 / $result->{seconds}) + 2
        if $result->{requests} == 4;

    # with more connections it is the CPU time that counts

    return $side->{n} = int($seconds * 1e6 / $result->{cpu} * 0.8) + 2;
}


# sides in turn, several times: the median of each

sub compare {
    my ($server, $rounds, $connections, @sides) = @_;

    my %result;

    for my $round (0 .. $rounds) {
        for my $side (@sides) {

            # the first time brings connections and memory about

            my $n = $round ? $side->{n} : $connections;
            my $result = load($server, $side, c => $connections,
                              n => $n < $connections ? $connections : $n);

            next if !$round;

            push @{ $result{$side->{name}}{$_} }, $result->{$_}
                for keys %$result;
        }
    }

    return map {
        my $one = $result{$_->{name}};
        +{ map { $_ => median(@{ $one->{$_} }) } keys %$one };
    } @sides;
}


END {
    my $status = $?;
    kill KILL => keys %running if %running;
    waitpid $_, 0 for keys %running;
    $? = $status;
}


1;
