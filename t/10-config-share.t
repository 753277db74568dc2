#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of public links and aliases.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $client = 'client_id abc; client_secret client.secret;';
my $all = "base_url https://localhost/; $client";
my $back = 'location = /back { owncloud_oauth_callback; }';

write_file('share.secret', "CanaryShare\n", 0600);

accepted("an issuer with $_", configuration(issuer => "$all $_;"))
    for 'share_expire 1d', 'share_expire 24h', 'share_expire 52w',
        'share_expire 3650d', 'share_expire off', 'share_password off',
        'share_password share.secret';

refused("share_expire $_", configuration(issuer => "$all
        share_expire $_; # here"),
    "invalid \"share_expire\" \"$_\": write a number of days from 1d to 3650d")
    for qw/ 0 1h 25h 3651d x -1d on /;

refused('two of share_expire', configuration(issuer => "$all
        share_expire off;
        share_expire 1d; # here"), '"share_expire" directive is duplicate');

refused("share_password, then $_", configuration(issuer => "$all
        share_password $_;
        share_password off; # here"),
    '"share_password" directive is duplicate') for qw/ share.secret off /;

refused('share_password of no file', configuration(issuer => "$all
        share_password nowhere.secret; # here"),
    qr/cannot read the secret file ".*nowhere\.secret"/);

accepted("alias $_", configuration(repository => "alias $_;
        secret_key moodle.secret;")) for qw/ public off /;

# aliases are there if nobody writes so; who writes so wants them

my $lacking = 'no "secret_key" in repository "7": aliases cannot be stored in '
    . 'Moodle; write "secret_key FILE;", or "alias off;"';

warned('alias public without a key', configuration(
    repository => 'alias public;'), $lacking, 'repository');

accepted('neither alias nor a key, told', configuration(),
    qr/\[notice\] [^\n]*\Q$lacking\E/);

for my $settings ('alias off;', 'supported_files internal;',
    'alias public; supported_files internal;', 'secret_key moodle.secret;')
{
    my ($good, $said) = nginx_t(configuration(repository => $settings));

    ok($good && $said !~ /no "secret_key"/, "a key is not missed: $settings");
}

refused('alias on', configuration(repository => '
        alias on; # here'),
    'invalid "alias" "on": write "alias public;" or "alias off;"');

refused('two of alias', configuration(repository => '
        alias off;
        alias public; # here'), '"alias" directive is duplicate');

# the location

accepted("owncloud_link cloud$_", configuration(server => "
        location = /link {
            owncloud_link cloud$_;
        }
        $back")) for '', ' cookie=app', ' callback=/back',
                     ' callback=/back cookie=app',
                     ' origin=https://files.example.com:8443/ cookie=app';

refused('another origin', configuration(server => "
        location = /list {
            owncloud_listing cloud origin=https://files.example.com;
        }
        location = /link {
            owncloud_link cloud; # here
        }
        $back"), 'locations that share "/back" have different addresses: '
                 . 'write the same "origin=https://HOST" into each');

accepted('the same origin', configuration(server => "
        location = /list {
            owncloud_listing cloud origin=https://files.example.com;
        }
        location = /link {
            owncloud_link cloud origin=https://files.example.com/;
        }
        $back"));

refused("owncloud_link cloud $_", configuration(server => "
        location = /link {
            owncloud_link cloud $_; # here
        }
        $back"), 'invalid parameter "') for 'page_size=100', 'cookie=', 'x',
                                            'cookie=a cookie=b';

refused('no way back', configuration(server => '
        location = /link {
            owncloud_link cloud; # here
        }'), 'no callback for the sign-ins of "owncloud_link"');

refused('no ocs_endpoint', configuration(issuer => "$client
        authorization_endpoint https://localhost/a;
        token_endpoint https://localhost/t;
        webdav_endpoint https://localhost/dav;
        userinfo_endpoint https://localhost/u;", server => "
        location = /link {
            owncloud_link cloud; # here
        }
        $back"), 'issuer "cloud" cannot be used for this repository: '
    . 'no "ocs_endpoint"; write it, or "base_url"');

refused('twice in a location', configuration(server => "
        location = /link {
            owncloud_listing cloud;
            owncloud_link cloud; # here
        }
        $back"), '"owncloud_link" directive is duplicate');

done_testing();
