#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# PHP and the module read the same queries and forms.  The module may leave a
# request to PHP; where it does not, both have to agree which repository,
# action, context and session it is for.

use v5.20;
use warnings;

use lib 't/lib';

use File::Temp qw(tempdir);
use FindBin;
use IO::Socket::UNIX;
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(spew);
use Owncloud::Malformed;

my $top = "$FindBin::Bin/..";
my $build = $ENV{OWNCLOUD_BUILD} || "$top/build";
my $nginx = $ENV{OWNCLOUD_NGINX_ASAN} || "$build/nginx-asan";

my $number = 6000;
my ($fpm) = glob '/usr/sbin/php-fpm*';

plan skip_all => 'no php-fpm' if !defined $fpm;

for (["nginx-build", $nginx, "asan"],
     ["unit/build", $nginx, "$build/unit", 'parameter'])
{
    my ($script, @arguments) = @$_;

    system("$top/t/$script", @arguments) == 0
        or BAIL_OUT("t/$script failed");
}

my $dir = tempdir('owncloud-php-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;

my $type = 'application/x-www-form-urlencoded';

# as the picker sends them

my @cases = map { [$_->[0], $_->[1], $_->[2] // $type] } (
    ['action=list', 'repo_id=7&p=&page=&env=filepicker&sesskey=Abc123'
                    . '&client_id=1&itemid=2&ctx_id=17'],
    ['action=search', 's=x&repo_id=8&sesskey=A+b&ctx_id=17&accepted_types[]=.x'],
    ['action=download', 'repo_id=7&ctx_id=&sesskey',
     "$type; charset=UTF-8"],
);

push @cases, map { one_case($_) } 1 .. $number;

my $php = start_php();
my @module = of_module(@cases);
my @php = map { of_php(@$_) } @cases;

kill TERM => $php;
waitpid $php, 0;

is(scalar @module, scalar @cases, 'the module has read all');
is(scalar(grep { $_ =~ /^=/ } map { split ' ' } @php) > 0, 1, 'and PHP');

my ($answered, @differ) = 0;

for my $i (0 .. $#cases) {
    next if $module[$i] eq '-';

    $answered++;
    push @differ, $i if !same($module[$i], $php[$i]);
}

is(scalar @differ, 0, "they agree on all of $answered that are the module's");

diag("query \"$cases[$_][0]\", form \"$cases[$_][1]\", $cases[$_][2]:\n"
     . "  module $module[$_], PHP $php[$_]")
    for map { defined $differ[$_] ? $differ[$_] : () } 0 .. 4;

cmp_ok($answered, '>', $number / 10, 'which are many');
isnt($module[$_], '-', "as the picker sends it, $_") for 0 .. 2;

done_testing;


# --- what is read ---

sub one { Owncloud::Malformed::one(@_) }
sub chance { Owncloud::Malformed::chance(@_) }
sub number { Owncloud::Malformed::number(@_) }


sub one_case {
    my $n = shift;

    Owncloud::Malformed::seed(700000 + $n);

    my @action = qw(list list search searchform login logout download sign
                    signin);
    my @query = ([action => one(@action)]);
    my @form = ([repo_id => one(7, 7, 8, 42)], [ctx_id => one(17, 18, '', 'x')],
                [sesskey => one('Abc123', '', "a\xffb", 'a b')]);

    push @query, more('query') if chance(40);
    push @form, more('form') if chance(60);

    my @odd = ('', '&', '=', '&&', '=x', '&=', ';', '%', '%0', '%zz', '[', ']',
               '[]', '.', '+', ' ');

    my $query = join one('&', '&', '&', '&', '&&', ';'),
                     map { pair(@$_) } shuffled(@query);
    my $form = join one('&', '&', '&', '&', '&&', ';'),
                    map { pair(@$_) } shuffled(@form);

    $form .= one('&', '') . one(@odd) if chance(15);
    $form = one(@odd) . $form if chance(5);
    $query .= one('&', '') . one(@odd) if chance(10);
    $form = Owncloud::Malformed::spoilt($form, 1) if chance(10);
    $query = Owncloud::Malformed::spoilt($query, 1) if chance(5);

    if (chance(2)) {
        my $many = one(1, 100, 900, 990, 1100, 3000, 4090, 4200);
        my $filler = join '&', map { one('x=', '=', 'a[]=1', '') } 1 .. $many;

        $form = one("$filler&$form", "$form&$filler",
                    "repo_id=5&$filler&$form");
    }

    # what nginx lets through

    $query =~ tr/\x00-\x20\x7f//d;

    my $as = $type;

    $as = one("$type;charset=UTF-8", "$type ;x", "$type,x", "\U$type",
              "${type}x", "$type-x", "$type\t;x", 'text/plain', " $type",
              'multipart/form-data; boundary=x', '') if chance(10);

    return [$query, $form, $as];
}


# the same once more, as PHP reads it, and what is nearly the same

sub more {
    my $where = shift;

    my @name = qw(repo_id ctx_id sesskey action);

    return map {
        my $name = one(@name);

        $name = one("$name", $name =~ s/_/./r, $name =~ s/_/ /r,
                    $name =~ s/_/[/r, "${name}[]", "${name}[x]", "${name}[",
                    "${name}[x][y]", "$name\0", "$name\0x", " $name", "  $name",
                    "\t$name", "$name ", "$name.", "\U$name", "x$name",
                    "${name}x", "${name}]", "[$name]", "\0$name", ".$name",
                    " .$name", $name =~ s/_//r, "${name}[x", "$name.[]",
                    $name =~ s/_/\0/r, "[$name", "$name\xff")
            if chance(80);

        [$name, one(5, 7, 8, '', 'list', 'search', '7x', ' 7', "7\0", '07')];
    } 1 .. 1 + number(3);
}


sub pair {
    my ($name, $value) = @_;

    return encoded($name) . (chance(97) ? '=' . encoded($value) : '');
}


# each of a byte's spellings

sub encoded {
    my $text = shift;
    my $all = chance(10);

    return join '', map {
        my $byte = $_;

        $byte eq ' ' && chance(60) ? '+'
        : ($byte =~ /[A-Za-z0-9_.\[\]-]/ && !$all && chance(97))
          || ($byte =~ /[^&=+%]/ && chance(20)) ? $byte
        : sprintf one('%%%02x', '%%%02X'), ord $byte;
    } split //, $text;
}


sub shuffled {
    my @list = @_;

    for my $i (reverse 1 .. $#list) {
        my $j = number($i + 1);
        @list[$i, $j] = @list[$j, $i];
    }

    return @list;
}


# --- by the module ---

sub of_module {
    my @case = @_;

    spew("$dir/cases", join '', map {
        join(' ', map { unpack 'H*', $_ } @$_) . "\n"
    } @case);

    return map { chomp; $_ } qx($build/unit/parameter $dir/cases);
}


# "ACTION REPO CTX SESSKEY", where PHP has "=HEX" for each in its own order

sub same {
    my ($module, $php) = @_;

    my ($action, $repository, $context, $key) = split ' ', $module;
    my %php;

    @php{qw(action repo_id ctx_id sesskey)} = split ' ', $php;

    my %action = (list => 1, signin => 1, sign => 1, search => 2,
                  searchform => 3, login => 4, logout => 5, download => 6);
    my $said = $php{action} =~ /^=(.*)/ ? pack 'H*', $1 : '';
    my $id = $php{repo_id} =~ /^=(.*)/ ? pack 'H*', $1 : '';

    return ($action{$said} // 0) == $action && $id =~ /^0*$repository$/
           && $php{ctx_id} eq $context && $php{sesskey} eq $key;
}


# --- by PHP: what Moodle's optional_param() finds ---

sub start_php {
    my $root = $> == 0;

    spew("$dir/read.php", <<'EOT', 0644);
<?php
foreach (['action', 'repo_id', 'ctx_id', 'sesskey'] as $name) {
    $value = $_POST[$name] ?? $_GET[$name] ?? null;
    echo $value === null ? '-' : (is_array($value) ? 'array'
                                  : '=' . bin2hex($value)), ' ';
}
EOT
    spew("$dir/fpm.conf", <<"EOT", 0644);
[global]
daemonize = no
error_log = $dir/fpm.log

[read]
listen = $dir/fpm.sock
pm = static
pm.max_children = 1
php_admin_value[max_input_vars] = 5000
php_admin_value[display_errors] = off
@{[ $root ? "user = www-data\ngroup = www-data" : '' ]}
EOT

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', "$dir/out";
        open STDERR, '>&', \*STDOUT;
        exec $fpm, '-F', '-y', "$dir/fpm.conf" or POSIX::_exit(127);
    }

    for (1 .. 200) {
        return $pid if IO::Socket::UNIX->new(Peer => "$dir/fpm.sock");
        last if waitpid($pid, WNOHANG) > 0;
        sleep 0.05;
    }

    BAIL_OUT("no PHP: " . Owncloud::slurp("$dir/out"));
}


# one request in FastCGI's words

sub of_php {
    my ($query, $form, $type) = @_;

    my %param = (SCRIPT_FILENAME => "$dir/read.php", REQUEST_METHOD => 'POST',
                 QUERY_STRING => $query, CONTENT_TYPE => $type,
                 CONTENT_LENGTH => length $form, REQUEST_URI => '/read.php',
                 SCRIPT_NAME => '/read.php', SERVER_PROTOCOL => 'HTTP/1.1',
                 GATEWAY_INTERFACE => 'CGI/1.1');

    my $params = join '', map {
        pack('NN', 0x80000000 | length, 0x80000000 | length $param{$_})
        . $_ . $param{$_}
    } sort keys %param;

    my $socket = IO::Socket::UNIX->new(Peer => "$dir/fpm.sock")
        or die "PHP: $!\n";

    print $socket record(1, pack('nCx5', 1, 0)), records(4, $params),
                  records(5, $form);

    my ($got, $out) = (do { local $/; <$socket> }, '');

    while (length $got >= 8) {
        my ($kind, $length, $padding) = unpack 'xCx2nC', $got;

        $out .= substr $got, 8, $length if $kind == 6;
        substr($got, 0, 8 + $length + $padding) = '';
    }

    return $out =~ s/^.*?\r\n\r\n//sr;
}


sub record {
    my ($kind, $bytes) = @_;

    return pack('CCnnCx', 1, $kind, 1, length $bytes, 0) . $bytes;
}


sub records {
    my ($kind, $bytes) = @_;

    return join '', map({ record($kind, $_) } $bytes =~ /(.{1,60000})/gs),
                    record($kind, '');
}
