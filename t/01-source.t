#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The house rules that a program can check: who may include whom, sizes of
# files and functions, and nginx's style where it shows in single lines.

use v5.20;
use warnings;

use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die;

# a file may include those of its own layer and of the layers before it

my @layers = qw(format cloud engine moodle request session account browse
                share choose controlled module);
my %level = map { $layers[$_] => $_ } 0 .. $#layers;

# what is still to be turned round: a file that includes what is above it

my %later = map { $_ => 1 } qw();

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
            my $pair = "$name>$header";

            next if $later{ $pair =~ s/ngx_http_owncloud_|\.[ch]//gr };

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

done_testing;
