#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Several Moodles on one host, and the places that other modules send requests
# to: what is ours there and what is not.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud free_port fresh requests standins spew wait_for);

my $env = standins();
my $ajax = '/repository/repository_ajax.php';
my $form = 'application/x-www-form-urlencoded';
my $stock = qr/stock PHP plugin answered/;
my $not_known = qr/sign-in is not valid/;

subtest 'two Moodles, a repository each' => \&two_moodles;
subtest 'two Moodles, a repository of the same id' => \&same_id;
subtest 'two ports of one host' => \&two_ports;
subtest 'forms of many fields' => \&many_fields;
subtest 'variables set by auth_request' => \&auth_request;
subtest 'subrequests of other modules' => \&subrequests;
subtest 'internal redirects' => \&redirects;

fresh();
done_testing;


# a server that is a Moodle of its own, at this port

sub moodle_server {
    my ($nginx, $port, $extra) = @_;

    my $state = "$nginx->{dir}/moodle-$port";
    my $php = $nginx->php =~ s/(MOODLE_STATE +)\S+;/$1$state;/r;

    mkdir $state;
    chmod 0777, $state;
    $extra //= '';

    return <<EOT;
    server {
        listen       127.0.0.1:$port;
        server_name  127.0.0.1;
        root         $Owncloud::top/t/moodle;
$extra
$php
    }
EOT
}


# the control of the Moodle at that port, or of the usual one

sub moodle {
    my ($nginx, $port, @call) = @_;

    local $nginx->{port} = $port;

    return $nginx->moodle(@call);
}


sub asked {
    my ($nginx, $port) = @_;

    return map { "$_->{method} $_->{uri}" } @{ moodle($nginx, $port, 'log') };
}


# one Moodle at / and one at /lms/

sub with_lms {
    my ($server, $lms) = @_;

    my $port = free_port();
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(http => moodle_server($nginx, $port), server => <<EOT);
        $server

        location ^~ /lms/ {
            proxy_pass  http://127.0.0.1:$port/;
            $lms
        }
EOT
    $nginx->start;
    fresh($nginx);
    moodle($nginx, $port, 'reset');

    return ($nginx, $port);
}


sub two_moodles {
    my ($nginx, $lms) = with_lms(<<'EOT', '');
        owncloud_repository 7 {
            issuer  oc;
        }

        owncloud_repository 8 {
            issuer       nc;
            moodle_root  /lms;
        }
EOT

    my $one = $nginx->browser;
    my $two = $nginx->browser(root => '/lms');

    like($one->raw(list => 7)->{body}, qr/"login"/, '7 at /');
    like($two->raw(list => 8)->{body}, qr/"login"/, '8 at /lms');

    $nginx->moodle('clear');
    moodle($nginx, $lms, 'clear');

    like($two->raw(list => 7)->{body}, $stock, '7 at /lms goes to PHP');
    is_deeply([asked($nginx, $lms)], ["POST $ajax?action=list"],
              'as it was, of its own Moodle');
    is_deeply([asked($nginx, $nginx->{port})], [], 'and of no other');

    moodle($nginx, $lms, 'clear');

    like($one->raw(list => 8)->{body}, $stock, '8 at / goes to PHP');
    is_deeply([asked($nginx, $nginx->{port})], ["POST $ajax?action=list"],
              'as it was, of its own Moodle');
    is_deeply([asked($nginx, $lms)], [], 'and of no other');

    # what the one has granted the other has not

    $nginx->moodle('prohibit', repo => 7);
    $two->raw($_ => 7, ctx_id => 18) for 'searchform', 'list';

    is($one->picker(list => 7, ctx_id => 18)->{errorcode},
       'nopermissiontoaccess', 'permission is not taken from /lms');

    $nginx->moodle('allow', repo => 7);
    other_callback($nginx, $one, $two, 7, 8, 'OC', 'NC');

    $nginx->finish;
}


# what is begun at the one place does not end at the other

sub other_callback {
    my ($nginx, $one, $two, $first, $second, @profile) = @_;

    my $back_one = $one->consent($one->login_url($first));
    my $back_two = $two->consent($two->login_url($second));

    cloud($_ => 'log', undef, 'DELETE') for qw(OC NC);

    for my $case ([$back_one =~ s{/admin/}{/lms/admin/}r, $two, 'of / at /lms'],
                  [$back_two =~ s{/lms/}{/}r, $one, 'of /lms at /'])
    {
        my ($url, $browser, $name) = @$case;
        my $answer = $browser->return_to($url);

        is($answer->{status}, 403, "a state $name");
        like($answer->{body}, $not_known, 'is not known');
    }

    is_deeply([map { requests($_) } qw(OC NC)], [], 'no code was sent');

    is($one->return_to($back_one)->{status}, 200, 'at home it is good: /');
    is($two->return_to($back_two)->{status}, 200, 'at home it is good: /lms');
    is(scalar(requests($_, qr/token/)), 1, "a token of $_") for @profile;

    is($one->titles(list => $first)->[0], 'Documents', 'a listing at /');
    is($two->titles(list => $second)->[0], 'Documents', 'a listing at /lms');
}


sub same_id {
    my ($nginx, $lms) = with_lms(<<'EOT', <<'EOL');
        owncloud_repository 7 {
            issuer  oc;
        }
EOT
            owncloud_repository 7 {
                issuer       nc;
                moodle_root  /lms;
            }
EOL

    my %place = (
        '/'    => [$nginx->browser, $nginx->{port}],
        '/lms' => [$nginx->browser(root => '/lms'), $lms],
    );

    my $ctx = 16;

    for my $granted ('/', '/lms') {
        my ($refused) = grep { $_ ne $granted } sort keys %place;
        my ($browser, $other) = map { $place{$_}[0] } $granted, $refused;

        moodle($nginx, $place{$refused}[1], 'prohibit', repo => 7);

        ok($browser->picker(list => 7, ctx_id => $ctx)->{login},
           "granted by $granted");
        is($other->picker(list => 7, ctx_id => $ctx)->{errorcode},
           'nopermissiontoaccess', "is not granted by $refused");

        moodle($nginx, $place{$refused}[1], 'allow', repo => 7);
        $ctx++;
    }

    other_callback($nginx, $place{'/'}[0], $place{'/lms'}[0], 7, 7,
                   'OC', 'NC');

    $nginx->finish;
}


# each port is a Moodle; browsers do not tell ports apart in cookies

sub two_ports {
    my $port = free_port();
    my $nginx = Owncloud->new(no_start => 1);
    my $repository = 'owncloud_repository 7 { issuer oc; }';

    $nginx->configure(server => $repository,
                      http => moodle_server($nginx, $port, $repository));
    $nginx->start;
    fresh($nginx);
    moodle($nginx, $port, 'reset');

    my @place = ([$nginx->browser, $nginx->{port}],
                 [$nginx->browser(url => "http://127.0.0.1:$port"), $port]);

    for my $n (0, 1) {
        my ($granted, $refused) = @place[$n, 1 - $n];

        moodle($nginx, $refused->[1], 'prohibit', repo => 7);

        ok($granted->[0]->picker(list => 7, ctx_id => 17 + $n)->{login},
           "granted at port $n");
        is($refused->[0]->picker(list => 7, ctx_id => 17 + $n)->{errorcode},
           'nopermissiontoaccess', 'not at the other one');

        moodle($nginx, $refused->[1], 'allow', repo => 7);
    }

    # nor does a sign-in that was begun at the other one come to its end

    my ($one, $two) = map { $_->[0] } @place;
    my $back = $one->consent($one->login_url(7));

    isnt($two->return_to($back =~ s/:\d+/:$port/r)->{status}, 200,
         'a state of the other port');
    ok(!exists $two->{cookies}{owncloud_oc}, 'no session');

    $nginx->finish;
}


# the picker sends a field for every type of file that is accepted

sub many_fields {
    my $nginx = Owncloud->new;

    fresh($nginx);

    my $browser = $nginx->browser;

    $browser->sign_in(7);

    for my $count (255, 300, 2000) {
        my $types = join '', map { "&accepted_types%5B%5D=.x$_" } 1 .. $count;

        for my $repo (7, 5, 9) {
            my $base = $browser->picker_form($repo);

            # wherever the picker puts them

            for my $body ("$base$types",
                          $base =~ s/&sesskey/$types&sesskey/r,
                          substr("$types&$base", 1))
            {
                $nginx->moodle('clear');

                my $answer = $browser->request('POST', "$ajax?action=list",
                                               $body, 'Content-Type' => $form);

                if ($repo == 7) {
                    like($answer->{body}, qr/"title":"Documents"/,
                         "$count fields, ours: a listing");
                    next;
                }

                is_deeply([grep { /list/ } asked($nginx, $nginx->{port})],
                          ["POST $ajax?action=list"],
                          "$count fields, repository $repo: to PHP");
                is(decode_base64($nginx->moodle('log')->[0]{body}), $body,
                   'as they were');
            }
        }
    }

    $nginx->finish;
}


# who Moodle says it is, by a variable that the access phase has set

sub auth_request {
    my ($auth, $moodle) = (free_port(), free_port());
    my $nginx = Owncloud->new(no_start => 1);
    my $php = $nginx->php("fastcgi_param HTTP_X_USER \$user;");

    my $access = <<'EOT';
            auth_request      /auth;
            auth_request_set  $user  $upstream_http_x_user;
EOT

    $nginx->configure(
        php    => $php =~ s/(location [^{]*\{\n)/$1$access/r,
        http   => moodle_server($nginx, $moodle) . <<EOT, server => <<EOS);
    server {
        listen  127.0.0.1:$auth;

        location / {
            add_header  X-User  "of \$http_cookie";
            return      200;
        }
    }
EOT
        owncloud_repository 7 {
            issuer  oc;
        }

        owncloud_repository 8 {
            issuer       nc;
            moodle_root  /lms;
        }

        location = /_control.php {
            proxy_pass  http://127.0.0.1:$moodle;
        }

        location = /auth {
            internal;
            proxy_pass_request_body  off;
            proxy_set_header         Content-Length "";
            proxy_pass               http://127.0.0.1:$auth;
        }

        location ^~ /lms/ {
$access
            proxy_set_header  X-User  \$user;
            proxy_pass        http://127.0.0.1:$moodle/;
        }
EOS
    $nginx->start;
    fresh();
    moodle($nginx, $moodle, 'reset');

    local $nginx->{moodle_state} = "$nginx->{dir}/moodle-$moodle";

    for my $case (['proxy_set_header', '/lms', 8, $moodle],
                  ['fastcgi_param', '', 7, undef])
    {
        my ($name, $root, $repo, $port) = @$case;
        my $browser = $nginx->browser(root => $root);

        # the one of fastcgi_param has the state of all the tests

        my @log = $port ? () : state_log();

        ok($browser->picker(list => $repo)->{login}, "$name: granted");
        $browser->raw(list => 5);

        @log = $port ? @{ moodle($nginx, $port, 'log') }
                     : (state_log())[@log .. @log + 1];

        is_deeply([map { $_->{uri} } @log],
                  ["$ajax?action=searchform", "$ajax?action=list"],
                  'the question, and a request of another repository');
        is($log[0]{headers}{'X-User'},
           'of MoodleSession=teacheraaaaaaaaaaaaaaaaaaa',
           'the question has the variable');
        is($log[0]{headers}{'X-User'}, $log[1]{headers}{'X-User'},
           'as other requests have');
    }

    $nginx->finish;
}


# the record of the usual Moodle, which is behind auth_request here

sub state_log {
    return map { decode_json($_) }
               split /\n/, Owncloud::slurp("$env->{MOODLE_STATE}/requests.log");
}


sub subrequests {
    my $nginx = Owncloud->new(no_start => 1);
    my $copies = free_port();
    my $dir = $nginx->{dir};

    spew("$dir/page.shtml",
         qq(before <!--# include virtual="$ajax?action=list&repo_id=7" -->)
         . "\n<!--# include virtual=\"/admin/oauth2callback.php?"
         . 'state=v1.0123abcd.' . 'A' x 60 . "\" --> after\n", 0644);

    $nginx->configure(http => moodle_server($nginx, $copies),
                      server => <<EOT);
        owncloud_repository 7 {
            issuer  oc;
        }

        location = /page.shtml {
            root        $dir;
            ssi         on;
            ssi_types   *;
            error_page  405  =200  /page.shtml;
        }

        location = /guarded {
            auth_request  /ask;
            proxy_pass    http://127.0.0.1:$copies;
        }

        location = /ask {
            internal;
            rewrite  ^  $ajax?action=list last;
        }

        location = /mirrored {
            mirror      $ajax;
            proxy_pass  http://127.0.0.1:$copies$ajax;
        }

        location = $ajax {
            mirror         /copy;
            include        /etc/nginx/fastcgi_params;
            fastcgi_param  HTTP_HOST        \$http_host;
            fastcgi_param  SCRIPT_FILENAME  \$document_root\$uri;
            fastcgi_param  MOODLE_STATE     $env->{MOODLE_STATE};
            fastcgi_param  PHP_ADMIN_VALUE  "enable_post_data_reading=0";
            fastcgi_pass   unix:$env->{MOODLE_FPM_SOCK};
        }

        location = /copy {
            internal;
            proxy_pass  http://127.0.0.1:$copies$ajax\$is_args\$args;
        }
EOT
    $nginx->start;
    fresh($nginx);
    moodle($nginx, $copies, 'reset');

    my ($worker) = $nginx->workers;
    my $browser = $nginx->browser;
    my $body = $browser->picker_form(7);
    my @form = ($body, 'Content-Type' => $form);

    # SSI: both of the places are asked of PHP

    for my $method ('GET', 'POST') {
        $nginx->moodle('clear');

        my $answer = $browser->request($method, '/page.shtml?action=list',
                                       $method eq 'POST' ? @form : ());

        like($answer->{body}, qr/before .* after/s, "SSI, $method: the page");
        unlike($answer->{body}, qr/"login"|$not_known/, 'nothing of ours');
        is_deeply([sort map { s/^\w+ ([^?]*).*/$1/r }
                            asked($nginx, $nginx->{port})],
                  ['/admin/oauth2callback.php', $ajax], 'PHP was asked');
    }

    # auth_request

    $nginx->moodle('clear');

    for my $method ('GET', 'POST') {
        my $answer = $browser->request($method, '/guarded?action=list',
                                       $method eq 'POST' ? @form : ());
        cmp_ok($answer->{status}, '<', 600, "auth_request, $method");
        unlike($answer->{body}, qr/"login"/, 'nothing of ours');
    }

    cmp_ok(scalar(asked($nginx, $nginx->{port})), '>=', 2, 'PHP was asked');

    # mirror: to our place, and of our place

    $nginx->moodle('clear');
    moodle($nginx, $copies, 'clear');

    like($browser->request('POST', '/mirrored?action=list', @form)->{body},
         $stock, 'mirror to our place: answered by the other');
    ok(wait_for(sub {
        grep { $_ eq "POST $ajax" || $_ eq "POST $ajax?action=list" }
             asked($nginx, $nginx->{port})
    }), 'the mirrored request is asked of PHP');

    $nginx->moodle('clear');
    moodle($nginx, $copies, 'clear');

    $browser->sign_in(7);
    is($browser->titles(list => 7)->[0], 'Documents',
       'mirror of our place: a listing');

    $body = $browser->picker_form(9);
    like($browser->raw(list => 9)->{body}, $stock, 'others: PHP');
    ok(wait_for(sub {
        grep { $_->{uri} =~ /=list$/ && decode_base64($_->{body}) eq $body }
             @{ moodle($nginx, $copies, 'log') }
    }), 'and its copy, as it was');

    is_deeply([$nginx->workers], [$worker], 'the worker is the same');
    $nginx->finish;
}


sub redirects {
    my $nginx = Owncloud->new(no_start => 1);
    my $php = $nginx->php('try_files $uri $uri/ =404;');

    $nginx->configure(php => $php, server => <<EOT);
        owncloud_repository 7 {
            issuer  oc;
        }

        rewrite  ^/alias\$         $ajax last;
        rewrite  ^/signed-alias\$  /admin/oauth2callback.php last;

        location / {
            try_files  \$uri \$uri/ =404;
        }

        location /gone/ {
            error_page  404 = $ajax;
        }

        location /gone-callback/ {
            error_page  404 = /admin/oauth2callback.php?\$args;
        }

        location /named/ {
            error_page  404 = \@named;
        }

        location \@named {
            rewrite  ^  $ajax last;
        }
EOT
    $nginx->start;
    fresh($nginx);

    my ($worker) = $nginx->workers;
    my $browser = $nginx->browser;
    my @form = ($browser->picker_form(7), 'Content-Type' => $form);

    # try_files and rewrite

    my $back = $browser->consent($browser->login_url(7));

    is($browser->return_to($back =~ s{/admin/oauth2callback\.php}
                                     {/signed-alias}r)->{status}, 200,
       'rewrite: signed in');
    $_->{path} = '/' for values %{ $browser->{cookies} };

    is($browser->titles(list => 7)->[0], 'Documents', 'try_files: listed');
    like($browser->request('POST', '/alias?action=list', @form)->{body},
         qr/"title":"Documents"/, 'rewrite: listed');
    is($browser->request('GET', '/nothing')->{status}, 404, 'no such file');
    like($browser->raw(list => 9)->{body}, $stock, 'others: PHP');

    # error_page: whatever it is by now, it is answered and nothing is hurt

    my $state = 'state=v1.0123abcd.' . 'A' x 60;

    for my $method ('GET', 'POST') {
        for my $path ('/gone/x', '/gone/x?action=list', '/gone-callback/x',
                      "/gone-callback/x?$state&code=c", "/gone/x?$state",
                      '/named/x', '/named/x?action=list')
        {
            my $answer = $browser->request($method, $path,
                                           $method eq 'POST' ? @form : ());

            cmp_ok($answer->{status}, '<', 599,
                   "error_page: $method " . $path =~ s/A{9,}/A.../r);
        }
    }

    is($browser->titles(list => 7)->[0], 'Documents', 'a listing after that');
    is_deeply([$nginx->workers], [$worker], 'the worker is the same');
    $nginx->finish;
}
