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
           =~ s/\s+/ /gr;
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

$nginx->finish;

done_testing();
