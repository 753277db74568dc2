package Owncloud::HTTP;

# Copyright (C) the authors of the ownCloud module for nginx

# One HTTP request, one answer, as they are: no redirects, no cookies, headers
# in order.

use v5.20;
use warnings;

use HTTP::Tiny;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;


sub escape {
    my $text = shift // '';

    utf8::encode($text) if utf8::is_utf8($text);

    return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}


sub form {
    my @field = @_;
    my @pair;

    while (my ($name, $value) = splice @field, 0, 2) {
        push @pair, escape($name) . '=' . escape($value);
    }

    return join '&', @pair;
}


# {status, reason, headers => {name => value or [values]}, body}

sub request {
    my ($method, $url, $headers, $body) = @_;

    my $http = HTTP::Tiny->new(max_redirect => 0, verify_SSL => 0,
                               timeout => 300, agent => 'browser/1.0');

    my $answer = $http->request($method, $url, {
        headers => $headers // {},
        defined $body ? (content => $body) : (),
    });

    return {
        status  => $answer->{status},
        reason  => $answer->{reason},
        headers => $answer->{headers} // {},
        body    => $answer->{content} // '',
    };
}


# the fields of a query or a form, [name, value] in order

sub fields {
    my $text = shift;

    return map {
        my ($name, $value) = map { s/\+/ /gr =~ s/%(..)/chr hex $1/ger }
                                 split /=/, $_, 2;
        [$name, $value // ''];
    } split /&/, $text =~ s/^[^?]*\?//r;
}


# as request(), by curl with these options: curl('--http2')

sub curl {
    my @option = @_;

    my $dir = tempdir('owncloud-curl-XXXXXX', TMPDIR => 1, CLEANUP => 1);

    return sub {
        my ($method, $url, $headers, $body) = @_;

        my @command = ('curl', '-sSk', '--max-time', 300, '-A', 'browser/1.0',
                       '-X', $method, '-D', "$dir/head", '-o', "$dir/body",
                       '-w', '%{http_version}', @option);

        for my $name (sort keys %{ $headers // {} }) {
            my $value = $headers->{$name};
            push @command, map { ('-H', "$name: $_") }
                               ref $value ? @$value : $value;
        }

        if (defined $body) {
            write_file("$dir/sent", $body);
            push @command, '--data-binary', "\@$dir/sent";
        }

        unlink "$dir/head", "$dir/body";

        open my $pipe, '-|', @command, $url or die "curl: $!\n";
        my $version = join '', <$pipe>;
        close $pipe;

        my $answer = parse(read_file("$dir/head") . read_file("$dir/body"));

        return { %$answer, version => $version, exit => $? >> 8 };
    };
}


sub write_file {
    my ($name, $text) = @_;

    open my $out, '>:raw', $name or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}


sub read_file {
    my $name = shift;

    open my $in, '<:raw', $name or return '';
    local $/;
    return <$in> // '';
}


# a whole answer, as request() returns it; interim answers are left out

sub parse {
    my $text = shift;

    1 while $text =~ s/^HTTP\S+ 1\d\d.*?\r?\n\r?\n//s;

    my ($head, $body) = split /\r?\n\r?\n/, $text, 2;
    my ($status, @line) = split /\r?\n/, $head // '';
    my %header;

    for (@line) {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
        push @{ $header{lc $name} }, $value;
    }

    return {
        status  => ($status // '') =~ /^HTTP\S+ (\d+)/ ? $1 : 599,
        headers => { map { $_ => @{ $header{$_} } > 1 ? $header{$_}
                                                      : $header{$_}[0] }
                         keys %header },
        body    => $body // '',
    };
}


# bytes sent as they are; an item that is a pattern waits for it.  All that
# came until the server closed the connection.

sub raw {
    my ($port, @step) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port)
        or die "port $port: $!\n";
    my $select = IO::Select->new($socket);
    my $got = '';

    local $SIG{PIPE} = 'IGNORE';

    for my $step (@step) {
        if (!ref $step) {
            print $socket $step;
            $socket->flush;
            next;
        }

        until ($got =~ $step) {
            $select->can_read(20) && sysread $socket, $got, 65536, length $got
                or return $got;
        }
    }

    while ($select->can_read(20)) {
        sysread $socket, $got, 65536, length $got or last;
    }

    return $got;
}


1;
