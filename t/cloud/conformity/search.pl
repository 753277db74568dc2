# Part of ../../conformity.t: search.

use v5.20;
use warnings;
use utf8;

use Encode qw(encode_utf8 decode_utf8);
use Test::More;

our ($nc, $oc, $xml_type, $nc_root, $oc_root);


sub search_body {
    my ($literal, $scope, $more) = @_;

    return encode_utf8('<?xml version="1.0" encoding="UTF-8"?>'
        . '<d:searchrequest xmlns:d="DAV:"><d:basicsearch><d:select><d:prop>'
        . '<d:displayname/><d:getcontentlength/><d:getlastmodified/>'
        . '<d:resourcetype/></d:prop></d:select><d:from><d:scope><d:href>'
        . ($scope // '/files/alice/') . '</d:href><d:depth>infinity</d:depth>'
        . '</d:scope></d:from><d:where><d:like><d:prop><d:displayname/>'
        . "</d:prop><d:literal>$literal</d:literal></d:like></d:where>"
        . '<d:orderby/>' . ($more // '')
        . '</d:basicsearch></d:searchrequest>');
}


sub test_search {
    my @alice = (as($nc, 'alice'), 'Content-Type' => 'text/xml');
    my $dav = '/remote.php/dav/';
    my $quoted = { 'Content-Type' => 'application/xml; charset="utf-8"' };
    my $multi = '207 Multi-Status';
    my $none = 'There was no plugin in the system that was willing to handle '
               . 'this SEARCH method.';

    row($nc, '44', 'a name', [SEARCH => $dav, \@alice,
        search_body('%REPORT%')], $multi, $quoted, "$nc_root><d:response>"
        . '<d:href>/remote.php/dav/files/alice/report.pdf</d:href><d:propstat>'
        . '<d:prop><d:displayname>report.pdf</d:displayname>'
        . '<d:getcontentlength>33</d:getcontentlength><d:getlastmodified>DATE'
        . '</d:getlastmodified><d:resourcetype/></d:prop><d:status>HTTP/1.1 '
        . '200 OK</d:status></d:propstat></d:response></d:multistatus>');
    row($nc, '44', 'a folder', [SEARCH => $dav, \@alice,
        search_body('%Lecture%')], $multi, {}, "$nc_root><d:response><d:href>"
        . '/remote.php/dav/files/alice/Documents/Lecture%201/</d:href>'
        . '<d:propstat><d:prop><d:displayname>Lecture 1</d:displayname>'
        . '<d:getlastmodified>DATE</d:getlastmodified><d:resourcetype>'
        . '<d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK'
        . '</d:status></d:propstat>' . missing('d:getcontentlength')
        . '</d:response></d:multistatus>');
    row($nc, '44', 'nothing', [SEARCH => $dav, \@alice,
        search_body('%nothing-like-this%')], $multi, $quoted, "$nc_root/>\n");

    for (['%\%41%', 'percent%2541.txt'], ['%&amp;%', 'amp%20%26%20file.txt'],
         ['%&lt;%', 'lt%20%3c%20gt%20%3e%20file.txt'],
         ['%Ü%', 'Documents/%c3%9cmlaut%20%c3%96rdner/'],
         ['%😀%', 'emoji%20%f0%9f%98%80%20file.txt'])
    {
        row($nc, '45', "query $_->[0]", [SEARCH => $dav, \@alice,
            search_body($_->[0])], $multi, {},
            qr{<d:href>/remote.php/dav/files/alice/[^<]*\Q$_->[1]\E<});
    }

    row($nc, '45', 'query _, escaped', [SEARCH => $dav, \@alice,
        search_body('%\_%')], $multi, {}, "$nc_root/>\n");
    row($nc, '45', 'scope, raw', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/Documents/Lecture 1/')], $multi, {},
        qr{/deepest/leaf\.txt<});
    row($nc, '45', 'scope, encoded', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/Documents/Lecture%201/')], '404 Not Found', {},
        error_body('NotFound',
        'File with name /Documents/Lecture%201 could not be located'));
    row($nc, '45', 'scope, missing', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/nosuch/')], '404 Not Found', {}, error_body(
        'NotFound', 'File with name //nosuch could not be located'));

    for my $scope ('/files/bob/', '/') {
        row($nc, '45', "scope $scope", [SEARCH => $dav, \@alice,
            search_body('%report%', $scope)], '500 Internal Server Error', {},
            '<?xml version="1.0" encoding="utf-8"?>' . "\n" . '<d:error '
            . 'xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">' . "\n"
            . "  <s:exception>InvalidArgumentException</s:exception>\n"
            . '  <s:message>Search is only supported on directories'
            . "</s:message>\n</d:error>\n");
    }

    for my $path ('/remote.php/webdav/', '/remote.php/dav/files/alice/') {
        row($nc, '45', "at $path", [SEARCH => $path, \@alice,
            search_body('%x%')], '501 Not Implemented', {},
            error_body('NotImplemented', $none));
    }

}


# The names of the hits, decoded, or the status line.

sub hits {
    my ($answer) = @_;

    return $answer->{line} if $answer->{status} != 207;

    return map { decode_utf8(s/%([0-9a-f]{2})/chr hex $1/ger) }
           $answer->{body} =~ m{<d:href>[^<]*?([^/<]+/?)</d:href>}g;
}


# What the user's "%", "_" and quotes find, and that they do not stand for
# anything else.

sub test_search_nextcloud {
    my @alice = (as($nc, 'alice'), 'Content-Type' => 'text/xml');
    my $search = sub {
        my ($literal, @more) = @_;
        return hits(request($nc, SEARCH => '/remote.php/dav/', \@alice,
                            search_body($literal, @more)));
    };
    my $special = '/files/alice/special/';
    my $sorted = sub { join ' | ', sort @_ };

    request($nc, PUT => "/remote.php/webdav/special/$_", [as($nc, 'alice')],
            'x') for 'under_score.txt', 'underXscore.txt';

    for (['45', '%\%%', '100% sure | 100% sure folder/ | 100%.txt | a%2Fb.txt '
          . "| folder # & + %41 'q' ü/ | percent % file.txt | "
          . 'percent %20 encoded.txt | percent%41.txt'],
         ['45', '%\_%', 'under_score.txt'],
         ['45', 'under_score%', 'underXscore.txt | under_score.txt'],
         ['45', '%\\\\%', ''],
         ['45', "%'%", "apos ' file.txt | folder # & + %41 'q' ü/ | "
          . "quote'single.txt"],
         ['45', '%&quot;%', 'quote " file.txt | quote"double.txt'],
         ['45', '%&amp;%', "Folder & Co/ | amp & file.txt | amp&ersand.txt | "
          . "folder # & + %41 'q' ü/"],
         ['45', '%&lt;%', 'lt < gt > file.txt | lt<gt>.txt'],
         ['45', '%ÜML%', 'üml-nfd.txt | ümläut-nfc.txt'],
         ['45', '%😀%', 'emoji 😀 file.txt | emoji😀.txt'],
         ['45', '%' . 'L' x 245 . '%', 'L' x 245 . '.txt'],
         ['44', '%two  spaces%', 'two  spaces.txt'],
         ['44', '%nothing-like-this%', ''])
    {
        my ($number, $literal, $want) = @$_;

        is($sorted->($search->($literal, $special)), $want,
           "nextcloud/$number: " . substr $literal, 0, 20);
    }

    my $order = sub {
        return '<d:orderby><d:order><d:prop><d:displayname/></d:prop><d:'
               . ($_[0] // 'ascending') . '/></d:order></d:orderby>';
    };
    my $limit = sub {
        return '<d:limit><d:nresults>3</d:nresults>' . ($_[0] // '')
               . '</d:limit>';
    };
    my $ten = '/files/alice/ten/';
    my $first = 'file 00.txt file 01.txt file 02.txt';

    is(scalar(() = $search->('file%', $ten, $limit->())), 3,
       'nextcloud/46: a limit');
    is(join(' ', $search->('file%', $ten, $order->() . $limit->())), $first,
       'nextcloud/48: in order');
    is(join(' ', $search->('file%', $ten, $order->('descending')
       . $limit->())), 'file 09.txt file 08.txt file 07.txt',
       'nextcloud/48: the other way round');
    is(join(' ', $search->('file%', $ten, $order->() . $limit->(
       '<f:firstresult xmlns:f="https://github.com/icewind1991/SearchDAV/ns">3'
       . '</f:firstresult>'))), 'file 03.txt file 04.txt file 05.txt',
       'nextcloud/48: the next ones');
    is(join(' ', $search->('file%', $ten, $order->()
       . $limit->('<d:firstresult>3</d:firstresult>'))), $first,
       'nextcloud/48: d:firstresult is ignored');

    my $send = sub {
        my ($body, $type) = @_;
        return [SEARCH => '/remote.php/dav/', [as($nc, 'alice'),
                'Content-Type' => $type // 'text/xml'], $body];
    };
    my $quoted = { 'Content-Type' => 'application/xml; charset="utf-8"' };
    my $body = search_body('%x%', undef, $order->());

    row($nc, '48', 'unknown order', $send->($body
        =~ s{(<d:order><d:prop><d:)displayname}{$1nosuch}r), '400 Bad Request',
        $quoted, 'requested order by property is not a valid property for this '
        . 'scope');
    row($nc, '48', 'unknown property', $send->($body
        =~ s{(<d:like><d:prop><d:)displayname}{$1nosuch}r), '400 Bad Request',
        $quoted, 'requested search property is not a valid property for this '
        . 'scope');
    row($nc, '48', 'only folders', $send->(search_body('%document%')
        =~ s{<d:where>(.*)</d:where>}
            {<d:where><d:and>$1<d:is-collection/></d:and></d:where>}r),
        '207 Multi-Status', $quoted,
        qr{^[^<]*<\?xml[^>]*>\s*<d:multistatus[^>]*><d:response><d:href>[^<]*
           /alice/Documents/</d:href>(?!.*<d:href>)}sx);
    row($nc, '45', 'application/xml', $send->(search_body('report%'),
        'application/xml'), '207 Multi-Status', $quoted, qr/report\.pdf/);
    row($nc, '45', 'JSON', $send->(search_body('report%'),
        'application/json'), '501 Not Implemented', {}, error_body(
        'NotImplemented', 'There was no plugin in the system that was willing '
        . 'to handle this SEARCH method.'));
    row($nc, '45', 'cut XML', $send->('<?xml version="1.0"?>'
        . '<d:searchrequest xmlns:d="DAV:">'), '400 Bad Request',
        { 'Content-Type' => 'text/html; charset=UTF-8' }, qr/^Parse error: /);
    row($nc, '45', 'bad token', [SEARCH => '/remote.php/dav/',
        [Authorization => 'Bearer wrong', 'Content-Type' => 'text/xml'],
        search_body('%x%')], '401 Unauthorized');

    my @anna = (Authorization => 'Bearer ' . control($nc, POST => 'tokens',
        { user => "o'anna b\@x.de" })->{access}, 'Content-Type' => 'text/xml');
    request($nc, PUT => '/remote.php/webdav/anna%20file.txt', [@anna], 'x');

    for my $scope ("/files/o'anna b\@x.de/", '/files/o%27anna%20b%40x.de/') {
        row($nc, '78', "scope $scope", [SEARCH => '/remote.php/dav/', [@anna],
            search_body('%anna file%', $scope)], '207 Multi-Status', $quoted,
            qr{<d:href>/remote\.php/dav/files/o%27anna%20b\@x\.de
               /anna%20file\.txt</d:href>}x);
    }
}


sub test_search_owncloud {
    my $multi = '207 Multi-Status';
    my $dav = '/remote.php/dav/';
    my $none = 'There was no plugin in the system that was willing to handle '
               . 'this SEARCH method.';
    my $report = sub {
        return encode_utf8('<?xml version="1.0"?><oc:search-files '
            . 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop>'
            . '<oc:fileid/><d:getcontenttype/><d:getcontentlength/>'
            . '<d:resourcetype/></d:prop><oc:search><oc:pattern>' . $_[0]
            . '</oc:pattern>' . ($_[1] ? "<oc:limit>$_[1]</oc:limit>" : '')
            . '</oc:search></oc:search-files>');
    };

    for (['602', '/remote.php/dav/files/alice/'],
         ['603', '/remote.php/webdav/'])
    {
        my ($number, $path) = @$_;

        row($oc, $number, "REPORT at $path", [REPORT => $path,
            [as($oc, 'alice')], $report->('REPORT', 10)], $multi,
            { 'Content-Type' => $xml_type, DAV => undef },
            "$oc_root><d:response><d:href>/oc${path}report.pdf</d:href>"
            . '<d:propstat><d:prop><oc:fileid>N</oc:fileid><d:getcontenttype>'
            . 'application/pdf</d:getcontenttype><d:getcontentlength>33'
            . '</d:getcontentlength><d:resourcetype/></d:prop><d:status>'
            . 'HTTP/1.1 200 OK</d:status></d:propstat></d:response>'
            . '</d:multistatus>');
    }

    my $search = sub {
        my %names = map { s{/$}{}r => 1 }
            hits(request($oc, REPORT => '/remote.php/dav/files/alice/',
                         [as($oc, 'alice')], $report->(@_)));

        return join ' | ', sort keys %names;
    };

    my $stars = 'colon:pipe|star*.txt | star*.txt';

    for (['620a', 'ALICE', 'alice.txt'], ['621', 'ümlä', 'ümläut-nfc.txt'],
         ['621', 'ÜMLÄ', 'ümläut-nfc.txt'], ['629', '*.txt', $stars],
         ['630a', 'with space', 'with space.txt'],
         ['631a', 'amp &amp; f', 'amp & file.txt'],
         ['602', 'nothing-like-this', ''],
         ['622', 'per%t %20', 'percent %20 encoded.txt'],
         ['623', 'tar_.t_t', $stars])
    {
        my ($number, $pattern, $want) = @$_;

        is($search->($pattern, 100), $want, "owncloud/$number: $pattern");
    }

    my $count = sub {
        return scalar(() = hits(request($oc, REPORT =>
            '/remote.php/webdav/', [as($oc, 'alice')], $report->(@_))));
    };

    for (['622', '%'], ['623', '_'], ['628', 'txt']) {
        my ($number, $pattern) = @$_;

        is($count->($pattern), 30,
           "owncloud/$number: $pattern, 30 without a limit");
    }

    is($count->('txt', 3), 3, 'owncloud/626: limit');
    is($search->('txt', '3</oc:limit><oc:offset>3</oc:offset><oc:limit>'),
       $search->('txt', 3), 'owncloud/627: no offset');
    unlike(request($oc, REPORT => '/remote.php/webdav/', [as($oc, 'alice')],
           $report->('deep'))->{body}, qr{/</d:href>},
           'owncloud/632a: folders have no slash at the end');
    row($oc, '634', 'no search', [REPORT => '/remote.php/dav/files/alice/',
        [as($oc, 'alice')], '<?xml version="1.0"?><oc:search-files '
        . 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop/>'
        . '</oc:search-files>'], '400 Bad Request', {},
        error_body('BadRequest', 'Search pattern cannot be empty'));
    row($oc, '624', 'no pattern', [REPORT => '/remote.php/webdav/',
        [as($oc, 'alice')], $report->('')], '400 Bad Request', {},
        error_body('BadRequest', 'Search pattern cannot be empty'));
    row($oc, '633a', 'in a folder', [REPORT =>
        '/remote.php/dav/files/alice/ten/', [as($oc, 'alice')],
        $report->('file')], '501 Not Implemented', {}, error_body(
        'NotImplemented', 'Search report only available in the root folder of '
        . 'the user'));
    row($oc, '635', "in somebody else's", [REPORT =>
        '/remote.php/dav/files/bob/', [as($oc, 'alice')], $report->('x')],
        '415 Unsupported Media Type', {}, error_body('ReportNotSupported', '',
        "  <d:supported-report/>\n"));
    row($oc, '606', 'unknown report', [REPORT => '/remote.php/webdav/',
        [as($oc, 'alice')], '<x:bogus xmlns:x="urn:x"/>'],
        '415 Unsupported Media Type');
    row($oc, '600', 'SEARCH', [SEARCH => $dav, [as($oc, 'alice')],
        search_body('%x%')], '501 Not Implemented', {},
        error_body('NotImplemented', $none));
}


1;
