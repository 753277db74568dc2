package Bench::Report;

# Copyright (C) the authors of the ownCloud module for nginx

# The tables, as Markdown.

use v5.20;
use warnings;

use Exporter qw(import);

use Bench::Files;

our @EXPORT = qw(table environment goals goal number rates);

my @goals;


# columns of one width: it is read on a terminal, too

sub table {
    my ($title, $head, @rows) = @_;

    my @width = map { length } @$head;

    for my $row (@rows) {
        for my $i (0 .. $#$row) {
            $width[$i] = length $row->[$i] if length $row->[$i] > $width[$i];
        }
    }

    print "### $title\n\n";
    print line(\@width, @$head);
    print '|', join('|', '-' x ($width[0] + 2),
                    map { '-' x ($_ + 1) . ':' } @width[1 .. $#width]), "|\n";
    print line(\@width, @$_) for @rows;
    print "\n";
}


# the first column is text, the others are numbers

sub line {
    my ($width, @cell) = @_;

    return '| ' . join(' | ', map {
        sprintf $_ ? "%$width->[$_]s" : "%-$width->[$_]s", $cell[$_]
    } 0 .. $#cell) . " |\n";
}


# three digits that count

sub number {
    my $n = shift;

    return sprintf '%.2f', $n if $n < 10 && $n != int $n;
    return sprintf '%.1f', $n if $n < 100 && $n != int $n;
    return sprintf('%.0f', $n) =~ s/(?<=\d)(?=(?:\d{3})+$)/,/gr;
}


# a goal is one side of a number

sub goal {
    my ($what, $relation, $limit, $unit, $value, $unclear) = @_;

    my $reached = $relation eq 'at least' ? $value >= $limit
                                          : $value <= $limit;

    push @goals, [$what, "$relation $limit$unit", number($value) . $unit,
                  $unclear ? 'unclear' : $reached ? 'reached' : 'missed'];
}


# two sides beside each other.  Where a worker had to wait, for the client or
# for a processor, requests per second say nothing of it.

sub rates {
    my ($what, $limit, $one, $other) = @_;

    goal("$what, requests/s", 'at least', $limit, ' %',
         100 * $other->{rate} / $one->{rate},
         $one->{busy} < 0.85 || $other->{busy} < 0.85);
    goal("$what, CPU time", 'at least', $limit, ' %',
         100 * $one->{cpu} / $other->{cpu});
}


sub goals {
    table('Goals', ['what', 'goal', 'measured', ''], @goals);
}


sub environment {
    my $server = shift;

    my ($cpu) = slurp('/proc/cpuinfo')
                =~ /^model name\s*:\s*(.*)/m;
    my ($nginx, $openssl) =
        command("$server->{binary} -V")
        =~ m{nginx version: \w+/(\S+).*?built with OpenSSL (\S+)}s;
    my @now = gmtime;

    printf "%04d-%02d-%02d, %d x %s, nginx %s, libxml2 %s, OpenSSL %s, "
           . "Linux %s\n\n", $now[5] + 1900, $now[4] + 1, $now[3],
           $server->{cpus}, $cpu // 'an unknown CPU', $nginx // '?',
           word('pkg-config --modversion libxml-2.0'), $openssl // '?',
           word('uname -r');
}


sub word {
    return command(shift) =~ s/\s+$//r;
}


1;
