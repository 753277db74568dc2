#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Care for the cloud: one that says that it is too much, or that it is down,
# is left alone for as long as it asks for, and it never gets more calls at
# the same time than it may.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use POSIX qw(strftime);
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud requests fresh free_port standins wait_for);
use Owncloud::Clock;
use Owncloud::HTTP;


# nginx with the Nextcloud only; nothing is kept of a listing

sub server {
    my ($setting, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(issuers => $nginx->issuer('nc', read_timeout => '20s',
                                                %$setting),
                      server => <<'EOS');
        owncloud_repository 8 {
            issuer     nc;
            timezone   UTC;
            authorize  off;
            cache      off;
        }
EOS

    return $nginx->start;
}


sub signed_in {
    my ($nginx, $user, %option) = @_;

    my $browser = $nginx->browser(%option);
    $browser->sign_in(8, user => $user);

    return $browser;
}


# what the picker gets: "list", or the code of the error

sub outcome {
    my $answer = shift->picker(list => 8);

    return $answer->{list} ? 'list' : $answer->{errorcode} // 'nothing';
}


sub propfinds { scalar requests('NC', qr/^PROPFIND/) }


sub faults {
    cloud(NC => 'faults', undef, 'DELETE');
    cloud(NC => 'faults', { match => '^PROPFIND', @_ }) if @_;
}


subtest 'left alone' => \&left_alone;
subtest 'the trouble of one user' => \&one_user;

for my $what ('a file that is too large', 'a slow folder',
              'a folder that breaks', 'nonsense', 'a huge header')
{
    subtest "no server is blamed for $what" => sub { not_blamed($what) };
}

subtest 'a server that is not there' => \&not_there;
subtest 'a cloud that drips' => \&drips;
subtest 'a client that goes while the first server fails' => \&gone_first;

subtest "maintenance: $_" => sub { maintenance($_) } for qw(NC OC own);

subtest 'the token endpoint' => \&token_endpoint;
subtest 'wrong codes' => \&wrong_codes;
subtest 'what was asked first' => \&longer;

for my $workers (1, 2) {
    subtest "no more than two at a time, workers: $workers"
        => sub { at_a_time($workers) };
}

subtest 'a queue that is full' => \&full;
subtest 'too long in the queue' => \&too_long;
subtest 'told while they wait' => \&told;
subtest 'a worker that is killed' => \&killed;
subtest 'clients that leave the queue' => \&leave;
subtest 'a reload' => \&reloaded;
subtest 'a refresh that nobody waits for' => \&refreshed;

fresh();
done_testing;


# how long a cloud is left alone, and by whom, and what is told

sub left_alone {
    my $clock = Owncloud::Clock->new;

    fresh();

    my $nginx = server({}, clock => $clock);
    my ($alice, $bob) = map { signed_in($nginx, $_) } qw(alice bob);
    my $ahead = 0;

    my $date = sub {
        return strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime time + shift);
    };

    my @cases = (
        # name, seconds, status, headers; all that follows: by everybody
        ['429', 10, 429, {}],
        ['429 and seconds', 120, 429, { 'Retry-After' => '120' }],
        ['429 and a date', 60, 429, { 'Retry-After' => $date->(60) }],
        ['429 and a date that has passed', 1, 429,
         { 'Retry-After' => $date->(-1000) }],
        ['429 and too much', 300, 429,
         { 'Retry-After' => '9' x 30 }],
        ['429 and nonsense', 10, 429, { 'Retry-After' => '12 apples' }],
        ['503', 5, 503, {}],
        ['503 and seconds', 30, 503, { 'Retry-After' => '30' }, 1],
        ['503 of maintenance', 5, 503,
         { 'X-Nextcloud-Maintenance-Mode' => '1' }, 1],
    );

    for my $case (@cases) {
        my ($name, $seconds, $status, $headers, $all) = @$case;

        my $code = $status == 429 ? 'cloudtoomany' : 'cloudmaintenance';

        cloud(NC => 'log', undef, 'DELETE');
        faults(action => 'status', status => $status, headers => $headers);

        is(outcome($alice), $code, "$name: told");
        is(propfinds(), 1, "$name: asked");

        my $sent = 1;

        if ($seconds > 4) {
            is(outcome($alice), $code, "$name: told again");
            is(outcome($bob), $all ? $code : 'list', "$name: another user");
            $sent += !$all;

            $clock->set($ahead + $seconds - 3);
            is(outcome($alice), $code, "$name: still told");
            is(propfinds(), $sent, "$name: not asked again");
        }

        # seconds of the world that have passed do not matter

        $clock->set($ahead += $seconds + 1);
        is(outcome($_), 'list', "$name: over") for $alice, $bob;
        is(propfinds(), $sent + 2, "$name: asked again");
    }

    my @said = $nginx->log =~ /\[warn\].*?("nc" responded .*? for \d+ s)/g;

    # a date is counted from the cloud's second, which may be the next one

    s/for (?:59|61) s/for 60 s/ for @said;

    is_deeply(\@said, [map { "\"nc\" responded with $_->[2], calls"
                            . ($_->[4] ? '' : ' of this user')
                            . " backed off for $_->[1] s" } @cases],
              'each is in the log, once');

    $nginx->finish;
}


sub one_user {
    my $clock = Owncloud::Clock->new;

    fresh();

    my $nginx = server({}, clock => $clock);
    my ($alice, $bob, $teacher) = map { signed_in($nginx, $_) }
                                      qw(alice bob teacher1);

    faults(action => 'status', status => 503);
    cloud(NC => 'log', undef, 'DELETE');

    is(outcome($alice), 'cloudmaintenance', 'alice gets a 503');
    is(outcome($alice), 'cloudmaintenance', 'and is told so again');
    is(propfinds(), 1, 'without asking');
    is(outcome($bob), 'list', 'bob gets his listing');
    is(outcome($alice), 'cloudmaintenance', 'which does not help alice');
    is(propfinds(), 2, 'bob asked');

    $clock->set(7);
    is(outcome($alice), 'list', 'alice, later');

    # one folder that two of them have

    faults(action => 'status', status => 503, times => 2);
    cloud(NC => 'log', undef, 'DELETE');

    is(outcome($alice), 'cloudmaintenance', 'alice gets a 503 again');
    is(outcome($bob), 'cloudmaintenance', 'and so does bob');
    is(outcome($teacher), 'list', 'which is nothing to others');
    is(propfinds(), 3, 'all asked');

    $clock->set(14);
    is(outcome($_), 'list', 'later') for $alice, $bob, $teacher;

    my @said = $nginx->log
               =~ /\[warn\].*?"nc" responded with 503, (.*? for \d+ s)/g;

    is_deeply(\@said, [('calls of this user backed off for 5 s') x 3],
              'the log');

    $nginx->finish;
}


# as the servers say it by WebDAV, without any header

sub maintenance {
    my $profile = shift;
    my $clock = Owncloud::Clock->new;

    fresh();

    my $nginx = server({}, clock => $clock);
    my ($alice, $bob) = map { signed_in($nginx, $_) } qw(alice bob);
    my $message = $profile eq 'NC' ? 'System is in maintenance mode.'
                : $profile eq 'OC' ? 'System in maintenance mode.'
                                   : 'The storage &lt;s:message>System in '
                                     . 'maintenance mode.&lt; is not there.';
    my $exception = $profile eq 'NC' ? 'OCA\DAV\Exception\ServerMaintenanceMode'
                                     : 'Sabre\DAV\Exception\ServiceUnavailable';

    faults(action => 'status', status => 503, body => 'text',
           type => 'application/xml; charset=utf-8', length => JSON::PP::false,
           text => <<"EOX");
<?xml version="1.0" encoding="utf-8"?>
<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">
  <s:exception>$exception</s:exception>
  <s:message>$message</s:message>
</d:error>
EOX

    cloud(NC => 'log', undef, 'DELETE');

    is(outcome($alice), 'cloudmaintenance', 'alice is told');
    is(outcome($bob), $profile eq 'own' ? 'list' : 'cloudmaintenance', 'bob');
    is(propfinds(), $profile eq 'own' ? 2 : 1, 'asked');

    $nginx->finish;
}


# an upstream with two servers, which are the same cloud

sub two_servers {
    my ($servers, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);
    my $issuer = $nginx->issuer(nc => upstream => 'both');

    $nginx->configure(issuers => join("\n", '    upstream both {',
        (map { "        server 127.0.0.1:$_;" } @$servers),
        $option{keepalive} // '        keepalive 4;', '    }', '', $issuer), server => <<"EOS");
        owncloud_repository 8 {
            issuer             nc;
            secret_key         $nginx->{dir}/moodle.key;
            timezone           UTC;
            authorize          off;
            cache              off;
            previews           off;
            upload_repository  5;
        }
EOS

    return $nginx->start;
}


sub folder {
    my $answer = shift->picker(list => 8, p => shift // '/Documents/');

    return $answer->{list} ? 'list' : $answer->{errorcode} // 'nothing';
}


# what one user asks for again and again, and what it costs the others

sub not_blamed {
    my $what = shift;

    fresh();

    my $port = standins()->{CLOUD_RAW_NC_PORT};
    my $nginx = two_servers([$port, $port],
                            setting => { read_timeout => '1s' });
    my ($alice, $bob) = map { signed_in($nginx, $_) } qw(alice bob);

    my %case = (
        'a slow folder'
            => [cloudtimeout => { preset => 'silence', seconds => 3 }],
        'a folder that breaks' => [cloudbroken  => { preset => 'close' }],
        'nonsense'             => [cloudinvalid => { preset => 'garbage' }],
        'a huge header'        => [cloudinvalid => { preset => 'huge_header' }],
    );

    my ($file) = grep { $_->{title} eq 'report.pdf' }
                      @{ $alice->picker(list => 8)->{list} };

    cloud(NC => 'raw', { match => '^PROPFIND .*/webdav/Documents/',
                         times => -1, %{ $case{$what}[1] } })
        if $case{$what};

    cloud(NC => 'log', undef, 'DELETE');

    for my $n (1 .. 3) {
        my $code = $case{$what} ? folder($alice)
            : $alice->picker(download => 8,
                             (map { $_ => $file->{$_} }
                                  qw(title source sourcekey)),
                             savepath => '/', license => 'unknown',
                             author => 'x', itemid => 5000 + $n,
                             maxbytes => 10)->{errorcode};

        is($code, $case{$what} ? $case{$what}[0] : 'maxbytesfile',
           "time $n");
    }

    # what breaks on a kept connection may have come too late for it

    my $sent = grep { decode_base64($_->{raw})
                      =~ m{^(?:PROPFIND .*/Documents/|GET .*/report\.pdf)} }
               @{ cloud(NC => 'rawlog') };

    cmp_ok($sent, '<=', $what =~ /breaks/ ? 6 : 3, 'each was sent once');
    cmp_ok($sent, '>=', 3, 'it was');

    is(folder($bob, '/'), 'list', 'the others get their listings');
    unlike($nginx->log, qr/no live upstreams|temporarily disabled/,
           'all servers are good');

    cloud(NC => 'raw', undef, 'DELETE');
    $nginx->finish;
}


# but a server that does not take the request has another one in its place

sub not_there {
    fresh();

    my $nginx = two_servers([free_port(), standins()->{CLOUD_NC_PORT}]);
    my $alice = signed_in($nginx, 'alice');

    is(folder($alice), 'list', "listing $_") for 1 .. 3;
    like($nginx->log, qr/connect\(\) failed/, 'one was refused');

    $nginx->finish;
}


# a refresh goes on with the next server although nobody waits for it

sub gone_first {
    plan skip_all => 'no curl with HTTP/2' if qx(curl -V 2>/dev/null) !~ /HTTP2/;

    fresh();

    my $clock = Owncloud::Clock->new;
    my $port = standins()->{CLOUD_RAW_NC_PORT};
    my $nginx = two_servers([$port, $port], keepalive => '', clock => $clock,
                            setting => { connect_timeout => '1500ms' });
    my $bob = signed_in($nginx, 'bob', url  => $nginx->tls_url,
                        http => Owncloud::HTTP::curl('--http2'));
    my $tokens = sub { scalar requests('NC', qr{^POST .*/token}) };

    # the token is at its end, so that the refresh comes first

    $clock->set(3590);
    cloud(NC => 'raw', { match => 'TLS', preset => 'silence', seconds => 4 });
    cloud(NC => 'log', undef, 'DELETE');

    system 'curl', '-sk', '--http2', '--max-time', '0.7', '-o', '/dev/null',
           '-H', 'Cookie: ' . $bob->cookie_header('/repository/'),
           '-d', $bob->picker_form(8), $nginx->tls_url
           . '/repository/repository_ajax.php?action=list';

    is($? >> 8, 28, 'the client has not waited');
    ok(wait_for(sub { $tokens->() == 1 }, 4), 'the next server is asked');
    is(outcome($bob), 'list', 'the next request has its tokens');
    is($tokens->(), 1, 'which were asked for once');

    cloud(NC => 'raw', undef, 'DELETE');
    $nginx->finish;
}


# always something, but next to nothing: of a listing, a file, a token answer

sub drips {
    fresh();

    my $nginx = two_servers([standins()->{CLOUD_NC_PORT}],
        setting => { map { $_ => '500ms' } qw(connect_timeout send_timeout
                                              read_timeout) });
    my $browser = signed_in($nginx, 'alice');
    my ($file) = grep { $_->{title} eq 'notes.txt' }
                      @{ $browser->picker(list => 8)->{list} };

    my $copy = sub {
        return $browser->picker(download => 8,
                                (map { $_ => $file->{$_} }
                                     qw(title source sourcekey)),
                                savepath => '/', license => 'unknown',
                                author => 'x', itemid => 5100);
    };

    my $drip = sub {
        my ($match, $bytes) = @_;

        cloud(NC => 'faults', undef, 'DELETE');
        cloud(NC => 'faults', { match => $match, action => 'drip',
                                bytes => $bytes, interval => 0.2,
                                times => -1 });
    };

    # 500 bytes a second, which makes 4 s and more

    $drip->('^PROPFIND', 100);
    is(folder($browser, '/'), 'cloudtimeout', 'a listing');
    $drip->('^GET .*notes.txt', 100);
    is($copy->()->{errorcode}, 'cloudtimeout', 'a file');

    # 2 KB a second, which are enough

    $drip->('^PROPFIND', 400);
    is(folder($browser, '/'), 'list', 'a slow listing');

    like($nginx->log, qr/cloud is too slow: \d+ bytes in 1\d{3} ms/, 'the log');

    cloud(NC => 'faults', undef, 'DELETE');
    $nginx->finish;
}


sub token_endpoint {
    fresh();

    my $nginx = server({});
    my $alice = signed_in($nginx, 'alice');
    my $bob = $nginx->browser;
    my $back = $bob->consent($bob->login_url(8), user => 'bob');

    cloud(NC => 'faults', { match => 'oauth2/api/v1/token',
                            action => 'status', status => 503 });
    cloud(NC => 'log', undef, 'DELETE');

    is($bob->return_to($back)->{status}, 502, 'a sign-in fails');
    is(outcome($alice), 'list', 'others have their listings');
    is(propfinds(), 1, 'which were asked for');

    $nginx->finish;
}


# Nextcloud answers wrong codes with 429

sub wrong_codes {
    fresh();

    my $nginx = server({});
    my ($alice, $bob) = map { signed_in($nginx, $_) } qw(alice bob);
    my $mallory = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                  sesskey => 'Studentaaa', ctx => 18);
    my $new = $nginx->browser;
    my $good = $new->consent($new->login_url(8), user => 'teacher1');
    my ($state) = $mallory->login_url(8) =~ /[?&]state=([^&]+)/;

    cloud(NC => 'faults', { match => 'oauth2/api/v1/token',
                            action => 'status', status => 429 });
    cloud(NC => 'log', undef, 'DELETE');

    my $answer = $mallory->request('GET',
        "/admin/oauth2callback.php?state=$state&code=junk");

    like($answer->{body}, qr/too busy/, 'who sends them is told');
    is(outcome($_), 'list', 'others have their listings') for $alice, $bob;
    is($new->return_to($good)->{status}, 200, 'and sign in');
    is(scalar requests('NC', qr{/oauth2/api/v1/token}), 2, 'with a question');

    $nginx->finish;
}


# two calls on the way: the answer that asks for less comes later

sub longer {
    my $clock = Owncloud::Clock->new;

    fresh();

    my $nginx = server({}, clock => $clock);
    my @browser = (signed_in($nginx, 'alice')) x 2;

    faults(action => 'status', status => 429, delay => 2,
           headers => { 'Retry-After' => 3 });

    my $first = begin($browser[0]);
    ok(wait_for(sub { propfinds() == 1 }), 'the first is on the way');

    cloud(NC => 'faults', { match => '^PROPFIND', action => 'status',
                            status => 429,
                            headers => { 'Retry-After' => 90 } });

    is(outcome($browser[1]), 'cloudtoomany', 'the second asks for 90 s');
    is(ended($first), 'cloudtoomany', 'the first for 3 s');

    faults();
    $clock->set(60);
    is(outcome($browser[0]), 'cloudtoomany', '60 s later');
    $clock->set(91);
    is(outcome($browser[0]), 'list', '91 s later');

    $nginx->finish;
}


# a listing in a process of its own; what came out

sub begin {
    my $browser = shift;

    pipe my $in, my $out or die "pipe: $!\n";

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        syswrite $out, eval { outcome($browser) } // "died: $@";
        POSIX::_exit(0);
    }

    return { pid => $pid, in => $in };
}


sub ended {
    my $child = shift;

    sysread $child->{in}, my $outcome, 1000;
    waitpid $child->{pid}, 0;

    return $outcome;
}


sub together {
    my ($n, $browser) = @_;

    my @child = map { begin($browser) } 1 .. $n;

    return sort map { ended($_) } @child;
}


sub at_a_time {
    my $workers = shift;

    fresh();

    my $nginx = server({ max_calls => '2 queue=20' }, workers => $workers);
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 1, times => -1);
    cloud(NC => 'log', undef, 'DELETE');

    is_deeply([together(7, $browser)], [('list') x 7], 'all are answered');

    my @time = sort { $a <=> $b }
               map { $_->{time} } @{ cloud(NC => 'log?match=^PROPFIND') };

    is(scalar(@time), 7, 'all were asked for');

    # each is at the cloud for a second: the third comes after the first

    is(scalar(grep { $time[$_] - $time[$_ - 2] < 0.9 } 2 .. $#time), 0,
       'never three of them') or diag("@time");

    faults();
    $nginx->finish;
}


sub full {
    fresh();

    my $nginx = server({ max_calls => '1 queue=1' });
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 3, times => -1);
    cloud(NC => 'log', undef, 'DELETE');

    is_deeply([together(4, $browser)],
              ['cloudbusy', 'cloudbusy', 'list', 'list'],
              'one is on the way, one waits');
    is(propfinds(), 2, 'the others were not asked for');

    faults();
    is(outcome($browser), 'list', 'then there is room');

    $nginx->finish;
}


sub too_long {
    fresh();

    my $nginx = server({ max_calls => '1 queue=9 timeout=1s' });
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 4, times => 1);
    cloud(NC => 'log', undef, 'DELETE');

    my $first = begin($browser);
    ok(wait_for(sub { propfinds() == 1 }), 'one is on the way');

    is(outcome($browser), 'cloudbusy', 'another waits in vain');
    is(propfinds(), 1, 'and is not asked for');
    is(ended($first), 'list', 'the first is answered');
    is(outcome($browser), 'list', 'then there is room');

    $nginx->finish;
}


# those who wait for their turn are told what the first one is told

sub told {
    fresh();

    my $nginx = server({ max_calls => '1 queue=9' });
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 1, action => 'status', status => 429);
    cloud(NC => 'log', undef, 'DELETE');

    is_deeply([together(4, $browser)], [('cloudtoomany') x 4], 'all are told');
    is(propfinds(), 1, 'one has asked');

    $nginx->finish;
}


sub killed {
    fresh();

    my $nginx = server({ max_calls => '1 queue=9 timeout=20s' });
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 3, times => 1);
    cloud(NC => 'log', undef, 'DELETE');

    my $first = begin($browser);
    ok(wait_for(sub { propfinds() == 1 }), 'a call is on the way');

    my ($old) = $nginx->workers;
    kill KILL => $old;
    ended($first);

    ok(wait_for(sub { my ($new) = $nginx->workers;
                      defined $new && $new != $old }), 'another worker');

    is(outcome($browser), 'list', 'its call does not count any more');

    $nginx->stop;

    is(join('', grep { !/exited on signal 9/ } split /^/, $nginx->alerts), '',
       'nothing else alarming in the log');
}


# a connection with a request for a listing on it

sub asking {
    my ($nginx, $browser) = @_;

    my $body = $browser->picker_form(8);
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $nginx->{port}) // die;

    print $socket 'POST /repository/repository_ajax.php?action=list HTTP/1.1',
                  "\r\nHost: 127.0.0.1:$nginx->{port}\r\n",
                  'Cookie: ', $browser->cookie_header('/repository/'), "\r\n",
                  "Content-Type: application/x-www-form-urlencoded\r\n",
                  'Content-Length: ', length $body, "\r\n\r\n", $body;

    return $socket;
}


sub leave {
    fresh();

    my $nginx = server({ max_calls => '1 queue=2' });
    my $browser = signed_in($nginx, 'alice');
    my $http2 = qx(curl -V 2>/dev/null) =~ /HTTP2/
                && signed_in($nginx, 'bob', url  => $nginx->tls_url,
                             http => Owncloud::HTTP::curl('--http2'));

    faults(delay => 4, times => 1);
    cloud(NC => 'log', undef, 'DELETE');

    my $first = begin($browser);
    ok(wait_for(sub { propfinds() == 1 }), 'one is on the way');

    for (1 .. 3) {
        my @socket = map { asking($nginx, $browser) } 1, 2;
        sleep 0.1;
        close $_ for @socket;
        sleep 0.1;
    }

    SKIP: {
        skip 'no curl with HTTP/2', 1 if !$http2;

        for (1, 2) {
            system 'curl', '-sk', '--http2', '--max-time', '0.3',
                   '-o', '/dev/null',
                   '-H', 'Cookie: ' . $http2->cookie_header('/repository/'),
                   '-d', $http2->picker_form(8), $nginx->tls_url
                   . '/repository/repository_ajax.php?action=list';
        }

        is($? >> 8, 28, 'HTTP/2: the client has not waited');
    }

    is_deeply([together(2, $browser)], ['list', 'list'],
              'there is room for those who stay');
    is(ended($first), 'list', 'and the first is answered');
    is(propfinds(), 3, 'nothing was asked for those who left');

    $nginx->finish;
}


sub reloaded {
    fresh();

    my $nginx = server({ max_calls => '1 queue=9' });
    my $browser = signed_in($nginx, 'alice');

    faults(delay => 2, times => 2);
    cloud(NC => 'log', undef, 'DELETE');

    my @child = begin($browser);
    ok(wait_for(sub { propfinds() == 1 }), 'one is on the way');

    push @child, begin($browser);
    sleep 0.3;
    $nginx->reload;

    is(outcome($browser), 'list', 'a listing of the new worker');
    is_deeply([map { ended($_) } @child], ['list', 'list'],
              'those of the old one are answered');

    $nginx->finish;
}


# what the cloud answers is not lost with the client that it was asked for

sub refreshed {
    fresh();

    my $nginx = server({});
    my $browser = signed_in($nginx, 'alice');
    my $http2 = qx(curl -V 2>/dev/null) =~ /HTTP2/
                && signed_in($nginx, 'bob', url  => $nginx->tls_url,
                             http => Owncloud::HTTP::curl('--http2'));

    for my $how ('closed', 'reset', $http2 ? 'HTTP/2' : ()) {
        my $who = $how eq 'HTTP/2' ? $http2 : $browser;

        cloud(NC => 'expire', {});
        cloud(NC => 'faults', { match => 'oauth2/api/v1/token', delay => 2 });
        cloud(NC => 'log', undef, 'DELETE');

        my $tokens = sub { scalar requests('NC', qr{^POST .*/token}) };

        if ($how eq 'HTTP/2') {
            system 'curl', '-sk', '--http2', '--max-time', '1',
                   '-o', '/dev/null',
                   '-H', 'Cookie: ' . $who->cookie_header('/repository/'),
                   '-d', $who->picker_form(8), $nginx->tls_url
                   . '/repository/repository_ajax.php?action=list';

            is($? >> 8, 28, "$how: the client has not waited");

        } else {
            my $socket = asking($nginx, $who);

            wait_for(sub { $tokens->() == 1 });
            setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)
                if $how eq 'reset';
            close $socket;
        }

        ok(wait_for(sub { $tokens->() == 1 }), "$how: a refresh");
        is(outcome($who), 'list', "$how: the next one has its tokens");
        is($tokens->(), 1, "$how: which were asked for once");

    }

    $nginx->finish;
}
