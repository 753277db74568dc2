#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What is derived from the configuration and seen by the browser: authorize
# URLs, redirect URIs, and the variables for access logs.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;

BEGIN {
    $ENV{TEST_NGINX_BINARY} //= nginx_path();
    $ENV{TEST_NGINX_LOAD_MODULES} //= module_path();
    $ENV{ASAN_OPTIONS} //= 'detect_odr_violation=0:detect_leaks=0';
}

use Test::Nginx::Socket 'no_plan';

my $dir = directory();

our $client = "client_secret $dir/client.secret; insecure on;"
    . ' enabled on; connect_timeout 1s;';

our $http = "owncloud_zone owncloud:1m; owncloud_seal_key $dir/seal.key;\n"
    . 'log_format owncloud "$owncloud_issuer|$owncloud_action|'
    . '$owncloud_calls|$owncloud_error|$owncloud_cache|";';

our $server = <<'END';
    location = /files {
        owncloud_listing cloud;
    }
    location = /back {
        owncloud_oauth_callback;
    }
END

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('http_config', "$http\nowncloud_issuer cloud {\n"
        . "$client\n" . $block->issuer . '}');
    $block->set_value('config', "access_log logs/access.log owncloud;\n"
        . ($block->config // $server));
    $block->set_value('request', 'GET /files') if !defined $block->request;
    $block->set_value('more_headers',
        "Content-Type: application/x-www-form-urlencoded\n"
        . 'Cookie: MoodleSession=0123456789');
    $block->set_value('no_error_log', "[error]\n[alert]\n[emerg]")
        if !defined $block->no_error_log;
});

no_long_string();
log_level('info');
run_tests();

__DATA__

=== TEST 1: ownCloud's own place below the base URL
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- response_body_like chomp
"url":"http:\\?/\\?/127\.0\.0\.1:1\\?/index\.php\\?/apps\\?/oauth2\\?/authorize\?



=== TEST 2: a base URL with a port and a path
--- issuer
base_url http://127.0.0.1:8000/oc; client_id abc;
--- response_body_like chomp
"url":"http:\\?/\\?/127\.0\.0\.1:8000\\?/oc\\?/index\.php\\?/apps\\?/oauth2\\?/authorize\?



=== TEST 3: OpenCloud
--- issuer
type opencloud; base_url http://127.0.0.1:1/; client_id abc;
--- response_body_like chomp
"url":"http:\\?/\\?/127\.0\.0\.1:1\\?/signin\\?/v1\\?/identifier\\?/_\\?/authorize\?.*scope=openid(?:%20|\+)profile(?:%20|\+)email(?:%20|\+)offline_access



=== TEST 4: an authorization endpoint of its own, with a query
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
authorization_endpoint https://id.invalid/login?tenant=x;
--- response_body_like chomp
"url":"https:\\?/\\?/id\.invalid\\?/login\?tenant=x&



=== TEST 5: a scope
--- issuer
base_url http://127.0.0.1:1/; client_id abc; scope "a b";
--- response_body_like chomp
scope=a(?:%20|\+)b[&"]



=== TEST 6: no scope unless one is written
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- response_body_unlike chomp
scope=



=== TEST 7: the client id is escaped
--- issuer
base_url http://127.0.0.1:1/; client_id "a b&c";
--- response_body_like chomp
client_id=a(?:%20|\+)b%26c[&"]



=== TEST 8: the redirect URI is the location in the same server
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- response_body_like chomp
redirect_uri=http%3A%2F%2Flocalhost(?:%3A\d+)?%2Fback[&"]



=== TEST 9: the redirect URI of a repository
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- config
    owncloud_repository 7 {
        issuer cloud;
        authorize off;
    }
--- request
POST /repository/repository_ajax.php?action=list
repo_id=7&sesskey=x&ctx_id=1&p=
--- response_body_like chomp
redirect_uri=http%3A%2F%2Flocalhost(?:%3A\d+)?%2Fadmin%2Foauth2callback.php[&"]



=== TEST 10: Moodle below a path
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- config
    owncloud_repository 7 {
        issuer cloud;
        authorize off;
        moodle_root /lms/;
    }
--- request
POST /lms/repository/repository_ajax.php?action=list
repo_id=7&sesskey=x&ctx_id=1&p=
--- response_body_like chomp
redirect_uri=http%3A%2F%2Flocalhost(?:%3A\d+)?%2Flms%2Fadmin%2Foauth2callback.php[&"]



=== TEST 11: Moodle behind another server
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- config
    owncloud_repository 7 {
        issuer cloud;
        authorize off;
        moodle_root https://learn.example.com:8443/lms;
    }
--- request
POST /lms/repository/repository_ajax.php?action=list
repo_id=7&sesskey=x&ctx_id=1&p=
--- response_body_like chomp
redirect_uri=https%3A%2F%2Flearn\.example\.com%3A8443%2Flms%2Fadmin%2Foauth2callback.php[&"]



=== TEST 12: a repository of a location
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- config
    owncloud_repository 7 {
        issuer cloud;
        authorize off;
    }
    location /repository/ {
        owncloud_repository 8 {
            issuer cloud;
            authorize off;
        }
    }
--- request
POST /repository/repository_ajax.php?action=list
repo_id=8&sesskey=x&ctx_id=1&p=
--- response_body_like chomp
"login"



=== TEST 13: it stands for those of the server
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- config
    owncloud_repository 7 {
        issuer cloud;
        authorize off;
    }
    location /repository/ {
        owncloud_repository 8 {
            issuer cloud;
            authorize off;
        }
    }
--- request
POST /repository/repository_ajax.php?action=list
repo_id=7&sesskey=x&ctx_id=1&p=
--- error_code: 404
--- no_error_log
[alert]
--- access_log
-|-|-|-|-|



=== TEST 14: variables
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- response_body_like chomp
"login"
--- access_log
cloud|list|0|-|-|



=== TEST 15: variables of a request that is not ours
--- issuer
base_url http://127.0.0.1:1/; client_id abc;
--- request
GET /elsewhere
--- error_code: 404
--- access_log
-|-|-|-|-|
--- no_error_log
[alert]
