#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Clients that go away while something is done for them that others need, too.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud fresh requests standins wait_for);
use Owncloud::HTTP;

my $env = standins();

plan skip_all => 'no curl with HTTP/2' if qx(curl -V 2>/dev/null) !~ /HTTP2/;


sub outcome {
    my $answer = shift->picker(list => 8);

    return $answer->{list} ? 'list' : $answer->{login} ? 'login'
                                    : $answer->{errorcode} // 'nothing';
}


# asks for a listing by HTTP/2, and does not wait for it

sub impatient {
    my ($nginx, $browser, $seconds) = @_;

    system 'curl', '-sk', '--http2', '--max-time', $seconds,
           '-o', '/dev/null',
           '-H', 'Cookie: ' . $browser->cookie_header('/repository/'),
           '-d', $browser->picker_form(8), $nginx->tls_url
           . '/repository/repository_ajax.php?action=list';

    is($? >> 8, 28, 'the client has not waited');
}


# a connection that has an error takes nothing any more, but the answer of the
# token endpoint, whose header comes before its body, is not for it

subtest 'a refresh, its answer in pieces' => sub {
    fresh();

    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(issuers => $nginx->issuer('nc',
                                  base_url => $env->{CLOUD_RAW_NC_URL}),
                      server => <<'EOS');
        owncloud_repository 8 {
            issuer     nc;
            timezone   UTC;
            authorize  off;
        }
EOS
    $nginx->start;

    my $browser = $nginx->browser(url  => $nginx->tls_url,
                                  http => Owncloud::HTTP::curl('--http2'));

    is($browser->sign_in(8)->{status}, 200, 'signed in');

    cloud(NC => 'expire', {});
    cloud(NC => 'log', undef, 'DELETE');
    cloud(NC => 'raw', { match => '^POST .*/token', delay => 2,
                         preset => 'own_drip' });

    impatient($nginx, $browser, 1);

    my $tokens = sub { scalar requests('NC', qr{^POST .*/token}) };

    ok(wait_for(sub { $tokens->() == 1 }), 'a refresh');
    is(outcome($browser), 'list', 'the next one has its tokens');
    is($tokens->(), 1, 'which were asked for once');

    $nginx->finish;
};


fresh();
done_testing();
