#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Many requests with one token that has expired: one of them refreshes it,
# whatever becomes of its worker or its client, and all are answered.

use v5.20;
use warnings;

use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use Owncloud qw(cloud fresh requests standins wait_for);
use Owncloud::Clock;

my $env = standins();
my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock, workers => 4, no_start => 1);

# each worker gets its part of the connections

$nginx->configure(http => <<"EOT", listen => <<"EOT2");
    log_format  pid  'pid=\$pid \$request \$status';
EOT
        listen  127.0.0.1:$nginx->{port} reuseport;
        listen  127.0.0.1:$nginx->{tls_port} ssl http2;
        ssl_certificate      $env->{STANDINS_DIR}/tls/server.crt;
        ssl_certificate_key  $env->{STANDINS_DIR}/tls/server.key;
        access_log  $nginx->{dir}/pid.log  pid;
EOT2
$nginx->start;

my $token = qr{^POST /oc/index.php/apps/oauth2/api/v1/token$};


# a browser whose access token has expired, and workers that know nothing of
# the cloud yet

sub expired {
    my %fault = @_;

    $clock->set(0);
    fresh($nginx);

    my $browser = $nginx->browser;

    is($browser->sign_in(7)->{status}, 200, 'signed in');
    is($browser->titles(list => 7)->[0], 'Documents', 'listed');

    $nginx->stop;
    unlink "$nginx->{dir}/pid.log";
    $clock->set(3600);
    $nginx->start;

    # Moodle is asked now, so that fifty need not

    is($browser->picker('searchform', 7)->{repo_id}, 7, 'permitted');

    cloud(OC => 'log', undef, 'DELETE');
    cloud(OC => 'faults', { match => '^POST .*/token', times => 1, %fault })
        if %fault;

    return $browser;
}


# the bytes of a listing

sub request {
    my $browser = shift;

    my $path = '/repository/repository_ajax.php?action=list';
    my $body = $browser->picker_form(7, client_id => int rand 1e9);

    return "POST $path HTTP/1.1\r\nHost: 127.0.0.1:$nginx->{port}\r\n"
           . 'Cookie: ' . $browser->cookie_header($path) . "\r\n"
           . "Content-Type: application/x-www-form-urlencoded\r\n"
           . 'Content-Length: ' . length($body) . "\r\n"
           . "Connection: close\r\n\r\n$body";
}


# sends "n" of them at the same time; what comes back, decoded, undef for a
# connection that was closed before

sub together {
    my ($browser, $n, $meanwhile) = @_;

    my @socket = map {
        IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                              PeerPort => $nginx->{port}) or die "connect: $!"
    } 1 .. $n;
    my %got = map { $_ => '' } @socket;
    my $select = IO::Select->new(@socket);
    my $end = time + 60;

    print $_ request($browser) for @socket;
    $_->flush for @socket;

    $meanwhile->() if $meanwhile;

    while ($select->count && time < $end) {
        for my $socket ($select->can_read(1)) {
            sysread $socket, $got{$socket}, 65536, length $got{$socket}
                or $select->remove($socket);
        }
    }

    return map {
        my (undef, $body) = split /\r\n\r\n/, $got{$_}, 2;
        $body = dechunked($body) if $got{$_} =~ /^Transfer-Encoding/mi;
        defined $body ? eval { decode_json($body) } // {} : undef;
    } @socket;
}


sub dechunked {
    my $text = shift;
    my $body = '';

    while ($text =~ s/^([0-9a-f]+)\r\n//i && hex $1) {
        $body .= substr $text, 0, hex $1, '';
        $text =~ s/^\r\n//;
    }

    return $body;
}


sub listed {
    return scalar grep { $_ && $_->{list}
                         && $_->{list}[0]{title} eq 'Documents' } @_;
}


# refresh tokens as they were sent

sub refreshes {
    return scalar requests('OC', $token);
}


subtest 'fifty at once' => sub {
    my $browser = expired(delay => 1);
    my @answer = together($browser, 50);

    is(listed(@answer), 50, 'fifty listings');
    is(refreshes(), 1, 'one refresh');

    my %pid = map { $_ => 1 } Owncloud::slurp("$nginx->{dir}/pid.log")
                              =~ /^pid=(\d+) POST/mg;
    cmp_ok(keys %pid, '>', 1, 'of more than one worker');

    is(listed(together($browser, 50)), 50, 'fifty more with the old cookie');
    is(refreshes(), 1, 'no other refresh');
};


subtest 'fifty with a token that is refused' => sub {
    my $browser = expired();

    $clock->set(0);
    cloud(OC => 'expire', {});
    cloud(OC => 'faults', { match => '^POST .*/token', delay => 1 });

    is(listed(together($browser, 50)), 50, 'fifty listings');
    is(refreshes(), 1, 'one refresh');
};


subtest 'fifty, and no luck' => sub {
    my $browser = expired(delay => 1, action => 'status', status => 500,
                          body => 'html');
    my %code;

    $code{$_->{errorcode} // 'none'}++ for together($browser, 50);
    is_deeply(\%code, { clouderror => 50 }, 'all are told');
    is(refreshes(), 1, 'one refresh');

    $clock->set(3603);
    is(listed(together($browser, 5)), 5, 'a bit later');
    is(refreshes(), 2, 'another one');
};


subtest 'the end for fifty' => sub {
    my $browser = expired(delay => 1, action => 'status', status => 400,
                          body => 'json', json => { error => 'x' });
    my @answer = together($browser, 50);

    is((grep { $_->{login} } @answer), 50, 'fifty forms to sign in');
    is(refreshes(), 1, 'one refresh');
};


# which worker talks to the cloud: the others have no connection to it

sub talking {
    my %inode;
    my $port = sprintf ':%04X', $env->{CLOUD_OC_PORT};

    for (split /\n/, Owncloud::slurp('/proc/net/tcp')) {
        my @field = split;
        $inode{$field[9]} = 1 if ($field[2] // '') =~ /\Q$port\E$/
                                 && $field[3] eq '01';
    }

    return grep {
        my $pid = $_;
        grep { (readlink($_) // '') =~ /^socket:\[(\d+)\]$/ && $inode{$1} }
             glob "/proc/$pid/fd/*";
    } $nginx->workers;
}


subtest 'the worker that does it is killed' => sub {
    my $browser = expired(delay => 4);
    my $killed;

    my @answer = together($browser, 50, sub {
        wait_for(sub { refreshes() }, 10);
        my @talking = talking();
        is(@talking, 1, 'one worker is about it');
        kill KILL => $killed = $talking[0];
    });

    my $lost = grep { !defined } @answer;

    cmp_ok($lost, '<', 50, 'others had requests');
    cmp_ok($lost, '>', 0, 'it had some');
    is(listed(@answer), 50 - $lost, 'all of the others are answered');
    is(refreshes(), 2, 'one refresh more');
    ok((!grep { $_ == $killed } $nginx->workers), 'it is gone');
};


subtest 'the client goes away' => sub {
    for my $http (undef, '--http1.1', '--http2') {
        my $browser = expired(delay => 1);
        my $name = $http // 'plain';

        if ($http) {
            my $curl = Owncloud::HTTP::curl($http, '--max-time', '0.4');
            my $path = '/repository/repository_ajax.php?action=list';

            $curl->('POST', $nginx->tls_url . $path, {
                Cookie => $browser->cookie_header($path)
                          =~ s/owncloud_oc=/__Secure-owncloud_oc=/r,
                'Content-Type' => 'application/x-www-form-urlencoded',
            }, $browser->picker_form(7));

        } else {
            my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                               PeerPort => $nginx->{port});
            print $socket request($browser);
            $socket->flush;
            sleep 0.4;
            close $socket;
        }

        ok(wait_for(sub { refreshes() == 1 }, 5), "$name: a refresh");
        ok(wait_for(sub { $nginx->log =~ /refreshed the tokens/ }, 5),
           "$name: it came to its end");

        is(listed(together($browser, 1)), 1, "$name: the next one");
        is(refreshes(), 1, "$name: has its tokens");

        Owncloud::spew("$nginx->{dir}/error.log", '', 0644);
    }
};


subtest 'a reload meanwhile' => sub {
    my $browser = expired(delay => 2);
    my @answer = together($browser, 5, sub {
        wait_for(sub { refreshes() }, 10);
        $nginx->reload;
        is(listed(together($browser, 5)), 5, 'of the new workers');
    });

    is(listed(@answer), 5, 'of the old workers');
    is(refreshes(), 1, 'one refresh');
};


$nginx->stop;
is(join('', grep { !/exited on signal 9/ } split /^/, $nginx->alerts), '',
   'nothing alarming in the log');

done_testing();
