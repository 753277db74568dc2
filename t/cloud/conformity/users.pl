# Part of ../../conformity.t: who is asking: user info, 401s, cookies.

use v5.20;
use warnings;
use utf8;

use MIME::Base64 qw(encode_base64 decode_base64);
use Test::More;

our ($nc, $oc, $xml_type, $json_type);


sub test_userinfo {
    my $oc_data = '"data":{"id":"alice","display-name":"Alice \u00c4lpha",'
                  . '"email":"alice@example.test","language":"en"}}}';

    for my $v (1, 2) {
        my $code = $v == 1 ? 100 : 200;

        row($oc, $v == 1 ? '81' : '80', "v$v, json",
            [GET => "/ocs/v$v.php/cloud/user?format=json",
             [as($oc, 'alice')]], '200 OK', { 'Content-Type' => $json_type },
            '{"ocs":{"meta":{"status":"ok","statuscode":' . $code
            . ',"message":"OK","totalitems":"","itemsperpage":""},' . $oc_data);
    }

    row($oc, '83', 'xml, whatever Accept says',
        [GET => '/ocs/v2.php/cloud/user',
         [as($oc, 'alice'), Accept => 'application/json']], '200 OK',
        { 'Content-Type' => $xml_type }, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>ok</status>
  <statuscode>200</statuscode>
  <message>OK</message>
  <totalitems></totalitems>
  <itemsperpage></itemsperpage>
 </meta>
 <data>
  <id>alice</id>
  <display-name>Alice Älpha</display-name>
  <email>alice@example.test</email>
  <language>en</language>
 </data>
</ocs>
XML

    my $meta = '{"ocs":{"meta":{"status":"ok","statuscode":';
    my $data = qr/"data":\{"enabled":true,"id":"alice",.*"quota":\{"free":-3,
        .*"email":"alice\@example.test",.*"display-name":"Alice\ \\u00c4lpha",
        .*"groups":\[\],"language":"en"/x;

    row($nc, '20', 'v2, json', [GET => '/ocs/v2.php/cloud/user?format=json',
        [as($nc, 'alice')]], '200 OK',
        { 'Content-Type' => $json_type, 'X-User-Id' => 'alice' },
        qr/^\Q${meta}200,"message":"OK"},\E$data/);
    row($nc, '20', 'v1, json', [GET => '/ocs/v1.php/cloud/user?format=json',
        [as($nc, 'alice')]], '200 OK', {},
        qr/^\Q${meta}100,"message":"OK","totalitems":"","itemsperpage":""},\E$data/);
    row($nc, '20', 'by Accept', [GET => '/ocs/v2.php/cloud/user',
        [as($nc, 'alice'), Accept => 'application/json']], '200 OK',
        { 'Content-Type' => $json_type }, qr/^\{"ocs"/);
    row($nc, '20', 'xml', [GET => '/ocs/v2.php/cloud/user',
        [as($nc, 'alice')]], '200 OK', { 'Content-Type' => $xml_type },
        qr{^<\?xml\ version="1.0"\?>\n<ocs>\n\ <meta>\n\ \ <status>ok</status>
           .*<enabled>1</enabled>\n\ \ <id>alice</id>.*
           <subadmin/>\n\ \ <quota>\n\ \ \ <free>-3</free>
           .*<manager></manager>.*<notify_email/>}xs);

    row($nc, '20', 'unknown route', [GET =>
        '/ocs/v2.php/cloud/nosuch?format=json', [as($nc, 'alice')]],
        '404 Not Found', {}, qr/"statuscode":998,"message":"Invalid query/);
    row($oc, '527', 'unknown route, v1', [GET => '/ocs/v1.php/cloud/nosuch',
        [as($oc, 'alice')]], '200 OK', {}, qr/<statuscode>999</);
    row($oc, '528', 'unknown route, v2', [GET =>
        '/ocs/v2.php/cloud/nosuch?format=json', [as($oc, 'alice')]],
        '500 Internal Server Error', {}, qr/"statuscode":500,/);
    row($oc, '87', 'OIDC userinfo', [GET =>
        '/index.php/apps/oauth2/api/v1/userinfo', [as($oc, 'alice')]],
        '200 OK', {}, qr/^\{"sub":"alice","name":"Alice \\u00c4lpha",/);
}


sub test_unauthenticated {
    my $basic = "No 'Authorization: Basic' header found. Either the client "
                . "didn't send one, or the server is misconfigured";
    my $bearer = "No 'Authorization: Bearer' header found. Either the client "
                 . "didn't send one, or the server is mis-configured";
    my $wrong = 'Bearer token was incorrect';
    my $password = 'Username or password was incorrect';
    my $nc_more = 'No public access to this resource., AppAPIAuth has not '
        . 'passed, This request is not for a federated calendar';
    my $oc_more = 'No public access to this resource.';
    my $dav = '/remote.php/dav/files/alice/';
    my $webdav = '/remote.php/webdav/';
    my $bad = 'Bearer TESTbadtoken';
    my $alice = 'Basic ' . encode_base64('alice:wrong', '');

    # cloud, recording, path, Authorization, messages
    my @rows = (
        [$nc, '38', $webdav, undef, $basic, $bearer],
        [$nc, '38', $webdav, $bad, $basic, $wrong],
        [$nc, '38', $webdav, $nc->{bearer}{alice} =~ s/^B/b/r, $basic, $wrong],
        [$nc, '38', $webdav, 'Token x', $basic, $bearer],
        [$nc, '38', $webdav, $alice, $password, $bearer],
        [$nc, '38', $dav, undef, $nc_more, $basic, $bearer, $basic],
        [$nc, '38', $dav, $bad, $nc_more, $basic, $wrong, $basic],
        [$oc, '98', $webdav, undef, $basic, $basic, $bearer],
        [$oc, '99', $dav, undef, $oc_more, $basic, $bearer, $basic],
        [$oc, '100', $webdav, $bad, $basic, $basic, $wrong],
        [$oc, '103', $webdav, $alice, $password, $password, $bearer],
        [$oc, '105', $webdav, $oc->{bearer}{alice} =~ s/^B/b/r, $basic, $basic,
         $wrong],
    );

    for (@rows) {
        my ($cloud, $number, $path, $auth, @messages) = @$_;

        my @challenge = $cloud == $nc
            ? 'Basic realm="Nextcloud", charset="UTF-8"'
            : ('Basic realm="ownCloud", charset="UTF-8"',
               'Bearer realm="ownCloud"');
        @challenge = reverse @challenge if $path eq $dav;

        row($cloud, $number, "WebDAV, " . ($auth // 'nothing') =~ s/ .*//r,
            [PROPFIND => $path, [Depth => 0,
             defined $auth ? (Authorization => $auth) : ()]],
            '401 Unauthorized',
            { 'Content-Type' => $xml_type,
              'WWW-Authenticate' => join ' | ', @challenge },
            error_body('NotAuthenticated', join ', ', @messages));
    }

    row($nc, '38', 'XMLHttpRequest', [PROPFIND => $webdav, [Depth => 0,
        'X-Requested-With' => 'XMLHttpRequest']], '401 Unauthorized',
        { 'WWW-Authenticate' => 'DummyBasic realm="Nextcloud"' },
        error_body('NotAuthenticated', 'Cannot authenticate over ajax calls'));
    row($oc, '102', 'XMLHttpRequest', [GET => "${webdav}x.txt",
        ['X-Requested-With' => 'XMLHttpRequest']], '401 Unauthorized',
        { 'WWW-Authenticate' => 'DummyBasic realm="ownCloud", charset="UTF-8"'
                                . ' | Bearer realm="ownCloud"' });
    row($nc, '38', 'token in the query', [PROPFIND => "$webdav?access_token="
        . $nc->{bearer}{alice} =~ s/Bearer //r, [Depth => 0]],
        '401 Unauthorized');

    my $failure = sub { '{"ocs":{"meta":{"status":"failure","statuscode":997,'
        . "\"message\":\"$_[0]\"" . ($_[1] ? ',"totalitems":"",'
        . '"itemsperpage":""' : '') . '},"data":[]}}' };
    my $user = 'cloud/user?format=json';
    my $not = 'Current user is not logged in';

    for ([$nc, '20', 2, undef, $failure->($not)],
         [$nc, '20', 2, $bad, $failure->($not)],
         [$nc, '20', 1, $bad, $failure->($not, 1)],
         [$nc, '20', 2, $alice, $failure->('Unauthorised')],
         [$oc, '95', 2, undef, $failure->('Unauthorised', 1)],
         [$oc, '94', 1, undef, $failure->('Unauthorised', 1)],
         [$oc, '91', 2, $bad, $failure->('Invalid token')],
         [$oc, '90', 1, $bad, $failure->('Invalid token')],
         [$oc, '104', 2, $alice, $failure->('Unauthorised', 1)],
         [$oc, '106', 2, $oc->{bearer}{alice} =~ s/^B/b/r,
          $failure->('Unauthorised', 1)])
    {
        my ($cloud, $number, $v, $auth, $body) = @$_;

        row($cloud, $number, "OCS v$v, " . ($auth // 'nothing') =~ s/ .*//r,
            [GET => "/ocs/v$v.php/$user",
             [defined $auth ? (Authorization => $auth) : ()]],
            '401 Unauthorized', { 'Content-Type' => $json_type }, $body);
    }

    row($oc, '92', 'OCS xml, bad token', [GET =>
        '/ocs/v1.php/apps/files_sharing/api/v1/shares',
        [Authorization => $bad]], '401 Unauthorized', {}, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>failure</status>
  <statuscode>997</statuscode>
  <message>Invalid token</message>
 </meta>
 <data/>
</ocs>
XML
}


sub cookies {
    my ($answer) = @_;

    return join '; ', map { /^([^;]*)/ } @{$answer->{head}{'set-cookie'}};
}


sub test_cookies {
    my $user = '/ocs/v2.php/cloud/user?format=json';
    my $owner = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" '
                . 'xmlns:oc="http://owncloud.org/ns"><d:prop><oc:owner-id/>'
                . '</d:prop></d:propfind>';
    my %bob;

    for my $cloud ($nc, $oc) {
        my $answer = request($cloud, GET => $user, [as($cloud, 'bob')]);
        $bob{$cloud->{name}} = cookies($answer);
        like(cookies($answer), qr/\Q$cloud->{phrase}\E=.*$cloud->{instance}=/,
             "$cloud->{name}: a Bearer answer sets cookies");
    }

    row($oc, '632', 'its cookies alone are a login', [GET => $user,
        [Cookie => $bob{owncloud}]], '200 OK', {}, qr/"id":"bob"/);
    row($oc, '630', 'OCS: the Bearer wins', [GET => $user,
        [as($oc, 'alice'), Cookie => $bob{owncloud}]], '200 OK', {},
        qr/"id":"alice"/);
    row($oc, '631', 'WebDAV: the cookie wins', [PROPFIND =>
        '/remote.php/webdav/', [as($oc, 'alice'), Cookie => $bob{owncloud},
        Depth => 0], $owner], '207 Multi-Status', {},
        qr{<oc:owner-id>bob</oc:owner-id>});

    row($nc, '58', 'OCS: cookies alone are a login', [GET => $user,
        [Cookie => $bob{nextcloud}, 'OCS-APIRequest' => 'true']], '200 OK', {},
        qr/"id":"bob"/);

    for my $auth ([as($nc, 'bob')], [as($nc, 'alice')], []) {
        row($nc, '58', 'WebDAV with cookies', [PROPFIND =>
            '/remote.php/webdav/', [@$auth, Cookie => $bob{nextcloud},
            Depth => 0]], '401 Unauthorized',
            { 'Content-Type' => $xml_type, 'WWW-Authenticate' => undef },
            error_body('NotAuthenticated', 'CSRF check not passed.'));
    }
}


1;
