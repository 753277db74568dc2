#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What a client or a cloud can make large, is not; what is asked for in odd
# ways is answered in the usual ones.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use lib 't/lib';
use Owncloud qw(standins cloud);


cloud($_ => 'reset', {}) for qw(NC OC);

my $nginx = Owncloud->new(setting => { max_listing => '100000 1m' },
                          server => <<'EOT');
        owncloud_repository 7 {
            issuer     oc;
            page_size  1000;
        }

        location = /files {
            owncloud_listing oc callback=/back;
        }

        location = /back {
            owncloud_oauth_callback;
        }
EOT

$nginx->moodle('reset');

my $browser = $nginx->browser;
like($browser->sign_in(7)->{body}, qr/Signed in/, 'signed in');


# the port of Host is repeated in every icon's URL

for my $port ('0' x 3000 . $nginx->{port}, '0' x 6 . '1', '12345678',
              '80x', '8<b>', '@a.b')
{

    my $other = $nginx->browser(
        cookies => $browser->{cookies},
        http => Owncloud::HTTP::curl('-H', "Host: 127.0.0.1:$port"));

    my $list = $other->picker(list => 7)->{list};

    # a newer nginx refuses such a port itself

    is(ref $list, 'ARRAY', 'a port: ' . substr $port, -8)
        or next;
    like($list->[0]{icon}, qr{^http://127\.0\.0\.1/theme/},
         'is not taken over');
}


# 1 MB of names that six times as much JSON is made of: more than 2 MB

{
    my $name = '%%01' x 200;

    cloud(OC => 'faults', { match => '^PROPFIND', action => 'entries',
                            count => 800, name => "$name-%05d" });

    my $answer = $browser->raw(list => 7);
    my $json = decode_json($answer->{body});

    is($json->{errorcode}, 'cloudtoobig', 'a listing that grows is refused');
    cmp_ok(length $answer->{body}, '<', 1000, 'with a few bytes');

    is(ref $browser->picker(list => 7)->{list}, 'ARRAY', 'the next is good');
}


# a location of its own takes the methods that browsers use

for my $method (qw(PUT DELETE OPTIONS PATCH)) {
    is($browser->request($method, '/files')->{status}, 405, $method);
}

is($browser->request('HEAD', '/files')->{status}, 200, 'HEAD');
ok(decode_json($browser->request('GET', '/files')->{body})->{login}, 'GET');

$nginx->finish;

cloud($_ => 'reset', {}) for qw(NC OC);


# names of time zones and seconds since 1970 are not the repository's

for my $case (['%Z', 1], ['%s', 1], ['%Y %-Z', 1], ['%H:%M %z', 0],
              ['100%% %H', 0])
{
    my ($format, $refused) = @$case;

    my $other = Owncloud->new(no_start => 1, server => <<"EOT");
        owncloud_repository 7 {
            issuer       oc;
            timezone     Europe/Berlin;
            date_format  "$format";
        }
EOT
    my ($status, $said) = $other->check;

    is($status, $refused, "date_format \"$format\"");
    like($said, qr/in "date_format" of repository "7" is not supported/,
         'it says so') if $refused;
}

done_testing;
