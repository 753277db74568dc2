#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Answers that do not leave at once, bodies that nobody wants, and what comes
# after them on the same connection.

use v5.20;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_RCVBUF inet_aton pack_sockaddr_in);
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud free_port fresh requests wait_for);
use Owncloud::HTTP;

my $ajax = '/repository/repository_ajax.php';
my $tail = qr/"filereferencewarning":"[^"]*","repo_id":7\}$/;

slow_readers();
limited();
left_bodies();
late_bodies();

fresh();
done_testing;


# bytes of a request, as a browser sends it

sub bytes {
    my ($browser, $method, $path, %option) = @_;

    my $body = $option{body};
    my $port = $browser->{nginx}{port};

    return "$method $path HTTP/1.1\r\nHost: 127.0.0.1:$port\r\n"
           . 'Cookie: ' . $browser->cookie_header($path =~ s/\?.*//sr)
           . "\r\n" . join('', map { "$_\r\n" } @{ $option{headers} // [] })
           . (defined $body ? 'Content-Length: ' . length($body) . "\r\n" : '')
           . "\r\n" . ($body // '');
}


sub listing_bytes {
    my ($browser, @header) = @_;

    return bytes($browser, 'POST', "$ajax?action=list",
                 body => $browser->picker_form(7, p => '/Documents/'),
                 headers => [@header,
                             'Content-Type: '
                             . 'application/x-www-form-urlencoded']);
}


# a client whose kernel takes next to nothing until it is read

sub narrow {
    my $port = shift;

    my $socket = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!\n";

    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4096 or die "SO_RCVBUF: $!\n";
    connect $socket, pack_sockaddr_in($port, inet_aton('127.0.0.1'))
        or die "port $port: $!\n";

    return $socket;
}


# what comes until the connection is closed, or nothing more for so long

sub drain {
    my ($socket, $seconds) = @_;

    my $select = IO::Select->new($socket);
    my $got = '';

    while ($select->can_read($seconds // 10)) {
        sysread $socket, $got, 65536, length $got or return ($got, 1);
    }

    return ($got, 0);
}


# heads and bodies of answers that follow each other

sub answers {
    my $text = shift;
    my @answer;

    while ($text =~ s/^(HTTP\/1\.1 (\d+).*?)\r\n\r\n//s) {
        my ($head, $status) = ($1, $2);
        my ($length) = $head =~ /^content-length: (\d+)/mi;

        if (!defined $length) {
            push @answer, { status => $status, body => $text };
            return @answer;
        }

        push @answer, { status => $status, length => $length,
                        body => substr $text, 0, $length, '' };
    }

    push @answer, { rest => $text } if length $text;

    return @answer;
}


sub big_listing {
    cloud(OC => 'faults', undef, 'DELETE');
    cloud(OC => 'faults', { match => '^PROPFIND', action => 'entries',
                            times => -1, count => 8000 });
}


sub slow_readers {
    my $port = free_port();
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(server => <<'EOT', http => <<EOT);
        owncloud_repository 7 {
            issuer     oc;
            authorize  off;
            timezone   UTC;
            page_size  10000;
            cache      off;
        }

        location = /next {
            return 200 "the next one";
        }
EOT
    server {
        listen       127.0.0.1:$port sndbuf=8k;
        server_name  127.0.0.1;

        owncloud_repository 7 {
            issuer     oc;
            authorize  off;
            timezone   UTC;
            page_size  10000;
            cache      off;
        }

        location = /next {
            return 200 "the next one";
        }
    }
EOT
    $nginx->start;
    fresh();

    my ($worker) = $nginx->workers;
    my $browser = $nginx->browser;

    $browser->sign_in(7);
    big_listing();

    my $expected = $browser->raw(list => 7, p => '/Documents/')->{body};

    cmp_ok(length $expected, '>', 2_000_000, 'more than any buffer takes');
    like($expected, $tail, 'to the end');

    for my $case (['usual buffers', $nginx->{port}],
                  ['small buffers', $port])
    {
        my ($name, $to) = @$case;

        subtest "HTTP/1.1, $name" => sub {
            cloud(OC => 'log', undef, 'DELETE');

            my $socket = narrow($to);
            my $next = bytes($browser, 'GET', '/next',
                             headers => ['Connection: close']);

            print $socket listing_bytes($browser), $next;
            $socket->flush;

            # the answer has begun and cannot end before it is read

            ok(IO::Select->new($socket)->can_read(20), 'it begins');
            sleep 0.5;

            my ($got, $closed) = drain($socket);
            my @answer = answers($got);

            ok($closed, 'the connection is closed in the end');
            is(scalar(@answer), 2, 'two answers, each once');
            is($answer[0]{status}, 200, 'status');
            ok($answer[0]{body} eq $expected, 'the whole listing')
                or diag('bytes: ' . length $answer[0]{body});
            is($answer[1]{body}, 'the next one', 'the request after it');
            is(scalar(requests('OC', qr/^PROPFIND/)), 1,
               'the cloud was asked once');
        };
    }

    SKIP: {
        skip 'no curl with HTTP/2', 1 if qx(curl -V 2>/dev/null) !~ /HTTP2/;

        subtest 'HTTP/2, a slow reader' => sub {
            my $tls = $nginx->browser(
                url  => $nginx->tls_url,
                http => Owncloud::HTTP::curl('--http2', '--limit-rate', '2m'));

            cloud(OC => 'faults', undef, 'DELETE');
            $tls->sign_in(7);
            big_listing();
            cloud(OC => 'log', undef, 'DELETE');

            my $answer = $tls->raw(list => 7, p => '/Documents/');
            my $site = qr{https?:\\?/\\?/127\.0\.0\.1:
                          (?:$nginx->{port}|$nginx->{tls_port})}x;

            is($answer->{version}, 2, 'HTTP/2');
            is($answer->{exit}, 0, 'the stream is whole');
            is($answer->{status}, 200, 'status');
            ok($answer->{body} =~ s/$site//gr eq $expected =~ s/$site//gr,
               'the whole listing')
                or diag('bytes: ' . length $answer->{body});
            is(scalar(requests('OC', qr/^PROPFIND/)), 1,
               'the cloud was asked once');
        };
    }

    is_deeply([$nginx->workers], [$worker], 'the worker is the same');
    $nginx->finish;
}


# with limit_rate nothing leaves at once, whatever the client does

sub limited {
    my $nginx = Owncloud->new(server => <<'EOT');
        owncloud_repository 7 {
            issuer     oc;
            authorize  off;
            timezone   UTC;
            page_size  10000;
            cache      off;
        }

        location = /files {
            owncloud_listing oc callback=/back;
            limit_rate       2k;
        }

        location = /back {
            owncloud_oauth_callback;
            limit_rate  500;
        }

        location = /admin/oauth2callback.php {
            limit_rate  500;
        }

        location = /repository/repository_ajax.php {
            limit_rate        2k;
            limit_rate_after  2k;
        }
EOT

    fresh();

    my ($worker) = $nginx->workers;

    my @clients = (['HTTP/1.1', undef, $nginx->url]);

    push @clients, ['HTTP/2', Owncloud::HTTP::curl('--http2'),
                    $nginx->tls_url]
        if qx(curl -V 2>/dev/null) =~ /HTTP2/;

    for my $client (@clients) {
        my ($kind, $http, $url) = @$client;

        subtest "limit_rate, $kind" => sub {
            fresh();

            my $browser = $nginx->browser(http => $http, url => $url);
            my $back = $browser->consent($browser->login_url(7));
            my $answer = $browser->return_to($back);

            is($answer->{status}, 200, 'the page of the pop-up');
            cmp_ok(length $answer->{body}, '>', 500, 'is more than 500');
            is(scalar(() = $answer->{body} =~ /<html/g), 1, 'once');
            like($answer->{body}, qr{</html>\s*$}, 'to the end');
            is($answer->{headers}{'content-length'}, length $answer->{body},
               'as long as it says');
            is(scalar(requests('OC', qr/token/)), 1, 'one token request');

            $answer = $browser->return_to($back);
            is($answer->{status}, 403, 'a page of refusal');
            like($answer->{body}, qr{already been used.*</html>\s*$}s,
                 'to the end');

            $answer = $browser->raw(list => 7);
            is($answer->{status}, 200, 'a listing');
            cmp_ok(length $answer->{body}, '>', 3072, 'is more than 3k');
            like($answer->{body}, $tail, 'to the end');
            is(scalar(() = $answer->{body} =~ /"title":"Documents"/g), 1,
               'once');
            is($answer->{headers}{'content-length'}, length $answer->{body},
               'as long as it says');
        };
    }

    subtest 'limit_rate, locations' => sub {
        fresh();

        my $browser = $nginx->browser;
        my ($url) = $browser->request('GET', '/files')->{body}
                    =~ /"url":"(.*?)"/;
        my $back = $browser->consent($url =~ s{\\/}{/}gr,
                                     back => $nginx->url . '/back');
        my $answer = $browser->return_to($back);

        is($answer->{status}, 200, 'signed in');
        like($answer->{body}, qr{</html>\s*$}, 'the page, to the end');

        $answer = $browser->request('GET', '/files?p=/ten/');
        is(scalar(() = $answer->{body} =~ /"title":/g), 10, 'the files');
        is($answer->{headers}{'content-length'}, length $answer->{body},
           'as long as it says');
        is(scalar(requests('OC', qr/^PROPFIND/)), 1, 'one PROPFIND');
    };

    is_deeply([$nginx->workers], [$worker], 'the worker is the same');
    $nginx->finish;
}


# the body of a request that needs none is not the next request

sub left_bodies {
    my $nginx = Owncloud->new(server => <<'EOT');
        owncloud_repository 7 {
            issuer     oc;
            authorize  off;
        }

        location = /files {
            owncloud_listing oc callback=/back;
        }

        location = /back {
            owncloud_oauth_callback;
        }

        location = /next {
            return 200 "the next one";
        }
EOT

    fresh();

    my $host = "Host: 127.0.0.1:$nginx->{port}\r\n";
    my $session = "Cookie: MoodleSession=teacheraaaaaaaaaaaaaaaaaaa\r\n";
    my $inner = "GET /smuggled HTTP/1.1\r\n$host\r\n";
    my $next = "GET /next HTTP/1.1\r\n${host}Connection: close\r\n\r\n";
    my $state = 'v1.0123abcd.' . 'A' x 60;
    my $length = 'Content-Length: ' . length($inner) . "\r\n";
    my $chunked = "Transfer-Encoding: chunked\r\n";
    my $chunk = sprintf("%x\r\n", length $inner) . "$inner\r\n0\r\n\r\n";

    my @requests = (
        ["GET /admin/oauth2callback.php?state=$state", 403],
        ["GET /admin/oauth2callback.php?state=$state&code=x", 403],
        ['GET /back', 403],
        ["GET /back?state=$state&error=access_denied", 403],
        ['GET /files', 200],
        ['POST /files', 200],
        ['POST /files?p=/Documents/', 200],
    );

    for my $request (@requests) {
        my ($line, $status) = @$request;

        my $head = "$line HTTP/1.1\r\n$host$session";

        my @ways = (
            ['a body', "$head$length\r\n$inner$next"],
            ['a body in chunks', "$head$chunked\r\n$chunk$next"],
            ['a body later', "$head$length\r\n", qr/HTTP/,
             substr($inner, 0, 20), substr($inner, 20) . $next],
        );

        subtest "left: " . $line =~ s/A{9,}/A.../r => sub {
            for my $way (@ways) {
                my ($name, @bytes) = @$way;

                my $seen = length $nginx->access_log;
                my $got = Owncloud::HTTP::raw($nginx->{port}, @bytes);
                my @answer = answers($got);

                is(join(' ', map { $_->{status} // '?' } @answer),
                   "$status 200", "$name: two answers");
                is($answer[1]{body}, 'the next one', 'of the next request');

                ok(wait_for(sub {
                    substr($nginx->access_log, $seen) =~ m{ /next }
                }), 'which is in the log');
                unlike(substr($nginx->access_log, $seen), qr/smuggled/,
                       'the body is no request');
            }
        };
    }

    $nginx->finish;
}


# a cloud that answers when it is told to: this process

sub late_bodies {
    my $cloud = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
        or die "no port: $!\n";
    my $port = $cloud->sockport;
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(
        issuers => $nginx->issuer(nc =>
            webdav_endpoint => "http://127.0.0.1:$port/dav/",
            insecure        => 'on',
            read_timeout    => '30s'),
        server => <<'EOT');
        location = /files {
            owncloud_listing nc callback=/back cache=off;
        }

        location = /back {
            owncloud_oauth_callback;
        }

        location = /next {
            return 200 "the next one";
        }
EOT
    $nginx->start;
    fresh();

    my $browser = $nginx->browser;
    my ($url) = $browser->request('GET', '/files')->{body} =~ /"url":"(.*?)"/;

    $browser->return_to($browser->consent($url =~ s{\\/}{/}gr,
                                          back => $nginx->url . '/back'));

    my $next = bytes($browser, 'GET', '/next',
                     headers => ['Connection: close']);
    my $xml = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
              . '<d:response><d:href>/dav/</d:href><d:propstat><d:prop>'
              . '<d:resourcetype><d:collection/></d:resourcetype></d:prop>'
              . '<d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
              . '</d:response></d:multistatus>';

    my $answer = "HTTP/1.1 207 Multi-Status\r\nConnection: close\r\n"
                 . "Content-Type: application/xml\r\n"
                 . 'Content-Length: ' . length($xml) . "\r\n\r\n$xml";

    for my $when ('while the cloud is asked', 'after the answer') {
        subtest "the rest of a body comes $when" => sub {
            my $select = IO::Select->new($cloud);
            my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                               PeerPort => $nginx->{port});

            print $socket substr(bytes($browser, 'POST', '/files',
                                       body => 'x' x 1000), 0, -500);
            $socket->flush;

            $select->can_read(20) or return fail('no PROPFIND');

            my $call = $cloud->accept;
            my $asked = '';

            until ($asked =~ /\r\n\r\n/) {
                sysread $call, $asked, 65536, length $asked or last;
            }

            like($asked, qr/^PROPFIND /, 'the cloud is asked');

            if ($when =~ /^while/) {
                print $socket 'x' x 500, $next;
                $socket->flush;
            }

            print $call $answer;
            close $call;

            my $got = '';

            if ($when =~ /^after/) {
                my $waiting = IO::Select->new($socket);

                until ($got =~ /"list":\[\]/) {
                    $waiting->can_read(20) or last;
                    sysread $socket, $got, 65536, length $got or last;
                }

                print $socket 'x' x 500, $next;
                $socket->flush;
            }

            my ($more, $closed) = drain($socket);
            my @answer = answers($got . $more);

            ok($closed, 'the connection comes to its end');
            is(join(' ', map { $_->{status} // '?' } @answer), '200 200',
               'two answers');
            like($answer[0]{body}, qr/"list":\[\]/, 'the listing');
            is($answer[1]{body}, 'the next one', 'the request after it');
        };
    }

    $nginx->finish;
}
