#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of certificates and of upstreams.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $dir = directory();
my $all = 'base_url https://localhost/; client_id abc;'
    . ' client_secret client.secret;';

# certificates

accepted('trusted_certificate', configuration(issuer =>
    "$all trusted_certificate server.crt;"));

refused('trusted_certificate, missing', configuration(issuer =>
    "$all trusted_certificate nothing.crt;"),
    "cannot read \"trusted_certificate\" \"$dir/nothing.crt\" of issuer "
    . '"cloud" (2: No such file or directory)', 'issuer');

write_file('text.crt', "no certificate\n");

refused('trusted_certificate without certificates', configuration(issuer =>
    "$all trusted_certificate text.crt;"),
    qr/(?:SSL_CTX_load_verify_locations|cannot load certificate)/, undef);

{
    my ($good, $said) = nginx_t(configuration(issuer =>
        "$all trusted_certificate text.crt;"));

    like($said, qr/\[emerg\] .*no certificates in "\Q$dir\E\/text.crt" for /,
        'trusted_certificate without certificates, our message');
}

warned('verify off', configuration(issuer => "$all verify off;"),
    '"verify off" in issuer "cloud": its certificates are not verified',
    'issuer');

{
    my ($good, $said) = nginx_t(configuration(issuer => 'base_url '
        . 'http://localhost/; client_id abc; client_secret client.secret;'
        . 'verify off; insecure on;'));

    ok($good && $said !~ /not verified/, 'verify off without TLS');
}

warned('an address', configuration(issuer => 'base_url https://127.0.0.1/;'
    . ' client_id abc; client_secret client.secret;'),
    'issuer "cloud" has the address 127.0.0.1, but nginx verifies names',
    'issuer');

warned('an IPv6 address', configuration(issuer => 'base_url https://[::1]/;'
    . ' client_id abc; client_secret client.secret;'),
    'issuer "cloud" has the address [::1], but nginx verifies names',
    'issuer');

# the system's certificates are hidden from one nginx -t only

SKIP: {
    my $hide = join ' && ', map { "mount -t tmpfs none $_" }
        grep { -d } qw{ /etc/ssl /etc/pki /usr/lib/ssl };

    skip 'not allowed to hide /etc/ssl', 1
        if system("unshare -m sh -c '$hide' 2>/dev/null") != 0;

    local $ENV{TEST_NGINX_BINARY} = "unshare -m sh -c '$hide && exec "
        . nginx_path() . ' "$@"\' sh';
    local $ENV{OPENSSL_CONF} = '/dev/null';

    refused('no CA bundle', configuration(), 'the system has no CA bundle to '
        . 'verify issuer "cloud" with: install "ca-certificates", or write '
        . '"trusted_certificate FILE;"', 'issuer');
}

# upstreams

my $upstream = 'upstream pool { server localhost:443; keepalive 4; }';

accepted('upstream', configuration(http => $upstream, issuer =>
    "$all upstream pool;"));

accepted('upstream of a host that only browsers know', configuration(
    http => $upstream, issuer => 'base_url https://cloud.invalid/;
        client_id abc; client_secret client.secret; upstream Pool;'));

refused('unknown upstream', configuration(issuer => "$all upstream pool;"),
    'no upstream "pool" for issuer "cloud": write "upstream pool { ... }" '
    . 'above the issuer', 'issuer');

refused('upstream further below', configuration(below => $upstream, issuer =>
    "$all upstream pool;"),
    'no upstream "pool" for issuer "cloud": write "upstream pool { ... }" '
    . 'above the issuer', 'issuer');

refused('an upstream made by proxy_pass', configuration(http => '
    server {
        location / { proxy_pass http://localhost; }
    }', issuer => "$all upstream localhost;"),
    'no upstream "localhost" for issuer "cloud"', 'issuer');

warned('upstream with the port of http', configuration(
    http => 'upstream pool { server localhost; }', issuer =>
    "$all upstream pool;"),
    'server "localhost" of upstream "pool" has port 80, but issuer "cloud" is '
    . 'https: write "server localhost:443;"', 'issuer');

sub two {
    my ($first, $second) = @_;

    return configuration(http => $upstream, server => both(),
        issuers => <<END);
    owncloud_issuer cloud {
        client_id abc; client_secret client.secret; upstream pool;
        $first
    }
    owncloud_issuer other { # here
        client_id abc; client_secret client.secret; upstream pool;
        $second
    }
END
}

sub both {
    return 'owncloud_repository 7 { issuer cloud; }
        owncloud_repository 8 { issuer other; }';
}

accepted('two issuers with one upstream', two(
    'base_url https://localhost/;', 'base_url https://localhost/oc/;'));

for (
    ['base_url https://localhost/;', 'base_url https://cloud.invalid/;'],
    ['base_url https://localhost/;',
        'base_url https://localhost/; trusted_certificate server.crt;'],
    ['base_url https://localhost/;',
        'base_url https://localhost/; verify off;'],
    ['base_url https://localhost/;',
        'base_url http://localhost/; insecure on;'])
{
    refused("one upstream: $$_[1]", two(@$_), 'issuers "cloud" and "other" '
        . 'share upstream "pool" but differ in host, "verify" or '
        . '"trusted_certificate": write a separate upstream for each');
}

# nothing is left of an issuer that "upstream" blocks could clash with

accepted('hosts of issuers in other places', configuration(
    server => both(), issuers => '
    owncloud_issuer cloud {
        base_url https://localhost/; client_id a; client_secret client.secret;
    }
    owncloud_issuer other {
        base_url https://localhost/; client_id a; client_secret client.secret;
        token_endpoint https://localhost:8443/token;
    }
    upstream localhost { server 127.0.0.1:1; }', below => '
    server {
        location / { proxy_pass https://localhost; }
    }'));

done_testing();
