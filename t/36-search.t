#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Searching: what the clouds are asked, what is made of their answers, and the
# pages that follow.  What has to be found is looked for on the clouds' disks.

use v5.20;
use utf8;
use warnings;

use Encode qw(decode encode);
use File::Find;
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud requests standins);
use Owncloud::TestNginx;
use Test::Nginx::Socket;

my %repository = (NC => 8, OC => 7);
my %method = (NC => 'SEARCH', OC => 'REPORT');
my %uri = (NC => '/remote.php/dav/', OC => '/oc/remote.php/webdav/');
my %other = (NC => 'OC', OC => 'NC');

binmode Test::More->builder->$_, ':utf8'
    for qw(output failure_output todo_output);

plan('no_plan');
run_tests();

cloud($_ => 'reset', { data => JSON::PP::true }) for sort keys %repository;

names($_) for sort keys %repository;
nothing($_) for sort keys %repository;
many($_) for sort keys %repository;
tokens();
kinds();
strange_users();
building_blocks();

cloud($_ => 'reset', { data => JSON::PP::true }) for sort keys %repository;


# an nginx whose repositories have these settings, and its browser

sub browser {
    my ($settings, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(server => join '', map { <<"EOT" } sort keys %repository);
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            authorize   off;
            previews    off;
            $settings
        }
EOT
    $nginx->start;

    return ($nginx, $nginx->browser);
}


sub asked {
    my $cloud = shift;

    return [requests($cloud => qr/^(?:SEARCH|REPORT|GET|PROPFIND) /)];
}


sub forget { cloud(shift, log => undef, 'DELETE') }


# where the hits are

sub places {
    my $answer = shift;

    return $answer if ref $answer->{list} ne 'ARRAY';

    return [sort map { $_->{source} // $_->{path} } @{ $answer->{list} }];
}


# where they have to be

sub on_disk {
    my ($cloud, $text) = @_;

    my $top = standins()->{"CLOUD_${cloud}_STATE"} . '/data/alice';
    my @found;

    find({ no_chdir => 1, wanted => sub {
        my $path = decode('UTF-8', substr $_, length $top);
        my ($name) = $path =~ m{([^/]+)$} or return;

        push @found, $path . (-d ? '/' : '') if CORE::fc($name)
                                                =~ /\Q${\ CORE::fc($text) }/;
    } }, $top);

    return [sort @found];
}


sub names {
    my $cloud = shift;

    my $repository = $repository{$cloud};
    my ($nginx, $browser) = browser('max_results 2000;');

    $browser->sign_in($repository);

    my @text = ('report', 'REPORT', 'RePort.PDF', 'folder', 'inside', '%',
                '100%', '%20', '%41', '_', "'", '"', '&', 'amp&', '&amp;',
                '<', 'lt<gt>', ']]>', '-->', '*', '?', '+', 'a+b', '#', '$',
                'ümläut', 'ÜMLÄUT', 'ü', '日本', '😀', 'emoji 😀', 'h s',
                'two  spaces', '.', 'txt', '{', '[brackets]', '^', '`',
                'Lecture', 'nothing has this name');

    push @text, '\\', 'a\\b' if $cloud eq 'NC';

    for my $text (@text) {
        my $expected = on_disk($cloud, $text);
        my $answer = $browser->picker(search => $repository,
                                      s => encode('UTF-8', $text));

        is_deeply(places($answer), $expected,
                  "$cloud - \"$text\", hits: " . @$expected)
            or diag(explain($expected, places($answer)));
    }

    cmp_ok(scalar @{ on_disk($cloud, 'inside') }, '>', 20,
           "$cloud - there are hits in folders");

    # a node is that of the folder's listing

    my $found = $browser->picker(search => $repository, s => 'notes.txt');
    my $listed = $browser->picker(list => $repository);

    my ($node) = grep { $_->{source} eq '/notes.txt' } @{ $found->{list} };
    my ($same) = grep { $_->{title} eq 'notes.txt' } @{ $listed->{list} };

    is(delete $node->{thumbnail_title}, '/notes.txt',
       "$cloud - where a file was found");
    is_deeply($node, $same, "$cloud - the rest as in its folder");
    is($found->{issearchresult}, JSON::PP::true, "$cloud - it is a search");
    is(join(' ', map { "$_->{name}:$_->{path}" } @{ $found->{path} }),
       $listed->{path}[0]{name} . ':', "$cloud - the way is the top");
    ok(!exists $found->{pages} && !exists $found->{message},
       "$cloud - all of it");

    folders($cloud, $browser);
    $nginx->finish;
}


# folders that were found are opened, and what is in them is found there

sub folders {
    my ($cloud, $browser) = @_;

    my $repository = $repository{$cloud};
    my $answer = $browser->picker(search => $repository, s => '%');
    my @folder = grep { $_->{children} } @{ $answer->{list} };
    my %inside = map { $_ => 1 } @{ on_disk($cloud, 'inside') };
    my $opened = 0;

    for my $folder (@folder) {
        my $path = encode('UTF-8', $folder->{path});
        my $list = $browser->picker(list => $repository, p => $path)->{list};

        $opened++ if $list && (!$inside{"$folder->{path}inside.txt"}
                               || grep { $_->{source}
                                         eq "$folder->{path}inside.txt" }
                                  grep { $_->{source} } @$list);
    }

    cmp_ok($opened, '>', 2, "$cloud - folders among the hits");
    is($opened, scalar @folder, "$cloud - all of them can be opened");
}


# what is not asked at all

sub nothing {
    my $cloud = shift;

    my $repository = $repository{$cloud};
    my ($nginx, $browser) = browser('');

    $browser->sign_in($repository);
    forget($cloud);

    my %text = ('no text' => '', 'blanks' => " \t \n", 'a slash' => 'a/b',
                'a control character' => "a\x01b", 'a NUL' => "a\x00b",
                'no UTF-8' => "\xff\xfe", 'too long' => 'a' x 2000);

    $text{'a backslash'} = 'a\\b' if $cloud eq 'OC';

    for my $what (sort keys %text) {
        my $answer = $browser->picker(search => $repository,
                                      s => $text{$what});

        is_deeply($answer->{list}, [], "$cloud - $what");
        is($answer->{issearchresult}, JSON::PP::true, "$cloud - $what, search");
    }

    my $answer = $browser->picker(search => $repository);

    is_deeply($answer->{list}, [], "$cloud - no field");
    is_deeply(asked($cloud), [], "$cloud - nothing of it is asked");

    is_deeply(places($browser->picker(search => $repository,
                                      s => "  notes.txt\t ")),
              on_disk($cloud, 'notes.txt'), "$cloud - blanks around a text");
    is_deeply(asked($cloud), ["$method{$cloud} $uri{$cloud}"],
              "$cloud - and this is asked");

    $nginx->finish;
}


# more hits than are shown, more than fit on a page

sub many {
    my $cloud = shift;

    my $repository = $repository{$cloud};

    cloud($cloud => 'many', { user => 'alice', folder => 'flood',
                              count => 260 });

    for my $settings ('', 'cache off;') {
        my ($nginx, $browser) = browser("page_size 50; max_results 120; "
                                        . $settings);
        my $name = $settings ? "$cloud, not kept" : $cloud;

        $browser->sign_in($repository);
        pages($cloud, $name, $browser);
        expired($cloud, $name, $nginx, $browser);
        $nginx->finish;
    }

    if ($cloud eq 'OC') {

        # a wildcard that nothing can take the meaning from finds all of them

        my ($nginx, $browser) = browser('max_results 10;');

        $browser->sign_in($repository);

        my $answer = $browser->picker(search => $repository, s => '_flood_');

        is_deeply($answer->{list}, [], "$cloud - no such name");
        ok(!exists $answer->{message}, "$cloud - all was looked through");

        $answer = $browser->picker(search => $repository, s => '_0_');

        is_deeply($answer->{list}, [], "$cloud - none in what it has sent");
        like($answer->{message}, qr/^There may be more/,
             "$cloud - it was not asked for all");

        $nginx->finish;
    }

    my $count = @{ on_disk($cloud, 'file 00') };
    my ($nginx, $browser) = browser("max_results $count;");

    $browser->sign_in($repository);

    my $answer = $browser->picker(search => $repository, s => 'file 00');

    cmp_ok($count, '>=', 260, "$cloud - there are many");
    is(scalar @{ $answer->{list} }, $count, "$cloud - as many as there are");
    ok(!exists $answer->{message}, "$cloud - and no message");

    cloud($cloud => 'file', { user => 'alice', path => '/file 00999.txt' });

    $answer = $browser->picker(search => $repository, s => 'file 00');

    is(scalar @{ $answer->{list} }, $count,
       "$cloud - one more than is shown");
    is($answer->{message}, "Only the first $count results are shown. "
       . 'Please enter more of the name.', "$cloud - and a message");

    cloud($cloud => 'file', { user => 'alice', path => '/file 00999.txt' },
          'DELETE');

    # of what wildcards find, too

    $answer = $browser->picker(search => $repository, s => '_');

    ok(!exists $answer->{message}, "$cloud - few names have an underscore");
    is_deeply(places($answer), on_disk($cloud, '_'), "$cloud - and only those");

    $nginx->finish;
}


sub pages {
    my ($cloud, $name, $browser) = @_;

    my $repository = $repository{$cloud};
    my (%seen, @order);

    forget($cloud);

    for my $page (1 .. 3) {
        my $answer = $browser->picker(search => $repository, $page == 1
            ? (s => 'file 00') : (page => $page));

        is("$answer->{page}/$answer->{pages}", "$page/3", "$name - page $page");
        is(scalar @{ $answer->{list} }, $page == 3 ? 20 : 50,
           "$name - page $page, hits");
        is($answer->{issearchresult}, JSON::PP::true,
           "$name - page $page, a search");
        like($answer->{message}, qr/^Only the first 120 results are shown/,
             "$name - page $page, a word that there is more");
        is($answer->{path}[-1]{path}, '', "$name - page $page, the top");

        push @order, map { $_->{title} } @{ $answer->{list} };
        $seen{$_->{source}}++ for @{ $answer->{list} };
    }

    is_deeply([sort @order], \@order, "$name - in order over the pages");
    is(scalar keys %seen, 120, "$name - each once");
    is_deeply(asked($cloud), ["$method{$cloud} $uri{$cloud}"],
              "$name - found once");

    my $answer = $browser->picker(search => $repository, page => 9);

    is($answer->{page}, 3, "$name - the last page is the last");

    # another text with a page of its own

    $answer = $browser->picker(search => $repository, page => 2,
                               s => 'file 001');

    like($answer->{list}[0]{title}, qr/^file 001/,
         "$name - a page of another text");
}


sub expired {
    my ($cloud, $name, $nginx, $browser) = @_;

    my $repository = $repository{$cloud};
    my @page = (search => $repository, page => 2);

    my $first = sub {
        my $answer = $browser->picker(search => $repository, s => 'file 00');
        is($answer->{pages}, 3, "$name - there are pages");
        is($browser->picker(@page)->{page}, 2, "$name - and the second");
    };

    $first->();
    forget($cloud);

    is($browser->picker(@page, client_id => 'another')->{errorcode},
       'searchexpired', "$name - not another picker's");

    my $answer = $browser->picker(search => $repository, s => 'notes',
                                  client_id => 'another');

    ok($answer->{list}, "$name - another picker searches");
    is($browser->picker(@page, client_id => 'another')->{errorcode},
       'searchexpired', "$name - and has no second page");
    is($browser->picker(@page)->{page}, 2, "$name - the first one has");

    $browser->picker(search => $repository, s => 'notes');
    is($browser->picker(@page)->{errorcode}, 'searchexpired',
       "$name - a new search has taken its place");

    $first->();

    my $second = $nginx->browser;

    $second->sign_in($repository);
    is($second->picker(@page)->{errorcode}, 'searchexpired',
       "$name - not that of another sign-in");

    my $bob = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa');

    $bob->sign_in($repository, user => 'bob');
    is($bob->picker(@page)->{errorcode}, 'searchexpired',
       "$name - and not another user's");

    $nginx->stop;
    $nginx->start;

    $answer = $browser->picker(@page);

    is($answer->{errorcode}, 'searchexpired', "$name - not after a restart");
    is($answer->{error}, 'Your search results have expired. Please '
                         . 'search again.', "$name - in words");
}


# a token that has expired in the meantime

sub tokens {
    my ($nginx, $browser) = browser('');

    for my $cloud (sort keys %repository) {
        $browser->sign_in($repository{$cloud});
        cloud($cloud => 'expire', {});
        forget($cloud);

        is_deeply(places($browser->picker(search => $repository{$cloud},
                                          s => 'notes')),
                  on_disk($cloud, 'notes'), "$cloud - after a 401");
        is(scalar(grep { /^$method{$cloud}/ } @{ asked($cloud) }), 2,
           "$cloud - asked twice");
    }

    $nginx->finish;
}


# which server it is, is what its status.php says

sub kinds {
    my %said = (
        'by its name'         => { productname => 'NAME' },
        'in capitals'         => { productname => uc 'NAME' },
        'a name of its own'   => { productname => 'Campus', product => 'NAME' },
        'only a version'      => { version => 'VERSION' },
    );

    my %version = (NC => '32.0.1.2', OC => '10.15.2.0');
    my %name = (NC => 'Nextcloud', OC => 'ownCloud');
    my %base = (NC => '', OC => '/oc');

    for my $cloud (sort keys %repository) {
        my @query = (search => $repository{$cloud}, s => 'notes');
        my $status = "GET $base{$cloud}/status.php";
        my $query = "$method{$cloud} $uri{$cloud}";

        my ($nginx, $browser) = browser('', setting => { type => undef });

        $browser->sign_in($repository{$cloud});
        forget($cloud);

        for my $time (1, 2) {
            is_deeply(places($browser->picker(@query)),
                      on_disk($cloud, 'notes'), "$cloud - hits, $time");
        }

        is_deeply(asked($cloud), [$status, $query, $query],
                  "$cloud - its status is asked once");

        $nginx->finish;

        for my $how (sort keys %said) {
            my %status = map {
                $_ => $said{$how}{$_} =~ s/NAME/$name{$cloud}/ir
                                      =~ s/VERSION/$version{$cloud}/r
            } keys %{ $said{$how} };

            is(told($cloud, \@query, status => 200, body => 'json',
                    json => { installed => JSON::PP::true, %status }),
               "$status, $query", "$cloud - $how");
        }
    }

    # it does not say it: as its endpoints are, which is asked again

    my @query = (search => 8, s => 'notes');
    my $guessed = 'GET /status.php, SEARCH /remote.php/dav/';

    is(told(NC => \@query, status => 404, body => 'html'), $guessed,
       'no status.php');
    is(told(NC => \@query, status => 200, body => 'html'), $guessed,
       'no JSON');
    is(told(NC => \@query, status => 200, body => 'json', json => {}),
       $guessed, 'nothing in it');
    is(told(NC => \@query, status => 200, body => 'json',
            json => { version => 'new', productname => {}, product => [1] }),
       $guessed, 'nothing of use in it');

    is(told(NC => \@query, status => 200, body => 'json',
            json => { productname => 'OpenCloud' }, error => 'nosearch'),
       'GET /status.php', 'OpenCloud is not searched');
    unlike(told(NC => \@query, action => 'close', error => 'cloudbroken'),
           qr/SEARCH/, 'a cloud that is not well is not asked for more');
}


sub told {
    my ($cloud, $query, %rule) = @_;

    my $error = delete $rule{error};
    my ($nginx, $browser) = browser('', setting => { type => undef });

    $browser->sign_in($query->[1]);

    forget($cloud);
    cloud($cloud => 'faults', { match => '^GET .*/status\.php', times => -1,
                                action => 'status', %rule });

    my $answer = $browser->picker(@$query);

    cloud($cloud => 'faults', undef, 'DELETE');

    $error ? is($answer->{errorcode}, $error, "- $error")
           : is_deeply(places($answer), on_disk($cloud, 'notes'), '- hits');

    $nginx->finish;

    return join ', ', @{ asked($cloud) };
}


# a user whose id needs care in an URL and in XML

sub strange_users {
    my ($nginx, $browser) = browser('');

    $browser->sign_in(8, user => "o'anna b\@x.de");
    forget('NC');

    my $answer = $browser->picker(search => 8, s => 'notes');
    my ($request) = @{ cloud(NC => 'log') };

    is_deeply(places($answer), on_disk(NC => 'notes'), 'a strange user id');
    like(decode_base64($request->{body}),
         qr{<d:href>/files/o'anna b\@x\.de/</d:href>},
         'the scope is not percent-encoded');

    $nginx->finish;
}


# "s" makes a search of it

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

    my $get = sub {
        decode_json($browser->request(GET => '/files/list' . shift)->{body});
    };

    my $url = $browser->consent($get->('?s=notes')->{login}[0]{url},
                                back => $nginx->url . '/files/back');

    is($browser->return_to($url)->{status}, 200, 'a location - signed in');

    is_deeply(places($get->('?s=notes')), on_disk(OC => 'notes'),
              'a location - searches');
    is($get->('?s=&p=/Documents/')->{list}[0]{path}, '/Documents/Lecture 1/',
       'a location - and lists');
    is($get->('?s=&page=2')->{list}[0]{path}, '/Documents/',
       'a location - nothing is no text');

    $nginx->finish;
}


__DATA__

=== TEST 1: Nextcloud, byte for byte
--- raw
--- action: search
--- fields: {"s": "a<b>&\"c'%_\\d"}
--- wire
SEARCH /remote.php/dav/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_NC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Content-Type: text/xml; charset=utf-8
Content-Length: 569

<?xml version="1.0" encoding="UTF-8"?><LF><d:searchrequest xmlns:d="DAV:">
 + <d:basicsearch><d:select><d:prop><d:getcontentlength/><d:getlastmodified/>
 + <d:resourcetype/></d:prop></d:select><d:from><d:scope>
 + <d:href>/files/alice/</d:href><d:depth>infinity</d:depth></d:scope></d:from>
 + <d:where><d:like><d:prop><d:displayname/></d:prop>
 + <d:literal>%a&lt;b&gt;&amp;&quot;c'\%\_\\d%</d:literal></d:like></d:where>
 + <d:orderby><d:order><d:prop><d:displayname/></d:prop><d:ascending/></d:order>
 + </d:orderby><d:limit><d:nresults>201</d:nresults></d:limit></d:basicsearch>
 + </d:searchrequest>
--- titles
--- saw
SEARCH /remote.php/dav/


=== TEST 2: ownCloud, byte for byte
--- cloud: OC
--- raw
--- action: search
--- fields: {"s": "a<b>&\"c'd"}
--- wire
REPORT /oc/remote.php/webdav/ HTTP/1.1
Host: 127.0.0.1:${CLOUD_RAW_OC_PORT}
User-Agent: ngx_http_owncloud_module/0.1.0
Connection: keep-alive
Authorization: Bearer TOKEN
Content-Type: text/xml; charset=utf-8
Content-Length: 294

<?xml version="1.0" encoding="UTF-8"?><LF><oc:search-files xmlns:d="DAV:"
 +  xmlns:oc="http://owncloud.org/ns"><d:prop><d:getcontentlength/>
 + <d:getlastmodified/><d:resourcetype/></d:prop><oc:search>
 + <oc:pattern>a&lt;b&gt;&amp;&quot;c'd</oc:pattern><oc:limit>201</oc:limit>
 + </oc:search></oc:search-files>
--- titles
--- saw
REPORT /oc/remote.php/webdav/


=== TEST 3: the answer, word for word
--- action: search
--- fields: {"s": "report.pdf"}
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
    }
  ],
  "defaultreturntype": 2,
  "manage": "${CLOUD_NC_URL}",
  "list": [
    {
      "title": "report.pdf",
      "thumbnail": "ICONS/pdf",
      "thumbnail_title": "/report.pdf",
      "size": 33,
      "datemodified": 1767323045,
      "source": "/report.pdf",
      "sourcekey": "c2ef78a8126710db2c2754e3d75af8bd7e71dd75",
      "size_f": "33\u00a0bytes",
      "datemodified_f": "2 January 2026, 3:04 AM",
      "datemodified_f_s": "02/01/26, 03:04",
      "mimetype": "PDF document",
      "icon": "ICONS/pdf"
    }
  ],
  "filereferencewarning": "Warning: This file will become public.",
  "repo_id": 8,
  "issearchresult": true
}


=== TEST 4: 501, there is no search
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 501, "body": "dav"}
--- error: nosearch
--- text
Nextcloud cannot be searched. Please open the folder that contains the file.
--- log
error: nosearch from "nc" for SEARCH "/remote.php/dav/": status 501
--- then: good


=== TEST 5: ownCloud, 501
--- cloud: OC
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^REPORT", "action": "status", "status": 501, "body": "dav"}
--- error: nosearch
--- text
ownCloud <&> cannot be searched. Please open the folder that contains the
file.
--- then: good


=== TEST 6: 405, a proxy that does not know the method
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 405, "body": "html"}
--- error: nosearch


=== TEST 7: 415, a place that cannot be searched
--- cloud: OC
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^REPORT", "action": "status", "status": 415, "body": "dav"}
--- error: nosearch


=== TEST 8: 404
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 404, "body": "dav"}
--- error: nosearch


=== TEST 9: 500, a page
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 500, "body": "html"}
--- error: clouderror
--- then: good


=== TEST 10: 400
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 400, "body": "text", "text": "Parse error"}
--- error: cloudunexpected


=== TEST 11: 200, a page
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "status", "status": 200, "body": "html"}
--- error: cloudinvalid


=== TEST 12: 207, a page
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "xml", "kind": "html"}
--- error: cloudinvalid


=== TEST 13: half an answer
--- action: search
--- fields: {"s": "notes"}
--- faults: {"match": "^SEARCH", "action": "cut"}
--- error: cloudbroken


=== TEST 14: the connection breaks off
--- action: search
--- fields: {"s": "notes"}
--- faults: {"match": "^SEARCH", "action": "truncate"}
--- error: cloudbroken


=== TEST 15: an answer byte by byte
--- action: search
--- fields: {"s": "notes.txt"}
--- faults: {"match": "^SEARCH", "action": "drip", "bytes": 7, "interval": 0.001}
--- titles
notes.txt


=== TEST 16: an entity
--- action: search
--- fields: {"s": "x"}
--- faults: {"match": "^SEARCH", "action": "xml", "kind": "dtd"}
--- error: cloudinvalid
