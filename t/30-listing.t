#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What the picker gets of a folder, in the form of Moodle 5.1.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use JSON::PP;
use Test::More;

use Owncloud;
use Owncloud::TestNginx;
use Test::Nginx::Socket;

# a key that is computed as Moodle does it

add_response_body_check(sub {
    my ($block, $body) = @_;

    my $sesskey = $block->sourcekeys // return;
    my @files = grep { $_->{source} } @{ decode_json($body)->{list} };

    my $secret = 'StandInRepositorySecretKey000000';

    for my $file (@files) {
        utf8::encode(my $source = $file->{source});
        is($file->{sourcekey}, sha1_hex($source . $secret . $sesskey),
           $block->name . " - key of $source");
    }

    cmp_ok(scalar @files, '>', 3, $block->name . ' - enough of them');
});

plan('no_plan');
run_tests();
building_blocks();


# sign-in and listing without a repository, in locations

sub building_blocks {
    my $nginx = Owncloud->new(server => <<'EOT');
        location = /files/list {
            owncloud_listing  oc  cookie=app  callback=/files/back;
        }

        location = /files/back {
            owncloud_oauth_callback;
        }
EOT
    my $browser = $nginx->browser(session => undef);

    $browser->{cookies}{app} = { value => '0123456789abcdef', path => '/' };

    my $get = sub { $browser->request(GET => shift) };
    my $back = $nginx->url . '/files/back';

    my $answer = decode_json($get->('/files/list')->{body});
    my $url = $browser->consent($answer->{login}[0]{url}, back => $back);

    like($url, qr/^\Q$back\E\?/, 'building blocks - back to the callback');
    is($browser->return_to($url)->{status}, 200, 'building blocks - signed in');

    $answer = decode_json($get->('/files/list?p=/Documents/')->{body});

    is($answer->{list}[0]{path}, '/Documents/Lecture 1/',
       'building blocks - a folder is listed');
    is($answer->{path}[1]{name}, 'Documents',
       'building blocks - the way to it');

    $nginx->finish;
}

__DATA__

=== TEST 1: a folder, word for word
--- folder: /Documents/
--- pretty
{
  "dynload": true,
  "nosearch": false,
  "nologin": false,
  "path": [
    {
      "name": "Nextcloud",
      "path": "",
      "icon": "ICONS/folder"
    },
    {
      "name": "Documents",
      "path": "/Documents/",
      "icon": "ICONS/folder"
    }
  ],
  "defaultreturntype": 2,
  "manage": "${CLOUD_NC_URL}",
  "list": [
    {
      "title": "Lecture 1",
      "thumbnail": "ICONS/folder",
      "children": [],
      "datemodified": 1767323045,
      "path": "/Documents/Lecture 1/",
      "datemodified_f": "2 January 2026, 3:04 AM",
      "datemodified_f_s": "02/01/26, 03:04",
      "icon": "ICONS/folder"
    },
    {
      "title": "\u00dcmlaut \u00d6rdner",
      "thumbnail": "ICONS/folder",
      "children": [],
      "datemodified": 1767323045,
      "path": "/Documents/\u00dcmlaut \u00d6rdner/",
      "datemodified_f": "2 January 2026, 3:04 AM",
      "datemodified_f_s": "02/01/26, 03:04",
      "icon": "ICONS/folder"
    },
    {
      "title": "plan.md",
      "thumbnail": "ICONS/unknown",
      "size": 7,
      "datemodified": 1767323045,
      "source": "/Documents/plan.md",
      "sourcekey": "01bd33453d70912c4c7e47b66ecfac6beb253e24",
      "size_f": "7\u00a0bytes",
      "datemodified_f": "2 January 2026, 3:04 AM",
      "datemodified_f_s": "02/01/26, 03:04",
      "mimetype": "File",
      "icon": "ICONS/unknown"
    }
  ],
  "filereferencewarning": "Warning: This file will become public.",
  "repo_id": 8
}
--- log
--- saw
PROPFIND /remote.php/webdav/Documents/


=== TEST 2: an empty folder, on ownCloud, whose name needs care in JSON only
--- cloud: OC
--- folder: /Empty folder/
--- pretty
{
  "dynload": true,
  "nosearch": false,
  "nologin": false,
  "path": [
    {
      "name": "ownCloud <&>",
      "path": "",
      "icon": "ICONS/folder"
    },
    {
      "name": "Empty folder",
      "path": "/Empty folder/",
      "icon": "ICONS/folder"
    }
  ],
  "defaultreturntype": 2,
  "manage": "${CLOUD_OC_URL}",
  "list": [],
  "filereferencewarning": "Warning: This file will become public.",
  "repo_id": 7
}
--- response_headers
Content-Type: application/json; charset=utf-8
Cache-Control: no-store
X-Content-Type-Options: nosniff
Set-Cookie:
--- log
--- saw
PROPFIND /oc/remote.php/webdav/Empty%20folder/


=== TEST 3: a name of the cloud with quotes, a backslash, umlauts
--- issuer eval: qq{name 'A "cloud"\\\\ of f\xc3\xbcr';}
--- folder: /Empty folder/
--- crumbs
A "cloud"\ of f\u00fcr ->
Empty folder -> /Empty folder/


=== TEST 4: the top folder
--- crumbs
Nextcloud ->
--- titles
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


=== TEST 5: the top folder, on ownCloud
--- cloud: OC
--- crumbs
ownCloud <&> ->
--- titles
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


=== TEST 6: "/" is the top folder too
--- folder: /
--- crumbs
Nextcloud ->
--- saw
PROPFIND /remote.php/webdav/


=== TEST 7: deep down
--- folder: /Documents/Lecture 1/deep/deeper/
--- crumbs
Nextcloud ->
Documents -> /Documents/
Lecture 1 -> /Documents/Lecture 1/
deep -> /Documents/Lecture 1/deep/
deeper -> /Documents/Lecture 1/deep/deeper/
--- columns: title path
--- table
deepest | /Documents/Lecture 1/deep/deeper/deepest/


=== TEST 8: without the last slash
--- folder: /Documents/Lecture 1
--- crumbs
Nextcloud ->
Documents -> /Documents/
Lecture 1 -> /Documents/Lecture 1/
--- columns: title path source
--- table
deep | /Documents/Lecture 1/deep/ | -
slides one.pdf | - | /Documents/Lecture 1/slides one.pdf
slides.pdf | - | /Documents/Lecture 1/slides.pdf


=== TEST 9: without the first slash
--- folder: Documents/
--- crumbs
Nextcloud ->
Documents -> /Documents/
--- saw
PROPFIND /remote.php/webdav/Documents/


=== TEST 10: signin is a listing
--- action: signin
--- titles
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


=== TEST 11: sign is a listing
--- action: sign
--- folder: /Documents/
--- titles eval
"Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"


=== TEST 12: what the picker sends beside the folder changes nothing
--- folder: /Documents/
--- fields
{"page": "", "env": "editor", "maxbytes": "5", "accepted_types[]": ".pdf",
 "itemid": "1", "client_id": "undefined", "unknown": "x"}
--- titles eval
"Lecture 1\n\xc3\x9cmlaut \xc3\x96rdner\nplan.md"
--- saw
PROPFIND /remote.php/webdav/Documents/


=== TEST 13: both kinds, internal is proposed
--- repository
supported_files  both;
default_file     internal;
--- folder: /Empty folder/
--- member: defaultreturntype
--- value: 2


=== TEST 14: both kinds, external is proposed
--- repository
supported_files  both;
default_file     external;
--- folder: /Empty folder/
--- member: defaultreturntype
--- value: 8


=== TEST 15: external files only
--- repository
supported_files  external;
--- folder: /Empty folder/
--- member: defaultreturntype
--- value: 8


=== TEST 16: internal files only
--- repository
supported_files  internal;
--- folder: /Empty folder/
--- member: defaultreturntype
--- value: 2


=== TEST 17: source keys
--- cloud: OC
--- folder: /special/
--- sourcekeys: Teacheraaa


=== TEST 18: the key of another session
--- folder: /special/
--- fields: {"sesskey": "AnotherOne"}
--- sourcekeys: AnotherOne


=== TEST 19: sizes
--- entries
00 | 0
01 | 1
02 | 1023
03 | 1024
04 | 1075
05 | 1076
06 | 1536
07 | 10240
08 | 1048524
09 | 1048575
10 | 1048576
11 | 104857600
12 | 1073741823
13 | 1073741824
14 | 5368709120
15 | 1099511627776
16 | 9223372036854775807
17 |
--- columns: title size size_f
--- table
00 | 0 | 0 bytes
01 | 1 | 1 bytes
02 | 1023 | 1023 bytes
03 | 1024 | 1.0 KB
04 | 1075 | 1.0 KB
05 | 1076 | 1.1 KB
06 | 1536 | 1.5 KB
07 | 10240 | 10.0 KB
08 | 1048524 | 1023.9 KB
09 | 1048575 | 1024.0 KB
10 | 1048576 | 1.0 MB
11 | 104857600 | 100.0 MB
12 | 1073741823 | 1024.0 MB
13 | 1073741824 | 1.0 GB
14 | 5368709120 | 5.0 GB
15 | 1099511627776 | 1.0 TB
16 | 9223372036854775807 | 8192.0 PB
17 | - | -


=== TEST 20: dates, UTC
--- entries
0 | 1 | Fri, 02 Jan 2026 03:04:05 GMT
1 | 1 | Thu, 01 Jan 1970 00:00:00 GMT
2 | 1 | Wed, 01 Jul 2026 12:00:00 GMT
3 | 1 | Wed, 01 Jul 2026 00:30:00 GMT
4 | 1 | Sat, 28 Feb 2032 23:59:59 GMT
5 | 1 | Tue, 19 Jan 2038 03:14:08 GMT
--- columns: datemodified datemodified_f datemodified_f_s
--- table
1767323045 | 2 January 2026, 3:04 AM | 02/01/26, 03:04
0 | 1 January 1970, 12:00 AM | 01/01/70, 00:00
1782907200 | 1 July 2026, 12:00 PM | 01/07/26, 12:00
1782865800 | 1 July 2026, 12:30 AM | 01/07/26, 00:30
1961625599 | 28 February 2032, 11:59 PM | 28/02/32, 23:59
2147483648 | 19 January 2038, 3:14 AM | 19/01/38, 03:14


=== TEST 21: dates in Berlin, where clocks are changed
--- repository
timezone  Europe/Berlin;
--- entries
0 | 1 | Fri, 02 Jan 2026 03:04:05 GMT
1 | 1 | Sun, 29 Mar 2026 00:59:59 GMT
2 | 1 | Sun, 29 Mar 2026 01:00:00 GMT
3 | 1 | Wed, 01 Jul 2026 22:30:00 GMT
4 | 1 | Sun, 25 Oct 2026 00:59:59 GMT
5 | 1 | Sun, 25 Oct 2026 01:00:00 GMT
6 | 1 | Wed, 01 Jul 2015 12:00:00 GMT
7 | 1 | Mon, 02 Jul 2035 12:00:00 GMT
--- columns: datemodified datemodified_f datemodified_f_s
--- table
1767323045 | 2 January 2026, 4:04 AM | 02/01/26, 04:04
1774745999 | 29 March 2026, 1:59 AM | 29/03/26, 01:59
1774746000 | 29 March 2026, 3:00 AM | 29/03/26, 03:00
1782945000 | 2 July 2026, 12:30 AM | 02/07/26, 00:30
1792889999 | 25 October 2026, 2:59 AM | 25/10/26, 02:59
1792890000 | 25 October 2026, 2:00 AM | 25/10/26, 02:00
1435752000 | 1 July 2015, 2:00 PM | 01/07/15, 14:00
2066990400 | 2 July 2035, 2:00 PM | 02/07/35, 14:00


=== TEST 22: dates west of Greenwich
--- repository
timezone  America/New_York;
--- entries
0 | 1 | Fri, 02 Jan 2026 03:04:05 GMT
1 | 1 | Wed, 01 Jul 2026 03:30:00 GMT
--- columns: datemodified datemodified_f datemodified_f_s
--- table
1767323045 | 1 January 2026, 10:04 PM | 01/01/26, 22:04
1782876600 | 30 June 2026, 11:30 PM | 30/06/26, 23:30


=== TEST 23: other forms of dates
--- repository
date_format        "%Y-%m-%d \"%H\" %%";
date_format_short  "%d.%m.";
--- folder: /ten/
--- entries
0 | 1 | Fri, 02 Jan 2026 03:04:05 GMT
--- columns: title datemodified_f datemodified_f_s
--- table
0 | 2026-01-02 "03" % | 02.01.


=== TEST 24: a date that is none, a date in another form
--- entries
0 | 1 | yesterday
1 | 1 | Fri, 02 Jan 2026 03:04:05 +0000
2 | 1 | Friday, 02-Jan-26 03:04:05 GMT
--- columns: title datemodified datemodified_f datemodified_f_s
--- table
0 | - | - | -
1 | 1767323045 | 2 January 2026, 3:04 AM | 02/01/26, 03:04
2 | 1767323045 | 2 January 2026, 3:04 AM | 02/01/26, 03:04


=== TEST 25: types and icons
--- entries
folder.pdf/
1.pdf | 1
2.PDF | 1
3.txt | 1
4.png | 1
5.docx | 1
6.xlsx | 1
7.pptx | 1
8.odt | 1
9.mp4 | 1
a.mp3 | 1
b.zip | 1
c.tar.gz | 1
d.html | 1
e.epub | 1
f.csv | 1
g.svg | 1
h.py | 1
i | 1
j. | 1
k.nothing | 1
l.h5p | 1
.pdf | 1
--- columns: title icon thumbnail mimetype
--- table
folder.pdf | folder | folder | -
.pdf | pdf | pdf | PDF document
1.pdf | pdf | pdf | PDF document
2.PDF | pdf | pdf | PDF document
3.txt | text | text | Text file
4.png | image | image | Image (PNG)
5.docx | document | document | Word 2007 document
6.xlsx | spreadsheet | spreadsheet | Excel 2007 spreadsheet
7.pptx | powerpoint | powerpoint | Powerpoint 2007 presentation
8.odt | writer | writer | OpenDocument Text document
9.mp4 | video | video | Video file (MP4)
a.mp3 | audio | audio | Audio file (MP3)
b.zip | archive | archive | Archive (ZIP)
c.tar.gz | archive | archive | Archive (GZ)
d.html | markup | markup | HTML document
e.epub | epub | epub | EPUB ebook
f.csv | spreadsheet | spreadsheet | Comma-separated values
g.svg | image | image | Image (SVG+XML)
h.py | unknown | unknown | File
i | unknown | unknown | File
j. | unknown | unknown | File
k.nothing | unknown | unknown | File
l.h5p | h5p | h5p | Archive (H5P)


=== TEST 26: icons of another theme
--- repository
icons  /theme/image.php/classic/core/-1/f/;
--- entries
a/
b.pdf | 1
--- columns: icon thumbnail
--- table
http://127.0.0.1/theme/image.php/classic/core/-1/f/folder
 +  | http://127.0.0.1/theme/image.php/classic/core/-1/f/folder
http://127.0.0.1/theme/image.php/classic/core/-1/f/pdf
 +  | http://127.0.0.1/theme/image.php/classic/core/-1/f/pdf


=== TEST 27: icons from elsewhere
--- repository
icons  https://static.example.com/f/;
--- entries
a/
b.pdf | 1
--- columns: icon thumbnail
--- table
https://static.example.com/f/folder | https://static.example.com/f/folder
https://static.example.com/f/pdf | https://static.example.com/f/pdf


=== TEST 28: Moodle below a path
--- repository
moodle_root  /lms;
--- root: /lms
--- entries
a/
b.pdf | 1
--- columns: title icon path source
--- table
a | http://127.0.0.1/lms/theme/image.php/boost/core/1/f/folder | /a/ | -
b.pdf | http://127.0.0.1/lms/theme/image.php/boost/core/1/f/pdf | - | /b.pdf


=== TEST 29: folders first, then by upper-cased bytes
--- entries eval
"b.txt | 1\nB.txt | 1\n_.txt | 1\na.txt | 1\nZ/\nA.txt | 1\n10.txt | 1\n"
. "9.txt | 1\nz/\n\xc3\xa4.txt | 1\na/\n[.txt | 1\nab.txt | 1\n"
. "a b.txt | 1\n\xc3\x84.txt | 1\n{.txt | 1\na | 1\n\@.txt | 1\n"
--- titles eval
"a\nZ\nz\n10.txt\n9.txt\n\@.txt\na\na b.txt\nA.txt\na.txt\nab.txt\nB.txt\n"
. "b.txt\n[.txt\n_.txt\n{.txt\n\xc3\x84.txt\n\xc3\xa4.txt\n"


=== TEST 30: names equal but for case are two entries
--- folder: /special/
--- entries
case.txt | 1
CASE.txt | 2
Case.TXT | 3
CASE.txt/
case.txt/
--- columns: title size source path
--- table
CASE.txt | - | - | /special/CASE.txt/
case.txt | - | - | /special/case.txt/
CASE.txt | 2 | /special/CASE.txt | -
Case.TXT | 3 | /special/Case.TXT | -
case.txt | 1 | /special/case.txt | -


=== TEST 31: an answer with other prefixes of namespaces
--- faults: {"action": "xml", "kind": "other_prefixes"}
--- columns: title size
--- table
good.txt | 5
--- log


=== TEST 32: an answer in another encoding
--- faults: {"action": "xml", "kind": "latin1"}
--- columns: title size
--- table
good.txt | 5
--- log


=== TEST 33: somebody who has not signed in
--- request eval
"POST /repository/repository_ajax.php?action=list\nrepo_id=8&p="
--- more_headers
Content-Type: application/x-www-form-urlencoded
Cookie: MoodleSession=teacheraaaaaaaaaaaaaaaaaaa
--- login
--- saw
--- log


=== TEST 34: the cookie in another Moodle session
--- request eval
"POST /repository/repository_ajax.php?action=list\nrepo_id=8&p="
--- more_headers eval
"Content-Type: application/x-www-form-urlencoded\nCookie: "
. Owncloud::TestNginx::session() =~ s/teachera+/studentaaaaaaaaaaaaaaaaaaa/r
--- login
--- saw


=== TEST 35: a GET is Moodle's
--- before
location = /repository/repository_ajax.php { return 200 moodle; }
--- request
GET /repository/repository_ajax.php?action=list&repo_id=8&p=
--- more_headers eval
'Cookie: ' . Owncloud::TestNginx::session()
--- response_body chomp
moodle
--- saw


=== TEST 36: another repository is Moodle's
--- before
location = /repository/repository_ajax.php { return 200 moodle; }
--- request
POST /repository/repository_ajax.php?action=list
repo_id=5&p=
--- more_headers eval
'Content-Type: application/x-www-form-urlencoded
Cookie: ' . Owncloud::TestNginx::session()
--- response_body chomp
moodle
--- saw


=== TEST 37: a building block: somebody who has not signed in
--- before
location = /files { owncloud_listing nc cookie=MoodleSession callback=/back; }
location = /back { owncloud_oauth_callback; }
--- request
GET /files
--- more_headers
Cookie: MoodleSession=teacheraaaaaaaaaaaaaaaaaaa
--- login
--- saw


=== TEST 38: a building block: a folder
--- before
location = /files { owncloud_listing nc cookie=MoodleSession callback=/back; }
location = /back { owncloud_oauth_callback; }
--- request
GET /files?p=%2FDocuments%2FLecture+1%2F
--- more_headers eval
'Cookie: ' . Owncloud::TestNginx::session()
--- crumbs
Nextcloud ->
Documents -> /Documents/
Lecture 1 -> /Documents/Lecture 1/
--- titles
deep
slides one.pdf
slides.pdf
--- response_headers
Content-Type: application/json; charset=utf-8
--- saw
PROPFIND /remote.php/webdav/Documents/Lecture%201/


=== TEST 39: a building block: HEAD
--- before
location = /files { owncloud_listing nc cookie=MoodleSession callback=/back; }
location = /back { owncloud_oauth_callback; }
--- request
HEAD /files
--- more_headers eval
'Cookie: ' . Owncloud::TestNginx::session()
--- response_headers
Content-Type: application/json; charset=utf-8
--- response_body
