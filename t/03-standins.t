#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The stand-ins have passwords that everybody knows and do what they are told:
# only the tests may tell them, and no page in a browser.

use v5.20;
use warnings;

use lib 't/lib';

use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud fresh slurp);
use Owncloud::HTTP;

my $env = standins();
my %token = ('Control-Token' => $env->{CONTROL_TOKEN});
my $nginx = Owncloud->new;

fresh($nginx);

my %state = (OC => $env->{CLOUD_OC_STATE}, NC => $env->{CLOUD_NC_STATE});
my $outside = "$env->{STANDINS_DIR}/outside";

subtest 'the token' => \&the_token;
subtest 'pages of other sites' => \&foreign;
subtest 'what is no page of another site' => \&local;
subtest 'paths' => \&paths;
subtest 'names in the Moodle' => \&moodle_names;
subtest 'the user' => \&the_user;

fresh($nginx);
$nginx->finish;
done_testing;


# (status, body) of a request as it is

sub ask {
    my ($port, $line, $headers, $body) = @_;

    my @line = ("$line HTTP/1.1", 'Connection: close',
                map { "$_: $headers->{$_}" } sort keys %$headers);

    push @line, "Host: 127.0.0.1:$port" if !exists $headers->{Host};
    push @line, 'Content-Length: ' . length $body if defined $body;

    my $answer = Owncloud::HTTP::parse(Owncloud::HTTP::raw($port,
        join("\r\n", @line, '', '') . ($body // '')));

    return ($answer->{status}, $answer->{body});
}


sub the_token {
    like($env->{CONTROL_TOKEN}, qr/^[0-9a-f]{32}$/, 'a token');
    is((stat $ENV{STANDINS_ENV})[2] & 077, 0, 'that is not for everybody')
        if $ENV{STANDINS_ENV};

    for my $port (map { $env->{"CLOUD_${_}_HTTP_PORT"} } qw(OC NC)) {
        for my $case ([], ['Control-Token' => ''],
                      ['Control-Token' => 'f' x 32],
                      ['X-Control-Token' => $env->{CONTROL_TOKEN}],
                      [%token, Origin => "http://127.0.0.1:$port"],
                      [%token, 'Sec-Fetch-Site' => 'same-origin'])
        {
            my %header = @$case;

            is((ask($port, 'GET /_control/tokens', \%header))[0], 403,
               "@{[ %header ? sort keys %header : 'none' ]}");
            is((ask($port, 'POST /_control/reset', \%header, '{}'))[0], 403,
               'POST');
        }

        is((ask($port, 'GET /_control/log', \%token))[0], 200, 'the token');
        is((ask($port, 'GET /_control/log?Control-Token='
                       . $env->{CONTROL_TOKEN}, {}))[0], 403, 'in the query');

        # nginx and PHP see different paths

        isnt((ask($port, "GET $_", \%token))[0], 200, $_)
            for '/x/../_control/tokens', '/_control/../_control/tokens',
                '/%5fcontrol/tokens', '//_control/tokens',
                '/_control/../status.php';
    }

    for my $case ([], ['Control-Token' => 'f' x 32],
                  [%token, Origin => $nginx->url],
                  [%token, 'Sec-Fetch-Site' => 'none'])
    {
        is((ask($nginx->{port}, 'GET /_control.php?do=users', { @$case }))[0],
           403, 'Moodle');
    }

    is((ask($nginx->{port}, 'GET /_control.php?do=users', \%token))[0], 200,
       'Moodle, the token');
}


# what a browser sends, or an old one

my @foreign = (
    [Host => 'evil.org'],
    [Host => 'evil.org:80'],
    [Host => '127.0.0.1.evil.org'],
    [Host => 'localhost.evil.org'],
    [Host => '192.0.2.1'],
    [Origin => 'https://evil.org'],
    [Origin => 'null'],
    [Origin => 'http://127.0.0.1.evil.org'],
    [Origin => 'http://127.0.0.1@evil.org'],
    [Referer => 'https://evil.org/page'],
    [Referer => 'https://evil.org/http://127.0.0.1/'],
    ['Sec-Fetch-Site' => 'cross-site'],
    ['Sec-Fetch-Site' => 'cross-site', 'Sec-Fetch-Mode' => 'no-cors'],
    ['Sec-Fetch-Site' => 'cross-site', 'Sec-Fetch-Mode' => 'navigate',
     'Sec-Fetch-Dest' => 'iframe'],
);

sub foreign {
    my %request = (
        $env->{CLOUD_OC_HTTP_PORT} => ['GET /oc/status.php',
                                       'POST /oc/index.php/login',
                                       'PUT /oc/remote.php/webdav/x.txt'],
        $env->{CLOUD_NC_HTTP_PORT} => ['GET /status.php',
                                       'PUT /remote.php/webdav/x.txt'],
        $nginx->{port} => ['GET /login/index.php', 'POST /login/index.php',
                           'POST /repository/repository_ajax.php?action=x'],
    );

    my $basic = 'Basic ' . encode_base64('alice:alice-password', '');

    fresh($nginx);

    for my $case (@foreign) {
        for my $port (sort keys %request) {
            for my $line (@{ $request{$port} }) {
                my $body = $line =~ /^GET/ ? undef : 'x=y';
                my ($status, $text) = ask($port, $line,
                    { @$case, Authorization => $basic, %token }, $body);

                is($status, 403, "$case->[0] $case->[1]: $line");
            }
        }
    }

    is_deeply(cloud($_ => 'log'), [], "$_ saw nothing") for qw(OC NC);
    is_deeply($nginx->moodle('log'), [], 'and Moodle');
    ok(!-e "$state{$_}/data/alice/x.txt", "$_ stored nothing") for qw(OC NC);

    # nor by the port that records what it gets

    for my $case (@foreign) {
        my $got = Owncloud::HTTP::raw($env->{CLOUD_RAW_NC_HTTP_PORT},
            "GET /status.php HTTP/1.1\r\n"
            . join('', map { "$_\r\n" }
                       ($case->[0] eq 'Host' ? () : 'Host: 127.0.0.1'),
                       "$case->[0]: $case->[1]") . "\r\n");

        is($got, '', "fault.pl, $case->[0] $case->[1]");
    }

    is_deeply(cloud(NC => 'rawlog'), [], 'and it recorded nothing');
}


sub local {
    my $port = $env->{CLOUD_NC_HTTP_PORT};

    for my $case ([], [Host => "localhost:$port"], [Host => '[::1]'],
                  [Origin => 'http://127.0.0.1:8080'],
                  [Origin => 'null', 'Sec-Fetch-Site' => 'same-origin'],
                  [Referer => 'http://localhost/x'],
                  ['Sec-Fetch-Site' => 'same-site'],
                  ['Sec-Fetch-Site' => 'none'],
                  ['Sec-Fetch-Site' => 'cross-site',
                   'Sec-Fetch-Mode' => 'navigate',
                   'Sec-Fetch-Dest' => 'document'])
    {
        is((ask($port, 'GET /status.php', { @$case }))[0], 200,
           "cloud: @$case");
        is((ask($nginx->{port}, 'GET /login/index.php', { @$case }))[0], 200,
           "Moodle: @$case");
    }

    is((ask($nginx->{port}, 'GET /login/index.php', { Host => $_ }))[0], 200,
       "Moodle: $_, which nobody can own") for 'moodle.example', 'a.b.test';
}


sub paths {
    my $place = "$state{NC}/data/alice";

    is((stat $place)[4], (getpwnam $env->{STANDINS_USER})[2],
       'the files belong to the user');

    symlink $env->{STANDINS_DIR}, "$place/link" or die "link: $!\n";
    symlink $outside, "$place/outside.txt" or die "link: $!\n";

    my @bad = (
        ['alice', '../../../outside'], ['alice', 'Documents/../../../x'],
        ['alice', '..'], ['alice', '/..'], ['alice', 'a/./b'],
        ['alice', 'a//b'], ['alice', ''], ['alice', '/'],
        ['alice', "x\0y"], ['alice', 'link/outside'], ['alice', 'link/a/b'],
        ['alice', 'outside.txt'],
        ['..', 'outside'], ['../..', 'outside'], ['nobody-here', 'x'],
        ['', 'outside'], ['alice/..', 'x'],
    );

    for my $bad (@bad) {
        my ($user, $path) = @$bad;
        my %file = (user => $user, path => $path);

        for my $call (['POST', 'file', { %file, content => 'x' }],
                      ['DELETE', 'file', \%file],
                      ['POST', 'many', { user => $user, folder => $path,
                                         count => 1 }])
        {
            my ($method, $name, $data) = @$call;

            is((ask($env->{CLOUD_NC_HTTP_PORT}, "$method /_control/$name",
                    \%token, encode_json($data)))[0], 400,
               "$method $name $user \"" . $path =~ s/\0/NUL/r . '"');
        }
    }

    ok(!-e $outside && !-e "$env->{STANDINS_DIR}/a", 'nothing outside');
    ok(-l "$place/link" && -l "$place/outside.txt", 'the links are there');

    unlink "$place/link", "$place/outside.txt";

    for my $path ('/good/x.txt', 'good/y..txt') {
        cloud(NC => 'file', { user => 'alice', path => $path,
                              content => 'good' });
        is(slurp("$place/$path"), 'good', "$path is a good one");
    }

    cloud(NC => 'file', { user => 'alice', path => 'good' }, 'DELETE');
    ok(!-e "$place/good", 'removed');

    # by WebDAV

    my $basic = 'Basic ' . encode_base64('alice:alice-password', '');

    for my $path ('../../../outside', '%2e%2e/%2e%2e/%2e%2e/outside', '..',
                  '..%2f..%2foutside', 'Documents/..')
    {
        my ($status) = ask($env->{CLOUD_NC_HTTP_PORT},
                           "PUT /remote.php/webdav/$path",
                           { Authorization => $basic }, 'x');
        cmp_ok($status, '>=', 400, "PUT $path");
    }

    ok(!-e $outside && !-e "$state{NC}/outside", 'nothing outside');
    cloud(NC => 'reset', { data => JSON::PP::true });
}


sub moodle_names {
    for my $query ('do=session&user=student1&id=../../../outside',
                   'do=session&user=student1&id=../x',
                   'do=save&user=../..&item=1&ctx=17')
    {
        my ($status) = ask($nginx->{port}, "GET /_control.php?$query",
                           \%token);
        is($status, 400, $query);
    }

    ok(!-e "$outside.json" && !-e "$env->{MOODLE_STATE}/x.json",
       'nothing outside');
}


sub the_user {
    my @running = map {
        slurp("$_/cmdline") =~ /\Q$env->{STANDINS_DIR}\E/
            ? [(slurp("$_/status") =~ /^Uid:\s+(.*)/m)[0],
               slurp("$_/cmdline") =~ s/\0/ /gr] : ();
    } glob '/proc/[0-9]*';

    my @own = grep { $_->[1] =~ /standins|fault\.pl|php-fpm|nginx -p/ }
                   @running;
    my $uid = getpwnam $env->{STANDINS_USER};

    cmp_ok(@own, '>=', 3, 'they run');

    is($_->[0], join("\t", ($uid) x 4), $_->[1] =~ s{\S*/}{}gr)
        for grep { $_->[1] !~ /-c \Q$nginx->{dir}/ } @own;

    ok($> || $uid, 'which is not root');
}
