# Part of ../../conformity.t: pROPFIND, and names that clients get wrong.

use v5.20;
use warnings;
use utf8;

use Test::More;

our ($nc, $oc, $xml_type, $nc_root, $oc_root);


sub test_propfind {
    my $end = '</d:response></d:multistatus>';
    my $multi = '207 Multi-Status';
    my %head = ('Content-Type' => $xml_type, Vary => 'Brief,Prefer',
                'Transfer-Encoding' => 'chunked', ETag => undef,
                'Content-Length' => undef);
    my $nc_dav = '1, 3, extended-mkcol, nextcloud-checksum-update';
    my $oc_dav = '1, 3, extended-mkcol, 2';
    my @type = ('Content-Type' => 'text/xml; charset=utf-8');
    my $three = '<?xml version="1.0" encoding="utf-8"?>' . "\n"
        . '<d:propfind xmlns:d="DAV:"><d:prop><d:getlastmodified/>'
        . '<d:getcontentlength/><d:resourcetype/></d:prop></d:propfind>';
    my $three_folder = '<d:getlastmodified>DATE</d:getlastmodified>'
                       . '<d:resourcetype><d:collection/></d:resourcetype>';
    my $three_file = sub { "<d:response><d:href>$_[0]</d:href><d:propstat>"
        . '<d:prop><d:getlastmodified>DATE</d:getlastmodified>'
        . "<d:getcontentlength>$_[1]</d:getcontentlength><d:resourcetype/>"
        . '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
        . '</d:response>' };

    row($nc, '30', 'root, Depth 0, no body', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => $nc_dav },
        "$nc_root>" . folder_response('/remote.php/webdav/') . $end);
    row($oc, '201', 'root, Depth 0, no body', [PROPFIND =>
        '/remote.php/webdav/', [as($oc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => $oc_dav },
        "$oc_root>" . folder_response('/oc/remote.php/webdav/') . $end);
    row($nc, '31', 'dav/files', [PROPFIND => '/remote.php/dav/files/alice/',
        [as($nc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => '1, 3, extended-mkcol, access-control, '
          . 'calendarserver-principal-property-search, nc-paginate, '
          . 'nextcloud-checksum-update, nc-calendar-search, '
          . 'nc-enable-birthday-calendar' },
        "$nc_root>" . folder_response('/remote.php/dav/files/alice/') . $end);
    row($oc, '203', 'dav/files', [PROPFIND => '/remote.php/dav/files/alice/',
        [as($oc, 'alice'), Depth => 0]], $multi, { %head, DAV => $oc_dav },
        "$oc_root>" . folder_response('/oc/remote.php/dav/files/alice/')
        . $end);

    my @nc_props = map { "d:$_" } qw(displayname getlastmodified
        getcontentlength resourcetype getetag getcontenttype);
    my $list = '<?xml version="1.0" encoding="utf-8"?>' . "\n"
        . '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" '
        . 'xmlns:nc="http://nextcloud.org/ns"><d:prop>'
        . join('', map { "<$_/>" } @nc_props, map({ "oc:$_" } qw(id fileid size
               permissions share-types owner-id)), 'nc:has-preview')
        . '</d:prop></d:propfind>';

    row($nc, '30', 'a list of properties', [PROPFIND => '/remote.php/webdav/',
        [as($nc, 'alice'), Depth => 0, @type], $list], $multi, {},
        "$nc_root>" . folder_response('/remote.php/webdav/',
        '<d:displayname>files</d:displayname><d:getlastmodified>DATE'
        . '</d:getlastmodified><d:resourcetype><d:collection/>'
        . '</d:resourcetype><d:getetag>ETAG13</d:getetag><oc:id>ID</oc:id>'
        . '<oc:fileid>N</oc:fileid><oc:size>N</oc:size><oc:permissions>RGDNVCK'
        . '</oc:permissions><oc:share-types/><oc:owner-id>alice</oc:owner-id>'
        . '<nc:has-preview>false</nc:has-preview>')
        . missing('d:getcontentlength', 'd:getcontenttype') . $end);
    row($nc, '39', 'Prefer: return=minimal', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0, @type,
        Prefer => 'return=minimal'], $list], $multi, {},
        qr{^(?!.*404 Not Found).*</d:multistatus>$}s);

    row($nc, '33', 'a folder with children, no slash', [PROPFIND =>
        '/remote.php/webdav/Documents/Lecture%201', [as($nc, 'alice'),
        Depth => 1, @type], $three], $multi, {},
        "$nc_root>" . join('', map { folder_response("/remote.php/webdav"
            . "/Documents/Lecture%201/$_", $three_folder)
            . missing('d:getcontentlength') . '</d:response>' } '', 'deep/')
        . join('', map { $three_file->("/remote.php/webdav/Documents/"
            . "Lecture%201/$_->[0]", $_->[1]) } ['slides%20one.pdf', 21],
            ['slides.pdf', 24]) . '</d:multistatus>');
    row($nc, '33', 'a file with a slash', [PROPFIND =>
        '/remote.php/webdav/report.pdf/', [as($nc, 'alice'), Depth => 0,
        @type], $three], $multi, {}, "$nc_root>"
        . $three_file->('/remote.php/webdav/report.pdf', 33)
        . '</d:multistatus>');
    row($nc, '33', 'double slashes', [PROPFIND =>
        '/remote.php/webdav//Documents//Lecture%201/', [as($nc, 'alice'),
        Depth => 0, @type], $three], $multi, {},
        qr{<d:href>/remote.php/webdav/Documents/Lecture%201/</d:href>});
    row($oc, '313', 'dots', [PROPFIND => '/remote.php/webdav/../webdav/',
        [as($oc, 'alice'), Depth => 0]], $multi);
    row($oc, '312', 'no slash after webdav', [PROPFIND => '/remote.php/webdav',
        [as($oc, 'alice'), Depth => 0]], $multi, {},
        qr{<d:href>/oc/remote.php/webdav/</d:href>});

    my $moodle = <<'XML';
<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop>
<getcontentlength xmlns="DAV:"/>
<getlastmodified xmlns="DAV:"/>
<executable xmlns="http://apache.org/dav/props/"/>
<resourcetype xmlns="DAV:"/>
<checked-in xmlns="DAV:"/>
<checked-out xmlns="DAV:"/>
</prop></propfind>
XML
    my $executable = 'x1:executable xmlns:x1="http://apache.org/dav/props/"';

    row($nc, '32', "Moodle's body", [PROPFIND => '/remote.php/webdav/ten/',
        [as($nc, 'alice'), Depth => 0, 'Content-type' => 'application/xml'],
        $moodle], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/ten/', $three_folder)
        . missing('d:getcontentlength', $executable, 'd:checked-in',
                  'd:checked-out') . $end);

    my $oc_list = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" '
        . 'xmlns:oc="http://owncloud.org/ns" '
        . 'xmlns:nc="http://nextcloud.org/ns"><d:prop><d:getlastmodified/>'
        . '<d:displayname/><d:quota-available-bytes/><oc:id/><oc:permissions/>'
        . '<oc:favorite/><oc:owner-display-name/><oc:checksums/>'
        . '<oc:downloadURL/><oc:name/><nc:has-preview/><nc:mount-type/>'
        . '</d:prop></d:propfind>';
    my @foreign = map { "x1:$_ xmlns:x1=\"http://nextcloud.org/ns\"" }
                      'has-preview', 'mount-type';

    row($oc, '204', 'a list of properties, file', [PROPFIND =>
        '/remote.php/webdav/special/plain.txt', [as($oc, 'alice'), Depth => 0],
        $oc_list], $multi, {},
        qr{^\Q$oc_root\E><d:response><d:href>/oc/remote.php/webdav/special/plain
        .txt</d:href><d:propstat><d:prop><d:getlastmodified>DATE
        </d:getlastmodified><oc:id>ID</oc:id><oc:permissions>RDNVW
        </oc:permissions><oc:favorite>0</oc:favorite><oc:owner-display-name>
        Alice\ Älpha</oc:owner-display-name><oc:checksums><oc:checksum>
        SHA1:[0-9a-f]{40}\ MD5:[0-9a-f]{32}\ ADLER32:[0-9a-f]{8}</oc:checksum>
        </oc:checksums><oc:downloadURL></oc:downloadURL></d:prop><d:status>
        HTTP/1.1\ 200\ OK</d:status></d:propstat>\Q${\ missing('d:displayname',
        'd:quota-available-bytes', 'oc:name', @foreign)}\E\Q$end\E$}x);

    row($nc, '39', 'Depth: infinity', [PROPFIND =>
        '/remote.php/webdav/Documents/', [as($nc, 'alice'),
        Depth => 'infinity', @type], $three], $multi, {},
        qr{/deep/deeper/deepest/leaf\.txt<});
    row($oc, '212', 'Depth: infinity', [PROPFIND =>
        '/remote.php/webdav/special', [as($oc, 'alice'),
        Depth => 'infinity']], '412 Precondition failed', {},
        error_body('PreconditionFailed', 'Depth infinity not supported'));
    row($nc, '39', 'no Depth is 1', [PROPFIND =>
        '/remote.php/webdav/Documents/', [as($nc, 'alice'), @type], $three],
        $multi, {}, qr{^(?!.*/deep/).*/Documents/plan\.md<}s);
    row($nc, '39', 'not XML', [PROPFIND => '/remote.php/webdav/',
        [as($nc, 'alice'), Depth => 0, @type], 'hello'], '400 Bad Request',
        { 'Content-Type' => $xml_type },
        qr{<s:exception>Sabre\\DAV\\Exception\\BadRequest</s:exception>});
    row($oc, '216', 'bad XML', [PROPFIND => '/remote.php/webdav/special',
        [as($oc, 'alice'), Depth => 0, @type], '<?xml x'], '400 Bad Request');
    row($nc, '39', 'other prefixes, unknown property', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0, @type],
        '<?xml version="1.0"?><x:propfind xmlns:x="DAV:"><x:prop><x:getetag/>'
        . '<y:zz xmlns:y="urn:x"/><x:getcontentlength/></x:prop>'
        . '</x:propfind>'], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/',
                          '<d:getetag>ETAG13</d:getetag>')
        . missing('x1:zz xmlns:x1="urn:x"', 'd:getcontentlength') . $end);

    row($nc, '37', 'missing', [PROPFIND => '/remote.php/webdav/no/such.txt',
        [as($nc, 'alice'), Depth => 0]], '404 Not Found', { DAV => $nc_dav },
        error_body('NotFound', 'File with name no/such.txt could not be '
                   . 'located'));
    row($oc, '210', 'missing', [PROPFIND => '/remote.php/webdav/nosuch',
        [as($oc, 'alice'), Depth => 1]], '404 Not Found', {},
        error_body('NotFound', 'File with name nosuch could not be located'));

    for my $cloud ($nc, $oc) {
        my $root = $cloud == $nc ? $nc_root : $oc_root;

        row($cloud, $cloud == $nc ? '31' : '217', "somebody else's tree",
            [PROPFIND => '/remote.php/dav/files/bob/', [as($cloud, 'alice'),
            Depth => 0]], $multi, {}, "$root>" . folder_response(
            "$cloud->{base}/remote.php/dav/files/bob/",
            '<d:resourcetype><d:collection/></d:resourcetype>') . $end);
        row($cloud, $cloud == $nc ? '31' : '219', 'all homes', [PROPFIND =>
            '/remote.php/dav/files/', [as($cloud, 'alice'), Depth => 1]],
            '405 Method Not Allowed', { Allow => qr/^OPTIONS, GET, HEAD/ },
            error_body('MethodNotAllowed',
                       'Listing members of this collection is disabled'));
    }

    row($nc, '31', 'unknown user', [PROPFIND =>
        '/remote.php/dav/files/nosuchuser/', [as($nc, 'alice'), Depth => 0]],
        '404 Not Found', {}, error_body('NotFound',
        'Principal with name nosuchuser not found'));
    row($nc, '36', 'empty folder', [PROPFIND =>
        '/remote.php/webdav/Empty%20folder', [as($nc, 'alice'), Depth => 1,
        @type], $three], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/Empty%20folder/', $three_folder)
        . missing('d:getcontentlength') . $end);
    row($nc, '36', 'zero bytes', [PROPFIND => '/remote.php/webdav/zero.bin',
        [as($nc, 'alice'), Depth => 0, @type], $three], $multi, {},
        "$nc_root>" . $three_file->('/remote.php/webdav/zero.bin', 0)
        . '</d:multistatus>');

    row($nc, '43', 'OPTIONS', [OPTIONS => '/remote.php/webdav/',
        [as($nc, 'alice')]], '200 OK', { DAV => $nc_dav, 'Content-Length' => 0,
        Allow => 'OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, '
                 . 'MOVE, REPORT', 'MS-Author-Via' => 'DAV' }, '');
    row($oc, '221', 'OPTIONS', [OPTIONS => '/remote.php/webdav/',
        [as($oc, 'alice')]], '200 OK', { DAV => $oc_dav,
        Allow => 'OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, '
                 . 'MOVE, REPORT, LOCK, UNLOCK' }, '');
    row($oc, '310', 'POST', [POST => '/remote.php/webdav/',
        [as($oc, 'alice')], 'x'], '501 Not Implemented', {},
        error_body('NotImplemented', 'There was no plugin in the system that '
                   . 'was willing to handle this POST method.'));
}


# name => href, where it is not plain percent-encoding in lower case

sub test_special {
    my @nextcloud = (
        [' leading space.txt', '%20leading%20space.txt'],
        ['.hidden', '.hidden'],
        ['L' x 245 . '.txt', 'L' x 245 . '.txt'],
        ['amp & file.txt', 'amp%20%26%20file.txt'],
        ["apos ' file.txt", 'apos%20%27%20file.txt'],
        ['at@sign!$.txt', 'at@sign%21%24.txt'],
        ['colon:pipe|star*.txt', 'colon:pipe%7cstar%2a.txt'],
        ['comma, and (parens) [brackets] {braces}.txt',
         'comma%2c%20and%20(parens)%20%5bbrackets%5d%20%7bbraces%7d.txt'],
        ['emoji 😀 file.txt', 'emoji%20%f0%9f%98%80%20file.txt'],
        ['equals=a?b.txt', 'equals%3da%3fb.txt'],
        ["folder # & + %41 'q' ü",
         'folder%20%23%20%26%20%2b%20%2541%20%27q%27%20%c3%bc/'],
        ['hash # file.txt', 'hash%20%23%20file.txt'],
        ['lt < gt > file.txt', 'lt%20%3c%20gt%20%3e%20file.txt'],
        ['noextension', 'noextension'],
        ['percent % file.txt', 'percent%20%25%20file.txt'],
        ['percent %20 encoded.txt', 'percent%20%2520%20encoded.txt'],
        ['plus + file.txt', 'plus%20%2b%20file.txt'],
        ['quote " file.txt', 'quote%20%22%20file.txt'],
        ['semi;colon.txt', 'semi%3bcolon.txt'],
        ['tilde ~ caret ^ backtick `.txt',
         'tilde%20~%20caret%20%5e%20backtick%20%60.txt'],
        ['trailing dot.', 'trailing%20dot.'],
        ['two  spaces.txt', 'two%20%20spaces.txt'],
        ['ü' x 123 . '.txt', '%c3%bc' x 123 . '.txt'],
        ['日本語.txt', '%e6%97%a5%e6%9c%ac%e8%aa%9e.txt'],
    );
    my @owncloud = (
        [' leading.txt', '%20leading.txt'], ['..dots', '..dots'],
        ['100%.txt', '100%25.txt'], ['Folder & Co', 'Folder%20%26%20Co/'],
        ['[brackets]', '%5bbrackets%5d/'], ['a%2Fb.txt', 'a%252Fb.txt'],
        ['a+b c', 'a%2bb%20c/'], ['amp&ersand.txt', 'amp%26ersand.txt'],
        ['at@.txt', 'at@.txt'], ['back`tick.txt', 'back%60tick.txt'],
        ['bra[ck]et.txt', 'bra%5bck%5det.txt'], ['caret^.txt', 'caret%5e.txt'],
        ['colon:.txt', 'colon:.txt'], ['comma,.txt', 'comma%2c.txt'],
        ['dollar$.txt', 'dollar%24.txt'], ['dot.', 'dot.'],
        ['emoji😀.txt', 'emoji%f0%9f%98%80.txt'],
        ['eq=ual.txt', 'eq%3dual.txt'], ['hash#tag.txt', 'hash%23tag.txt'],
        ['lt<gt>.txt', 'lt%3cgt%3e.txt'], ['paren(s).txt', 'paren(s).txt'],
        ['percent%41.txt', 'percent%2541.txt'], ['pipe|.txt', 'pipe%7c.txt'],
        ['plain.txt', 'plain.txt'], ['plus+plus.txt', 'plus%2bplus.txt'],
        ['quest?ion.txt', 'quest%3fion.txt'],
        ['quote"double.txt', 'quote%22double.txt'],
        ["quote'single.txt", 'quote%27single.txt'],
        ['semi;colon.txt', 'semi%3bcolon.txt'], ['star*.txt', 'star%2a.txt'],
        ['tilde~.txt', 'tilde~.txt'], ['trailing.txt ', 'trailing.txt%20'],
        ['with space.txt', 'with%20space.txt'],
        ['{curly}.txt', '%7bcurly%7d.txt'], ['üml-nfd.txt', '%c3%bcml-nfd.txt'],
        ['ümläut-nfc.txt', '%c3%bcml%c3%a4ut-nfc.txt'],
        ['ünï', '%c3%bcn%c3%af/'], ['日本語', '%e6%97%a5%e6%9c%ac%e8%aa%9e/'],
    );

    # Both lists on both: the files are the same.
    for my $cloud ($nc, $oc) {
        my $number = $cloud == $nc ? '34' : '204';
        my $folder = "$cloud->{base}/remote.php/webdav/special/";
        my $list = request($cloud, PROPFIND => '/remote.php/webdav/special',
                           [as($cloud, 'alice'), Depth => 1]);
        my %href = map { $_ => 1 } $list->{body} =~ m{<d:href>(.*?)</d:href>}g;

        for (@nextcloud, @owncloud, ['case.txt', 'case.txt'],
             ['CASE.txt', 'CASE.txt'])
        {
            my ($name, $want) = @$_;

            ok($href{"$folder$want"}, "$cloud->{name}/$number: $want listed");

            row($cloud, $cloud == $nc ? '35' : '207', "$want itself",
                [PROPFIND => '/remote.php/webdav/special/' . encode($name),
                [as($cloud, 'alice'), Depth => 0]], '207 Multi-Status', {},
                qr{<d:href>\Q$folder$want\E</d:href>});
        }

        for (@nextcloud, @owncloud) {
            my ($name, $want) = @$_;
            next if $want =~ m{/$};

            row($cloud, $number, "$want as a folder", [PROPFIND =>
                '/remote.php/webdav/special-folders/' . encode($name),
                [as($cloud, 'alice'), Depth => 1]], '207 Multi-Status', {},
                qr{/special-folders/\Q$want\E/inside\.txt</d:href>});
        }
    }

    for (["apos%20'%20file.txt", 'raw quote', 'apos%20%27%20file.txt'],
         ['plus%20+%20file.txt', 'raw plus', 'plus%20%2b%20file.txt'],
         ['amp%20&%20file.txt', 'raw ampersand', 'amp%20%26%20file.txt'],
         ['%e6%97%a5%e6%9c%ac%e8%aa%9e.txt', 'lower-case hex',
          '%e6%97%a5%e6%9c%ac%e8%aa%9e.txt'])
    {
        my ($path, $what, $want) = @$_;

        row($nc, '35', $what, [PROPFIND => "/remote.php/webdav/special/$path",
            [as($nc, 'alice'), Depth => 0]], '207 Multi-Status', {},
            qr{<d:href>/remote.php/webdav/special/\Q$want\E<});
    }

    my @alice = (as($nc, 'alice'), Depth => 0);

    row($nc, '35', 'invalid UTF-8', [PROPFIND =>
        '/remote.php/webdav/special/bad%ff%fe.txt', \@alice], '404 Not Found');
    row($nc, '35', '%00', [PROPFIND =>
        '/remote.php/webdav/special/nul%00.txt', \@alice], '400 Bad Request',
        { 'Content-Type' => 'text/html' });
    row($nc, '35', 'backslash', [PROPFIND =>
        '/remote.php/webdav/special/back%5Cslash.txt', \@alice],
        '400 Bad Request', {},
        invalid_path('"\" is not allowed inside a file or folder name.'));
    row($nc, '35', '%2F', [PROPFIND => '/remote.php/webdav/special/a%2Fb',
        \@alice], '404 Not Found', {}, error_body('NotFound',
        'File with name special/a/b could not be located'));
    row($oc, '314', '%2F', [PROPFIND => '/remote.php/webdav/special%2Fplain.txt',
        [as($oc, 'alice'), Depth => 0]], '207 Multi-Status');
}


1;
