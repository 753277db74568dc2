#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of issuers.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $base = 'base_url https://localhost/;';
my $client = 'client_id abc; client_secret client.secret;';
my $all = "$base $client";

# good ones

accepted('the least', configuration());

accepted('no directives at all', configuration(zone => '', key => '',
    issuers => '', server => ''));

warned('an issuer that nobody uses', configuration(zone => '', key => '',
    server => ''), 'issuer "cloud" is not used: write "issuer cloud;" into an '
    . '"owncloud_repository", or remove it', 'issuer');

warned('one of two issuers', configuration(issuers => "
    owncloud_issuer other { # here
        $all
    }
    owncloud_issuer cloud {
        $all
    }"), 'issuer "other" is not used');

accepted('an issuer of a listing', configuration(server => '
        location = /files {
            owncloud_listing cloud;
        }
        location = /back {
            owncloud_oauth_callback;
        }'));

accepted('every setting', configuration(issuer => <<END));
        name "Sciebo \x{c3}\x{bc}";
        type nextcloud;
        base_url https://localhost:8443/oc;
        client_id a%b;
        client_secret client.secret;
        token_auth body;
        scope "openid profile";
        logo /pix/cloud.svg;
        user_field sub username;
        user_field a-b-c email;
        authorization_endpoint https://localhost/login?x=y;
        token_endpoint https://localhost/token;
        webdav_endpoint https://localhost/dav;
        ocs_endpoint https://localhost/ocs/v1.php?format=xml;
        userinfo_endpoint https://localhost/userinfo;
        trusted_certificate server.crt;
        verify on;
        insecure off;
        enabled off;
        connect_timeout 1s;
        send_timeout 2s;
        read_timeout 3s;
        keepalive 0;
        max_listing 500 1m;
        max_calls 8 timeout=500ms queue=0;
END

accepted("type $_", configuration(issuer => "type $_; $all"))
    for qw/ owncloud nextcloud opencloud /;

accepted("max_calls $_", configuration(issuer => "$all max_calls $_;"))
    for 'off', 1, 65535, '2 queue=65535', '2 queue=0 timeout=1h';

accepted("ocs_endpoint $_",
    configuration(issuer => "$all ocs_endpoint \"https://localhost$_\";"))
    for qw{
        /ocs/v2.php /ocs/v1.php/ /oc/ocs/v2.php/ /ocs /ocs/
        /ocs/v1.php/apps/files_sharing/api/v1/shares?format=xml
        /ocs/v2.php/apps/files_sharing/api/v1/shares
    };

accepted('endpoints without a base URL', configuration(issuer => <<END));
        $client
        authorization_endpoint https://localhost/authorize;
        token_endpoint https://localhost/token;
        webdav_endpoint https://localhost/oc/remote.php/webdav/;
        ocs_endpoint https://localhost/oc/ocs/v2.php/;
END

accepted('settings in a file of their own', configuration(
    issuer => 'include issuer.inc;')) if write_file('issuer.inc', $all);

# the form of the block

refused('unknown setting', configuration(issuer => "$all
        base_urls x; # here"), 'unknown directive "base_urls"');

refused('too many values', configuration(issuer => "$base
        client_id a b; # here"),
    'invalid number of arguments in "client_id" directive');

refused('no value', configuration(issuer => "$all
        max_listing; # here"),
    'invalid number of arguments in "max_listing" directive');

for (
    "name x;", "type owncloud;", $base, 'client_id abc;',
    'client_secret client.secret;', 'token_auth body;', 'scope x;',
    'logo /x;', 'user_field a username;', 'user_field a email;',
    'authorization_endpoint https://localhost/a;',
    'token_endpoint https://localhost/a;',
    'webdav_endpoint https://localhost/a;',
    'ocs_endpoint https://localhost/ocs/v2.php;',
    'userinfo_endpoint https://localhost/a;', 'upstream x;',
    'trusted_certificate x;', 'verify on;', 'insecure on;', 'enabled on;',
    'connect_timeout 1s;', 'send_timeout 1s;', 'read_timeout 1s;',
    'keepalive 2;', 'max_listing 10;', 'max_calls 10;', 'max_calls off;')
{
    my ($name) = /(\w+)/;

    refused("$name twice", configuration(issuer => "$_\n$_ # here"),
        "\"$name\" directive is duplicate");
}

refused('a block inside', configuration(issuer => "$all
        name { # here
        }"), 'unexpected "{"');

refused('invalid name of an issuer', configuration(issuers => "
        owncloud_issuer a/b { # here
            $all
        }"), 'invalid issuer "a/b": write a name of up to 64 letters');

refused('duplicate issuer', configuration(issuers => "
        owncloud_issuer cloud { $all }
        owncloud_issuer Cloud { # here
            $all
        }"), qr/duplicate issuer "Cloud", the first is in .*nginx.conf:\d+/);

# what is missing

refused('no client_id', configuration(issuer =>
    "$base client_secret client.secret;"),
    'no "client_id" in issuer "cloud": write the id that the cloud shows',
    'issuer');

refused('no client_secret', configuration(issuer => "$base client_id abc;"),
    'no "client_secret" in issuer "cloud": put the secret into a file',
    'issuer');

refused('no base_url', configuration(issuer => $client),
    'no "base_url" in issuer "cloud": write the cloud\'s address', 'issuer');

# URLs

for (
    ['ftp://localhost/', 'it must start with "https://" or "http://"'],
    ['localhost', 'it must start with "https://" or "http://"'],
    ['https://user@localhost/', 'it has a user name'],
    ['https://localhost/#x', 'it has a fragment'],
    ['https://localhost:99999/',
        'the port must be a number between 1 and 65535'],
    ['https://l&ouml;calhost\\x/', qr/it /])
{
    my ($url, $reason) = @$_;

    refused("base_url $url", configuration(issuer => "$client
        base_url \"$url\"; # here"),
        qr/invalid URL ".*" in "base_url": $reason/);
}

refused("$_ with a fragment", configuration(issuer => "$all
        $_ https://localhost/x#y; # here"),
    "invalid URL \"https://localhost/x#y\" in \"$_\": it has a fragment")
    for qw/ authorization_endpoint token_endpoint webdav_endpoint
        ocs_endpoint userinfo_endpoint /;

refused("$_ with a query", configuration(issuer => "$client
        $_ https://localhost/?x=y; # here"),
    "\"$_\" directive must not have a query")
    for qw/ base_url webdav_endpoint /;

refused('ocs_endpoint of another kind', configuration(issuer => "$all
        ocs_endpoint https://localhost/index.php; # here"),
    '"ocs_endpoint" directive must have "/ocs/v2.php" (or v1.php) in its '
    . 'path');

refused('plain http', configuration(issuer =>
    "base_url http://localhost/; $client"),
    '"base_url" of issuer "cloud" is plain http, and anybody in between can',
    'issuer');

refused('plain http of one endpoint', configuration(issuer =>
    "$all token_endpoint http://localhost/token;"),
    '"token_endpoint" of issuer "cloud" is plain http', 'issuer');

warned('plain http, insecure', configuration(issuer =>
    "base_url http://localhost/; $client insecure on;"),
    '"base_url" of issuer "cloud" is plain http: tokens and files are sent '
    . 'unencrypted', 'issuer');

# a label of more than 63 bytes is unknown without asking anybody

my $nowhere = 'x' x 64 . '.invalid';

refused('unknown host', configuration(issuer =>
    "base_url https://$nowhere/; $client"),
    "host not found in \"base_url\" \"https://$nowhere/\" of issuer "
    . '"cloud"', 'issuer');

refused('unknown host of an endpoint', configuration(issuer =>
    "$all webdav_endpoint https://$nowhere/dav;"),
    "host not found in \"webdav_endpoint\" \"https://$nowhere/dav\" of "
    . 'issuer "cloud"', 'issuer');

refused('unknown host of what is derived', configuration(issuer =>
    "$all ocs_endpoint https://$nowhere/ocs/v2.php/;"),
    "host not found in \"ocs_endpoint\" \"https://$nowhere/ocs/v2.php/\" "
    . 'of issuer "cloud"', 'issuer');

accepted('a host that only browsers need to know', configuration(issuer =>
    "$all authorization_endpoint https://$nowhere/authorize;"));

# values

for (
    ['type', 'seafile', 'invalid value "seafile"'],
    ['token_auth', 'basic', 'invalid value "basic"'],
    ['verify', 'yes', 'invalid value "yes" in "verify" directive'],
    ['connect_timeout', '1x', '"connect_timeout" directive invalid value'],
    ['keepalive', '-1', '"keepalive" directive invalid number'],
    ['keepalive', '5000', 'value must be between 0 and 1024'],
    ['max_listing', '0', 'invalid number of entries "0"'],
    ['max_listing', '1k', 'invalid number of entries "1k"'],
    ['max_listing', '10 x', 'invalid size "x"'],
    ['max_calls', '0', 'invalid number of calls "0": write a number from 1 to '
        . '65535, or "max_calls off;"'],
    ['max_calls', 'on', 'invalid number of calls "on": write a number'],
    ['max_calls', '65536', 'invalid number of calls "65536"'],
    ['max_calls', 'off queue=1', 'invalid parameter "queue=1": nothing '
        . 'is queued with "max_calls off", write it alone'],
    (map { ['max_calls', "2 $$_[0]", "invalid parameter \"$$_[-1]\": write "
        . '"queue=NUMBER", up to 65535, and "timeout=TIME", once each'] }
        ['queue=x'], ['queue='], ['queue=65536'], ['timeout=x'],
        ['timeout='], ['timeout=0'], ['wait=1s'],
        ['queue=1 queue=1', 'queue=1'], ['timeout=1 timeout=2', 'timeout=2']),
    ['logo', 'javascript:x', '"logo" directive must be a URL or a path'],
    ['name', '""', '"name" directive must not be empty'],
    ['name', "\xff", '"name" directive must be UTF-8 text'],
    ['scope', "\"a\tb\"", '"scope" directive must be UTF-8 text'],
    ['user_field', 'x nickname', 'invalid user field "nickname": write '
        . '"user_field PATH username;"'],
    ['user_field', '-x username', 'invalid path "-x" in "user_field"'],
    ['user_field', 'a--b email', 'invalid path "a--b" in "user_field"'])
{
    my ($setting, $value, $message) = @$_;

    refused("$setting $value", configuration(issuer => "$all
        $setting $value; # here"), $message);
}

done_testing();
