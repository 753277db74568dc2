#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The session cookie: what it looks like, whose it is, and what it takes to
# be accepted.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh slurp spew);

my $env = standins();
my $nginx = Owncloud->new(http => <<'EOT');
    large_client_header_buffers  8 80k;
    http2_max_field_size         16k;
    http2_max_header_size        128k;
EOT

fresh($nginx);


# the answer to a listing with this Cookie header: "list", "login" or an error

sub with_cookie {
    my ($cookie, %option) = @_;

    my $browser = $nginx->browser(session => undef,
                                  http => Owncloud::HTTP::curl(),
                                  %{ $option{browser} // {} });
    my $answer = $browser->request('POST',
        '/repository/repository_ajax.php?action=list',
        $browser->picker_form($option{repo} // 7),
        'Content-Type' => 'application/x-www-form-urlencoded',
        Cookie => $cookie, %{ $option{header} // {} });
    my $json = eval { JSON::PP::decode_json($answer->{body}) };

    return !$json          ? "$answer->{status}"
           : $json->{list}  ? 'list'
           : $json->{login} ? 'login'
                            : $json->{errorcode} // 'error';
}


my $teacher = 'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa';


sub session {
    my ($repo, %option) = @_;

    my $browser = $nginx->browser(%option);
    my $answer = $browser->sign_in($repo // 7);

    die "not signed in: $answer->{body}" if $answer->{status} != 200;

    return $browser;
}


sub set_cookies {
    my $set = shift->{headers}{'set-cookie'} // [];

    return ref $set ? @$set : $set;
}


subtest 'attributes' => sub {
    my @sites = (
        [$nginx->url, undef, '', ''],
        [$nginx->tls_url, undef, '__Secure-', '; Secure'],
        [$nginx->tls_url, Owncloud::HTTP::curl('--http2'), '__Secure-',
         '; Secure'],
    );

    for my $site (@sites) {
        my ($url, $http, $prefix, $secure) = @$site;

        for my $repo (7, 8) {
            my $browser = $nginx->browser(url => $url, http => $http);
            my @set = set_cookies($browser->sign_in($repo));
            my $name = $prefix . ($repo == 7 ? 'owncloud_oc' : 'owncloud_nc');

            is(@set, 2, 'the session and the end of an older one');
            like($set[0], qr/^$name=v1\.[0-9a-f]{8}\.[\w-]+(; .*)$/, 'form');
            is($set[0] =~ s/^[^;]+//r,
               "; Path=/repository/; HttpOnly; SameSite=Lax$secure",
               'attributes');
            is($set[1], "${name}~1=; Path=/repository/; Max-Age=0; HttpOnly; "
                        . "SameSite=Lax$secure", 'removal');
        }
    }
};


subtest 'moodle_root' => sub {
    my $lms = Owncloud->new(server => <<"EOT", php => <<"EOP");
        owncloud_repository 7 {
            issuer       oc;
            moodle_root  /lms;
        }
EOT
        location = /_control.php {
            include        /etc/nginx/fastcgi_params;
            fastcgi_param  SCRIPT_FILENAME  \$document_root/_control.php;
            fastcgi_param  MOODLE_STATE     $env->{MOODLE_STATE};
            fastcgi_pass   unix:$env->{MOODLE_FPM_SOCK};
        }

        location ~ ^/lms(/.*\\.php)\$ {
            include        /etc/nginx/fastcgi_params;
            fastcgi_param  HTTP_HOST        \$http_host;
            fastcgi_param  SCRIPT_FILENAME  \$document_root\$1;
            fastcgi_param  MOODLE_STATE     $env->{MOODLE_STATE};
            fastcgi_param  PHP_ADMIN_VALUE  "enable_post_data_reading=0";
            fastcgi_pass   unix:$env->{MOODLE_FPM_SOCK};
        }
EOP

    fresh($lms);

    my $browser = $lms->browser(root => '/lms');
    my $url = $browser->login_url(7);

    is(Owncloud::Browser::parameter($url, 'redirect_uri'),
       $lms->url . '/lms/admin/oauth2callback.php', 'redirect_uri');

    my $answer = $browser->return_to($browser->consent($url));

    is($answer->{status}, 200, 'signed in');
    like($_, qr{; Path=/lms/repository/; }, 'path') for set_cookies($answer);
    is($browser->titles(list => 7)->[0], 'Documents', 'listed');

    $lms->finish;
};


subtest 'whose it is' => sub {
    my $browser = session(7);
    my $value = $browser->{cookies}{owncloud_oc}{value};
    my $good = "$teacher; owncloud_oc=$value";

    my @tries = (
        # expected, name, cookies, options
        ['list', 'as it is', $good],
        ['list', 'the other way round', "owncloud_oc=$value; $teacher"],
        ['list', 'among others', "a=b; $good; c=d; owncloud_nc=x"],
        ['list', 'badly spaced', ";;  a; $teacher;owncloud_oc=$value;"],
        ['login', 'no session', $teacher],
        ['login', 'empty', "$teacher; owncloud_oc="],
        ['login', 'of another user of Moodle',
         "MoodleSession=studentaaaaaaaaaaaaaaaaaaa; owncloud_oc=$value",
         browser => { sesskey => 'Studentaaa' }],
        ['login', 'for another cloud', "$teacher; owncloud_nc=$value",
         repo => 8],
        ['login', 'on http under the name of https',
         "$teacher; __Secure-owncloud_oc=$value"],
        ['login', 'on https under the name of http', $good,
         browser => { url => $nginx->tls_url }],
        ['login', 'for another host', $good,
         header => { Host => 'other.example.com' }],
        ['requireloginerror', "without Moodle's", "owncloud_oc=$value"],
        ['login', 'the first of two counts',
         "$teacher; owncloud_oc=x; owncloud_oc=$value"],
        ['login', 'in another case', "$teacher; Owncloud_oc=$value"],
        ['login', 'with a tail', "$good.x"],
        ['login', '64 KB', "$teacher; owncloud_oc=" . 'A' x 65000],
        ['login', '64 KB in the form of one',
         "$teacher; owncloud_oc=v1.00000000." . 'A' x 65000],
        ['login', '64 KB with the right key',
         "$teacher; owncloud_oc=" . substr($value, 0, 12) . 'A' x 65000],
        ['list', '200 others',
         join '; ', (map { "cookie$_=value$_" } 1 .. 200), $good],
        ['login', '200 of ours',
         join '; ', $teacher, map { "owncloud_oc~$_=$value" } 1 .. 200],
        ['login', '8 full parts',
         join '; ', $teacher, 'owncloud_oc=' . 'A' x 3800,
              map { "owncloud_oc~$_=" . 'A' x 3800 } 1 .. 7],
        map({ ["login", "$_ characters of it", "$teacher; owncloud_oc="
               . substr($value, 0, $_)] } 1, 2, 3, 11, 12, 13, 40,
            length($value) - 1),
    );

    for my $try (@tries) {
        my ($expected, $name, $cookie, %option) = @$try;

        is(with_cookie($cookie, %option), $expected, $name);
    }
};


subtest 'bit flips' => sub {
    my $value = session(7)->{cookies}{owncloud_oc}{value};
    my %seen;

    cloud(OC => 'log', undef, 'DELETE');

    for (my $at = 0; $at < length $value; $at += 7) {
        my $copy = $value;
        my $old = substr $copy, $at, 1;

        substr($copy, $at, 1) = $old eq 'B' ? 'C' : 'B';
        $seen{with_cookie("$teacher; owncloud_oc=$copy")}++;
    }

    is_deeply([keys %seen], ['login'], 'each is noticed');
    is_deeply([requests('OC')], [], 'no cloud was asked');
    is(with_cookie("$teacher; owncloud_oc=$value"), 'list', 'unharmed');
};


# tokens as long as those of clouds that sign them

sub long_tokens {
    my ($access, $refresh) = @_;

    my @long = map { substr 'eyJhbGciOiJSUzI1NiJ9.' . 'abcdefghij' x 1000,
                            0, $_ } $access, $refresh;

    return { match => '/token', action => 'status', status => 200,
             body => 'json', json => {
                 access_token => $long[0], token_type => 'Bearer',
                 expires_in => 3600, refresh_token => $long[1],
                 user_id => 'alice' } };
}


subtest 'long tokens' => sub {
    my @sizes = (
        # access, refresh, parts
        [1300, 1300, 1], [1400, 1400, 2], [3000, 2000, 2], [4000, 1169, 2],
        [1400, 1369, 1], [1400, 1370, 2], [1400, 64, 1],
    );
    my $browser = $nginx->browser;

    for my $size (@sizes) {
        my ($access, $refresh, $parts) = @$size;
        my $name = "$access and $refresh";

        cloud(OC => 'reset', {});
        cloud(OC => 'faults', long_tokens($access, $refresh));

        my $state = Owncloud::Browser::parameter(
                        $nginx->browser->login_url(7), 'state');
        my $answer = $browser->callback(code => 'c', state => $state);
        my @set = set_cookies($answer);
        my @kept = grep { !/Max-Age=0/ } @set;

        is($answer->{status}, 200, "$name: signed in");
        is(@kept, $parts, 'parts');
        is(length $browser->{cookies}{owncloud_oc}{value}, 3800,
           'the only part is full') if $refresh == 1369;

        for my $i (0 .. $#kept) {
            my ($n, $value) = $kept[$i] =~ /^owncloud_oc(?:~(\d+))?=([^;]*)/;

            is($n // 0, $i, "part $i");
            cmp_ok(length $kept[$i], '<=', 4096, 'a browser takes it');
            is(length $value, 3800, 'full') if $i < $#kept;
        }

        is_deeply([map { /^([\w~]+)=;.*Max-Age=0/ } @set],
                  [$parts == 1 ? 'owncloud_oc~1' : ()],
                  'what is not used any more is removed');
        is_deeply([sort grep { /owncloud_oc/ } keys %{ $browser->{cookies} }],
                  [('owncloud_oc', 'owncloud_oc~1')[0 .. $parts - 1]],
                  'nothing else is left');

        # the cloud knows no such token: what it was sent is what counts

        cloud(OC => 'log', undef, 'DELETE');
        $nginx->browser(cookies => { %{ $browser->{cookies} } })
              ->picker(list => 7);

        my ($asked) = @{ cloud(OC => 'log') };
        my %header = map { lc $_->[0] => $_->[1] } @{ $asked->{headers} };

        is($header{authorization},
           "Bearer " . long_tokens($access, 0)->{json}{access_token},
           'put together again');
    }
};


# what there is no room for in the cookie is in the zone, and what is in
# neither is no session

subtest 'tokens that no cookie can hold' => sub {
    my @sizes = (
        # access, refresh, what the cookie has
        [4000, 1170, 'refresh'], [8192, 64, 'refresh'], [8192, 8192, 'id'],
        [8192, 0, 'id'],
    );
    my $last;

    for my $size (@sizes) {
        my ($access, $refresh, $has) = @$size;

        fresh($nginx);
        cloud(OC => 'faults', long_tokens($access, $refresh));

        my $browser = $nginx->browser;
        my $state = Owncloud::Browser::parameter($browser->login_url(7),
                                                 'state');
        my $answer = $browser->callback(code => 'c', state => $state);

        is($answer->{status}, 200, "@$size: signed in");

        my $length = length $browser->{cookies}{owncloud_oc}{value};
        my $least = $has eq 'id' ? 100 : 4 / 3 * $refresh + 100;

        cmp_ok($length, '<', $least + 50, "the cookie has the $has");
        cloud(OC => 'log', undef, 'DELETE');
        $nginx->browser(cookies => { %{ $browser->{cookies} } })
              ->picker(list => 7);

        my ($asked) = @{ cloud(OC => 'log') };
        my %header = map { lc $_->[0] => $_->[1] } @{ $asked->{headers} };

        is($header{authorization},
           "Bearer " . long_tokens($access, 0)->{json}{access_token},
           'the whole token is sent');

        $last = $browser;
    }

    # the browser has an id, and the zone nothing

    $nginx->stop;
    $nginx->start;
    ok($last->picker(list => 7)->{login}, 'after a restart: sign in again');

    # a zone that has no room for it

    fresh($nginx);
    $nginx->stop;

    my $zone = $nginx->{zone};

    $nginx->configure(zone => 'owncloud:32k');
    $nginx->start;
    fresh($nginx);
    cloud(OC => 'faults', long_tokens(8192, 8192));

    my $browser = $nginx->browser;
    my $state = Owncloud::Browser::parameter($browser->login_url(7), 'state');
    my $answer = $browser->callback(code => 'c', state => $state);

    is($answer->{status}, 502, 'refused');
    like($answer->{body}, qr/too large for a browser's cookies/, 'told');
    is_deeply([set_cookies($answer)], [], 'nothing set');

    $nginx->stop;
    $nginx->configure(zone => $zone);
    $nginx->start;
    fresh($nginx);
};


# how often the clouds were sent a refresh token

sub renewals {
    return scalar grep { $_->{method} eq 'POST' && $_->{uri} =~ m{/token}
                         && decode_base64($_->{body}) =~ /refresh_token=/ }
                  map { @{ cloud($_ => 'log') } } 'OC', 'NC';
}


# listings that are all sent before one is answered

sub at_once {
    my ($browser, @repos) = @_;

    my $path = '/repository/repository_ajax.php?action=list';
    my ($port) = $browser->{url} =~ /:(\d+)$/;
    my @client;

    for my $repo (@repos) {
        my $body = $browser->picker_form($repo);
        my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
            or die "connect: $!";

        print $client "POST $path HTTP/1.1\r\nHost: 127.0.0.1:$port\r\n"
            . 'Cookie: ' . $browser->cookie_header($path) . "\r\n"
            . "Content-Type: application/x-www-form-urlencoded\r\n"
            . 'Content-Length: ' . length($body) . "\r\n"
            . "Connection: close\r\n\r\n$body";
        push @client, $client;
    }

    return map { my $client = $_; local $/; scalar <$client> } @client;
}


# over HTTP/1.1 all cookies are one line, and nginx takes 8 KB of it

subtest 'several large sign-ins' => sub {
    my $three = Owncloud->new(no_start => 1, server => <<'EOT');
        owncloud_repository 7 { issuer oc; }
        owncloud_repository 8 { issuer nc; }
        owncloud_repository 9 { issuer third; remember 1d; }
EOT

    $three->configure(issuers => join '', map({ $three->issuer($_) } 'oc', 'nc'),
                      $three->issuer('third', profile => 'NC'));
    $three->start;
    fresh($three);

    # as long as those of a server that signs them

    cloud($_ => 'settings', { token_lengths => [1700, 1400] }) for 'OC', 'NC';

    my $browser = $three->browser;
    my @repos = (7, 8, 9);

    # what else Moodle and its pages set

    $browser->{cookies}{MoodleOther} = { path => '/', value => 'x' x 1200 };

    for my $repo (@repos) {
        is($browser->sign_in($repo)->{status}, 200, "signed in: $repo");
    }

    my $header = $browser->cookie_header('/repository/repository_ajax.php');

    cmp_ok(length $header, '<', 8192 - length("Cookie: \r\n"),
           length($header) . ' characters fit into one line');

    for my $repo (@repos) {
        ok($browser->picker(list => $repo)->{list}, "listed: $repo");
    }

    is($browser->request(GET => '/repository/repository_ajax.php')->{status},
       200, "anything of Moodle's");
    $three->reload;
    ok($browser->picker(list => $_)->{list}, "after a reload: $_") for @repos;
    is(renewals(), 0, 'nothing was renewed');

    # the zone forgets the access tokens: the refresh tokens are in the cookies

    $three->stop;
    $three->start;
    cloud($_ => 'log', undef, 'DELETE') for 'OC', 'NC';

    is_deeply([grep { !/"list":/ } at_once($browser, (@repos) x 4)], [],
              'twelve requests at once are answered');
    is(renewals(), 3, 'one renewal for each');

    for my $repo (@repos) {
        ok($browser->picker(list => $repo)->{list}, "still signed in: $repo");
    }

    is(renewals(), 3, 'and no more');

    # one logs out, the others stay

    ok($browser->picker(logout => 8)->{login}, 'logged out');
    ok($browser->picker(list => 8)->{login}, 'of one');
    ok($browser->picker(list => $_)->{list}, "signed in: $_") for 7, 9;

    fresh($three);
    $three->finish;
};


# a cookie that was made for more room, a zone that is empty and a new key: the
# access token goes out of the cookie when it is in the zone, and not before

subtest 'room that has become less' => sub {
    my $less = Owncloud->new(no_start => 1,
        http => 'large_client_header_buffers  4 32k;');

    $less->start;
    fresh($less);
    cloud(OC => 'settings', { token_lengths => [3000, 1500] });

    my $browser = $less->browser;

    is($browser->sign_in(7)->{status}, 200, 'signed in');
    ok($browser->{cookies}{'owncloud_oc~1'}, 'in two parts');

    $less->stop;
    spew("$less->{dir}/new.key", 'n' x 48);
    $less->configure(http => undef, keys =>
        "owncloud_seal_key  $less->{dir}/new.key;\n"
        . "    owncloud_seal_key  $less->{dir}/seal.key;");
    $less->start;
    cloud(OC => 'log', undef, 'DELETE');

    my $old = $browser->{cookies}{owncloud_oc}{value};

    for my $n (1 .. 3) {
        ok($browser->picker(list => 7)->{list}, "listed: $n");
        isnt($browser->{cookies}{owncloud_oc}{value}, $old, 'sealed anew');
    }

    ok(!$browser->{cookies}{'owncloud_oc~1'}, 'in one part');
    is(renewals(), 0, 'nothing was renewed');

    fresh($less);
    $less->finish;
};


subtest 'parts missing or mixed' => sub {
    cloud(OC => 'reset', {});

    my @session;

    for (1 .. 2) {
        cloud(OC => 'faults', long_tokens(3000, 2000));

        my $browser = $nginx->browser;
        my $state = Owncloud::Browser::parameter($browser->login_url(7),
                                                 'state');
        $browser->callback(code => 'c', state => $state);
        push @session, [map { $browser->{cookies}{"owncloud_oc$_"}{value} }
                            '', '~1'];
    }

    my ($one, $two) = @session;
    my @wrong = ([$one->[0]], [undef, $one->[1]], [$one->[0], $two->[1]],
                 [$two->[0], $one->[1]], [@$one[1, 0]], [@$one[0, 0]],
                 [@$one[1, 1]], [$one->[0], undef, $one->[1]],
                 [$one->[0], ''], [$one->[0], $one->[1] . 'A'],
                 [$one->[0], substr $one->[1], 1]);

    cloud(OC => 'log', undef, 'DELETE');

    for my $wrong (@wrong) {
        my @cookie = map { defined $wrong->[$_]
                           ? 'owncloud_oc' . ($_ ? "~$_" : '')
                             . "=$wrong->[$_]" : () } 0 .. $#$wrong;

        is(with_cookie(join '; ', $teacher, @cookie), 'login',
           join ' ', map { s/=.*//r } @cookie);
    }

    is_deeply([requests('OC')], [], 'no cloud was asked');

    # what is behind a part that is not full was left over

    cloud(OC => 'reset', {});

    my $short = session(7)->{cookies}{owncloud_oc}{value};

    is(with_cookie("$teacher; owncloud_oc=$short; owncloud_oc~1=$one->[1]"),
       'list', 'a short session, and the rest of a long one');
};


# "cloud_1" is an issuer of its own, and was the second part of "cloud"

subtest 'names that begin alike' => sub {
    my $alike = Owncloud->new(no_start => 1);

    $alike->configure(
        issuers => $alike->issuer('cloud', profile => 'NC')
                   . $alike->issuer('cloud_1', profile => 'OC'),
        server => <<"EOT");
        large_client_header_buffers  4 32k;
        owncloud_repository 7 { issuer cloud; }
        owncloud_repository 8 { issuer cloud_1; }
EOT
    $alike->start;
    fresh($alike);

    my $browser = $alike->browser;

    for my $repo (8, 7) {
        $browser->sign_in($repo);
        ok($browser->picker(list => $repo)->{list}, "signed in: $repo");
    }

    ok($browser->picker(list => 8)->{list}, 'the first sign-in is still there');

    # signed in to both with long tokens, and out of one

    cloud(NC => 'faults', long_tokens(3000, 1500));

    my $answer = $browser->callback(code => 'c', state =>
        Owncloud::Browser::parameter($alike->browser->login_url(7), 'state'));

    is($answer->{status}, 200, 'a sign-in of two parts');
    ok($browser->{cookies}{'owncloud_cloud~1'}, 'there are two');
    ok($browser->picker(list => 8)->{list}, 'the other sign-in is unharmed');

    $browser->raw(logout => 7);
    ok(!grep({ /cloud(~|$)/ } keys %{ $browser->{cookies} }), 'logged out');
    ok($browser->picker(list => 8)->{list}, 'of that one only');

    # a second part as it was called before takes room and is removed; what
    # has the form of a session is another issuer's

    $browser->{cookies}{owncloud_cloud_1_1} = { value => 'A' x 3000,
                                                path => '/repository/' };
    $browser->raw(list => $_) for 8, 7;

    ok(!$browser->{cookies}{owncloud_cloud_1_1}, 'a former part is removed');
    ok($browser->picker(list => 8)->{list}, 'and no session');

    fresh($alike);
    $alike->finish;
};


# what an issuer's name stands for may become another host

subtest 'the same name, another cloud' => sub {
    my $moved = Owncloud->new(no_start => 1, server => <<'EOT');
        owncloud_repository 7 { issuer cloud; }
EOT

    $moved->configure(issuers => $moved->issuer('cloud', profile => 'OC'));
    $moved->start;
    fresh($moved);

    my $browser = $moved->browser;
    my $back = $browser->consent($browser->login_url(7));

    is($browser->sign_in(7)->{status}, 200, 'signed in');
    ok($browser->picker(list => 7)->{list}, 'listed');

    $moved->configure(issuers => $moved->issuer('cloud', profile => 'NC'));
    $moved->reload;
    cloud($_ => 'log', undef, 'DELETE') for 'OC', 'NC';

    ok($browser->picker(list => 7)->{login}, 'sign in again');
    ok($browser->picker(logout => 7)->{login}, 'nothing to log out of');

    my $answer = $browser->return_to($back);

    is($answer->{status}, 403, 'a sign-in that was begun at the former one');
    like($answer->{body}, qr/is not valid/, 'told');
    is_deeply([requests('NC')], [], 'the new cloud was sent nothing');

    $browser->sign_in(7);
    ok($browser->picker(list => 7)->{list}, 'signed in at the new one');
    is_deeply([requests('OC')], [], 'the former one was sent nothing');

    fresh($moved);
    $moved->finish;
};


subtest 'keys' => sub {
    fresh($nginx);

    my $dir = $nginx->{dir};
    my $browser = session(7);
    my $old = $browser->{cookies}{owncloud_oc}{value};
    my $state = Owncloud::Browser::parameter(
                    $browser->login_url(8), 'state');

    spew("$dir/new.key", 'n' x 48);
    $nginx->configure(keys =>
        "owncloud_seal_key  $dir/new.key;\n"
        . "    owncloud_seal_key  $dir/seal.key;");
    $nginx->reload;

    my $answer = $browser->raw(list => 7);
    my ($set) = set_cookies($answer);

    like($answer->{body}, qr/"Documents"/, 'the old key still opens');
    like($set, qr/^owncloud_oc=v1\./, 'sealed anew');
    isnt(substr($browser->{cookies}{owncloud_oc}{value}, 0, 12),
         substr($old, 0, 12), 'with the new key');
    is($browser->{cookies}{owncloud_oc}{path}, '/repository/', 'same path');

    $answer = $browser->raw(list => 7);
    is_deeply([set_cookies($answer)], [], 'once');
    is($browser->callback(code => 'c', state => $state)->{status}, 502,
       'an attempt that was under way goes on');

    $nginx->configure(keys => "owncloud_seal_key  $dir/new.key;");
    $nginx->reload;

    is($browser->titles(list => 7)->[0], 'Documents',
       'the new one does without the old key');
    is(with_cookie("$teacher; owncloud_oc=$old"), 'login',
       'the old key is gone: sign in again');

    $nginx->configure(keys => undef);
    $nginx->reload;
};


subtest 'reload and restart' => sub {
    my $browser = session(7);

    $nginx->reload;
    is($browser->titles(list => 7)->[0], 'Documents', 'after a reload');

    $nginx->stop;
    $nginx->start;
    is($browser->titles(list => 7)->[0], 'Documents',
       'after a restart, with the zone empty');
};


subtest 'two nginx' => sub {
    my $other = Owncloud->new;
    my $browser = session(7);

    # as behind a balancer: one name, here without the port

    $browser->{url} = $other->url;
    is($browser->titles(list => 7)->[0], 'Documents', 'the other lists');

    my $state = Owncloud::Browser::parameter($browser->login_url(8), 'state');

    $browser->{url} = $nginx->url;
    is($browser->callback(code => 'c', state => $state)->{status}, 403,
       'another port is another Moodle');

    $browser->{http} = Owncloud::HTTP::curl('-H', 'Host: '
                                            . $other->url =~ s{.*/}{}r);
    is($browser->callback(code => 'c', state => $state)->{status}, 502,
       'begun there, ended here: the code is asked for');

    $other->finish;
};


subtest 'several workers' => sub {
    my $four = Owncloud->new(workers => 4);
    my $browser = $four->browser;
    my %seen;

    $browser->sign_in(7);
    $seen{$browser->titles(list => 7)->[0]}++ for 1 .. 20;
    is_deeply(\%seen, { Documents => 20 }, 'each knows the session');

    $four->finish;
};


subtest 'where it does not go' => sub {
    fresh($nginx);

    my $browser = session(7);

    $browser->sign_in(8);

    for my $http (undef, Owncloud::HTTP::curl('--http1.1')) {
        $browser->{http} = $http;
        $browser->raw(list => $_) for 7, 8;
        $browser->raw(list => 9);
        $browser->raw(upload => 7);
        $browser->request('GET', '/repository/repository_ajax.php?x=y');
        $browser->request('POST',
            '/repository/draftfiles_ajax.php?action=list',
            'sesskey=Teacheraaa',
            'Content-Type' => 'application/x-www-form-urlencoded');
    }

    my @moodle = @{ $nginx->moodle('log') };

    cmp_ok(scalar(@moodle), '>=', 8, 'Moodle was asked');
    is_deeply([grep { !/^MoodleSession=teachera{19}$/ }
               map { $_->{headers}{Cookie} // 'none' } @moodle], [],
              "Moodle gets its own cookie, and only that");

    for my $profile ('OC', 'NC') {
        my @asked = grep { $_->{uri} =~ /token|remote\.php/ }
                         @{ cloud($profile => 'log') };
        my %name = map { lc $_->[0] => 1 } map { @{ $_->{headers} } } @asked;

        cmp_ok(scalar(@asked), '>=', 3, "$profile was asked");
        is_deeply([sort keys %name],
                  [qw(accept authorization connection content-length
                      content-type depth host user-agent)],
                  "nothing of the client's");
    }
};


fresh($nginx);
$nginx->finish;
done_testing;
