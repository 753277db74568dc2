#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Logging out: the token is revoked where that is possible, the cookie goes,
# and no copy of it brings the session back.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh);

my $env = standins();
my $nginx = Owncloud->new(no_start => 1, setting => { read_timeout => '1s' });

$nginx->configure(issuers => join('', map {
    $nginx->issuer($_, base_url => $env->{"CLOUD_RAW_\U${_}\E_URL"})
} qw(oc nc)), http => 'large_client_header_buffers  4 32k;');
$nginx->start;
fresh($nginx);


sub set_cookies {
    my $set = shift->{headers}{'set-cookie'} // [];

    return ref $set ? @$set : $set;
}


sub removed {
    my ($answer, $name) = @_;

    is_deeply([set_cookies($answer)], [map {
        "$name$_=; Path=/repository/; Max-Age=0; HttpOnly; SameSite=Lax"
    } '', '~1'], 'the cookie is removed');
}


sub login_form {
    my ($answer, $repo) = @_;

    is($answer->{status}, 200, 'status');
    like($answer->{body}, qr/^\{"login":\[\{"type":"popup","url":"[^"]+"\}\],
                             "repo_id":$repo\}$/x, 'the login form');
}


# [the raw requests] after the sign-in

sub sent {
    my $profile = shift;

    return map { decode_base64($_->{raw}) } @{ cloud($profile => 'rawlog') };
}


sub signed_in {
    my $repo = shift;

    fresh($nginx);

    my $browser = $nginx->browser;

    $browser->sign_in($repo);
    is($browser->titles(list => $repo)->[0], 'Documents', 'signed in');
    cloud($_ => 'rawlog', undef, 'DELETE') for qw(OC NC);

    return $browser;
}


sub copy_is_dead {
    my ($browser, $repo, $jar) = @_;

    my $profile = $repo == 7 ? 'OC' : 'NC';

    cloud($profile => 'log', undef, 'DELETE');
    $browser->{cookies} = $jar;

    login_form($browser->raw(list => $repo), $repo);
    is_deeply([requests($profile)], [], 'a copy of the cookie is worth '
                                        . 'nothing');
}


subtest 'Nextcloud' => sub {
    my $browser = signed_in(8);
    my %jar = %{ $browser->{cookies} };
    my ($token) = grep { !$_->{revoked} } @{ cloud(NC => 'tokens')->{tokens} };
    my $answer = $browser->raw(logout => 8);

    login_form($answer, 8);
    removed($answer, 'owncloud_nc');
    ok(!exists $browser->{cookies}{owncloud_nc}, 'gone');

    is_deeply([sent('NC')], [join "\r\n",
        'DELETE /ocs/v2.php/core/apppassword HTTP/1.1',
        "Host: 127.0.0.1:$env->{CLOUD_RAW_NC_PORT}",
        'User-Agent: ngx_http_owncloud_module/0.1.0',
        'Connection: keep-alive',
        "Authorization: Bearer $token->{access}",
        'OCS-APIRequest: true', '', ''], 'revoked');

    my $dead = Owncloud::HTTP::request('GET',
        "$env->{CLOUD_NC_URL}ocs/v2.php/cloud/user?format=json",
        { Authorization => "Bearer $token->{access}",
          'OCS-APIRequest' => 'true' });

    is($dead->{status}, 401, 'the token is dead');
    copy_is_dead($browser, 8, \%jar);
};


subtest 'ownCloud' => sub {
    my $browser = signed_in(7);
    my %jar = %{ $browser->{cookies} };
    my $answer = $browser->raw(logout => 7);

    login_form($answer, 7);
    removed($answer, 'owncloud_oc');
    is_deeply([sent('OC')], [], 'nothing to ask: it has no revocation');
    copy_is_dead($browser, 7, \%jar);
};


subtest 'only here' => sub {
    my $browser = signed_in(8);

    $browser->sign_in(7);
    $browser->raw(logout => 8);
    is($browser->titles(list => 7)->[0], 'Documents',
       'the other cloud is signed in still');
    is($browser->picker(list => 8)->{login}[0]{type}, 'popup', 'this not');
};


subtest 'two sessions' => sub {
    my $one = signed_in(8);
    my $two = $nginx->browser;

    $two->sign_in(8);
    $one->raw(logout => 8);
    is($two->titles(list => 8)->[0], 'Documents', 'the second one goes on');
};


subtest 'not signed in' => sub {
    fresh($nginx);

    for my $jar ({}, { owncloud_nc => { value => 'x', path => '/' } }) {
        my $browser = $nginx->browser;

        $browser->{cookies} = { %{ $browser->{cookies} }, %$jar };

        my $answer = $browser->raw(logout => 8);

        login_form($answer, 8);
        removed($answer, 'owncloud_nc');
    }

    is_deeply([sent('NC')], [], 'the cloud was not asked');
};


subtest 'all parts are removed' => sub {
    fresh($nginx);

    cloud(OC => 'faults', { match => '/token', action => 'status',
                            status => 200, body => 'json', json => {
        access_token => 'a' x 3000, refresh_token => 'r' x 2000,
        user_id => 'alice' } });

    my $browser = $nginx->browser;
    my $state = Owncloud::Browser::parameter($browser->login_url(7), 'state');

    $browser->callback(code => 'c', state => $state);
    is((grep { /owncloud_oc/ } keys %{ $browser->{cookies} }), 2, 'parts');

    $browser->raw(logout => 7);
    is_deeply([keys %{ $browser->{cookies} }], ['MoodleSession'], 'none');
};


subtest 'a revocation that fails' => sub {
    my @failures = (
        ['503', { action => 'status', status => 503 }],
        ['401', { action => 'status', status => 401, body => 'ocs' }],
        ['404', { action => 'status', status => 404 }],
        ['reset', { action => 'reset' }],
        ['close', { action => 'close' }],
        ['too late', { delay => 2 }],
        ['truncated', { action => 'truncate' }],
        ['long', { action => 'status', status => 200, body => 'text',
                   text => 'x' x 200_000 }],
    );

    for my $failure (@failures) {
        my ($name, $rule) = @$failure;
        my $browser = signed_in(8);
        my %jar = %{ $browser->{cookies} };

        cloud(NC => 'faults', { match => '^DELETE', %$rule });

        my $answer = $browser->raw(logout => 8);

        login_form($answer, 8);
        removed($answer, 'owncloud_nc');
        is(scalar(grep { /^DELETE/ } sent('NC')), 1, "$name: asked once");
        copy_is_dead($browser, 8, \%jar);
        $nginx->restart if $name eq '503';
    }
};


subtest 'a cloud that is gone' => sub {
    my $browser = signed_in(8);
    my %jar = %{ $browser->{cookies} };

    my $closed = Owncloud::free_port();

    my $gone = sub {
        $nginx->configure(
            issuers => "upstream dead { server 127.0.0.1:$closed; }\n"
                . $nginx->issuer('oc') . $nginx->issuer('nc',
                base_url => $env->{CLOUD_RAW_NC_URL}, @_));
        $nginx->reload;
    };

    $gone->(upstream => 'dead');

    my $answer = $browser->raw(logout => 8);

    login_form($answer, 8);
    removed($answer, 'owncloud_nc');

    $gone->();

    $browser->{cookies} = \%jar;
    login_form($browser->raw(list => 8), 8);
};


subtest 'ended by another nginx' => sub {

    # the zones know nothing of each other: what was revoked at the cloud
    # gets a 401 there, and that is the end

    $nginx->configure(issuers => undef);
    $nginx->reload;

    my $other = Owncloud->new;
    my $browser = signed_in(8);
    my %jar = %{ $browser->{cookies} };

    $browser->raw(logout => 8);
    $browser->{cookies} = \%jar;
    $browser->{url} = $other->url;

    my $answer = $browser->raw(list => 8);

    login_form($answer, 8);

    # the other may have given newer tokens to somebody else

    is_deeply([set_cookies($answer)], [], 'the cookie is not taken away');
    $other->finish;
};


fresh($nginx);
$nginx->finish;
done_testing;
