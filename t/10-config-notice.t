#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The redirect URI that "nginx -t" tells.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $tls = 'ssl; ssl_certificate server.crt; ssl_certificate_key server.key;';

sub told {
    my ($name, $conf, @uris) = @_;

    my (undef, $said) = nginx_t($conf);

    # who is not root may not bind to these ports: that comes after it

    my $good = $said =~ /syntax is ok/;
    my @told = $said
        =~ /\[notice\] .*register for issuer "cloud" is "(.*)" in /g;

    is_deeply([$good ? 1 : 0, @told], [1, @uris], $name) or diag($said);
}

my $callback = '/admin/oauth2callback.php';

told('port 80', configuration(listen => 'listen 80;'),
    "http://moodle.example.com$callback");

told('another port', configuration(listen => 'listen 8080;'),
    "http://moodle.example.com:8080$callback");

told('TLS', configuration(listen => "listen 127.0.0.1:443 $tls"),
    "https://moodle.example.com$callback");

told('TLS, another port', configuration(listen => "listen 8443 $tls"),
    "https://moodle.example.com:8443$callback");

told('TLS besides http', configuration(listen =>
    "listen 80; listen [::]:80; listen 443 $tls"),
    "https://moodle.example.com$callback");

told('the standard port besides others', configuration(listen =>
    "listen 8443 $tls listen 443 ssl; listen 80;"),
    "https://moodle.example.com$callback");

told('a folder', configuration(repository => 'moodle_root /lms/;'),
    "http://moodle.example.com:8080/lms$callback");

told('an address behind another server', configuration(repository =>
    'moodle_root https://Learn.Example.com:8443/lms/;'),
    "https://learn.example.com:8443/lms$callback");

told('the standard port in an address', configuration(repository =>
    'moodle_root https://learn.example.com:443;'),
    "https://learn.example.com$callback");

told("server_name $_", configuration(listen => "listen 80; }
    server {
        listen 127.0.0.1:81; server_name $_;
        owncloud_repository 9 { issuer cloud; }
    }
    server { listen 82;"),
    "http://NAME-OF-THIS-SERVER:81$callback",
    "http://moodle.example.com:82$callback")
    for qw/ _ *.example.com ~^m/;

told('several repositories', configuration(server => '
        owncloud_repository 7 { issuer cloud; }
        owncloud_repository 8 { issuer cloud; moodle_root /b; }'),
    "http://moodle.example.com:8080$callback",
    "http://moodle.example.com:8080/b$callback");

told('a listing', configuration(server => '
        location = /files { owncloud_listing cloud; }
        location = /back { owncloud_oauth_callback; }'),
    'http://moodle.example.com:8080/back');

done_testing();
