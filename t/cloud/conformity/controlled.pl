# Part of ../../conformity.t: what access controlled links rest on: ids, lists
# and rights of shares, app passwords, reading, and what there is in the end.

use v5.20;
use warnings;
use utf8;

use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

our ($nc, $oc, $json, $xml_type, $api);

my $dav = '/remote.php/webdav';


# Content made past WebDAV.

sub make {
    my ($cloud, $user, $path, $content) = @_;

    control($cloud, POST => 'file', { user => $user, path => $path,
                                      content => $content });
}


# Shares with a user: the data of the answer.

sub share_with {
    my ($cloud, $user, $path, $with, $permissions) = @_;

    my $body = 'shareType=0&shareWith=' . encode($with) . '&path='
               . encode($path) . '&permissions=' . ($permissions // 1);
    my $answer = request($cloud, @{share($cloud, 1, 'json', $body, $user)});

    return $json->decode($answer->{body})->{ocs}{data};
}


# A call of the share API: (status code, data)

sub ocs {
    my ($cloud, $user, $method, $rest, $body) = @_;

    my $mark = $rest =~ /\?/ ? '&' : '?';
    my $answer = request($cloud, $method,
        "/ocs/v1.php$api$rest${mark}format=json",
        [as($cloud, $user), defined $body ? ('Content-Type' =>
         'application/x-www-form-urlencoded') : ()], $body);
    my $ocs = $json->decode($answer->{body})->{ocs};

    return ($ocs->{meta}{statuscode}, $ocs->{data});
}


sub share_code {
    return (ocs(@_))[0];
}


sub target {
    my ($cloud, $user, $id) = @_;

    my ($code, $data) = ocs($cloud, $user, GET => "/$id");

    return $code == 100 ? $data->[0]{file_target} : $code;
}


# href => { property => text } of a PROPFIND.

sub properties {
    my ($cloud, $user, $path, $depth) = @_;

    my $answer = request($cloud, PROPFIND => "$dav/$path",
        [as($cloud, $user), Depth => $depth // 0],
        '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://'
        . 'owncloud.org/ns"><d:prop><oc:fileid/><oc:size/><d:getetag/>'
        . '<d:resourcetype/><oc:owner-id/><oc:permissions/>'
        . '<d:quota-available-bytes/></d:prop></d:propfind>');
    my %found;

    while ($answer->{body} =~ m{<d:response>(.*?)</d:response>}gs) {
        my $one = $1;
        my ($href) = $one =~ m{<d:href>(.*?)</d:href>};
        my ($good) = $one =~ m{<d:prop>(.*?)</d:prop>}s;
        $found{$href =~ s/^\Q$cloud->{base}$dav\E//r} =
            { $good =~ m{<(?:d|oc):([\w-]+)>(.*?)</(?:d|oc):\1>}gs };
    }

    return $depth ? \%found : ((values %found)[0] // $answer->{status});
}


sub fileid {
    my $properties = properties(@_);

    return ref $properties ? $properties->{fileid} : $properties;
}


sub move {
    my ($cloud, $user, $from, $to, $overwrite) = @_;

    return request($cloud, MOVE => "$dav/$from", [as($cloud, $user),
        Destination => "$cloud->{base}$dav/$to",
        Overwrite => $overwrite // 'F'])->{status};
}


sub test_ids {
    for my $cloud ($nc, $oc) {
        my $name = $cloud == $nc ? 'nextcloud/72' : 'owncloud/728';

        request($cloud, MKCOL => "$dav/ids", [as($cloud, 'alice')]);
        make($cloud, 'alice', '/ids/one.txt', 'one');
        make($cloud, 'alice', '/ids/two.txt', 'two two');

        my $own = properties($cloud, 'alice', 'ids/', 1);
        my $one = $own->{'/ids/one.txt'};
        like($one->{fileid}, qr/^\d+$/, "$name: an id is a number");
        is($one->{size}, 3, "$name: size");
        like($one->{getetag}, qr/^&quot;\w{32}&quot;$/, "$name: etag");
        ok(!exists $one->{resourcetype}, "$name: a file");
        is($own->{'/ids/'}{size}, 10, "$name: size of a folder");
        is($own->{'/ids/'}{resourcetype}, '<d:collection/>',
           "$name: a folder");
        is(fileid($cloud, 'alice', 'ids/one.txt'), $one->{fileid},
           "$name: the same at depth 0");

        my $share = share_with($cloud, 'alice', '/ids/one.txt', 'bob');
        is($share->{item_source}, $one->{fileid}, "$name: item_source");
        is($share->{file_source}, $one->{fileid}, "$name: file_source");

        my $all = properties($cloud, 'bob', '', 1);
        is($all->{'/one.txt'}{fileid}, $one->{fileid},
           "$name: the owner's id in the recipient's tree");
        is($all->{'/one.txt'}{getetag}, $one->{getetag},
           "$name: the owner's etag");
        is($all->{'/one.txt'}{'owner-id'}, 'alice', "$name: the owner");
        like($all->{'/one.txt'}{permissions}, qr/^SG?D/,
             "$name: received, read-only");

        is(move($cloud, 'alice', 'ids/one.txt', 'ids/moved.txt'), 201,
           "$name: the owner moves it");
        is(fileid($cloud, 'alice', 'ids/moved.txt'), $one->{fileid},
           "$name: it keeps its id");
        is(fileid($cloud, 'bob', 'one.txt'), $one->{fileid},
           "$name: the recipient has it as before");
        is(move($cloud, 'bob', 'one.txt', 'Empty%20folder/one.txt'), 201,
           "$name: the recipient moves it");
        is(fileid($cloud, 'bob', 'Empty%20folder/one.txt'), $one->{fileid},
           "$name: the same id there");

        request($cloud, DELETE => "$dav/ids/two.txt", [as($cloud, 'alice')]);
        make($cloud, 'alice', '/ids/two.txt', 'two two');
        isnt(fileid($cloud, 'alice', 'ids/two.txt'),
             $own->{'/ids/two.txt'}{fileid},
             "$name: another file of that name has another id");

        request($cloud, COPY => "$dav/Empty%20folder/one.txt",
            [as($cloud, 'bob'), Destination => "$cloud->{base}$dav/copy.txt"]);
        isnt(fileid($cloud, 'bob', 'copy.txt'), $one->{fileid},
             "$name: so has a copy");
        is(properties($cloud, 'bob', 'copy.txt')->{'owner-id'}, 'bob',
           "$name: and another owner");
        is(share_code($cloud, 'alice', DELETE => "/$share->{id}"), 100,
           "$name: the share ends");
        is(fileid($cloud, 'bob', 'Empty%20folder/one.txt'), 404,
           "$name: and the recipient has it no more");
        is(fileid($cloud, 'bob', 'copy.txt') > 0, 1, "$name: the copy stays");
        request($cloud, DELETE => "$dav/copy.txt", [as($cloud, 'bob')]);
    }
}


sub test_share_lists {
    for my $cloud ($nc, $oc) {
        my $name = $cloud == $nc ? 'nextcloud/65' : 'owncloud/731';
        my $list = sub {
            my ($code, $data) = ocs($cloud, $_[0] // 'alice', GET =>
                                    '?path=/list.txt&reshares=true');
            return $code == 100
                ? join ' ', map { "$_->{share_with}:$_->{permissions}" } @$data
                : $code;
        };

        make($cloud, 'alice', '/list.txt', 'list');
        is($list->(), '', "$name: nobody");

        my $bob = share_with($cloud, 'alice', '/list.txt', 'bob', 31);
        my $other = share_with($cloud, 'alice', '/list.txt', 'teacher1', 17);
        is($list->(), 'bob:19 teacher1:17', "$name: a list by path");
        is($list->('moodle-system'), 404, "$name: of somebody else");

        my $again = share_with($cloud, 'alice', '/list.txt', 'bob', 1);
        is(ref $again eq 'HASH' ? "$again->{id} $again->{permissions}" : 'none',
           $cloud == $nc ? "$bob->{id} 19" : 'none', "$name: again");

        my ($code, $data) = ocs($cloud, 'alice', PUT => "/$bob->{id}",
                                'permissions=1');
        is("$code $data->{permissions}", '100 1', "$name: less rights");
        is(request($cloud, PUT => "$dav/list.txt", [as($cloud, 'bob')], 'x')
           ->{status}, 403, "$name: are less rights");
        ocs($cloud, 'alice', PUT => "/$bob->{id}", 'permissions=19');
        is(request($cloud, PUT => "$dav/list.txt", [as($cloud, 'bob')], 'new')
           ->{status}, 204, "$name: more rights");
        is(request($cloud, GET => "$dav/list.txt", [as($cloud, 'alice')])
           ->{body}, 'new', "$name: the owner's file has changed");
        is($list->(), 'bob:19 teacher1:17', "$name: the list");
        is(share_code($cloud, 'moodle-system', DELETE => "/$bob->{id}"), 404,
           "$name: a stranger deletes it");
        is(share_code($cloud, 'alice', DELETE => "/$_"), 100,
           "$name: the owner does") for $bob->{id}, $other->{id};
        is($list->(), '', "$name: nobody again");
        is(fileid($cloud, 'bob', 'list.txt'), 404, "$name: not bob either");
    }
}


# App passwords: HTTP Basic, as a system account may have it.

sub test_basic {
    for my $cloud ($nc, $oc) {
        my $name = $cloud->{name};
        my $basic = sub { [Authorization => 'Basic '
                           . encode_base64("$_[0]:$_[1]", '')] };
        my $good = $basic->('moodle-system', 'moodle-system-password');
        my $bad = $basic->('moodle-system', 'wrong');
        my $user = '/ocs/v2.php/cloud/user?format=json';
        my $shares = "/ocs/v1.php$api?format=json";

        like(request($cloud, GET => $user, $good)->{body},
             qr/"id":"moodle-system"/, "$name: user info");
        is(request($cloud, PROPFIND => "$dav/", [@$good, Depth => 0])
           ->{status}, 207, "$name: WebDAV");
        is(request($cloud, PROPFIND => '/remote.php/dav/files/moodle-system/',
           [@$good, Depth => 0])->{status}, 207, "$name: dav/files");
        is(request($cloud, MKCOL => "$dav/made", $good)->{status}, 201,
           "$name: MKCOL");
        is(request($cloud, PUT => "$dav/made/a.txt", $good, 'abc')->{status},
           201, "$name: PUT");

        my $answer = request($cloud, POST => $shares, [@$good,
            'Content-Type' => 'application/x-www-form-urlencoded'],
            'path=/made/a.txt&shareType=0&shareWith=bob&permissions=1');
        like($answer->{body}, qr/"uid_owner":"moodle-system"/,
             "$name: a share");
        is(request($cloud, GET => "$dav/a.txt", [as($cloud, 'bob')])->{body},
           'abc', "$name: the recipient has it");

        is(request($cloud, GET => $user, $bad)->{status}, 401,
           "$name: user info, wrong password");
        is(request($cloud, POST => $shares, $bad, 'x=y')->{status}, 401,
           "$name: a share, wrong password");
        is(request($cloud, PROPFIND => "$dav/", $bad)->{status}, 401,
           "$name: WebDAV, wrong password");
        is(request($cloud, PROPFIND => "$dav/", $basic->('nosuch', 'nosuch'))
           ->{status}, 401, "$name: no such user");

        too_many($good, $bad) if $cloud == $nc;

        control($cloud, POST => 'settings',
                { disabled_users => ['moodle-system'] });
        is(request($cloud, PROPFIND => "$dav/", $good)->{status}, 401,
           "$name: disabled");
        control($cloud, POST => 'settings', { disabled_users => [] });
        request($cloud, DELETE => "$dav/made", $good);
    }
}


# The setting "bruteforce": wrong passwords are counted.

sub too_many {
    my ($good, $bad) = @_;

    control($nc, POST => 'settings', { bruteforce => JSON::PP::true });
    is(join(' ', map { request($nc, PROPFIND => "$dav/", $bad)->{status} }
       1 .. 12), '401 ' x 11 . '429', 'nextcloud/84: too many of them');
    row($nc, '84', 'one more', [PROPFIND => "$dav/", $bad],
        '429 Too Many Requests', { 'Content-Type' => $xml_type,
        'WWW-Authenticate' => undef, 'Retry-After' => undef },
        error_body('OCA\DAV\Connector\Sabre\Exception\TooManyRequests', '',
        "  <o:hint xmlns:o=\"o:\">too many requests</o:hint>\n",
        ' xmlns:o="http://owncloud.org/ns"'));
    row($nc, '84', 'the right one', [PROPFIND => "$dav/", [@$good,
        Depth => 0]], '207 Multi-Status');
    row($nc, '84', 'a token', [PROPFIND => "$dav/", [as($nc, 'alice'),
        Depth => 0]], '207 Multi-Status');
    control($nc, POST => 'settings', { bruteforce => JSON::PP::false });
}


# Reading of a received file, as of one's own.

sub test_received_get {
    for my $cloud ($nc, $oc) {
        my @bob = as($cloud, 'bob');
        my $number = $cloud == $nc ? '72' : '726';
        my $path = "$dav/Docs/read.txt";
        my $id = do {
            make($cloud, 'alice', '/read.txt', '0123456789');
            request($cloud, MKCOL => "$dav/Docs", \@bob);
            share_with($cloud, 'alice', '/read.txt', 'bob')->{id};
        };

        move($cloud, 'bob', 'read.txt', 'Docs/read.txt');

        my $got = row($cloud, $number, 'GET', [GET => $path, \@bob], '200 OK',
            { 'Content-Length' => 10, ETag => 'ETAG32', 'OC-ETag' => 'ETAG32',
              'Content-Disposition' => qr/^attachment;.*read\.txt"$/ },
            '0123456789');
        my $etag = $got->{head}{etag}[0];
        my $range = [@bob, Range => 'bytes=2-4'];

        row($cloud, $number, 'HEAD', [HEAD => $path, \@bob], '200 OK',
            { 'Content-Length' => 10, ETag => 'ETAG32' }, '');
        row($cloud, $number, 'Range', [GET => $path, $range],
            '206 Partial Content', { 'Content-Range' => 'bytes 2-4/10' },
            '234');
        row($cloud, $number, 'If-Range', [GET => $path,
            [@$range, 'If-Range' => $etag]], '206 Partial Content', {}, '234');
        row($cloud, $number, 'If-Range, another', [GET => $path,
            [@$range, 'If-Range' => '"another"']], '200 OK', {}, '0123456789');
        row($cloud, $number, 'the last ones', [GET => $path,
            [@bob, Range => 'bytes=-3']], '206 Partial Content', {}, '789');
        row($cloud, $number, 'behind the end', [GET => $path,
            [@bob, Range => 'bytes=10-']],
            '416 Requested Range Not Satisfiable');
        row($cloud, $number, 'If-None-Match', [GET => $path,
            [@bob, 'If-None-Match' => $etag]], '304 Not Modified',
            { ETag => 'ETAG32' }, '');

        request($cloud, PUT => "$dav/read.txt", [as($cloud, 'alice')],
                'changed by the owner');
        row($cloud, $number, 'If-None-Match, changed', [GET => $path,
            [@bob, 'If-None-Match' => $etag]], '200 OK', {},
            'changed by the owner');
        share_code($cloud, 'alice', DELETE => "/$id");
        row($cloud, $number, 'no share any more', [GET => $path, \@bob],
            '404 Not Found', {}, error_body('NotFound',
            'File with name Docs/read.txt could not be located'));
    }
}


sub test_holdings {
    for my $cloud ($nc, $oc) {
        my $name = $cloud->{name};
        my $holdings = sub { control($cloud,
                                     GET => "holdings?user=$_[0]") };
        my $text = sub { request($cloud, GET =>
                                 "/_control/holdings?user=$_[0]")->{body} };

        control($cloud, POST => 'reset', { data => JSON::PP::true });
        setup($cloud);

        my $before = $text->('bob');
        ok($text->('bob') eq $before, "$name: the same");
        unlike($before, qr/"(?:id|node|stime|mtime)"/,
               "$name: no ids, no times");

        make($cloud, 'alice', '/h/a.txt', 'abc');
        share_with($cloud, 'alice', '/h/a.txt', 'bob', 19);

        my $alice = $holdings->('alice');
        my %share = (type => 0, owner => 'alice', with_user => 'bob',
            path => '/h/a.txt', target => '/a.txt', permissions => 19,
            hidden => JSON::PP::false, pending => JSON::PP::false,
            orphan => JSON::PP::false);

        is_deeply([grep { $_->{path} =~ m{^/h/} } @{$alice->{files}}],
            [{ path => '/h/a.txt', size => 3, sha1 =>
               'a9993e364706816aba3e25717850c26c9cd0d89d' }],
            "$name: a file");
        ok((grep { $_ eq '/h' } @{$alice->{folders}}), "$name: its folder");
        is_deeply($alice->{shares}, [\%share], "$name: the owner's shares");
        is_deeply($holdings->('bob')->{shares}, [\%share],
                  "$name: the recipient's");
        is_deeply([map { $_->{path} } @{$alice->{files}}],
                  [sort map { $_->{path} } @{$alice->{files}}],
                  "$name: sorted");

        request($cloud, DELETE => "$dav/a.txt", [as($cloud, 'bob')]);
        is_deeply($holdings->('bob')->{shares}, $cloud == $nc ? []
            : [{ %share, hidden => JSON::PP::true }], "$name: removed");
        is(request($cloud, GET => '/_control/holdings?user=nosuch')->{status},
           400, "$name: no such user");

        request($cloud, DELETE => "$dav/h", [as($cloud, 'alice')]);
        control($cloud, POST => 'reset', { data => JSON::PP::true });
        setup($cloud);
        ok($text->('bob') eq $before, "$name: the same after a reset");
    }
}


1;
