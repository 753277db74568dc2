#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What the cloud receives, byte for byte, and what of its answers does not
# reach the browser.

use v5.20;
use warnings;

use MIME::Base64;
use Test::More;

use Owncloud qw(cloud standins);
use Owncloud::HTTP;
use Owncloud::TestNginx;
use Test::Nginx::Socket;

# what clients may send, and some would like to see passed on

our %hostile = (
    'Accept'                => 'text/html',
    'Accept-Encoding'       => 'gzip, br',
    'Accept-Language'       => 'de',
    'Authorization'         => 'Basic aW50cnVkZXI6aW50cnVkZXI=',
    'Depth'                 => 'infinity',
    'Destination'           => '/elsewhere',
    'Forwarded'             => 'for=192.0.2.1',
    'If'                    => '(<urn:uuid:x>)',
    'If-Match'              => '"x"',
    'If-Modified-Since'     => 'Fri, 02 Jan 2026 03:04:05 GMT',
    'If-None-Match'         => '"x"',
    'OCS-APIRequest'        => 'true',
    'Origin'                => 'http://127.0.0.1',
    'Proxy-Authorization'   => 'Basic eDp4',
    'Range'                 => 'bytes=0-9',
    'Referer'               => 'http://127.0.0.1/mod/assign/view.php?id=2',
    'User-Agent'            => 'Mozilla/5.0',
    'X-Accel-Redirect'      => '/secret',
    'X-Accel-Buffering'     => 'no',
    'X-Forwarded-For'       => '192.0.2.1',
    'X-Forwarded-Host'      => 'evil.example',
    'X-HTTP-Method-Override' => 'DELETE',
    'X-Original-URL'        => '/secret',
    'X-Real-IP'             => '192.0.2.1',
    'X-Requested-With'      => 'XMLHttpRequest',
);

our $hostile = join '', map { "$_: $hostile{$_}\n" } sort keys %hostile;

our $good = multistatus(NC => '/', ['good.txt', 5]);

# all that the client gets

our $head = '^HTTP/1\.1 200 OK\r\nServer: nginx[^\r\n]*\r\n'
            . 'Date: (?!Fri, 02 Jan)[^\r\n]*\r\n'
            . 'Content-Type: application/json; charset=utf-8\r\n'
            . 'Content-Length: \d+\r\nConnection: close\r\n'
            . 'Cache-Control: no-store\r\n'
            . 'X-Content-Type-Options: nosniff\r\n(?:\r\n)?$';

plan('no_plan');
run_tests();

cloud($_ => 'reset', {}) for qw(NC OC);
clients();
one_connection();
no_kept_connections();


# the names of the headers, as the cloud's log has them

sub names {
    my $request = shift;

    return join ' ', sort map { $_->[0] } @{ $request->{headers} };
}


# other ways to send a form

sub clients {
    my $nginx = Owncloud->new;
    my $expected = 'Authorization Connection Content-Length Content-Type Depth '
                   . 'Host User-Agent';

    for my $way (['HTTP/1.1', [], {}],
                 ['HTTP/1.1, chunked', [],
                  { 'Transfer-Encoding' => 'chunked' }],
                 ['HTTP/1.1, Expect', [], { 'Expect' => '100-continue' }],
                 ['HTTP/1.1, Upgrade', [], { 'Connection' => 'upgrade, TE',
                                             'Upgrade' => 'websocket',
                                             'TE' => 'trailers' }],
                 ['HTTP/2', ['--http2'], {}])
    {
        my ($name, $option, $header) = @$way;

        my $browser = $nginx->browser(
            url  => $nginx->tls_url,
            http => Owncloud::HTTP::curl(@$option ? @$option : '--http1.1'));

        $browser->sign_in(8);
        cloud(NC => 'log', undef, 'DELETE');

        my $answer = $browser->request('POST',
            '/repository/repository_ajax.php?action=list',
            $browser->picker_form(8, p => '/Documents/'), %hostile, %$header,
            'Content-Type' => 'application/x-www-form-urlencoded');

        like($answer->{body}, qr/"title":"Lecture 1"/, "$name - listed");
        is($answer->{version}, $name =~ /^HTTP\/2/ ? 2 : '1.1',
           "$name - spoken by the client");

        my $log = cloud(NC => 'log');

        is(scalar @$log, 1, "$name - one request");
        is("$log->[0]{method} $log->[0]{uri} $log->[0]{protocol}",
           'PROPFIND /remote.php/webdav/Documents/ HTTP/1.1',
           "$name - what it was");
        is(names($log->[0]), $expected, "$name - its headers");
        is((grep { $_->[0] eq 'Depth' } @{ $log->[0]{headers} })[0][1], 1,
           "$name - Depth");
    }

    $nginx->finish;
}


sub connections {
    my ($cloud, $repository, $count, %option) = @_;

    my $nginx = Owncloud->new(%option);
    my $browser = $nginx->browser;

    $browser->sign_in($repository);
    cloud($cloud => 'log', undef, 'DELETE');

    for (1 .. $count) {
        is($browser->titles(list => $repository)->[0], 'Documents',
           "$cloud - listing $_");
    }

    my $log = cloud($cloud => 'log');
    my %connection = map { $_->{connection} => 1 } @$log;

    is(scalar @$log, $count, "$cloud - as many requests as listings");
    is(scalar(grep { $_->{scheme} ne 'https' } @$log), 0, "$cloud - https");

    $nginx->finish;

    return scalar keys %connection;
}


sub one_connection {
    is(connections(NC => 8, 20), 1, 'NC - over one connection');
    is(connections(OC => 7, 20), 1, 'OC - over one connection');
}


sub no_kept_connections {
    is(connections(NC => 8, 5, setting => { keepalive => 0 }), 5,
       'keepalive 0 - a connection each');
}


__DATA__

=== TEST 1: a listing, byte for byte
--- raw
--- folder: /Documents/
--- wire
PROPFIND /remote.php/webdav/Documents/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>
--- saw
PROPFIND /remote.php/webdav/Documents/


=== TEST 2: ownCloud, below a path, a name that is escaped
--- cloud: OC
--- raw
--- folder eval: "/special/folder # & + %41 'q' \xc3\xbc/"
--- wire
PROPFIND /oc/remote.php/webdav/special/
 + folder%20%23%20%26%20%2B%20%2541%20%27q%27%20%C3%BC/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_OC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>
--- titles
inside.txt


=== TEST 3: over plain HTTP, by order
--- raw
--- plain
--- wire
PROPFIND /remote.php/webdav/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_HTTP_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>


=== TEST 4: nothing of the client's headers
--- raw
--- headers eval: $main::hostile
--- wire
PROPFIND /remote.php/webdav/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>
--- then: good


=== TEST 5: nothing of the client's form but the folder
--- raw
--- folder: /ten/
--- fields
{"method": "DELETE", "depth": "infinity", "url": "http://127.0.0.1:1/",
 "Authorization": "Basic eDp4", "page": "2\r\nX-Injected: 1"}
--- wire
PROPFIND /remote.php/webdav/ten/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>


=== TEST 6: a WebDAV endpoint of its own
--- raw
--- issuer eval
my $port = Owncloud::standins()->{CLOUD_RAW_NC_HTTP_PORT};
"webdav_endpoint  http://127.0.0.1:$port/remote.php/dav/files/alice/;
 insecure  on;"
--- folder: /Documents/
--- wire
PROPFIND /remote.php/dav/files/alice/Documents/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_HTTP_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Depth: 1
Content-Type: application/xml; charset=utf-8
Content-Length: 166

<?xml version="1.0" encoding="utf-8"?><LF><d:propfind xmlns:d="DAV:">
 + <d:prop><d:getlastmodified/><d:getcontentlength/><d:resourcetype/>
 + <d:getetag/></d:prop></d:propfind>
--- columns: title path
--- table eval
"Lecture 1 | /Documents/Lecture 1/\n"
. "\xc3\x9cmlaut \xc3\x96rdner | /Documents/\xc3\x9cmlaut \xc3\x96rdner/\n"
. "plan.md | -\n"


=== TEST 7: nothing of the cloud's headers
--- before
location = /secret { return 200 secret; }
--- raw eval
main::answer("HTTP/1.1 207 Multi-Status\r\n"
    . "Server: Apache\r\n"
    . "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
    . "Content-Type: text/html; charset=iso-8859-1\r\n"
    . "Content-Length: " . length($main::good) . "\r\n"
    . "Content-Disposition: attachment\r\n"
    . "Set-Cookie: oc_sessionPassphrase=x; path=/\r\n"
    . "Set-Cookie: MoodleSession=fixed; path=/\r\n"
    . "X-Accel-Redirect: /secret\r\n"
    . "X-Accel-Expires: 3600\r\n"
    . "X-Accel-Buffering: yes\r\n"
    . "X-Accel-Charset: utf-16\r\n"
    . "X-Accel-Limit-Rate: 1\r\n"
    . "X-Sendfile: /etc/passwd\r\n"
    . "Refresh: 0; url=/secret\r\n"
    . "Location: /secret\r\n"
    . "WWW-Authenticate: Basic realm=x\r\n"
    . "ETag: \"x\"\r\n"
    . "Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
    . "Cache-Control: public, max-age=3600\r\n"
    . "Expires: Fri, 02 Jan 2037 03:04:05 GMT\r\n"
    . "Accept-Ranges: bytes\r\n"
    . "Vary: *\r\n"
    . "Upgrade: h2c\r\n"
    . "Access-Control-Allow-Origin: *\r\n"
    . "\r\n$main::good")
--- titles
good.txt
--- raw_response_headers_like eval: [$main::head, $main::head]
--- log
--- then: good


=== TEST 8: nothing of them with an error
--- before
location = /secret { return 200 secret; }
--- raw eval
main::answer("HTTP/1.1 403 Forbidden\r\nX-Accel-Redirect: /secret\r\n"
    . "Set-Cookie: a=b\r\nRefresh: 0\r\nContent-Length: 6\r\n\r\nsecret")
--- error: cloudforbidden
--- raw_response_headers_like eval: [$main::head, $main::head]
--- then: good
