#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Large folders, the limits of them, and what a worker keeps of a thousand
# listings: nothing.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud free_port slurp spew);
use Owncloud::HTTP;

my $sanitized = $ENV{TEST_NGINX_SANITIZED};

my %repository = (NC => 8, OC => 7);

cloud($_ => 'reset', {}) for sort keys %repository;

ten_thousand();
limits();
a_thousand_times();

cloud($_ => 'reset', {}) for sort keys %repository;
done_testing();


# the cloud will tell of so many entries, in an order of its own

sub entries {
    my ($cloud, $count) = @_;

    cloud($cloud => 'faults', undef, 'DELETE');
    cloud($cloud => 'faults', { match => '^PROPFIND', action => 'entries',
                                count => $count, name => 'entry %d.txt' });
}


sub listed {
    my $answer = shift;

    return $answer->{body} =~ /"title":"([^"]*)"/g;
}


# all on one page, and nothing but what the cloud says now

sub repositories {
    my $nginx = shift;

    return join '', map { <<"EOT" } sort keys %repository;
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            page_size   10000;
            cache       off;
        }
EOT
}


sub large {
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(server => repositories($nginx));

    return $nginx->start;
}


sub ten_thousand {
    my $nginx = large();
    my $browser = $nginx->browser;
    my @expected = sort map { "entry $_.txt" } 0 .. 9999;

    for my $cloud (sort keys %repository) {
        my $repository = $repository{$cloud};

        $browser->sign_in($repository);
        entries($cloud => 10000);

        my $answer = $browser->raw(list => $repository, p => '/Documents/');

        is_deeply([listed($answer)], \@expected,
                  "$cloud - 10,000 entries, each once, in order");
        is($answer->{headers}{'content-length'}, length $answer->{body},
           "$cloud - as long as it says");
        like($answer->{body}, qr/\],"filereferencewarning":"[^"]*",
                                 "repo_id":$repository\}$/x,
             "$cloud - to the end");

        my $json = decode_json($answer->{body});

        is(scalar(grep { $_->{size} == 5 && $_->{datemodified} == 1767323045
                         && $_->{source} eq "/Documents/$_->{title}"
                         && $_->{icon} =~ m{/f/text$} } @{ $json->{list} }),
           10000, "$cloud - every node is whole");
    }

    my $http2 = $nginx->browser(url  => $nginx->tls_url,
                                http => Owncloud::HTTP::curl('--http2'));

    $http2->sign_in(8);
    entries(NC => 10000);

    my $answer = $http2->raw(list => 8, p => '/Documents/');

    is($answer->{version}, 2, 'HTTP/2 is spoken');
    is_deeply([listed($answer)], \@expected, 'HTTP/2 - the same');

    $nginx->finish;
}


sub limits {
    my $nginx = large();
    my $browser = $nginx->browser;

    $browser->sign_in(8);

    entries(NC => 100000);

    my $answer = $browser->picker(list => 8);

    is(@{ $answer->{list} } * $answer->{pages}, 100000,
       '100,000 entries are accepted');

    entries(NC => 100001);

    is($browser->picker(list => 8)->{errorcode}, 'cloudtoobig',
       '100,001 entries are not');
    like($nginx->log, qr/cloudtoobig: multistatus from "nc"/, 'so says the log');

    $nginx->configure(setting => { max_listing => 1000 });
    $nginx->reload;

    entries(NC => 1000);
    is(scalar(() = listed($browser->raw(list => 8))), 1000,
       'as many as max_listing');

    entries(NC => 1001);
    is($browser->picker(list => 8)->{errorcode}, 'cloudtoobig',
       'more than max_listing');

    is($browser->titles(list => 8)->[0], 'Documents',
       'and a good listing after all that');

    $nginx->finish;
}


# a cloud that costs nothing: a server with a file

sub a_thousand_times {
    my $count = $sanitized ? 100 : 1000;
    my $port = free_port();

    my $nginx = Owncloud->new(no_start => 1);
    my $dir = $nginx->{dir};

    spew("$dir/listing.xml", listing(1000), 0644);

    $nginx->configure(
        level   => 'error',
        issuers => $nginx->issuer(nc =>
            webdav_endpoint => "http://127.0.0.1:$port/dav/",
            insecure        => 'on'),
        server => <<EOT, http => <<EOT);
        owncloud_repository 8 {
            issuer      nc;
            secret_key  $dir/moodle.key;
            authorize   off;
            timezone    Europe/Berlin;
            page_size   1000;
        }
EOT
    server {
        listen  127.0.0.1:$port;

        location /dav/ {
            error_page  405  =207  /listing.xml;
        }

        location = /listing.xml {
            root  $dir;
        }
    }
EOT
    $nginx->start;

    my $browser = $nginx->browser;

    $browser->sign_in(8);

    my $first = $browser->raw(list => 8)->{body};

    is(scalar(() = $first =~ /"title":/g), 1000, '1,000 entries');

    # until every pool and cache has its size

    my $wrong = grep { $browser->raw(list => 8)->{body} ne $first } 1 .. 50;
    my $before = resident($nginx);

    $wrong += grep { $browser->raw(list => 8)->{body} ne $first } 1 .. $count;

    my $after = resident($nginx);

    is($wrong, 0, "$count times the same");

    SKIP: {
        skip 'memory is not what it is without sanitizers', 1 if $sanitized;

        cmp_ok(abs($after - $before), '<=', 1024,
               "memory after $count listings: $before kB, $after kB");
    }

    $nginx->finish;
}


sub listing {
    my $count = shift;

    my $response = '<d:response><d:href>/dav/%s</d:href><d:propstat><d:prop>'
        . '<d:getlastmodified>Fri, 02 Jan 2026 03:04:05 GMT'
        . '</d:getlastmodified>%s</d:prop><d:status>HTTP/1.1 200 OK</d:status>'
        . '</d:propstat></d:response>';

    my $file = '<d:getcontentlength>12345</d:getcontentlength>'
               . '<d:resourcetype/>';

    return '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
           . sprintf($response, '', '<d:resourcetype><d:collection/>'
                                    . '</d:resourcetype>')
           . join('', map { sprintf $response, "a%20file%20$_.pdf", $file }
                      1 .. $count)
           . '</d:multistatus>';
}


# kilobytes of the worker

sub resident {
    my $nginx = shift;

    my ($worker) = $nginx->workers;
    my (undef, $pages) = split ' ', slurp("/proc/$worker/statm");

    return $pages * `getconf PAGESIZE` / 1024;
}
