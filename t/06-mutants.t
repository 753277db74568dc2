#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Each fault of t/mutants can still be put into the sources, and the unit tests
# notice a sample of them.

use v5.20;
use warnings;

use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die;

my %text;
my $n = 0;

for my $list (sort glob 't/mutants/*.list') {

    for my $block (split /\n\s*\n/, content($list) =~ s/^#.*\n//gmr) {
        my ($name) = $block =~ /^name: (.*)/m;
        my ($file) = $block =~ /^file: (.*)/m;
        my @lines = $block =~ /^-(.*)/gm;

        next if !defined $name;

        $text{$file} //= -f $file ? content($file) : '';

        my $old = join '', map { "$_\n" } @lines;
        my $times = () = $text{$file} =~ /^\Q$old\E/gm;

        is($times, 1, "$list: \"$name\" has its place in $file");
        $n++;
    }
}

cmp_ok($n, '>=', 60, 'there are enough of them');

my $said = `t/mutants/run --units --no-check --sample 8 2>&1`;

is($?, 0, 'a sample is noticed') or diag($said);
like($said, qr/^8 of 8 noticed/m, 'all of it');

done_testing;


sub content {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;

    return scalar <$in>;
}
