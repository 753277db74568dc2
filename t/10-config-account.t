#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What "nginx -t" says of system accounts, of the locations that connect
# them, and of access controlled links.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $client = 'client_id abc; client_secret client.secret;';
my $all = "base_url https://localhost/; $client";
my $dir = directory();

mkdir "$dir/accounts";
chmod 0700, "$dir/accounts";
write_file('system.secret', "CanarySystem\n", 0600);
write_file('colon.secret', "Canary:System:secret\n", 0600);

my $user = $> == 0 ? 'user root;' : '';
my $password = 'system_account system password=system.secret;';
my $oauth = 'system_account oauth=accounts/cloud.account;';

# a repository, and the place where its account is connected

sub place {
    my ($connect, $repository) = @_;

    $repository //= 'secret_key moodle.secret;';

    return (main => $user, server => <<"END");
        owncloud_repository 7 { # here repository
            issuer cloud;
            $repository
        }

        location = /repository/owncloud/connect {
            $connect
        }
END
}

# system_account

accepted("$_", configuration(main => $user, issuer => "$all
        system_account $_;", repository => 'controlled off;'))
    for 'system password=system.secret', 'system password=colon.secret',
        'o\'anna password=system.secret', 'oauth=accounts/cloud.account',
        "oauth=$dir/accounts/cloud.account";

refused("system_account $_", configuration(issuer => "$all
        system_account $_; # here"),
    'invalid "system_account": write "system_account USER password=FILE;", or '
    . '"system_account oauth=FILE;"')
    for 'system', 'oauth=', 'system oauth=accounts/cloud.account',
        'system password=', 'system system.secret';

refused('a user of ' . length, configuration(issuer => "$all
        system_account \"$_\" password=system.secret; # here"),
    'invalid user "') for 'a:b', "a\tb", 'x' x 256;

refused('no user', configuration(issuer => "$all
        system_account \"\" password=system.secret; # here"),
    'invalid user "" in "system_account": write the name that the account '
    . 'signs in with at the cloud, without colons');

refused('two accounts', configuration(issuer => "$all
        $password
        $oauth # here"), '"system_account" directive is duplicate');

refused('no password file', configuration(issuer => "$all
        system_account system password=nowhere.secret; # here"),
    qr/cannot read the secret file ".*nowhere\.secret"/);

refused('an account without arguments', configuration(issuer => "$all
        system_account; # here"), qr/invalid number of arguments in /);

# where the file is

refused('no folder', configuration(main => $user, issuer => "$all
        system_account oauth=nowhere/cloud.account;"),
    qr/no directory ".*nowhere\/" for the file of "system_account" (?#
     )in issuer "cloud": create it with "install .* -o USER .*nowhere\/"/,
    'issuer');

SKIP: {
    skip 'only root has workers of another user', 4 if $> != 0;

    my ($nobody, $group) = (getpwnam('nobody'))[2, 3];
    my %part = (main => 'user nobody ' . getgrgid($group) . ';', issuer => "$all $oauth",
                repository => 'controlled off;');

    chown 0, 0, "$dir/accounts";
    warned('a folder of somebody else', configuration(%part),
        qr/the workers cannot write to the directory ".*accounts\/" of /,
        'issuer');

    chown $nobody, 0, "$dir/accounts";
    accepted('a folder of the workers', configuration(%part));

    chmod 0500, "$dir/accounts";
    warned('a folder that cannot be written to', configuration(%part),
        qr/the workers cannot write to the directory ".*accounts\/" of /,
        'issuer');
    chmod 0700, "$dir/accounts";

    write_file('accounts/cloud.account', 'x', 0600);
    warned('a file of somebody else', configuration(%part),
        qr/the workers cannot read the file ".*cloud\.account" of /,
        'issuer');
    unlink "$dir/accounts/cloud.account";

    chown 0, 0, "$dir/accounts";
}

# owncloud_connect

accepted("owncloud_connect cloud$_", configuration(issuer => "$all $oauth",
        place("owncloud_connect cloud$_;")))
    for '', ' cookie=MoodleSessionx', ' authorize=off; allow 192.0.2.1; deny all',
        ' authorize=off cookie=x; internal';

accepted('to look at one with a password',
    configuration(issuer => "$all $password",
        place('owncloud_connect cloud;')));

refused("owncloud_connect cloud $_", configuration(issuer => "$all $oauth",
        place("owncloud_connect cloud $_; # here")),
    "invalid parameter \"$_\": write \"cookie=NAME\" or \"authorize=off\", "
    . 'once each')
    for 'callback=/back', 'cookie=', 'page_size=100', 'x', 'authorize=on',
        'authorize=';

refused('owncloud_connect without an issuer',
    configuration(issuer => "$all $oauth",
        place('owncloud_connect; # here')), qr/invalid number of arguments/);

refused('owncloud_connect of another issuer',
    configuration(issuer => "$all $oauth",
        place('owncloud_connect other; # here')), qr/.*"other"/);

refused('twice in a location', configuration(issuer => "$all $oauth",
        place('owncloud_connect cloud;
            owncloud_connect cloud; # here')),
    '"owncloud_connect" directive is duplicate');

refused('nothing to connect', configuration(issuer => $all,
        place('owncloud_connect cloud; # here')),
    '"owncloud_connect" has nothing to connect: issuer "cloud" has no '
    . '"system_account"; write "system_account oauth=FILE;" into it');

refused('no way back', configuration(main => $user, issuer => "$all $oauth",
    server => '
        location = /connect {
            owncloud_connect cloud; # here
        }'),
    'no callback for the sign-ins of "owncloud_connect": write it into the '
    . 'server of an "owncloud_repository" with "issuer cloud;"');

# without a Moodle, or without asking it, something else keeps others out

my $open = '"owncloud_connect" is open to everybody: ';
my $write = '; write "allow ADDRESS; deny all;", or "auth_basic" and '
    . '"auth_basic_user_file", or "auth_request" into its location';
my $none = 'this server has no "owncloud_repository" whose Moodle knows who '
    . 'is a site administrator';

sub alone {
    my ($way, $where, $server) = @_;

    return (main => $user, issuer => "$all $oauth", server => <<"END");
        ${\($server // '')}
        location = /connect {
            owncloud_connect cloud; # here
            $way
        }
        location = /back {
            owncloud_oauth_callback;
        }
END
}

my $basic = 'auth_basic x; auth_basic_user_file /dev/null;';

accepted("alone: $_", configuration(alone($_)))
    for 'allow 192.0.2.1; deny all;', 'deny all;',
        'allow 2001:db8::/32; allow 192.0.2.0/24; deny all; allow all;',
        $basic, 'internal;', 'auth_request /auth;', "satisfy any; $basic",
        "satisfy any; deny all; $basic";

accepted("alone, in the server: $_", configuration(alone('', '', $_)))
    for 'allow 192.0.2.1; deny all;', $basic;

refused("alone: $_", configuration(alone($_)), "$open$none$write")
    for '', 'allow all;', 'allow all; deny all;',
        'allow 0.0.0.0/0; deny all;', 'allow ::/0; deny all;', 'deny 192.0.2.1;',
        'allow 192.0.2.1;', 'deny 0.0.0.0/0;', 'deny ::/0;', 'auth_basic x;',
        'auth_basic_user_file /dev/null;',
        'auth_basic off; auth_basic_user_file /dev/null;', 'auth_request off;',
        "satisfy any; allow all; $basic", "satisfy any; deny 192.0.2.1; $basic";

refused("alone, in the server: $_->[0] / $_->[1]",
    configuration(alone($_->[1], '', $_->[0])), "$open$none$write")
    for ['deny all;', 'allow all;'], [$basic, 'auth_basic off;'];

refused('Moodle is not asked', configuration(issuer => "$all $oauth",
        place('owncloud_connect cloud authorize=off; # here')),
    "${open}with \"authorize=off\", Moodle is not asked who is a site "
    . "administrator$write");

accepted('the Moodle of another issuer', configuration(main => $user,
    issuer => "$all $oauth",
    http => "owncloud_issuer other { $all }", server => '
        owncloud_repository 7 {
            issuer other;
        }
        location = /connect {
            owncloud_connect cloud;
        }
        location = /back {
            owncloud_oauth_callback;
        }'));

warned('elsewhere', configuration(issuer => "$all $oauth",
    main => $user, server => '
        owncloud_repository 7 {
            issuer cloud;
            secret_key moodle.secret;
        }
        location = /connect {
            owncloud_connect cloud; # here
        }'),
    '"owncloud_connect" cannot tell the system account from the user of '
    . 'the same browser: write "location = '
    . '/repository/owncloud/connect"');

warned('elsewhere, below a root', configuration(issuer => "$all $oauth",
    main => $user, server => '
        owncloud_repository 7 {
            issuer cloud;
            moodle_root /lms;
            secret_key moodle.secret;
        }
        location = /repository/owncloud/connect {
            owncloud_connect cloud; # here
        }'), qr/.*write "location = \/lms\/repository\/owncloud\/connect"/);

warned('nobody can connect it', configuration(main => $user,
    issuer => "$all $oauth", repository => 'secret_key moodle.secret;'),
    'nobody can connect the system account of issuer "cloud": write '
    . '"location = /repository/owncloud/connect { owncloud_connect cloud; }"',
    'issuer');

# controlled

my %controlled = (
    'no account' => [$all, 'secret_key moodle.secret;',
        'its issuer has no system account; write "system_account USER '
        . 'password=FILE;" or "system_account oauth=FILE;" into it'],
    'internal files' => ["$all $password",
        'secret_key moodle.secret; supported_files internal;',
        'its "supported_files" are internal; write "supported_files both;"'],
    'no key' => ["$all $password", '',
        'Moodle would not accept them; write "secret_key FILE;"'],
    'no ocs_endpoint' => ["$client $password
        authorization_endpoint https://localhost/a;
        token_endpoint https://localhost/t;
        webdav_endpoint https://localhost/dav;
        userinfo_endpoint https://localhost/u;",
        'secret_key moodle.secret; alias off;',
        'its issuer has no "ocs_endpoint"; write it, or "base_url"'],
);

for my $name (sort keys %controlled) {
    my ($issuer, $repository, $text) = @{ $controlled{$name} };

    $text = "repository \"7\" cannot have access controlled links: $text, or "
            . 'write "controlled off;"';

    refused("$name, but wanted", configuration(issuer => $issuer,
        repository => "$repository controlled on;"), $text, 'repository');

    next if $name eq 'no account';

    warned("$name, not wanted", configuration(issuer => $issuer,
        repository => "$repository"), $text, 'repository')
        if $name ne 'no key';

    my ($good, $said) = nginx_t(configuration(issuer => $issuer,
        repository => "$repository controlled off;"));

    ok($good && $said !~ /controlled links/, "$name, and off");
}

accepted('with all of it', configuration(issuer => "$all $password",
    repository => "secret_key moodle.secret; controlled $_;")) for qw/ on off /;

done_testing();
