#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# HTTP as no web server would speak it, and some that is odd but right.  The
# list inside is good every time, so that it is the HTTP that decides; and the
# listing after it, over the same or another connection, is right.

use v5.20;
use warnings;

use MIME::Base64;
use Test::More;

use Owncloud::TestNginx;
use Test::Nginx::Socket;

our $list = multistatus(NC => '/Documents/', ['good.txt', 5]);
our $ok = "HTTP/1.1 207 Multi-Status\r\nContent-Type: application/xml\r\n";
our $length = 'Content-Length: ' . length($list) . "\r\n";
our $chunked = "Transfer-Encoding: chunked\r\n\r\n";
our $chunk = sprintf "%x\r\n%s\r\n", length $list, $list;
our $small = join '', map { sprintf "%x\r\n%s\r\n", length $_, $_ }
                          $list =~ /.{1,7}/sg;

add_block_preprocessor(sub { $_[0]->set_value(folder => '/Documents/') });

plan('no_plan');
run_tests();

__DATA__

=== TEST 1: as it should be
--- raw eval: main::answer("$main::ok$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 2: no reason
--- raw eval: main::answer("HTTP/1.1 207\r\n$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 3: a space and no reason
--- raw eval: main::answer("HTTP/1.1 207 \r\n$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 4: the cloud's own answer, without a reason
--- raw: {"match": "^PROPFIND", "preset": "own_no_reason"}
--- titles eval: "Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"
--- then: good
--- log


=== TEST 5: lines that end with a line feed only
--- raw eval
main::answer("$main::ok$main::length\n" =~ s/\r//gr . $main::list)
--- titles: good.txt
--- then: good
--- log


=== TEST 6: HTTP/1.0, until the end of the connection
--- raw eval
main::answer("HTTP/1.0 207 Multi-Status\r\n\r\n$main::list", 'close')
--- titles: good.txt
--- then: good
--- log


=== TEST 7: HTTP/1.0 with a length
--- raw eval
main::answer("HTTP/1.0 207 Multi-Status\r\n$main::length\r\n$main::list",
    'close')
--- titles: good.txt
--- then: good
--- log


=== TEST 8: until the end of the connection
--- raw eval
main::answer("${main::ok}Connection: close\r\n\r\n$main::list", 'close')
--- titles: good.txt
--- then: good
--- log


=== TEST 9: the same, and something is missing
--- raw eval
main::answer("${main::ok}Connection: close\r\n\r\n"
    . substr($main::list, 0, 300), 'close')
--- error: cloudbroken
--- then: good
--- log
error: cloudbroken: multistatus from "nc" for "/remote.php/webdav/Documents/" reje


=== TEST 10: until the end, without a word of that
--- raw eval: main::answer("$main::ok\r\n$main::list", 'close')
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid framing
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 11: the connection is closed after an answer with a length
--- raw eval
main::answer("${main::ok}Connection: close\r\n$main::length\r\n$main::list",
    'close')
--- titles: good.txt
--- then: good
--- log


=== TEST 12: a chunk
--- raw eval
main::answer("$main::ok$main::chunked${main::chunk}0\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 13: many small chunks
--- raw eval
main::answer("$main::ok$main::chunked${main::small}0\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 14: chunks with extensions, trailers and odd sizes
--- raw eval
main::answer("$main::ok$main::chunked"
    . sprintf("000%X;name=\"value\"\r\n%s\r\n", length $main::list, $main::list)
    . "0;last\r\nX-Trailer: x\r\nContent-Length: 3\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 15: early hints
--- raw eval
main::answer("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    . "$main::ok$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 16: continue
--- raw eval
main::answer("HTTP/1.1 100 Continue\r\n\r\n"
    . "$main::ok$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 17: several interim answers, with headers that look like framing
--- raw eval
main::answer("HTTP/1.1 100 Continue\r\n\r\n"
    . "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n"
    . "HTTP/1.1 103\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    . "$main::ok$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 18: byte by byte
--- raw eval
Owncloud::TestNginx::encode_json({ match => '^PROPFIND', steps => [
    { drip => "$main::ok$main::length\r\n$main::list" }, { keep => 1 }] })
--- titles: good.txt
--- then: good
--- log


=== TEST 19: byte by byte, chunked, after an interim answer
--- raw eval
Owncloud::TestNginx::encode_json({ match => '^PROPFIND', steps => [
    { drip => "HTTP/1.1 100 Continue\r\n\r\n"
              . "$main::ok$main::chunked${main::small}0\r\n\r\n" },
    { keep => 1 }] })
--- titles: good.txt
--- then: good
--- log


=== TEST 20: the cloud's own answer, byte by byte
--- raw: {"match": "^PROPFIND", "preset": "own_drip", "interval": 0}
--- titles eval: "Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"
--- then: good
--- log


=== TEST 21: headers in any case, with spaces around values
--- raw eval
main::answer("HTTP/1.1 207 x\r\ntransfer-ENCODING:   CHUNKED  \r\n\r\n"
    . "${main::chunk}0\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 22: the same length twice
--- raw eval
main::answer("$main::ok$main::length$main::length\r\n$main::list")
--- titles: good.txt
--- then: good
--- log


=== TEST 23: not compressed, as it says
--- raw eval
main::answer("${main::ok}Content-Encoding: identity\r\n$main::length\r\n"
    . $main::list)
--- titles: good.txt
--- then: good
--- log


=== TEST 24: more than its length: the rest is no answer to anything
--- raw eval
main::answer("$main::ok$main::length\r\n$main::list"
    . "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 25: more than its chunks
--- raw eval
main::answer("$main::ok$main::chunked${main::chunk}0\r\n\r\n"
    . "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
--- titles: good.txt
--- then: good
--- log


=== TEST 26: a body where there is none
--- raw eval
main::answer("HTTP/1.1 204 No Content\r\n\r\n"
    . "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
--- error: cloudinvalid
--- then: good


=== TEST 27: an error with a body of its length is read to its end
--- raw eval
main::answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 5000\r\n\r\n"
    . 'x' x 5000)
--- error: cloudforbidden
--- then: good


=== TEST 28: an error with a chunked body
--- raw eval
main::answer("HTTP/1.1 403 Forbidden\r\n$main::chunked"
    . "5\r\nabcde\r\n0\r\n\r\n")
--- error: cloudforbidden
--- then: good


=== TEST 29: an error with a body that nobody wants to read
--- raw eval
main::answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 5000000\r\n\r\n"
    . 'x' x 1000000, 'close')
--- error: cloudforbidden
--- then: good


=== TEST 30: an error whose body breaks off
--- raw eval
main::answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\nbroken",
    'close')
--- error: cloudbroken
--- then: good


=== TEST 31: garbage
--- raw: {"match": "^PROPFIND", "preset": "garbage"}
--- error: cloudinvalid
--- text
Nextcloud sent an invalid response. Please try again. If the problem persists,
tell your administrator.
--- then: good
--- log
error: cloud sent invalid status line
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 32: HTTP/0.9
--- raw: {"match": "^PROPFIND", "preset": "http09"}
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid status line
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 33: an empty line first
--- raw eval: main::answer("\r\n$main::ok$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid status line
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 34: a status that is no number
--- raw eval
main::answer("HTTP/1.1 2x7 Multi-Status\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid status line
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 35: a huge status
--- raw eval
main::answer("HTTP/1.1 99999 Huge\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 36: a status that does not exist
--- raw eval
main::answer("HTTP/1.1 999 Blocked\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid status
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 37: a status of two figures
--- raw eval: main::answer("HTTP/1.1 42 x\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 38: switching protocols
--- raw eval
main::answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"
    . "$main::ok$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid status
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 39: both framings
--- raw eval
main::answer("$main::ok$main::length$main::chunked${main::chunk}0\r\n\r\n")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid both "Content-Length" and "Transfer-Encoding"
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 40: both framings, the other way round
--- raw eval
main::answer("${main::ok}Transfer-Encoding: chunked\r\n$main::length\r\n"
    . "${main::chunk}0\r\n\r\n")
--- error: cloudinvalid
--- then: good


=== TEST 41: two lengths
--- raw eval
main::answer("$main::ok${main::length}Content-Length: 5\r\n\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid Content-Length
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 42: a list of lengths
--- raw eval
main::answer($main::ok . $main::length =~ s/(\d+)/$1, $1/r . "\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 43: a length that is no number
--- raw eval
main::answer("${main::ok}Content-Length: abc\r\n\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 44: a negative length
--- raw eval: main::answer("${main::ok}Content-Length: -1\r\n\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 45: a length with a sign
--- raw eval
main::answer($main::ok . $main::length =~ s/(\d)/+$1/r . "\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 46: a length of nothing
--- raw eval: main::answer("${main::ok}Content-Length:\r\n\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 47: a length that no number can hold
--- raw eval
main::answer("${main::ok}Content-Length: 99999999999999999999\r\n\r\n"
    . $main::list)
--- error: cloudinvalid
--- then: good


=== TEST 48: a huge length
--- raw eval
main::answer("${main::ok}Content-Length: 9000000000000000000\r\n\r\n"
    . $main::list)
--- error: cloudtoobig
--- then: good


=== TEST 49: an encoding of the transfer that is not known
--- raw eval
main::answer("${main::ok}Transfer-Encoding: gzip, chunked\r\n\r\n"
    . "${main::chunk}0\r\n\r\n")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid Transfer-Encoding
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 50: chunked twice
--- raw eval
main::answer("${main::ok}Transfer-Encoding: chunked\r\n$main::chunked"
    . "${main::chunk}0\r\n\r\n")
--- error: cloudinvalid
--- then: good


=== TEST 51: chunked, as HTTP/1.0 does not know it
--- raw eval
main::answer("HTTP/1.0 207 Multi-Status\r\n$main::chunked"
    . "${main::chunk}0\r\n\r\n", 'close')
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid "Transfer-Encoding" in HTTP/1.0
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 52: a compressed body
--- raw eval
main::answer("${main::ok}Content-Encoding: br\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid Content-Encoding
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 53: less than its length
--- raw eval
main::answer("${main::ok}Content-Length: 5000\r\n\r\n$main::list", 'close')
--- error: cloudbroken
--- text
The connection to Nextcloud was lost in the middle of a response. Please try
again.
--- then: good
--- log
error: upstream prematurely closed connection
error: cloudbroken from "nc" for PROPFIND "/remote.php/webdav/Documents/": statu


=== TEST 54: chunks without an end
--- raw eval: main::answer("$main::ok$main::chunked$main::chunk", 'close')
--- error: cloudbroken
--- then: good
--- log
error: upstream prematurely closed connection
error: cloudbroken from "nc" for PROPFIND "/remote.php/webdav/Documents/": statu


=== TEST 55: the last chunk without the last line
--- raw eval
main::answer("$main::ok$main::chunked${main::chunk}0\r\n", 'close')
--- error: cloudbroken
--- then: good


=== TEST 56: a size of a chunk that is no number
--- raw eval
main::answer("$main::ok${main::chunked}zz\r\n$main::list\r\n0\r\n\r\n")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid chunked body
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 57: a negative size of a chunk
--- raw eval
main::answer("$main::ok${main::chunked}-5\r\n$main::list\r\n0\r\n\r\n")
--- error: cloudinvalid
--- then: good


=== TEST 58: a huge chunk
--- raw eval
main::answer("$main::ok${main::chunked}ffffffffffffffff\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 59: a bad chunk after a good one
--- raw eval
main::answer("$main::ok$main::chunked${main::chunk}0x5\r\nabcde\r\n0\r\n\r\n")
--- error: cloudinvalid
--- then: good


=== TEST 60: a chunk that is longer than it says
--- raw eval
main::answer("$main::ok$main::chunked"
    . sprintf("%x\r\n%sXX\r\n0\r\n\r\n", length $main::list, $main::list))
--- error: cloudinvalid
--- then: good


=== TEST 61: a huge header
--- raw eval
main::answer("${main::ok}X-Huge: " . 'h' x 200000
    . "\r\n$main::length\r\n$main::list", 'close')
--- error: cloudinvalid
--- then: good
--- log
error: upstream sent too big header
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 62: many headers
--- raw eval
main::answer($main::ok . CORE::join('', map { "X-Many-$_: $_\r\n" } 1 .. 5000)
    . "$main::length\r\n$main::list", 'close')
--- error: cloudinvalid
--- then: good
--- log
error: upstream sent too big header
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 63: an endless row of interim answers
--- raw eval
main::answer("HTTP/1.1 100 Continue\r\n\r\n" x 5000, 'close')
--- error: cloudinvalid
--- then: good


=== TEST 64: a header without a name
--- raw eval: main::answer("$main::ok: x\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 65: a header without a colon
--- raw eval
main::answer("${main::ok}no colon here\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 66: a space before the colon
--- raw eval
main::answer("${main::ok}Content-Length : 5\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 67: a header that goes on in the next line
--- raw eval
main::answer("${main::ok}X-Folded: a\r\n b\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good


=== TEST 68: NUL in a header
--- raw eval
main::answer("${main::ok}X-Nul: a\0b\r\n$main::length\r\n$main::list")
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid header line
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 69: a header that does not end
--- fresh
--- raw eval: main::answer($main::ok, 'close')
--- error: cloudbroken
--- then: good
--- log
error: upstream prematurely closed connection
error: cloudbroken from "nc" for PROPFIND "/remote.php/webdav/Documents/": statu


=== TEST 70: a header that does not end, and then silence
--- issuer
read_timeout  300ms;
--- raw: {"match": "^PROPFIND", "preset": "no_header_end", "seconds": 3}
--- error: cloudtimeout
--- then: good
--- log
error: upstream timed out
error: cloudtimeout from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 71: silence
--- issuer
read_timeout  300ms;
--- raw: {"match": "^PROPFIND", "preset": "silence", "seconds": 3}
--- error: cloudtimeout
--- then: good
--- log
error: upstream timed out
error: cloudtimeout from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 72: closed
--- fresh
--- raw: {"match": "^PROPFIND", "preset": "close"}
--- error: cloudbroken
--- then: good
--- log
error: upstream prematurely closed connection
error: cloudbroken from "nc" for PROPFIND "/remote.php/webdav/Documents/": statu


=== TEST 73: reset
--- fresh
--- raw: {"match": "^PROPFIND", "preset": "reset"}
--- error: cloudbroken
--- then: good


=== TEST 74: reset within the header
--- fresh
--- raw: {"match": "^PROPFIND", "preset": "reset_in_head"}
--- error: cloudbroken
--- then: good


=== TEST 75: reset within the body
--- raw: {"match": "^PROPFIND", "preset": "reset_in_body"}
--- error: cloudbroken
--- then: good


=== TEST 76: reset within the cloud's own answer
--- raw: {"match": "^PROPFIND", "preset": "own_then_reset"}
--- error: cloudbroken
--- then: good


=== TEST 77: closed before the handshake
--- raw: {"match": "TLS", "preset": "close"}
--- fresh
--- error: cloudtls|cloudunreachable
--- then: good


=== TEST 78: garbage instead of a handshake
--- raw: {"match": "TLS", "preset": "garbage"}
--- fresh
--- error: cloudtls
--- then: good


=== TEST 79: silence instead of a handshake
--- issuer
connect_timeout  300ms;
--- raw: {"match": "TLS", "preset": "silence", "seconds": 3}
--- fresh
--- error: cloudtimeout
--- then: good


=== TEST 80: what breaks on a new connection is not tried again
--- fresh
--- raw: {"match": "^PROPFIND", "preset": "close"}
--- error: cloudbroken
--- saw
--- wires: 1


=== TEST 81: what breaks on a kept one is, over another: it may have been old
--- fresh
--- raw: {"match": "^PROPFIND /remote.php/webdav/Docu", "preset": "close"}
--- after: good
--- titles eval: "Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"
--- wires: 3
--- saw
PROPFIND /remote.php/webdav/
PROPFIND /remote.php/webdav/Documents/


=== TEST 82: the same with half a header
--- fresh
--- raw
{"match": "^PROPFIND /remote.php/webdav/Docu", "preset": "reset_in_head"}
--- after: good
--- titles eval: "Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"
--- wires: 3


=== TEST 83: but not when half of a listing is there already
--- fresh
--- raw
{"match": "^PROPFIND /remote.php/webdav/Docu", "preset": "own_then_reset"}
--- after: good
--- error: cloudbroken
--- wires: 2


=== TEST 84: more than its length, of which half comes late
--- raw eval
Owncloud::TestNginx::encode_json({ match => '^PROPFIND', steps => [
    { send => "$main::ok$main::length\r\n$main::list" . 'HTTP/1.1 4' },
    { sleep => 1 }, { send => "03 Forbidden\r\nContent-Length: 0\r\n\r\n" },
    { keep => 1 }] })
--- titles: good.txt
--- then: good
--- log


=== TEST 85: more than its chunks, of which half comes late
--- raw eval
Owncloud::TestNginx::encode_json({ match => '^PROPFIND', steps => [
    { send => "$main::ok$main::chunked${main::chunk}0\r\n\r\nHTTP/1.1 4" },
    { sleep => 1 }, { send => "03 Forbidden\r\nContent-Length: 0\r\n\r\n" },
    { keep => 1 }] })
--- titles: good.txt
--- then: good
--- log


=== TEST 86: extensions of chunks that have no end
--- raw eval
main::answer("$main::ok${main::chunked}5;" . 'x' x 70000, 'close')
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid chunked body
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat


=== TEST 87: trailers that have no end
--- raw eval
main::answer("$main::ok$main::chunked${main::chunk}0\r\n" . "X: y\r\n" x 20000)
--- error: cloudinvalid
--- then: good
--- log
error: cloud sent invalid chunked body
error: cloudinvalid from "nc" for PROPFIND "/remote.php/webdav/Documents/": stat
