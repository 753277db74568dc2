#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What goes wrong around a request: the client goes away at every step, nginx
# is reloaded, restarted or killed.  Nothing may leak, hang or alarm.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Owncloud qw(standins cloud requests wait_for);


cloud($_ => 'reset', {}) for qw(NC OC);

my $nginx = Owncloud->new(level => 'info', workers => 2);
$nginx->moodle('reset');


# the bytes of a listing as a browser sends them

sub bytes {
    my ($browser, $action, $repo, %field) = @_;

    my $path = "/repository/repository_ajax.php?action=$action";
    my $body = $browser->picker_form($repo, %field);

    return "POST $path HTTP/1.1\r\nHost: 127.0.0.1:$nginx->{port}\r\n"
           . 'Cookie: ' . $browser->cookie_header('/repository/') . "\r\n"
           . "Content-Type: application/x-www-form-urlencoded\r\n"
           . 'Content-Length: ' . length($body) . "\r\n\r\n" . $body;
}


sub connected {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $nginx->{port}) // die;
}


# ends a connection by FIN or by RST

sub leave {
    my ($socket, $how) = @_;

    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)
        if $how eq 'reset';
    close $socket;
}


sub open_connections {
    my $n = 0;

    for my $pid ($nginx->workers) {
        $n += grep { (readlink // '') =~ /^socket:/ } glob "/proc/$pid/fd/*";
    }

    return $n;
}


# what the workers have to say comes within a moment

sub settled {
    my $what = shift;

    sleep 0.1;
    unlike($nginx->log, qr/\[(?:alert|crit|emerg)\]/, "$what: no alert");
}


my $browser = $nginx->browser;
like($browser->sign_in(7)->{body}, qr/Signed in/, 'signed in');
is(ref $browser->picker(list => 7)->{list}, 'ARRAY', 'a listing');

my $before = open_connections();


# the client leaves: while Moodle is asked, while the cloud is asked, in the
# middle of the cloud's answer, while its own answer is on the way

for my $how ('close', 'reset') {

    my $fresh = $nginx->browser(ctx => $how eq 'close' ? 18 : 20);
    $fresh->{cookies} = { %{ $browser->{cookies} } };

    $nginx->moodle('fault', match => 'searchform', delay => 2, type => 'none');
    my $socket = connected();
    print $socket bytes($fresh, list => 7);
    sleep 0.5;
    leave($socket, $how);
    settled("client gone ($how) while Moodle is asked");
    $nginx->moodle('nofaults');

    for my $fault ({ delay => 2 }, { action => 'drip', bytes => 20,
                                     interval => 0.02 }) {
        cloud(OC => 'faults', { match => '^PROPFIND', %$fault });
        $socket = connected();
        print $socket bytes($browser, list => 7);
        sleep 0.5;
        leave($socket, $how);
        settled("client gone ($how) while the cloud "
                . ($fault->{delay} ? 'is asked' : 'answers'));
        cloud(OC => 'faults', undef, 'DELETE');
    }

    cloud(OC => 'faults', { match => '^PROPFIND', action => 'entries',
                            count => 3000 });
    $socket = connected();
    print $socket bytes($browser, list => 7);
    sysread $socket, my $some, 1000;
    leave($socket, $how);
    settled("client gone ($how) in the middle of its answer");

    # every byte of the request is a place to leave at

    my $request = bytes($browser, list => 7);

    for (my $at = 1; $at < length $request; $at += 37) {
        $socket = connected();
        print $socket substr $request, 0, $at;
        leave($socket, $how);
    }

    settled("client gone ($how) while it sends");

    is(ref $browser->picker(list => 7)->{list}, 'ARRAY',
       "a listing after all that ($how)");
}


# a sign-in that nobody waits for

{
    my $other = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                sesskey => 'Studentaaa');
    my $url = $other->picker(list => 7)->{login}[0]{url};
    my $back = $other->consent($url);

    cloud(OC => 'faults', { match => 'api/v1/token', delay => 2 });

    my $socket = connected();
    print $socket 'GET ' . substr($back, length $nginx->url) . " HTTP/1.1\r\n"
                  . "Host: 127.0.0.1:$nginx->{port}\r\n"
                  . 'Cookie: ' . $other->cookie_header('/') . "\r\n\r\n";
    sleep 0.5;
    leave($socket, 'close');
    settled('client gone while the code is exchanged');
    cloud(OC => 'faults', undef, 'DELETE');

    like($other->return_to($back)->{body}, qr/already been used/,
         'the attempt is spent');
    like($other->sign_in(7)->{body}, qr/Signed in/, 'the next one is good');
}


# HTTP/2 clients that go away

SKIP: {
    skip 'no curl with HTTP/2', 1 if qx(curl -V 2>/dev/null) !~ /HTTP2/;

    # a session of its own: the cookie of https has another name

    my $secure = $nginx->browser(url  => $nginx->tls_url,
                                 http => Owncloud::HTTP::curl('--http2'));

    like($secure->sign_in(7)->{body}, qr/Signed in/, 'signed in by HTTP/2');

    my $asked = () = requests('OC', qr/^PROPFIND/);

    cloud(OC => 'faults', { match => '^PROPFIND', delay => 3, times => 4 });

    for (1 .. 4) {
        my $body = $secure->picker_form(7);
        system 'curl', '-sk', '--http2', '--max-time', '0.5', '-o', '/dev/null',
               '-H', 'Cookie: ' . $secure->cookie_header('/repository/'),
               '-d', $body, $nginx->tls_url
                            . '/repository/repository_ajax.php?action=list';
    }

    is((() = requests("OC", qr{^PROPFIND})) - $asked, 4, 'the cloud was asked');
    settled('HTTP/2 clients gone');
    cloud(OC => 'faults', undef, 'DELETE');
}


# after a while nothing but the kept-alive connections is left

ok(wait_for(sub { open_connections() <= $before + 6 }, 15),
   'no connection is left behind')
    or diag('connections: ' . open_connections() . ", before: $before");


# reload while listings are on the way: all are answered, all well

{
    my @child;

    cloud(OC => 'faults', { match => '^PROPFIND', delay => 0.3, times => -1 });

    for my $n (1 .. 4) {
        pipe my $in, my $out;
        my $pid = fork // die;

        if ($pid == 0) {
            my $good = 0;
            for (1 .. 6) {
                my $answer = eval { $browser->picker(list => 7) } // {};
                $good++ if ref $answer->{list} eq 'ARRAY';
            }
            syswrite $out, $good;
            POSIX::_exit(0);
        }

        push @child, [ $pid, $in ];
    }

    for (1 .. 4) {
        sleep 0.35;
        $nginx->reload;
    }

    my @good;

    for my $child (@child) {
        sysread $child->[1], my $good, 10;
        waitpid $child->[0], 0;
        push @good, $good;
    }

    is("@good", '6 6 6 6', 'every listing during four reloads is answered');
    cloud(OC => 'faults', undef, 'DELETE');
}


# a worker that is killed in the middle: the next request finds all in order

{
    cloud(OC => 'faults', { match => '^PROPFIND', delay => 2 });

    my $socket = connected();
    print $socket bytes($browser, list => 7);
    sleep 0.5;

    my @old = $nginx->workers;
    kill KILL => @old;
    close $socket;

    ok(wait_for(sub {
        my %old = map { $_ => 1 } @old;
        2 == grep { !$old{$_} } $nginx->workers;
    }), 'the workers are started again');

    cloud(OC => 'faults', undef, 'DELETE');

    is(ref $browser->picker(list => 7)->{list}, 'ARRAY',
       'the session outlives its worker');
}


# many reloads leave neither sockets nor memory in the master

SKIP: {
    skip 'a sanitizer keeps memory', 2 if $ENV{TEST_NGINX_SANITIZED};

    my $resident = sub {
        return 4 * (split ' ', Owncloud::slurp("/proc/$nginx->{pid}/statm"))[1];
    };

    my $files = sub { scalar(() = glob "/proc/$nginx->{pid}/fd/*") };

    for (1 .. 10) { $nginx->reload }
    sleep 0.5;
    my ($kb, $fd) = ($resident->(), $files->());

    for (1 .. 30) { $nginx->reload }
    sleep 0.5;

    is($files->(), $fd, '30 reloads: no file more in the master');
    cmp_ok($resident->() - $kb, '<', 1024, '30 reloads: less than 1 MB more');
}

is(ref $browser->picker(list => 7)->{list}, 'ARRAY', 'a listing in the end');

$nginx->stop;

# killed workers are alerts of nginx's own, and wanted here

my @alert = grep { !/exited on signal 9/ } split /^/, $nginx->alerts;
is("@alert", '', 'nothing alarming in the log');

cloud($_ => 'reset', {}) for qw(NC OC);

done_testing;
