#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# "remember": a sign-in that outlives the browser and Moodle's session, but is
# nobody's but that Moodle user's.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud fresh requests standins);
use Owncloud::Clock;
use Owncloud::Links qw(links_nginx reader hand_in location open_file path);

my $env = standins();
my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock, server => <<'EOT');
        owncloud_repository 7 {
            issuer     oc;
            remember   30d;
        }

        owncloud_repository 8 {
            issuer     nc;
        }
EOT

my $day = 86400;


sub click {
    my ($browser, $repo) = @_;

    my $answer = $browser->picker(list => $repo // 7);

    return $answer->{list} ? 'list' : $answer->{login} ? 'login'
                                      : $answer->{errorcode} // 'nothing';
}


# a browser of that user with a session of Moodle that is new

sub user {
    my ($name, %cookies) = @_;

    my $session = $nginx->moodle('session', user => $name);

    return $nginx->browser(session => $session->{id} // $session->{session},
                           sesskey => $session->{sesskey},
                           http    => undef);
}


# what is kept when a browser is closed: cookies with an age

sub kept {
    my $browser = shift;

    return map { $_ => $browser->{cookies}{$_} }
           grep { ($browser->{cookies}{$_}{line} // '') =~ /; Max-Age=/ }
           keys %{ $browser->{cookies} };
}


# how often Moodle was asked who it is

sub asked {
    return scalar grep { $_->{uri} =~ m{/lib/ajax/service\.php} }
                  @{ $nginx->moodle('log') };
}


subtest 'another session of the same user' => sub {
    fresh($nginx);

    my $first = user('student1');

    is($first->sign_in(7)->{status}, 200, 'signed in');
    is(click($first), 'list', 'listed');
    is(asked(), 1, 'Moodle was asked once');

    my ($log) = grep { $_->{uri} =~ /service/ } @{ $nginx->moodle('log') };
    my $key = $first->{sesskey};

    is($log->{method}, 'POST', 'by POST');
    is($log->{uri}, '/lib/ajax/service.php?info=core_session_time_remaining&'
                    . "sesskey=$key", 'its service');
    is_deeply(decode_json(MIME::Base64::decode($log->{body})),
              [{ index => 0, methodname => 'core_session_time_remaining',
                 args => {} }], 'for the time that is left');

    my %kept = kept($first);
    my ($line) = map { $_->{line} } values %kept;

    is(join(' ', sort keys %kept), 'owncloud_oc', 'the cookie is kept');
    like($line, qr{; Path=/repository/; Max-Age=25\d{5}; HttpOnly; SameSite=Lax},
         'for thirty days');

    my $second = user('student1');
    $second->{cookies}{owncloud_oc} = $kept{owncloud_oc};

    is(click($second), 'list', 'next day, another session of Moodle');
    is(asked(), 2, 'Moodle was asked once more');
    is(click($second), 'list', 'once more');
    is(asked(), 2, 'but not again');
};


subtest 'another user' => sub {
    fresh($nginx);

    my $first = user('student1');

    $first->sign_in(7);

    my %kept = kept($first);

    for my $name (qw(student2 teacher1)) {
        my $second = user($name);

        $second->{cookies}{owncloud_oc} = $kept{owncloud_oc};
        cloud(OC => 'log', undef, 'DELETE');
        is(click($second), 'login', $name);
        is_deeply([requests('OC')], [], 'the cloud was asked nothing');
    }

    is(click($first), 'list', 'the first one is not disturbed');
};


# an administrator that logs in as somebody else keeps the session's cookie

subtest 'logged in as another user' => sub {
    fresh($nginx);

    my $browser = user('admin');

    $browser->sign_in(7);
    is(click($browser), 'list', 'the sign-in of the one');

    my $as = $nginx->moodle('session', user => 'student1',
                            id => $browser->{session});

    $browser->{sesskey} = $as->{sesskey};
    cloud(OC => 'log', undef, 'DELETE');

    is(click($browser), 'login', 'is not that of the other');
    is_deeply([requests('OC')], [], 'the cloud was asked nothing');
};


subtest 'where it is not wanted' => sub {
    fresh($nginx);

    my $browser = user('student1');

    $browser->sign_in(8);
    is(click($browser, 8), 'list', 'listed');
    is(asked(), 0, 'Moodle was not asked');
    is_deeply({ kept($browser) }, {}, 'the cookie goes with the browser');

    my $second = user('student1');

    $second->{cookies}{owncloud_nc} = $browser->{cookies}{owncloud_nc};
    is(click($second, 8), 'login', 'and with the session of Moodle');
};


subtest 'how long' => sub {
    fresh($nginx);
    $clock->set(0);

    my $browser = user('student1');

    $browser->sign_in(7);

    # each use prolongs it, as long as the cloud goes on with it

    for my $days (20, 40) {
        $clock->set($days * $day);
        is(click($browser), 'list', "after $days days");

        my ($age) = ($browser->{cookies}{owncloud_oc}{line} // '')
                    =~ /Max-Age=(\d+)/;
        is($age, 30 * $day, 'thirty days more');
    }

    cloud(OC => 'log', undef, 'DELETE');
    $clock->set(70 * $day + 1);
    is(click($browser), 'login', 'thirty days later');
    is_deeply([requests('OC')], [], 'whatever the browser says');
    $clock->set(0);
};


subtest 'nginx is restarted' => sub {
    fresh($nginx);
    $clock->set(0);

    my $first = user('student1');

    $first->sign_in(7);

    my %kept = kept($first);

    $nginx->restart;

    my $second = user('student1');

    $second->{cookies}{owncloud_oc} = $kept{owncloud_oc};
    cloud(OC => 'log', undef, 'DELETE');
    is(click($second), 'list', 'the cookie is enough');

    # tokens that are renewed are in the cookie as well

    $clock->set(7200);
    is(click($second), 'list', 'new tokens');
    is(scalar(requests('OC', qr/token$/)), 1, 'by one refresh');
    $nginx->restart;

    my $third = user('student1');

    $third->{cookies}{owncloud_oc} = { kept($second) }->{owncloud_oc};
    is(click($third), 'list', 'which outlive nginx, too');
    is(scalar(requests('OC', qr/token$/)), 1, 'without another');

    my $other = user('student2');

    $other->{cookies}{owncloud_oc} = $third->{cookies}{owncloud_oc};
    is(click($other), 'login', 'nobody else can use them');
    $clock->set(0);
};


subtest 'log out' => sub {
    fresh($nginx);

    my $browser = user('student1');

    $browser->sign_in(7);

    my %kept = kept($browser);

    ok($browser->picker(logout => 7)->{login}, 'a form to sign in');
    ok(!exists $browser->{cookies}{owncloud_oc}, 'the cookie is removed');

    my $second = user('student1');

    $second->{cookies}{owncloud_oc} = $kept{owncloud_oc};
    is(click($second), 'login', 'a copy is worth nothing');
};


subtest 'guests' => sub {
    fresh($nginx);
    $nginx->moodle('allow', repo => 7);

    my $browser = user('guest');
    my $answer = $browser->picker(list => 7);

    if ($answer->{login}) {
        $browser->sign_in(7);
        is_deeply({ kept($browser) }, {}, 'are not remembered');

    } else {
        is($answer->{errorcode}, 'requireloginerror', 'are not let in');
    }
};


subtest 'Moodle does not say it' => sub {
    for my $fault ([status => 500], [status => 404], ['garbage'],
                   [garbage => '[{"error":true}]'], [garbage => '[]'],
                   [garbage => '[{"error":false,"data":{"userid":"3"}}]'],
                   [garbage => '[{"error":false,"data":{"userid":-3}}]'],
                   ['die'], ['empty'])
    {
        my ($type, $value) = @$fault;

        fresh($nginx);

        my $browser = user('student1');

        $nginx->moodle('fault', match => 'service', type => $type,
                       defined $value ? (value => $value) : ());
        is(click($browser), 'moodleunavailable',
           join ' ', grep { defined } @$fault);
        is(click($browser), 'login', 'the next time');
    }
};


subtest 'from one setting to the other' => sub {
    fresh($nginx);

    my $browser = user('student1');
    my $server = $nginx->{server};

    $nginx->configure(server => $server =~ s/remember.*//r);
    $nginx->reload;
    $browser->sign_in(7);
    is_deeply({ kept($browser) }, {}, 'not remembered');

    $nginx->configure(server => $server);
    $nginx->reload;
    is(click($browser), 'list', 'it is good with "remember" as well');
    is(join(' ', kept($browser)) ne '', 1, 'and is remembered from now on');
};


# a link comes without a sesskey, so Moodle is asked in another way

my $links = links_nginx(repository => 'remember 30d;');

# the reader's next session of Moodle, with the cookies that are kept

sub next_session {
    my ($name, $kept, %parameter) = @_;

    my $session = $links->moodle('session', user => $name, %parameter);
    my $browser = $links->browser(session => $session->{id},
                                  sesskey => $session->{sesskey},
                                  user => $name);

    $browser->{cookies} = { %{ $browser->{cookies} }, %$kept };

    return $browser;
}


# how often Moodle was asked who it is

sub asked_of_link {
    return scalar grep { $_->{uri} =~ m{/admin/search\.php} }
                  @{ $links->moodle('log') };
}


# what is there instead of the file

sub to_sign_in {
    my ($browser, $name) = @_;

    my $answer = open_file($browser, 'report.pdf');

    cmp_ok($answer->{status}, '>=', 300, $name);
    like(($answer->{headers}{location} // '') . $answer->{body},
         qr{/authorize\?}, 'to the sign-in');
    unlike($answer->{body}, qr/%PDF/, 'no file');
}


for my $profile (qw(OC NC)) {
    subtest "$profile, a link in another session of Moodle" => sub {
        fresh($links);

        my $first = reader($links, student1 => $profile => 'alice');

        hand_in($first, $profile => 'report.pdf');

        my %kept = kept($first);
        my $next = next_session('student1', \%kept);

        $links->moodle('log', clear => 1);

        my $answer = open_file($next, 'report.pdf');

        is($answer->{status}, 200, 'it opens');
        is(asked_of_link(), 1, 'Moodle was asked once');

        my $path = location($next, path('report.pdf'));

        for (1 .. 3) {
            is($next->request('GET', $path, undef,
                              Range => 'bytes=0-3')->{status}, 206, 'a part');
        }

        is(asked_of_link(), 2, 'for the parts once');

        # nobody else can use the cookie

        to_sign_in(next_session($_, \%kept), $_) for qw(teacher1 student2);

        my $admin = next_session('admin', {});
        my $as = next_session('student1', \%kept, id => $admin->{session});

        is(open_file($as, 'report.pdf')->{status}, 200,
           'whoever logs in as the reader is the reader');
        $links->moodle('session', user => 'teacher1', id => $as->{session});
        to_sign_in($as, 'but in the same session somebody else is not');
    };
}


subtest 'a link, and Moodle does not say who it is' => sub {
    fresh($links);

    my $first = reader($links, student1 => OC => 'alice');

    hand_in($first, OC => 'report.pdf');

    my %kept = kept($first);

    for my $fault ([status => 500], [status => 403], ['die'], ['empty'],
                   ['garbage'], [garbage => '{"userId":3}'])
    {
        my ($type, $value) = @$fault;
        my $next = next_session('student1', \%kept);

        $links->moodle('fault', match => 'admin/search', type => $type,
                       defined $value ? (value => $value) : ());
        to_sign_in($next, join ' ', grep { defined } @$fault);
        is(open_file($next, 'report.pdf')->{status}, 200, 'the next time');
    }
};


$links->finish;
$nginx->finish;

done_testing();
