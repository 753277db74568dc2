# Part of ../../conformity.t: GET, changes, etags.

use v5.20;
use warnings;
use utf8;

use Encode qw(encode_utf8 decode_utf8);
use Test::More;

our ($nc, $oc, $xml_type, $html_type, $nc_root, $oc_root);


sub test_get {
    my %attachment = ('Content-Disposition' => "attachment; filename*=UTF-8''"
        . 'notes.txt; filename="notes.txt"');
    my %file = ('Content-Type' => 'text/plain;charset=UTF-8', ETag => 'ETAG32',
        'OC-ETag' => 'ETAG32', 'Last-Modified' => 'DATE', %attachment);
    my $path = '/remote.php/webdav/notes.txt';
    my $notes = "hello stand-in\n" x 100;

    for my $cloud ($nc, $oc) {
        my @alice = as($cloud, 'alice');
        my $number = sub { $cloud == $nc ? '50' : $_[0] };

        my $got = row($cloud, $number->('240'), 'GET', [GET => $path, \@alice],
            '200 OK', { %file, 'Content-Length' => 1500 }, $notes);
        my $etag = $got->{head}{etag}[0];

        row($cloud, $number->('241'), 'HEAD', [HEAD => $path, \@alice],
            '200 OK', { %file, 'Content-Length' => 1500 }, '');
        row($cloud, $number->('242'), 'Range', [GET => $path,
            [@alice, Range => 'bytes=2-5']], '206 Partial Content',
            { %file, 'Content-Range' => 'bytes 2-5/1500',
              'Content-Length' => 4 }, 'llo ');
        row($cloud, $number->('244'), 'two ranges', [GET => $path,
            [@alice, Range => 'bytes=0-1,3-4']], '200 OK',
            { 'Content-Length' => 1500 });
        row($cloud, $number->('243'), 'a range behind the end', [GET => $path,
            [@alice, Range => 'bytes=99999-']],
            '416 Requested Range Not Satisfiable', {},
            error_body('RequestedRangeNotSatisfiable', 'The start offset '
            . '(99999) exceeded the size of the entity (1500)'));
        row($cloud, $number->('245'), 'If-None-Match', [GET => $path,
            [@alice, 'If-None-Match' => $etag]], '304 Not Modified',
            { ETag => 'ETAG32', 'Content-Disposition' => undef }, '');
        row($cloud, $number->('246'), 'If-Modified-Since', [GET => $path,
            [@alice, 'If-Modified-Since' => 'Fri, 02 Jan 2026 03:04:05 GMT']],
            '304 Not Modified', { 'Last-Modified' => 'DATE' }, '');
        row($cloud, $number->('247'), 'a folder', [GET =>
            '/remote.php/webdav/Documents', \@alice], '200 OK',
            { 'Content-Type' => $html_type }, $cloud == $nc ? ''
            : 'This is the WebDAV interface. It can only be accessed by '
              . 'WebDAV clients such as the ownCloud desktop sync client.');
        row($cloud, $number->('248'), 'missing', [GET =>
            '/remote.php/webdav/nosuch.txt', \@alice], '404 Not Found',
            { 'Content-Type' => $xml_type }, error_body('NotFound',
            'File with name nosuch.txt could not be located'));
        row($cloud, $number->('249'), 'zero bytes', [GET =>
            '/remote.php/webdav/zero.bin', \@alice], '200 OK',
            { 'Content-Length' => undef, ETag => 'ETAG32',
              'Content-Type' => 'application/x-bin' }, '');
        row($cloud, $number->('251'), 'a special name', [GET =>
            '/remote.php/webdav/special/' . encode('ümläut-nfc.txt'), \@alice],
            '200 OK', { 'Content-Disposition' => "attachment; filename*="
            . "UTF-8''%C3%BCml%C3%A4ut-nfc.txt; "
            . 'filename="%C3%BCml%C3%A4ut-nfc.txt"' }, "ümläut-nfc.txt\n");
        row($cloud, $number->('253'), 'at dav/files', [GET =>
            '/remote.php/dav/files/alice/notes.txt', \@alice], '200 OK', {},
            $notes);

        next if $cloud != $nc;
        row($nc, '50', 'HEAD with If-None-Match', [HEAD => $path,
            [@alice, 'If-None-Match' => $etag]], '412 Precondition failed');
        row($nc, '50', 'If-Match', [GET => $path,
            [@alice, 'If-Match' => '"wrong"']], '412 Precondition failed', {},
            error_body('PreconditionFailed', 'An If-Match header was '
            . 'specified, but none of the specified ETags matched.',
            "  <s:header>If-Match</s:header>\n"));
        row($nc, '50', 'gzip', [GET => $path,
            [@alice, 'Accept-Encoding' => 'gzip']], '200 OK',
            { 'Content-Encoding' => 'gzip', ETag => 'W/ETAG32' });
        row($nc, '40', 'gzip: not for 207', [PROPFIND => '/remote.php/webdav/',
            [@alice, 'Accept-Encoding' => 'gzip']], '207 Multi-Status',
            { 'Content-Encoding' => undef });
    }

    like(join('', @{request($oc, GET => $path, [as($oc, 'alice')])
         ->{head}{'oc-checksum'} // []}), qr/^SHA1:[0-9a-f]{40}$/,
         'owncloud/240: OC-Checksum');
}


sub test_changes {
    for my $cloud ($nc, $oc) {
        my @alice = as($cloud, 'alice');
        my $number = sub { $_[$cloud == $nc ? 0 : 1] };
        my $put = '/remote.php/webdav/put';
        my $to = sub { (Destination => "http://evil.test$cloud->{base}$_[0]",
                        Overwrite => $_[1] // 'T') };
        my %id = ('OC-FileId' => 'ID');
        my %etag = (ETag => 'ETAG32', 'OC-ETag' => 'ETAG32', %id);
        my $exists = error_body('PreconditionFailed', 'The destination node '
            . 'already exists, and the overwrite header is set to false',
            "  <s:header>Overwrite</s:header>\n");

        my @rows = (
            # recordings, what, request, line, headers, body
            ['53 260', 'MKCOL', [MKCOL => $put, \@alice], '201 Created',
             { %id, 'Content-Length' => 0 }, ''],
            ['53 261', 'MKCOL again', [MKCOL => "$put/", \@alice],
             '405 Method Not Allowed', { Allow => qr/^OPTIONS, GET/ },
             error_body('MethodNotAllowed', 'The resource you tried to create '
                        . 'already exists')],
            ['53 262', 'MKCOL, no parent', [MKCOL => "$put/no/such", \@alice],
             '409 Conflict', {}, error_body('Conflict',
             'Parent node does not exist')],
            ['53 266', 'MKCOL with a body', [MKCOL => "$put/body", \@alice,
             '<x/>'], '400 Bad Request', {}, error_body('BadRequest',
             'Expected {DAV:}mkcol but received {}x as the root element')],
            ['53 270', 'MKCOL, double slash', [MKCOL =>
             '/remote.php/webdav//put//sub', \@alice], '201 Created', \%id],
            ['53 265', 'MKCOL, backslash', [MKCOL => "$put/a%5Cb", \@alice],
             '400 Bad Request', {}, invalid_path($cloud == $nc
             ? '"\" is not allowed inside a file or folder name.'
             : 'File name contains at least one invalid character')],
            ['53 200', 'MKCOL, 251 bytes', [MKCOL => "$put/" . 'm' x 251,
             \@alice], '400 Bad Request', {}, $cloud == $nc
             ? invalid_path('Filename is too long')
             : invalid_path('File name is too long.', 'FileNameTooLong')],
            ['52 230', 'PUT new', [PUT => "$put/new.txt", \@alice, 'one'],
             '201 Created', { %etag, 'Content-Length' => 0 }, ''],
            ['52 231', 'PUT again', [PUT => "$put/new.txt", \@alice, 'two'],
             '204 No Content', \%etag],
            ['52 232', 'PUT, If-None-Match', [PUT => "$put/new.txt",
             [@alice, 'If-None-Match' => '*'], 'x'], '412 Precondition failed',
             {}, error_body('PreconditionFailed', 'An If-None-Match header was '
             . 'specified, but the ETag matched (or * was specified).',
             "  <s:header>If-None-Match</s:header>\n")],
            ['52 234', 'PUT, no parent', [PUT => "$put/no/x.txt", \@alice,
             'x'], '409 Conflict', {}, error_body('Conflict',
             'Files cannot be created in non-existent collections')],
            ['52 236', 'PUT on a folder', [PUT => $put, \@alice, 'x'],
             '409 Conflict', {}, error_body('Conflict',
             'PUT is not allowed on non-files.')],
            ['52 235', 'PUT nothing', [PUT => "$put/zero.txt", \@alice, ''],
             '201 Created', \%etag],
            ['52 237', 'PUT with a date', [PUT => "$put/dated.txt",
             [@alice, 'X-OC-Mtime' => 1500000000], 'x'], '201 Created',
             { %etag, 'X-OC-MTime' => 'accepted' }],
            ['52 268', '.htaccess', [PUT => "$put/.htaccess", \@alice, 'x'],
             $cloud == $nc ? '400 Bad Request' : '403 Forbidden', {},
             $cloud == $nc
             ? invalid_path('".htaccess" is a forbidden file or folder name.')
             : error_body('Forbidden', '')],
            ['54 280', 'COPY', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt", 'F')]], '201 Created',
             { %id, 'Content-Length' => 0 }, ''],
            ['54 281', 'COPY, F', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt", 'F')]], '412 Precondition failed', {},
             $exists],
            ['54 282', 'COPY, T', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt")]], '204 No Content', \%id],
            ['54 284', 'COPY, path only', [COPY => "$put/new.txt", [@alice,
             Destination => "$cloud->{base}$put/c2.txt"]], '201 Created'],
            ['54 292', 'COPY, special', [COPY => "$put/new.txt", [@alice,
             $to->("$put/sp%20ace%2B+%C3%BC%25.txt")]], '201 Created'],
            ['54 293', 'COPY, not encoded', [COPY => "$put/new.txt", [@alice,
             $to->("$put/raw space ü.txt")]], '201 Created'],
            ['54 285', 'COPY, no parent', [COPY => "$put/new.txt", [@alice,
             $to->("$put/no/c.txt")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination node is not found')],
            ['54 286', 'COPY, missing', [COPY => "$put/nosuch.txt", [@alice,
             $to->("$put/c.txt")]], '404 Not Found', {}, error_body('NotFound',
             'File with name put/nosuch.txt could not be located')],
            ['54 287', 'COPY, no Destination', [COPY => "$put/new.txt",
             \@alice], '400 Bad Request', {}, error_body('BadRequest',
             'The destination header was not supplied')],
            ['54 289', 'COPY to another root', [COPY => "$put/new.txt",
             [@alice, $to->('/remote.php/dav/files/alice/put/c.txt')]],
             '403 Forbidden', {}, error_body('Forbidden', 'Requested uri ('
             . "$cloud->{base}/remote.php/dav/files/alice/put/c.txt) is out of "
             . "base uri ($cloud->{base}/remote.php/webdav/)")],
            ['54 290', 'COPY onto itself', [COPY => "$put/new.txt", [@alice,
             $to->("$put/new.txt")]], '403 Forbidden', {},
             error_body('Forbidden',
             'Source and destination uri are identical.')],
            ['54 291', 'COPY, folder', [COPY => '/remote.php/webdav/special',
             [@alice, $to->("$put/special-copy", 'F')]], '201 Created', \%id],
            ['54 301', 'COPY, folder into itself', [COPY => $put, [@alice,
             $to->("$put/sub/inside")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination may not be part of the same subtree '
             . 'as the source path.')],
            ['55 295', 'MOVE', [MOVE => "$put/c1.txt", [@alice,
             $to->("$put/m1.txt", 'F')]], '201 Created',
             { %etag, 'Content-Length' => 0 }, ''],
            ['55 296', 'MOVE, F', [MOVE => "$put/c2.txt", [@alice,
             $to->("$put/m1.txt", 'F')]], '412 Precondition failed', {},
             $exists],
            ['55 297', 'MOVE, T', [MOVE => "$put/c2.txt", [@alice,
             $to->("$put/m1.txt")]], '204 No Content', \%etag],
            ['55 298', 'MOVE, missing', [MOVE => "$put/nosuch", [@alice,
             $to->("$put/m2.txt")]], '404 Not Found'],
            ['55 299', 'MOVE, no parent', [MOVE => "$put/m1.txt", [@alice,
             $to->("$put/no/m.txt")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination node is not found')],
            ['55 301', 'MOVE, folder', [MOVE => "$put/sub", [@alice,
             $to->("$put/sub-moved", 'F')]], '201 Created',
             { %id, ETag => undef }],
            ['56 302', 'DELETE', [DELETE => "$put/m1.txt", \@alice],
             '204 No Content'],
            ['56 303', 'DELETE again', [DELETE => "$put/m1.txt", \@alice],
             '404 Not Found', {}, error_body('NotFound',
             'File with name put/m1.txt could not be located')],
            ['56 304', 'DELETE, folder', [DELETE => "$put/", \@alice],
             '204 No Content'],
        );

        for (@rows) {
            my ($numbers, $what, $request, $line, $head, $body) = @$_;

            row($cloud, (split / /, $numbers)[$cloud == $nc ? 0 : 1], $what,
                $request, $line, $head, $body);
        }
    }

    row($nc, '56', 'DELETE, the root', [DELETE => '/remote.php/webdav/',
        [as($nc, 'alice')]], '403 Forbidden', {}, error_body('Forbidden', ''));
    row($nc, '54', 'Destination //host', [COPY =>
        '/remote.php/webdav/notes.txt', [as($nc, 'alice'),
        Destination => '//127.0.0.1/remote.php/webdav/c6.txt']],
        '403 Forbidden');
}


# The etag alone, at depth 0, as a listing that is remembered is checked.

sub folder_etag {
    my ($cloud, $user, $path) = @_;

    my $answer = request($cloud, PROPFIND => "/remote.php/webdav/$path",
        [as($cloud, $user), Depth => 0],
        '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:getetag/>'
        . '</d:prop></d:propfind>');

    return $answer->{body} =~ m{<d:prop><d:getetag>(.*?)</d:getetag></d:prop>}
           ? $1 : "none, $answer->{line}";
}


sub test_etags {
    my @alice = as($nc, 'alice');

    for my $cloud ($nc, $oc) {
        etags_of($cloud);
    }

    my $put = request($nc, PUT => '/remote.php/webdav/m.txt', \@alice, 'x');
    my $move = request($nc, MOVE => '/remote.php/webdav/m.txt',
        [@alice, Destination => '/remote.php/webdav/ten/m.txt']);
    is($move->{head}{'oc-fileid'}[0], $put->{head}{'oc-fileid'}[0],
       'nextcloud/55: MOVE keeps the id');

    row($nc, '59', 'If-None-Match at a folder', [PROPFIND =>
        '/remote.php/webdav/ten/', [@alice, Depth => 0,
        'If-None-Match' => folder_etag($nc, 'alice', 'ten/')
                           =~ s/&quot;/"/gr]], '207 Multi-Status');
}


sub etags_of {
    my ($cloud) = @_;

    my $name = $cloud == $nc ? 'nextcloud/57' : 'owncloud';
    my @alice = as($cloud, 'alice');
    my $dav = '/remote.php/webdav/';
    my $deep = 'Documents/Lecture%201/deep';
    my $to = "$cloud->{base}$dav";
    my @paths = ('', 'Documents/', 'Documents/Lecture%201/', 'ten/');
    my $etags = sub { map { folder_etag($cloud, 'alice', $_) } @paths };
    my @before = $etags->();

    like($_, qr/^&quot;[0-9a-f]{13}&quot;$/, "$name: etag of a folder")
        for @before;
    is("@{[$etags->()]}", "@before", "$name: nothing changed");

    # what, request
    my @changes = (
        ['PUT', [PUT => "$dav$deep/x.txt", \@alice, 'new']],
        ['PUT once more', [PUT => "$dav$deep/x.txt", \@alice, 'newer']],
        ['MKCOL', [MKCOL => "$dav$deep/made", \@alice]],
        ['COPY', [COPY => "$dav$deep/x.txt",
                  [@alice, Destination => "$to$deep/made/y.txt"]]],
        ['MOVE', [MOVE => "$dav$deep/made",
                  [@alice, Destination => "$to$deep/moved"]]],
        ['DELETE', [DELETE => "$dav$deep/moved", \@alice]],
        ['control, a file', [POST => '/_control/file', [],
         '{"user":"alice","path":"/Documents/Lecture 1/deep/z.txt"}']],
        ['control, many files', [POST => '/_control/many', [], '{"user":'
         . '"alice","folder":"Documents/Lecture 1/deep","count":3}']],
        ['control, no file', [DELETE => '/_control/file', [],
         '{"user":"alice","path":"/Documents/Lecture 1/deep/z.txt"}']],
    );

    for (@changes) {
        my ($what, $request) = @$_;

        my $answer = request($cloud, @$request);
        like($answer->{status}, qr/^20/, "$name: $what");

        my @after = $etags->();
        isnt($after[$_], $before[$_], "$name: $what: /$paths[$_] has a new one")
            for 0 .. 2;
        is($after[3], $before[3], "$name: $what: a sibling keeps its etag");
        @before = @after;
    }

    my $bob = folder_etag($cloud, 'bob', '');
    request($cloud, POST => '/ocs/v2.php/apps/files_sharing/api/v1/shares',
            [@alice, 'OCS-APIRequest' => 'true', 'Content-Type' =>
             'application/x-www-form-urlencoded'],
            'path=%2Ften&shareType=0&shareWith=bob&permissions=1');
    isnt(folder_etag($cloud, 'bob', ''), $bob,
         "$name: a share that is received");
    is(folder_etag($cloud, 'alice', 'ten/'), $before[3],
       "$name: the shared folder keeps its etag");

    $bob = folder_etag($cloud, 'bob', '');
    request($cloud, PUT => "${dav}ten/new.txt", \@alice, 'new');
    isnt(folder_etag($cloud, 'bob', ''), $bob,
         "$name: a change in a folder that is received");
}


1;
