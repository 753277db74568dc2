#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Access controlled links: the file on its way to the browser.

use v5.20;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Test::More;

use Owncloud qw(cloud clouds standins fresh requests wait_for);
use Owncloud::Clock;
use Owncloud::HTTP;
use Owncloud::Links qw(links_nginx reader hand_in location open_file path dav
                       bytes);

my $clock = Owncloud::Clock->new;

headers();
types();
titles();
ranges();
films();
conditions();
pages();
blameless();
cut();
versions();
commands();
large();
in_the_cloud();

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


sub put {
    my ($cloud, $name, $content) = @_;

    dav($cloud, alice => PUT => "/$name", $content);
}


sub headers {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');

        hand_in($student, $cloud => $_) for 'notes.txt', 'report.pdf';

        my $answer = open_file($student, 'notes.txt');
        my $header = $answer->{headers};

        is($answer->{status}, 200, "$cloud - opened");
        is($header->{$_->[0]}, $_->[1], "$cloud - $_->[0]")
            for ['content-type', 'text/plain; charset=utf-8'],
                ['content-length', length $answer->{body}],
                ['content-disposition', q(inline; filename="notes.txt"; )
                                        . q(filename*=UTF-8''notes.txt)],
                ['cache-control', 'private, no-store'],
                ['x-content-type-options', 'nosniff'],
                ['referrer-policy', 'no-referrer'],
                ['cross-origin-resource-policy', 'same-origin'],
                ['accept-ranges', 'bytes'],
                ['set-cookie', undef], ['x-powered-by', undef],
                ['access-control-allow-origin', undef],
                ['www-authenticate', undef], ['content-encoding', undef];

        like($header->{'content-security-policy'},
             qr/^default-src 'none';.*; sandbox$/, "$cloud - in a sandbox");
        like($header->{etag}, qr/^"[^"]+"$/, "$cloud - its ETag");

        # what Firefox and Chromium need to show one

        my $pdf = open_file($student, 'report.pdf')->{headers};

        is($pdf->{'content-type'}, 'application/pdf', "$cloud - a PDF");
        like($pdf->{'content-security-policy'}, qr/object-src 'self'/,
             "$cloud - that is shown");
        unlike($pdf->{'content-security-policy'}, qr/sandbox|script/,
               "$cloud - without a sandbox");

        # the cloud is asked as what the reader is, and for nothing more

        cloud($cloud => 'log', undef, 'DELETE');
        open_file($student, 'notes.txt', header => {
            'If-None-Match' => $header->{etag},
            'If-Modified-Since' => 'Sun, 29 Nov 2099 00:00:00 GMT',
            'Accept-Encoding' => 'gzip', Accept => 'text/html',
            'User-Agent' => 'Browser', 'X-Forwarded-For' => '1.2.3.4',
            Referer => 'http://moodle.example/' });

        my ($get) = grep { $_->{method} eq 'GET' && $_->{uri} =~ /webdav/ }
                    @{ cloud($cloud => 'log') };
        my %sent = map { lc $_->[0] => $_->[1] } @{ $get->{headers} };

        like(delete $sent{authorization}, qr/^Bearer \S+$/,
             "$cloud - with the reader's token");
        ok(delete $sent{host}, "$cloud - Host");
        like(delete $sent{'user-agent'}, qr/nginx|owncloud/i,
             "$cloud - User-Agent");
        delete @sent{qw(connection accept accept-encoding content-length)};
        is_deeply(\%sent, {}, "$cloud - and nothing of the browser's");
    }

    $nginx->finish;
}


# what may run something is saved and not shown

sub types {
    my $nginx = links_nginx();
    my $student = reader($nginx, student1 => NC => 'alice');

    for my $case (
        ['a.html', 'application/octet-stream', 'attachment'],
        ['a.svg', 'application/octet-stream', 'attachment'],
        ['a.xml', 'application/octet-stream', 'attachment'],
        ['a.js', 'application/octet-stream', 'attachment'],
        ['a.swf', 'application/octet-stream', 'attachment'],
        ['noextension', 'application/octet-stream', 'attachment'],
        ['a.txt.html', 'application/octet-stream', 'attachment'],
        ['a.docx', 'application/octet-stream', 'attachment'],
        ['a.JPG', 'image/jpeg', 'inline'],
        ['a.mp4', 'video/mp4', 'inline'])
    {
        my ($name, $type, $how) = @$case;
        my $body = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script>';

        put(NC => $name, $body);
        hand_in($student, NC => $name);

        my $answer = open_file($student, $name);
        my $header = $answer->{headers};

        is($answer->{body}, $body, "$name - the file");
        is($header->{'content-type'}, $type, "$name - its type");
        like($header->{'content-disposition'}, qr/^$how; filename="\Q$name\E"/,
             "$name - $how");
        like($header->{'content-security-policy'},
             $name =~ /mp4/ ? qr/sandbox allow-same-origin$/ : qr/sandbox$/,
             "$name - in a sandbox");
        unlike($header->{'content-security-policy'}, qr/script/,
               "$name - that runs nothing");
        is($header->{'x-content-type-options'}, 'nosniff',
           "$name - and no guess");
    }

    $nginx->finish;
}


sub titles {
    my $nginx = links_nginx();
    my $student = reader($nginx, student1 => NC => 'alice');

    for my $case (
        ['Übung "1".txt', q(filename="__bung _1_.txt"; )
         . q(filename*=UTF-8''%C3%9Cbung%20%221%22.txt)],
        ["it's; a=b.txt", q(filename="it's; a=b.txt"; )
         . q(filename*=UTF-8''it%27s%3B%20a%3Db.txt)],
        ['100%.txt', q(filename="100_.txt"; )
         . q(filename*=UTF-8''100%25.txt)],
        ['😀.txt', q(filename="____.txt"; )
         . q(filename*=UTF-8''%F0%9F%98%80.txt)])
    {
        my ($name, $value) = @$case;
        my $title = $name;

        utf8::decode($title);
        cloud(NC => 'file', { user => 'alice', path => "/$title",
                              content => 'x' });
        hand_in($student, NC => $title);

        my $answer = open_file($student, $name);

        is($answer->{body}, 'x', "$name - the file")
            or diag($answer->{status});
        is($answer->{headers}{'content-disposition'}, "inline; $value",
           "$name - its name");
    }

    $nginx->finish;
}


sub ranges {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');
        my $body = join '', 0 .. 9999;
        my $size = length $body;

        put($cloud, 'numbers.txt', $body);
        hand_in($student, $cloud => 'numbers.txt');

        my $etag = open_file($student, 'numbers.txt')->{headers}{etag};

        for my $case (['0-9', 0, 9], ['100-', 100, $size - 1],
                      ['-5', $size - 5, $size - 1], ["0-999999", 0, $size - 1])
        {
            my ($range, $from, $to) = @$case;
            my $answer = open_file($student, 'numbers.txt',
                                   header => { Range => "bytes=$range" });

            is($answer->{status}, 206, "$cloud - $range");
            is($answer->{headers}{'content-range'}, "bytes $from-$to/$size",
               "$cloud - $range, what it is");
            is($answer->{body}, substr($body, $from, $to - $from + 1),
               "$cloud - $range, its bytes");
        }

        my $answer = open_file($student, 'numbers.txt',
                               header => { Range => "bytes=$size-" });

        is($answer->{status}, 416, "$cloud - there is no more");
        is($answer->{body}, '', "$cloud - without the cloud's words");

        $answer = open_file($student, 'numbers.txt',
            header => { Range => 'bytes=0-9', 'If-Range' => $etag });
        is($answer->{status}, 206, "$cloud - of what it knows");

        $answer = open_file($student, 'numbers.txt',
            header => { Range => 'bytes=0-9', 'If-Range' => '"other"' });
        is($answer->{status}, 200, "$cloud - of what it does not know");
        is($answer->{body}, $body, "$cloud - all of it");

        $answer = open_file($student, 'numbers.txt', method => 'HEAD');
        is($answer->{status}, 200, "$cloud - HEAD");
        is($answer->{headers}{'content-length'}, $size, "$cloud - its length");
        is($answer->{body}, '', "$cloud - and no body");

        $answer = open_file($student, 'numbers.txt',
                            header => { Range => $_ }),
        is($answer->{status}, 200, "$cloud - $_ is ignored"),
        is($answer->{body}, $body, "$cloud - $_, all of it")
            for 'lines=0-9', 'bytes=0-1,5-9', "bytes=0-9\tx", 'bytes=';
    }

    $nginx->finish;
}


# a film asks for more of itself, long after the page was opened

sub films {
    my $nginx = links_nginx(clock => $clock);

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');
        my $teacher = reader($nginx, teacher1 => $cloud => 'teacher1');
        my $body = join '', 0 .. 9999;
        my %range = (Range => 'bytes=10-19');

        put($cloud, 'film.mp4', $body);
        hand_in($student, $cloud => 'film.mp4');

        my $link = location($student, path('film.mp4'));

        $student->request(GET => $link);
        cloud($cloud => 'log', undef, 'DELETE');
        $clock->set(50 * 60);

        my $answer = $student->request(GET => $link, undef, %range);

        is($answer->{status}, 206, "$cloud - later") or diag($answer->{body});
        is($answer->{body}, substr($body, 10, 10), "$cloud - its bytes");
        is($answer->{headers}{'content-type'}, 'video/mp4',
           "$cloud - its type");
        is_deeply([map { s/ .*//r } grep { /webdav|shares/ }
                   requests($cloud)], ['GET'], "$cloud - by one call");

        is($student->request(GET => $link)->{status}, 403,
           "$cloud - not from the beginning, without Moodle");
        is($teacher->request(GET => $link, undef, %range)->{status}, 403,
           "$cloud - and nobody else");

        # taken away from the reader in between: no more of it

        is(dav($cloud, alice => DELETE => '/Moodlefiles/film.mp4')->{status},
           204, "$cloud - it is removed");
        is($student->request(GET => $link, undef, %range)->{status}, 404,
           "$cloud - and not there");

        # three hours after it was opened, however often there was more of it

        $clock->set(170 * 60);
        is($student->request(GET => $link, undef, %range)->{status}, 404,
           "$cloud - still");
        $clock->set(181 * 60);
        is($student->request(GET => $link, undef, %range)->{status}, 403,
           "$cloud - three hours later");
        $clock->set(0);
    }

    $nginx->finish;
}


# nothing is kept, so nothing is "not modified"

sub conditions {
    my $nginx = links_nginx();
    my $student = reader($nginx, student1 => NC => 'alice');

    hand_in($student, NC => 'notes.txt');

    my $etag = open_file($student, 'notes.txt')->{headers}{etag};

    for my $header ({ 'If-None-Match' => $etag }, { 'If-Match' => '"other"' },
                    { 'If-Unmodified-Since' => 'Thu, 01 Jan 1970 00:00:00 GMT' },
                    { 'If-Modified-Since' => 'Sun, 29 Nov 2099 00:00:00 GMT' })
    {
        is(open_file($student, 'notes.txt', header => $header)->{status}, 200,
           join '', keys %$header);
    }

    $nginx->finish;
}


# a page in place of the file is no file

sub pages {
    my $nginx = links_nginx(setting => { read_timeout => '1s' });
    my $student = reader($nginx, student1 => NC => 'alice');
    my $get = '^GET /remote.php/webdav/Moodlefiles';

    hand_in($student, NC => 'notes.txt');
    open_file($student, 'notes.txt');

    for my $case (
        ['a page', { action => 'status', status => 200, body => 'html' }, 502],
        ['404', { action => 'status', status => 404, body => 'dav' }, 404],
        ['403', { action => 'status', status => 403, body => 'dav' }, 403],
        ['423', { action => 'status', status => 423, body => 'dav' }, 503],
        ['500', { action => 'status', status => 500, body => 'html' }, 502],
        ['304', { action => 'status', status => 304, body => 'none' }, 502],
        ['204', { action => 'status', status => 204, body => 'none' }, 502],
        ['elsewhere', { action => 'redirect',
                        location => 'http://other.example/' }, 502],
        ['packed', { action => 'gzip' }, 502],
        ['a byte less', { action => 'cut', bytes => -1 }, 502],
        ['closed', { action => 'close' }, 502],
        ['reset', { action => 'reset' }, 502],
        ['late', { delay => 4 }, 504])
    {
        my ($name, $fault, $status) = @$case;

        cloud(NC => 'faults', { match => $get, times => -1, %$fault });

        my $answer = open_file($student, 'notes.txt');

        is($answer->{status}, $status, "$name - its status");
        like($answer->{body}, qr/<title>This file cannot be opened/,
             "$name - our page");
        like($answer->{headers}{'content-type'}, qr{^text/html},
             "$name - which is one");
        unlike($answer->{body}, qr/sabre|hello stand-in|Internal Server/i,
               "$name - and nothing else");
        is($answer->{headers}{'content-disposition'}, undef,
           "$name - not to be saved");

        cloud(NC => 'faults', undef, 'DELETE');
    }

    is(open_file($student, 'notes.txt')->{status}, 200, 'and then again');

    # WebDAV that says when it is there again is left alone until then

    cloud(NC => 'faults', { match => $get, times => -1, action => 'status',
                            status => 503, headers => { 'Retry-After' => 60 },
                            body => 'html' });

    is(open_file($student, 'notes.txt')->{status}, 503, '503 - its status');
    cloud(NC => 'log', undef, 'DELETE');
    is(open_file($student, 'notes.txt')->{status}, 503, '503 - once more');
    is_deeply([requests('NC', qr{/remote\.php/})], [], '503 - without a call');

    cloud(NC => 'faults', undef, 'DELETE');
    $nginx->finish;
}


# an answer that is not sent on is no fault of the server's: with several of
# them, nginx would ask it no more for a while

sub blameless {
    my ($port) = standins()->{CLOUD_NC_URL} =~ /:(\d+)/;
    my $nginx = links_nginx(setting => { upstream => 'pool' }, no_start => 1);

    $nginx->configure(keys => <<"EOT");
    owncloud_seal_key  $nginx->{dir}/seal.key;

    upstream pool {
        server  127.0.0.1:$port;
        server  127.0.0.1:$port;
    }
EOT
    $nginx->start;
    fresh($nginx);

    my $student = reader($nginx, student1 => NC => 'alice');

    hand_in($student, NC => 'notes.txt');

    is(open_file($student, 'notes.txt',
                 header => { Range => 'bytes=99999999-' })->{status}, 416,
       'there is no such part') for 1 .. 4;
    is(open_file($student, 'notes.txt')->{status}, 200,
       'and the cloud is still there');
    unlike($nginx->log, qr/no live upstreams|temporarily disabled/,
           'no server was given up');

    $nginx->finish;
}


# what breaks off on the way breaks off for the reader as well

sub cut {
    my $nginx = links_nginx(setting => { read_timeout => '1s' });
    my $student = reader($nginx, student1 => NC => 'alice');
    my $get = '^GET /remote.php/webdav/Moodlefiles';
    my $body = 'x' x 300_000;
    my $curl = Owncloud::HTTP::curl();

    put(NC => 'long.txt', $body);
    hand_in($student, NC => 'long.txt');
    open_file($student, 'long.txt');

    for my $case (['truncated', { action => 'truncate' }],
                  ['chunks', { action => 'truncate_chunked' }],
                  ['an end too soon', { action => 'cut_chunked' }],
                  ['one byte less', { action => 'cut_chunked',
                                      bytes => 299_999 }])
    {
        my ($name, $fault) = @$case;

        cloud(NC => 'faults', { match => $get, times => 1, %$fault });

        my $answer = $curl->(GET => $nginx->url
                             . location($student, path('long.txt')),
                             { Cookie => $student->cookie_header('/repository/owncloud/link/') });

        isnt($answer->{exit}, 0, "$name - the browser sees it");
        cmp_ok(length $answer->{body}, '<', length $body, "$name - cut");
    }

    like($nginx->log, qr/\[error\].*cloudbroken.*: a whole file of 299999 /,
         'told in the log');

    # a browser that goes away ends the call

    cloud(NC => 'faults', { match => $get, times => 1, action => 'drip',
                            bytes => 1000, interval => 0.1 });

    my $answer = Owncloud::HTTP::curl('--max-time', 1)->(
        GET => $nginx->url . location($student, path('long.txt')),
        { Cookie => $student->cookie_header('/repository/owncloud/link/') });

    is($answer->{exit}, 28, 'a browser went away');
    ok(wait_for(sub { 6 == (() = $nginx->access_log =~ m{/link/}g) }, 10),
       'and the request ended') or diag($nginx->access_log);

    cloud(NC => 'faults', undef, 'DELETE');
    is(open_file($student, 'long.txt')->{body}, $body, 'and then again');

    $nginx->finish;
}


# of two versions of a file no parts are mixed, and no part is taken for all

sub versions {
    my $nginx = links_nginx(setting =>
                            { base_url => standins()->{CLOUD_RAW_NC_URL} });
    my $student = reader($nginx, student1 => NC => 'alice');
    my $get = '^GET /remote.php/webdav/Moodlefiles';

    put(NC => 'old.txt', 'x' x 100);
    hand_in($student, NC => 'old.txt');
    open_file($student, 'old.txt');

    my $head = sub {
        my ($status, $range, $body, $etag) = @_;

        return "HTTP/1.1 $status\r\nETag: " . ($etag // '"1"') . "\r\n"
            . ($range ? "Content-Range: bytes $range\r\n" : '')
            . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    };

    my $ten = 'y' x 10;
    my @cases = (
        # what the cloud sends, what was asked for, status, code
        ['the part', $head->('206 P', '0-9/100', $ten), [], 206],
        ['of the same tag', $head->('206 P', '0-9/100', $ten),
         ['If-Range' => '"1"'], 206],
        ['of another tag', $head->('206 P', '0-9/100', $ten, '"2"'),
         ['If-Range' => '"1"'], 'cloudchanged'],
        ['of a weak tag', $head->('206 P', '0-9/100', $ten, 'W/"1"'),
         ['If-Range' => '"1"'], 'cloudchanged'],
        ['of a longer file', $head->('206 P', '0-9/101', $ten), [],
         'cloudchanged'],
        ['another part', $head->('206 P', '10-19/100', $ten), [],
         'cloudinvalid'],
        ['a larger part', $head->('206 P', '0-10/100', $ten . 'y'), [],
         'cloudinvalid'],
        ['less than it says', $head->('206 P', '0-9/100', 'y' x 9), [],
         'cloudinvalid'],
        ['a smaller part', $head->('206 P', '0-8/100', 'y' x 9), [],
         'cloudinvalid'],
        ['which part', $head->('206 P', undef, $ten), [], 'cloudinvalid'],
        ['no range', $head->('206 P', 'x', $ten), [], 'cloudinvalid'],
        ['no range, but a length', $head->('206 P', '*/100', $ten), [],
         'cloudinvalid'],
        ['of two parts', $head->('206 P', '0-9/100,20-29/100', $ten), [],
         'cloudinvalid'],
        ['until the end', "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
         . "Connection: close\r\n\r\n" . 'x' x 100, [], 'cloudinvalid'],
        ['a part until the end', "HTTP/1.1 206 P\r\nETag: \"1\"\r\n"
         . "Content-Range: bytes 0-9/100\r\nConnection: close\r\n\r\n$ten",
         [], 'cloudinvalid'],
        ['all of a longer file', $head->('200 OK', undef, 'x' x 101), [],
         'cloudchanged'],
    );

    for my $case (@cases) {
        my ($name, $bytes, $condition, $want) = @$case;

        cloud(NC => 'raw', undef, 'DELETE');
        cloud(NC => 'raw', { match => $get, times => 1,
                             steps => [{ send => $bytes }, { close => 1 }] });

        my $seen = length $nginx->access_log;
        my $answer = open_file($student, 'old.txt',
            header => { Range => 'bytes=0-9', @$condition });

        if ($want =~ /^\d/) {
            is($answer->{status}, $want, "$name - status");
            is($answer->{body}, $ten, "$name - its bytes");
            is($answer->{headers}{etag}, '"1"', "$name - its tag");

        } else {
            is($answer->{status}, 502, "$name - status");
            unlike($answer->{body}, qr/yyy|xxx/, "$name - nothing of it");
            ok(wait_for(sub { substr($nginx->access_log, $seen)
                              =~ /e=$want$/m }, 5), "$name - $want")
                or diag(substr $nginx->access_log, $seen);
        }
    }

    # a condition that says nothing of bytes: all of it, and not asked in parts

    cloud(NC => 'raw', undef, 'DELETE');

    for my $value ('W/"1"', 'Sun, 29 Nov 2026 00:00:00 GMT', '"a", "b"', 'x') {
        cloud(NC => 'log', undef, 'DELETE');

        my $answer = open_file($student, 'old.txt',
            header => { Range => 'bytes=0-9', 'If-Range' => $value });

        is($answer->{status}, 200, "$value - all of it");
        is($answer->{body}, 'x' x 100, "$value - its bytes");
        is_deeply([grep { lc $_->[0] eq 'range' } map { @{ $_->{headers} } }
                   @{ cloud(NC => 'log') }], [], "$value - not asked for");
    }

    $nginx->finish;
}


# no command in a file is run, whatever nginx does with other pages

sub commands {
    my $nginx = links_nginx(more => "ssi on;\nssi_types *;\n");
    my $student = reader($nginx, student1 => NC => 'alice');
    my $body = 'a <!--# echo var="request_method" -->'
               . '<!--# include virtual="/theme/x" --> b';

    put(NC => 'commands.txt', $body);
    hand_in($student, NC => 'commands.txt');

    my $answer = open_file($student, 'commands.txt');

    is($answer->{status}, 200, 'commands - opened');
    is($answer->{body}, $body, 'commands - as it is');

    my $part = open_file($student, 'commands.txt',
                         header => { Range => 'bytes=0-9' });

    is($part->{body}, substr($body, 0, 10), 'commands - a part');

    # nor in an answer of Moodle's that is kept from the client

    $nginx->moodle('fault', match => 'action=searchform', times => -1,
        type => 'garbage', value => '{"repo_id":8,"form":"'
            . '<!--# include virtual=/theme/x -->"}');

    my $form = $student->raw(searchform => 8, ctx_id => 16);

    is($form->{body},
       '{"repo_id":8,"form":"<!--# include virtual=/theme/x -->"}',
       'commands - what Moodle said');
    unlike($nginx->access_log, qr{/theme/x}, 'commands - nothing is included');

    $nginx->finish;
}


# as it comes, not into memory, nor onto disk

sub large {
    my $nginx = links_nginx();
    my $student = reader($nginx, student1 => NC => 'alice');
    my $body = join '', map { sha256_hex($_) x 1024 } 1 .. 512;

    put(NC => 'large.bin', $body);
    hand_in($student, NC => 'large.bin');

    my $curl = Owncloud::HTTP::curl('--limit-rate', '40M');
    my $answer = $curl->(GET => $nginx->url
                         . location($student, path('large.bin')),
                         { Cookie => $student->cookie_header('/repository/owncloud/link/') });

    is(length $answer->{body}, length $body, '32 MiB');
    is(sha256_hex($answer->{body}), sha256_hex($body), 'byte by byte');

    my ($worker) = $nginx->workers;
    my $memory = Owncloud::HTTP::read_file("/proc/$worker/status");

    unlike($nginx->log, qr/temporary file/, 'nothing on disk');

    if (!$ENV{TEST_NGINX_SANITIZED} && !$ENV{TEST_NGINX_VALGRIND}) {
        my ($peak) = $memory =~ /VmHWM:\s+(\d+)/;
        cmp_ok($peak, '<', 40 * 1024, 'nor in memory (KiB)');
    }

    $nginx->finish;
}


# "open redirect": in the cloud's own pages, where it can be edited

sub in_the_cloud {
    my $nginx = links_nginx(repository => 'open  redirect;');
    my $env = standins();

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');

        hand_in($student, $cloud => 'notes.txt');

        my $answer = open_file($student, 'notes.txt');
        my ($file) = grep { $_->{path} eq '/Moodlefiles/notes.txt' }
                     @{ cloud($cloud => 'holdings?user=alice')->{files} };

        is($answer->{status}, 302, "$cloud - sent to the cloud");
        like($answer->{headers}{location},
             qr{^\Q$env->{"CLOUD_${cloud}_URL"}\Eindex\.php/f/\d+$},
             "$cloud - to the file's page");
        is($answer->{headers}{'referrer-policy'}, 'no-referrer',
           "$cloud - without the ticket");
    }

    $nginx->finish;
}
