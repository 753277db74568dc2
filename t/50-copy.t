#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Files copied into Moodle's draft area: what the cloud and Moodle are sent,
# every odd name, what is refused before anything is fetched, large files.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use MIME::Base64;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud standins slurp spew wait_for fresh);
use Owncloud::HTTP;

my %profile = (NC => [8, '/remote.php/webdav/'],
               OC => [7, '/oc/remote.php/webdav/']);
my $ajax = '/repository/repository_ajax.php';
my $item = 1000;

my $nginx = nginx();

fresh($nginx);

my $browser = $nginx->browser;

$browser->sign_in($_) for 7, 8;


# one repository for each cloud, and Moodle's own for uploads

sub nginx {
    my (%option) = @_;

    my $more = delete $option{repository} // '';
    my $self = Owncloud->new(%option, no_start => 1);

    $self->configure(server => join '', map { <<"EOT" } [7, 'oc'], [8, 'nc']);
        owncloud_repository $_->[0] {
            issuer             $_->[1];
            secret_key         $self->{dir}/moodle.key;
            upload_repository  5;
            timezone           UTC;
            $more
        }
EOT
    return $self->start;
}


# a node as a listing shows it

sub node {
    my ($browser, $repository, $folder, $title) = @_;

    my $answer = $browser->picker(list => $repository, p => $folder);
    my ($node) = grep { $_->{title} eq $title } @{ $answer->{list} // [] };

    return $node // die "no $title in $folder: " . encode_json($answer);
}


# the fields of a copy

sub fields {
    my ($node, %field) = @_;

    return (title => $node->{title}, source => $node->{source},
            sourcekey => $node->{sourcekey}, savepath => '/',
            license => 'unknown', author => 'Tea Cher', itemid => ++$item,
            %field);
}


sub copy {
    my ($browser, $repository, $node, %field) = @_;

    return $browser->picker(download => $repository, fields($node, %field));
}


# what is in the draft area that was asked for last

sub drafts {
    my ($nginx, $user) = @_;

    # PHP's empty table is a list

    my $all = $nginx->moodle('drafts');

    return ref $all eq 'ARRAY' ? ()
                               : @{ $all->{$user // 'teacher1'}{$item} // [] };
}


sub uploads {
    my $nginx = shift;

    return grep { $_->{uri} =~ /action=upload$/ } @{ $nginx->moodle('log') };
}


sub disk {
    my ($cloud, $path) = @_;

    return standins()->{"CLOUD_${cloud}_STATE"} . "/data/alice/$path";
}


sub sizes {
    my $dir = shift;

    return grep { -f } glob "$dir/*";
}


subtest 'what is sent' => sub {
    for my $cloud (sort keys %profile) {
        my ($repository, $base) = @{ $profile{$cloud} };
        my $node = node($browser, $repository, '', 'report.pdf');

        cloud($cloud => 'log', undef, 'DELETE');
        $nginx->moodle('clear');

        my $answer = $browser->request('POST', "$ajax?action=download",
            $browser->picker_form($repository,
                fields($node, author => "T\x{c3}\x{a4} & \"C\"\r\nx",
                       savepath => '/a b/', p => '/x/', page => 2,
                       title => 'my report.pdf', maxbytes => 209715200))
            . '&accepted_types%5B%5D=.pdf&accepted_types%5B%5D=.png',
            'Content-Type' => 'application/x-www-form-urlencoded');

        is($answer->{status}, 200, "$cloud: status");
        is($answer->{headers}{'content-type'},
           'application/json; charset=utf-8', 'Content-Type');
        is($answer->{headers}{'cache-control'}, 'no-store', 'not stored');

        my $url = $nginx->url . "/draftfile.php/14/user/draft/$item/a%20b/"
                  . 'my%20report.pdf';

        is_deeply(decode_json($answer->{body}),
                  { url => $url, id => $item, file => 'my report.pdf' },
                  "Moodle's answer");

        my ($get, @more) = @{ cloud($cloud => 'log') };

        is(@more, 0, 'one request to the cloud');
        is("$get->{method} $get->{uri}", "GET ${base}report.pdf", 'a GET');

        my %header = map { lc $_->[0] => $_->[1] } @{ $get->{headers} };

        like(delete $header{authorization}, qr/^Bearer \w+$/, 'with a token');
        is_deeply([sort keys %header], [qw(connection host user-agent)],
                  'and nothing else');

        my ($upload) = uploads($nginx);

        is(scalar(uploads($nginx)), 1, 'one request to Moodle');
        is("$upload->{method} $upload->{uri}", "POST $ajax?action=upload",
           'an upload');

        my ($boundary) = $upload->{headers}{'Content-Type'}
            =~ m{^multipart/form-data; boundary=(----\w+)$};

        ok($boundary, 'Content-Type');
        is(decode_base64($upload->{body}),
           body($boundary, slurp(disk($cloud, 'report.pdf'))), 'body');
        is($upload->{headers}{'Content-Length'}, $upload->{body_length},
           'Content-Length');
        is($upload->{headers}{Cookie},
           'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa', 'Cookie');

        my ($file) = drafts($nginx);

        is($file->{sha1}, sha1_hex(slurp(disk($cloud, 'report.pdf'))),
           'bytes');
        is($file->{filepath}, '/a b/', 'path');
        is($file->{author}, "T\x{e4} & \"C\"\r\nx", 'author');
        is($file->{license}, 'unknown', 'license');
    }
};


sub body {
    my ($boundary, $bytes) = @_;

    my @field = (title => '', author => "T\xc3\xa4 & \"C\"\r\nx",
                 license => 'unknown', itemid => $item,
                 'accepted_types[]' => '.pdf', 'accepted_types[]' => '.png',
                 repo_id => 5, p => '/x/', page => 2, env => 'filemanager',
                 sesskey => 'Teacheraaa', client_id => '6b0209de9c7ba',
                 maxbytes => 209715200, areamaxbytes => -1, ctx_id => 17,
                 savepath => '/a b/');

    my $body = "--$boundary\r\n"
        . 'Content-Disposition: form-data; name="repo_upload_file"; '
        . "filename=\"my report.pdf\"\r\n"
        . "Content-Type: application/octet-stream\r\n\r\n$bytes\r\n";

    while (my ($name, $value) = splice @field, 0, 2) {
        $body .= "--$boundary\r\nContent-Disposition: form-data; "
                 . "name=\"$name\"\r\n\r\n$value\r\n";
    }

    return "$body--$boundary--\r\n";
}


subtest 'odd names' => sub {
    for my $cloud (sort keys %profile) {
        my ($repository) = @{ $profile{$cloud} };
        my $list = $browser->picker(list => $repository,
                                    p => '/special/')->{list};
        my @files = grep { !$_->{children} } @$list;

        cmp_ok(scalar @files, '>', 20, "$cloud: enough names");

        for my $node (@files) {
            my $title = $node->{title};
            my $shown = encode_utf8("$cloud: $title")
                        =~ s/([\x00-\x1f])/sprintf '\\x%02x', ord $1/ger;
            my $answer = copy($browser, $repository, $node);
            my ($file, @more) = drafts($nginx);

            if ($title =~ /[\x00-\x1f\x7f]/) {
                is($answer->{errorcode}, 'invalidname', "$shown: refused");
                is($file, undef, 'nothing stored');
                next;
            }

            ok($answer->{url}, $shown) or diag(explain($answer));
            is(@more, 0, 'one file');
            is($file->{filename}, $title =~ s/\\//gr, 'name');

            my $bytes = slurp(disk($cloud, encode_utf8("special/$title")));

            ok(length $bytes, 'not empty');
            is($file->{sha1}, sha1_hex($bytes), 'bytes');
        }
    }
};


subtest 'what comes from searches, and deeper folders' => sub {
    for my $cloud (sort keys %profile) {
        my ($repository) = @{ $profile{$cloud} };
        my $list = $browser->picker(search => $repository, s => 'inside')
                           ->{list};
        my ($node) = grep { $_->{source} && $_->{source} =~ /inside/ } @$list;

        ok($node, "$cloud: found") or next;

        my $answer = copy($browser, $repository, $node, title => '');
        my ($file) = drafts($nginx);

        is($file->{filename}, 'inside.txt', "$cloud: its own name");
        is($file->{sha1},
           sha1_hex(slurp(disk($cloud, encode_utf8($node->{source})))),
           'bytes');
    }
};


subtest 'a name that is taken' => sub {
    my $node = node($browser, 8, '', 'notes.txt');

    copy($browser, 8, $node);

    my $answer = $browser->picker(download => 8, fields($node,
                                  itemid => $item--));

    is($answer->{event}, 'fileexists', 'event');
    is($answer->{existingfile}{filename}, 'notes.txt', 'the file there');
    is($answer->{newfile}{filename}, 'notes (1).txt', 'the new one');
    $item++;
};


# nothing is fetched and nothing is stored

sub refused {
    my ($name, $nginx, $browser, $fields, $code, $text, $cloud) = @_;

    $cloud //= 'NC';
    cloud($cloud => 'log', undef, 'DELETE');
    $nginx->moodle('clear');

    my $answer = $browser->picker(download => $profile{$cloud}[0], @$fields);

    is($answer->{errorcode}, $code, "$name: errorcode")
        or diag(explain($answer));
    like($answer->{error} // '', $text, "$name: text");
    is(scalar(uploads($nginx)), 0, "$name: nothing sent to Moodle");
    is_deeply([map { $_->{method} } @{ cloud($cloud => 'log') }], [],
              "$name: the cloud was not asked");
    is_deeply([drafts($nginx)], [], "$name: nothing stored");
}


subtest 'sources' => sub {
    my $node = node($browser, 8, '', 'report.pdf');
    my $key = $node->{sourcekey};
    my $mismatch = qr/^The source URL does not match the source key\.$/;
    my $missing = qr/^The source key is missing\. /;

    # signed as a listing signs it

    my $signed = sub {
        my $source = shift;
        return (source => $source, sourcekey => sha1_hex($source
                . 'StandInRepositorySecretKey000000' . 'Teacheraaa'));
    };

    is({ $signed->('/report.pdf') }->{sourcekey}, $key, 'signed alike');

    my @refused = (
        ['no key', [sourcekey => undef], 'missingsourcekey', $missing],
        ['empty key', [sourcekey => ''], 'missingsourcekey', $missing],
        ['wrong key', [sourcekey => '0' x 40], 'sourcekeymismatch',
         $mismatch],
        ['shorter key', [sourcekey => substr $key, 0, 39],
         'sourcekeymismatch', $mismatch],
        ['longer key', [sourcekey => "${key}0"], 'sourcekeymismatch',
         $mismatch],
        ['upper case', [sourcekey => uc $key], 'sourcekeymismatch',
         $mismatch],
        ['another source', [source => '/notes.txt'], 'sourcekeymismatch',
         $mismatch],
        ['no source', [source => undef], 'sourcekeymismatch', $mismatch],
        (map { ["source $_", [$signed->($_)], 'invalidsource',
                qr/^This is not a valid file\./] }
             '', '/', '//', '/Documents/', 'report.pdf', '/../report.pdf',
             '/Documents/../report.pdf', '/.', "/a\xff.txt", "/a\0b",
             '{"type":"FILE_REFERENCE","link":"http://x/"}',
             '/' . 'x' x 5000),
        (map { ["title $_->[0]", [title => $_->[1]], 'invalidname',
                qr/^This is not a valid file name\./] }
             ['slash', 'a/b'], ['line feed', "a\nb.pdf"], ['DEL', "a\x7f"],
             ['NUL', "a\0b"], ['not UTF-8', "a\xff"],
             ['long', 'x' x 1025]),
    );

    for my $case (@refused) {
        my ($name, $change, $code, $text) = @$case;
        my %field = (fields($node), @$change);

        delete $field{$_} for grep { !defined $field{$_} } keys %field;
        refused($name, $nginx, $browser, [%field], $code, $text);
    }

    my $other = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                sesskey => 'Studentaaa');

    $other->sign_in(8);
    refused('the key of another session', $nginx, $other, [fields($node)],
            'sourcekeymismatch', $mismatch);
};


subtest 'types' => sub {
    my $node = node($browser, 8, '', 'report.pdf');
    my $form = sub {
        return $browser->picker_form(8, fields($node, @_ ? (title => shift)
                                                         : ()));
    };
    my @cases = (
        # title, types, errorcode
        ['report.pdf', ['.png'], 'invalidfiletype'],
        ['report.pdf', ['.png', '.txt'], 'invalidfiletype'],
        ['report.PDF', ['.png', '.pdf'], undef],
        ['report.pdf', ['*'], undef],
        ['report.pdf', [], undef],
        ['pdf', ['.pdf'], 'invalidfiletype'],
        ['reportpdf', ['.pdf'], 'invalidfiletype'],
    );

    for my $case (@cases) {
        my ($title, $types, $code) = @$case;
        my $name = "$title as @$types";

        cloud(NC => 'log', undef, 'DELETE');

        my $answer = decode_json($browser->request('POST',
            "$ajax?action=download", join('&', $form->($title),
                map { "accepted_types%5B%5D=$_" } @$types),
            'Content-Type' => 'application/x-www-form-urlencoded')->{body});

        is($answer->{errorcode}, $code, $name) or diag(explain($answer));
        is(scalar @{ cloud(NC => 'log') }, $code ? 0 : 1, 'fetched or not');
        is($answer->{error}, 'PDF document filetype cannot be accepted.',
           'text') if $code && $title eq 'report.pdf';
    }

    # of one type as Moodle sees it, and groups that it knows

    for my $type ('.jpeg', 'web_image') {
        cloud(NC => 'log', undef, 'DELETE');
        $browser->request('POST', "$ajax?action=download",
            $form->('x.jpg') . "&accepted_types%5B%5D=$type",
            'Content-Type' => 'application/x-www-form-urlencoded');
        is(scalar @{ cloud(NC => 'log') }, 1, "x.jpg as $type: Moodle decides");
    }
};


subtest 'sizes' => sub {
    cloud(NC => 'file', { user => 'alice', path => 'sized.bin',
                          content => 'x' x 5000 });
    my $node = node($browser, 8, '', 'sized.bin');

    for my $field ('maxbytes', 'areamaxbytes') {
        for my $limit (4999, 5000, -1) {
            my $answer = copy($browser, 8, $node, $field => $limit);

            if ($limit == 4999) {
                is($answer->{errorcode}, 'maxbytesfile', "$field $limit");
                is($answer->{error}, 'This file is larger than '
                   . 'allowed here. Nothing was stored. The limit is '
                   . "4.9\x{a0}KB.", 'text');
                is_deeply([drafts($nginx)], [], 'nothing stored');

            } else {
                ok($answer->{url}, "$field $limit");
                is((drafts($nginx))[0]{size}, 5000, 'size');
            }
        }
    }

    # what is not a limit of the place is for Moodle to say

    ok(copy($browser, 8, $node, maxbytes => $_)->{url}, "maxbytes $_")
        for '0', '', 'x', '-2';

    # without a Content-Length it is seen while it comes

    cloud(NC => 'faults', { match => '^GET .*sized', times => 1,
                            action => 'drip', bytes => 1000,
                            interval => 0 });
    is(copy($browser, 8, $node, maxbytes => 4999)->{errorcode},
       'maxbytesfile', 'while it comes');

    # of the server that Moodle is behind

    my $small = nginx(php => undef, http => "client_max_body_size 6000;",
                      listen => undef);

    spew("$small->{dir}/nginx.conf",
         $small->conf =~ s/client_max_body_size  20m/client_max_body_size 6000/r,
         0644);
    $small->reload;
    $small->moodle('reset');

    my $visitor = $small->browser;

    $visitor->sign_in(8);
    $node = node($visitor, 8, '', 'sized.bin');

    my $answer = copy($visitor, 8, $node);

    is($answer->{errorcode}, 'servermaxbytes', 'with the form');
    is_deeply([drafts($small)], [], 'nothing stored');

    cloud(NC => 'file', { user => 'alice', path => 'sized.bin',
                          content => 'x' x 6001 });
    is(copy($visitor, 8, $node)->{errorcode}, 'servermaxbytes', 'alone');
    like($small->log, qr/servermaxbytes: .* larger than "client_max_body_size"/,
         'told in the log');
    cloud(NC => 'file', { user => 'alice', path => 'sized.bin',
                          content => 'x' x 4000 });
    ok(copy($visitor, 8, $node)->{url}, 'a smaller one');

    $small->finish;
    cloud(NC => 'file', { user => 'alice', path => 'sized.bin' }, 'DELETE');
};


subtest 'ways' => sub {
    my %flag = (copy => {}, link => { linkexternal => 'yes' },
                alias => { usefilereference => 1 },
                controlled => { usecontrolledlink => 1 });

    for my $files ('internal', 'external') {
        my $other = nginx(repository => "supported_files $files;");

        $other->moodle('reset');

        my $visitor = $other->browser;

        $visitor->sign_in(8);

        my $node = node($visitor, 8, '', 'report.pdf');

        for my $way (sort keys %flag) {

            next if $files eq 'external' && $way ne 'copy';

            if ($files eq 'internal' && $way eq 'copy') {
                ok(copy($visitor, 8, $node)->{url}, "$files, $way");
                next;
            }

            refused("$files, $way", $other, $visitor,
                    [fields($node, %{ $flag{$way} })], 'notsupported',
                    $way eq 'copy' ? qr/cannot be copied here/
                                   : qr/cannot be linked here/);
        }

        $other->finish;
    }

    refused('controlled', $nginx, $browser,
            [fields(node($browser, 8, '', 'report.pdf'),
                    usecontrolledlink => 1)], 'notsupported', qr/not set up/);
};


subtest 'no upload_repository' => sub {
    my $other = Owncloud->new;
    my $visitor = $other->browser;

    $other->moodle('reset');
    $visitor->sign_in(8);

    refused('not configured', $other, $visitor,
            [fields(node($visitor, 8, '', 'report.pdf'))], 'notsupported',
            qr/the configuration is incomplete/);
    like($other->log, qr/no "upload_repository" in repository "8"/, 'log');

    $other->finish;
};


# the picker looks at nothing but "error" when a file has been chosen

my %way = (copy => {}, link => { linkexternal => 'yes' },
           alias => { usefilereference => 1 });


sub told_to_sign_in {
    my ($name, $visitor, $node) = @_;

    for my $way (sort keys %way) {
        is_deeply($visitor->chosen(8, fields($node, %{ $way{$way} })),
            { code => 'notsignedin',
              dialogue => 'You are no longer signed in to Nextcloud. '
                  . 'Nothing was done. Please reload the list of files, sign '
                  . 'in and choose the file again.' },
            "$name, $way: what the picker shows");
    }

    is_deeply([drafts($nginx)], [], "$name: nothing stored");
    ok($visitor->picker($_ => 8)->{login}, "$name: $_ answers the form")
        for qw(list signin sign login);
    ok($visitor->picker(search => 8, s => 'x')->{login},
       "$name: search answers the form");
}


subtest 'not signed in' => sub {
    my $node = node($browser, 8, '', 'report.pdf');

    told_to_sign_in('nobody', $nginx->browser, $node);
};


subtest 'tokens' => sub {
    my $node = node($browser, 8, '', 'report.pdf');

    cloud(NC => 'expire', {});
    cloud(NC => 'log', undef, 'DELETE');

    ok(copy($browser, 8, $node)->{url}, 'an expired one is refreshed');
    is(join(' ', map { $_->{method} } @{ cloud(NC => 'log') }),
       'GET POST GET', 'asked again');
    is((drafts($nginx))[0]{sha1}, sha1_hex(slurp(disk('NC', 'report.pdf'))),
       'bytes');

    cloud(NC => 'revoke', {});
    told_to_sign_in('a dead one', $browser, $node);

    $browser->sign_in(8);

    is($browser->chosen(8, fields($node))->{file}, 'report.pdf',
       'what the picker makes of a file');
    is($browser->chosen(8, fields($node, itemid => $item))->{asked},
       'report (1).pdf', 'and of one that exists');
};


subtest "Moodle's cookies" => sub {
    $nginx->moodle('fault', match => 'action=upload', type => 'header',
                   value => 'Set-Cookie: MoodleSession=renewed; path=/');

    my $node = node($browser, 8, '', 'report.pdf');
    my $answer = $browser->raw(download => 8, fields($node));
    my $set = $answer->{headers}{'set-cookie'};

    is_deeply([grep { /^Moodle/ } ref $set ? @$set : $set],
              ['MoodleSession=renewed; path=/'], 'passed on');

    $browser->{cookies}{MoodleSession}{value} = 'teacheraaaaaaaaaaaaaaaaaaa';
};


subtest 'places' => sub {
    my %php = (
        'request buffering off' => 'fastcgi_request_buffering off;',
        'buffering off' => 'fastcgi_buffering off;',
        'small buffers' => 'fastcgi_buffer_size 1k; fastcgi_buffers 2 1k;'
                           . ' fastcgi_busy_buffers_size 1k;',
        'sendfile' => 'sendfile on; aio threads;',
        'body in a file' => 'client_body_in_file_only clean;',
    );

    my $bytes = join '', map { pack 'N', $_ * 2654435761 % 4294967296 }
                             1 .. 250000;

    cloud(NC => 'file', { user => 'alice', path => 'million.bin',
                          content64 => encode_base64($bytes, '') });

    for my $place (sort(keys %php), 'proxy', 'proxy 1.1') {
        my $other;

        if ($place =~ /^proxy/) {
            my $version = $place eq 'proxy' ? '1.0' : '1.1';
            $other = nginx(php => <<"EOT");
        location ~ [^/]\\.php(/|\$) {
            proxy_pass          http://127.0.0.1:$nginx->{port};
            proxy_set_header    Host \$http_host;
            proxy_http_version  $version;
            proxy_request_buffering  off;
        }
EOT
        } else {
            my $plain = Owncloud->new(no_start => 1);
            $other = nginx(php => $plain->php($php{$place}));
        }

        $other->moodle('reset');

        my $visitor = $other->browser;

        $visitor->sign_in(8);

        my $answer = copy($visitor, 8,
                          node($visitor, 8, '', 'million.bin'));
        my ($file) = drafts($other);

        ok($answer->{url}, $place) or diag(explain($answer));
        is($file->{sha1}, sha1_hex($bytes), "$place: bytes");
        is_deeply([sizes("$other->{dir}/body")], [], "$place: no file left");

        $other->finish;
    }

    cloud(NC => 'file', { user => 'alice', path => 'million.bin' }, 'DELETE');
};


subtest 'HTTP/2' => sub {
    my $visitor = $nginx->browser(url => $nginx->tls_url,
                                  http => Owncloud::HTTP::curl('--http2'));

    $visitor->sign_in(7);

    my $answer = copy($visitor, 7, node($visitor, 7, '', 'picture.png'));

    ok($answer->{url}, 'stored');
    is((drafts($nginx))[0]{sha1}, sha1_hex(slurp(disk('OC', 'picture.png'))),
       'bytes');
};


# a file of that size without blocks, but for an end that tells it apart

sub sparse {
    my ($name, $size) = @_;

    my $path = disk('NC', $name);

    open my $out, '>', $path or die "$path: $!\n";
    truncate $out, $size - 5 or die;
    seek $out, 0, 2;
    print $out 'abcde';
    close $out;
    chmod 0644, $path;

    return $path;
}


sub memory {
    my ($nginx, $what) = @_;

    my ($pid) = $nginx->workers;

    return slurp("/proc/$pid/status") =~ /^$what:\s+(\d+) kB/m ? $1 : die;
}


subtest 'a large file' => sub {
    my $size = 1 << 30;
    my $php = "client_max_body_size 2g;\n"
              . "fastcgi_read_timeout 300s;\n"
              . "fastcgi_send_timeout 300s;\n";
    my $plain = Owncloud->new(no_start => 1);
    my $other = nginx(php => $plain->php($php));
    my $path = sparse('large.bin', $size);

    $other->moodle('reset');

    my $visitor = $other->browser;

    $visitor->sign_in(8);

    my $node = node($visitor, 8, '', 'large.bin');

    # what any copy needs is there

    copy($visitor, 8, node($visitor, 8, '', 'report.pdf'));

    my $before = memory($other, 'VmRSS');
    my $pid = fork // die;
    my $id = 'bar';

    $item++;

    if ($pid == 0) {
        my $answer = $visitor->picker(download => 8, fields($node,
                         client_id => $id, itemid => $item));
        spew("$other->{dir}/answer", encode_json($answer));
        POSIX::_exit(0);
    }

    # how far it is can be asked meanwhile

    my (@seen, %phase);

    until (waitpid($pid, POSIX::WNOHANG()) > 0) {
        my $answer = decode_json($visitor->request('GET',
            "/repository/owncloud/progress?id=$id")->{body});

        push @seen, $answer if !@seen || $seen[-1]{done} != $answer->{done}
                               || $seen[-1]{phase} ne $answer->{phase};
        $phase{$answer->{phase}}++;
        sleep 0.05;
    }

    my $answer = decode_json(slurp("$other->{dir}/answer"));

    ok($answer->{url}, 'stored') or diag(explain($answer));

    my ($file) = grep { $_->{filename} eq 'large.bin' }
                 @{ $other->moodle('drafts')->{teacher1}{$item} // [] };

    is($file->{size}, $size, 'its size');
    is($file->{sha1}, Digest::SHA->new(1)->addfile($path)->hexdigest,
       'its bytes');

    my $after = memory($other, 'VmHWM');

    # what a sanitizer takes is none of it

    cmp_ok($after - $before, '<', 8192, 'growth of the worker, KB')
        if !$ENV{TEST_NGINX_SANITIZED} && !$ENV{TEST_NGINX_VALGRIND};
    note($after - $before, ' KB, ', scalar @seen, ' answers');

    my @fetch = map { $_->{done} } grep { $_->{phase} eq 'fetch' } @seen;

    cmp_ok(scalar @fetch, '>', 2, 'it is seen how it comes');
    is_deeply([sort { $a <=> $b } @fetch], \@fetch, 'more and more');
    is_deeply([grep { $_->{total} != $size } grep { $_->{done} } @seen], [],
              'of a known size');
    is_deeply([grep { !/^(?:none|fetch|store|done)$/ } keys %phase], [],
              'phases');
    ok($phase{store}, 'it is seen how it goes to Moodle');

    my $last = decode_json($visitor->request('GET',
        "/repository/owncloud/progress?id=$id")->{body});

    is($last->{phase}, 'done', 'done');

    $other->finish;
    unlink $path;
    $_ && unlink standins()->{MOODLE_STATE} . "/files/$_" for $file->{sha1};
};


subtest 'progress' => sub {
    my $none = '{"phase":"none","done":0,"total":-1}';
    my $ask = sub {
        my ($browser, $id, $method) = @_;
        return $browser->request($method // 'GET',
                                 "/repository/owncloud/progress?id=$id");
    };

    copy($browser, 8, node($browser, 8, '', 'report.pdf'),
         client_id => 'mine');

    my $answer = $ask->($browser, 'mine');

    is($answer->{status}, 200, 'status');
    like($answer->{body}, qr/^\{"phase":"done","done":\d+,"total":\d+\}$/,
         'answer');
    is($answer->{headers}{'content-type'},
       'application/json; charset=utf-8', 'Content-Type');
    is($answer->{headers}{'cache-control'}, 'no-store', 'not stored');

    is($ask->($browser, 'other')->{body}, $none, 'another picker');
    is($ask->($browser, '')->{body}, $none, 'no picker');
    is($ask->($browser, 'x' x 1000)->{body}, $none, 'a long id');
    is($ask->($nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa'),
              'mine')->{body}, $none, 'another session');
    is($ask->($nginx->browser(session => undef), 'mine')->{body}, $none,
       'no session');
    is($ask->($browser, 'mine', $_)->{status}, 405, $_) for qw(POST HEAD);

    my $with = $browser->request('GET', '/repository/owncloud/progress/x');

    isnt($with->{status}, 200, 'no other address');

    # a failure is an end, too

    cloud(NC => 'faults', { match => '^GET .*report', action => 'status',
                            status => 404 });
    copy($browser, 8, node($browser, 8, '', 'report.pdf'),
         client_id => 'failed');
    like($ask->($browser, 'failed')->{body}, qr/"phase":"done"/, 'failed');
    cloud(NC => 'faults', undef, 'DELETE');
};


fresh($nginx);
$nginx->finish;
done_testing;
