#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What becomes of a session when its access token has expired, or is refused
# before its time: for every answer to the refresh, what the user gets, what
# the cloud was sent, and what the next click finds.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud fresh requests standins free_port wait_for);
use Owncloud::Clock;

my $env = standins();
my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock,
                          setting => { read_timeout => '1s' });

# the clock goes on from test to test: what was put off comes to its end

my $start = 0;

sub later { $clock->set($start + shift) }


my %repo = (OC => 7, NC => 8);
my %token = (OC => 'POST /oc/index.php/apps/oauth2/api/v1/token',
             NC => 'POST /index.php/apps/oauth2/api/v1/token');
my %propfind = (OC => 'PROPFIND /oc/remote.php/webdav/',
                NC => 'PROPFIND /remote.php/webdav/');


# a listing as the user gets it: "list", "login" or the error's code

sub click {
    my ($browser, $profile) = @_;

    my $answer = $browser->picker(list => $repo{$profile});

    return $answer->{list} && $answer->{list}[0]{title} eq 'Documents' ? 'list'
           : $answer->{login} ? 'login'
                              : $answer->{errorcode} // 'nothing';
}


sub signed_in {
    my ($profile, $on) = @_;

    $on //= $nginx;

    later(8000);
    $start += 8000;
    fresh($on);

    my $browser = $on->browser;

    is($browser->sign_in($repo{$profile})->{status}, 200, 'signed in');
    cloud($profile => 'log', undef, 'DELETE');

    return $browser;
}


# the ways in which a token comes to its end

my %end = (
    expired => sub { later(3600) },
    refused => sub { cloud(shift, 'expire', {}) },
);


# refresh tokens in the order in which they were sent

sub refreshes {
    my $profile = shift;

    return map { (MIME::Base64::decode($_->{body}) =~ /(?:^|&)refresh_token=(\w+)/) }
           grep { $_->{method} eq 'POST' && $_->{uri} =~ m{/token} }
           @{ cloud($profile => 'log') };
}


my $html = { action => 'status', body => 'html' };

my @answers = (
    # the answer, the rule, what the user gets, what the next click gets,
    # what the cloud is sent by that: "-" nothing, "t" token, "p" PROPFIND
    ['200', undef, 'list', 'list', 'p'],
    ['400', { action => 'status', status => 400, body => 'json',
              json => { error => 'invalid_grant' } }, 'login', 'login', '-'],
    ['400 HTML', { %$html, status => 400 }, 'login', 'login', '-'],
    ['401', { action => 'status', status => 401, body => 'json',
              json => { error => 'invalid_client' } }, 'login', 'login', '-'],
    ['403', { %$html, status => 403 }, 'login', 'login', '-'],
    ['429', { %$html, status => 429 }, 'cloudtoomany', 'list', 'tp'],
    ['429 with a time', { %$html, status => 429,
                          headers => { 'Retry-After' => '120' } },
     'cloudtoomany', 'list', 'tp'],
    ['500 HTML', { %$html, status => 500 }, 'clouderror', 'list', 'tp'],
    ['503', { %$html, status => 503 }, 'cloudmaintenance', 'list', 'tp'],
    ['302', { action => 'redirect', location => '/login' },
     'cloudunexpected', 'list', 'tp'],
    ['200 HTML', { %$html, status => 200 }, 'cloudunexpected', 'list', 'tp'],
    ['200 without tokens', { action => 'status', status => 200,
                             body => 'json', json => { a => 1 } },
     'cloudunexpected', 'list', 'tp'],
    ['time-out', { action => 'reset', delay => 2 }, 'cloudtimeout', 'list',
     'tp'],
    ['reset', { action => 'reset' }, 'cloudbroken', 'list', 'tp'],

    # the cloud has given new tokens, but nobody has got them

    ['truncated', { action => 'truncate' }, 'cloudbroken', 'login', 't'],
);

for my $profile (qw(OC NC)) {
    for my $end (sort keys %end) {
        for my $case (@answers) {
            my ($name, $rule, $user, $next, $sent) = @$case;

            subtest "$profile, $end, $name" => sub {
                my $browser = signed_in($profile);
                my $before = $end eq 'refused' ? 'p' : '';

                $end{$end}->($profile);

                cloud($profile => 'faults',
                      { match => '^POST .*/token', times => -1, %$rule })
                    if $rule;

                is(click($browser, $profile), $user, 'the user');
                is(sent($profile), $before . ($user eq 'list' ? 'tp' : 't'),
                   'the cloud');

                # any time to wait is over

                later(($end eq 'expired' ? 3600 : 0) + 301);
                cloud($profile => 'faults', undef, 'DELETE');

                my @sent = refreshes($profile);

                cloud($profile => 'log', undef, 'DELETE');
                is(click($browser, $profile), $next, 'the user, next');

                my $asked = $next eq 'login' && $sent eq '-' ? ''
                            : $sent =~ /t/ ? "$before$sent" : $sent;

                is(sent($profile), $asked, 'the cloud, next');
                is(exists $browser->{cookies}{"owncloud_\L$profile"}, 1,
                   'the cookie is not taken away');
                is(@sent, 1, 'one refresh');
            };

            # the clock is set back, and a cloud would be left alone again

            $nginx->restart if $name =~ /^(?:429|503)/;
        }
    }
}


sub sent {
    my $profile = shift;

    return join '', map { $_ eq $token{$profile} ? 't'
                          : $_ eq $propfind{$profile} ? 'p' : "<$_>" }
                    requests($profile);
}


subtest 'connection refused' => sub {
    my $port = free_port();

    # the same addresses, and for one of them a server that is not there

    my $dead = sub {
        my @dead = @_;

        $nginx->configure(
            issuers => "upstream dead { server 127.0.0.1:$port; }\n"
                . $nginx->issuer('nc') . $nginx->issuer('oc',
                base_url => $env->{CLOUD_RAW_OC_URL}, webdav_endpoint =>
                "$env->{CLOUD_OC_URL}remote.php/webdav/", @dead));
        $nginx->reload;
    };

    for my $end (sort keys %end) {
        $dead->();

        my $browser = signed_in('OC');
        my $before = $end eq 'refused' ? 'p' : '';

        $end{$end}->('OC');
        $dead->(upstream => 'dead');

        is(click($browser, 'OC'), 'cloudunreachable', $end);
        is(sent('OC'), $before, 'the cloud');

        $dead->();
        cloud(OC => 'log', undef, 'DELETE');
        later(3610) if $end eq 'expired';
        sleep 2.1 if $end eq 'refused';

        is(click($browser, 'OC'), 'list', 'the session is kept');
        is(sent('OC'), "${before}tp", 'and goes on');
    }

    $nginx->configure(issuers => undef);
    $nginx->reload;
};


subtest 'ahead of its end' => sub {
    my $browser = signed_in('OC');

    later(3500);
    is(click($browser, 'OC'), 'list', 'a hundred seconds before it');
    is(sent('OC'), 'p', 'nothing is done');

    cloud(OC => 'log', undef, 'DELETE');
    cloud(OC => 'faults', { match => '^POST .*/token', %$html,
                            status => 500 });
    later(3545);
    is(click($browser, 'OC'), 'list', 'fifty-five seconds before it');
    is(sent('OC'), 'tp', 'a failed refresh is no harm');
    like($nginx->log, qr/\[warn\].*refresh the tokens ahead of time: status 500/,
         'logged');

    cloud(OC => 'log', undef, 'DELETE');
    later(3550);

    my $old = $browser->{cookies}{owncloud_oc}{value};

    is(click($browser, 'OC'), 'list', 'five seconds later');
    is(sent('OC'), 'tp', 'it is refreshed');
    isnt($browser->{cookies}{owncloud_oc}{value}, $old, 'a new cookie');

    # a browser that has the old cookie

    cloud(OC => 'log', undef, 'DELETE');
    $browser->{cookies}{owncloud_oc}{value} = $old;
    is(click($browser, 'OC'), 'list', 'with the old cookie');
    is(sent('OC'), 'p', 'the zone has the tokens');
    isnt($browser->{cookies}{owncloud_oc}{value}, $old, 'the cookie, too');
};


subtest 'the zone is lost' => sub {
    my $browser = signed_in('NC');

    later(3600);
    is(click($browser, 'NC'), 'list', 'refreshed');

    $nginx->stop;
    $nginx->start;
    cloud(NC => 'log', undef, 'DELETE');
    is(click($browser, 'NC'), 'list', 'after a restart');
    is(sent('NC'), 'p', 'with the cookie alone');

    $nginx->configure(zone => 'owncloud:32k');
    $nginx->reload;
    cloud(NC => 'log', undef, 'DELETE');
    is(click($browser, 'NC'), 'list', 'with a smaller zone');
    is(sent('NC'), 'p', 'with the cookie alone');

    later(7200);
    cloud(NC => 'log', undef, 'DELETE');
    is(click($browser, 'NC'), 'list', 'one hour later');
    is(sent('NC'), 'tp', 'costs a refresh');

    $nginx->configure(zone => 'owncloud:2m');
    $nginx->reload;
};


subtest 'tokens that have grown' => sub {
    my $browser = signed_in('NC');

    # nor can a zone that is this small

    $nginx->stop;
    $nginx->configure(zone => 'owncloud:32k');
    $nginx->start;

    later(3600);
    cloud(NC => 'faults',
          { match => '^POST .*/token', action => 'status', status => 200,
            body => 'json',
            json => { access_token => 'a' x 8192, refresh_token => 'r' x 8192,
                      token_type => 'Bearer', expires_in => 3600 } });

    is(click($browser, 'NC'), 'login', 'no cookie can hold them');
    ok($nginx->log =~ /too large for a cookie/, 'which is logged');
    is(click($browser, 'NC'), 'login', 'it has ended');

    $nginx->stop;
    $nginx->configure(zone => 'owncloud:2m');
    $nginx->start;
};


subtest 'two machines' => sub {
    my $other = Owncloud->new(clock => $clock);
    my $browser = signed_in('NC');

    is(click($browser, 'NC'), 'list', 'the one');
    later(3600);

    my $first = $browser->{cookies}{owncloud_nc}{value};

    is(click($browser, 'NC'), 'list', 'refreshes');

    my $second = $browser->{cookies}{owncloud_nc}{value};

    # on the other port, which is no matter to cookies

    local $browser->{url} = $other->url;

    is(click($browser, 'NC'), 'list', 'the other goes on with it');
    cloud(NC => 'log', undef, 'DELETE');

    # the one that has missed it, with a token that was used already

    $browser->{cookies}{owncloud_nc}{value} = $first;
    later(3700);
    is(click($browser, 'NC'), 'login', 'an old cookie');
    is(sent('NC'), 't', 'is tried once');

    $browser->{cookies}{owncloud_nc} = { value => $second,
                                         path => '/repository/' };
    is(click($browser, 'NC'), 'list', 'its end is not that of a newer one');

    $other->finish;
};


# a click whose refresh is on its way: its socket; the cloud has answered the
# refresh already, but nobody has got the answer yet

sub renewing {
    my ($browser, $profile) = @_;

    my $path = '/repository/repository_ajax.php?action=list';
    my $body = $browser->picker_form($repo{$profile}, client_id => 'other');
    my %old = map { $_->{access} => 1 }
              @{ cloud($profile => 'tokens')->{tokens} };

    cloud($profile => 'faults', { match => '^POST .*/token', action => 'late',
                                  after => 3 });

    my ($host) = $browser->{url} =~ m{^http://(.*)};
    my $socket = IO::Socket::INET->new(PeerAddr => $host) or die "connect: $!";

    print $socket "POST $path HTTP/1.1\r\nHost: $host\r\nCookie: "
        . $browser->cookie_header($path) . "\r\n"
        . "Content-Type: application/x-www-form-urlencoded\r\n"
        . 'Content-Length: ' . length($body)
        . "\r\nConnection: close\r\n\r\n$body";
    $socket->flush;

    ok(wait_for(sub { grep { !$old{$_->{access}} }
                      @{ cloud($profile => 'tokens')->{tokens} } }),
       'the cloud has new tokens');

    return $socket;
}


sub answer_of {
    my $socket = shift;

    my $answer = '';
    1 while sysread $socket, $answer, 65536, length $answer;

    return $answer;
}


# tokens that are good at the cloud

sub good {
    my $profile = shift;

    return scalar grep { !$_->{refresh_dead} }
                  @{ cloud($profile => 'tokens')->{tokens} };
}


for my $profile (qw(OC NC)) {
    my $name = "owncloud_\L$profile";

    subtest "$profile, a logout while tokens are renewed" => sub {
        my $slow = Owncloud->new(clock => $clock);
        my $browser = signed_in($profile, $slow);
        my %copy = map { $_ => { %{ $browser->{cookies}{$_} } } }
                   keys %{ $browser->{cookies} };

        is(click($browser, $profile), 'list', 'listed');
        later(3590);

        my $socket = renewing($browser, $profile);

        ok($browser->picker(logout => $repo{$profile})->{login}, 'logged out');
        is(click($browser, $profile), 'login', 'and is out');

        my $answer = answer_of($socket);

        unlike($answer, qr/^Set-Cookie: $name/mi,
               'the late answer brings no cookie');
        like($answer, qr/"login":/, 'but the login form');
        like($slow->log, qr/but the session has ended/, 'logged');

        cloud($profile => 'log', undef, 'DELETE');
        $browser->{cookies} = \%copy;
        is(click($browser, $profile), 'login', 'a copy of the cookie is '
                                               . 'worth nothing');
        is(sent($profile), '', 'the cloud is not asked');
        is(good($profile), 0, 'nor are the late tokens') if $profile eq 'NC';

        $slow->finish;
    };

    subtest "$profile, a new sign-in while tokens are renewed" => sub {
        my $slow = Owncloud->new(clock => $clock);
        my $browser = signed_in($profile, $slow);

        later(3590);

        my $socket = renewing($browser, $profile);

        ok($browser->picker(logout => $repo{$profile})->{login}, 'logged out');
        is($browser->sign_in($repo{$profile})->{status}, 200, 'signed in');

        unlike(answer_of($socket), qr/^Set-Cookie: $name/mi,
               'the late answer does not touch the new cookie');
        is(click($browser, $profile), 'list', 'which is good');

        $slow->finish;
    };
}


# a token can be revoked only with one that is good

subtest 'a logout with a token that has expired' => sub {
    my %sent = (OC => '', NC => 'tr');

    for my $profile (qw(OC NC)) {
        my $browser = signed_in($profile);

        later(3600);
        cloud($profile => 'expire', {});

        ok($browser->picker(logout => $repo{$profile})->{login}, $profile);
        is(sent($profile) =~ s/<DELETE [^>]*apppassword>/r/r, $sent{$profile},
           'what the cloud was asked');
        is(good($profile), $profile eq 'NC' ? 0 : 1, 'tokens that are left');
        ok(!exists $browser->{cookies}{"owncloud_\L$profile"}, 'no cookie');
    }
};


subtest 'a logout with a token that cannot be renewed' => sub {
    my @failures = (
        ['400', { action => 'status', status => 400, body => 'json',
                  json => { error => 'invalid_grant' } }],
        ['503', { %$html, status => 503 }],
        ['200 HTML', { %$html, status => 200 }],
        ['reset', { action => 'reset' }],
        ['time-out', { action => 'reset', delay => 2 }],
        ['truncated', { action => 'truncate' }],
    );

    for my $failure (@failures) {
        my ($name, $rule) = @$failure;
        my $browser = signed_in('NC');
        my %copy = map { $_ => { %{ $browser->{cookies}{$_} } } }
                   keys %{ $browser->{cookies} };

        later(3600);
        cloud(NC => 'faults', { match => '^POST .*/token', %$rule });

        ok($browser->picker(logout => 8)->{login}, $name);
        is(sent('NC'), 't', 'one call');

        $browser->{cookies} = \%copy;
        is(click($browser, 'NC'), 'login', 'it is over');
        $nginx->restart if $name eq '503';
    }
};


# the winner's cookie came first, then the loser's answer: what it was that
# both have sent is good only once

subtest 'a refresh token that another machine has used' => sub {
    my $other = Owncloud->new(clock => $clock);
    my $browser = signed_in('NC');
    my $old = $browser->{cookies}{owncloud_nc}{value};

    later(3600);
    is(click($browser, 'NC'), 'list', 'the winner');

    my $late = $other->browser(cookies => {
        MoodleSession => { value => $browser->{session}, path => '/' },
        owncloud_nc => { value => $old, path => '/repository/' } });

    my $answer = $late->raw(list => $repo{NC});

    like($answer->{body}, qr/"login":/, 'the loser');
    is($answer->{headers}{'set-cookie'}, undef, 'takes no cookie away');
    is(click($browser, 'NC'), 'list', 'the winner goes on');

    {
        local $browser->{url} = $other->url;
        is(click($browser, 'NC'), 'list', 'there as well');
    }

    $other->finish;
};


$nginx->finish;

done_testing();
