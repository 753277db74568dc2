# Part of ../../conformity.t: public links and shares with users.

use v5.20;
use warnings;
use utf8;

use JSON::PP;
use Test::More;

our ($nc, $oc, $json, $xml_type, $json_type, $html_type, $api, $nc_link,
     $nc_user, $oc_link, $oc_user);


sub share {
    my ($cloud, $v, $format, $body, $user) = @_;

    return [POST => "/ocs/v$v.php$api?format=$format",
            [as($cloud, $user // 'alice'), 'OCS-APIRequest' => 'true',
             'Content-Type' => 'application/x-www-form-urlencoded'], $body];
}


# The elements of an answer in their order, the empty ones with their form.

sub elements {
    my ($text) = @_;

    return join ' ', map { s/^ +//r =~ s{>[^<]+<.*}{}r =~ s/[<>]//gr }
                     grep { !m{^ *(?:</|$)} } split /\n/, $text =~ s/<\?xml.*//r;
}


sub test_links {
    my $link = 'path=%2Freport.pdf&shareType=3&publicUpload=false&permissions=1';
    my $meta = 'ocs meta status statuscode message totalitems/totalitems '
               . 'itemsperpage/itemsperpage data ';

    my $answer = row($nc, '60', 'create, v1, xml', share($nc, 1, 'xml', $link),
        '200 OK', { 'Content-Type' => $xml_type, 'X-User-Id' => 'alice' },
        qr{<statuscode>100</statuscode>.*<permissions>17</permissions>.*
           <path>/report.pdf</path>.*<url>http://HOST/s/\w{15}</url>}xs);
    is(elements($answer->{body}), "$meta$nc_link", 'nextcloud/60: elements');

    $answer = row($oc, '400', 'create, v1, xml', share($oc, 1, 'xml', $link),
        '200 OK', { 'Content-Type' => $xml_type },
        qr{<message/>.*<permissions>1</permissions>.*
           <url>http://HOST/oc/s/\w{15}</url>}xs);
    is(elements($answer->{body}), $meta =~ s/message/message\//r . $oc_link,
       'owncloud/400: elements');

    my (%id, %url);

    for my $cloud ($nc, $oc) {
        my $number = $cloud == $nc ? '60' : '401';

        $answer = row($cloud, $number, 'create, v2, json',
            share($cloud, 2, 'json', $link), '200 OK',
            { 'Content-Type' => $json_type }, $cloud == $nc
            ? qr/"message":"OK"\},"data":\{"id":"\d+","share_type":3,/
            : qr/"message":null,"totalitems":"","itemsperpage":""\},"data":\{"id":"\d+"/);
        my $data = $json->decode($answer->{body})->{ocs}{data};
        ($id{$cloud}, $url{$cloud}) = @$data{qw(id url)};

        my $multipart = join '', map { "--xx\r\nContent-Disposition: form-data;"
            . " name=\"$_->[0]\"\r\n\r\n$_->[1]\r\n" } [path => '/notes.txt'],
            [shareType => 3], [publicUpload => ''], [permissions => 1];
        row($cloud, $cloud == $nc ? '60' : '404', 'multipart, as Moodle',
            [POST => "/ocs/v1.php$api?format=xml", [as($cloud, 'alice'),
            'Content-Type' => 'multipart/form-data; boundary=xx'],
            "$multipart--xx--\r\n"], '200 OK', {},
            qr{<statuscode>100<.*<path>/notes.txt<}s);
    }

    for (['1', '60', 'nosuch', 'path=%2Fnosuch.pdf&shareType=3', 404,
          'Wrong path, file/folder does not exist',
          q{Wrong path, file/folder doesn't exist}],
         ['1', '60', 'no path', 'shareType=3', 404,
          'Please specify a file or folder path'],
         ['1', '60', 'no type', 'path=%2Freport.pdf', 400,
          'Unknown share type'],
         ['1', '60', 'the root', 'path=%2F&shareType=3', 403,
          'You cannot share your root folder',
          q{You can't share your root folder}])
    {
        my ($v, $number, $what, $body, $code, $nc_text, $oc_text) = @$_;

        row($nc, '63', $what, share($nc, 1, 'xml', $body), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$nc_text\E<});
        row($oc, '410', $what, share($oc, 1, 'xml', $body), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q${\($oc_text
               // $nc_text)}\E<});
    }

    row($nc, '63', 'v2: the status mirrors it', share($nc, 2, 'json',
        'path=%2Fnosuch.pdf&shareType=3'), '404 Not Found', {},
        '{"ocs":{"meta":{"status":"failure","statuscode":404,"message":"Wrong '
        . 'path, file\/folder does not exist"},"data":[]}}');

    for my $cloud ($nc, $oc) {
        my $get = "/ocs/v1.php$api";
        my $owncloud = $cloud == $oc;

        $answer = row($cloud, $owncloud ? '450' : '61', 'by id', [GET =>
            "$get/$id{$cloud}?format=xml", [as($cloud, 'alice')]], '200 OK');
        is(elements($answer->{body}), $owncloud
           ? $meta =~ s/message/message\//r . "element $oc_link"
           : "${meta}element $nc_link", "$cloud->{name}: by id: elements");

        row($cloud, $owncloud ? '459' : '61', 'by path', [GET =>
            "$get?format=json&path=/report.pdf", [as($cloud, 'alice')]],
            '200 OK', {}, qr/"data":\[\{"id":"\d+".*\},\{"id":/);
        row($cloud, $owncloud ? '466' : '61', 'an empty list', [GET =>
            "$get?format=json", [as($cloud, 'bob')]], '200 OK', {},
            qr/"data":\[\]\}\}$/);
        row($cloud, $owncloud ? '454' : '61', "somebody else's", [GET =>
            "$get/$id{$cloud}?format=xml", [as($cloud, 'bob')]], '200 OK', {},
            qr{<statuscode>404</statuscode>});
    }

    my $path = sub { $_[1] =~ s/^http:\/\/[^\/]*\Q$_[0]{base}\E//r };

    row($oc, '481', 'download', [GET => $path->($oc, $url{$oc})
        . '/download'], '200 OK', { 'Content-Type' => 'application/pdf',
        'Content-Transfer-Encoding' => 'binary' }, qr/report of alice/);
    row($oc, '485', 'download, Range', [GET => $path->($oc, $url{$oc})
        . '/download', [Range => 'bytes=0-3']], '206 Partial Content',
        { 'Content-Range' => 'bytes 0-3/33' }, '%PDF');
    row($oc, '486', 'download, unknown', [GET => '/s/nosuchtoken12345/download'
        ], '503 Service Unavailable', { 'Content-Type' => $html_type });
    row($nc, '90', 'page', [GET => $path->($nc, $url{$nc})], '200 OK',
        { 'Content-Type' => $html_type });

    my $download = row($nc, '90', 'download', [GET =>
        $path->($nc, $url{$nc}) . '/download'], '303 See Other', { Location =>
        qr{^http://HOST/public\.php/dav/files/\w{15}/\?accept=zip$} });
    row($nc, '90', 'its target', [GET => $path->($nc, location($download))],
        '200 OK', { 'Content-Type' => 'application/pdf', ETag => 'ETAG32',
        'Content-Disposition' => qr/^attachment;/ }, qr/report of alice/);
    row($nc, '90', 'page, unknown', [GET => '/s/nosuchtoken12345'],
        '404 Not Found');
    row($nc, '90', 'target, unknown', [GET =>
        '/public.php/dav/files/nosuchtoken12345'], '503 Service Unavailable');

    for my $cloud ($nc, $oc) {
        my $delete = "/ocs/v1.php$api/$id{$cloud}?format=xml";
        my $number = $cloud == $oc ? '500' : '61';

        row($cloud, $number, 'DELETE', [DELETE => $delete,
            [as($cloud, 'alice')]], '200 OK', {},
            qr{<statuscode>100<.*<data/>}s);
        row($cloud, $number, 'DELETE again', [DELETE => $delete,
            [as($cloud, 'alice')]], '200 OK', {}, qr{<statuscode>404<});
        row($cloud, $number, 'DELETE again, v2', [DELETE =>
            $delete =~ s/v1/v2/r, [as($cloud, 'alice')]], '404 Not Found');
    }
}


sub test_user_shares {
    my $body = 'path=%2Fnotes.txt&shareType=0&shareWith=BOB&permissions=31';
    my %id;

    for my $cloud ($nc, $oc) {
        my $answer = row($cloud, $cloud == $nc ? '65' : '430', 'create',
            share($cloud, 1, 'xml', $body), '200 OK', {},
            qr{<share_type>0<.*<permissions>19<.*<file_target>/notes.txt<.*
               <share_with>bob</share_with>}xs);
        $id{$cloud} = $1 if $answer->{body} =~ m{<id>(\d+)</id>};
        is(elements($answer->{body}) =~ s/.* data //r,
           $cloud == $nc ? $nc_user : $oc_user, "$cloud->{name}: elements");
    }

    row($nc, '65', 'again: the same one', share($nc, 1, 'xml', $body),
        '200 OK', {}, qr{<statuscode>100<.*<id>$id{$nc}</id>}s);
    row($oc, '431', 'again: refused, v1', share($oc, 1, 'xml', $body),
        '200 OK', {}, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>failure</status>
  <statuscode>403</statuscode>
  <message>Path already shared with this user</message>
  <totalitems></totalitems>
  <itemsperpage></itemsperpage>
 </meta>
 <data/>
</ocs>
XML
    row($oc, '433', 'again: refused, v2', share($oc, 2, 'json', $body),
        '403 Forbidden', {}, '{"ocs":{"meta":{"status":"failure","statuscode":'
        . '403,"message":"Path already shared with this user","totalitems":"",'
        . '"itemsperpage":""},"data":[]}}');

    for (['nosuchuser', 404, 'Please specify a valid account to share with',
          'Please specify a valid user'],
         ['alice', 403, 'Cannot share with yourself',
          q{Can't share with yourself}])
    {
        my ($with, $code, $nc_text, $oc_text) = @$_;
        my $bad = "path=%2Freport.pdf&shareType=0&shareWith=$with";

        row($nc, '63', "with $with", share($nc, 1, 'xml', $bad), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$nc_text\E<});
        row($oc, '436', "with $with", share($oc, 1, 'xml', $bad), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$oc_text\E<});
    }

    row($oc, '441', 'permissions 0', share($oc, 1, 'xml',
        'path=%2Freport.pdf&shareType=0&shareWith=bob&permissions=0'),
        '200 OK', {}, qr{<statuscode>400<.*Cannot remove all permissions}s);

    my $update = sub {
        my ($cloud, $user, $text) = @_;

        return [PUT => "/ocs/v1.php$api/$id{$cloud}?format=xml",
                [as($cloud, $user), 'Content-Type' =>
                 'application/x-www-form-urlencoded'], $text];
    };

    for my $cloud ($nc, $oc) {
        row($cloud, $cloud == $nc ? '65' : '470', 'update',
            $update->($cloud, 'alice', 'permissions=1'), '200 OK', {},
            qr{<statuscode>100<.*<permissions>1<}s);
        row($cloud, $cloud == $nc ? '65' : '473', 'update, nothing',
            $update->($cloud, 'alice', ''), '200 OK', {},
            qr{<statuscode>400<.*Wrong or no update parameter given}s);
    }

    row($nc, '65', 'update by the recipient',
        $update->($nc, 'bob', 'permissions=31'), '200 OK', {},
        qr{<statuscode>403<.*You are not allowed to edit incoming shares}s);
    row($oc, '471', 'update by the recipient',
        $update->($oc, 'bob', 'permissions=31'), '200 OK', {},
        qr{<statuscode>404<.*Could not update share}s);
    row($oc, '496', 'DELETE by the recipient', [DELETE =>
        "/ocs/v1.php$api/$id{$oc}?format=xml", [as($oc, 'bob')]], '200 OK', {},
        qr{<statuscode>404<.*Could not delete share}s);
    row($nc, '65', 'DELETE by the recipient', [DELETE =>
        "/ocs/v1.php$api/$id{$nc}?format=xml", [as($nc, 'bob')]], '200 OK', {},
        qr{<statuscode>100<});
    row($nc, '65', 'gone for the owner', [GET =>
        "/ocs/v1.php$api/$id{$nc}?format=xml", [as($nc, 'alice')]], '200 OK',
        {}, qr{<statuscode>404<});
}


# The way of an access controlled link: a taken name, a read-only share, MOVE.

sub test_received {
    for my $cloud ($nc, $oc) {
        my $body = 'path=%2Freport.pdf&shareType=0&shareWith=bob&permissions=1';
        my @bob = as($cloud, 'bob');
        my $dav = '/remote.php/webdav';

        my $answer = row($cloud, $cloud == $nc ? '71' : '706',
            'the answered name is not the real one',
            share($cloud, 1, 'xml', $body), '200 OK', {},
            qr{<file_target>/report.pdf<});
        my ($id) = $answer->{body} =~ m{<id>(\d+)</id>};

        $answer = row($cloud, $cloud == $nc ? '71' : '708',
            'as the recipient: the real name', [GET =>
            "/ocs/v1.php$api/$id?format=xml", \@bob], '200 OK', {},
            qr{<path>/report\ \(2\).pdf<.*<storage_id>shared::/report\ \(2\)
               .pdf<.*<file_target>/report\ \(2\).pdf<}xs);
        row($cloud, $cloud == $nc ? '71' : '711', 'read', [GET =>
            "$dav/report%20%282%29.pdf", \@bob], '200 OK', {},
            qr/report of alice/);
        row($cloud, $cloud == $nc ? '72' : '727', 'write', [PUT =>
            "$dav/report%20%282%29.pdf", \@bob, 'x'], '403 Forbidden', {},
            error_body('Forbidden', ''));

        request($cloud, MKCOL => "$dav/Moodlefiles", \@bob);
        row($cloud, $cloud == $nc ? '72' : '724', 'MOVE', [MOVE =>
            "$dav/report%20%282%29.pdf", [@bob, Overwrite => 'F', Destination
            => "$cloud->{base}$dav/Moodlefiles/report.pdf"]], '201 Created');
        row($cloud, $cloud == $nc ? '72' : '725', 'after the MOVE', [GET =>
            "/ocs/v1.php$api/$id?format=xml", \@bob], '200 OK', {},
            qr{<file_target>/Moodlefiles/report.pdf<});
        row($cloud, $cloud == $nc ? '72' : '726', 'read after the MOVE', [GET
            => "$dav/Moodlefiles/report.pdf", \@bob], '200 OK', {},
            qr/report of alice/);

        row($cloud, $cloud == $nc ? '73' : '737', 'the reader removes it',
            [DELETE => "$dav/Moodlefiles/report.pdf", \@bob],
            '204 No Content');
        row($cloud, $cloud == $nc ? '74' : '738', 'for the owner then',
            [GET => "/ocs/v1.php$api/$id?format=xml", [as($cloud, 'alice')]],
            '200 OK', {}, $cloud == $nc ? qr{<statuscode>404<}
                                        : qr{<statuscode>100<});
        row($cloud, $cloud == $nc ? '74' : '739', 'shared again',
            share($cloud, 1, 'xml', $body), '200 OK', {}, $cloud == $nc
            ? qr{<statuscode>100<} : qr{<statuscode>403<});
    }
}


sub test_policies {
    my $link = 'path=%2Fnotes.txt&shareType=3';

    for (['sharing', JSON::PP::false, 404, 'Share API is disabled',
          'Share API is disabled', '64', '420'],
         ['public_links', JSON::PP::false, 404,
          'Public link sharing is disabled by the administrator',
          'Public link sharing is disabled by the administrator', '64', '418'],
         ['enforce_password', JSON::PP::true, 403,
          'Passwords are enforced for link and mail shares',
          'Passwords are enforced for link shares', '64', '419'])
    {
        my ($setting, $value, $code, $nc_text, $oc_text, $nc_no, $oc_no) = @$_;

        for my $cloud ($nc, $oc) {
            my $text = $cloud == $nc ? $nc_text : $oc_text;

            control($cloud, POST => 'settings', { $setting => $value });
            row($cloud, $cloud == $nc ? $nc_no : $oc_no, $setting,
                share($cloud, 1, 'xml', $link), '200 OK', {},
                qr{<statuscode>$code</statuscode>\n  <message>\Q$text\E<});
            control($cloud, POST => 'settings',
                    { $setting => !$value ? JSON::PP::true : JSON::PP::false });
        }
    }

    control($nc, POST => 'settings', { share_limit => 1 });
    request($nc, @{share($nc, 1, 'xml', $link)});
    row($nc, '66', 'too many shares', share($nc, 1, 'xml', $link),
        '429 Too Many Requests', { 'Content-Type' => qr{^text/html},
        'Retry-After' => undef }, '');
    control($nc, POST => 'settings', { share_limit => 0, bruteforce =>
                                       JSON::PP::true });

    request($nc, @{token($nc, 'grant_type=refresh_token&refresh_token=x')})
        for 1 .. 10;
    row($nc, '82', 'too many failures', token($nc,
        'grant_type=refresh_token&refresh_token=x'), '429 Too Many Requests',
        { 'Content-Type' => $html_type, 'Retry-After' => undef,
          'Content-Length' => 214 }, qr/Too many requests/);
    control($nc, POST => 'settings', { bruteforce => JSON::PP::false });
}


1;
