#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A code that comes with a state of ours is in no log, whoever answers; what
# comes with a state of Moodle's is not touched.  And how long tokens are said
# to be good for.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud free_port fresh slurp wait_for);

my $callback = '/admin/oauth2callback.php';
my $state = 'v1.0123abcd.' . 'A' x 60;
my $host = 'Host: 127.0.0.1';

subtest 'whoever answers' => \&whoever;
subtest 'states of Moodle' => \&moodles_own;
subtest 'expires_in' => \&lifetimes;

fresh();
done_testing;


# a place for each way to be answered by somebody else

sub whoever {
    my $nginx = Owncloud->new(no_start => 1);
    my %port = map { $_ => free_port() } qw(redirect deny rewrite other);
    my $log = "$nginx->{dir}/every.log";

    my $repository = <<'EOT';
        owncloud_repository 7 {
            issuer  oc;
        }
EOT

    my %server = (
        redirect => 'return 307 https://$host$request_uri;',
        deny     => 'deny all;',
        rewrite  => 'rewrite ^ /elsewhere?$args last;'
                    . ' location /elsewhere { return 410 $request_uri; }',
        other    => 'location / { return 404; }',
    );

    $nginx->configure(http => <<EOT . join('', map { <<EOS } sort keys %port),
    log_format  every  '\$request|\$request_uri|\$uri|\$args|\$query_string|'
                       '\$arg_code|\$http_referer|\$status';
    access_log  $log  every;

    limit_req_zone  \$binary_remote_addr  zone=one:1m  rate=1r/m;
EOT
    server {
        listen       127.0.0.1:$port{$_};
        server_name  127.0.0.1;
@{[ $_ eq 'other' ? '' : $repository ]}
        $server{$_}
    }
EOS
        server => <<'EOT');
        owncloud_repository 7 {
            issuer  oc;
        }

        owncloud_repository 8 {
            issuer       nc;
            moodle_root  /lms;
        }

        location = /files {
            owncloud_listing oc callback=/back;
        }

        location = /back {
            owncloud_oauth_callback;
            limit_req  zone=one;
        }

        location = /admin/oauth2callback.php {
            if ($arg_deny) {
                return 403;
            }

            limit_req  zone=one;
        }
EOT
    $nginx->start;
    fresh();

    my $n = 0;
    my @request;

    # the first may be answered by us, those after it by limit_req

    for my $path ($callback, '/back') {
        for my $name ('code', 'code', 'c%6Fde', '%63%6f%64%65', '%63ode',
                      'cod%65', 'a=b&code')
        {
            push @request, [$nginx->{port}, 'GET', $path, $name];
        }
    }

    push @request, map { [$nginx->{port}, $_, $callback, 'code'] }
                       qw(HEAD POST PUT DELETE OPTIONS);
    push @request, [$nginx->{port}, 'GET', '/lms' . $callback, 'code'],
                   [$nginx->{port}, 'GET', '/admin/../admin//'
                                           . 'oauth2callback.php', 'code'],
                   [$nginx->{port}, 'GET', '/admin/oauth2callback%2Ephp',
                    'code'],
                   [$nginx->{port}, 'GET', $callback, 'deny=1&code'];
    push @request, map { [$port{$_}, 'GET', $callback, 'code'] }
                       grep { $_ ne 'other' } sort keys %port;

    my %status;

    for my $request (@request) {
        my ($port, $method, $path, $name) = @$request;

        for my $query ("state=$state&$name=CANARY", "$name=CANARY&state=$state")
        {
            my $canary = 'Code' . ++$n . 'x' x 20;
            my $uri = "$path?" . $query =~ s/CANARY/$canary/r;
            my $got = Owncloud::HTTP::raw($port,
                "$method $uri HTTP/1.1\r\n$host:$port\r\nConnection: close\r\n"
                . "Content-Length: 0\r\n\r\n");
            my ($status) = $got =~ /^HTTP\S+ (\d+)/;

            $status{$status // 'none'}++;
            wait_for(sub { $n == (() = slurp($log) =~ /\n/g) });

            my @found = grep { index($_, $canary) >= 0 }
                        split /\n/, slurp($log) . $nginx->log
                                    . $nginx->access_log;
            is_deeply(\@found, [], "$method "
                      . $uri =~ s/\Q$state\E/STATE/r
                             =~ s/\Q$canary\E/CODE/r
                      . ', ' . ($status // 'none'));
        }
    }

    is(scalar(() = slurp($log) =~ /\n/g), $n, 'all of them are in the log');
    cmp_ok(scalar(() = slurp($log) =~ /=-{20,}/g), '>=', $n,
           'and have lost their codes');

    # what has the form of our states may be another nginx's, behind a server
    # that has no repository

    Owncloud::HTTP::raw($port{other},
        "GET $callback?state=$state&code=CodeOfOthers HTTP/1.1\r\n"
        . "$host:$port{other}\r\nConnection: close\r\n\r\n");

    ok(wait_for(sub { slurp($log) =~ /[?&]code=CodeOfOthers/ }),
       'a server without a repository passes on what it gets');

    # each of the ways was gone

    ok($status{$_}, "a status of $_") for 503, 403, 307, 410;

    $nginx->finish;
}


# Moodle has OAuth services of its own, with their codes

sub moodles_own {
    my $nginx = Owncloud->new(php => undef, server => <<'EOT');
        owncloud_repository 7 {
            issuer  oc;
        }
EOT

    fresh($nginx);

    my @query = (
        'state=/auth/oauth2/login.php?id=1%26sesskey=x&code=MoodlesOwnCode',
        'code=MoodlesOwnCode&state=%2Fauth%2Foauth2%2Flogin.php',
        'code=MoodlesOwnCode',
        'c%6Fde=MoodlesOwnCode&state=v2.0123abcd.' . 'A' x 60,
        'state=v1.&code=MoodlesOwnCode',
        'state=xv1.0123abcd.' . 'A' x 60 . '&code=MoodlesOwnCode',
        'code=a+b%20c&code=d&&state=&error=x',
    );

    for my $query (@query) {
        for my $method ('GET', 'POST') {
            $nginx->moodle('clear');
            $nginx->browser->request($method, "$callback?$query",
                                     $method eq 'POST' ? 'code=x' : undef);

            my ($log) = @{ $nginx->moodle('log') };

            is($log->{cgi}{QUERY_STRING}, $query,
               "$method " . $query =~ s/A{9,}/A.../r);
            is($log->{cgi}{REQUEST_URI}, "$callback?$query", 'REQUEST_URI');
        }
    }

    # nor is another script touched

    my $other = "code=MoodlesOwnCode&state=$state";

    $nginx->moodle('clear');
    $nginx->browser->request('GET', "/repository/repository_callback.php"
                                    . "?$other");
    is($nginx->moodle('log')->[0]{cgi}{QUERY_STRING}, $other,
       'another script');

    $nginx->finish;
}


# what a cloud says of the lifetime does not make a session unusable

sub lifetimes {
    my $nginx = Owncloud->new;

    fresh($nginx);

    my @value = qw(1 3600 4294967296 2147483648 9223372036854775807
                   9223372036854775808 18446744073709551616 1e400 -1
                   -9223372036854775808 0 3600.5 null true "3600" "soon" ""
                   [] {});

    # one second is over at once

    shift @value;

    for my $value (@value, '9' x 400) {
        for my $repo (7, 8) {
            my $profile = $repo == 7 ? 'OC' : 'NC';

            cloud($profile => 'reset', {});
            cloud($profile => 'faults', {
                match => '/token', action => 'replace',
                from => '"expires_in":3600', to => qq("expires_in":$value) });

            my $browser = $nginx->browser;
            my $name = "$profile, " . substr $value, 0, 24;

            is($browser->sign_in($repo)->{status}, 200, "$name: signed in");
            is(cloud($profile => 'faults')->[0]{hits}, 1,
               'with that value');

            for my $time ('first', 'second') {
                like($browser->raw(list => $repo)->{body},
                     qr/"title":"Documents"/, "the $time listing");
            }
        }
    }

    $nginx->finish;
}
