#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Signing in at a cloud in trouble: the user is told what it is, is not signed
# in, and the code goes out once at most.

use v5.20;
use warnings;

use IO::Socket::INET;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh);

my $env = standins();
my $nginx = Owncloud->new(setting => { read_timeout => '1s',
                                       connect_timeout => '1s' });

fresh($nginx);

my $unexpected = qr/did not respond as Moodle expects/;
my $senseless = qr/sent an invalid response/;
my $broken = qr/was lost in the middle/;


sub state_of { Owncloud::Browser::parameter(shift, 'state') }


sub failed {
    my ($name, $browser, $answer, $like, $sent, $match) = @_;

    subtest $name => sub {
        is($answer->{status}, 502, 'status');
        like($answer->{body}, $like, 'says why');
        like($answer->{body}, qr{<h1>Sign-in failed</h1>}, 'is a page');
        is($answer->{headers}{'content-type'}, 'text/html; charset=utf-8',
           'type');
        is($answer->{headers}{'cache-control'}, 'no-store', 'not stored');
        is($answer->{headers}{'set-cookie'}, undef, 'nothing set');
        unlike($answer->{body}, qr/<script|<img|nginx/i, 'nothing else');
        is_deeply([requests('OC', $match // qr{/token|/evil})],
                  [('POST /oc/index.php/apps/oauth2/api/v1/token') x $sent],
                  'what the cloud was sent') if defined $sent;
    };
}


# what comes before the token endpoint looks at the code

my @troubles = (
    # name, rule, text
    ['429', { status => 429, headers => { 'Retry-After' => 120 } },
     qr/too busy or in maintenance/],
    ['503', { status => 503 }, qr/too busy or in maintenance/],
    ['500', { status => 500 }, $unexpected],
    ['401', { status => 401, body => 'json' }, qr/client id or its secret/],
    ['403', { status => 403 }, qr/client id or its secret/],
    ['404', { status => 404 }, $unexpected],
    ['204', { status => 204, body => 'none' }, $unexpected],
    ['302', { action => 'redirect',
              location => $env->{CLOUD_OC_HTTP_URL} . 'evil' }, $unexpected],
    ['307', { action => 'redirect', status => 307,
              location => $env->{CLOUD_OC_HTTP_URL} . 'evil' }, $unexpected],
    ['200 and HTML', { status => 200 }, $unexpected],
    ['200 and nothing', { status => 200, body => 'none' }, $unexpected],
    ['200 and an error', { status => 200, body => 'json',
                           json => { error => 'invalid_grant' } },
     $unexpected],
    ['200 and a list', { status => 200, body => 'json', json => [1, 2] },
     $unexpected],
    ['200 and null', { status => 200, body => 'text', text => 'null' },
     $unexpected],
    ['200 and deep', { status => 200, body => 'text',
                       text => '{"a":' x 5000 . '1' . '}' x 5000 },
     $unexpected],
    ['200 and two values', { status => 200, body => 'text',
                             text => '{"access_token":"a"}{}' }, $unexpected],
    ['reset', { action => 'reset' }, $broken],
    ['close', { action => 'close' }, $broken],
    ['too late', { delay => 3, status => 200 }, qr/did not respond in time/],
    ['too large', { status => 200, body => 'text',
                    text => '{"access_token":"a"}' . ' ' x 70000 },
     qr/larger than this Moodle accepts/],
    ['too large, chunked', { status => 200, body => 'text', length => \0,
                             text => '{"access_token":"a"}' . ' ' x 70000 },
     qr/larger than this Moodle accepts/],
    ['error in HTML', { status => 400, body => 'json',
                        json => { error => '<b>x</b>',
                                  error_description => '<img src=x>' } },
     qr/The response was: &lt;img src=x&gt;</],
);

for my $trouble (@troubles) {
    my ($name, $rule, $like) = @$trouble;

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));

    cloud(OC => 'reset', {});
    cloud(OC => 'faults', { match => '/token', times => -1,
                            action => 'status', %$rule });

    failed($name, $browser, $browser->callback(code => 'c', state => $state),
           $like, 1);

    # such a cloud is left alone for some time

    $nginx->restart if $name eq '429' || $name eq '503';
}


# a true code, a spoilt answer

my @spoilt = (
    ['truncated', { action => 'truncate' }, $broken],
    ['cut', { action => 'cut' }, $unexpected],
    ['gzip', { action => 'gzip' }, $senseless],
    ['no token', { from => '"access_token"', to => '"other"' }, $unexpected],
    ['empty token', { from => '"access_token":"', to =>
                      '"access_token":"","x":"' }, $unexpected],
    ['a number', { from => '"access_token":"', to =>
                   '"access_token":{"a":1},"x":"' }, $unexpected],
    map({ ["token with $_->[0]",
           { from => '"access_token":"', to => "\"access_token\":\"$_->[1]" },
           $unexpected] }
        ['LF', 'a\nb'], ['CR LF and a header', 'a\r\nX-Evil: 1'],
        ['NUL', 'a\u0000b'], ['a space', 'a b'], ['DEL', 'a\u007fb'],
        ['an umlaut', 'a\u00e4'], ['8193 characters', 'a' x 8193]),
    ['token with broken UTF-8', {
        from64 => encode_base64('"access_token":"', ''),
        to64 => encode_base64("\"access_token\":\"\xff", '') },
     $unexpected],
    ['refresh token with LF', { from => '"refresh_token":"', to =>
                                '"refresh_token":"a\n' }, $unexpected],
);

for my $spoilt (@spoilt) {
    my ($name, $rule, $like) = @$spoilt;

    cloud(OC => 'reset', {});

    my $browser = $nginx->browser;
    my $back = $browser->consent($browser->login_url(7));

    cloud(OC => 'faults', { match => '/token', action => 'replace', %$rule });

    failed($name, $browser, $browser->return_to($back), $like, 1);
}


subtest 'unusual, but good' => sub {
    my @good = (
        ['drip', { action => 'drip', bytes => 1, interval => 0.0001 }],
        ['no refresh token', { from => '"refresh_token"', to => '"x"' }],
        ['no expires_in', { from => '"expires_in"', to => '"x"' }],
        ['null', { from => '"expires_in":3600', to => '"expires_in":null' }],
        ['a string', { from => '3600', to => '"3600"' }],
        ['negative', { from => '3600', to => '-1' }],
        ['huge', { from => '3600', to => '99999999999999999999' }],
        ['refresh token null', { from => '"refresh_token":',
                                 to => '"refresh_token":null,"x":' }],
    );

    for my $good (@good) {
        my ($name, $rule) = @$good;

        cloud(OC => 'reset', {});

        my $browser = $nginx->browser;
        my $back = $browser->consent($browser->login_url(7));

        cloud(OC => 'faults', { match => '/token', action => 'replace',
                                %$rule });

        is($browser->return_to($back)->{status}, 200, $name);
        is($browser->titles(list => 7)->[0], 'Documents', 'listed');
    }
};


subtest 'no second try on a kept connection' => sub {
    for my $action ('reset', 'close') {
        cloud(OC => 'reset', {});

        my $browser = $nginx->browser;

        $browser->sign_in(7);

        my $state = state_of($nginx->browser->login_url(7));

        cloud(OC => 'log', undef, 'DELETE');
        cloud(OC => 'faults', { match => '/token', action => $action });

        failed($action, $browser,
               $browser->callback(code => 'c', state => $state), $broken, 1);
    }
};


subtest 'userinfo' => sub {
    my @userinfo = (
        ['401', { status => 401, body => 'ocs' }, qr/sign in again/],
        ['403', { status => 403, body => 'ocs' }, qr/does not allow/],
        ['500', { status => 500 }, qr/internal error/],
        ['503', { status => 503 }, qr/not available at the moment/],
        ['HTML', { status => 200 }, qr/did not say who you are/],
        ['302', { action => 'redirect', location => '/oc/evil' },
         qr/unexpected response/],
        ['too late', { delay => 3 }, qr/did not respond in time/],
        ['no name', { action => 'replace', from => '"id":"alice"',
                      to => '"id":""' }, qr/did not say who you are/],
        ['a long name', { action => 'replace', from => '"id":"alice"',
                          to => '"id":"' . 'a' x 1025 . '"' },
         qr/did not say who you are/],
    );

    for my $userinfo (@userinfo) {
        my ($name, $rule, $like) = @$userinfo;

        cloud(OC => 'reset', {});

        my $browser = $nginx->browser;
        my $back = $browser->consent($browser->login_url(7));

        cloud(OC => 'faults', [
            { match => '/token', action => 'replace',
              from => '"user_id"', to => '"nobody"' },
            { match => '/ocs/', action => 'status', %$rule }]);

        failed($name, $browser, $browser->return_to($back), $like);
        is(scalar(requests('OC', qr/ocs/)), 1, 'asked once');
        is_deeply([requests('OC', qr/evil/)], [], 'nobody else asked');

        $nginx->restart if $name eq '503';
    }
};


subtest 'wrong client' => sub {
    for my $profile ('oc', 'nc') {
        my $repo = $profile eq 'oc' ? 7 : 8;
        my @wrong = (
            [secret => client_secret => "$nginx->{dir}/wrong.secret"],
            $profile eq 'oc' ? ([client => client_id => 'nobody']) : (),
        );

        for my $wrong (@wrong) {
            my ($what, @setting) = @$wrong;

            fresh($nginx);

            my $browser = $nginx->browser;
            my $back = $browser->consent($browser->login_url($repo));

            $nginx->configure(issuers => join '', map {
                $nginx->issuer($_, $_ eq $profile ? @setting : ())
            } qw(oc nc));
            $nginx->reload;

            my $answer = $browser->return_to($back);

            failed("wrong $what at $profile", $browser, $answer,
                   qr/does not know this Moodle: the client id or its/);
            like($answer->{body}, qr/The response was: invalid_client</,
                 'with the word of the cloud');
        }
    }
};


subtest 'what no web server sends' => sub {
    my @presets = (
        [qr/sent an invalid response/,
         qw(garbage http09 bad_status huge_status both_framings two_lengths
            bad_length negative_length bad_chunk huge_chunk huge_header
            many_headers)],
        [$broken, qw(truncated truncated_chunked close reset reset_in_head
                     reset_in_body)],
        [qr/did not respond in time/, qw(silence no_header_end)],
        [$unexpected, qw(no_reason early_hints continue until_close)],
    );

    $nginx->configure(issuers => $nginx->issuer('oc', base_url =>
                                     $env->{CLOUD_RAW_OC_URL})
                                 . $nginx->issuer('nc'));
    $nginx->reload;

    for my $presets (@presets) {
        my ($like, @preset) = @$presets;

        for my $preset (@preset) {
            my $browser = $nginx->browser;
            my $state = state_of($browser->login_url(7));

            cloud(OC => 'reset', {});
            cloud(OC => 'raw', { match => '/token', times => -1,
                                 preset => $preset });

            failed($preset, $browser,
                   $browser->callback(code => 'c', state => $state), $like);

            my @sent = grep { $_->{uri} =~ /token/ }
                            @{ cloud(OC => 'rawlog') };
            is(@sent, 1, 'sent once');
        }
    }
};


# connections that cannot be made

my $closed = Owncloud::free_port();
my $silent = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1');

my @unreachable = (
    # name, settings, text
    ['refused', { token_endpoint => "https://127.0.0.1:$closed/token" },
     qr/cannot be reached/],
    ['certificate expired', { token_endpoint =>
         "https://127.0.0.1:$env->{CLOUD_BAD_EXPIRED_PORT}/token" },
     qr/certificate was rejected. Nothing was sent/],
    ['certificate of another CA', { token_endpoint =>
         "https://127.0.0.1:$env->{CLOUD_BAD_CA_PORT}/token" },
     qr/certificate was rejected. Nothing was sent/],
    ['certificate for another name', { token_endpoint =>
         "https://127.0.0.1:$env->{CLOUD_BAD_NAME_PORT}/token" },
     qr/certificate was rejected. Nothing was sent/],
    ['not trusted here', { trusted_certificate => $env->{CLOUD_OTHER_CA} },
     qr/certificate was rejected. Nothing was sent/],
    ['no TLS there', { token_endpoint =>
         "https://127.0.0.1:$env->{CLOUD_OC_HTTP_PORT}/token" },
     qr/No secure connection/],
    ['accepts and says nothing', { token_endpoint =>
         'https://127.0.0.1:' . $silent->sockport . '/token' },
     qr/did not respond in time/],
);

for my $unreachable (@unreachable) {
    my ($name, $setting, $like) = @$unreachable;

    $nginx->configure(issuers => $nginx->issuer('oc', %$setting)
                                 . $nginx->issuer('nc'));
    $nginx->reload;
    fresh($nginx);

    my $browser = $nginx->browser;
    my $state = state_of($browser->login_url(7));

    failed($name, $browser, $browser->callback(code => 'c', state => $state),
           $like);
    is_deeply([requests($_)], [], "$name: nothing was sent to $_")
        for qw(OC NC);
}


subtest 'certificates may be told not to matter' => sub {
    $nginx->configure(issuers => $nginx->issuer('oc', verify => 'off',
                          token_endpoint =>
                              'https://127.0.0.1:'
                              . "$env->{CLOUD_BAD_EXPIRED_PORT}/index.php"
                              . '/apps/oauth2/api/v1/token')
                      . $nginx->issuer('nc'));
    $nginx->reload;
    fresh($nginx);

    my $browser = $nginx->browser;

    $browser->callback(code => 'c', state => state_of($browser->login_url(7)));
    is_deeply([requests('NC')], ['POST /index.php/apps/oauth2/api/v1/token'],
              'verify off');
};


fresh($nginx);
$nginx->finish;
done_testing;
