#!/usr/bin/perl

# Replays the fuzz targets' corpora with the sanitizers; once more with each
# allocation failing in its turn, see t/faults.

use strict;
use warnings;

use FindBin;
use Test::More;

my $top = "$FindBin::Bin/..";
my $build = $ENV{OWNCLOUD_BUILD} || "$top/build";
my $nginx = $ENV{OWNCLOUD_NGINX_ASAN} || "$build/nginx-asan";

for (["nginx-build", $nginx, "asan"], ["fuzz/build", $nginx, "$build/fuzz"]) {
    my ($script, @arguments) = @$_;

    system("$top/t/$script", @arguments) == 0
        or BAIL_OUT("t/$script failed");
}

$ENV{ASAN_OPTIONS} = 'detect_leaks=1';
$ENV{UBSAN_OPTIONS} = 'print_stacktrace=1';

for my $source (sort glob("$top/t/fuzz/fuzz_*.c")) {
    my ($name) = $source =~ m{fuzz_([^/]+)\.c$};
    my $corpus = "$top/t/fuzz/corpus/$name";

    for my $option ('', '--faults 4096') {
        my $said = `$build/fuzz/fuzz_$name $option $corpus`;

        chomp $said;
        is($?, 0, "$name: $said");
    }
}

done_testing();
