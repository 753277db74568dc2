#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The addresses that no directive names: where searches go, where a cloud says
# what it is, and where tokens are revoked.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $nginx = nginx_path();

plan skip_all => 'needs an nginx built with --with-debug'
    if `$nginx -V 2>&1` !~ /--with-debug/;

directory();

my $client = 'client_id abc; client_secret client.secret;';
my $endpoints = "$client authorization_endpoint https://localhost/authorize;
        token_endpoint https://localhost/token;
        userinfo_endpoint https://localhost/user;";

sub derived {
    my ($name, $issuer, $root, $revocation) = @_;

    my $log;

    running(sub {
        $log = log_of(qr/owncloud issuer "cloud"/);
    }, issuer => $issuer);

    my ($dav, $status, $revoke) = $log
        =~ /issuer "cloud" dav:"(.*?)" status:"(.*?)" revocation:"(.*?)"/;

    is($dav, length $root ? "${root}remote.php/dav/" : '', "$name, dav");
    is($status, length $root ? "${root}status.php" : '', "$name, status");
    is($revoke, $revocation, "$name, revocation") if defined $revocation;
}

derived('a base URL', "base_url https://localhost; $client",
    'https://localhost/', 'https://localhost/ocs/v2.php/core/apppassword');

derived('a port and a path', "base_url https://localhost:8443/oc; $client",
    'https://localhost:8443/oc/',
    'https://localhost:8443/oc/ocs/v2.php/core/apppassword');

derived('plain http', "base_url http://localhost/oc/; insecure on; $client",
    'http://localhost/oc/');

derived("type $_", "type $_; base_url https://localhost/; $client",
    'https://localhost/', $_ eq 'nextcloud'
        ? 'https://localhost/ocs/v2.php/core/apppassword' : '')
    for qw/ owncloud nextcloud opencloud /;

# the server that has the files comes first

derived("webdav_endpoint $$_[0]", "base_url https://localhost/; $client
    webdav_endpoint $$_[0];", $$_[1])
    for ['https://localhost:8443/a/b/remote.php/webdav/',
            'https://localhost:8443/a/b/'],
        ['https://localhost/oc/remote.php/dav/files/alice',
            'https://localhost/oc/'],
        ['https://localhost/Remote.php/webdav/', 'https://localhost/'];

# a path of another kind says nothing, the base URL of the same origin does

derived('a WebDAV folder elsewhere', "base_url https://localhost/oc/; $client
    webdav_endpoint https://localhost/files/;", 'https://localhost/oc/');

derived("a WebDAV folder at $_", "base_url https://localhost/oc/; $client
    webdav_endpoint $_;", '')
    for 'https://localhost:8443/files/', 'https://127.0.0.1/files/';

derived('another scheme', "base_url http://localhost/; insecure on;
    $client webdav_endpoint https://localhost/files/;", '');

derived('no base URL', "$endpoints
    webdav_endpoint https://localhost/x/remote.php/webdav/;",
    'https://localhost/x/', '');

derived('no base URL and no known path', "$endpoints
    webdav_endpoint https://localhost/webdav/;", '', '');

done_testing();
