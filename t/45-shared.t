#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# An "upstream" that a proxy_pass uses too, which verifies nothing: neither
# its kept-alive connections nor its TLS sessions are good for an issuer.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(standins cloud requests fresh);

my $env = standins();

my %bad = (
    'another CA'   => $env->{CLOUD_BAD_CA_PORT},
    'another name' => $env->{CLOUD_BAD_NAME_PORT},
    'expired'      => $env->{CLOUD_BAD_EXPIRED_PORT},
);

my %kind = (
    'no keepalive'          => '',
    'keepalive'             => 'keepalive 8;',
    'keepalive, least_conn' => 'least_conn; keepalive 8;',
    'keepalive, zone'       => 'zone shared 64k; keepalive 8;',
);

for my $what (sort keys %bad) {
    for my $kind (sort keys %kind) {
        next if $kind ne 'keepalive' && $what ne 'another CA';

        subtest "$what, $kind" => sub { refused($bad{$what}, $kind{$kind}) };
    }
}

for my $kind (sort keys %kind) {
    subtest "good certificate, $kind" => sub { accepted($kind{$kind}) };
}

subtest 'the next server' => \&next_server;

fresh();
done_testing;


# an nginx with the upstream "shared" of the issuer "nc" and of /cloud/

sub nginx {
    my ($port, $upstream, $servers) = @_;

    my $nginx = Owncloud->new(no_start => 1);
    my $issuer = $nginx->issuer(nc =>
        upstream => 'shared',
        base_url => $env->{CLOUD_NC_URL} =~ s/:\d+/:$port/r);

    $servers //= "server 127.0.0.1:$port max_fails=0;";

    $nginx->configure(issuers => <<EOT, server => <<'EOT');
    upstream shared {
        $servers
        $upstream
    }

$issuer
EOT
        owncloud_repository 8 {
            issuer      nc;
            authorize   off;
            timezone    UTC;
        }

        location ^~ /cloud/ {
            proxy_http_version  1.1;
            proxy_set_header    Connection "";
            proxy_set_header    Host $http_host;
            proxy_pass          https://shared/;
        }
EOT
    $nginx->start;
    fresh();

    return $nginx;
}


sub proxied {
    my ($browser, $times) = @_;

    for (1 .. $times // 1) {
        is($browser->request('GET', '/cloud/status.php')->{status}, 200,
           'proxied without verification');
    }
}


# the browser itself goes to where the certificate is good

sub consent {
    my ($browser, $port) = @_;

    my $url = $browser->login_url(8);

    return $browser->consent($url =~ s/:$port/:$env->{CLOUD_NC_PORT}/r);
}


sub refused {
    my ($port, $upstream) = @_;

    my $nginx = nginx($port, $upstream);
    my $browser = $nginx->browser;

    for my $proxied (0 .. 2) {
        my $back = consent($browser, $port);

        proxied($browser, $proxied);
        cloud(NC => 'log', undef, 'DELETE');

        my $answer = $browser->return_to($back);

        is($answer->{status}, 502, "after $proxied: no sign-in");
        is_deeply([requests('NC')], [], 'nothing was sent');
        ok(!exists $browser->{cookies}{owncloud_nc}, 'no session');

        # a session gone bad may not do what a fresh connection may not

        proxied($browser);
    }

    like($nginx->log, qr/certificate/, 'the log tells why');
    $nginx->finish;
}


sub accepted {
    my $upstream = shift;

    my $nginx = nginx($env->{CLOUD_NC_PORT}, $upstream);

    # the first TLS session is the proxy's

    for my $proxied (1, 2, 0) {
        my $browser = $nginx->browser;
        my $back = consent($browser, $env->{CLOUD_NC_PORT});

        proxied($browser, $proxied);

        my $answer = $browser->return_to($back);

        is($answer->{status}, 200, "after $proxied: signed in");
        is($browser->titles(list => 8)->[0], 'Documents', 'a listing');

        proxied($browser);
        is($browser->titles(list => 8)->[0], 'Documents', 'and one more');
    }

    # the issuer's connection is its own and the proxy's is not

    my $browser = $nginx->browser;

    $browser->sign_in(8);
    cloud(NC => 'log', undef, 'DELETE');
    $browser->titles(list => 8) for 1 .. 3;

    my %connection = map { $_->{connection} => 1 } @{ cloud(NC => 'log') };

    is(scalar(keys %connection), $upstream =~ /keepalive/ ? 1 : 3,
       $upstream =~ /keepalive/ ? 'one connection for three listings'
                                : 'three connections for three listings');
    unlike($nginx->log, qr/\[error\]/, 'no errors');

    $nginx->finish;
}


# of two servers one has a bad certificate: the other one is used

sub next_server {
    my ($bad, $good) = ($env->{CLOUD_BAD_CA_PORT}, $env->{CLOUD_NC_PORT});
    my $nginx = nginx($good, 'keepalive 8;', "server 127.0.0.1:$bad; "
                      . "server 127.0.0.1:$good backup;");
    my $browser = $nginx->browser;
    my $back = consent($browser, $good);

    proxied($browser, 2);
    is($browser->return_to($back)->{status}, 200, 'signed in');
    is($browser->titles(list => 8)->[0], 'Documents', 'a listing');

    like($nginx->log, qr/certificate.*upstream: "https:[^"]*:$bad/,
         'the bad one was not taken for good');

    $nginx->finish;
}
