#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What becomes of a session when its access token has expired, or is refused
# before its time: for every answer to the refresh, what the user gets, what
# the cloud was sent, and what the next click finds.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud fresh requests standins free_port);
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
                is(exists $browser->{cookies}{"owncloud_\L$profile"},
                   $next eq 'login' ? '' : 1, 'the cookie');
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
    for my $end (sort keys %end) {
        my $port = free_port();
        my $browser = signed_in('OC');
        my $before = $end eq 'refused' ? 'p' : '';

        $end{$end}->('OC');
        $nginx->configure(setting => { read_timeout => '1s', token_endpoint =>
            "https://127.0.0.1:$port/oc/index.php/apps/oauth2/api/v1/token" });
        $nginx->reload;

        is(click($browser, 'OC'), 'cloudunreachable', $end);
        is(sent('OC'), $before, 'the cloud');

        $nginx->configure(setting => { read_timeout => '1s' });
        $nginx->reload;
        cloud(OC => 'log', undef, 'DELETE');
        later(3610) if $end eq 'expired';
        sleep 2.1 if $end eq 'refused';

        is(click($browser, 'OC'), 'list', 'the session is kept');
        is(sent('OC'), "${before}tp", 'and goes on');
    }
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
    like($nginx->log, qr/\[warn\].*no new tokens ahead of time: status 500/,
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

    later(3600);
    cloud(NC => 'faults',
          { match => '^POST .*/token', action => 'status', status => 200,
            body => 'json',
            json => { access_token => 'a' x 6000, refresh_token => 'r',
                      token_type => 'Bearer', expires_in => 3600 } });

    is(click($browser, 'NC'), 'login', 'no cookie can hold them');
    like($nginx->log, qr/too large for a cookie/, 'which is logged');
    is(click($browser, 'NC'), 'login', 'it has ended');
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


$nginx->finish;

done_testing();
