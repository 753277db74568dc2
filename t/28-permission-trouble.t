#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A Moodle that does not answer the way it should, and the ways in which it
# is reached.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

use Owncloud qw(standins cloud requests fresh);

my $env = standins();
my $probe = 'POST /repository/repository_ajax.php?action=searchform';
my $form = 'application/x-www-form-urlencoded';
my $nginx;


sub asked {
    return map { "$_->{method} $_->{uri}" } @{ $nginx->moodle('log') };
}


# what a location with PHP looks like, with more directives

my %php = (
    'fastcgi_pass' => '',
    'fastcgi_pass, no buffering' => 'fastcgi_buffering off;',
    'fastcgi_pass, request as it comes' => 'fastcgi_request_buffering off;',
    'fastcgi_pass, small buffers' =>
        'fastcgi_buffers 4 1k; fastcgi_buffer_size 1k; '
        . 'fastcgi_busy_buffers_size 1k; fastcgi_temp_file_write_size 1k;',
    'try_files' => 'try_files $uri =404;',
    'gzip and sub_filter-like filters' =>
        'gzip on; gzip_types application/json; gzip_min_length 1; '
        . 'charset utf-8; add_header X-Added yes always; expires 1h;',
    'fastcgi_cache' => 'fastcgi_cache_bypass 1; fastcgi_intercept_errors on;',
);

# an Apache, say: another server that does the FastCGI

my %proxy = (
    'proxy_pass' => '',
    'proxy_pass, no buffering' => 'proxy_buffering off;',
    'proxy_pass, HTTP/1.1' => 'proxy_http_version 1.1; '
                              . 'proxy_set_header Connection "";',
    'proxy_pass, request as it comes' =>
        'proxy_http_version 1.1; proxy_request_buffering off;',
    'proxy_pass, small buffers' =>
        'proxy_buffers 4 1k; proxy_buffer_size 1k; '
        . 'proxy_busy_buffers_size 1k;',
);


sub with_php {
    my $extra = shift;

    my $new = Owncloud->new(no_start => 1);

    $new->configure(php => $new->php($extra));
    return $new->start;
}


# where PHP is has been found out in the access phase, which is not run for
# subrequests

sub with_variable {
    my $new = Owncloud->new(no_start => 1);
    my $php = $new->php(<<'EOT');
auth_request      /allowed;
            auth_request_set  $backend  PLACE;
EOT
    my ($place) = $php =~ /fastcgi_pass\s+(\S+);/;

    $php =~ s/PLACE/$place/;
    $php =~ s/(fastcgi_pass\s+)\S+;/$1\$backend;/;

    $new->configure(php => $php . <<'EOT');
        location = /allowed {
            internal;
            return  204;
        }
EOT
    return $new->start;
}


sub with_proxy {
    my $extra = shift;

    my $new = Owncloud->new(no_start => 1);
    my $behind = Owncloud::free_port();
    my $php = $new->php;

    $new->configure(http => <<"EOT", php => <<"EOP");
    upstream moodle {
        server     127.0.0.1:$behind;
        keepalive  4;
    }

    server {
        listen       127.0.0.1:$behind;
        server_name  behind;
        root         $Owncloud::top/t/moodle;
        client_max_body_size  20m;
$php
    }
EOT
        location / {
            proxy_pass        http://moodle;
            proxy_set_header  Host  \$http_host;
            $extra
        }
EOP
    return $new->start;
}


my @ways = (
    (map { [$_, \&with_php, $php{$_}] } sort keys %php),
    (map { [$_, \&with_proxy, $proxy{$_}] } sort keys %proxy),
    ['fastcgi_pass with a variable', \&with_variable],
);

for my $way (@ways) {
    my ($name, $start, $extra) = @$way;

    subtest $name => sub {
        $nginx = $start->($extra);
        fresh($nginx);

        my @clients = (
            [undef, $nginx->url],
            [Owncloud::HTTP::curl('--http2'), $nginx->tls_url],
        );

        for my $client (@clients) {
            my ($http, $url) = @$client;
            my $browser = $nginx->browser(http => $http, url => $url,
                                          ctx => $http ? 16 : 17);

            is($browser->sign_in(7)->{status}, 200, 'signed in');

            my $list = $browser->titles(list => 7);
            is(ref $list ? $list->[0] : $list, 'Documents', 'listed');

            my ($log, @more) = grep { $_->{uri} =~ /repository_ajax/ }
                                    @{ $nginx->moodle('log') };
            my $ctx = $browser->{ctx};

            is(@more, 0, 'asked once');
            is("$log->{method} $log->{uri}", $probe, 'request');
            is(decode_base64($log->{body}),
               "repo_id=7&ctx_id=$ctx&sesskey=Teacheraaa&env=filemanager"
               . '&client_id=6b0209de9c7ba', 'body');
            is($log->{cgi}{CONTENT_LENGTH}, $log->{body_length},
               'CONTENT_LENGTH');
            is($log->{headers}{'Content-Length'}, $log->{body_length},
               'HTTP_CONTENT_LENGTH');
            is($log->{headers}{Cookie},
               'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa', 'Cookie');
            ok(!exists $log->{headers}{$_}, "no $_")
                for qw(Transfer-Encoding Range Expect Accept-Encoding);

            my $answer = $browser->raw(searchform => 7);
            is(decode_json($answer->{body})->{repo_id}, 7, 'searchform');

            $nginx->moodle('clear');

            my $foreign = $browser->picker_form(5, s => '%41 +');
            $answer = $browser->request('POST',
                '/repository/repository_ajax.php?action=list', $foreign,
                'Content-Type' => $form);
            ok(decode_json($answer->{body})->{upload},
               'another repository is PHP\'s');
            is(decode_base64($nginx->moodle('log')->[0]{body}), $foreign,
               'with its body');

            $nginx->moodle('clear');
        }

        # a refusal, as it is

        my $answer = $nginx->browser(sesskey => 'wrong')->raw(list => 7);

        like($answer->{body}, qr/^\{"error":"Your session has most likely/,
             'refusal');
        is($answer->{headers}{'set-cookie'}, undef, 'no cookie');

        fresh($nginx);
        $nginx->finish;
    };
}


# answers that are none

my @troubles = (
    # name, fault
    ['500', type => 'status', value => 500],
    ['503', type => 'status', value => 503],
    ['empty', type => 'empty'],
    ['sent elsewhere', type => 'login'],
    ['breaks off', type => 'die'],
    ['too long', type => 'long', value => 300_000],
    ['too slow', delay => 3],
);

for my $buffering ('on', 'off') {
    subtest "Moodle in trouble, buffering $buffering" => sub {
        $nginx = with_php("fastcgi_read_timeout 1s; "
                          . "fastcgi_buffering $buffering;");
        fresh($nginx);

        for my $trouble (@troubles) {
            my ($name, @fault) = @$trouble;

            for my $action ('list', 'searchform') {
                $nginx->moodle('nofaults');
                $nginx->moodle('clear');
                $nginx->moodle('fault', @fault, times => -1);

                my $answer = $nginx->browser->raw($action, 7);
                my $json = eval { decode_json($answer->{body}) };

                is($answer->{status}, 200, "$name, $action: status");
                is($answer->{headers}{'content-type'},
                   'application/json; charset=utf-8', 'Content-Type');
                is_deeply($json, {
                    error => 'Moodle did not say whether you may use '
                        . 'this repository. Please try again in a moment.',
                    errorcode => 'moodleunavailable',
                    stacktrace => undef, debuginfo => undef,
                    reproductionlink => undef,
                }, 'told') or diag($answer->{body});
                is(scalar(asked()), 1, 'asked once');
            }
        }

        is_deeply([requests('OC')], [], 'the cloud was not asked');

        $nginx->moodle('nofaults');
        ok($nginx->browser->picker(list => 7)->{login}, 'well again');
        $nginx->finish;
    };
}


# answers that say no, in words that are not known here

my @strange = (
    # name, fault, status, type
    ['garbage', [type => 'garbage'], 200, 'application/json; charset=utf-8',
     qr/not JSON/],
    ['404', [type => 'status', value => 404], 404,
     'text/html; charset=utf-8', qr/Error 404/],
    map({ [$_, [type => 'garbage', value => $_], 200,
           'application/json; charset=utf-8', qr/^\Q$_\E$/] }
        '{"repo_id":8,"form":"x"}', '{"repo_id":"7x","form":"x"}',
        '{"repo_id":7}', '{"repo_id":7,"form":null}',
        '{"repo_id":7,"form":"x","error":"no"}', '{"form":"x"}',
        '{"error":"x","repo_id":7,"form":"x"}', '[{"repo_id":7,"form":"x"}]',
        '{"a":{"repo_id":7,"form":"x"}}', 'null', '"x"', '7',
        '{"repo_id":7,"form":"x"', '{"repo_id":7,"form":"x"}}',
        '<b>Warning</b>{"repo_id":7,"form":"x"}'),
);

subtest 'anything else is passed on' => sub {
    $nginx = with_php('');
    fresh($nginx);

    for my $strange (@strange) {
        my ($name, $fault, $status, $type, $body) = @$strange;

        $nginx->moodle('nofaults');
        $nginx->moodle('fault', @$fault, times => -1);

        my $answer = $nginx->browser->raw(list => 7);

        is($answer->{status}, $status, "$name: status");
        is($answer->{headers}{'content-type'}, $type, 'type') if $type;
        like($answer->{body}, $body, 'body') if $body;
        unlike($answer->{body}, qr/"login"/, 'no sign-in');
        is($answer->{headers}{'set-cookie'}, undef, 'no cookie');
    }

    is_deeply([requests('OC')], [], 'the cloud was not asked');
    fresh($nginx);
    $nginx->finish;
};


subtest 'unusual, but good' => sub {
    $nginx = with_php('');

    my @good = (
        ['by drips', type => 'drip', value => 0.0005],
        ['with a length', type => 'length'],
        ['with white space', type => 'long', value => 200_000],
        ['with a cookie', type => 'header', value => 'Set-Cookie: a=b'],
        ['asking for a redirect', type => 'header',
         value => 'X-Accel-Expires: 0'],
    );

    for my $good (@good) {
        my ($name, @fault) = @$good;

        fresh($nginx);
        $nginx->stop;
        $nginx->start;
        $nginx->moodle('fault', @fault);

        my $answer = $nginx->browser->raw(list => 7);

        like($answer->{body}, qr/^\{"login":/, $name);
        is($answer->{headers}{'set-cookie'}, undef, 'no cookie');
    }

    fresh($nginx);
    $nginx->stop;
    $nginx->start;
    $nginx->moodle('fault', type => 'gzip', times => -1);

    my $answer = $nginx->browser->raw(list => 7);
    unlike($answer->{body}, qr/"login"/, 'packed, unasked: nobody can read it');
    is_deeply([requests('OC')], [], 'the cloud was not asked');

    fresh($nginx);
    $nginx->finish;
};


# all of the form is there, but not all of the answer

subtest 'broken off behind the form' => sub {
    my $form = '{"repo_id":7,"form":"x"}';
    my $head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    for my $case (['a length', "${head}Content-Length: 500\r\n\r\n$form"],
                  ['chunks', "${head}Transfer-Encoding: chunked\r\n\r\n"
                             . sprintf("%x\r\n%s\r\n", length $form, $form)])
    {
        my ($name, $text) = @$case;
        my $listener = IO::Socket::INET->new(Listen => 5,
                           LocalAddr => '127.0.0.1') or die "listen: $!\n";
        my $pid = fork // die "fork: $!\n";

        if ($pid == 0) {
            my $socket = $listener->accept or POSIX::_exit(1);
            my $got = '';

            until ($got =~ /ctx_id=\d+/) {
                sysread $socket, $got, 65536, length $got or last;
            }

            print $socket $text;
            $socket->flush;
            POSIX::_exit(0);
        }

        my $port = $listener->sockport;

        close $listener;
        fresh();

        my $alone = Owncloud->new(php =>
            "location / { proxy_http_version 1.1;"
            . " proxy_pass http://127.0.0.1:$port; }");
        my $answer = $alone->browser->picker(list => 7);

        waitpid $pid, 0;

        is($answer->{errorcode}, 'moodleunavailable', $name)
            or diag(JSON::PP->new->encode($answer));
        $alone->finish;
    }

    is_deeply([requests('OC')], [], 'the cloud was not asked');
};


subtest 'nobody there' => sub {
    my $closed = Owncloud::free_port();

    for my $pass ("fastcgi_pass 127.0.0.1:$closed;",
                  "proxy_pass http://127.0.0.1:$closed;")
    {
        fresh();

        my $alone = Owncloud->new(php => "location / { $pass }");
        my $answer = $alone->browser->picker(list => 7);

        is($answer->{errorcode}, 'moodleunavailable', $pass);
        is_deeply([requests('OC')], [], 'the cloud was not asked');
        $alone->finish;
    }
};


subtest 'many on one connection' => sub {
    $nginx = with_php('');
    fresh($nginx);

    my $browser = $nginx->browser;
    my $cookie = "Cookie: MoodleSession=$browser->{session}\r\n";
    my ($all, $expected) = ('', 0);

    for my $i (1 .. 60) {
        my $repo = (7, 5, 8)[$i % 3];
        my $body = $browser->picker_form($repo, sesskey => $i % 7
                                         ? 'Teacheraaa' : 'wrong');
        $all .= "POST /repository/repository_ajax.php?action=list HTTP/1.1"
                . "\r\nHost: 127.0.0.1:$nginx->{port}\r\n$cookie"
                . "Content-Type: $form\r\n"
                . ($i == 60 ? "Connection: close\r\n" : '')
                . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    }

    my $got = Owncloud::HTTP::raw($nginx->{port}, $all);
    my @kind = map { /"login"/ ? 'login' : /"upload"/ ? 'upload'
                     : /"error":"Your session/ ? 'error' : $_ }
                   $got =~ /\r\n\r\n(?:[0-9a-f]+\r\n)?(\{.*?)(?:\r\n|HTTP|$)/g;

    is_deeply(\@kind, [map { !($_ % 7) ? 'error'
                             : $_ % 3 == 1 ? 'upload' : 'login' } 1 .. 60],
              'each gets its own answer, in order');

    fresh($nginx);
    $nginx->finish;
};


done_testing;
