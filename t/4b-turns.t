#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Whoever waits for a place among the calls gets it, though another worker
# could take it again and again for those who come later; and those who wait
# for somebody who does not get one do not try it one after the other.

use v5.20;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Test::More;

use Owncloud qw(cloud fresh requests wait_for);

fresh();

my $nginx = Owncloud->new(no_start => 1, workers => 2);

$nginx->configure(issuers => $nginx->issuer('nc', read_timeout => '30s',
                                  max_calls => '1 queue=20 timeout=30s'),
                  listen => <<"EOT", server => <<'EOT2');
        listen              127.0.0.1:$nginx->{port} reuseport;
        keepalive_requests  100000;
        add_header          X-Pid \$pid;
EOT
        owncloud_repository 8 {
            issuer     nc;
            timezone   UTC;
            authorize  off;
            cache      off;
        }
EOT2
$nginx->start;

my $browser = $nginx->browser;

is($browser->sign_in(8)->{status}, 200, 'signed in');


sub ask {
    my ($socket, $who) = @_;

    $who //= $browser;

    my $body = $who->picker_form(8);

    syswrite $socket,
        "POST /repository/repository_ajax.php?action=list HTTP/1.1\r\n"
        . "Host: 127.0.0.1:$nginx->{port}\r\n"
        . 'Cookie: ' . $who->cookie_header('/repository/') . "\r\n"
        . "Content-Type: application/x-www-form-urlencoded\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}


sub connection {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $nginx->{port}) // die;
}


# header and body of one answer

sub answer {
    my $socket = shift;
    my $text = '';

    while (sysread $socket, $text, 65536, length $text) {
        my ($header, $body) = $text =~ /^(.*?)\r\n\r\n(.*)$/s or next;

        return ($header, $body)
            if $header =~ /^Content-Length: (\d+)/mi && length $body == $1;
    }

    return ('', '');
}


# connections to each of the workers

my %of;

for (1 .. 200) {
    my $socket = connection();

    ask($socket);

    my ($pid) = (answer($socket))[0] =~ /^X-Pid: (\d+)/mi or next;

    push @{ $of{$pid} }, $socket;
    last if keys %of == 2 && !grep { @$_ < 3 } values %of;
}

is(keys %of, 2, 'two workers');

my ($busy, $other) = values %of;
my ($others, $got) = (0, '');

# three who ask one of them for the next listing as soon as they have got one,
# and one who asks the other

cloud(NC => 'faults', { match => '^PROPFIND', delay => 0.1, times => -1 });

ask($_) for @$busy[0 .. 2];

my $select = IO::Select->new(@$busy[0 .. 2], $other->[0]);

while ($others < 100 && !$got) {
    for my $socket ($select->can_read(10)) {
        my (undef, $body) = answer($socket);

        if ($socket == $other->[0]) {
            $got = $body;

        } else {
            ask($socket);
            ask($other->[0]) if ++$others == 6;
        }
    }
}

like($got, qr/"list":\[\{/, 'it was its turn');
cmp_ok($others, '<', 100, 'before a hundred others');

cloud(NC => 'faults', undef, 'DELETE');
$nginx->finish;


# one user is at the cloud for a while, another one's token has expired

fresh();

$nginx = Owncloud->new(no_start => 1);
$nginx->configure(issuers => $nginx->issuer('nc', read_timeout => '30s',
                                  max_calls => '1 queue=20 timeout=2s'),
                  server => <<'EOT');
        owncloud_repository 8 {
            issuer     nc;
            timezone   UTC;
            authorize  off;
            cache      off;
        }
EOT
$nginx->start;

my $first = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                            sesskey => 'Studentaaa');

is($first->sign_in(8, user => 'bob')->{status}, 200, 'one user');

cloud(NC => 'settings', { token_lifetime => 1 });
$browser = $nginx->browser;
is($browser->sign_in(8, user => 'alice')->{status}, 200, 'another user');
cloud(NC => 'settings', { token_lifetime => 3600 });

sleep 2;
cloud(NC => 'log', undef, 'DELETE');
cloud(NC => 'faults', { match => '^PROPFIND', delay => 15 });

my $long = connection();

ask($long, $first);
ok(wait_for(sub { requests('NC', qr/^PROPFIND/) == 1 }), 'a call that takes');

my @socket = map { connection() } 1 .. 4;

ask($_) for @socket;

is(join(' ', map { (answer($_))[1] =~ /"errorcode":"(\w+)"/ } @socket),
   'cloudbusy cloudbusy cloudbusy cloudbusy', 'all are told');
is(scalar(() = $nginx->log =~ /a call was queued/g), 1, 'one has tried');

# nginx would wait for an answer that nobody wants any more

close $_ for $long, @socket;
$nginx->finish;
fresh();

done_testing();
