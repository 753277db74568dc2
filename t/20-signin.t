#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A sign-in that succeeds: the login form, what the browser takes to the
# cloud, what the cloud is sent, and the page of the pop-up.

use v5.20;
use warnings;

use Digest::SHA qw(sha256 sha256_base64);
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh);

my $env = standins();

my %cloud = (
    7 => { profile => 'OC', id => 'oc', path => '/oc',
           name => 'ownCloud &lt;&amp;&gt;' },
    8 => { profile => 'NC', id => 'nc', path => '', name => 'Nextcloud' },
);

my %secret = map { $_ => [$env->{"CLOUD_${_}_CLIENT_ID"},
                          $env->{"CLOUD_${_}_CLIENT_SECRET"}] } qw(OC NC);

# all goes past the recorder of bytes

my %raw = map { lc $_ => $env->{"CLOUD_RAW_${_}_URL"} } qw(OC NC);

my $nginx = Owncloud->new(no_start => 1);

issuers();
$nginx->start;
fresh($nginx);


sub issuers {
    my %setting = @_;

    $nginx->configure(issuers => join '', map {
        $nginx->issuer($_, base_url => $raw{$_}, %{ $setting{$_} // {} })
    } qw(oc nc));
}


sub configure {
    issuers(@_);
    $nginx->reload;
    fresh($nginx);
}


sub parameters {
    return map { $_->[0] => $_->[1] } Owncloud::HTTP::fields(shift);
}


sub challenge {
    return sha256_base64(shift) =~ tr{+/}{-_}r;
}


# the token requests as they were on the wire

sub token_requests {
    my $profile = shift;

    return map { decode_base64($_->{raw}) }
               grep { $_->{uri} =~ /token/ } @{ cloud($profile => 'rawlog') };
}


subtest 'login form' => sub {
    my $browser = $nginx->browser;

    for my $repo (7, 8) {
        for my $action ('list', 'signin', 'sign', 'login') {
            my $answer = $browser->raw($action, $repo);
            my $url = JSON::PP->new->decode($answer->{body})->{login}[0]{url};

            is($answer->{status}, 200, "$action of $repo: status");
            is($answer->{headers}{'content-type'},
               'application/json; charset=utf-8', 'Content-Type');
            is($answer->{headers}{'cache-control'}, 'no-store', 'not stored');
            is($answer->{headers}{'x-content-type-options'}, 'nosniff',
               'not guessed');
            is($answer->{headers}{'set-cookie'}, undef, 'no cookie yet');
            is($answer->{headers}{'content-length'}, length $answer->{body},
               'Content-Length');

            my $escaped = $url =~ s{/}{\\/}gr;
            is($answer->{body}, qq({"login":[{"type":"popup","url":)
                                . qq("$escaped"}],"repo_id":$repo}), 'form');
        }
    }

    is_deeply([requests('OC'), requests('NC')], [],
              'no cloud was asked for it');
};


my @clients = (
    ['http', sub { $nginx->url }, undef],
    ['https', sub { $nginx->tls_url }, undef],
    ['HTTP/2', sub { $nginx->tls_url }, Owncloud::HTTP::curl('--http2')],
);

for my $client (@clients) {
    my ($kind, $site, $http) = @$client;

    subtest "authorize URL, $kind" => sub {
        for my $repo (7, 8) {
            my $browser = $nginx->browser(url => $site->(), http => $http);
            my $url = $browser->login_url($repo);
            my $cloud = $cloud{$repo};
            my $base = $raw{$cloud->{id}};

            like($url, qr{^\Q${base}index.php/apps/oauth2/authorize?\E},
                 "$repo: endpoint");

            my @field = Owncloud::HTTP::fields($url);

            is_deeply([map { $_->[0] } @field],
                      [qw(response_type client_id redirect_uri state
                          code_challenge code_challenge_method)], 'names');

            my %field = parameters($url);

            is($field{response_type}, 'code', 'response_type');
            is($field{client_id}, $secret{$cloud->{profile}}[0], 'client_id');
            is($field{redirect_uri},
               $site->() . '/admin/oauth2callback.php', 'redirect_uri');
            like($field{state}, qr/^v1\.[0-9a-f]{8}\.[\w-]{100,}$/, 'state');
            like($field{code_challenge}, qr/^[\w-]{43}$/, 'code_challenge');
            is($field{code_challenge_method}, 'S256', 'method');
        }
    };
}


subtest 'attempts differ' => sub {
    my $browser = $nginx->browser;
    my (%state, %challenge);

    for (1 .. 20) {
        my %field = parameters($browser->login_url(7));
        $state{$field{state}}++;
        $challenge{$field{code_challenge}}++;
    }

    is(keys %state, 20, 'states');
    is(keys %challenge, 20, 'challenges');
};


for my $repo (7, 8) {
    my $cloud = $cloud{$repo};
    my $profile = $cloud->{profile};

    for my $client (@clients) {
        my ($kind, $site, $http) = @$client;

        subtest "sign-in at $cloud->{id}, $kind" => sub {
            fresh($nginx);

            my $browser = $nginx->browser(url => $site->(), http => $http);
            my $url = $browser->login_url($repo);
            my $back = $browser->consent($url);
            my $answer = $browser->return_to($back);

            is($answer->{status}, 200, 'status');
            is($answer->{version}, 2, 'by HTTP/2') if $http;

            my @sent = token_requests($profile);
            is(@sent, 1, 'one token request');

            my ($head, $body) = split /\r\n\r\n/, $sent[0], 2;
            my %field = parameters($url);
            my %form = parameters($body);
            my $authority = $raw{$cloud->{id}} =~ s{^https://([^/]+).*}{$1}r;

            is($head, join("\r\n",
                "POST $cloud->{path}/index.php/apps/oauth2/api/v1/token "
                . 'HTTP/1.1',
                "Host: $authority",
                'User-Agent: ngx_http_owncloud_module/0.1.0',
                'Connection: keep-alive',
                'Authorization: Basic '
                . encode_base64(join(':', @{ $secret{$profile} }), ''),
                'Content-Type: application/x-www-form-urlencoded',
                'Accept: application/json',
                'Content-Length: ' . length $body), 'head');

            is($body, Owncloud::HTTP::form(
                grant_type    => 'authorization_code',
                code          => { parameters($back) }->{code},
                redirect_uri  => $field{redirect_uri},
                code_verifier => $form{code_verifier}), 'body');

            like($form{code_verifier}, qr/^[\w-]{43}$/, 'verifier');
            is(challenge($form{code_verifier}), $field{code_challenge},
               'the verifier is the one of the challenge');

            is_deeply([requests($profile, qr/ocs/)], [],
                      'userinfo not needed');

            my $list = $browser->titles(list => $repo);
            is($list->[0], 'Documents', 'the picker lists');
            is_deeply([grep { $_ eq 'alice.txt' } @$list], ['alice.txt'],
                      'the files of who signed in');
        };
    }
}


subtest 'special characters in client and secret' => sub {
    my @client = ('id:with%41 &+/=', "s3cret ~:%&+/=\xc3\xa4");

    for my $auth ('header', 'body') {
        Owncloud::spew("$nginx->{dir}/odd.secret", "$client[1]\n");
        configure(nc => { client_id => qq("$client[0]"),
                          client_secret => "$nginx->{dir}/odd.secret",
                          token_auth => $auth });

        my $browser = $nginx->browser;
        my $url = $browser->login_url(8);

        is({ parameters($url) }->{client_id}, $client[0], "$auth: client_id");

        $browser->callback(state => { parameters($url) }->{state},
                           code => 'c o&d%e');

        my ($head, $body) = split /\r\n\r\n/, (token_requests('NC'))[0], 2;
        my %form = parameters($body);

        is($form{code}, 'c o&d%e', 'the code');

        if ($auth eq 'body') {
            is_deeply([@form{qw(client_id client_secret)}], \@client, 'body');

        } else {
            my ($basic) = $head =~ /^Authorization: Basic (\S+)\r$/m;
            is(decode_base64($basic),
               join(':', map { Owncloud::HTTP::escape($_) } @client),
               'header, escaped as RFC 6749 has it');
        }
    }
};


subtest 'token_auth body, scope' => sub {
    configure(nc => { token_auth => 'body', scope => '"files profile"' });

    my $browser = $nginx->browser;
    my $url = $browser->login_url(8);
    my $back = $browser->consent($url);

    is($browser->return_to($back)->{status}, 200, 'signed in');

    my ($head, $body) = split /\r\n\r\n/, (token_requests('NC'))[0], 2;
    my %field = parameters($url);
    my %form = parameters($body);

    is_deeply([map { $_->[0] } Owncloud::HTTP::fields($url)],
              [qw(response_type client_id redirect_uri state scope
                  code_challenge code_challenge_method)], 'scope in place');
    is($field{scope}, 'files profile', 'scope');

    unlike($head, qr/^Authorization/mi, 'no header');
    is($body, Owncloud::HTTP::form(
        grant_type    => 'authorization_code',
        code          => { parameters($back) }->{code},
        redirect_uri  => $field{redirect_uri},
        code_verifier => $form{code_verifier},
        client_id     => $secret{NC}[0],
        client_secret => $secret{NC}[1]), 'body');

    configure();
};


# a cloud that does not say whose token it is

sub without_user {
    my ($profile, $times) = @_;

    cloud($profile => 'faults', {
        match => '/token', times => $times // 1, action => 'replace',
        from => '"user_id"', to => '"nobody"' });
}


for my $repo (7, 8) {
    my ($profile, $path) = @{ $cloud{$repo} }{qw(profile path)};

    subtest "userinfo of $cloud{$repo}{id}" => sub {
        fresh($nginx);
        without_user($profile);

        my $browser = $nginx->browser;
        my $answer = $browser->sign_in($repo);

        is($answer->{status}, 200, 'signed in');

        my ($token) = grep { $_->{uri} =~ /ocs/ }
                           @{ cloud($profile => 'rawlog') };
        my $request = decode_base64($token->{raw});
        my ($access) = $request =~ /^Authorization: Bearer (\S+)\r$/m;
        my $authority = $raw{$cloud{$repo}{id}} =~ s{^https://([^/]+).*}{$1}r;

        is($request, join("\r\n",
            "GET $path/ocs/v2.php/cloud/user?format=json HTTP/1.1",
            "Host: $authority",
            'User-Agent: ngx_http_owncloud_module/0.1.0',
            'Connection: keep-alive',
            "Authorization: Bearer $access",
            'OCS-APIRequest: true', '', ''), 'request');

        ok(index(JSON::PP->new->encode(cloud($profile => 'tokens')),
                 $access) > 0, 'with the token that was handed out');
        is($browser->titles(list => $repo)->[0], 'Documents', 'listed');
    };
}


subtest 'user_field' => sub {
    my @fields = (
        ['ocs-data-display-name', 200],
        ['ocs-data-no-such', 502],
        ['ocs-data', 502],
        ['ocs-meta-statuscode', 200],
    );

    for my $field (@fields) {
        my ($path, $status) = @$field;

        configure(oc => { user_field => "$path username" });
        without_user('OC');

        my $browser = $nginx->browser;
        my $answer = $browser->sign_in(7);

        is($answer->{status}, $status, $path);
        is(exists $browser->{cookies}{owncloud_oc}, $status == 200,
           'session only with a name');
        like($answer->{body}, qr/did not say who you are\./, 'told')
            if $status != 200;
    }

    configure();
};


subtest 'page of the pop-up' => sub {
    for my $repo (7, 8) {
        my $answer = $nginx->browser->sign_in($repo);
        my $header = $answer->{headers};

        is($header->{'content-type'}, 'text/html; charset=utf-8', 'type');
        is($header->{'cache-control'}, 'no-store', 'Cache-Control');
        is($header->{'referrer-policy'}, 'no-referrer', 'Referrer-Policy');
        is($header->{'x-content-type-options'}, 'nosniff', 'sniffing');
        is($header->{'x-frame-options'}, 'DENY', 'X-Frame-Options');
        is($header->{'cross-origin-opener-policy'}, undef,
           'not cut off from its opener');
        is($header->{'location'}, undef, 'no redirect');

        my %hash = map { $_ => encode_base64(sha256(
                             $answer->{body} =~ m{<$_>(.*?)</$_>}s ? $1 : ''),
                             '') } qw(style script);

        is($header->{'content-security-policy'}, "default-src 'none'; "
           . "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
           . "style-src 'sha256-$hash{style}'; "
           . "script-src 'sha256-$hash{script}'",
           'Content-Security-Policy, with the digests of what is inline');

        my @scripts = $answer->{body} =~ /<script/g;
        is(@scripts, 1, 'one script');
        like($answer->{body},
             qr/window\.opener\.M\.core_filepicker
                \.active_filepicker\.list\(\)/x, 'reloads the picker');
        like($answer->{body}, qr/window\.close\(\)/, 'closes the window');
        like($answer->{body},
             qr/signed in to \Q$cloud{$repo}{name} as alice.\E /,
             'names the cloud, escaped, and the user there');
        unlike($answer->{body}, qr/\son\w+=|src=|href=/i, 'nothing else');
    }
};


fresh($nginx);
$nginx->finish;
done_testing;
