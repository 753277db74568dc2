#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A zone that is full: what may be forgotten goes first, and what was done
# with stays done with.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud free_port fresh requests);
use Owncloud::Browser;

# a Moodle that grants everything, with a form that is new each time

my $moodle = free_port();
my $filler = 'x' x 1500;
my $nginx = Owncloud->new(no_start => 1, zone => 'owncloud:40k');

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
    like($answer->{body}, qr/used already/, 'told');
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
    my $browser = $nginx->browser;
    my @state;

    is(scalar(grep { ask($_) } @last), 0, 'six permissions are known');

    for (1 .. 60) {
        my ($state, $answer) = attempt($browser);
        push @state, $state if $answer =~ /did not let Moodle in/;
    }

    is(scalar(@state), 60, '60 sign-ins');
    isnt(scalar(grep { ask($_) } @last), 0, 'permissions had to go');

    flood();

    is(scalar(grep { denied($browser, $_) =~ /used already/ } @state), 60,
       'every state is known as used');
    login_form($copy, 'a copy of a cookie of before');
}


sub too_many {
    fresh();

    my $copy = ended();
    my $browser = $nginx->browser;
    my @state;

    for (1 .. 250) {
        my ($state, $answer) = attempt($browser);
        push @state, $state if $answer =~ /did not let Moodle in/;
    }

    is(scalar(@state), 250, '250 sign-ins');
    like(denied($browser, $state[0]), qr/did not let/,
         'they do not all fit');
    like(denied($browser, $state[-1]), qr/used already/,
         'the last is known');
    login_form($copy, 'the end of a session stays');

    # there is room for all kinds again

    is($browser->sign_in(7)->{status}, 200, 'a sign-in');
    is($browser->titles(list => 7)->[0], 'Documents', 'a listing');

    # states have had more than their share of it

    unlike($nginx->log, qr/could not allocate/, 'the session is kept');
}
