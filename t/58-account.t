#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The system account: how an administrator connects it, who may not be it,
# and what becomes of its tokens in every trouble that they can get into.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud fresh requests standins slurp spew wait_for);
use Owncloud::Clock;

my $env = standins();

my %repo = (OC => 7, NC => 8);
my %page = map { $_ => "/repository/owncloud/connect-\L$_" } qw(OC NC);


# what an nginx with system accounts has in its servers

sub places {
    my $nginx = shift;

    my $dir = $nginx->{dir};
    my $at = $nginx->{accounts} // "$dir/accounts";

    mkdir $at;

    return (
        issuers => join('', map {
            $nginx->issuer($_, system_account => "oauth=$at/$_.account",
                           read_timeout => '2s',
                           %{ $nginx->{issuer} // {} })
        } qw(oc nc)),
        server => join('', map { <<"EOT" } qw(OC NC)),
        owncloud_repository $repo{$_} {
            issuer      \L$_\E;
            secret_key  $dir/moodle.key;
            timezone    UTC;
            previews    off;
        }

        location = $page{$_} {
            owncloud_connect  \L$_\E;
        }
EOT
    );
}


sub running {
    my (%option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(places($nginx));

    return $nginx->start;
}


sub account_file {
    my ($nginx, $profile) = @_;

    return ($nginx->{accounts} // "$nginx->{dir}/accounts")
           . "/\L$profile\E.account";
}


# the page, without its tags

sub shown {
    my ($browser, $profile, $query) = @_;

    return text($browser->request('GET', $page{$profile} . ($query // '')));
}


sub text {
    my $answer = shift;

    return $answer->{body} =~ s{<style>.*?</style>}{}rs =~ s/<[^>]*>/ /gr
           =~ s/[ \n]+/ /gr;
}


# a button of the page

sub press {
    my ($browser, $profile, $field, %header) = @_;

    return $browser->request('POST', $page{$profile},
        Owncloud::HTTP::form(map { $_ => $field->{$_} } sort keys %$field),
        'Content-Type' => 'application/x-www-form-urlencoded',
        Origin => $browser->{url}, %header);
}


# all the way to where the browser ends up: an absolute URL, or a page

sub connect_as {
    my ($browser, $profile, $user) = @_;

    my $answer = press($browser, $profile, { action => 'connect' });

    return $answer if $answer->{status} != 303;

    return $browser->return_to($browser->consent(
        $answer->{headers}{location}, user => $user // 'moodle-system'));
}


sub connected {
    my ($nginx, $profile) = @_;

    my $browser = $nginx->browser;
    my $answer = connect_as($browser, $profile);

    is($answer->{status}, 303, 'connected')
        or diag(text($answer), $nginx->log);

    return $browser;
}


my $nginx = running();

for my $profile (qw(OC NC)) {
    my $file = account_file($nginx, $profile);
    my $back = $nginx->url . $page{$profile};

    subtest "$profile, the page" => sub {
        fresh($nginx);

        my $browser = $nginx->browser;
        my $answer = $browser->request('GET', $page{$profile});

        is($answer->{status}, 200, 'status');

        my $header = $answer->{headers};

        is($header->{'cache-control'}, 'no-store', 'not stored');
        like($header->{'content-security-policy'},
             qr/^default-src 'none'; .*form-action 'self' https:;/, 'policy');
        like($header->{'content-security-policy'},
             qr/frame-ancestors 'none'/, 'no frames');
        is($header->{'referrer-policy'}, 'same-origin', 'Referrer-Policy');
        is($header->{'x-content-type-options'}, 'nosniff', 'nosniff');
        unlike($answer->{body}, qr/<script/, 'no script');
        like($answer->{body}, qr/<h1>System account of ownCloud &lt;&amp;&gt;/,
             'escaped') if $profile eq 'OC';
        like(text($answer), qr/No account of .* is connected/, 'none');
        like(text($answer), qr/Connect an account/, 'a button');
        unlike(text($answer), qr/Disconnect/, 'nothing to disconnect');

        is($browser->request('PUT', $page{$profile})->{status}, 405,
           'another method');
        is($browser->request('POST', $page{$profile}, 'x',
                             'Content-Type' => 'text/plain')->{status}, 415,
           'no form');
    };

    subtest "$profile, connecting" => sub {
        fresh($nginx);

        my $browser = $nginx->browser;
        my $answer = press($browser, $profile, { action => 'connect' });

        is($answer->{status}, 303, 'to the cloud');

        my $url = $answer->{headers}{location};

        like($url, qr{^\Q$env->{"CLOUD_${profile}_URL"}\E\S+authorize\?},
             'its page');

        my ($cookie) = $answer->{headers}{'set-cookie'};

        like($cookie, qr{^owncloud_connect\.\L$profile\E=[0-9a-f]{32};
                         \ Path=/admin/oauth2callback\.php;\ Max-Age=600;
                         \ HttpOnly;\ SameSite=Lax$}x, 'a cookie of its own');

        $url = $browser->consent($url, user => 'moodle-system');
        $answer = $browser->return_to($url);

        is($answer->{status}, 303, 'and back');
        is($answer->{headers}{location}, $back, 'to the page');
        ok(!exists $browser->{cookies}{"owncloud_connect.\L$profile"},
           'the cookie is gone');
        ok(!exists $browser->{cookies}{"owncloud_\L$profile"},
           'no session in the browser');

        my $text = shown($browser, $profile);

        like($text, qr/Account moodle-system/, 'who');
        like($text, qr/Connected since 20\d\d-\d\d-\d\d \d\d:\d\d UTC/, 'when');
        like($text, qr/Tokens renewed 20\d\d-/, 'renewed');
        like($text, qr/Links 0/, 'nothing yet');
        like($text, qr/Connect again.*Disconnect/, 'buttons');

        is((stat $file)[2] & 07777, 0600, 'the mode of the file');
        like($nginx->log, qr/\[notice\].* account of "\L$profile\E" is connected: /,
             'logged');

        $answer = $browser->return_to($url);
        is($answer->{status}, 403, 'the same once more');
        like(text($answer), qr/has been used already|another browser/,
             'is told');
    };
}


sub set_cookie {
    my $set = shift->{headers}{'set-cookie'} // [];

    return ref $set ? "@$set" : $set;
}


for my $profile (qw(OC NC)) {
    my $file = account_file($nginx, $profile);
    my $back = $nginx->url . $page{$profile};

    subtest "$profile, who may connect" => sub {
        fresh($nginx);
        unlink $file;

        my $browser = $nginx->browser;

        for my $origin ('https://other.example.com', 'null',
                        $nginx->url . '0') {
            my $answer = press($browser, $profile, { action => 'connect' },
                               Origin => $origin);

            is($answer->{status}, 403, "from $origin");
            like(text($answer), qr/not sent by a page of this site/, 'told');
            is(set_cookie($answer), '', 'no cookie');
        }

        my $answer = $browser->request('POST', $page{$profile},
            'action=connect',
            'Content-Type' => 'application/x-www-form-urlencoded',
            'X-Requested-With' => 'XMLHttpRequest');

        is($answer->{status}, 403, 'from nowhere');

        is(press($browser, $profile, { action => $_ })->{status}, 400,
           "action \"$_\"") for '', 'delete';

        # somebody else is sent where the administrator was to go

        $answer = press($browser, $profile, { action => 'connect' });

        my $url = $browser->consent($answer->{headers}{location},
                                    user => 'moodle-system');
        my $other = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa');

        is($other->return_to($url)->{status}, 403, 'in another browser');

        my $theirs = press($other, $profile, { action => 'connect' });

        is($other->return_to($url)->{status}, 403, 'with its own attempt');
        ok(!-e $file, 'no file');

        is($browser->return_to($url)->{status}, 303, 'in the right one');
        ok(-e $file, 'a file');
        is($browser->return_to($url)->{status}, 403, 'once only');
    };

    subtest "$profile, a personal account" => sub {
        fresh($nginx);
        unlink $file;

        my $browser = $nginx->browser;

        $browser->sign_in($repo{$profile});

        my $answer = connect_as($browser, $profile, 'alice');

        is($answer->{status}, 403, 'refused');
        like(text($answer), qr/signed in with yourself/, 'told');
        like($answer->{body}, qr/href="\Q$back\E"/, 'the way back');
        ok(!-e $file, 'no file');
        is(scalar(requests($profile, qr/^DELETE .*apppassword/)),
           $profile eq 'NC' ? 1 : 0, 'its token is revoked');

        $browser->picker(list => $repo{$profile});
        like(shown($browser, $profile), qr/No account/, 'nothing connected');

        is(connect_as($browser, $profile)->{status}, 303, 'another one');
    };

    subtest "$profile, without a refresh token" => sub {
        fresh($nginx);
        unlink $file;

        cloud($profile => 'faults',
              { match => '^POST .*/token', action => 'status', status => 200,
                body => 'json',
                json => { access_token => 'a' x 40, user_id => 'system',
                          token_type => 'Bearer', expires_in => 3600 } });

        my $answer = connect_as($nginx->browser, $profile);

        is($answer->{status}, 502, 'refused');
        like(text($answer), qr/none to renew it with/, 'told');
        ok(!-e $file, 'no file');
    };

    subtest "$profile, in place of another" => sub {
        fresh($nginx);
        unlink $file;

        my $browser = connected($nginx, $profile);
        my $old = slurp($file);

        for (1 .. 2) {
            my $answer = connect_as($browser, $profile, 'bob');

            is($answer->{status}, 303, 'back');
            like($answer->{headers}{location},
                 qr/^\Q$back\E\?confirm=[0-9a-f]{32}$/, 'to be asked');
            is(slurp($file), $old, 'the file is as it was');

            my ($id) = $answer->{headers}{location} =~ /=(\w+)$/;
            my $text = shown($browser, $profile, "?confirm=$id");

            like($text, qr/as bob, which is another .* than moodle-system/,
                 'both names');
            like($text, qr/Links .* moodle-system \(0\) will not open/,
                 'what it is about');
            like($text, qr/Replace it.*Keep it/, 'two buttons');

            my @field = (confirm => $id);

            is(press($browser, $profile, { action => 'replace', @field },
                     Origin => 'null')->{status}, 403, 'not from elsewhere');
            is(press($browser, $profile, { action => 'replace',
                                           confirm => $id =~ tr/0-9/1-90/r })
               ->{status}, 404, 'not by another name');

            $answer = press($browser, $profile,
                            { action => $_ == 1 ? 'keep' : 'replace', @field });

            is($answer->{status}, 303, 'done');
            is($answer->{headers}{location}, $back, 'to the page');
            like(shown($browser, $profile),
                 $_ == 1 ? qr/Account moodle-system/ : qr/Account bob/, 'who');

            is(press($browser, $profile, { action => 'replace', @field })
               ->{status}, 404, 'not once more');
            like(shown($browser, $profile, "?confirm=$id"),
                 qr/took too long, or was done/, 'told on the page');
        }

        is(scalar(requests($profile, qr/^DELETE .*apppassword/)),
           $profile eq 'NC' ? 1 : 0, 'what was not wanted is revoked');

        # the same account is not asked about

        my $answer = connect_as($browser, $profile, 'bob');

        is($answer->{headers}{location}, $back, 'the same one again');
    };

    subtest "$profile, disconnecting" => sub {
        fresh($nginx);
        unlink $file;

        my $browser = connected($nginx, $profile);
        my $answer = press($browser, $profile, { action => 'disconnect' });

        is($answer->{status}, 200, 'asked');
        like(text($answer), qr/neither be made nor opened/, 'about what');
        ok(-e $file, 'nothing done');

        is(press($browser, $profile, { action => 'keep' })->{status}, 303,
           'kept');
        ok(-e $file, 'nothing done');

        $answer = press($browser, $profile,
                        { action => 'disconnect', sure => 1 });

        is($answer->{status}, 303, 'done');
        ok(!-e $file, 'no file');
        is(scalar(requests($profile, qr/^DELETE .*apppassword/)),
           $profile eq 'NC' ? 1 : 0, 'its token is revoked');
        like(shown($browser, $profile), qr/No account/, 'told');
        is(making($browser, $profile)->{errorcode}, 'accountlost',
           'no link can be made');
    };
}


# an access controlled link, as the picker makes it

sub making {
    my ($browser, $profile) = @_;

    my $repo = $repo{$profile};
    my $list = $browser->picker(list => $repo, p => '/');

    if ($list->{login}) {
        $browser->sign_in($repo);
        $list = $browser->picker(list => $repo, p => '/');
    }

    my ($entry) = grep { $_->{title} eq 'notes.txt' } @{ $list->{list} };

    return $browser->picker(download => $repo, title => $entry->{title},
                            source => $entry->{source},
                            sourcekey => $entry->{sourcekey},
                            savepath => '/', itemid => 257396047,
                            usecontrolledlink => 1);
}


for my $profile (qw(OC NC)) {
    subtest "$profile, a link, and what is told of it" => sub {
        fresh($nginx);
        cloud($profile => 'reset', { data => JSON::PP::true });
        unlink account_file($nginx, $profile);

        my $browser = connected($nginx, $profile);
        my $made = making($browser, $profile);

        ok(!$made->{error}, 'made') or diag(encode_json($made), $nginx->log);

        my $text = shown($browser, $profile);

        like($text, qr/Links 1 Size 1\.\d\xc2\xa0KB Oldest 20\d\d-\d\d-\d\d /,
             'one link') or diag($text);

        # of folders that no link of ours can be in

        cloud($profile => 'file', { user => 'moodle-system',
              path => "Moodle x/17/20200229-000000000000000000000000/$_",
              content => 'x' x 1000 }) for qw(a b);
        cloud($profile => 'file', { user => 'moodle-system',
              path => $_, content => 'x' })
            for 'Moodle x/notes/20190101-00000000000000000000000/a',
                'Other/17/20190101-00000000000000000000000/a',
                'Moodle x/18/2019/a';

        $text = shown($browser, $profile);
        like($text, qr/Links 2 Size 3\.\d\xc2\xa0KB Oldest 2020-02-29 /, 'two links')
            or diag($text);

        cloud($profile => 'file', { user => 'moodle-system',
              path => "Moodle x/$_/20210101-00000000000000000000000/a",
              content => 'x' }) for 1000 .. 1100;

        like(shown($browser, $profile),
             qr/Links at least \d+ Size at least .* Oldest /, 'many links');

        cloud($profile => 'faults', { match => '^PROPFIND', status => 503,
                                      action => 'status' });
        like(shown($browser, $profile),
             qr/Account moodle-system .*is not known at the moment/,
             'a cloud in trouble');
    };
}

$nginx->finish;


subtest 'a password' => sub {
    for my $profile (qw(OC NC)) {
        my $nginx = Owncloud->new(no_start => 1);
        my $secret = "$nginx->{dir}/system.secret";
        my $id = lc $profile;

        spew($secret, "moodle-system-password\n");

        my %place = places($nginx);

        $nginx->configure(%place, issuers => join '', map {
            $nginx->issuer($_,
                           system_account => "moodle-system password=$secret")
        } qw(oc nc));
        $nginx->start;
        fresh($nginx);
        cloud($profile => 'reset', { data => JSON::PP::true });

        my $browser = $nginx->browser;

        ok(!making($browser, $profile)->{error}, "$profile, made")
            or diag($nginx->log);

        my $text = shown($browser, $profile);

        like($text, qr/Account moodle-system Links 1 Size/, 'told');
        like($text, qr/password of the configuration/, 'how');
        unlike($text, qr/Connect an|Disconnect/, 'no buttons');
        is(press($browser, $profile, { action => $_ })->{status}, 400,
           "nothing to $_") for qw(connect disconnect);

        spew($secret, "wrong\n");
        $nginx->reload;

        is(making($nginx->browser, $profile)->{errorcode}, 'accountrefused',
           'a wrong one');
        like($nginx->log, qr/\[error\].*"$id" does not accept the password of the /,
             'logged');
        like(shown($browser, $profile), qr/set its password anew/, 'told');

        $nginx->finish;
    }
};


# what the clock says, for all of them

my $clock = Owncloud::Clock->new;


# refresh tokens that the cloud was sent, by how often and with what result

sub refreshed {
    my $profile = shift;

    return join ' ', map { "$_->{times}:" . join ',', @{ $_->{status} } }
                     @{ cloud($profile => 'refreshes') };
}


for my $profile (qw(OC NC)) {
    subtest "$profile, nobody is there" => sub {
        $clock->set(0);

        my $nginx = running(clock => $clock, workers => 4);
        my $file = account_file($nginx, $profile);

        fresh($nginx);
        connected($nginx, $profile);

        my $old = slurp($file);

        # not before its time

        $clock->set(3000);
        $nginx->reload;
        sleep 3;

        is(refreshed($profile), '', 'good for a while');

        $clock->set(3700);
        $nginx->reload;

        ok(wait_for(sub { slurp($file) ne $old }), 'the file is another')
            or diag($nginx->log);
        sleep 2.5;

        is(refreshed($profile), '1:200', 'by one worker');
        is((stat $file)[2] & 07777, 0600, 'the mode of the file');
        like($nginx->log, qr/\[info\].*gave new tokens to the system account, (?#
                            )generation 2/, 'logged');

        # with nothing but the file

        $nginx->restart;
        cloud($profile => 'log', undef, 'DELETE');

        like(shown($nginx->browser, $profile), qr/Account moodle-system .*Links 0/,
             'it is good');
        is(refreshed($profile), '', 'as it is');

        # a cloud that does not answer as it should

        cloud($profile => 'faults', { match => '^POST .*/token', times => -1,
                                      action => 'status', status => 503 });
        $clock->set(7500);
        $nginx->reload;
        ok(wait_for(sub { $nginx->log =~ /\[warn\].*no new tokens to the (?#
                          )system account.*status 503/ }), 'told');
        sleep 2;
        $nginx->reload;
        sleep 3;
        is(() = $nginx->log =~ /no new tokens to the system/g, 1, 'once');

        cloud($profile => 'faults', undef, 'DELETE');
        cloud($profile => 'log', undef, 'DELETE');

        $clock->set(7900);
        $nginx->reload;
        ok(wait_for(sub { refreshed($profile) eq '1:200' }), 'five minutes on');

        # an end

        cloud($profile => 'revoke', {});
        $clock->set(12000);
        $nginx->reload;
        ok(wait_for(sub { $nginx->log =~ /\[error\].*the system account of (?#
                    )"\L$profile\E" is lost: "moodle-system" has to be/ }),
           'lost') or diag($nginx->log);
        sleep 2;
        $nginx->reload;
        sleep 3;
        is(() = $nginx->log =~ /is lost/g, 1, 'told once');

        my $browser = $nginx->browser;

        like(shown($browser, $profile), qr/does not accept the tokens of this (?#
             )account any more.*Connect again/, 'on the page');

        is(making($browser, $profile)->{errorcode}, 'accountlost',
           'to who makes a link');
        is(connect_as($browser, $profile)->{status}, 303, 'connected again');
        like(shown($browser, $profile), qr/Account moodle-system .*Links 0/,
             'it is good');

        $nginx->finish;
    };
}

done_testing();
