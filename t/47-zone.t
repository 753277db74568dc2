#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A zone that is full: what may be forgotten goes first, and what was done
# with stays done with.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud free_port fresh requests);
use Owncloud::Browser;
use Owncloud::Clock;

# a Moodle that grants everything, with a form that is new each time

my $moodle = free_port();
my $filler = 'x' x 1500;
my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock, no_start => 1,
                          zone => 'owncloud:40k');

$nginx->configure(http => <<EOT, server => <<'EOS', php => <<EOP);
    server {
        listen  127.0.0.1:$moodle;

        location / {
            default_type  application/json;
            return        200 '{"repo_id":7,"form":"$filler\$request_id"}';
        }
    }
EOT
        owncloud_repository 7 {
            issuer    oc;
            timezone  UTC;
        }
EOS
        location / {
            proxy_pass  http://127.0.0.1:$moodle;
        }
EOP
$nginx->start;

my $context = 1000;
my $sessions = 0;

subtest 'one context is one entry' => \&spellings;
subtest 'permissions make place' => \&permissions;
subtest 'the end of a session' => \&session_ended;
subtest 'a state that was used' => \&state_used;
subtest 'many sign-ins' => \&attempts;
unlike($nginx->log, qr/\[error\].*(?:allocate|memory)/, 'there is always room');
subtest 'more sign-ins than fit' => \&too_many;


fresh();
$nginx->finish;
done_testing;


# the form that is shown in a context

sub form {
    my $ctx = shift;

    return $nginx->browser->picker(searchform => 7, ctx_id => $ctx)->{form}
           // 'none';
}


# asks for permission in a context; whether Moodle had to be asked

my %seen;

sub ask {
    my $ctx = shift;

    my $form = form($ctx);
    my $new = $form ne ($seen{$ctx} // '');

    $seen{$ctx} = $form;

    return $new ? 1 : 0;
}


# more permissions than the zone can hold

sub flood {
    my $first = $context + 1;

    is(scalar(grep { ask(++$context) } 1 .. 150), 150, 'a flood');
    is(ask($first), 1, 'the first is forgotten already');
    is(ask($context), 0, 'the last is known');
}


sub spellings {
    my $form = form(17);

    is(form($_), $form, "$_ is the same")
        for '17', '017', '0017', '0' x 50 . '17';
    isnt(form($_), $form, "$_ is another") for '170', '17x', '';
}


sub permissions {
    flood();

    # the one in use stays

    my $kept = ++$context;
    my $asked = ask($kept);

    for (1 .. 50) {
        ask(++$context) for 1 .. 3;
        $asked += ask($kept);
    }

    is($asked, 1, 'what is in use is not asked for again');
}


sub login_form {
    my ($browser, $name) = @_;

    cloud(OC => 'log', undef, 'DELETE');

    my $answer = $browser->picker(list => 7);

    is($answer->{login}[0]{type}, 'popup', "$name: to sign in");
    is_deeply([requests('OC')], [], 'the cloud was not asked');
}


# a browser with a copy of the cookies

sub thief {
    my $browser = shift;

    return $nginx->browser(cookies => { %{ $browser->{cookies} } },
                           session => undef);
}


# a session that was ended; a copy of its cookies

sub ended {
    my $browser = $nginx->browser;

    $browser->sign_in(7);
    is($browser->titles(list => 7)->[0], 'Documents', 'signed in');

    my $copy = thief($browser);

    $browser->picker(logout => 7);
    login_form($copy, 'a copy of the cookie');

    return $copy;
}


sub session_ended {
    fresh();

    my $copy = ended();

    for (1 .. 2) {
        flood();
        login_form($copy, 'a copy after the flood');
    }
}


sub state_used {
    fresh();

    my $browser = $nginx->browser;
    my $back = $browser->consent($browser->login_url(7));

    is($browser->return_to($back)->{status}, 200, 'used');

    flood();
    cloud(OC => 'log', undef, 'DELETE');

    my $answer = $browser->return_to($back);

    is($answer->{status}, 403, 'not a second time');
    like($answer->{body}, qr/been used/, 'told');
    is_deeply([requests('OC')], [], 'the code was not sent again');
}


# a sign-in that is refused at the cloud: its state is used

sub attempt {
    my $browser = shift;

    my $state = Owncloud::Browser::parameter($browser->login_url(7), 'state');

    return ($state, denied($browser, $state));
}


sub denied {
    my ($browser, $state) = @_;

    return $browser->callback(state => $state, error => 'access_denied')
                   ->{body};
}


sub attempts {
    fresh();

    my $copy = ended();

    flood();

    my @last = $context - 5 .. $context;

    is(scalar(grep { ask($_) } @last), 0, 'six permissions are known');

    # each with a Moodle session of its own

    my @used = map { my $browser = browser(); [$browser, attempt($browser)] }
               1 .. 20;

    is(scalar(grep { $_->[2] =~ /did not grant Moodle access/ } @used), 20,
       '20 sign-ins');

    flood();

    is(scalar(grep { denied(@$_[0, 1]) =~ /already been used/ } @used), 20,
       'every state is known as used');
    login_form($copy, 'a copy of a cookie of before');
}


# one client makes as many sign-ins as it likes: the sessions of the others
# stay, and what is known of their sign-ins

sub too_many {
    fresh();

    my $copy = ended();
    my $other = browser();

    $clock->set(0);
    is($other->sign_in(7)->{status}, 200, 'somebody is signed in');

    my %old = %{ $other->{cookies} };

    $clock->set(3590);
    is($other->titles(list => 7)->[0], 'Documents', 'with new tokens');
    is(scalar(requests('OC', qr/token$/)), 2, 'that were asked for');

    for (1 .. 150) {
        my $browser = browser();
        my ($state, $answer) = attempt($browser);

        like($answer, qr/did not grant Moodle access/, "session $_")
            if $_ % 30 == 0;
    }

    my $browser = browser();
    my @state;

    for (1 .. 60) {
        my ($state, $answer) = attempt($browser);

        push @state, $state if $answer =~ /did not grant Moodle access/;
    }

    is(scalar(@state), 60, 'and many in one');
    like(denied($browser, $state[-1]), qr/been used/, 'the last is known');

    login_form($copy, 'the end of a session stays');

    # the cookie of before would do for one refresh more

    cloud(OC => 'log', undef, 'DELETE');
    $other->{cookies} = \%old;
    is($other->titles(list => 7)->[0], 'Documents', 'the session stays');
    is(scalar(requests('OC', qr/token$/)), 0, 'with its tokens');

    unlike($nginx->log, qr/could not allocate/, 'there is room');
    $clock->set(0);
}


# a browser with a session of Moodle that is new

sub browser {
    return $nginx->browser(session => 'session' . ++$sessions);
}
