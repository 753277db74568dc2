#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The page by which an administrator connects the system account: who may do
# it, which account it may be, and what the page tells.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud fresh requests standins slurp spew);
use Owncloud::Account;

my $env = standins();

my $nginx = running();

for my $profile (qw(OC NC)) {
    my $file = account_file($nginx, $profile);
    my $back = $nginx->url . $page{$profile};

    subtest "$profile, the page" => sub {
        fresh($nginx);

        my $browser = administrator($nginx);
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

        my $browser = administrator($nginx);
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
        like($text, qr/Tokens refreshed 20\d\d-/, 'renewed');
        like($text, qr/Links 0/, 'nothing yet');
        like($text, qr/Connect again.*Disconnect/, 'buttons');

        is((stat $file)[2] & 07777, 0600, 'the mode of the file');
        like($nginx->log, qr/\[notice\].* account of "\L$profile\E" is connected: /,
             'logged');

        $answer = $browser->return_to($url);
        is($answer->{status}, 403, 'the same once more');
        like(text($answer), qr/has already been used|another browser/,
             'is told');
    };
}


sub set_cookie {
    my $set = shift->{headers}{'set-cookie'} // [];

    return ref $set ? "@$set" : $set;
}


# Moodle's site administrators, and nobody else

for my $profile (qw(OC NC)) {
    my $form = 'application/x-www-form-urlencoded';

    subtest "$profile, an administrator" => sub {
        fresh($nginx);
        unlink account_file($nginx, $profile);

        my %session = (
            student => 'studentaaaaaaaaaaaaaaaaaaa',
            teacher => 'teacheraaaaaaaaaaaaaaaaaaa',
            manager => 'manageraaaaaaaaaaaaaaaaaaa',
            guest   => 'guestaaaaaaaaaaaaaaaaaaaaa',
            unknown => 'nosuchaaaaaaaaaaaaaaaaaaaa',
            nobody  => undef,
        );

        for my $who (sort keys %session) {
            my $browser = $nginx->browser(session => $session{$who});

            for my $agent ('Mozilla/5.0', 'Mozilla/5.0 Word/16.0') {
                my @header = ('User-Agent' => $agent);
                my $answer = $browser->request('GET', $page{$profile}, undef,
                                               @header);

                is($answer->{status}, 403, "$who, $agent");
                like(text($answer), qr/for Moodle site administrators/,
                     "$who, told");
                unlike($answer->{body}, qr/<form/, "$who, no button");

                $answer = press($browser, $profile, { action => 'connect' },
                                @header);

                is($answer->{status}, 403, "$who, pressed");
                is(set_cookie($answer), '', "$who, no cookie");
            }
        }

        is_deeply([requests($profile)], [], 'the cloud hears nothing');

        # what is printed before a page makes no administrator

        $nginx->moodle('set', name => 'debugoutput', value => 1);
        is($nginx->browser(session => undef)
                 ->request('GET', $page{$profile})->{status}, 403,
           'nobody, with debugging output');
        is(administrator($nginx)->request('GET', $page{$profile})->{status},
           200, 'an administrator, with debugging output');

        # and none is told so with 200, where the header was sent with it

        $nginx->moodle('set', name => 'debugoutput', value => 'sent');

        for my $who (qw(student manager)) {
            my $browser = $nginx->browser(session => $session{$who});
            my $answer = $browser->request('GET', $page{$profile});

            is($answer->{status}, 503, "$who, after the header");
            unlike($answer->{body}, qr/<form/, "$who, no button, either");
        }

        is(administrator($nginx)->request('GET', $page{$profile})->{status},
           200, 'an administrator, after the header');
        $nginx->moodle('set', name => 'debugoutput', value => '');

        is(administrator($nginx)->request('HEAD', $page{$profile})->{status},
           200, 'HEAD');

        # no answer

        for my $fault (['status', 500], ['die'], ['garbage', 'yes'], ['gzip'])
        {
            $nginx->moodle('fault', match => 'issuers', times => 1,
                           type => $fault->[0], value => $fault->[1] // '');

            my $answer = press(administrator($nginx), $profile,
                               { action => 'connect' });

            is($answer->{status}, 503, "Moodle: @$fault");
            like(text($answer), qr/Moodle did not say whether/,
                 "Moodle: @$fault, told");
            is(set_cookie($answer), '', "Moodle: @$fault, no cookie");
        }

        # Moodle is not asked for what comes from elsewhere

        $nginx->moodle('clear');
        press(administrator($nginx), $profile, { action => 'connect' },
              Origin => 'https://other.example.com');
        is_deeply($nginx->moodle('log'), [], 'from elsewhere');

        # who is one no more

        my $browser = connected($nginx, $profile);

        $nginx->moodle('end', user => 'admin');
        is(press($browser, $profile, { action => 'disconnect', sure => 1 })
               ->{status}, 403, 'logged out of Moodle');
        ok(-f account_file($nginx, $profile), 'nothing is disconnected');
    };
}


for my $profile (qw(OC NC)) {
    my $file = account_file($nginx, $profile);
    my $back = $nginx->url . $page{$profile};

    subtest "$profile, who may connect" => sub {
        fresh($nginx);
        unlink $file;

        my $browser = administrator($nginx);

        for my $origin ('https://other.example.com', 'null',
                        $nginx->url . '0') {
            my $answer = press($browser, $profile, { action => 'connect' },
                               Origin => $origin);

            is($answer->{status}, 403, "from $origin");
            like(text($answer), qr/not sent from a page of this site/, 'told');
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

        my $browser = administrator($nginx);

        $browser->sign_in($repo{$profile});

        my $answer = connect_as($browser, $profile, 'alice');

        is($answer->{status}, 403, 'refused');
        like(text($answer), qr/This is your own account/, 'told');
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

        my $answer = connect_as(administrator($nginx), $profile);

        is($answer->{status}, 502, 'refused');
        like(text($answer), qr/no refresh token/, 'told');
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

            like($text, qr/as bob, which is a different .* from moodle-system/,
                 'both names');
            like($text, qr/links of moodle-system \(0\) will no longer open/,
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
                 qr/has expired or has already been used/, 'told on the page');
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
        like(text($answer), qr/neither created nor opened/, 'about what');
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
             qr/Account moodle-system .*is unknown at the moment/,
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

        my $browser = administrator($nginx);

        ok(!making($browser, $profile)->{error}, "$profile, made")
            or diag($nginx->log);

        my $text = shown($browser, $profile);

        like($text, qr/Account moodle-system Links 1 Size/, 'told');
        like($text, qr/password in the configuration/, 'how');
        unlike($text, qr/Connect an|Disconnect/, 'no buttons');
        is(press($browser, $profile, { action => $_ })->{status}, 400,
           "nothing to $_") for qw(connect disconnect);

        spew($secret, "wrong\n");
        $nginx->reload;

        is(making(administrator($nginx), $profile)->{errorcode}, 'accountrefused',
           'a wrong one');
        like($nginx->log, qr/\[error\].*"$id" rejected the password of the /,
             'logged');
        like(shown($browser, $profile), qr/must correct the password/, 'told');

        $nginx->finish;
    }
};

# what was made here is in nobody's way

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);

done_testing();
