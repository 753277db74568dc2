#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of repositories, locations and time zones.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

# good ones

accepted('every setting', configuration(repository => <<'END'));
            supported_files both;
            default_file external;
            folder "Moodle files";
            upload_repository 5;
            secret_key moodle.secret;
            moodle_root /lms;
            moodle_cookie MoodleSessionlms;
            authorize on;
            icons https://static.example.com/f/;
            timezone America/Argentina/Buenos_Aires;
            date_format "%A, %-d %B %Y";
            date_format_short %F;
            page_size 1000;
            max_results 50;
            cache on;
            cache_valid 0;
            remember 30d;
END

accepted($_, configuration(repository => "$_;"))
    for 'page_size 10', 'page_size 10000', 'max_results 1',
        'max_results 5000', 'cache off', 'cache_valid 1500ms',
        'cache_valid 15m', 'remember 1h', 'remember 365d', 'remember off';

accepted("timezone $_", configuration(repository => "timezone $_;"))
    for qw{ UTC Etc/GMT+5 Europe/Berlin Asia/Kathmandu };

accepted("moved_from $_", configuration(repository => "moved_from $_;"))
    for 'https://old.example.com', 'https://old.example.com/',
        'http://old.example.com:8080/lms/ https://[2001:db8::1]/a/b';

refused("moved_from $_->[0]",
    configuration(repository => "moved_from $_->[0]; # here"), $_->[1])
    for ['/lms', qr/invalid URL "\/lms" in "moved_from": /],
        ['old.example.com', qr/invalid URL "old.example.com" in "moved_from": /],
        ['https://old.example.com/?a', qr/.* in "moved_from": it has a query/],
        ['https://old.example.com/a%20b', qr/invalid "moved_from" .* as in (?#
            )"https:\/\/old.example.com\/lms"/];

refused('moved_from twice', configuration(repository =>
        "moved_from https://a.example;\n moved_from https://b.example; # here"),
    '"moved_from" directive is duplicate');

accepted("moodle_root $_", configuration(repository => "moodle_root $_;"))
    for qw{ / /lms /lms/ /a/b.c/d https://moodle.example.com
            https://moodle.example.com:8443/lms/ };

accepted("supported_files $_", configuration(
    repository => "supported_files $_;")) for qw/ internal external both /;

accepted('several repositories', configuration(server => '
        owncloud_repository 7 { issuer cloud; }
        owncloud_repository 8 { issuer cloud; moodle_root /b; }
        location /lms/ {
            owncloud_repository 7 { issuer cloud; moodle_root /lms; }
        }'));

accepted('an issuer further below', configuration(issuers => '', below => '
    owncloud_issuer cloud {
        base_url https://localhost/;
        client_id abc;
        client_secret client.secret;
    }'));

accepted('locations', configuration(server => '
        location = /files {
            owncloud_listing cloud;
        }
        location = /more {
            owncloud_listing cloud callback=/back page_size=1000
                max_results=50 cache=off cache_valid=5s cookie=MoodleSession;
        }
        location = /back {
            owncloud_oauth_callback;
        }'));

# the form of the block

refused("repository $_", configuration(server => "
        owncloud_repository $_ { # here
            issuer cloud;
        }"), "invalid repository \"$_\": write the id of the repository")
    for qw/ x 0 -1 7x 99999999999999999999 /;

refused('duplicate repository', configuration(server => '
        owncloud_repository 7 { issuer cloud; }
        owncloud_repository 7 { # here
            issuer cloud;
        }'), qr/duplicate repository "7", the first is in .*nginx.conf:\d+/);

refused('no issuer', configuration(server => '
        owncloud_repository 7 { # here
        }'), 'no "issuer" in repository "7": write "issuer NAME;"');

refused('unknown issuer', configuration(server => '
        owncloud_repository 7 { # here
            issuer klaut;
        }'), 'unknown issuer "klaut": write an "owncloud_issuer klaut { ... }"');

refused('unknown setting', configuration(repository => 'folders x; # here'),
    'unknown directive "folders"');

refused('a repository in "http"', configuration(http => '
    owncloud_repository 7 { # here
        issuer cloud;
    }'), '"owncloud_repository" directive is not allowed here');

for (
    'issuer cloud;', 'supported_files both;', 'default_file internal;',
    'folder x;', 'upload_repository 5;', 'secret_key moodle.secret;',
    'moodle_root /x;', 'moodle_cookie x;', 'authorize on;', 'icons /x;',
    'timezone UTC;', 'date_format %Y;', 'date_format_short %Y;',
    'page_size 20;', 'max_results 20;', 'cache on;', 'cache_valid 1s;',
    'remember 1d;', 'remember off;')
{
    my ($name) = /(\w+)/;

    refused("$name twice", configuration(server => "
        owncloud_repository 7 {
            $_
            $_ # here
        }"), "\"$name\" directive is duplicate");
}

# endpoints that are not there

my %endpoint = (
    authorization_endpoint => 'https://localhost/authorize',
    token_endpoint => 'https://localhost/token',
    webdav_endpoint => 'https://localhost/dav/',
    userinfo_endpoint => 'https://localhost/userinfo',
);

for my $missing (sort keys %endpoint) {
    my $written = join ' ', map { $_ eq $missing ? () : "$_ $endpoint{$_};" }
        sort keys %endpoint;

    refused("no $missing", configuration(issuer =>
        "$written client_id abc; client_secret client.secret;"),
        'issuer "cloud" cannot be used for this repository: no "'
        . $missing . '"; write it, or "base_url"',
        'repository');
}

# files

refused("default_file $$_[1] of $$_[0]", configuration(repository =>
    "supported_files $$_[0]; default_file $$_[1];"),
    '"default_file" of repository "7" is not among its "supported_files": '
    . 'write "supported_files both;"', 'repository')
    for ['internal', 'external'], ['external', 'internal'];

# values

for (
    ['supported_files', 'all', 'invalid value "all"'],
    ['default_file', 'both', 'invalid value "both"'],
    ['folder', 'a/b', '"folder" directive must be the name of one folder'],
    ['folder', '..', '"folder" directive must be the name of one folder'],
    ['folder', '""', '"folder" directive must be the name of one folder'],
    ['upload_repository', '0',
        'value must be equal to or greater than 1'],
    ['upload_repository', 'x', '"upload_repository" directive invalid'],
    ['moodle_root', 'lms', 'invalid URL "lms" in "moodle_root": it must '
        . 'start with "https://" or "http://"'],
    ['moodle_root', '""', 'invalid "moodle_root" "": write a path'],
    ['moodle_root', '/a/../b', 'invalid "moodle_root" "/a/../b": write'],
    ['moodle_root', '/a//b', 'invalid "moodle_root" "/a//b": write'],
    ['moodle_root', '/a%20b', 'invalid "moodle_root" "/a%20b": write'],
    ['moodle_root', 'https://localhost/?x', 'invalid URL "https://localhost'
        . '/?x" in "moodle_root": it has a query'],
    ['moodle_cookie', 'a=b', '"moodle_cookie" directive must be a valid '
        . 'cookie name'],
    ['authorize', 'maybe', 'invalid value "maybe" in "authorize" directive'],
    (map { ['page_size', $_, "invalid \"page_size\" \"$_\": write a number "
        . 'from 10 to 10000'] } qw/ 9 10001 -1 x 1k /),
    (map { ['max_results', $_, "invalid \"max_results\" \"$_\": write a "
        . 'number from 1 to 5000'] } qw/ 0 5001 all /),
    ['cache', 'yes', 'invalid value "yes" in "cache" directive'],
    (map { ['cache_valid', $_, "invalid \"cache_valid\" \"$_\": write a time "
        . 'of at most 15 minutes, as in "2s"'] } qw/ off 16m 900001ms 1x /),
    (map { ['remember', $_, "invalid \"remember\" \"$_\": write a time from "
        . '1h to 365d, as in "remember 30d;", or "remember off;"'] }
        qw/ on 0 59m 366d 1x /),
    ['icons', 'f/', '"icons" directive must be a URL or a path'],
    ['date_format', '""', '"date_format" directive must not be empty'])
{
    my ($setting, $value, $message) = @$_;

    refused("$setting $value", configuration(repository =>
        "$setting $value; # here"), $message);
}

for my $zone (qw{ Europe/Berlin/x Mars/Olympus ../../../etc/passwd
    /usr/share/zoneinfo/UTC Europe zone.tab leapseconds })
{
    refused("timezone $zone", configuration(repository => "timezone $zone;"),
        "unknown time zone \"$zone\" in repository \"7\": write one of those",
        'repository');
}

for my $setting (qw/ date_format date_format_short /) {
    refused("$setting, too long", configuration(repository =>
        "$setting \"" . '%A %B ' x 20 . '";'),
        "\"$setting\" of repository \"7\" produces no text or more than "
        . '127 bytes', 'repository');
}

refused('remember without Moodle', configuration(repository =>
    'remember 30d; authorize off;'), '"remember" and "authorize off" in '
    . 'repository "7": only Moodle knows who the user is; write "authorize '
    . 'on;" or "remember off;"', 'repository');

refused("remember $$_[0] and $$_[1]", configuration(server => "
        owncloud_repository 7 { issuer cloud; remember $$_[0]; }
        owncloud_repository 8 { # here
            issuer cloud; remember $$_[1];
        }"), 'repositories "7" and "8" share the sign-ins of issuer "cloud" '
    . 'but differ in "remember": write the same time into both')
    for ['30d', 'off'], ['off', '30d'], ['30d', '29d'];

accepted('remember in one repository only', configuration(issuers => '
    owncloud_issuer cloud {
        base_url https://localhost/; client_id a; client_secret client.secret;
    }
    owncloud_issuer other {
        base_url https://localhost/; client_id a; client_secret client.secret;
    }', server => '
        owncloud_repository 7 { issuer cloud; remember 30d; }
        owncloud_repository 8 { issuer other; }
        owncloud_repository 9 { issuer cloud; moodle_root /lms; }
        location = /files { owncloud_listing cloud; }
        location = /back { owncloud_oauth_callback; }'));

# warnings

warned('authorize off', configuration(repository => 'authorize off;'),
    '"authorize off" in repository "7": Moodle is not asked who may use it',
    'repository');

# only who writes that there are no copies does without

for my $files ('', 'supported_files both;', 'supported_files internal;',
    'default_file external;')
{
    warned("no upload_repository, $files", configuration(upload => '',
        repository => $files), 'no "upload_repository" in repository "7": '
        . 'nobody can copy files into Moodle; write "upload_repository ID;", '
        . 'the id of Moodle\'s "Upload a file", or "supported_files external;"',
        'repository');

    accepted("an upload_repository, $files", configuration(
        repository => "upload_repository 5; $files"));
}

accepted('no upload_repository, links only', configuration(upload => '',
    repository => 'supported_files external;'));

warned('no upload_repository in one of two', configuration(upload => '',
    server => '
        owncloud_repository 7 { issuer cloud; upload_repository 5; }
        owncloud_repository 8 { # here
            issuer cloud;
        }'), 'no "upload_repository" in repository "8": ');

accepted('no upload_repository for a listing', configuration(upload => '',
    server => '
        location = /files { owncloud_listing cloud; }
        location = /link { owncloud_link cloud; }
        location = /back { owncloud_oauth_callback; }'));

# requests that go elsewhere

my $ajax = '/repository/repository_ajax.php';
my $back = '/admin/oauth2callback.php';

sub answered {
    my ($uri, $id) = @_;

    return "requests for \"$uri\" bypass repository \"$id\" and reach "
        . 'Moodle: write it into the "server" block';
}

sub lost {
    my ($uri, $id) = @_;

    return "requests for \"$uri\" do not reach repository \"$id\", nobody "
        . 'can sign in: write it into the "server" block';
}

sub located {
    my ($location, $more, $root) = @_;

    $root //= '';
    $more //= '';

    return configuration(server => "
        $more
        location $location {
            owncloud_repository 7 { # here
                issuer cloud; $root
            }
        }");
}

accepted("a repository in location $_", located($_))
    for '/', '~ \.php$', '~* ^/(REPOSITORY|admin)/', '^~ /';

accepted("a repository in location $$_[0], besides $$_[1]", located(@$_))
    for ['/', 'location ~ \.html$ { }'], ['^~ /', 'location ~ \.php$ { }'],
        ['/', 'location /repository/x/ { }'], ['/', 'location = /admin/ { }'],
        ['/', "location ${back}x { }"], ['/', 'location /b { }'],
        ['/', 'location /admin/oauth2 { owncloud_repository 7 {
            issuer cloud; } }'];

accepted("a repository in location $$_[0], Moodle below a path",
    located($$_[0], $$_[1], 'moodle_root /lms;'))
    for ['/lms/'], ['^~ /lms', 'location ~ \.php$ { }'],
        ['~ ^/lms/.*\.php', 'location /lms/ { }'];

warned("a repository in location $$_[0], besides $$_[1]",
    located($$_[0], $$_[1]), answered($ajax, 7))
    for ['/lms/', ''], ['/', 'location ~ \.php$ { }'],
        ['/', 'location /repository/ { }'], ["= $back", ''],
        ['/', "location = $ajax { }"], ['~ \.php$', 'location ~ y_ajax { }'],
        ['/', 'location /repository { location ~ \.php$ { } }'],
        ['^~ /', 'location ^~ /repository/ { }'], ['\@moodle', ''];

warned("a repository in location $$_[0], besides $$_[1]",
    located($$_[0], $$_[1]), lost($back, 7))
    for ['/repository/', ''], ["= $ajax", ''], ['~ _ajax\.php$', ''],
        ['/', 'location /admin/ { }'], ['/', "location = $back { }"],
        ['/', 'location /a { }'];

warned('a repository in location /lms/, Moodle elsewhere', located('/lms/',
    '', 'moodle_root /b;'), answered("/b$ajax", 7));

warned('a repository that a location stands for', configuration(server => '
        owncloud_repository 7 { # here
            issuer cloud;
        }
        location / {
            owncloud_repository 8 { issuer cloud; }
        }'), answered($ajax, 7));

# locations

refused('a listing without a way back', configuration(server => '
        location = /files {
            owncloud_listing cloud; # here
        }'), 'no callback for the sign-ins of "owncloud_listing": write '
    . '"location = /PATH { owncloud_oauth_callback; }"');

refused('a listing with another way back', configuration(server => '
        location = /files {
            owncloud_listing cloud callback=/home; # here
        }
        location = /back {
            owncloud_oauth_callback;
        }'), 'no callback for the sign-ins of "owncloud_listing": write '
    . '"location = /home { owncloud_oauth_callback; }"');

refused('one way back for two cookies', configuration(server => '
        location = /files {
            owncloud_listing cloud cookie=a;
        }
        location = /more {
            owncloud_listing cloud cookie=b; # here
        }
        location = /back {
            owncloud_oauth_callback;
        }'), 'listings with the cookies "a" and "b" share "/back": write a '
    . 'location with "owncloud_oauth_callback" and "callback=/PATH" for each');

accepted('a way back for each cookie', configuration(server => '
        location = /files {
            owncloud_listing cloud cookie=a callback=/a;
        }
        location = /more {
            owncloud_listing cloud cookie=b callback=/b;
        }
        location = /a { owncloud_oauth_callback; }
        location = /b { owncloud_oauth_callback; }'));

refused('a listing of an unknown issuer', configuration(server => '
        location = /files {
            owncloud_listing klaut; # here
        }
        location = /back {
            owncloud_oauth_callback;
        }'), 'unknown issuer "klaut"');

refused("owncloud_listing cloud $_", configuration(server => "
        location = /files {
            owncloud_listing cloud $_; # here
        }"), "invalid parameter \"$_\": write \"cookie=NAME\", ")
    for qw{ cooky=x cookie= cookie=a=b callback=x page_size cache_valid2s };

refused("owncloud_listing cloud $$_[0]", configuration(server => "
        location = /files {
            owncloud_listing cloud $$_[0]; # here
        }"), $$_[1])
    for ['page_size=5', 'invalid "page_size" "5": write a number from 10'],
        ['max_results=0', 'invalid "max_results" "0": write a number from 1'],
        ['cache=maybe', 'invalid value "maybe" in "cache" directive'],
        ['cache_valid=', 'invalid "cache_valid" "": write a time of at most'],
        ['page_size=20 page_size=20', '"page_size" directive is duplicate'],
        ['callback=/a callback=/b', 'invalid parameter "callback=/b": write'],
        (map { ["origin=$_", "invalid parameter \"origin=$_\": write"] }
             '', 'files.example.com', 'https://files.example.com/x',
             'https://files.example.com/?x', 'ftp://files.example.com'),
        ['origin=https://a origin=https://b',
         'invalid parameter "origin=https://b": write'],
        ['timezone=UTC', 'invalid parameter "timezone=UTC": write'],
        ['remember=30d', '"remember" is not allowed in "owncloud_listing": '
            . 'only Moodle knows who the user is; write it into an '
            . '"owncloud_repository"'];

refused("$_ twice", configuration(server => "
        location = /files {
            $_;
            $_; # here
        }"), qr/"owncloud_(?:listing|oauth_callback)" directive is duplicate/)
    for 'owncloud_listing cloud', 'owncloud_oauth_callback';

refused("a way back in location $_", configuration(server => "
        location $_ {
            owncloud_oauth_callback; # here
        }"), '"owncloud_oauth_callback" directive needs a location with a '
    . 'path: write "location = /PATH"')
    for '~ /back', '@back';

refused("$_ in a server", configuration(server => "
        $_; # here"), qr/"owncloud_\w+" directive is not allowed here/)
    for 'owncloud_listing cloud', 'owncloud_oauth_callback';

done_testing();
