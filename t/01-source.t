#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The house rules that a program can check: who may include and call whom, sizes
# of files and functions, a comment for each function that other files call, and
# nginx's style where it shows in single lines.

use v5.20;
use warnings;

use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die;

# a file may include those of its own layer and of the layers before it

my @layers = qw(format cloud engine moodle request session account browse
                share choose controlled module);
my %level = map { $layers[$_] => $_ } 0 .. $#layers;

# where the shared header and nginx's requests begin

my $requests = $level{engine};

my @files = (glob('src/*.h'), glob('src/*/*.[ch]'));
my %layer_of = map { m{([^/]+)/([^/]+)$} ? ($2 => $1) : () } @files;

ok(@files > 40, 'the sources are found');

for my $file (@files) {

    my ($layer, $name) = $file =~ m{([^/]+)/([^/]+)$};

    open my $in, '<', $file or die "$file: $!";
    my @lines = <$in>;
    my $text = join '', @lines;

    my @wrong;

    if (defined $level{$layer}) {
        for my $header ($text =~ /^#include "([^"]+)"/gm) {
            my $of = $layer_of{$header} // '?';

            push @wrong, "includes $header"
                if defined $level{$of} ? $level{$of} > $level{$layer}
                                       : $level{$layer} < $requests;
        }

        push @wrong, 'knows ngx_http.h'
            if $level{$layer} < $requests && $text =~ /#include <ngx_http.h>/;
    }

    push @wrong, scalar(@lines) . ' lines' if @lines > 500;

    for my $n (0 .. $#lines) {
        my $line = $lines[$n];
        my $at = $n + 1;

        push @wrong, "line $at: over 80 columns" if length $line > 81;
        push @wrong, "line $at: a tab" if $line =~ /\t/;
        push @wrong, "line $at: blank at the end" if $line =~ / $/;
        push @wrong, "line $at: a // comment" if $line =~ m{(?:^|\s)//};
        push @wrong, "line $at: $1" if $line =~ /\b(TODO|FIXME|XXX)\b/;
    }

    # a function: from the brace in the first column to the next one

    if ($file =~ /\.c$/) {
        my ($begin, $of);

        for my $n (0 .. $#lines) {

            if ($lines[$n] =~ /^\{/) {
                $begin = $n;

                my $m = $n;
                $m-- while $m > 0 && $lines[$m] !~ /^\w+\(/;
                $of = $lines[$m] =~ /^(\w+)\(/ ? $1 : '?';

                # two blank lines before it, or a comment that has them

                $m-- while $m > 0 && $lines[$m] !~ /^\s*$/;

                push @wrong, "$of: not two blank lines before it"
                    if $lines[$m - 1] !~ /^\s*$/ && $lines[$m - 1] !~ m{\*/$}
                       && $lines[$m - 1] !~ /^#/;

            } elsif ($lines[$n] =~ /^\}\s*$/ && defined $begin) {

                my $length = $n - $begin - 1;

                push @wrong, "$of: $length lines" if $length > 60;

                undef $begin;
            }
        }
    }

    ok(!@wrong, $file) or diag(map { "$file: $_\n" } @wrong);
}

calls();
comments();

done_testing;


sub code {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;

    return <$in> =~ s{/\*.*?\*/|"(?:\\.|[^"\\\n])*"}{}gsr;
}


# No file calls a function, or takes its address, of a room above its own; and
# files that call one another in a circle are those of one flow: their names
# begin with that of a header.

sub calls {
    my (%code, %home, %calls, %room);

    for my $file (glob 'src/*/*.c') {
        my ($room, $name) = $file =~ m{([^/]+)/ngx_http_owncloud_(\w+)\.c$};

        $code{$name} = code($file);
        $room{$name} = $room;

        $home{$_} = $name for $code{$name} =~ /^(ngx_http_owncloud_\w+)
                                                \((?:[^()]|\([^()]*\))*\)\n\{/xgm;
    }

    cmp_ok(scalar keys %home, '>', 1000, 'the functions are found');

    my @up;

    for my $name (sort keys %code) {
        for ($code{$name} =~ /\b(ngx_http_owncloud_\w+)/g) {
            my $of = $home{$_} // next;

            next if $of eq $name;

            $calls{$name}{$of} = 1;

            push @up, "$name calls $_() of $of"
                if $level{ $room{$of} } > $level{ $room{$name} };
        }
    }

    ok(!@up, 'no file calls upwards') or diag(map { "$_\n" } @up);

    my @wrong = grep { !one_flow(@$_) } circles(\%calls);

    ok(!@wrong, 'no files but those of one flow call one another in a circle')
        or diag(map { "@$_\n" } @wrong);
}


sub one_flow {
    my @names = @_;

    for my $header (map { m{/ngx_http_owncloud_(\w+)\.h$} } glob 'src/*/*.h') {
        return 1 if !grep { index("${_}_", "${header}_") != 0 } @names;
    }

    return 0;
}


# Tarjan's strongly connected components, of more than one file

sub circles {
    my $calls = shift;
    my (%index, %low, @stack, %on, @found);

    my $visit;

    $visit = sub {
        my $v = shift;

        $index{$v} = $low{$v} = keys %index;
        push @stack, $v;
        $on{$v} = 1;

        for my $w (sort keys %{ $calls->{$v} // {} }) {
            if (!exists $index{$w}) {
                $visit->($w);
                $low{$v} = $low{$w} if $low{$w} < $low{$v};

            } elsif ($on{$w} && $index{$w} < $low{$v}) {
                $low{$v} = $index{$w};
            }
        }

        return if $low{$v} != $index{$v};

        my @circle;

        do {
            push @circle, pop @stack;
            delete $on{ $circle[-1] };
        } until $circle[-1] eq $v;

        push @found, [sort @circle] if @circle > 1;
    };

    exists $index{$_} || $visit->($_) for sort keys %$calls;

    return @found;
}


# what other files call has a comment in its header

sub comments {
    for my $file (glob 'src/*/*.h') {
        open my $in, '<', $file or die "$file: $!";
        my $text = do { local $/; <$in> };

        my @without;

        # declarations without a blank line between them share a comment

        for my $group (split /\n\n+/, $text) {
            next if $group !~ /^[\w ]+\**(ngx_http_owncloud_\w+)\(/m;
            push @without, $1 if $group !~ m{\*/};
        }

        ok(!@without, "$file: functions with a comment")
            or diag(map { "$_\n" } @without);
    }
}
