#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of the zone, of keys and of files with secrets, and
# that it never says what is in them.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Digest::SHA qw/ hmac_sha256 /;
use Owncloud::Configuration;
use Test::More;

my $dir = directory();

# the zone

refused('no zone', configuration(zone => ''), 'no "owncloud_zone": write '
    . '"owncloud_zone owncloud:10m;" into the "http" block', 'repository');

refused('two zones', configuration(zone => 'owncloud_zone a:1m;
    owncloud_zone b:1m; # here'), '"owncloud_zone" directive is duplicate');

refused("zone $$_[0]", configuration(zone => "owncloud_zone $$_[0]; # here"),
    $$_[1])
    for ['owncloud', 'invalid zone "owncloud", write "name:size"'],
        [':1m', 'invalid zone ":1m", write "name:size"'],
        ['owncloud:x', 'invalid zone size "x", write a size'],
        ['owncloud:8k', 'zone "owncloud" is too small, write at least'];

# seal keys

accepted('two seal keys', configuration(key => 'owncloud_seal_key seal.key;
    owncloud_seal_key old.key;'));

refused('no seal key', configuration(key => ''), 'no "owncloud_seal_key": '
    . 'create a key with "openssl rand -out FILE 48" and write', 'repository');

write_file('short.key', 'x' x 31);

refused('a short seal key', configuration(key =>
    'owncloud_seal_key short.key; # here'), 'the seal key "short.key" is '
    . 'shorter than 32 bytes: create one with "openssl rand -out '
    . 'short.key 48"');

write_file('same.key', 'K' x 48);

refused("a seal key twice ($_)", configuration(key =>
    "owncloud_seal_key seal.key;
    owncloud_seal_key $_; # here"), "duplicate seal key \"$_\"")
    for qw/ seal.key same.key /;

# files

mkdir "$dir/folder";
write_file('empty', '');
write_file('newline', "\n");
write_file('big', 'x' x 4097);
write_file('lines', "one\ntwo\n");
write_file('binary', "\0\1\2");

for (
    ['missing', qr/cannot read the secret file "[^"]*": .*\(2: No such/],
    ['folder', qr/the secret file "[^"]*" is not a regular file/],
    ['empty', qr/the secret file "[^"]*" is empty/],
    ['newline', qr/the secret file "[^"]*" is empty/],
    ['big', qr/the secret file "[^"]*" is larger than 4096 bytes/],
    ['lines', qr/the secret file "[^"]*" must contain one line of text/],
    ['binary', qr/the secret file "[^"]*" must contain one line of text/])
{
    my ($file, $message) = @$_;

    refused("client_secret, $file", configuration(issuer =>
        "base_url https://localhost/; client_id abc;
        client_secret $file; # here"), $message);

    refused("secret_key, $file", configuration(repository =>
        "secret_key $file; # here"), $message);

    next if $file =~ /newline|lines|binary/;

    refused("owncloud_seal_key, $file", configuration(key =>
        "owncloud_seal_key $file; # here"), $message);
}

accepted('an absolute path', configuration(key =>
    "owncloud_seal_key $dir/seal.key;"));

accepted('no newline, and that of another system',
    configuration(repository => 'secret_key unix;', key =>
    'owncloud_seal_key old.key;'))
    if write_file('unix', "secret\r\n");

SKIP: {
    skip 'root may read everything', 1 if $> == 0;

    write_file('forbidden', 'secret', 0000);

    refused('an unreadable secret', configuration(repository =>
        'secret_key forbidden; # here'),
        qr/cannot read the secret file ".*\(13: Permission denied/);
}

for (['group', 0640], ['others', 0604]) {
    my ($who, $mode) = @$_;

    write_file('open.secret', "CanaryOpenSecret\n", $mode);

    warned("a secret that $who can read", configuration(repository =>
        'secret_key open.secret; # here'), 
        qr/the secret file "[^"]*" is readable by others than its owner/);
}

# what is shown

{
    my ($good, $said) = nginx_t(configuration(repository =>
        'secret_key moodle.secret;'), '-T');

    ok($good && $said =~ /client_secret client.secret/, 'nginx -T');
    unlike($said, qr/Canary|KKKK/, 'nginx -T shows no secret');
}

# keys of a configuration that is no more are not in the master's memory

SKIP: {
    skip 'memory of its own kind', 1 if $ENV{TEST_NGINX_SANITIZED};

    my ($first, @old) = map { derived($_ x 48, 'session') } qw/ K O P Q /;
    my $new = derived('N' x 48, 'session');

    write_file('third.key', 'P' x 48);
    write_file('fourth.key', 'Q' x 48);
    write_file('new.key', 'N' x 48);

    my ($before, $after);

    # a linker that looks up functions late keeps registers on the stack

    local $ENV{LD_BIND_NOW} = 1;

    running(sub {
        my ($pid) = @_;

        $before = memory($pid);

        my $file = "$dir/nginx.conf";
        open my $f, '<', $file or die "$file: $!\n";
        my $conf = do { local $/; <$f> };

        write_file('nginx.conf', $conf =~ s/(owncloud_seal_key )(.*)/$1new.key;/r);

        kill 'HUP', $pid;
        log_of(qr/start worker process \d+/, 2);

        $after = memory($pid);
    }, key => join ' ', map { "owncloud_seal_key $_.key;" }
        qw/ seal old third fourth /);

    skip 'the memory of a process cannot be read', 1 if !defined $before;

    is(times_in($before, $first), 1, 'a key is there once');
    is(times_in($before, $_), 1, 'another one, too') for @old;
    is(times_in($after, $_), 0, 'it is gone') for $first, @old;
    is(times_in($after, $new), 1, 'the new one is there');
}

sub times_in {
    my ($memory, $bytes) = @_;

    return scalar(() = $memory =~ /\Q$bytes\E/g);
}

# RFC 5869, one block

sub derived {
    my ($file, $label) = @_;

    my $key = hmac_sha256($file, 'ngx_http_owncloud_module v1');

    return hmac_sha256("$label\x01", $key);
}

sub memory {
    my ($pid) = @_;

    open my $maps, '<', "/proc/$pid/maps" or return;
    open my $mem, '<:raw', "/proc/$pid/mem" or return;

    my $memory = '';

    no warnings 'portable';

    for (<$maps>) {
        my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;

        ($from, $to) = (hex $from, hex $to);

        sysseek $mem, $from, 0 or next;
        sysread $mem, $memory, $to - $from, length $memory;
    }

    return $memory;
}

done_testing();
