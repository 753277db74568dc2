#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What is not ours reaches Moodle as if the module were not there, and what is
# ours is read whatever form it comes in.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh);

my $env = standins();
my $form = 'application/x-www-form-urlencoded';
my $ajax = '/repository/repository_ajax.php';
my $base = 'sesskey=Teacheraaa&ctx_id=17';
my $cookie = 'Cookie: MoodleSession=teacheraaaaaaaaaaaaaaaaaaa';

my $nginx = Owncloud->new;

fresh($nginx);


# one request went to Moodle, just as it was

sub as_it_was {
    my ($name, $method, $path, $body, $type) = @_;

    my ($log, @more) = @{ $nginx->moodle('log', clear => 1) };

    $body //= '';
    is(@more, 0, "$name: one request");
    is($log->{method}, $method, 'method');
    is($log->{uri}, $path, 'URI');
    is($log->{cgi}{REQUEST_URI}, $path, 'REQUEST_URI');
    is($log->{body_length}, length $body, 'length');
    is($log->{body_sha1}, sha1_hex($body), 'body');
    is($log->{cgi}{CONTENT_TYPE} // '', $type // '', 'type');
    is($log->{cgi}{CONTENT_LENGTH} || 0, length $body, 'CONTENT_LENGTH');

    return $log;
}


sub multipart {
    my ($repo, $content) = @_;

    my $mark = '----WebKitFormBoundary7MA4YWxkTrZu0gW';
    my %field = (repo_id => $repo, sesskey => 'Teacheraaa', ctx_id => 17,
                 itemid => 257396047, title => '', author => 'T',
                 license => 'unknown', savepath => '/');

    return ("multipart/form-data; boundary=$mark", join "\r\n",
        (map { ("--$mark", qq(Content-Disposition: form-data; name="$_"), '',
                $field{$_}) } sort keys %field),
        "--$mark", 'Content-Disposition: form-data; name="repo_upload_file"; '
                   . 'filename="a b.bin"',
        'Content-Type: application/octet-stream', '', $content, "--$mark--",
        '');
}


my @clients = (
    ['HTTP/1.1', undef, sub { $nginx->url }],
    ['HTTP/2', Owncloud::HTTP::curl('--http2'), sub { $nginx->tls_url }],
);

my @foreign = (
    # name, method, path, body, type
    ['another repository', 'POST', "$ajax?action=list",
     "repo_id=5&$base", $form],
    ['no such repository', 'POST', "$ajax?action=list",
     "repo_id=77&$base", $form],
    ['no repository', 'POST', "$ajax?action=list", $base, $form],
    map({ ["repo_id=" . substr($_, 0, 20), 'POST', "$ajax?action=list",
           "repo_id=$_&$base", $form] }
        '', '-7', '7x', '%37x', '0x7', '7.0', '+7', '70',
         '99999999999999999999', '18446744073709551623', '4294967303',
         '7' x 5000),
    ['repo_id elsewhere', 'POST', "$ajax?action=list&repo_id=7", $base, $form],
    ['an array', 'POST', "$ajax?action=list", "repo_id[]=7&$base", $form],
    ['odd encodings', 'POST', "$ajax?action=list",
     "repo_id=5&$base&a=%&b=%4&c=%zz&d=+%2B&\xff\xfe=\x00&&=&e", $form],
    ['empty', 'POST', "$ajax?action=list", '', $form],
    ['no action', 'POST', $ajax, "repo_id=7&$base", $form],
    ['action in the body', 'POST', $ajax, "action=list&repo_id=7&$base",
     $form],
    map({ ["action $_", 'POST', "$ajax?action=$_", "repo_id=7&$base", $form] }
        qw(upload overwrite deletetmpfile unknown LIST list%00 listx)),
    ['GET', 'GET', "$ajax?action=list&repo_id=7&$base", undef, undef],
    ['HEAD', 'HEAD', "$ajax?action=list&repo_id=7&$base", undef, undef],
    ['PUT', 'PUT', "$ajax?action=list", "repo_id=7&$base", $form],
    ['JSON', 'POST', "$ajax?action=list", '{"repo_id":7}',
     'application/json'],
    ['text', 'POST', "$ajax?action=list", "repo_id=7&$base", 'text/plain'],
    ['multipart', 'POST', "$ajax?action=list", (multipart(7, 'x'))[1, 0]],
    ['upload', 'POST', "$ajax?action=upload", (multipart(7, 'x'))[1, 0]],
    ['draft files', 'POST', '/repository/draftfiles_ajax.php?action=list',
     "repo_id=7&$base&itemid=1", $form],
    ['path info', 'POST', "$ajax/x?action=list", "repo_id=7&$base", $form],
);

for my $client (@clients) {
    my ($kind, $http, $site) = @$client;

    subtest "not ours, $kind" => sub {
        my $browser = $nginx->browser(http => $http, url => $site->());

        fresh($nginx);

        for my $foreign (@foreign) {
            my ($name, $method, $path, $body, $type) = @$foreign;

            next if $http && $method eq 'HEAD';

            $browser->request($method, $path, $body,
                              $type ? ('Content-Type' => $type) : ());
            as_it_was($name, $method, $path, $body, $type);
        }

        is_deeply([requests('OC'), requests('NC')], [], 'no cloud was asked');
    };
}


subtest 'what is said of it in the log' => sub {
    my ($line) = $nginx->access_log =~ /^(POST \S+action=upload .*)$/m;

    like($line, qr/ i=- a=- c=- e=-$/, 'nothing');
};


# forms that are ours, by any way they can come

my $list = "repo_id=7&$base&p=";

my @ours = (
    ['plain', "$ajax?action=list", $list, $form],
    ['type with a charset', "$ajax?action=list", $list,
     "$form; charset=UTF-8"],
    ['type in capitals', "$ajax?action=list", $list, uc $form],
    ['more in the query', "$ajax?x=y&action=list&z=%41", $list, $form],
    ['escaped', "$ajax?acti%6fn=%6cist",
     "re%70o_id=%37&sessk%65y=Teacheraaa&ctx_id=%31%37", $form],
    ['a path written in another way',
     '/repository//x/../repository_ajax.php?action=list', $list, $form],
    ['many fields', "$ajax?action=list",
     $list . join('', map { "&f$_=$_" } 1 .. 200), $form],
);

for my $client (@clients) {
    my ($kind, $http, $site) = @$client;

    subtest "ours, $kind" => sub {
        my $browser = $nginx->browser(http => $http, url => $site->());

        $http //= Owncloud::HTTP::curl('--path-as-is');
        $browser->{http} //= $http;

        for my $ours (@ours) {
            my ($name, $path, $body, $type) = @$ours;

            my $answer = $browser->request('POST', $path, $body,
                                           'Content-Type' => $type);
            like($answer->{body}, qr/^\{"login":/, $name);
        }
    };
}


# sizes: 16k is client_body_buffer_size, 64k the most that is ours

my @sizes = (
    # size of the form, ours: answer
    [100, 'login'], [16_384, 'login'], [16_385, 'login'], [40_000, 'login'],
    [65_536, 'login'], [65_537, 'requesttoolarge'],
    [200_000, 'requesttoolarge'],
);

for my $repo (7, 5) {
    subtest "sizes of forms of repository $repo" => sub {
        for my $size (@sizes) {
            my ($length, $kind) = @$size;
            my $body = "repo_id=$repo&$base&p=&x=";

            $body .= 'x' x ($length - length $body);
            fresh($nginx);

            # nobody knows whose a form is that is too large to be read

            next if $repo == 5 && $kind ne 'login';

            my @ways = (
                ['with a length', undef, $nginx->url],
                $length > 65_536 ? () :
                ['HTTP/2', Owncloud::HTTP::curl('--http2'),
                 $nginx->tls_url],
                ['HTTP/2, no length', Owncloud::HTTP::curl('--http2',
                     '-H', 'Content-Length:'), $nginx->tls_url],
                ['chunked', Owncloud::HTTP::curl('--http1.1', '-H',
                     'Transfer-Encoding: chunked', '-H', 'Expect:'),
                 $nginx->url],
                ['Expect', Owncloud::HTTP::curl('--http1.1', '-H',
                     'Expect: 100-continue'), $nginx->url],
            );

            for my $way (@ways) {
                my ($name, $http, $url) = @$way;
                my $browser = $nginx->browser(http => $http, url => $url);

                $nginx->moodle('clear');

                my $answer = $browser->request('POST', "$ajax?action=list",
                                               $body,
                                               'Content-Type' => $form);
                my $json = eval { decode_json($answer->{body}) } // {};

                if ($repo == 7) {
                    my $got = $json->{login} ? 'login' : $json->{errorcode};
                    is($got // $answer->{body}, $kind, "$length, $name");

                } else {
                    ok($json->{upload}, "$length, $name: Moodle's answer");
                    as_it_was($name, 'POST', "$ajax?action=list", $body,
                              $form);
                }
            }
        }
    };
}


subtest 'a form that is too large' => sub {
    my $answer = $nginx->browser->request('POST', "$ajax?action=list",
        "repo_id=7&$base&x=" . 'x' x 100_000, 'Content-Type' => $form);

    is($answer->{status}, 200, 'status');
    is_deeply(decode_json($answer->{body}), {
        error => 'This request is too large. Please reload the page and '
                 . 'try again.',
        errorcode => 'requesttoolarge', stacktrace => undef,
        debuginfo => undef, reproductionlink => undef }, 'told');
    is_deeply([requests('OC')], [], 'no cloud was asked');

    my $http2 = Owncloud::HTTP::curl('--http2')->('POST',
        $nginx->tls_url . "$ajax?action=list",
        { 'Content-Type' => $form }, 'repo_id=7&' . 'x' x 100_000);

    like($http2->{body}, qr/"errorcode":"requesttoolarge".*\}$/, 'HTTP/2');

    # what is not ours may be as large as Moodle takes it

    my $body = 'repo_id=5&' . 'x' x 100_000;

    $nginx->moodle('clear');
    $nginx->browser->request('POST', "$ajax?action=list", $body,
                             'Content-Type' => $form);
    as_it_was('of others', 'POST', "$ajax?action=list", $body, $form);
};


subtest 'bytes on the wire' => sub {
    my $body = $list;
    my $length = length $body;
    my $head = "POST $ajax?action=list HTTP/1.1\r\n"
               . "Host: 127.0.0.1:$nginx->{port}\r\n$cookie\r\n"
               . "Content-Type: $form\r\nConnection: close\r\n";
    my $chunks = join '', map { "1;ext=1\r\n$_\r\n" } split //, $body;

    my @wire = (
        ['at once', "${head}Content-Length: $length\r\n\r\n$body"],
        ['head first', "${head}Content-Length: $length\r\n\r\n", $body],
        ['byte by byte', "${head}Content-Length: $length\r\n\r\n",
         split //, $body],
        ['chunks of one byte', "${head}Transfer-Encoding: chunked\r\n\r\n",
         $chunks, "0\r\nTrailer: x\r\n\r\n"],
        ['100-continue', "${head}Content-Length: $length\r\n"
         . "Expect: 100-continue\r\n\r\n",
         qr{^HTTP/1\.1 100 Continue\r\n\r\n}, $body],
    );

    for my $wire (@wire) {
        my ($name, @step) = @$wire;
        my $got = Owncloud::HTTP::raw($nginx->{port}, @step);
        my $answer = Owncloud::HTTP::parse($got);

        is($answer->{status}, 200, "$name: status");
        like($answer->{body}, qr/"login":/, 'answer');
    }

    my $tenless = $head =~ s{HTTP/1\.1}{HTTP/1.0}r;
    my $got = Owncloud::HTTP::raw($nginx->{port},
        "${tenless}Content-Length: $length\r\n\r\n$body");

    like($got, qr/"login":/, 'HTTP/1.0');

    # nothing of a broken request is taken for one

    my @broken = (
        ['both framings', "${head}Content-Length: 5\r\n"
         . "Transfer-Encoding: chunked\r\n\r\n$chunks" . "0\r\n\r\n"],
        ['a bad chunk', "${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
        ['two lengths', "${head}Content-Length: $length\r\n"
         . "Content-Length: 5\r\n\r\n$body"],
    );

    for my $broken (@broken) {
        my ($name, @step) = @$broken;
        my $got = Owncloud::HTTP::raw($nginx->{port}, @step);

        like($got, qr{^HTTP/1\.1 400 }, $name);
    }
};


# what stands between cookies is the client's: taken apart and put together
# again they must not be longer, and are what they were

subtest 'any number of cookies' => sub {
    my $own = 'owncloud_oc=v1.0123abcd.AAAA';
    my $moodle = 'lang=de';      # no session, so that Moodle is asked each time
    my $many = ';A' x 3850;

    my @headers = (
        # sent, one line each; what Moodle gets of them in the end
        [["$moodle;x=owncloud_$many"], "$moodle;x=owncloud_$many"],
        [["$moodle;$own$many"], "$moodle$many"],
        [["$own;$moodle" . ";A;$own" x 250], $moodle . ';A' x 250],
        [["$own; $moodle; $own; a=b"], "$moodle; a=b"],
    );
    my %repository = (list => 7, other => 5);

    my $same = sub {
        my ($log, $expected) = @_;
        my $got = $log->{headers}{Cookie} // 'nothing';

        ok($got eq $expected, 'what Moodle gets')
            or diag(length($got) . ' characters, ' . substr $got, 0, 80);
    };

    for my $kind (sort keys %repository) {
        my $repo = $repository{$kind};

        for my $n (0 .. $#headers) {
            my ($sent, $expected) = @{ $headers[$n] };

            my $body = "repo_id=$repo&$base";
            my $length = length $body;

            fresh($nginx);

            my $answer = Owncloud::HTTP::parse(Owncloud::HTTP::raw(
                $nginx->{port}, "POST $ajax?action=list HTTP/1.1\r\n"
                . "Host: 127.0.0.1:$nginx->{port}\r\n"
                . join('', map { "Cookie: $_\r\n" } @$sent)
                . "Content-Type: $form\r\nContent-Length: $length\r\n"
                . "Connection: close\r\n\r\n$body"));
            my ($log) = @{ $nginx->moodle('log', clear => 1) };

            like($answer->{body}, qr/"requireloginerror"/,
                 "$kind, header $n: answered");
            $same->($log, $expected);

            # as clients of HTTP/2 do: one header for each cookie

            my @pieces = map { ('-H', "Cookie: $_") } split /;\s*/,
                             "@$sent";

            splice @pieces, 400 if @pieces > 400;

            my $http2 = Owncloud::HTTP::curl('--http2', @pieces);

            $answer = $http2->('POST', $nginx->tls_url . "$ajax?action=list",
                               { 'Content-Type' => $form }, $body);
            ($log) = @{ $nginx->moodle('log', clear => 1) };

            like($answer->{body}, qr/"requireloginerror"/,
                 "$kind, header $n, HTTP/2: answered");
            $same->($log, join '; ', grep { !/^owncloud_oc=/ }
                    map { s/^Cookie: //r } grep { $_ ne '-H' } @pieces);
        }
    }

    ok($nginx->log !~ /exited on signal/, 'no worker has died');
};


# uploads into our own repository are Moodle's

my $megabytes = join '', map { pack 'N', $_ * 2654435761 % 4294967296 }
                             1 .. 3 * 1024 * 256;

for my $buffering ('on', 'off') {
    subtest "uploads, request buffering $buffering" => sub {
        my $main = $nginx;

        $nginx = Owncloud->new(no_start => 1);
        $nginx->configure(php =>
            $nginx->php("fastcgi_request_buffering $buffering;"));
        $nginx->start;
        fresh($nginx);

        # PHP takes no body without a length, and then nginx knows none

        my @more = $buffering eq 'off' ? () :
            ['chunked', Owncloud::HTTP::curl('-H',
                 'Transfer-Encoding: chunked', '-H', 'Expect:'),
             sub { $nginx->url }];

        for my $client (@clients, @more) {
            my ($kind, $http, $site) = @$client;
            my $browser = $nginx->browser(http => $http, url => $site->());

            for my $content ('', 'small', $megabytes) {
                my ($type, $body) = multipart(7, $content);

                $nginx->moodle('clear');
                $browser->request('POST', "$ajax?action=upload", $body,
                                  'Content-Type' => $type);

                my ($log, @more) = @{ $nginx->moodle('log') };

                is(@more, 0, "$kind, " . length($content) . ' bytes');
                is($log->{uri}, "$ajax?action=upload", 'URI');
                is($log->{body_length}, length $body, 'length');
                is($log->{body_sha1}, sha1_hex($body), 'SHA-1');
            }
        }

        fresh($nginx);
        $nginx->finish;
        $nginx = $main;
    };
}


subtest 'below a path' => sub {
    my $main = $nginx;

    $nginx = Owncloud->new(no_start => 1);
    $nginx->configure(server => <<"EOT", php => <<"EOP");
        owncloud_repository 7 {
            issuer       oc;
            moodle_root  /lms;
        }
EOT
        location ~ ^/lms(/.*\\.php)\$ {
            include        /etc/nginx/fastcgi_params;
            fastcgi_param  HTTP_HOST        \$http_host;
            fastcgi_param  SCRIPT_FILENAME  \$document_root\$1;
            fastcgi_param  MOODLE_STATE     $env->{MOODLE_STATE};
            fastcgi_param  PHP_ADMIN_VALUE  "enable_post_data_reading=0";
            fastcgi_pass   unix:$env->{MOODLE_FPM_SOCK};
        }
@{[ $nginx->php ]}
EOP
    $nginx->start;
    fresh($nginx);

    my $browser = $nginx->browser(root => '/lms');

    ok($browser->picker(list => 7)->{login}, 'ours below the path');
    is($nginx->moodle('log', clear => 1)->[0]{uri},
       "/lms$ajax?action=searchform", 'asked below the path');

    for my $root ('', '/LMS', '/lms/lms', '/lmsx') {
        my $body = "repo_id=7&$base";

        $browser->request('POST', "$root$ajax?action=list", $body,
                          'Content-Type' => $form);
        as_it_was('elsewhere', 'POST', "$ajax?action=list", $body, $form)
            if $root eq '';
    }

    $browser->request('POST', "/lms$ajax?action=list", "repo_id=5&$base",
                      'Content-Type' => $form);
    as_it_was('another repository', 'POST', "/lms$ajax?action=list",
              "repo_id=5&$base", $form);
    is_deeply([requests('OC')], [], 'no cloud was asked');

    fresh($nginx);
    $nginx->finish;
    $nginx = $main;
};


subtest 'two servers' => sub {
    my $main = $nginx;
    my $second = Owncloud::free_port();

    $nginx = Owncloud->new(no_start => 1);
    $nginx->configure(server => <<"EOT", http => <<"EOH");
        owncloud_repository 7 { issuer oc; }
EOT
    server {
        listen       127.0.0.1:$second;
        server_name  127.0.0.1;
        root         $Owncloud::top/t/moodle;
        owncloud_repository 8 { issuer nc; }
@{[ $nginx->php ]}
    }

    server {
        listen       127.0.0.1:$second;
        server_name  none.example.com;
        root         $Owncloud::top/t/moodle;
@{[ $nginx->php ]}
    }
EOH
    $nginx->start;
    fresh($nginx);

    my $stock = qr/stock PHP plugin answered/;
    my $browser = $nginx->browser;

    like($browser->raw(list => 7)->{body}, qr/"login"/, 'first: 7');
    like($browser->raw(list => 8)->{body}, $stock, 'first: not 8');

    $browser->{url} = "http://127.0.0.1:$second";
    like($browser->raw(list => 7)->{body}, $stock, 'second: not 7');
    like($browser->raw(list => 8)->{body}, qr/"login"/, 'second: 8');

    $browser->{http} = Owncloud::HTTP::curl('-H', 'Host: none.example.com');
    like($browser->raw(list => $_)->{body}, $stock, "third: not $_")
        for 7, 8;

    fresh($nginx);
    $nginx->finish;
    $nginx = $main;
};


fresh($nginx);
$nginx->finish;
done_testing;
