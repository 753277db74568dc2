#!/usr/bin/perl

# Builds the unit tests of layers 0 and 1 with the sanitizers and runs each.

use strict;
use warnings;

use FindBin;
use Test::More;

my $top = "$FindBin::Bin/..";
my $build = $ENV{OWNCLOUD_BUILD} || "$top/build";
my $nginx = $ENV{OWNCLOUD_NGINX_ASAN} || "$build/nginx-asan";

sub run {
    my ($name, @command) = @_;

    open(my $pipe, '-|', @command) or die "$command[0]: $!\n";
    my @lines = <$pipe>;
    my $good = close $pipe;

    return ($good, @lines);
}

for (["nginx-build", $nginx, "asan"], ["unit/build", $nginx, "$build/unit"]) {
    my ($script, @arguments) = @$_;

    system("$top/t/$script", @arguments) == 0
        or BAIL_OUT("t/$script failed");
}

$ENV{ASAN_OPTIONS} = 'detect_leaks=1:allocator_may_return_null=1';
$ENV{UBSAN_OPTIONS} = 'print_stacktrace=1';

for my $source (sort glob("$top/t/unit/*.c")) {
    my ($name) = $source =~ m{([^/]+)\.c$};

    subtest $name => sub {
        my ($good, @lines) = run($name, "$build/unit/$name");
        my $planned = 0;

        for (@lines) {
            if (/^(not )?ok \d+ - (.*)/) {
                ok(!$1, $2);
            } elsif (/^1\.\.\d+$/) {
                $planned = 1;
            } elsif (/^#\s*(.*)/) {
                diag($1);
            }
        }

        ok($good && $planned, "$name ended well");
        done_testing();
    };
}

done_testing();
