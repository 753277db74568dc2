#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Returns from a cloud that are not to be trusted, or not in time: each gets
# a page that says what to do, no session, and the cloud hears nothing.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(standins cloud requests fresh);
use Owncloud::Clock;

my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock);

fresh($nginx);

my $token = qr{ POST | /token }x;


sub state_of { Owncloud::Browser::parameter(shift, 'state') }


# a page of a failure, and nothing done

sub refused {
    my ($name, $answer, $status, $like, $profile) = @_;

    subtest $name => sub {
        my $header = $answer->{headers};

        is($answer->{status}, $status, 'status');
        like($answer->{body}, $like, 'says why');
        like($answer->{body}, qr{<h1>Sign-in failed</h1>}, 'is a page');
        like($answer->{body}, qr{Close this window and try again},
             'says what to do');
        unlike($answer->{body}, qr/<script/i, 'no script');
        is($header->{'content-type'}, 'text/html; charset=utf-8', 'type');
        is($header->{'cache-control'}, 'no-store', 'not stored');
        is($header->{'referrer-policy'}, 'no-referrer', 'no referrer');
        is($header->{'x-content-type-options'}, 'nosniff', 'not guessed');
        is($header->{'x-frame-options'}, 'DENY', 'no frames');
        unlike($header->{'content-security-policy'}, qr/script-src/,
               'no script allowed');
        like($header->{'content-security-policy'}, qr/^default-src 'none';/,
             'policy');
        is($header->{'set-cookie'}, undef, 'nothing set');
        is($header->{'location'}, undef, 'no redirect');
        is_deeply([requests($profile // 'OC', $token)], [],
                  'the cloud was asked nothing') if ($profile // '') ne '-';
    };
}


subtest 'denied by the user' => sub {
    my @denied = (
        # error, error_description, shown
        ['access_denied', undef, 'access_denied'],
        ['access_denied', 'The user said no.', 'The user said no.'],
        ['server_error', '', undef],
        ['x', '<script>alert(1)</script>',
         '&lt;script&gt;alert(1)&lt;/script&gt;'],
        ['x', q{"><img src=x onerror='a&b'>},
         '&quot;&gt;&lt;img src=x onerror=\'a&amp;b\'&gt;'],
        ['<b>', undef, '&lt;b&gt;'],
    );

    for my $denied (@denied) {
        my ($error, $description, $shown) = @$denied;

        fresh($nginx);

        my $browser = $nginx->browser;
        my $answer = $browser->callback(
            error => $error,
            defined $description ? (error_description => $description) : (),
            state => state_of($browser->login_url(7)));

        refused($error, $answer, 403,
                qr/ownCloud &lt;&amp;&gt; did not grant Moodle access/);

        my ($said) = $answer->{body} =~ m{The response was: (.*?)</p>}s;
        is($said, $shown, 'what the cloud said, escaped') if $shown;
        unlike($answer->{body}, qr/<(?:img|b|script)[ >]/, 'no tags');
    }
};


subtest 'a long or odd reason' => sub {
    for my $text ('long ' x 1000, "\xff\xfe\x00\r\nX-Injected: 1", '%s%n%V') {
        my $browser = $nginx->browser;
        my $answer = $browser->callback(
            error => 'access_denied', error_description => $text,
            state => state_of($browser->login_url(7)));

        is($answer->{status}, 403, 'status');
        is($answer->{headers}{'x-injected'}, undef, 'no header of its own');
        cmp_ok(length $answer->{body}, '<', 3000, 'page is of a bounded size');
        ok(utf8::decode(my $copy = $answer->{body}), 'valid UTF-8');
        unlike($answer->{body}, qr/[\x00-\x08\x0b-\x1f]/,
               'no control characters');
    }
};


subtest 'states that are not ours' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));
    my ($version, $kid, $sealed) = split /\./, $state;
    my $flip = sub {
        my $at = shift;
        my $copy = $state;
        substr($copy, $at, 1) = substr($copy, $at, 1) eq 'A' ? 'B' : 'A';
        return $copy;
    };

    my %forged = (
        'other key id'     => join('.', $version, '00000000', $sealed),
        'random'           => join('.', $version, $kid, 'A' x 200),
        'shorter by one'   => substr($state, 0, -1),
        'shorter by four'  => substr($state, 0, -4),
        'longer'           => $state . 'AAAA',
        'cut to a half'    => substr($state, 0, length($state) / 2),
        map { ("bit $_" => $flip->($_)) } map { $_ * 9 + 12 } 0 .. 20,
    );

    for my $name (sort keys %forged) {
        refused($name, $browser->callback(code => 'c',
                                          state => $forged{$name}),
                403, qr/This sign-in is not valid/);
    }

    my $answer = $browser->callback(code => 'c', state => $state);
    is($answer->{status}, 502, 'the true one is still good');
    is_deeply([requests('OC', $token)],
              ['POST /oc/index.php/apps/oauth2/api/v1/token'],
              'and was taken to the cloud');
};


subtest 'a state sealed with another key' => sub {
    my $other = Owncloud->new(no_start => 1);

    Owncloud::spew("$other->{dir}/seal.key", 'x' x 48);
    $other->start;

    my $state = state_of($other->browser->login_url(7));

    fresh($nginx);
    refused('there', $nginx->browser->callback(code => 'c', state => $state),
            403, qr/sign-in is not valid/);

    $other->finish;
};


subtest 'a state of a session cookie' => sub {
    my $browser = $nginx->browser;

    $browser->sign_in(7);
    fresh($nginx);

    refused('the cookie as state',
            $browser->callback(code => 'c',
                state => $browser->{cookies}{owncloud_oc}{value}),
            403, qr/sign-in is not valid/);
};


subtest 'time' => sub {
    my @times = ([0, 590, 502], [0, 600, 403], [0, 86400, 403],
                 [-660, 0, 403]);

    for my $time (@times) {
        my ($begun, $back, $status) = @$time;

        fresh($nginx);
        $clock->set($begun);

        my $browser = $nginx->browser;
        my $state = state_of($browser->login_url(7));

        $clock->set($back);

        my $answer = $browser->callback(code => 'c', state => $state);

        if ($status == 502) {
            is($answer->{status}, 502, 'in time');
            is(scalar(requests('OC', $token)), 1, 'goes to the cloud');

        } else {
            refused("$back seconds later", $answer, 403, qr/took too long/);
        }

        $clock->set(0);
    }
};


subtest 'used twice' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $back = $browser->consent($browser->login_url(7));

    is($browser->return_to($back)->{status}, 200, 'the first time');

    for (1 .. 2) {
        refused('again', $browser->return_to($back), 403,
                qr/has already been used/, '-');
    }

    my @token = requests('OC', qr{/token});
    is(@token, 1, 'one token request');
    is($browser->titles(list => 7)->[0], 'Documents',
       'the session is as good as before');

    # not even when an error comes first

    my $state = state_of($browser->login_url(8));

    is($browser->callback(error => 'x', state => $state)->{status}, 403,
       'denied');
    refused('then a code', $browser->callback(code => 'c', state => $state),
            403, qr/has already been used/, 'NC');
};


subtest 'used twice, over a reload' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));

    $browser->callback(code => 'c', state => $state);
    $nginx->reload;

    refused('after it', $browser->callback(code => 'c', state => $state), 403,
            qr/has already been used/, '-');
    is(scalar(requests('OC', $token)), 1, 'one token request');
};


subtest 'another browser' => sub {
    fresh($nginx);

    my $victim = $nginx->browser;
    my $attacker = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                   sesskey => 'Studentaaa');
    my $back = $attacker->consent($attacker->login_url(7), user => 'bob');

    cloud(OC => 'log', undef, 'DELETE');

    refused('with the code of another user', $victim->return_to($back), 403,
            qr/started in another browser/);

    my $nobody = $nginx->browser(session => undef);

    refused('without a cookie', $nobody->return_to($back), 403,
            qr/started in another browser/);

    is($attacker->return_to($back)->{status}, 200,
       'nothing was used up: the one who began goes on');
};


subtest 'no session to tie it to' => sub {
    my $nobody = $nginx->browser(session => undef);
    my $answer = $nobody->picker(list => 7);

    is($answer->{errorcode}, 'requireloginerror', 'Moodle has the word');
};


subtest 'two tabs' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my @back = map { $browser->consent($browser->login_url($_)) } 7, 7, 8;

    for my $back ($back[1], $back[0], $back[2]) {
        is($browser->return_to($back)->{status}, 200, 'signed in');
    }

    is($browser->titles(list => $_)->[0], 'Documents', "$_ lists") for 7, 8;
};


subtest 'mixed up' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));
    my $back = $browser->consent($browser->login_url(8));
    my $code = Owncloud::Browser::parameter($back, 'code');

    cloud($_ => 'log', undef, 'DELETE') for qw(OC NC);

    my $answer = $browser->callback(code => $code, state => $state);

    is($answer->{status}, 502, 'refused by the cloud that did not give it');
    like($answer->{body}, qr/did not accept this sign-in/, 'told');
    is($answer->{headers}{'set-cookie'}, undef, 'nothing set');
    is(scalar(requests('OC', $token)), 1, 'asked where the state says');
    is_deeply([requests('NC', $token)], [], 'and nowhere else');
};


subtest 'other host names' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));
    $browser->{http} = Owncloud::HTTP::curl();

    my $answer = $browser->request('GET', '/admin/oauth2callback.php?code=c&'
                                   . "state=$state", undef,
                                   Host => 'other.example.com');

    refused('state is bound to the name', $answer, 403, qr/is not valid/);
};


subtest 'no code' => sub {
    for my $code ([], [code => '']) {
        fresh($nginx);

        my $browser = $nginx->browser;
        my $state = state_of($browser->login_url(7));

        refused('none', $browser->callback(@$code, state => $state), 400,
                qr/sent you back without an authorization code/);
    }
};


subtest 'states of Moodle' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my @query = (
        'state=' . Owncloud::HTTP::escape('/repository/repository_callback.php'
            . '?callback=yes&repo_id=9&sesskey=Teacheraaa') . '&code=a%20b+c',
        'code=abc&state=%2Fauth%2Foauth2%2Flogin.php%3Fid%3D1&x=%41&y&=z',
        'state=&code=1',
        'code=1',
        'state=v1.short&code=1',
        'error=access_denied&state=/repository/x',
        'state[]=v1.00000000.AAAA&code=1',
        '',
    );

    for my $query (@query) {
        $nginx->moodle('clear');
        my $path = '/admin/oauth2callback.php' . (length $query ? "?$query"
                                                                : '');
        my $answer = $browser->request('GET', $path);
        my @log = @{ $nginx->moodle('log') };

        is(@log, 1, "to Moodle: $query");
        is($log[0]{uri}, $path, 'as it came');
        is($log[0]{cgi}{REQUEST_URI}, $path, 'REQUEST_URI');
        unlike($answer->{body}, qr/Sign-in failed/, "Moodle's answer");
    }

    my $state = state_of($browser->login_url(7));

    for my $method ('POST', 'HEAD', 'PUT') {
        $nginx->moodle('clear');
        $browser->request($method, "/admin/oauth2callback.php?state=$state",
                          $method eq 'HEAD' ? undef : 'x=y');
        is($nginx->moodle('log')->[0]{method}, $method, "$method is Moodle's");
    }

    is_deeply([requests('OC', $token)], [], 'no cloud asked');
};


# codes that the cloud refuses count against the whole Moodle there

subtest 'wrong codes again and again' => sub {
    cloud($_ => 'reset', {}) for qw(OC NC);
    $nginx->restart;

    my $browser = $nginx->browser;
    my $other = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                sesskey => 'Studentaaa');
    my $try = sub {
        return shift->callback(code => 'c', state => state_of($_[0]));
    };

    # who comes back without a code does not count, nor who has a good one

    for (1 .. 6) {
        is($browser->callback(error => 'access_denied',
                              state => state_of($browser->login_url(8)))
                   ->{status}, 403, 'denied');
        is($browser->sign_in(8)->{status}, 200, 'signed in');
        $browser->picker(logout => 8);
    }

    cloud(NC => 'log', undef, 'DELETE');

    for (1 .. 5) {
        is($try->($browser, $browser->login_url(8))->{status}, 502, "code $_");
    }

    is(scalar(requests('NC', qr{/token})), 5, 'five were sent');

    my $back = $browser->consent($browser->login_url(8));

    for (1 .. 10) {
        my $answer = $try->($browser, $browser->login_url(8));

        is($answer->{status}, 403, 'no more');
        like($answer->{body}, qr/too often.*Please wait half an hour/, 'told');
    }

    is($browser->return_to($back)->{status}, 403, 'whatever the code');
    is(scalar(requests('NC', qr{/token})), 5, 'nothing was sent');
    like($nginx->log, qr/\[warn\].*too many sign-ins at "nc"/, 'logged');

    # PHP takes all of these for the same session

    my $cookie = $browser->{cookies}{MoodleSession};
    my $session = $cookie->{value};

    for my $n (0 .. 3) {
        $cookie->{value} = $session;
        substr($cookie->{value}, $n, 1)
            = sprintf '%%%02X', ord substr $session, $n, 1;

        is($try->($browser, $browser->login_url(8))->{status}, 403,
           "the session as $cookie->{value}");
    }

    $cookie->{value} = $session;
    is(scalar(requests('NC', qr{/token})), 5, 'it is one session');

    is($browser->sign_in(7)->{status}, 200, 'the other cloud');
    is($other->sign_in(8)->{status}, 200, 'another session of Moodle');

    $clock->set(1790);
    is($try->($browser, $browser->login_url(8))->{status}, 403,
       'half an hour later');
    $clock->set(1830);
    is($browser->sign_in(8)->{status}, 200, 'there is another try');
    $clock->set(0);
    $nginx->restart;
};


# a repository may get another issuer while somebody signs in

subtest 'the repository has another issuer now' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));

    $nginx->configure(server => <<'EOT');
        owncloud_repository 7 {
            issuer    nc;
        }

        owncloud_repository 8 {
            issuer    oc;
        }
EOT
    $nginx->reload;

    refused('of the one before', $browser->callback(code => 'c',
                                                    state => $state),
            403, qr/This sign-in is not valid/);
    is_deeply([requests('NC', $token)], [], 'nor was the new one asked');

    $nginx->configure(server => undef);
    $nginx->reload;
};


subtest 'enabled off' => sub {
    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));
    my $back = $browser->consent($browser->login_url(8));

    $nginx->configure(setting => { enabled => 'off' });
    $nginx->reload;
    fresh($nginx);

    for my $action ('list', 'login', 'logout') {
        my $answer = $browser->picker($action, 7);

        is($answer->{errorcode}, 'clouddisabled', $action);
        is($answer->{error},
           'ownCloud <&> is disabled here by the administrator.', 'text');
    }

    refused('a sign-in that was under way',
            $browser->callback(code => 'c', state => $state), 403,
            qr/disabled here by the administrator/);
    is_deeply([requests($_)], [], "$_ was asked nothing") for qw(OC NC);

    $nginx->configure(setting => {});
    $nginx->reload;
};


fresh($nginx);
$nginx->finish;
done_testing;
