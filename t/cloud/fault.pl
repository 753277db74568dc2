#!/usr/bin/perl

# Stands before the clouds and passes every byte through, unless a rule says
# otherwise: what PHP and nginx would not let out on the wire.
#
#     fault.pl DIR raw_nc_http=PORT nc_http=PORT ...
#
# A rule is taken from DIR/PROFILE/raw.json (POST /_control/raw), and each
# request is recorded, byte for byte, in DIR/PROFILE/raw.log.  While there is a
# DIR/PROFILE/raw.refuse, nobody listens; raw.refused says that it is so.

use v5.20;
use warnings;

use Fcntl qw(:flock SEEK_SET);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(WNOHANG);
use MIME::Base64 qw(encode_base64 decode_base64);
use Socket qw(SOL_SOCKET SO_LINGER IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

my ($dir, @ports) = @ARGV;
my %port = map { split /=/, $_, 2 } @ports;
my $json = JSON::PP->new->canonical;

my $multistatus = '<?xml version="1.0"?>' . "\n"
    . '<d:multistatus xmlns:d="DAV:"></d:multistatus>';
my $bytes = length $multistatus;
my $ok = "HTTP/1.1 207 Multi-Status\r\n"
         . "Content-Type: application/xml; charset=utf-8\r\n";
my $framed = "Content-Length: $bytes\r\n\r\n$multistatus";
my $chunk = sprintf "%x\r\n%s\r\n", $bytes, $multistatus;
my $chunked = "Transfer-Encoding: chunked\r\n\r\n";

my %preset = (
    garbage => [{ send => "\x00\x01\xfe\xffgarbage\r\n\r\n" }],
    http09 => [{ send => '<html>no head at all</html>' }],
    no_reason => [{ send => "HTTP/1.1 207\r\n$framed" }, { keep => 1 }],
    bad_status => [{ send => "HTTP/1.1 2x7 Multi-Status\r\n$framed" }],
    huge_status => [{ send => "HTTP/1.1 99999 Huge\r\n$framed" }],
    both_framings => [{ send => "${ok}Content-Length: $bytes\r\n$chunked"
                                . "${chunk}0\r\n\r\n" }],
    two_lengths => [{ send => "${ok}Content-Length: 5\r\n$framed" }],
    bad_length => [{ send => "${ok}Content-Length: abc\r\n\r\n$multistatus" }],
    negative_length => [{ send => "${ok}Content-Length: -1\r\n\r\n"
                                  . $multistatus }],
    truncated => [{ send => "${ok}Content-Length: 5000\r\n\r\n$multistatus" },
                  { close => 1 }],
    truncated_chunked => [{ send => "$ok$chunked$chunk" }, { close => 1 }],
    bad_chunk => [{ send => "$ok${chunked}zz\r\n$multistatus\r\n0\r\n\r\n" }],
    huge_chunk => [{ send => "$ok${chunked}ffffffffffffffff\r\n"
                             . $multistatus }],
    more_than_length => [{ send => "$ok${framed}HTTP/1.1 200 OK\r\n"
                                   . "Content-Length: 0\r\n\r\n" },
                         { keep => 1 }],
    until_close => [{ send => "${ok}Connection: close\r\n\r\n$multistatus" },
                    { close => 1 }],
    huge_header => [{ send => "${ok}X-Huge: " . 'h' x 200_000
                              . "\r\n$framed" }],
    many_headers => [{ send => $ok . join('', map { "X-Many-$_: $_\r\n" }
                                              1 .. 5000) . $framed }],
    no_header_end => [{ send => $ok }, { wait => 60 }],
    early_hints => [{ send => "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                              . $ok . $framed }, { keep => 1 }],
    continue => [{ send => "HTTP/1.1 100 Continue\r\n\r\n$ok$framed" },
                 { keep => 1 }],
    silence => [{ wait => 60 }],
    close => [{ close => 1 }],
    reset => [{ reset => 1 }],
    reset_in_head => [{ send => 'HTTP/1.1 20' }, { sleep => 0.05 },
                      { reset => 1 }],
    reset_in_body => [{ send => "${ok}Content-Length: 5000\r\n\r\n<?xml" },
                      { sleep => 0.05 }, { reset => 1 }],
);

my %listener = (
    raw_nc_http => ['nextcloud', 'nc_http', 0],
    raw_nc => ['nextcloud', 'nc', 1],
    raw_oc_http => ['owncloud', 'oc_http', 0],
    raw_oc => ['owncloud', 'oc', 1],
);

my ($select, %socket, %child) = (IO::Select->new());

$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
$SIG{CHLD} = sub {
    local ($!, $?);
    while ((my $pid = waitpid -1, WNOHANG) > 0) { delete $child{$pid} }
};

listen_at($_) for keys %listener;

my $parent = getppid();

while (getppid() == $parent) {
    refuse($_) for qw(nextcloud owncloud);

    for my $ready ($select->can_read(0.05)) {
        my ($socket, $name) = @{$socket{fileno $ready}};
        my $client = $socket->accept() or next;
        my $pid = serve_apart($client, $name) // next;

        $child{$pid} = $listener{$name}[0];
        delete $child{$pid} if !kill 0, $pid;
    }
}


sub listen_at {
    my ($name) = @_;

    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                     LocalPort => $port{$name}, Listen => 128, ReuseAddr => 1)
        or die "$name: $!\n";
    $select->add($socket);
    $socket{fileno $socket} = [$socket, $name];
}


sub serve_apart {
    my ($client, $name) = @_;

    my $pid = fork();
    return $pid if !defined $pid || $pid;

    $SIG{CHLD} = 'DEFAULT';
    $_->[0]->close() for values %socket;
    eval { serve($client, $name) };
    print STDERR $@ if $@;
    exit 0;
}


# Nobody at home: no listener, and the connections there were are cut.

sub refuse {
    my ($profile) = @_;

    my $wanted = -e "$dir/$profile/raw.refuse";
    my $done = "$dir/$profile/raw.refused";

    return if !$wanted == !-e $done;

    if (!$wanted) {
        listen_at($_) for grep { $listener{$_}[0] eq $profile } keys %listener;
        unlink $done;
        return;
    }

    for my $fd (keys %socket) {
        my ($socket, $name) = @{$socket{$fd}};
        next if $listener{$name}[0] ne $profile;

        $select->remove($socket);
        $socket->close();
        delete $socket{$fd};
    }

    kill 'TERM', grep { $child{$_} eq $profile } keys %child;
    open my $file, '>', $done or die "$done: $!\n";
}


sub serve {
    my ($client, $name) = @_;

    my ($profile, $to, $tls) = @{$listener{$name}};
    my ($cloud, $raw) = (undef, $client);

    setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;

    if ($tls) {
        # What is to happen before a handshake has no request to match.
        my $rule = take($profile, 'TLS');
        return act($rule, $client, $raw, undef) if $rule;

        require IO::Socket::SSL;
        IO::Socket::SSL->start_SSL($client, SSL_server => 1,
            SSL_cert_file => "$dir/tls/server.crt",
            SSL_key_file => "$dir/tls/server.key") or return;
    }

    my $buffer = '';

    while (defined(my $request = read_request($client, \$buffer))) {
        last if foreign($request);

        record($profile, $name, $request);

        my $line = $request =~ /^(\S+ \S+)/ ? $1 : '';
        my $rule = take($profile, $line, $request =~ /\r\n\r\n(.*)/s);
        $cloud //= connect_cloud($port{$to}, $tls);

        if ($rule) {
            last if !act($rule, $client, $raw,
                         sub { exchange($cloud, $request) });
            last if $request =~ /^Connection: close\r$/mi;
            next;
        }

        my $answer = exchange($cloud, $request);
        print $client $answer;
        last if $answer =~ /^Connection: close\r$/mi;
    }

    $client->close();
}


# As in ../guard.conf: nothing is taken from a page of another site.

sub foreign {
    my ($request) = @_;

    my ($head) = split /\r\n\r\n/, $request, 2;
    my %header = map { /^([^:]+): *(.*?) *$/ ? (lc $1, $2) : () }
                     split /\r\n/, $head;
    my $here = qr/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/;
    my $site = $header{'sec-fetch-site'} // '';

    return 1 if $site eq 'cross-site' || ($header{host} // '') !~ /^$here$/;

    for my $url (grep { defined } @header{qw(origin referer)}) {
        return 1 if $url eq 'null' ? $site ne 'same-origin'
                                   : $url !~ m{^https?://$here(?:/|$)};
    }

    return 0;
}


sub connect_cloud {
    my ($port, $tls) = @_;

    if (!$tls) {
        return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $port);
    }

    require IO::Socket::SSL;
    return IO::Socket::SSL->new(PeerAddr => '127.0.0.1', PeerPort => $port,
                                SSL_verify_mode => 0);
}


# One whole message: head and body.

sub fill {
    my ($socket, $buffer) = @_;

    return sysread $socket, $$buffer, 65536, length $$buffer;
}


sub read_request {
    my ($socket, $buffer) = @_;

    until ($$buffer =~ /\r\n\r\n/) {
        fill($socket, $buffer) or return;
    }

    return read_body($socket, $buffer, 0);
}


sub read_body {
    my ($socket, $buffer, $to_end) = @_;

    my $head = index($$buffer, "\r\n\r\n") + 4;
    my $length = $head;
    my $text = substr $$buffer, 0, $head;

    if ($text =~ /^Transfer-Encoding:\s*chunked/mi) {
        until ($$buffer =~ /\r\n0\r\n\r\n/g && pos($$buffer) > $head) {
            fill($socket, $buffer) or last;
        }

        $length = pos($$buffer) // length $$buffer;

    } elsif ($text =~ /^Content-Length:\s*(\d+)/mi) {
        $length += $1;

    } elsif ($to_end) {
        1 while fill($socket, $buffer);
        $length = length $$buffer;
    }

    while (length $$buffer < $length) {
        fill($socket, $buffer) or last;
    }

    return substr $$buffer, 0, $length, '';
}


# The cloud's own answer to a request.

sub exchange {
    my ($cloud, $request) = @_;

    my $buffer = '';
    my $head = $request =~ /^HEAD /;

    print $cloud $request;

    until ($buffer =~ /\r\n\r\n/) {
        fill($cloud, \$buffer) or return $buffer;
    }

    return $buffer if $head || $buffer =~ m{^HTTP/1\.\d (?:204|304)};
    return read_body($cloud, \$buffer, 1);
}


sub record {
    my ($profile, $name, $request) = @_;

    my ($method, $uri) = $request =~ /^(\S+) (\S+)/;
    my $entry = { time => time(), listener => $name, method => $method,
                  uri => $uri, raw => encode_base64($request, '') };

    open my $log, '>>', "$dir/$profile/raw.log" or return;
    flock $log, LOCK_EX;
    print $log $json->encode($entry), "\n";
    close $log;
}


sub fits {
    my ($rule, $line, $body) = @_;

    my $in_body = $rule->{match_body} // '^';

    return $rule->{times} != 0
           && ($line eq 'TLS') == (($rule->{match} // '') eq 'TLS')
           && $line =~ /$rule->{match}/ && $body =~ /$in_body/;
}


# The first rule that fits; a used one is counted down.

sub take {
    my ($profile, $line, $body) = @_;

    open my $file, '+<', "$dir/$profile/raw.json" or return;
    flock $file, LOCK_EX;
    local $/;
    my $rules = eval { $json->decode(<$file>) } or return;
    my ($found) = grep { fits($_, $line, $body // '') } @$rules;

    return if !$found;

    if ($found->{times} > 0) {
        $found->{times}--;
        seek $file, 0, SEEK_SET;
        truncate $file, 0;
        print $file $json->encode($rules);
    }

    return $found;
}


# Does what the rule says; false: the connection is over.

sub act {
    my ($rule, $client, $raw, $cloud) = @_;

    sleep $rule->{delay} if $rule->{delay};

    my @steps = @{$rule->{steps} // steps($rule, $cloud)};

    for my $step (@steps) {
        my ($what, $value) = %$step;

        if ($what eq 'send') {
            print $client $value;

        } elsif ($what eq 'send64') {
            print $client decode_base64($value);

        } elsif ($what eq 'sleep') {
            sleep $value;

        } elsif ($what eq 'wait') {
            sleep($rule->{seconds} // $value);

        } elsif ($what eq 'drip') {
            for my $byte (split //, $value) {
                print $client $byte;
                sleep($rule->{interval} // 0.001);
            }

        } elsif ($what eq 'reset') {
            reset_connection($client, $raw);
            return 0;

        } elsif ($what eq 'close') {
            return 0;

        } elsif ($what eq 'keep') {
            return 1;
        }
    }

    return 0;
}


sub reset_connection {
    my ($client, $raw) = @_;

    my $fd = fileno $raw;
    open my $plain, '+<&=', $fd or return;
    setsockopt $plain, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
    POSIX::close($fd);
    POSIX::_exit(0);
}


sub steps {
    my ($rule, $cloud) = @_;

    my $name = $rule->{preset} // 'garbage';

    return $preset{$name} if $preset{$name};
    return if $name !~ /^own_/ || !$cloud;

    # The cloud's own answer, spoilt.
    my $own = $cloud->();
    my $head = index($own, "\r\n\r\n") + 4;

    return [{ drip => $own }, { keep => 1 }] if $name eq 'own_drip';

    return [{ send => $own =~ s{^(HTTP/1\.1 \d+)[^\r]*}{$1}r }, { keep => 1 }]
        if $name eq 'own_no_reason';

    return [{ send => substr($own, 0, $head + (length($own) - $head) / 2) },
            { sleep => 0.05 }, { reset => 1 }];
}
