#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# "make install" puts the module where an nginx looks for it, or says what is
# missing; t/run says what it can do, and runs a suite from anywhere.

use v5.20;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/..');
my $dir = tempdir('owncloud-build-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $name = 'ngx_http_owncloud_module.so';

# what "make test" was told is not for these

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

spew("$dir/$name", 'a module');

for my $case (
    ['a path of its own', "--prefix=/opt/p --modules-path=/opt/modules",
     '/opt/modules'],
    ['a path in quotes', "--prefix=/opt/p --modules-path='/opt/some modules'",
     '/opt/some modules'],
    ['a path below the prefix', '--modules-path=lib/m --prefix=/opt/p',
     '/opt/p/lib/m'],
    ['the prefix only', "--with-cc-opt='-O2 -g' --prefix=/opt/p",
     '/opt/p/modules'],
    ['no arguments', '', '/usr/local/nginx/modules'],
) {
    my ($what, $arguments, $path) = @$case;
    my $nginx = nginx($arguments);

    my ($status, $said) = install("NGINX=$nginx", "DESTDIR=$dir/root");
    my $file = "$dir/root$path/$name";

    is($status, 0, "$what: installed") or diag($said);
    is(slurp($file), 'a module', "$what: the file is there");
    is(sprintf('%o', (stat $file)[2] & 07777), '644', "$what: its mode");
    like($said, qr{^    load_module \Q$path/$name\E;$}m,
         "$what: how to load it");
    unlike($said, qr{load_module \Q$dir\E}, "$what: not from DESTDIR");

    # another one is a new file: the old one may be in use

    open my $used, '<', $file or die "$file: $!\n";

    ($status) = install("NGINX=$nginx", "DESTDIR=$dir/root");

    is($status, 0, "$what: installed again");
    isnt((stat $file)[1], (stat $used)[1], "$what: a new file");
}

my ($status, $said) = install('MODULES_PATH=/srv/modules',
                              "NGINX=$dir/none", "DESTDIR=$dir/root");

is($status, 0, 'without nginx, to a path that is given') or diag($said);
ok(-f "$dir/root/srv/modules/$name", 'the file is there');

($status, $said) = install("NGINX=$dir/none", "DESTDIR=$dir/none-root");

isnt($status, 0, 'no nginx');
like($said, qr{\Q$dir/none\E -V" fails.*NGINX=.*MODULES_PATH=},
     'no nginx: what to do');
ok(!-e "$dir/none-root", 'no nginx: nothing is made');

($status, $said) = install('MODULE=' . "$dir/none.so", "DESTDIR=$dir/root");

isnt($status, 0, 'no module');
like($said, qr/none\.so is missing: "make module"/, 'no module: what to do');

# t/run, from anywhere

($status, $said) = run("$top/t/run", '--help');

is($status, 0, 't/run --help');
like($said, qr/^usage: t\/run/, 't/run --help: usage');
like($said, qr/^  \Q$_\E /m, "t/run --help: $_")
    for qw(--quick --sanitized --keep LANES TEST_NGINX_BINARY);

for my $wrong ('--quik', '-x', 't/none.t') {
    ($status, $said) = run("$top/t/run", $wrong);

    is($status, 2, "t/run $wrong");
    like($said, qr{^t/run: no \w+ "\Q$wrong\E", see t/run --help$},
         "t/run $wrong: a hint");
}

spew("$dir/one.t", <<'EOT');
use Test::More tests => 1;
use Owncloud qw(standins);

ok(-e standins()->{CLOUD_CA}, 'the stand-ins are there');
print STDERR "in $ENV{TMPDIR}\n";
EOT

($status, $said) = run('sh', '-c', 'cd "$1" && exec "$2" --keep one.t', 'sh',
                       $dir, "$top/t/run");

is($status, 0, 't/run, a suite from another directory') or diag($said);

my ($kept) = $said =~ /^kept: (.*)/m;

ok($kept && -f "$kept/standins-1/env", 't/run --keep: the files are there');
like($said, qr/^in \Q$kept\E$/m, 't/run --keep: those of the suite, too');
remove_tree($kept) if $kept && $kept =~ /owncloud-test-/;

done_testing();


sub install {
    my @arguments = @_;

    return run('make', '-C', $top, '--no-print-directory', 'install',
               "MODULE=$dir/$name", @arguments);
}


# (exit status, what was said)

sub run {
    my @command = @_;

    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec @command;
        exit 127;
    }

    my $said = join '', <$out>;

    close $out;
    return ($? >> 8, $said);
}


# what says that it was built with these arguments

sub nginx {
    my $arguments = shift;

    spew("$dir/nginx", <<"EOT");
#!/bin/sh
[ "\$1" = -V ] || exit 1
cat >&2 <<'END'
nginx version: nginx/1.22.1
configure arguments: $arguments
END
EOT

    chmod 0755, "$dir/nginx";

    return "$dir/nginx";
}


sub slurp {
    my $file = shift;

    open my $in, '<', $file or return '';
    local $/;
    return <$in>;
}


sub spew {
    my ($file, $text) = @_;

    open my $out, '>', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
}
