#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Small pictures of files: which files have one, what the cloud is asked for
# it, and who gets it.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud fresh requests slurp standins);
use Owncloud::HTTP;

my %repository = (NC => 8, OC => 7);

# 1 x 1, as a server might send it

my $gif = decode_base64('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAI'
                        . 'CRAEAOw==');

cloud($_ => 'reset', { data => JSON::PP::true }) for sort keys %repository;

for my $cloud (sort keys %repository) {
    listed($cloud);
    pictures($cloud);
    wire($cloud);
    kept($cloud);
    refused($cloud);
    whose($cloud);
    renewed($cloud);
    names($cloud);
    off($cloud);
    remembered($cloud);
}

location();
untyped();
no_previews();
large_folder();

fresh();
done_testing;


sub nginx {
    my ($settings, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(server => join '', map { <<"EOT" } sort keys %repository);
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            $settings
        }
EOT

    return $nginx->start;
}


sub browser {
    my ($nginx, $cloud, %option) = @_;

    my $user = delete $option{user};
    my $browser = $nginx->browser(%option);

    $browser->sign_in($repository{$cloud}, $user ? (user => $user) : ());

    return $browser;
}


# URLs of a folder's previews, by name

sub previews {
    my ($browser, $cloud, $folder) = @_;

    my $answer = $browser->picker(list => $repository{$cloud},
                                  p => $folder // '');

    return { map { $_->{title} => $_->{realthumbnail} }
             grep { exists $_->{realthumbnail} } @{ $answer->{list} } };
}


sub get {
    my ($browser, $url, %header) = @_;

    return $browser->request(GET => substr($url, length $browser->{url}),
                             undef, %header);
}


# what the cloud was asked for since the log was emptied, without sign-ins

sub asked {
    my $cloud = shift;

    return [ map { s/ HTTP.*//r } requests($cloud => qr/preview/) ];
}


sub forget {
    my $cloud = shift;

    cloud($cloud => 'log', undef, 'DELETE');
}


sub listed {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $list = previews($browser, $cloud);
    my $url = $list->{'picture.png'};

    like($url, qr{^\Q$browser->{url}\E/repository/owncloud/preview/
                  $repository{$cloud}\?v=[0-9a-f]{16}-1767323045-70
                  &file=%2Fpicture\.png$}x, "$cloud - the URL of a preview");

    # ownCloud has them of text as well, but does not say so

    is(join(' ', sort keys %$list),
       $cloud eq 'NC' ? 'alice.txt notes.txt picture.png' : 'picture.png',
       "$cloud - the files that have one");

    my ($propfind) = grep { $_->{method} eq 'PROPFIND' }
                     @{ cloud($cloud => 'log') };

    is(scalar(() = decode_base64($propfind->{body}) =~ /has-preview/g),
       $cloud eq 'NC' ? 1 : 0, "$cloud - asked for where it is known");

    is_deeply(previews($browser, $cloud), $list, "$cloud - the same again");

    $nginx->finish;
}


sub pictures {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};

    forget($cloud);

    my $answer = get($browser, $url);
    my $header = $answer->{headers};
    my ($version) = $url =~ /v=([^&]+)/;

    is($answer->{status}, 200, "$cloud - a preview");
    like($answer->{body}, qr/^\x89PNG\r\n\x1a\n.*IEND....$/s,
         "$cloud - is a picture");
    is($header->{'content-type'}, 'image/png', "$cloud - its type");
    is($header->{'content-length'}, length $answer->{body},
       "$cloud - its length");
    is($header->{'cache-control'}, 'private, max-age=86400',
       "$cloud - for this browser");
    is($header->{etag}, qq("$version"), "$cloud - its ETag");
    is($header->{'content-disposition'}, 'inline', "$cloud - inline");
    is($header->{'content-security-policy'}, "sandbox; default-src 'none'",
       "$cloud - no document");
    is($header->{'x-content-type-options'}, 'nosniff', "$cloud - as it is");
    is(join(' ', sort keys %$header),
       'cache-control connection content-disposition content-length '
       . 'content-security-policy content-type cross-origin-resource-policy '
       . 'date etag server x-content-type-options',
       "$cloud - nothing of the cloud's header");
    is(scalar @{ asked($cloud) }, 1, "$cloud - asked once");

    my $head = $browser->request(HEAD => substr($url, length $browser->{url}));

    is($head->{status}, 200, "$cloud - HEAD");
    is($head->{headers}{'content-length'}, length $answer->{body},
       "$cloud - HEAD, the length");
    is($head->{body}, '', "$cloud - HEAD, no more");

    for my $method (qw(POST PUT DELETE)) {
        is($browser->request($method => substr($url, length $browser->{url}),
                             'x')->{status},
           405, "$cloud - $method");
    }

    like($nginx->access_log, qr/ 200 i=\L$cloud\E a=preview c=1 e=-/,
         "$cloud - in the log");

    $nginx->finish;
}


# byte for byte, whatever the browser sends

sub wire {
    my $cloud = shift;

    my $env = standins();
    my $nginx = nginx('', setting => {
        base_url => $env->{"CLOUD_RAW_${cloud}_URL"} });
    my $browser = browser($nginx, $cloud);
    my $list = previews($browser, $cloud);

    cloud($cloud => 'rawlog', undef, 'DELETE');

    is(get($browser, $list->{'picture.png'}, Accept => 'image/*',
           'Range' => 'bytes=0-3', 'If-None-Match' => '"x"',
           'Accept-Encoding' => 'gzip')->{status}, 200, "$cloud - wire");

    my $raw = decode_base64(cloud($cloud => 'rawlog')->[0]{raw});
    my $uri = $cloud eq 'NC'
        ? '/index.php/core/preview.png?file=%2Fpicture.png&x=128&y=128'
          . '&forceIcon=0'
        : '/oc/remote.php/dav/files/alice/picture.png?preview=1&x=128&y=128';

    $raw =~ s/(Bearer )\S+/$1TOKEN/;

    is($raw, join("\r\n", "GET $uri HTTP/1.1",
                  "Host: 127.0.0.1:$env->{\"CLOUD_RAW_${cloud}_PORT\"}",
                  'User-Agent: ngx_http_owncloud_module/0.1.0',
                  'Connection: keep-alive', 'Authorization: Bearer TOKEN',
                  '', ''),
       "$cloud - what the cloud gets");

    $nginx->finish;
}


sub kept {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};
    my ($version) = $url =~ /v=([^&]+)/;

    forget($cloud);

    for my $known (qq("$version"), qq("x", W/"$version")) {
        my $answer = get($browser, $url, 'If-None-Match' => $known);

        is($answer->{status}, 304, "$cloud - known: $known");
        is($answer->{body}, '', "$cloud - known, no body");
        is($answer->{headers}{etag}, qq("$version"), "$cloud - known, ETag");
    }

    is_deeply(asked($cloud), [], "$cloud - the cloud is not asked");

    for my $other ('"x"', $version, qq("${version}0"), '*', '"', '""') {
        is(get($browser, $url, 'If-None-Match' => $other)->{status}, 200,
           "$cloud - not known: $other");
    }

    is(get($nginx->browser(session => undef), $url,
           'If-None-Match' => qq("$version"))->{status}, 403,
       "$cloud - known, but nobody is signed in");

    # a file that changes has another URL

    cloud($cloud => 'file', { user => 'alice', path => '/picture.png',
                              content64 => encode_base64($gif, ''),
                              mtime => 1767323999 });

    isnt(previews($browser, $cloud)->{'picture.png'}, $url,
         "$cloud - another version");

    cloud($cloud => 'reset', { data => JSON::PP::true });
    $nginx->finish;
}


# nothing but pictures, and no large ones

sub refused {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};
    my $match = '^GET .*preview';

    my $fault = sub {
        my ($name, $status, %fault) = @_;

        cloud($cloud => 'faults', undef, 'DELETE');
        cloud($cloud => 'faults', { match => $match, action => 'status',
                                    status => 200, body => 'base64', %fault });

        my $answer = get($browser, $url);

        is($answer->{status}, $status, "$cloud - $name");

        return $answer if $status == 200;

        like($answer->{body}, qr/^<svg [^>]*>(?:<path [^>]*>)*<\/svg>$/,
             "$cloud - $name: a sheet of paper");
        is($answer->{headers}{'cache-control'}, 'no-store',
           "$cloud - $name: once");

        return $answer;
    };

    my $text = encode_base64($gif, '');

    for my $type (qw(image/gif image/webp image/jpeg), 'IMAGE/PNG; x=y') {
        my $answer = $fault->("type $type", 200, type => $type,
                              text => $text);

        is($answer->{body}, $gif, "$cloud - type $type: its bytes");
        is($answer->{headers}{'content-type'}, lc $type =~ s/;.*//r,
           "$cloud - type $type: told");
    }

    for my $type (qw(image/svg+xml text/html application/octet-stream image/
                     image/pngx image))
    {
        $fault->("type $type", 404, type => $type, text => $text);
    }

    $fault->('empty', 404, type => 'image/png', text => '');

    # up to 512 KB

    my $most = $gif . 'x' x (524288 - length $gif);

    is(length $fault->('as large as can be', 200, type => 'image/gif',
                       text => encode_base64($most, ''))->{body}, 524288,
       "$cloud - as large as can be: all of it");

    $fault->('larger', 404, type => 'image/gif',
             text => encode_base64("${most}x", ''));
    $fault->('larger, in chunks', 404, type => 'image/gif',
             text => encode_base64("${most}x", ''),
             length => JSON::PP::false);

    $fault->("status $_", 404, status => $_, type => 'image/gif',
             text => $text) for 204, 206, 302, 400, 403, 404, 500;

    $fault->('cut short', 404, action => 'truncate');
    $fault->('reset', 404, action => 'reset', times => 9);

    cloud($cloud => 'faults', undef, 'DELETE');
    is(get($browser, $url)->{status}, 200, "$cloud - and then it goes on");

    # what is no file

    my $name = qr/file=.*/;

    forget($cloud);

    for my $file ('', '%2F', 'picture.png', '%2FDocuments%2F', '%2F..%2Fx.png',
                  '%2Fa%2F..%2Fx.png', '%2F%FF.png', '%2F.', '%2F%00.png',
                  '%2F' . 'x' x 4096)
    {
        is(get($browser, $url =~ s/$name/file=$file/r)->{status}, 404,
           "$cloud - no file: " . substr($file, 0, 20));
    }

    is(get($browser, $url =~ s/&file=.*//r)->{status}, 404,
       "$cloud - no file at all");
    is_deeply(asked($cloud), [], "$cloud - no file: the cloud is not asked");

    is(get($browser, $url =~ s/$name/file=%2Fnot-there.png/r)->{status}, 404,
       "$cloud - a file that is not there");
    is(get($browser, $url =~ s/$name/file=%2FDocuments/r)->{status}, 404,
       "$cloud - a folder");

    # other URLs are Moodle's

    for my $other ("/repository/owncloud/preview/99?file=x",
                   "/repository/owncloud/preview/$repository{$cloud}x",
                   '/repository/owncloud/preview/',
                   "/x/repository/owncloud/preview/$repository{$cloud}")
    {
        is($browser->request(GET => $other)->{status}, 404,
           "$cloud - $other: not here");
        unlike($nginx->access_log, qr/\Q$other\E \S+ 404 .*a=preview/,
               "$cloud - $other: not ours");
    }

    $nginx->finish;
}


# nobody gets anything that his own token does not give

sub whose {
    my $cloud = shift;

    my $nginx = nginx('');
    my $alice = browser($nginx, $cloud);
    my $bob = browser($nginx, $cloud, user => 'bob');
    my $url = previews($alice, $cloud)->{'picture.png'};
    my $other = previews($bob, $cloud)->{'picture.png'};

    isnt($url, $other, "$cloud - the URLs of two users differ");

    forget($cloud);

    for my $case ([ 'no cookies', $nginx->browser(session => undef), 403 ],
                  [ 'no sign-in', $nginx->browser, 403 ],
                  [ "bob with alice's URL", $bob, 404 ])
    {
        my ($name, $browser, $status) = @$case;
        my $answer = get($browser, $url);

        is($answer->{status}, $status, "$cloud - $name");
        is($answer->{body}, '', "$cloud - $name: nothing") if $status == 403;
        unlike($answer->{body}, qr/login/, "$cloud - $name: no form");
        is($answer->{headers}{'cache-control'}, 'no-store',
           "$cloud - $name: not kept");
    }

    # alice's cookie below another session of Moodle

    my $thief = $nginx->browser(session => 'another0session0of0moodle');
    my ($ours) = grep { /^owncloud_/ } sort keys %{ $alice->{cookies} };

    $thief->{cookies}{$ours} = $alice->{cookies}{$ours};

    is(get($thief, $url)->{status}, 403, "$cloud - a cookie that was taken");

    for my $version ('', 'v=', 'v=1-2', 'v=' . '0' x 16 . '-1767323045-70',
                     'v=x')
    {
        is(get($alice, $url =~ s/v=[^&]*/$version/r)->{status}, 404,
           "$cloud - never listed: $version");
    }

    is(get($alice, $url =~ s/-70&/-70%22%0A&/r)->{status}, 404,
       "$cloud - a version that is none");

    is_deeply(asked($cloud), [], "$cloud - the cloud was never asked");

    $alice->picker(logout => $repository{$cloud});
    is(get($alice, $url)->{status}, 403, "$cloud - after a logout");

    $nginx->finish;
}


sub renewed {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};

    cloud($cloud => 'expire', {});
    forget($cloud);

    is(get($browser, $url)->{status}, 200, "$cloud - an expired token");
    is(scalar @{ asked($cloud) }, 2, "$cloud - asked twice");
    is(scalar(requests($cloud => qr/token/)), 1, "$cloud - refreshed once");

    cloud($cloud => 'revoke', {});

    my $answer = get($browser, $url);

    is($answer->{status}, 403, "$cloud - a sign-in that has ended");
    is($answer->{body}, '', "$cloud - a sign-in that has ended: no form");

    # a token endpoint in trouble

    $browser->sign_in($repository{$cloud});
    cloud($cloud => 'expire', {});
    cloud($cloud => 'faults', { match => '^POST .*token', times => -1,
                                action => 'status', status => 500,
                                body => 'html' });

    is(get($browser, $url)->{status}, 404, "$cloud - no new token");
    cloud($cloud => 'faults', undef, 'DELETE');

    $nginx->finish;
}


sub names {
    my $cloud = shift;

    my $nginx = nginx('');

    my %content;

    for my $name ('a+b c.png', '100%.png', 'a%2Fb.png', 'amp & "q" \'s.png',
                  'hash # ?.png', "\x{65e5}\x{672c}.png", 'back\\slash.png',
                  'u' . "\x{308}" . '.png', ' lead.png', 'semi;,=@.PNG',
                  '~!$()*.jpg')
    {
        $content{$name} = $gif . "\n" . encode_base64($name =~
                                            s/([^ -~])/sprintf '%X', ord $1/ger);

        cloud($cloud => 'file', { user => 'alice', path => "/odd & ?/$name",
                                  content64 => encode_base64($content{$name},
                                                             '') });
    }

    my $browser = browser($nginx, $cloud);
    my $list = previews($browser, $cloud, '/odd & ?/');
    my %seen;

    is(join('|', sort keys %$list), join('|', sort keys %content),
       "$cloud - odd names have previews");

    for my $name (sort keys %content) {
        my $answer = get($browser, $list->{$name});

        utf8::encode(my $bytes = $name);

        is($answer->{status}, 200, "$cloud - preview of $bytes");
        ok(!$seen{ $answer->{body} }++, "$cloud - of no other: $bytes");
    }

    cloud($cloud => 'reset', { data => JSON::PP::true });
    $nginx->finish;
}


sub off {
    my $cloud = shift;

    my $nginx = nginx('');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};
    my %field = (list => $repository{$cloud});

    $nginx->configure(server => $nginx->{server}
                                =~ s/(timezone[^;]*;)/$1 previews off;/gr);
    $nginx->reload;

    forget($cloud);

    is(get($browser, $url)->{status}, 404, "$cloud - previews off");
    is_deeply(asked($cloud), [], "$cloud - previews off: not asked");

    unlike($browser->raw(list => $repository{$cloud})->{body},
           qr/realthumbnail/, "$cloud - previews off: none is told");
    unlike(join('', map { decode_base64($_->{body}) }
                    @{ cloud($cloud => 'log') }), qr/has-preview/,
           "$cloud - previews off: not asked whether there are");

    $nginx->finish;

    $nginx = nginx('', setting => { enabled => 'off' });

    is($nginx->browser->request(GET =>
           "/repository/owncloud/preview/$repository{$cloud}?v=x")->{status},
       404, "$cloud - a cloud that is switched off");

    $nginx->finish;
}


# the sign-in is bound to Moodle's user, who is known since the listing

sub remembered {
    my $cloud = shift;

    my $nginx = nginx('remember 30d;');
    my $browser = browser($nginx, $cloud);
    my $url = previews($browser, $cloud)->{'picture.png'};

    is(get($browser, $url)->{status}, 200, "$cloud - a remembered sign-in");

    $nginx->finish;
}


# names of files can be kept out of the log

sub location {
    my $nginx = nginx('');

    $nginx->configure(server => $nginx->{server} . <<'EOT');
        location ^~ /repository/owncloud/preview/ {
            access_log  off;
        }
EOT
    $nginx->reload;

    my $browser = browser($nginx, 'NC');
    my $url = previews($browser, 'NC')->{'picture.png'};

    is(get($browser, $url)->{status}, 200, 'location - a preview');
    unlike($nginx->access_log, qr/picture/, 'location - is in no log');
    like($nginx->access_log, qr/a=list/, 'location - the listing is');

    $nginx->finish;
}


# without "type", the listing does not wait for the answer

sub untyped {
    my $nginx = nginx('cache off;', setting => { type => undef });

    for my $cloud (sort keys %repository) {
        my $browser = browser($nginx, $cloud);

        is_deeply(previews($browser, $cloud), {}, "$cloud - not known yet");

        $browser->picker(search => $repository{$cloud}, s => 'picture');

        my $url = previews($browser, $cloud)->{'picture.png'};

        like($url, qr/preview/, "$cloud - known since a search");
        is($url && get($browser, $url)->{status}, 200,
           "$cloud - and it is there");
    }

    $nginx->finish;
}


# a server that has none

sub no_previews {
    my $nginx = nginx('');

    for my $cloud (sort keys %repository) {
        cloud($cloud => 'settings', { previews => JSON::PP::false });

        my $browser = browser($nginx, $cloud);
        my $url = previews($browser, $cloud)->{'picture.png'};

        if ($cloud eq 'NC') {
            is($url, undef, 'NC - none: said so');

        } else {
            is(get($browser, $url)->{status}, 404, 'OC - none: when asked');
        }

        cloud($cloud => 'reset', {});
    }

    $nginx->finish;
}


# flags are kept with the pages of a listing

sub large_folder {
    my $nginx = nginx('page_size 100;');

    cloud(NC => 'many', { user => 'alice', folder => 'large', count => 250 });
    cloud(NC => 'file', { user => 'alice', path => '/large/file x.pdf',
                          content => 'x' });

    my $browser = browser($nginx, 'NC');
    my $count = 0;

    for my $page (1 .. 3) {
        my $answer = $browser->picker(list => 8, p => '/large/', page => $page);

        for my $node (@{ $answer->{list} }) {
            $count++ if $node->{realthumbnail};
            ok(!$node->{realthumbnail}, 'pages - a file without')
                if $node->{title} eq 'file x.pdf';
        }
    }

    is($count, 250, 'pages - all that have one');

    cloud(NC => 'reset', { data => JSON::PP::true });
    $nginx->finish;
}
