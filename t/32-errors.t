#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What the picker gets when the cloud does not answer as it should: an error
# in plain words, never an empty list; one line in the log; and the next
# listing is good.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud);
use Owncloud::TestNginx;
use Test::Nginx::Socket;

plan('no_plan');
run_tests();
other_certificates();


# a session that was good does not make another certificate good

sub other_certificates {
    my $env = Owncloud::standins();
    my $nginx = Owncloud->new;
    my $browser = $nginx->browser;

    $browser->sign_in(8);
    is($browser->titles(list => 8)->[0], 'Documents', 'reload - a listing');

    $nginx->configure(setting => {
        trusted_certificate => $env->{CLOUD_OTHER_CA},
    });
    $nginx->reload;

    is($browser->picker(list => 8)->{errorcode}, 'cloudcertificate',
       'reload - refused with another CA');

    $nginx->configure(setting => {});
    $nginx->reload;

    is($browser->titles(list => 8)->[0], 'Documents', 'reload - good again');

    $nginx->finish;
}


__DATA__

=== TEST 1: 401, the token is not good any more
--- fresh
--- faults
[{"match": "PROPFIND", "action": "status", "status": 401, "body": "dav"},
 {"match": "token", "action": "status", "status": 400, "body": "html"}]
--- login
--- saw
PROPFIND /remote.php/webdav/
POST /index.php/apps/oauth2/api/v1/token
--- log


=== TEST 2: 403
--- faults: {"action": "status", "status": 403, "body": "dav"}
--- error: cloudforbidden
--- text: Nextcloud does not allow you to do this.
--- then: good
--- log
error: cloudforbidden from "nc" for PROPFIND "/remote.php/webdav/": status 403


=== TEST 3: 404
--- folder: /gone folder/
--- error: cloudnotfound
--- text
This no longer exists. It may have been moved, renamed or deleted in
Nextcloud.
--- then: good
--- log
error: cloudnotfound from "nc" for PROPFIND "/remote.php/webdav/gone%20folder/"


=== TEST 4: 423
--- faults: {"action": "status", "status": 423, "body": "dav"}
--- error: cloudlocked
--- text: This is currently locked in Nextcloud. Please try again later.
--- then: good
--- log
error: cloudlocked from "nc" for PROPFIND "/remote.php/webdav/": status 423


=== TEST 5: 429
--- faults: {"action": "status", "status": 429}
--- error: cloudtoomany
--- text
Nextcloud is receiving too many requests. Please wait a few minutes and try
again.
--- fresh
--- log
warn: "nc" responded with 429, calls of this user backed off for 10 s
error: cloudtoomany from "nc" for PROPFIND "/remote.php/webdav/": status 429


=== TEST 6: 429 with Retry-After
--- faults
{"action": "status", "status": 429, "headers": {"Retry-After": "120"}}
--- error: cloudtoomany
--- fresh
--- log
warn: "nc" responded with 429, calls of this user backed off for 120 s
error: cloudtoomany from "nc" for PROPFIND "/remote.php/webdav/": status 429


=== TEST 7: 500
--- faults: {"action": "status", "status": 500}
--- error: clouderror
--- text: Nextcloud reported an internal error. Please try again later.
--- then: good
--- log
error: clouderror from "nc" for PROPFIND "/remote.php/webdav/": status 500


=== TEST 8: 502
--- faults: {"action": "status", "status": 502}
--- error: clouderror
--- then: good
--- log
error: clouderror from "nc" for PROPFIND "/remote.php/webdav/": status 502


=== TEST 9: 503
--- faults
{"action": "status", "status": 503, "headers": {"Retry-After": "nonsense"}}
--- error: cloudmaintenance
--- text
Nextcloud is not available at the moment, possibly because of maintenance.
Please try again later.
--- fresh
--- log
warn: "nc" responded with 503, calls of this user backed off for 5 s
error: cloudmaintenance from "nc" for PROPFIND "/remote.php/webdav/": status 503


=== TEST 10: maintenance
--- settings: {"maintenance": true}
--- error: cloudmaintenance
--- text
Nextcloud is not available at the moment, possibly because of maintenance.
Please try again later.
--- fresh
--- log
warn: "nc" responded with 503, calls backed off for 5 s
error: cloudmaintenance from "nc" for PROPFIND "/remote.php/webdav/": status 503


=== TEST 11: maintenance, on ownCloud
--- cloud: OC
--- settings: {"maintenance": true}
--- error: cloudmaintenance
--- text
ownCloud <&> is not available at the moment, possibly because of maintenance.
Please try again later.
--- fresh
--- log
warn: "oc" responded with 503, calls backed off for 5 s
error: cloudmaintenance from "oc" for PROPFIND "/oc/remote.php/webdav/"


=== TEST 12: 507
--- faults: {"action": "status", "status": 507, "body": "dav"}
--- error: cloudquota
--- text: There is no space left in Nextcloud.
--- then: good
--- log
error: cloudquota from "nc" for PROPFIND "/remote.php/webdav/": status 507


=== TEST 13: 599
--- faults: {"action": "status", "status": 599}
--- error: clouderror
--- then: good


=== TEST 14: 400
--- faults: {"action": "status", "status": 400}
--- error: cloudunexpected
--- text
Nextcloud sent an unexpected response. Please tell your administrator, who
will find details in the server's log.
--- then: good
--- log
error: cloudunexpected from "nc" for PROPFIND "/remote.php/webdav/": status 400


=== TEST 15: 302 is not followed
--- faults
{"action": "redirect", "location": "/remote.php/webdav/Documents/"}
--- error: cloudunexpected
--- then: good
--- saw
PROPFIND /remote.php/webdav/
--- log
error: cloudunexpected from "nc" for PROPFIND "/remote.php/webdav/": status 302


=== TEST 16: 307 to another machine is not followed
--- faults
{"action": "redirect", "location": "http://127.0.0.1:1/", "status": 307}
--- error: cloudunexpected
--- then: good
--- saw
PROPFIND /remote.php/webdav/
--- log
error: cloudunexpected from "nc" for PROPFIND "/remote.php/webdav/": status 307


=== TEST 17: 304
--- faults: {"action": "status", "status": 304, "body": "none"}
--- error: cloudunexpected
--- then: good


=== TEST 18: 200 with HTML
--- faults: {"action": "status", "status": 200, "body": "html"}
--- error: cloudinvalid
--- text
Nextcloud did not send a list of files. Please try again. If the problem
persists, tell your administrator.
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 19: 200 with a listing
--- faults
{"action": "status", "status": 200, "body": "text", "type": "text/xml",
 "text": "<multistatus xmlns='DAV:'></multistatus>"}
--- error: cloudinvalid
--- then: good


=== TEST 20: 204
--- faults: {"action": "status", "status": 204, "body": "none"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 21: 207 without a body
--- faults: {"action": "status", "status": 207, "body": "none"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 22: no answer in time
--- issuer
read_timeout  300ms;
--- faults: {"match": "^PROPFIND", "delay": 3}
--- error: cloudtimeout
--- text: Nextcloud did not respond in time. Please try again in a few minutes.
--- log
error: upstream timed out
error: cloudtimeout from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 23: a pause within the answer
--- issuer
read_timeout  300ms;
--- raw
{"match": "^PROPFIND", "steps": [
  {"send": "HTTP/1.1 207 Multi-Status\r\nContent-Length: 500\r\n\r\n<?xml"},
  {"sleep": 3}]}
--- error: cloudtimeout
--- then: good
--- log
error: upstream timed out
error: cloudtimeout from "nc" for PROPFIND "/remote.php/webdav/": status 207


=== TEST 24: nobody listens
--- issuer
webdav_endpoint  https://127.0.0.1:1/remote.php/webdav/;
--- error: cloudunreachable
--- text
Nextcloud cannot be reached at the moment. Please try again in a few minutes.
--- log
error: connect() failed (111: Connection refused)
error: cloudunreachable from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 25: a certificate that has expired
--- issuer
webdav_endpoint  https://127.0.0.1:${CLOUD_BAD_EXPIRED_PORT}/remote.php/webdav/;
--- error: cloudcertificate
--- text
The connection to Nextcloud is not secure: its certificate was rejected.
Nothing was sent. Please tell your administrator.
--- saw
--- log
error: upstream SSL certificate verify error: (10:certificate has expired)
error: cloudcertificate from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 26: a certificate of another CA
--- issuer
webdav_endpoint  https://127.0.0.1:${CLOUD_BAD_CA_PORT}/remote.php/webdav/;
--- error: cloudcertificate
--- saw
--- log
error: upstream SSL certificate verify error:
error: cloudcertificate from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 27: a certificate for another name
--- issuer
webdav_endpoint  https://127.0.0.1:${CLOUD_BAD_NAME_PORT}/remote.php/webdav/;
--- error: cloudcertificate
--- saw
--- log
error: upstream SSL certificate does not match "127.0.0.1"
error: cloudcertificate from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 28: another CA is trusted
--- issuer
trusted_certificate  ${CLOUD_OTHER_CA};
--- error: cloudcertificate
--- saw
--- log
error: upstream SSL certificate verify error:
error: cloudcertificate from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 29: not verified, by order
--- issuer
trusted_certificate  ${CLOUD_OTHER_CA};
verify               off;
--- folder: /Empty folder/
--- titles
--- log


=== TEST 30: TLS where there is none
--- issuer eval
my $port = Owncloud::standins()->{CLOUD_NC_HTTP_PORT};
"webdav_endpoint https://127.0.0.1:$port/remote.php/webdav/;"
--- error: cloudtls
--- text
No secure connection to Nextcloud could be established. Please tell your
administrator.
--- saw
--- log
error: SSL_do_handshake() failed
error: cloudtls from "nc" for PROPFIND "/remote.php/webdav/": status 0


=== TEST 31: reset
--- fresh
--- faults: {"action": "reset"}
--- error: cloudbroken
--- text
The connection to Nextcloud was lost in the middle of a response. Please try
again.
--- then: good


=== TEST 32: truncated
--- folder: /special/
--- faults: {"action": "truncate"}
--- error: cloudbroken
--- text
The connection to Nextcloud was lost in the middle of a response. Please try
again.
--- then: good


=== TEST 33: truncated, chunked
--- folder: /special/
--- faults: {"action": "truncate_chunked"}
--- error: cloudbroken
--- then: good


=== TEST 34: cut, and framed as if it were whole
--- folder: /special/
--- faults: {"action": "cut"}
--- error: cloudbroken
--- text: The list of files from Nextcloud is incomplete. Please try again.
--- then: good
--- log
error: cloudbroken: multistatus from "nc" for "/remote.php/webdav/special/"


=== TEST 35: cut before the last byte
--- faults
{"action": "replace", "from": "</d:multistatus>", "to": "</d:multistatus"}
--- error: cloudbroken
--- then: good


=== TEST 36: cut before the last tag
--- faults
{"action": "replace", "from": "</d:multistatus>", "to": ""}
--- error: cloudbroken
--- then: good


=== TEST 37: not XML
--- faults: {"action": "xml", "kind": "not_xml"}
--- error: cloudinvalid
--- text
Nextcloud did not send a list of files. Please try again. If the problem
persists, tell your administrator.
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 38: HTML
--- faults: {"action": "xml", "kind": "html"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 39: nothing
--- faults: {"action": "xml", "kind": "empty"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 40: another root
--- faults: {"action": "xml", "kind": "other_root"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 41: another namespace
--- faults: {"action": "xml", "kind": "wrong_namespace"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 42: two roots
--- faults: {"action": "xml", "kind": "two_roots"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 43: a DTD
--- faults: {"action": "xml", "kind": "dtd"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 44: a bomb of entities
--- faults: {"action": "xml", "kind": "bomb"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 45: an external entity
--- faults: {"action": "xml", "kind": "external"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 46: ten thousand elements in one another
--- faults: {"action": "xml", "kind": "deep"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 47: a control character
--- faults: {"action": "xml", "kind": "control"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 48: bytes that are no UTF-8
--- faults
{"action": "replace", "from64": "YWxpY2UudHh0", "to64": "YWz/Y2UudHh0"}
--- error: cloudinvalid
--- then: good


=== TEST 49: compressed, which nobody asked for
--- faults: {"action": "gzip"}
--- error: cloudinvalid
--- text
Nextcloud sent an invalid response. Please try again. If the problem persists,
tell your administrator.
--- then: good


=== TEST 50: an empty multistatus
--- faults
{"action": "status", "status": 207, "body": "text", "type": "text/xml",
 "text": "<multistatus xmlns='DAV:'></multistatus>"}
--- error: cloudinvalid
--- then: good
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 51: entries of other places are left out and counted
--- faults: {"action": "xml", "kind": "hostile"}
--- titles
absolute-same-origin.txt
back\slash.txt
good.txt
last-good.txt
line\x0d\x0aSet-Cookie: a=b.txt
--- then: good
--- log
warn: "nc": left out of the listing of "/remote.php/webdav/": 16 entries o


=== TEST 52: the same in a folder, on ownCloud
--- cloud: OC
--- folder: /Documents/
--- faults: {"action": "xml", "kind": "hostile"}
--- titles
absolute-same-origin.txt
back\slash.txt
good.txt
last-good.txt
line\x0d\x0aSet-Cookie: a=b.txt
--- then: good
--- log
warn: "oc": left out of the listing of "/oc/remote.php/webdav/Documents/": 16 e


=== TEST 53: entries of other places only
--- raw
{"match": "^PROPFIND", "steps": [{"send": "HTTP/1.1 207 Multi-Status\r\n"},
 {"send": "Content-Length: 170\r\n\r\n<multistatus xmlns='DAV:'>"},
 {"send": "<response><href>/etc/passwd</href><propstat><prop>"},
 {"send": "<resourcetype/></prop><status>HTTP/1.1 200 OK</status>"},
 {"send": "</propstat></response></multistatus>    "}]}
--- error: cloudinvalid
--- log
error: cloudinvalid: multistatus from "nc" for "/remote.php/webdav/" rejected
--- then: good


=== TEST 54: broken entries are left out, the others stay
--- faults: {"action": "xml", "kind": "broken"}
--- columns: title size datemodified
--- table
cdata.txt | 5 | 1767323045
comment.txt | 5 | 1767323045
date-empty.txt | 5 | -
date-text.txt | 5 | -
foreign.txt | 5 | 1767323045
good.txt | 5 | 1767323045
last-good.txt | 5 | 1767323045
length-empty.txt | - | 1767323045
length-huge.txt | - | 1767323045
length-negative.txt | - | 1767323045
length-text.txt | - | 1767323045
no-resourcetype.txt | 5 | 1767323045
spaces.txt | 5 | 1767323045
twice.txt | 5 | 1767323045
--- then: good
--- log
warn: "nc": left out of the listing of "/remote.php/webdav/": 0 entries of


=== TEST 55: a name of a million bytes
--- faults: {"action": "xml", "kind": "long_name"}
--- titles
good.txt
--- then: good
--- log
warn: "nc": left out of the listing of "/remote.php/webdav/": 0 entries of


=== TEST 56: more entries than wanted
--- issuer
max_listing  9;
--- error: cloudtoobig
--- text
This folder in Nextcloud contains more files than this Moodle can show. Please
move some of them to other folders.
--- saw
PROPFIND /remote.php/webdav/
--- log
error: cloudtoobig: multistatus from "nc" for "/remote.php/webdav/" rejected


=== TEST 57: as many entries as wanted
--- issuer
max_listing  10;
--- columns: title
--- table
Documents
Empty folder
special
special-folders
ten
alice.txt
notes.txt
picture.png
report.pdf
zero.bin
--- log


=== TEST 58: more bytes than wanted
--- issuer
max_listing  100000 100k;
--- faults
{"match": "^PROPFIND", "action": "entries", "count": 1000}
--- error: cloudtoobig
--- text
The response from Nextcloud is larger than this Moodle accepts. Please move
some of the files to other folders.
--- then: good
--- log
error: cloudtoobig from "nc" for PROPFIND "/remote.php/webdav/": status 207


=== TEST 59: more bytes than wanted, with a length
--- issuer
max_listing  100000 2k;
--- folder: /special/
--- error: cloudtoobig
--- text
The response from Nextcloud is larger than this Moodle accepts. Please move
some of the files to other folders.
--- log
error: cloudtoobig from "nc" for PROPFIND "/remote.php/webdav/special/"


=== TEST 60: a file, where a folder was
--- folder: /notes.txt
--- error: nofolder
--- text
This is a file in Nextcloud, not a folder. Please go back and reload the list.
--- then: good
--- log
error: nofolder: multistatus from "nc" for "/remote.php/webdav/notes.txt/"


=== TEST 61: a file on ownCloud
--- cloud: OC
--- folder: /Documents/plan.md/
--- error: nofolder
--- then: good


=== TEST 62: out of the folder
--- folder: /../../../etc/
--- error: invalidpath
--- text
This is not a valid folder. Please go back to the top folder and try again.
--- then: good
--- saw
--- log


=== TEST 63: out of the folder, later
--- folder: /Documents/../../secret/
--- error: invalidpath
--- saw


=== TEST 64: dots
--- folder: /Documents/./Lecture 1/
--- error: invalidpath
--- saw


=== TEST 65: NUL
--- folder eval: "/Docu\0ments/"
--- error: invalidpath
--- saw


=== TEST 66: CR LF, which are escaped on the wire and in the log
--- folder eval: "/a\r\nX-Injected: 1\r\n\r\n/"
--- error: cloudnotfound
--- saw
PROPFIND /remote.php/webdav/a%0D%0AX-Injected%3A%201%0D%0A%0D%0A/
--- log
error: cloudnotfound from "nc" for PROPFIND "/remote.php/webdav/a%0D%0AX-Injecte


=== TEST 67: not UTF-8
--- folder eval: "/\xff\xfe/"
--- error: invalidpath
--- saw


=== TEST 68: too long
--- folder eval: '/' . 'a' x 5000 . '/'
--- error: invalidpath
--- saw


=== TEST 69: long, but not too long
--- folder eval: '/' . 'a' x 240 . ('/' . 'b' x 240) x 15 . '/'
--- error: cloudnotfound
--- then: good


=== TEST 70: a name of the cloud that is HTML
--- issuer
name  "<b>Cloud</b> & \"Co\"";
--- faults: {"action": "status", "status": 403}
--- error: cloudforbidden
--- text: <b>Cloud</b> & "Co" does not allow you to do this.
